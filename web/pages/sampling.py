"""Uji petik stand, budget first: what a month's checks buy, whose turn it is, lots, ledgers, draws."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import stand_lots as lots
from rbmgeo.db.queries import stand_samples as kept
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.sampling.acceptance import AQLS, Plan, plan_of
from rbmgeo.sampling.curve import curve, detects, path
from rbmgeo.supervision.stand_sample import LotBy, Way
from rbmgeo.terms import Role
from rbmgeo.workflows.stand_checks import StandSheet, stand_sheet
from rbmgeo.workflows.stand_draw import MOST, Wanted, draw_sample
from rbmgeo.workflows.stand_lots import (
    LedgerRow,
    LotPlan,
    begin_anew,
    ledger_now,
    ledgers,
    lot_plans,
    severity_word,
    sizes_of,
)
from rbmgeo.workflows.stand_sampling import BudgetPage, budget_page, set_sampling
from web.access import allow
from web.database import database
from web.kept import Kept
from web.language import tr
from web.pages.forms import checked_number, page_number, rows_a_page

bp = Blueprint("sampling", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/uji-petik")

_BUDGETS: Kept[BudgetPage] = Kept(6)
_ROWS = 50
#: Size of the drawing of an operating characteristic.
WIDE, HIGH = 300, 120


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show what the month's budget buys, which RBM are due, and the samples drawn."""
    s = g.unit_settings
    photos = checked_number(request.args.get("foto"), s.stand_photo_budget, 0, MOST)
    visits = checked_number(request.args.get("lapangan"), s.stand_visit_budget, 0, MOST)
    found = None
    with suppress(NothingToDo):
        found = _BUDGETS.get(
            lambda session: budget_page(session, g.ulp, g.blth, photos=photos, visits=visits),
            g.blth, str(photos), str(visits),
        )  # fmt: skip
    with database().reading() as session:
        prepaid = lots.prepaid_count(session, ulp=g.ulp)
        samples = [stand_sheet(session, g.ulp, str(one.sample_id))
                   for one in kept.samples(session, ulp=g.ulp, blth=g.blth)]  # fmt: skip
    return render_template(
        "sampling.html", b=found, photos=photos, visits=visits, prepaid=prepaid, s=s, most=MOST,
        samples=samples, aqls=AQLS, seed=f"{g.ulp}-{g.blth}-{len(samples) + 1}", ways=list(Way),
        **_turns(found),
    )  # fmt: skip


def _turns(found: BudgetPage | None) -> dict[str, Any]:
    """Return the part of the rotation that is shown, the most urgent first."""
    if found is None:
        return {"turns": [], "page": 1, "pages": 1, "officers": [], "rbms": []}
    rows = found.rotation.rows.reset_index()
    size = rows_a_page(_ROWS)
    at, pages = page_number(request.args.get("hal"), len(rows), size)
    part = rows.iloc[(at - 1) * size : at * size].astype(object)
    lots_by = {c: found.sizes.groupby(c)["readings"].sum().items() for c in ("officer", "rbm")}
    return {
        "turns": part.where(part.notna(), None).to_dict("records"), "page": at, "pages": pages,
        "officers": list(lots_by["officer"]), "rbms": list(lots_by["rbm"]),
    }  # fmt: skip


@bp.post("/anggaran")
@allow(Role.PENGAWAS)
def keep() -> Response:
    """Keep what the unit can do in a month, and how its lots are looked at."""
    form, s = request.form, g.unit_settings
    aqls = {str(a): a for a in AQLS}
    by = form.get("lot_per", s.stand_lot_by)
    if form.get("aql", str(s.stand_aql)) not in aqls or by not in (LotBy.OFFICER, LotBy.RBM):
        raise UsageError("choose an AQL and a lot of the page", "pilih AQL dan lot di halaman")
    with database().writing() as session:
        set_sampling(session, g.ulp, {
            "stand_photo_budget": checked_number(form.get("foto"), s.stand_photo_budget, 0, MOST),
            "stand_visit_budget": checked_number(form.get("lapangan"), s.stand_visit_budget, 0, MOST),
            "stand_rbm_least": checked_number(form.get("per_rbm"), s.stand_rbm_least, 1, 200),
            "stand_aql": aqls[form.get("aql", str(s.stand_aql))], "stand_lot_by": by,
        }, who=current_user.login)  # fmt: skip
    flash(tr("Tersimpan sebagai anggaran unit.", "Kept as the unit's budget."), "ok")
    return redirect(url_for(".page"))


