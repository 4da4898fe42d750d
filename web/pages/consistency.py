"""Konsistensi jadwal: twelve months of every RBM, its questions with why they may be nothing."""

from typing import Any

import pandas as pd
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import consistency as kept
from rbmgeo.errors import NothingToDo
from rbmgeo.supervision.questions import Ask
from rbmgeo.terms import Role
from rbmgeo.workflows.consistency import VERDICTS, Consistency, answer, kept_consistency
from rbmgeo.workflows.month_kept import year_up_to
from web.access import allow
from web.database import database
from web.kept import Kept
from web.language import num, pct, tr
from web.pages.forms import page_number, rows_a_page
from web.pages.month_kept import waiting

bp = Blueprint("consistency", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/konsistensi")

_ROWS = 50
_FOUND: Kept[Consistency] = Kept(2)
#: Questions whose value is a share.
_SHARES = (Ask.SAME_GAP, Ask.ONE_PLACE)
_DAYS = (Ask.OTHER_DAY, Ask.SWAPPED, Ask.INTERVAL)


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the heat map of RBM and months, and the questions of one month or RBM."""
    late = waiting("konsistensi", year_up_to(g.blth))
    with database().reading() as session:
        newest = kept.latest(session, ulp=g.ulp)
    try:
        found = _FOUND.get(
            lambda s: kept_consistency(s, g.ulp, g.blth, without=late), g.blth, str(newest), *late
        )
    except NothingToDo:
        return render_template("consistency.html", found=None, late=late)
    rbm, all_months = request.args.get("rbm", ""), request.args.get("lihat") == "semua"
    rows = found.questions
    rows = rows[rows["rbm"] == rbm] if rbm else rows if all_months else rows[rows["blth"] == g.blth]
    # Open ones first; within them the newest month.
    rows = rows.assign(done=rows["verdict"].notna()).sort_values(
        ["done", "blth", "rbm"], ascending=[True, False, True], kind="stable"
    )
    heat = found.heat()
    size = rows_a_page(_ROWS)
    at, pages = page_number(request.args.get("hal"), len(rows), size)
    part = rows.iloc[(at - 1) * size : at * size].astype(object)
    months = [m for m in found.months if heat[m].notna().any()]
    return render_template(
        "consistency.html", found=found, rows=part.where(part.notna(), None).to_dict("records"),
        count=len(rows), page=at, pages=pages, rbm=rbm, all_months=all_months, heat=_heat(heat, months, rbm),
        months=months, verdicts=VERDICTS, said=_said, rbms=list(heat.index),
        facts=_facts(found, rbm) if rbm else None, late=late,
    )  # fmt: skip


@bp.post("")
@allow(Role.PENGAWAS)
def settle() -> Response:
    """Keep what a person says of one question."""
    form = request.form
    with database().writing() as session:
        answer(
            session, g.ulp, rbm=form.get("rbm", ""), blth=form.get("bulan", ""), ask=form.get("tanya", ""),
            verdict=form.get("putusan", ""), note=form.get("catatan", ""), who=current_user.login,
        )  # fmt: skip
    flash(tr("Jawaban dicatat.", "The answer is kept."), "ok")
    return redirect(url_for(".page", rbm=form.get("kembali") or None))


def _heat(heat: pd.DataFrame, months: list[str], rbm: str) -> list[tuple[str, list[int | None]]]:
    """Return (rbm, open questions by month); the RBM with most of them first."""
    shown = heat[months]
    order = shown.sum(axis=1).sort_index().sort_values(ascending=False, kind="stable").index
    rows = [rbm] if rbm and rbm in shown.index else list(map(str, order))
    return [(r, [None if v != v else int(v) for v in shown.loc[r].to_numpy(float)]) for r in rows]


def _facts(found: Consistency, rbm: str) -> list[dict[str, Any]]:
    """Return what the log says of one RBM, month by month, newest first."""
    try:
        rows = found.facts.xs(rbm, level="rbm")
    except KeyError:
        return []
    rows = rows.sort_index(ascending=False).reset_index().astype(object)
    told: list[dict[str, Any]] = rows.where(rows.notna(), None).to_dict("records")  # type: ignore[assignment]
    return told


def _said(ask: str, value: Any) -> str:
    """Write the value of a question with its unit."""
    if value is None:
        return ""
    if ask in _SHARES:
        return pct(value, 0)
    if ask in _DAYS:
        return str(tr("{n} hari", "{n} days", n=num(value)))
    return f"{num(value)} m" if ask == Ask.SHIFTED else num(value)
