"""`process_unit`: evaluate, match, detect, design, order and report one unit, nothing else known.

Pure and deterministic: the same snapshot and parameters give the same bytes, whoever computes
them, wherever, beside whatever else. Seeds come from the parameters of each step and the unit's
own code; nothing is kept between two units.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import geopandas as gpd
import pandas as pd
from threadpoolctl import threadpool_limits

from rbmgeo.errors import UsageError
from rbmgeo.matching.candidates import Candidates
from rbmgeo.routes.plans import plans
from rbmgeo.unit.designed import DesignTables, design_case, numbers, plan_facts
from rbmgeo.unit.digest import data_digest, table_digest
from rbmgeo.unit.evaluated import evaluated
from rbmgeo.unit.matched import doubted, matched
from rbmgeo.unit.ordered import Routes, ordered
from rbmgeo.unit.reported import reported
from rbmgeo.unit.routed import in_walking_order, routed, schedule_today, today_list
from rbmgeo.unit.snapshot import UnitSnapshot
from rbmgeo.unit.starts import starts_of
from rbmgeo.unit.walker import network_of, walker_of

Progress = Callable[[str, int, int], None]
STEPS = ("evaluate", "match", "routes", "report")


@dataclass(frozen=True)
class UnitParams:
    """Which steps are done, in the order of the SOP; whether records are doubted."""

    steps: tuple[str, ...] = STEPS
    detect_errors: bool = True

    def __post_init__(self) -> None:
        """Refuse a step that does not exist."""
        if unknown := sorted(set(self.steps) - set(STEPS)):
            raise UsageError(f"step {unknown[0]!r} is none of {', '.join(STEPS)}",
                             f"langkah {unknown[0]!r} bukan salah satu dari {', '.join(STEPS)}")  # fmt: skip


@dataclass
class UnitResult:
    """What came out of one unit: tables by name, summaries by step, and what they hash to.

    ``tables``: ``matches``, ``findings``, ``members``, ``routes`` (contracts in `rbmgeo.frames`)
    and ``kwh``; ``candidates``: of everybody with a place. ``cpu_s``: processor seconds by step,
    which belong to no hash. ``mark``, ``blth``: of the snapshot.
    """

    ulp: str
    mark: str
    blth: str
    params: UnitParams
    summaries: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    candidates: Candidates | None = None
    cpu_s: dict[str, float] = field(default_factory=dict)

    def hashes(self) -> dict[str, str]:
        """Return the hash of each part, by name."""
        out = {name: table_digest(table) for name, table in sorted(self.tables.items())}
        if self.candidates is not None:
            out["candidates"] = table_digest(self.candidates.frame())
        return out | {f"summary of {n}": data_digest(s) for n, s in sorted(self.summaries.items())}

    def sha256(self) -> str:
        """Return one hash over all parts."""
        return data_digest(self.hashes())


def process_unit(
    unit: str, snapshot: UnitSnapshot, params: UnitParams | None = None, *,
    progress: Progress | None = None,
) -> UnitResult:  # fmt: skip
    """Do the steps of one unit on one thread.

    Raises
    ------
    UsageError
        If the snapshot is another unit's.
    """
    if unit != snapshot.ulp:
        raise UsageError(f"the snapshot is of unit {snapshot.ulp}, not {unit}",
                         f"cuplikan ini milik unit {snapshot.ulp}, bukan {unit}")  # fmt: skip
    params = params or UnitParams()
    tell = progress or (lambda step, done, total: None)
    result = UnitResult(snapshot.ulp, snapshot.mark, snapshot.blth, params)
    work = {"evaluate": _evaluate, "match": _match, "routes": _routes, "report": _report}
    with threadpool_limits(limits=1):
        for number, step in enumerate(s for s in STEPS if s in params.steps):
            tell(step, number, len(params.steps))
            work[step](snapshot, result)
    tell("selesai / done", len(params.steps), len(params.steps))
    return result


def _evaluate(snapshot: UnitSnapshot, result: UnitResult) -> None:
    with _timed(result, "evaluate"):
        told = snapshot.tables
        done = evaluated(
            snapshot.ulp, snapshot.customers, told["rbm_list"], told["pdpj"],
            snapshot.places("gardu"), outlier_m=snapshot.settings.route_outlier_m,
        )  # fmt: skip
        result.summaries["evaluate"] = done.kept


def _match(snapshot: UnitSnapshot, result: UnitResult) -> None:
    tables = snapshot.match_tables()
    if tables.nothing:
        return
    detect = result.params.detect_errors
    with _timed(result, "match"):
        done = matched(tables, snapshot.settings, detect_errors=detect, threads=1)
    with _timed(result, "detect"):
        doubt = doubted(tables, done, snapshot.settings, detect_errors=detect)
    result.tables["matches"] = done.matches
    result.candidates = doubt.candidates
    known = tables.customers.index[tables.customers["active"].astype(bool)]
    result.summaries["match"] = {
        "customers": len(done.matches), "classes": done.classes, "findings": doubt.found,
        "tiers": doubt.tiers, "outside": len(known.difference(done.matches.index)),
        "calibration": asdict(doubt.calibration),
    }  # fmt: skip
    if doubt.findings is not None:
        result.tables["findings"] = doubt.findings


def _routes(snapshot: UnitSnapshot, result: UnitResult) -> None:
    customers = routed(snapshot.customers)
    if customers.empty:
        return
    today = today_list(snapshot.tables["rbm_list"])
    with _timed(result, "design"):
        tables = DesignTables(
            customers, today, snapshot.tables["pdpj"], snapshot.places("gardu"),
            snapshot.places("streets"), snapshot.places("jtr"), snapshot.places("tiang"),
            snapshot.pinned,
        )  # fmt: skip
        found = plans(design_case(snapshot.ulp, tables, snapshot.settings))
        plan = found.plan(found.recommended or "") or found.front[0]
        routes = plan.design.per_rbm[["customers", "minutes"]].join(schedule_today(today))
        members = numbers(plan.design.members, today)
    result.summaries["plans"] = {
        "today": found.today, "recommended": found.recommended or "",
        "plans": [plan_facts(p, today) for p in found.front],
    }  # fmt: skip
    result.summaries["design"] = {"plan": plan.name or str(plan.number), **plan.design.summary}
    with _timed(result, "order"):
        done = _ordered(snapshot, members, routes)
    result.summaries["order"] = done.summary
    result.tables |= {"members": done.members, "routes": done.routes}


def _ordered(snapshot: UnitSnapshot, members: pd.DataFrame, routes: pd.DataFrame) -> Routes:
    pdpj = snapshot.tables["pdpj"]
    agreed = pdpj[~pdpj["conflict"].astype(bool)].sort_values(["idpel", "line"])
    gardu = agreed.drop_duplicates("idpel").set_index("idpel")["gardu"]
    begin = starts_of(
        snapshot.settings, snapshot.srid, members, routes, gardu=gardu,
        sites=gpd.GeoSeries(snapshot.places("gardu")["geometry"]),
    )  # fmt: skip
    network = network_of(snapshot.places("streets"), snapshot.places("jtr"))
    return ordered(
        in_walking_order(members), routes,
        gpd.GeoSeries(snapshot.customers["geometry"]), walker_of(network, snapshot.settings), begin,
        listed=snapshot.tables["rbm_list"], known=set(snapshot.known), settings=snapshot.settings,
    )  # fmt: skip


def _report(snapshot: UnitSnapshot, result: UnitResult) -> None:
    with _timed(result, "report"):
        rows = reported(snapshot.tables["kwh"]).assign(blth=snapshot.blth)
        result.tables["kwh"] = rows
        total = sum(rows["kwh"]) + sum(rows["token_kwh"]) if len(rows) else None
        result.summaries["report"] = {
            "blth": snapshot.blth, "rows": len(rows), "kwh": None if total is None else str(total),
        }  # fmt: skip


@contextmanager
def _timed(result: UnitResult, step: str) -> Iterator[None]:
    begun = time.process_time()
    yield
    result.cpu_s[step] = result.cpu_s.get(step, 0.0) + time.process_time() - begun
