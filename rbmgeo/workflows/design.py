"""SOP IV.5: plans of routes from today's; one of them, chosen, becomes a draft."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import Run
from rbmgeo.db.queries import drafts, lists, units, versions, work
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, NothingToDo
from rbmgeo.network.crossing import Crossing
from rbmgeo.network.streets import street_network
from rbmgeo.network.walking import Walker
from rbmgeo.routes.codes import kept_numbers
from rbmgeo.routes.design import Around, Case, DesignParams, case_of
from rbmgeo.routes.ground import NO_WALK
from rbmgeo.routes.pace import walk_per_tree
from rbmgeo.routes.parts import Preview, merge, split
from rbmgeo.routes.plans import Plan, plans
from rbmgeo.survey.branches import branches
from rbmgeo.unit.matched import undisputed
from rbmgeo.workflows.routed import (
    VersionSummary,
    routed_customers,
    schedule_today,
    today_position,
)

Progress = Callable[[str, int, int], None]
STEP = "design_plans"


@dataclass(frozen=True)
class Limits:
    """What a planner holds fast: shares of customers (0 to 1), codes that stay as they are.

    ``pinned``: public ids of customers who stay on their RBM, and their gardu (or branch) there
    with them, since a gardu moves whole.
    """

    day_limit: float = 1.0
    reader_limit: float = 1.0
    locked_rbm: tuple[str, ...] = ()
    locked_gardu: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, as a run keeps them."""
        return {
            "day_limit": self.day_limit, "reader_limit": self.reader_limit,
            "locked_rbm": sorted(self.locked_rbm), "locked_gardu": sorted(self.locked_gardu),
            "pinned": sorted(self.pinned),
        }  # fmt: skip


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
        "plans": [_kept(plan, today) for plan in found.front],
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
    if (run_id is not None and run_id != kept.run_id) or again is None or _digest(again) != told["digest"]:  # fmt: skip
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
    members = _numbers(done.members, today)
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
    customers, today = routed_customers(session, ulp)
    if customers.empty:
        raise NothingToDo(
            f"unit {ulp} has no customer that a vendor reads; import a DPM or customer list first",
            f"unit {ulp} belum punya pelanggan yang dibaca vendor; impor DPM atau daftar pelanggan",
        )
    srid = units.unit(session, ulp=ulp).utm_srid
    settings = units.unit_settings(session, ulp=ulp)
    pdpj = lists.pdpj_lines(session, ulp=ulp)
    gardu = undisputed(pdpj, customers).reindex(customers.index)
    sites = lists.gardu(session, ulp=ulp, srid=srid)
    params = DesignParams.of(
        settings, day_limit=limits.day_limit, reader_limit=limits.reader_limit,
        locked_rbm=frozenset(limits.locked_rbm), locked_gardu=frozenset(limits.locked_gardu),
    )  # fmt: skip
    around = _around(session, ulp, sites, schedule_today(today), srid)
    points = gpd.GeoSeries(customers["geometry"])
    walker = Walker(around.network, crossing=Crossing.of(settings), limit_m=settings.street_limit_m)
    pace = walk_per_tree(today["rbm"].reindex(customers.index), points, walker)
    params = replace(params, walk_per_tree=pace)
    large = sorted(gardu.value_counts()[lambda n: n > settings.capacity_max].index)
    routed = pd.DataFrame(
        {"rbm": today["rbm"].reindex(customers.index), "gardu": gardu,
         "branch": _branches(session, ulp, pdpj, customers, large, srid),
         "pinned": customers.index.isin(_pinned(session, ulp, limits))}
    )  # fmt: skip
    case = case_of(
        routed, points, ulp=ulp, params=params, around=around,
    )  # fmt: skip
    return case, today


def _pinned(session: Session, ulp: str, limits: Limits) -> list[str]:
    """Return who stays: those named, and those pinned in the newest draft of the workbench."""
    named = drafts.idpels_of(session, ulp=ulp, public_ids=list(limits.pinned))
    return sorted({*named.values(), *drafts.pinned_of(session, ulp=ulp)})


def _around(
    session: Session, ulp: str, sites: gpd.GeoDataFrame, schedule: pd.DataFrame, srid: int | None
) -> Around:
    """Return streets that are walked, and as barriers those that nobody walks along."""
    streets = lists.streets(session, ulp=ulp, srid=srid)
    closed = streets["highway"].isin(NO_WALK)
    walked = streets[~closed]
    return Around(
        sites=gpd.GeoSeries(sites["geometry"]), schedule=schedule,
        network=street_network(walked) if len(walked) else None,
        barriers=gpd.GeoSeries(streets[closed].geometry),
    )  # fmt: skip


def _branches(
    session: Session, ulp: str, pdpj: pd.DataFrame, customers: gpd.GeoDataFrame, large: list[str],
    srid: int | None,
) -> pd.Series:  # fmt: skip
    """Return the jurusan of customers on gardu larger than a route: recorded, else by the pole."""
    first = pdpj.sort_values(["idpel", "line"]).drop_duplicates("idpel").set_index("idpel")
    told = first["jurusan"].reindex(customers.index)
    if not large:
        return told
    spans = lists.jtr(session, ulp=ulp, srid=srid)
    poles = {str(c): (p.x, p.y) for c, p in lists.tiang(session, ulp=ulp, srid=srid)["geometry"].dropna().items()}  # fmt: skip
    sites = lists.gardu(session, ulp=ulp, srid=srid)
    tiang = first["tiang"].reindex(customers.index)
    for code in large:
        own = spans[spans["gardu"] == code]
        if own.empty or told[first["gardu"].reindex(told.index) == code].notna().any():
            continue
        at = sites["geometry"].get(code)
        parts = branches(own, poles, site=(at.x, at.y) if at is not None else None,
                         lv_node=sites["lv_node"].get(code))  # fmt: skip
        of = {s.tiang: b.jurusan for b in parts for s in b.stops if s.tiang}
        here = first["gardu"].reindex(told.index) == code
        told[here] = tiang[here].map(of)
    return told


def _numbers(members: pd.DataFrame, today: pd.DataFrame) -> pd.DataFrame:
    return kept_numbers(members["rbm"], today, today_position(members, today))


def _kept(plan: Plan, today: pd.DataFrame) -> dict[str, Any]:
    """Return the figures of a plan; how many numbers change needs the numbers themselves."""
    now = _numbers(plan.design.members, today)
    had = today[["rbm", "urut", "sisipan"]].reindex(now.index)
    same = (now["rbm"] == had["rbm"]) & (now["urut"] == had["urut"]) & (now["sisipan"] == had["sisipan"].fillna(0))  # fmt: skip
    number = int((had["rbm"].notna() & ~same).sum())
    return {
        "number": plan.number, "name": plan.name, "digest": _digest(plan),
        **{k: float(v) if isinstance(v, float) else int(v) for k, v in plan.facts.items()},
        "number_changed": number,
    }  # fmt: skip


def _digest(plan: Plan) -> str:
    """Return what tells two plans apart: a hash over who is read where."""
    members = plan.design.members["rbm"].sort_index()
    told = "\n".join(f"{i} {r}" for i, r in members.items())
    return hashlib.sha256(told.encode()).hexdigest()[:32]
