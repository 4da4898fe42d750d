"""Meja periksa sebelum AP2T: odd stands by kWh at stake, decided one way, and the month signed."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import stands as kept
from rbmgeo.errors import NothingToDo
from rbmgeo.supervision.stands import StandDesk, StandState, StandVerdict
from rbmgeo.terms import Role
from rbmgeo.workflows.stands import days_left, decide, sign_ready, stand_desk
from web.access import allow
from web.database import database
from web.kept import Kept
from web.language import num, tr
from web.pages.forms import page_number, rows_a_page

bp = Blueprint("stands", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/meja-stand")

_ROWS = 50
_DESKS: Kept[StandDesk] = Kept(3)
#: Views of the list by their name in the address.
VIEWS = ("terbuka", "diputus", "semua")


def kept_desk() -> StandDesk:
    """Return the desk of the month as this process holds it; raises `NothingToDo`."""
    with database().reading() as session:
        newest = kept.latest(session, ulp=g.ulp)
    return _DESKS.get(lambda session: stand_desk(session, g.ulp, g.blth), g.blth, str(newest))


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show what is to decide, the most kWh at stake first, and who signed."""
    try:
        desk = kept_desk()
    except NothingToDo:
        return render_template("stands.html", desk=None)
    view = request.args.get("lihat", "terbuka")
    view = view if view in VIEWS else "terbuka"
    why, rbm = request.args.get("sebab", ""), request.args.get("rbm", "")
    lines = _shown(desk, view, why, rbm)
    size = rows_a_page(_ROWS)
    at, pages = page_number(request.args.get("hal"), len(lines), size)
    part = lines.iloc[(at - 1) * size : at * size].astype(object)
    with database().reading() as session:
        signed = kept.signatures(session, ulp=g.ulp, blth=g.blth)
        session.expunge_all()
    today = datetime.now(UTC).astimezone(ZoneInfo(g.unit.time_zone)).date()
    return render_template(
        "stands.html", desk=desk, content=desk.content(), view=view, why=why, rbm=rbm,
        rows=part.where(part.notna(), None).to_dict("records"), count=len(lines), page=at, pages=pages,
        whys=sorted(desk.lines["why"].unique()), rbms=sorted(desk.lines["rbm"].dropna().unique()),
        stake=desk.open["stake_kwh"].sum(), signed=signed, verdicts=list(map(str, StandVerdict)),
        left=days_left(g.unit_settings.closing_day, g.blth, today), views=VIEWS,
        counts={v: len(_shown(desk, v, "", "")) for v in VIEWS},
    )  # fmt: skip


@bp.post("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def settle() -> Response:
    """Decide the chosen lines one way, with a reason."""
    chosen = [(key, mark) for key, _, mark in (one.partition(":") for one in request.form.getlist("baris"))]  # fmt: skip
    with database().writing() as session:
        done = decide(
            session, g.ulp, g.blth, chosen, request.form.get("putusan", ""),
            reason=request.form.get("alasan", ""), who=current_user.login,
        )  # fmt: skip
    said: Any = tr("{n} baris diputus.", "{n} lines decided.", n=num(done.decided))
    if done.orders:
        said = f"{said} {tr('{n} pelanggan masuk daftar baca ulang.', '{n} customers are on a list to be read again.', n=num(done.orders))}"
    flash(said, "ok")
    return redirect(url_for(".page", lihat=request.form.get("lihat") or None))


@bp.post("/siap")
@allow(Role.PENGAWAS)
def ready() -> Response:
    """Sign that the month is ready for AP2T."""
    with database().writing() as session:
        done = sign_ready(
            session, g.ulp, g.blth, note=request.form.get("catatan", ""), who=current_user.login
        )
    flash(
        tr("Ditandatangani: {h}", "Signed: {h}", h=str(done["sha256"])[:12]),
        "ok",
    )
    return redirect(url_for(".page") + "#siap")


def _shown(desk: StandDesk, view: str, why: str, rbm: str) -> pd.DataFrame:
    lines = desk.lines
    if view == "terbuka":
        lines = desk.open
    elif view == "diputus":
        lines = lines[lines["state"] == StandState.DECIDED]
    if why:
        lines = lines[lines["why"] == why]
    return lines[lines["rbm"] == rbm] if rbm else lines
