"""SOP IV.7: files for CATER and AP2T as they were handed over, and what AP2T applied."""

import io
import zipfile

from flask import Blueprint, Response, g, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.reports.handoff import SHAPES
from rbmgeo.terms import Role
from rbmgeo.workflows.handoff import KINDS, check_handoff, given
from rbmgeo.workflows.handoff_own import OWN_KINDS
from web.access import allow
from web.database import database
from web.language import lang
from web.pages.download import csv_file
from web.pages.download import file as taken
from web.pages.forms import checked_month, page_number, rows_a_page
from web.pages.jobs import ask

bp = Blueprint("handoff", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/serah-terima")

_ROWS = 60


@bp.post("/<int:version_id>")
@allow(Role.PERENCANA)
def hand(version_id: int) -> AnyResponse:
    """Ask for the files of a published version."""
    kind, shape = request.form.get("untuk", ""), request.form.get("bentuk", "csv")
    if kind not in KINDS or shape not in SHAPES:
        raise UsageError(
            f"{kind!r} as {shape!r} cannot be handed over",
            f"{kind!r} sebagai {shape!r} tidak bisa diserahkan",
        )
    month = checked_month(request.form.get("bulan"), g.blth)
    return ask("handoff", kind=kind, blth=month, version_id=version_id, shape=shape)


@bp.post("/bacaan")
@allow(Role.PERENCANA)
def hand_own() -> AnyResponse:
    """Ask for the files of the month's own readings or prepaid checks."""
    kind, shape = request.form.get("untuk", ""), request.form.get("bentuk", "csv")
    if kind not in OWN_KINDS or shape not in SHAPES:
        raise UsageError(
            f"{kind!r} as {shape!r} cannot be handed over",
            f"{kind!r} sebagai {shape!r} tidak bisa diserahkan",
        )
    return ask("handoff", kind=kind, blth=g.blth, shape=shape)


@bp.get("/<int:handoff_id>.zip")
@allow(Role.PERENCANA)
def file(handoff_id: int) -> Response:
    """Give a hand-off byte for byte, in one archive."""
    with database().reading() as session:
        done = given(session, g.ulp, handoff_id)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in done.files:
            # A fixed date: the archive too is the same whatever the day.
            archive.writestr(zipfile.ZipInfo(one.name, (1980, 1, 1, 0, 0, 0)), one.content)
    name = f"{done.kind}-{g.ulp}-{done.blth}-{handoff_id}.zip"
    return taken(held.getvalue(), name, "application/zip")


@bp.get("/periksa")
@allow(Role.PERENCANA, Role.PENGAWAS)
def check() -> str:
    """Show what AP2T made of the newest hand-off by this month."""
    try:
        with database().reading() as session:
            done = check_handoff(session, g.ulp, g.blth)
            session.expunge_all()
    except NothingToDo as nothing:
        return render_template("handoff_check.html", done=None, why=nothing.in_language(lang()))
    view = request.args.get("keadaan", "")
    table = done.rows[done.rows["state"] == view] if view else done.rows
    table = table.sort_values("state", key=lambda s: s.eq("applied"), kind="stable").reset_index()
    size = rows_a_page(_ROWS)
    at, pages = page_number(request.args.get("hal"), len(table), size)
    part = table.iloc[(at - 1) * size : at * size]
    rows = part.astype(object).where(part.notna(), None).to_dict("records")
    return render_template(
        "handoff_check.html", done=done, rows=rows, view=view, page=at, pages=pages
    )


@bp.get("/periksa.csv")
@allow(Role.PERENCANA, Role.PENGAWAS)
def check_file() -> Response:
    """Give the same list."""
    with database().reading() as session:
        done = check_handoff(session, g.ulp, g.blth)
        name = f"periksa-{g.ulp}-{done.handoff.blth}-{done.blth}.csv"
    return csv_file(done.rows.drop(columns="public_id", errors="ignore"), name)
