"""SOP IV.5: plans of routes from today's; one of them, chosen, becomes a draft."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import Run
from rbmgeo.db.queries import drafts, lists, units, versions, work
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, NothingToDo
from rbmgeo.routes.design import Case
from rbmgeo.routes.parts import Preview, merge, split
from rbmgeo.routes.plans import Plan, plans
from rbmgeo.unit.designed import (
    DesignTables,
    Limits,
    design_case,
    digest,
    large_gardu,
    numbers,
    plan_facts,
)
from rbmgeo.unit.matched import undisputed
from rbmgeo.unit.routed import schedule_today
from rbmgeo.workflows.routed import VersionSummary, routed_customers

Progress = Callable[[str, int, int], None]
STEP = "design_plans"


@dataclass(frozen=True)
class PlansSummary:
    """The plans as they are kept: figures of today and of each plan, none of its customers."""

    ulp: str
    run_id: int
    plans: int
    recommended: str
    summary: dict[str, Any] = field(default_factory=dict)


def plans_ulp(
    session: Session, ulp: str, *, day_limit: float = 1.0, reader_limit: float = 1.0,
    locked_rbm: "list[str] | tuple[str, ...]" = (), locked_gardu: "list[str] | tuple[str, ...]" = (),
    pinned: "list[str] | tuple[str, ...]" = (), who: str = "", progress: Progress | None = None,
) -> PlansSummary:  # fmt: skip
    """Search for plans and keep their figures; nothing is drafted yet.

    Raises
    ------
    NothingToDo
        If the unit has no customer that a vendor reads.
    """
    limits = Limits(day_limit, reader_limit, tuple(locked_rbm), tuple(locked_gardu), tuple(pinned))
    case, today = _case(session, ulp, limits)
    found = plans(case, progress=progress)
    summary = {
        "today": found.today,
        "recommended": found.recommended or "",
        "plans": [plan_facts(plan, today) for plan in found.front],
    }
    run_id = work.add_run(session, ulp=ulp, step=STEP, params=limits.as_dict(), summary=summary, who=who)  # fmt: skip
    log_command(session, who=who, ulp=ulp, command="design plans", after={"run_id": run_id})
    return PlansSummary(ulp, run_id, len(found.front), found.recommended or "", summary)


def latest_plans(session: Session, ulp: str) -> Run | None:
    """Return the newest plans of a unit, None where none were made."""
    return work.latest_run(session, ulp=ulp, step=STEP)


def choose_plan(
    session: Session, ulp: str, *, plan: str, run_id: int | None = None, who: str = "",
    progress: Progress | None = None,
) -> VersionSummary:  # fmt: skip
    """Make a draft of one of the newest plans, by its name or number.

    The plan is computed again from what it was asked; the same data give the same plan.

    Raises
    ------
    NothingToDo
        If there are no plans, or not this one.
    NotAllowed
        If newer plans are there, or customers, lists or streets have changed since.
    """
    kept = latest_plans(session, ulp)
    told = next((p for p in (kept.summary["plans"] if kept else ())
                 if plan in (p["name"], str(p["number"]))), None)  # fmt: skip
    if kept is None or told is None:
        raise NothingToDo(
            f"unit {ulp} has no plan {plan!r}; make plans with `rbmgeo routes plans --ulp {ulp}`",
            f"unit {ulp} tidak punya rencana {plan!r}; buat dengan `rbmgeo routes plans --ulp {ulp}`",
        )
    told_limits: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in kept.params.items()
    }
    limits = Limits(**told_limits)
    case, today = _case(session, ulp, limits)
    again = plans(case, progress=progress).plan(str(told["number"]))
    if (run_id is not None and run_id != kept.run_id) or again is None or digest(again) != told["digest"]:  # fmt: skip
        raise NotAllowed(
            f"plan {plan!r} was computed from other data than are there now; make the plans again",
            f"rencana {plan!r} dihitung dari data yang sekarang sudah berubah; hitung lagi rencananya",
        )
    return _drafted(session, ulp, again, today, who=who)


def design_ulp(
    session: Session, ulp: str, *, who: str = "", progress: Progress | None = None
) -> VersionSummary:
    """Write a draft of the recommended plan: whole gardu, balanced minutes, close to today."""
    case, today = _case(session, ulp, Limits())
    found = plans(case, progress=progress)
    plan = found.plan(found.recommended or "") or found.front[0]
    return _drafted(session, ulp, plan, today, who=who)


def preview(session: Session, ulp: str, rbm: str, other: str = "") -> Preview:
    """Show an RBM split in two or, with ``other``, two of them as one; nothing is kept."""
    case, _ = _case(session, ulp, Limits())
    return merge(case, rbm, other) if other else split(case, rbm)


def _drafted(
    session: Session, ulp: str, plan: Plan, today: pd.DataFrame, *, who: str
) -> VersionSummary:  # fmt: skip
    done = plan.design
    version_id = versions.add_draft(session, ulp=ulp, note="design", who=who)
    routes = done.per_rbm[["customers", "minutes"]].join(schedule_today(today))
    members = numbers(done.members, today)
    versions.replace_routes(session, ulp=ulp, version_id=version_id, routes=routes, members=members)
    work.add_run(
        session, ulp=ulp, step="design", params={"version_id": version_id, "plan": plan.name or str(plan.number)},
        summary=done.summary, who=who,
    )  # fmt: skip
    log_command(session, who=who, ulp=ulp, command="design", after={"version_id": version_id})
    units.bump(session, ulp=ulp)
    return VersionSummary(ulp, version_id, done.summary)


def _case(session: Session, ulp: str, limits: Limits) -> tuple[Case, pd.DataFrame]:
    """Load what a search needs; beside it today's list, one row a customer."""
    tables = design_tables(session, ulp, limits)
    if tables.customers.empty:
        raise NothingToDo(
            f"unit {ulp} has no customer that a vendor reads; import a DPM or customer list first",
            f"unit {ulp} belum punya pelanggan yang dibaca vendor; impor DPM atau daftar pelanggan",
        )
    settings = units.unit_settings(session, ulp=ulp)
    return design_case(ulp, tables, settings, limits), tables.today


def design_tables(session: Session, ulp: str, limits: Limits) -> DesignTables:
    """Load what designing takes of a unit."""
    customers, today = routed_customers(session, ulp)
    srid = units.unit(session, ulp=ulp).utm_srid
    settings = units.unit_settings(session, ulp=ulp)
    tables = DesignTables(
        customers, today, lists.pdpj_lines(session, ulp=ulp),
        lists.gardu(session, ulp=ulp, srid=srid), lists.streets(session, ulp=ulp, srid=srid),
        pinned=tuple(_pinned(session, ulp, limits)),
    )  # fmt: skip
    if not large_gardu(undisputed(tables.pdpj, customers), settings):
        return tables
    spans, poles = (of(session, ulp=ulp, srid=srid) for of in (lists.jtr, lists.tiang))
    return replace(tables, jtr=spans, tiang=poles)


def _pinned(session: Session, ulp: str, limits: Limits) -> list[str]:
    """Return who stays: those named, and those pinned in the newest draft of the workbench."""
    named = drafts.idpels_of(session, ulp=ulp, public_ids=list(limits.pinned))
    return sorted({*named.values(), *drafts.pinned_of(session, ulp=ulp)})
