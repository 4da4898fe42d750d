"""Berkas masuk: what came when from whom, what it changed, what was refused, and taking it back."""

from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries import batches, imports, pages
from rbmgeo.reports.rejects import reject_table
from rbmgeo.terms import Role
from rbmgeo.workflows.batches import (
    SHOWN_ROWS,
    Difference,
    difference,
    difference_rows,
    holds,
    kwh_agrees,
    undo,
)
from web.access import allow
from web.database import database
from web.language import lang
from web.pages.download import csv_file
from web.pages.forms import rows_a_page

bp = Blueprint("batches", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/berkas")


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """List every file taken in, newest first."""
    with database().reading() as session:
        rows = imports.batches(session, ulp=g.ulp)
        session.expunge_all()
    return render_template("batches.html", rows=rows)


@bp.get("/<int:batch_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def one(batch_id: int) -> str:
    """Show one file: its sums, what it changed, and what was refused grouped by rule."""
    with database().reading() as session:
        batch = batches.batch(session, ulp=g.ulp, batch_id=batch_id)
        problems = pages.rejects_by_rule(session, ulp=g.ulp, batch_id=batch_id)
        told = None if batch.undone_at else difference(session, g.ulp, batch_id)
        written = {} if batch.undone_at else batches.written(session, ulp=g.ulp, batch_id=batch_id)
        lists = _shown(told)
        files = imports.files(session, ulp=g.ulp, batch_id=batch_id)
        idpels = sorted({row["idpel"] for rows in lists.values() for row in rows})
        links = batches.public_ids(session, ulp=g.ulp, idpels=idpels)
        session.expunge_all()
    return render_template(
        "batch.html", batch=batch, problems=problems, told=told, lists=lists, links=links,
        written=written, agrees=kwh_agrees(batch), most=SHOWN_ROWS, files=files,
    )  # fmt: skip


def _shown(told: Difference | None) -> dict[str, list[dict[str, Any]]]:
    """Return the first rows of each list of differences."""
    if told is None:
        return {}
    most = rows_a_page(SHOWN_ROWS)
    changed = told.changed.head(most).astype(object)
    return {
        "new": [{"idpel": i} for i in told.new[:most]],
        "gone": [{"idpel": i} for i in told.gone[:most]],
        "changed": [
            {str(name): value for name, value in row.items()}
            for row in changed.where(changed.notna(), None).to_dict("records")
        ],
    }


@bp.get("/<int:batch_id>/perubahan.csv")
@allow(Role.PERENCANA, Role.PENGAWAS)
def changes(batch_id: int) -> Response:
    """Give all customers that are new, gone or changed against the last of the kind."""
    with database().reading() as session:
        told = difference(session, g.ulp, batch_id)
    return csv_file(difference_rows(told), f"perubahan-{g.ulp}-{batch_id}.csv")


@bp.get("/<int:batch_id>/ditolak.csv")
@allow(Role.PERENCANA)
def rejects(batch_id: int) -> Response:
    """Give the refused rows with their cells, the rule and the remedy, to be fed again."""
    with database().reading() as session:
        batches.batch(session, ulp=g.ulp, batch_id=batch_id)
        frame = imports.rejects(session, ulp=g.ulp, batch_id=batch_id)
    return csv_file(reject_table(frame), f"ditolak-{g.ulp}-{batch_id}.csv")


@bp.get("/<int:batch_id>/urungkan")
@allow(Role.PERENCANA)
def ask_undo(batch_id: int) -> str:
    """Say what taking a file back would do, or what keeps it."""
    with database().writing() as session:  # its look needs a temporary table
        batch = batches.batch(session, ulp=g.ulp, batch_id=batch_id)
        held = holds(session, g.ulp, batch_id)
        written = batches.written(session, ulp=g.ulp, batch_id=batch_id)
        session.expunge_all()
    reasons = [(h.words(lang()), h.batch) for h in held]
    return render_template("batch_undo.html", batch=batch, reasons=reasons, written=written)


@bp.post("/<int:batch_id>/urungkan")
@allow(Role.PERENCANA)
def take_back(batch_id: int) -> AnyResponse:
    """Take a file back: every table is as it was before it."""
    with database().writing() as session:
        undo(session, g.ulp, batch_id, who=current_user.login)
    return redirect(url_for(".one", batch_id=batch_id))