@bp.post("/undi")
@allow(Role.PENGAWAS)
def draw() -> Response:
    """Draw a sample from a seed."""
    form = request.form
    by_plan = form.get("menurut") == "rencana"
    by, _, of = form.get("lot", LotBy.UNIT).partition(":")
    if form.get("cara") not in set(Way) or by not in set(LotBy):
        raise UsageError("choose how to check and what the lot is", "pilih cara cek dan lotnya")
    gardu = form.get("gardu", "").strip()
    if form["cara"] == Way.PREPAID and gardu:
        by, of = LotBy.GARDU, gardu
    wanted = Wanted(
        Way(form["cara"]), LotBy(by), of, 0 if by_plan else checked_number(form.get("jumlah"), 0, 1, MOST),
        by_plan, form.get("benih", ""),
    )  # fmt: skip
    with database().writing() as session:
        made = draw_sample(session, g.ulp, g.blth, wanted, who=current_user.login)
    return redirect(url_for("stand_samples.page", sample_id=made))


@dataclass(frozen=True)
class Drawing:
    """One plan's operating characteristic as it is shown."""

    plan: Plan
    told: Any
    points: Any
    line: str


@bp.get("/rencana")
@allow(Role.PERENCANA, Role.PENGAWAS)
def plans() -> str:
    """Show the lots of the month with their plans, and what such plans can detect."""
    way = Way.FIELD if request.args.get("cara") == Way.FIELD else Way.PHOTO
    by = request.args.get("per", g.unit_settings.stand_lot_by)
    by = by if by in (LotBy.OFFICER, LotBy.RBM) else LotBy.OFFICER
    try:
        with database().reading() as session:
            sizes = sizes_of(session, g.ulp, g.blth)
            found = lot_plans(session, g.ulp, g.blth, way, sizes, lot_by=by)
    except NothingToDo:
        found = []
    size = rows_a_page(_ROWS)
    at, pages = page_number(request.args.get("hal"), len(found), size)
    return render_template(
        "sampling_plans.html", lots=found[(at - 1) * size : at * size], all_lots=found, way=way,
        by=by, page=at, pages=pages, need=sum(one.size for one in found), drawings=_drawings(found),
        wide=WIDE, high=HIGH, seed=f"{g.ulp}-{g.blth}",
    )  # fmt: skip


def _drawings(found: list[LotPlan]) -> list[Drawing]:
    """Return each different plan of the month once, the one of most lots first."""
    count: dict[tuple[int, int], list[Plan]] = {}
    for one in found:
        if one.plan is not None and not one.plan.whole:
            count.setdefault((one.plan.size, one.plan.accept), []).append(one.plan)
    most = sorted(count.values(), key=lambda plans: (-len(plans), plans[0].size))
    return [drawing(plans[0]) for plans in most[:4]]


def drawing(plan: Plan) -> Drawing:
    """Return what a plan can detect, in words, as a table and as a line."""
    points = curve(plan)
    return Drawing(plan, detects(plan), points, path(points, WIDE, HIGH))


def plan_drawing(sheet: StandSheet) -> Drawing | None:
    """Return what the plan of a sample can detect, None without one or where all is checked."""
    one = sheet.sample
    if one.accept is None:
        return None
    return drawing(plan_of(one.lot, float(one.aql), one.severity))


@bp.get("/buku")
@allow(Role.PERENCANA, Role.PENGAWAS)
def ledger() -> str:
    """Show the ledger of each officer or RBM: every closed lot and why the next is as it is."""
    by = request.args.get("per", g.unit_settings.stand_lot_by)
    by = by if by in (LotBy.OFFICER, LotBy.RBM) else LotBy.OFFICER
    of = request.args.get("lot", "")
    with database().reading() as session:
        found = ledgers(session, g.ulp, by)
    lines: list[tuple[str, int, LedgerRow]] = [
        (code, n, row) for code, rows in found.items() if not of or code == of
        for n, row in enumerate(rows, start=1)
    ]  # fmt: skip
    size = rows_a_page(_ROWS)
    at, pages = page_number(request.args.get("hal"), len(lines), size)
    now = {code: ledger_now(rows) for code, rows in found.items()}
    return render_template(
        "sampling_ledger.html", lines=lines[(at - 1) * size : at * size], by=by, of=of, page=at,
        pages=pages, codes=sorted(found), stopped=[c for c, one in now.items() if one.stopped],
        words={c: severity_word(one) for c, one in now.items()}, severity_word=severity_word,
    )  # fmt: skip


@bp.post("/buku")
@allow(Role.PENGAWAS)
def anew() -> Response:
    """Let a stopped ledger begin anew, with the reason."""
    form = request.form
    by = form.get("per", "")
    if by not in (LotBy.OFFICER, LotBy.RBM):
        raise UsageError("choose whose ledger it is", "pilih buku siapa")
    with database().writing() as session:
        begin_anew(session, g.ulp, by, form.get("lot", ""), note=form.get("alasan", ""), who=current_user.login)  # fmt: skip
    flash(tr("Buku dimulai lagi.", "The ledger begins anew."), "ok")
    return redirect(url_for(".ledger", per=by))
