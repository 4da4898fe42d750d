"""Lembar pertama: what the first files say; every number leads to its rows."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.cells import Row
from rbmgeo.db.queries import spelling as spelling_of
from rbmgeo.errors import NotThere
from rbmgeo.terms import Role
from rbmgeo.workflows.first_sheet import FirstSheet, first_sheet
from rbmgeo.workflows.spelling import decide_spelling, judge_spelling
from web.access import allow
from web.database import database
from web.exports.told import cells, given
from web.kept import Kept
from web.language import label, tr
from web.pages.download import csv_file
from web.pages.forms import page_number, rows_a_page

bp = Blueprint("first", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/lembar-pertama")

_KEPT: Kept[FirstSheet] = Kept()
_ROWS = 40
#: Gardu in the matrix of the page: those that most customers are read apart from.
_MATRIX = 12
#: The numbers that have rows: part and, where given, reason.
PARTS = ("semua", "keduanya", "hanya_rbm", "hanya_pdpj", "tanpa_daftar", "tanpa_titik", "bertitik")


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the sheet."""
    if not g.facts.customers:
        return render_template("first.html", done=None)
    done = _sheet()
    columns, rows = _matrix(done.matrix)
    with database().reading() as session:
        decisions = spelling_of.standing(session, ulp=g.ulp)
        session.expunge_all()
    judged = {
        str(name): next((d for d in decisions if set(d.codes) & set(of.index)), None)
        for name, of in done.look_alikes.groupby("group", sort=False)
    }
    alike = [
        (
            str(name),
            [
                (code, n, known, other_sign(str(of.index[0]), str(code)))
                for code, n, known in zip(of.index, of["customers"], of["known"], strict=True)
            ],
        )
        for name, of in done.look_alikes.groupby("group", sort=False)
    ]
    return render_template(
        "first.html",
        judged=judged,
        done=done,
        s=done.summary,
        columns=columns,
        rows=rows,
        alike=alike,
    )


@bp.get("/pelanggan")
@allow(Role.PERENCANA, Role.PENGAWAS)
def customers() -> str:
    """Show the customers behind a number of the sheet."""
    part, why = request.args.get("bagian", "semua"), request.args.get("sebab", "")
    if part not in PARTS:
        raise NotThere(f"there is no part {part!r}", f"tidak ada bagian {part!r}")
    rows = _sheet().rows(part, why)
    given("pelanggan", lambda: _cells(rows))
    size = rows_a_page(_ROWS)
    at, last = page_number(request.args.get("hal"), len(rows), size)
    shown: list[Any] = list(rows.iloc[(at - 1) * size : at * size].itertuples())
    return render_template(
        "first_rows.html", rows=shown, count=len(rows), part=part, why=why, page=at, pages=last
    )


def _cells(rows: pd.DataFrame) -> Iterable[Row]:
    """Return all rows of the table as values, column by column."""
    there, none = str(tr("ada", "yes")), str(tr("belum", "none"))
    whys = {why: label(f"why.{why}") for why in rows["why"].dropna().unique() if why}
    return zip(
        rows.index.tolist(), cells(rows["rbm"]), cells(rows["gardu"]), cells(rows["tarif"]),
        cells(rows["daya_va"]), [there if has else none for has in rows["has_point"].tolist()],
        [whys.get(why) for why in rows["why"].tolist()], strict=True,
    )  # fmt: skip


@bp.get("/<any(pelanggan, matriks, ejaan):table_name>.csv")
@allow(Role.PERENCANA, Role.PENGAWAS)
def table(table_name: str) -> Response:
    """Give the rows of the sheet, its matrix or its spellings as a file."""
    done = _sheet()
    rows = done.customers.drop(columns="public_id").reset_index()
    tables = {
        "pelanggan": rows, "matriks": done.matrix, "ejaan": done.look_alikes.reset_index(),
    }  # fmt: skip
    return csv_file(tables[table_name], f"lembar-pertama-{table_name}-{g.ulp}.csv")


@bp.post("/ejaan")
@allow(Role.PERENCANA)
def spelling() -> AnyResponse:
    """Say of codes that they are one gardu, or different ones."""
    verdict, _, gardu = request.form.get("putusan", "").partition(":")
    with database().writing() as session:
        made = judge_spelling(
            session, g.ulp, request.form.getlist("kode"), verdict, gardu=gardu,
            reason=request.form.get("alasan", ""), who=current_user.login,
        )  # fmt: skip
        waits = made.state == "open"
    if waits:
        flash(tr("Menunggu persetujuan orang lain.", "Waits for another person."), "info")
    else:
        flash(tr("Dicatat sebagai gardu yang berbeda.", "Kept as different gardu."), "ok")
    return redirect(url_for(".page"))


@bp.post("/ejaan/<int:decision_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def spelling_decide(decision_id: int) -> AnyResponse:
    """Approve, reject or undo what was said of spellings; approver and proposer are two."""
    with database().writing() as session:
        decide_spelling(
            session, g.ulp, decision_id, request.form.get("putusan", ""), who=current_user.login
        )
    flash(tr("Keputusan dicatat.", "The decision is kept."), "ok")
    return redirect(url_for(".page"))


def other_sign(first: str, code: str) -> tuple[str, str] | None:
    """Return the first sign in which two codes of one length differ: that of each.

    >>> other_sign("KA1316", "KAI316")
    ('1', 'I')
    """
    if len(first) != len(code):
        return None
    return next(((a, b) for a, b in zip(first, code, strict=True) if a != b), None)


def _sheet() -> FirstSheet:
    return _KEPT.get(lambda session: first_sheet(session, g.ulp))


def _matrix(matrix: pd.DataFrame) -> tuple[list[str], list[tuple[str, dict[str, int], int]]]:
    """Return the RBM and, of the gardu read most apart, (gardu, {rbm: customers}, apart)."""
    known = matrix[(matrix["rbm"] != "tanpa RBM") & (matrix["gardu"] != "tanpa gardu")]
    if known.empty:
        return [], []
    of = known.groupby("gardu")["customers"]
    apart = (of.sum() - of.max()).sort_index().sort_values(ascending=False, kind="stable")
    chosen = [str(c) for c in apart.index[: rows_a_page(_MATRIX)]]
    part = known[known["gardu"].isin(chosen)]
    cells = {
        gardu: dict(zip(rows["rbm"], rows["customers"].astype(int), strict=True))
        for gardu, rows in part.groupby("gardu")
    }
    return sorted(part["rbm"].unique()), [(c, cells[c], int(apart[c])) for c in chosen]
