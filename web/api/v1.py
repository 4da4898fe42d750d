"""Version 1: units, the monthly board, counts of findings, kWh rows."""

from typing import Any

from apiflask import APIBlueprint, Schema
from apiflask.fields import Boolean, Decimal, Dict, Float, Integer, List, Nested, String
from flask_login import current_user

from rbmgeo.db.queries import board, pages, people, units, vendor
from rbmgeo.db.scope import VENDOR
from rbmgeo.terms import Role
from rbmgeo.workflows.energy import kwh_report
from rbmgeo.workflows.kwh_kept import keep_kwh
from web.access import allow, database_of, over_units, signed_in
from web.database import database
from web.stops import stops

bp = APIBlueprint("api", __name__, url_prefix="/api/v1", tag="rbmgeo")


def exact_kwh() -> Decimal:
    """Return a field that gives a decimal number as text, so that no digit is lost."""
    return Decimal(as_string=True, metadata={"type": "string"})


class UnitOut(Schema):
    """One unit that the asker may see."""

    ulp = String()
    name = String()
    up3 = String(allow_none=True)
    utm_srid = Integer(allow_none=True)
    time_zone = String()
    sample = Boolean(metadata={"description": "invented data"})
    months = List(String())


class StopOut(Schema):
    """One step of SOP IV.1-IV.8."""

    number = Integer()
    state = String(metadata={"description": "done, now or waiting"})
    title = String()
    figure = String()
    missing = String()
    who = String()


class BoardOut(Schema):
    """How far a unit is this month."""

    ulp = String()
    blth = String()
    customers = Integer()
    gardu = Integer()
    rbms = Integer()
    steps = List(Nested(StopOut))


class FindingsOut(Schema):
    """Counts of the latest matching; no customer is named."""

    ulp = String()
    limit = Float(metadata={"description": "doubts from this probability on are shown"})
    lines = Integer(metadata={"description": "doubts, a patch counted once"})
    customers = Integer()
    classes = Dict(keys=String(), values=Integer())


class KwhRow(Schema):
    """One RBM and gardu of one month; kWh as text with every digit."""

    blth = String()
    rbm = String()
    gardu = String()
    customers = Integer()
    read = Integer()
    unread = Integer()
    prepaid = Integer()
    kwh = exact_kwh()
    active_kwh = exact_kwh()
    token_kwh = exact_kwh()
    daya_va = exact_kwh()
    hours = Float(allow_none=True)
    coverage = Float(allow_none=True)
    incomplete = Boolean()


class KwhOut(Schema):
    """kWh of one month."""

    ulp = String()
    blth = String()
    total_kwh = exact_kwh()
    active_kwh = exact_kwh()
    token_kwh = exact_kwh()
    rows = List(Nested(KwhRow))


@bp.get("/units")
@bp.output(UnitOut(many=True))
@signed_in
@over_units
def unit_list() -> list[dict[str, Any]]:
    """List the units in which the asker has a role."""
    with database().reading() as session:
        mine = people.units_of(session, user_id=current_user.user_id)
        session.expunge_all()
    return [
        {
            "ulp": u.ulp, "name": u.name, "up3": u.up3, "utm_srid": u.utm_srid,
            "time_zone": u.time_zone, "sample": u.sample, "months": _months(u.ulp),
        }
        for u in mine
    ]  # fmt: skip


def _months(ulp: str) -> list[str]:
    seen = database_of(ulp)
    of_vendor = seen.scope is not None and seen.scope.role == VENDOR
    with seen.reading() as session:
        return (vendor.months if of_vendor else units.months)(session, ulp=ulp)


@bp.get("/units/<ulp:ulp>/board/<blth:blth>")
@bp.output(BoardOut)
@allow(Role.PERENCANA, Role.PENGAWAS)
def board_of(ulp: str, blth: str) -> dict[str, Any]:
    """Show the eight steps of SOP IV in one month."""
    with database().reading() as session:
        settings = units.unit_settings(session, ulp=ulp)
        facts = board.facts(session, ulp=ulp, blth=blth, limit=settings.finding_limit)
    steps = [
        {"number": s.number, "state": s.state, "title": s.title[0], "figure": s.figure[0],
         "missing": s.missing[0], "who": s.who[0]}
        for s in stops(facts)
    ]  # fmt: skip
    return {"ulp": ulp, "blth": blth, "customers": facts.customers, "gardu": facts.gardu,
            "rbms": facts.rbms, "steps": steps}  # fmt: skip


@bp.get("/units/<ulp:ulp>/findings")
@bp.output(FindingsOut)
@allow(Role.PERENCANA, Role.PENGAWAS)
def findings_of(ulp: str) -> dict[str, Any]:
    """Count the findings of the latest matching."""
    with database().reading() as session:
        limit = units.unit_settings(session, ulp=ulp).finding_limit
        counts = pages.finding_counts(session, ulp=ulp, limit=limit)
    classes = {name: counts.get(name, 0) for name in pages.LIST_CLASSES}
    return {"ulp": ulp, "limit": limit, "lines": counts["lines"],
            "customers": counts["customers"], "classes": classes}  # fmt: skip


@bp.get("/units/<ulp:ulp>/kwh/<blth:blth>")
@bp.output(KwhOut)
@allow(Role.PERENCANA, Role.PENGAWAS)
def kwh_of(ulp: str, blth: str) -> dict[str, Any]:
    """Give the kWh per RBM per gardu of one month."""
    with database().writing() as session:
        keep_kwh(session, ulp, blth_from=blth, blth_to=blth)
    with database().reading() as session:
        done = kwh_report(session, ulp, blth_from=blth)
    rows = done.rows.astype(object).where(done.rows.notna(), None).to_dict("records")
    return {
        "ulp": ulp, "blth": blth, "total_kwh": done.totals.kwh,
        "active_kwh": done.totals.active_kwh, "token_kwh": done.totals.token_kwh, "rows": rows,
    }  # fmt: skip
