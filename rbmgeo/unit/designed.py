"""SOP IV.5 of one unit, tables in and plans out: the case of today's routes, numbers, digests."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import pandas as pd

from rbmgeo.network.crossing import Crossing
from rbmgeo.network.streets import street_network
from rbmgeo.network.walking import Walker
from rbmgeo.routes.codes import kept_numbers
from rbmgeo.routes.design import Around, Case, DesignParams, case_of
from rbmgeo.routes.ground import NO_WALK
from rbmgeo.routes.pace import walk_per_tree
from rbmgeo.routes.plans import Plan
from rbmgeo.settings import UnitSettings
from rbmgeo.survey.branches import branches
from rbmgeo.unit.matched import undisputed
from rbmgeo.unit.routed import schedule_today, today_position


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
class DesignTables:
    """What designing takes of one unit (contracts in `rbmgeo.frames`), in metres.

    ``customers``: those that a vendor reads; ``today``: one row each of today's list, by idpel;
    ``jtr``, ``tiang``: None where no gardu is large; ``pinned``: who stays where he is.
    """

    customers: gpd.GeoDataFrame
    today: pd.DataFrame
    pdpj: pd.DataFrame
    gardu: gpd.GeoDataFrame
    streets: gpd.GeoDataFrame
    jtr: gpd.GeoDataFrame | None = None
    tiang: gpd.GeoDataFrame | None = None
    pinned: tuple[str, ...] = ()


def design_case(
    ulp: str, tables: DesignTables, settings: UnitSettings, limits: "Limits | None" = None
) -> Case:
    """Return what a search for plans begins from."""
    limits = limits or Limits()
    customers, today = tables.customers, tables.today
    gardu = undisputed(tables.pdpj, customers).reindex(customers.index)
    params = DesignParams.of(
        settings, day_limit=limits.day_limit, reader_limit=limits.reader_limit,
        locked_rbm=frozenset(limits.locked_rbm), locked_gardu=frozenset(limits.locked_gardu),
    )  # fmt: skip
    around = _around(tables.streets, tables.gardu, schedule_today(today))
    points = gpd.GeoSeries(customers["geometry"])
    walker = Walker(around.network, crossing=Crossing.of(settings), limit_m=settings.street_limit_m)
    pace = walk_per_tree(today["rbm"].reindex(customers.index), points, walker)
    params = replace(params, walk_per_tree=pace)
    large = large_gardu(gardu, settings)
    routed = pd.DataFrame(
        {"rbm": today["rbm"].reindex(customers.index), "gardu": gardu,
         "branch": _branches(tables, large), "pinned": customers.index.isin(tables.pinned)}
    )  # fmt: skip
    return case_of(routed, points, ulp=ulp, params=params, around=around)


def large_gardu(gardu: pd.Series, settings: UnitSettings) -> list[str]:
    """Return the gardu of more customers than a route may have: they are cut by jurusan."""
    return sorted(gardu.value_counts()[lambda n: n > settings.capacity_max].index)


def numbers(members: pd.DataFrame, today: pd.DataFrame) -> pd.DataFrame:
    """Return ``rbm``, ``urut`` and ``sisipan`` of everybody: who stays keeps his number."""
    return kept_numbers(members["rbm"], today, today_position(members, today))


def plan_facts(plan: Plan, today: pd.DataFrame) -> dict[str, Any]:
    """Return the figures of a plan; how many numbers change needs the numbers themselves."""
    now = numbers(plan.design.members, today)
    had = today[["rbm", "urut", "sisipan"]].reindex(now.index)
    same = (now["rbm"] == had["rbm"]) & (now["urut"] == had["urut"]) & (now["sisipan"] == had["sisipan"].fillna(0))  # fmt: skip
    number = int((had["rbm"].notna() & ~same).sum())
    return {
        "number": plan.number, "name": plan.name, "digest": digest(plan),
        **{k: float(v) if isinstance(v, float) else int(v) for k, v in plan.facts.items()},
        "number_changed": number,
    }  # fmt: skip


def digest(plan: Plan) -> str:
    """Return what tells two plans apart: a hash over who is read where."""
    members = plan.design.members["rbm"].sort_index()
    told = "\n".join(f"{i} {r}" for i, r in members.items())
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _around(streets: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, schedule: pd.DataFrame) -> Around:
    """Return streets that are walked, and as barriers those that nobody walks along."""
    closed = streets["highway"].isin(NO_WALK)
    walked = streets[~closed]
    return Around(
        sites=gpd.GeoSeries(sites["geometry"]), schedule=schedule,
        network=street_network(walked) if len(walked) else None,
        barriers=gpd.GeoSeries(streets[closed].geometry),
    )  # fmt: skip


def _branches(tables: DesignTables, large: list[str]) -> pd.Series:
    """Return the jurusan of customers on gardu larger than a route: recorded, else by the pole."""
    index = tables.customers.index
    first = tables.pdpj.sort_values(["idpel", "line"]).drop_duplicates("idpel").set_index("idpel")
    told = first["jurusan"].reindex(index)
    if not large or tables.jtr is None or tables.tiang is None:
        return told
    poles = {str(c): (p.x, p.y) for c, p in tables.tiang["geometry"].dropna().items()}
    tiang = first["tiang"].reindex(index)
    for code in large:
        own = tables.jtr[tables.jtr["gardu"] == code]
        if own.empty or told[first["gardu"].reindex(told.index) == code].notna().any():
            continue
        at = tables.gardu["geometry"].get(code)
        parts = branches(own, poles, site=(at.x, at.y) if at is not None else None,
                         lv_node=tables.gardu["lv_node"].get(code))  # fmt: skip
        of = {s.tiang: b.jurusan for b in parts for s in b.stops if s.tiang}
        here = first["gardu"].reindex(told.index) == code
        told[here] = tiang[here].map(of)
    return told
