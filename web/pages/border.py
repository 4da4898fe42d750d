"""Perbatasan: customers near a neighbour unit's gardu, and proposals to move them (pindah ULP)."""

import uuid
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import border, pages, unit_moves, units
from rbmgeo.errors import UsageError
from rbmgeo.matching.unit_moves import MoveState, MoveStep
from rbmgeo.terms import Role
from rbmgeo.workflows.border import border_pass, set_border
from rbmgeo.workflows.unit_moves import Move, moves, propose, step
from web.access import allow, my_units
from web.database import database, over_units
from web.language import label, num, tr
from web.pages.forms import checked_code, checked_decimal, page_number, rows_a_page

bp = Blueprint("border", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/perbatasan")
VIEWS = ("calon", "keluar", "masuk", "ap2t")
SHOWN = 50


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show candidates, or the proposals from or to this unit, or those that wait for AP2T."""
    view = request.args.get("lihat", VIEWS[0])
    view = view if view in VIEWS else VIEWS[0]
    size = rows_a_page(SHOWN)
    with database().reading() as session:
        known = moves(session, g.ulp, who=current_user.login, both=_both())
        count = border.count(session, ulp=g.ulp)
        newest = border.newest_pass(session, ulp=g.ulp)
        lists = {
            "calon": [], "keluar": [m for m in known if m.own], "masuk": [m for m in known if not m.own],
            "ap2t": [m for m in known if m.state == MoveState.ACCEPTED],
        }  # fmt: skip
        total = count if view == "calon" else len(lists[view])
        at, of = page_number(request.args.get("hal"), total, size)
        rows: list[Any] = (
            border.candidates(session, ulp=g.ulp, size=size, page=at)
            if view == "calon"
            else lists[view][(at - 1) * size : at * size]
        )
        named = unit_moves.units_named(session, ulps=_units_of(rows))
    return render_template(
        "border.html", view=view, rows=rows, page=at, pages=of, newest=newest, named=named,
        counts={**{v: len(lists[v]) for v in VIEWS}, "calon": count}, states=_newest_state(known),
        limits=g.unit_settings,
    )  # fmt: skip


def _both() -> frozenset[str]:
    """Return the units whose own data the person may see, this one apart."""
    return frozenset(my_units())


def _units_of(rows: list[Any]) -> list[str]:
    codes = [
        c for r in rows
        for c in ((r.ulp, r.other_ulp) if isinstance(r, Move) else (r["other_ulp"],))
    ]  # fmt: skip
    return sorted(set(codes))


def _newest_state(known: list[Move]) -> dict[str, str]:
    """Return the state of the newest proposal by idpel of this unit's own."""
    return {m.idpel: m.state for m in reversed(known) if m.own and m.idpel}


@bp.post("/cari-calon")
@allow(Role.PERENCANA)
def look() -> Response:
    """Look for candidates anew."""
    with database().writing() as session:
        done = border_pass(session, g.ulp, who=current_user.login)
    flash(tr("{n} calon dari {k} pelanggan yang bisa diukur.", "{n} candidates of {k} customers that can be measured.", n=num(done.candidates), k=num(done.asked)), "ok")  # fmt: skip
    return redirect(url_for(".page"))


@bp.post("/setelan")
@allow(Role.PERENCANA)
def keep() -> Response:
    """Keep from when on a customer is asked about."""
    within = checked_decimal(request.form.get("jarak"), 1, 5000)
    margin = checked_decimal(request.form.get("selisih"), 0, 5000)
    if within is None or margin is None:
        raise UsageError("fill in both distances", "isi kedua jarak")
    with database().writing() as session:
        set_border(session, g.ulp, within_m=within, margin_m=margin, who=current_user.login)
    flash(tr("Tersimpan. Cari calon lagi supaya berlaku.", "Kept. Look for candidates again to use it."), "ok")  # fmt: skip
    return redirect(url_for(".page"))


@bp.get("/usul/<uuid:public_id>")
@allow(Role.PERENCANA)
def form(public_id: uuid.UUID) -> str:
    """Ask where a customer shall go, and why."""
    with database().reading() as session:
        who = pages.customer(session, ulp=g.ulp, public_id=str(public_id))
        found = border.candidate(session, ulp=g.ulp, idpel=who["idpel"])
    with over_units().reading() as session:
        others = [(u.ulp, u.name) for u in units.units(session) if u.ulp != g.ulp]
    return render_template("border_form.html", who=who, found=found, others=others)


@bp.post("/usul/<uuid:public_id>")
@allow(Role.PERENCANA)
def ask(public_id: uuid.UUID) -> Response:
    """Propose to move a customer to another unit."""
    asked = request.form
    with database().writing() as session:
        propose(
            session, g.ulp, str(public_id), other_ulp=checked_code(asked.get("unit", "")),
            gardu=asked.get("gardu", ""), reason=asked.get("alasan", ""), who=current_user.login,
        )  # fmt: skip
    flash(tr("Diusulkan. Perencana unit tujuan yang memutuskan.", "Proposed. A planner of the other unit decides."), "ok")  # fmt: skip
    return redirect(url_for(".page", lihat="keluar"))


@bp.post("/usulan/<int:move_id>")
@allow(Role.PERENCANA)
def decide(move_id: int) -> Response:
    """Accept, reject, withdraw or open a proposal again."""
    told = request.form.get("langkah", "")
    if told not in set(MoveStep):
        raise UsageError("choose what to do", "pilih langkahnya")
    with database().writing() as session:
        state = step(
            session, g.ulp, move_id, MoveStep(told), who=current_user.login,
            reason=request.form.get("alasan", ""),
        )  # fmt: skip
        own = unit_moves.one(session, ulp=g.ulp, move_id=move_id)["ulp"] == g.ulp
    flash(f"{tr('Usulan', 'Proposal')} {move_id}: {label('move.' + state)}", "ok")
    return redirect(url_for(".page", lihat="keluar" if own else "masuk"))
