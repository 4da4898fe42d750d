"""Supervision of a year, computed month by month and kept until the data are others.

A month of a large unit takes a second; twelve are a job. What is kept is of one state of the data
(imports, places of customers, the calendar, settings), and never shown for another.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import consistency as logs
from rbmgeo.db.queries import month_kept, reader_facts, units
from rbmgeo.db.session import Database
from rbmgeo.months import month_before
from rbmgeo.supervision.consistency import KEY, ConsistencyParams, facts
from rbmgeo.workflows.supervision_settings import params_of

Progress = Callable[[str, int, int], None]
MONTHS = 12
#: Rows that are counted while somebody waits for a page; more of them are a job.
AT_ONCE = 150_000
_DAYS = ("day", "planned")
_WHOLE = ("reads", "officers", "dates", "odd_hours", "fast", "stays", "positions", "away")


@dataclass(frozen=True)
class Kind:
    """One kind of figures: the table whose months have them, and how a month's are made."""

    table: str
    make: Callable[[Session, str, str], dict[str, Any]]


@dataclass(frozen=True)
class KeptMonths:
    """How many months were computed, and how many were there already, of all kinds."""

    ulp: str
    months: int
    known: int


def year_up_to(blth: str) -> list[str]:
    """Return the twelve months up to one, oldest first."""
    return [month_before(blth, k) for k in range(MONTHS - 1, -1, -1)]


def consistency_month(session: Session, ulp: str, blth: str) -> dict[str, Any]:
    """Return `rbmgeo.supervision.consistency.facts` of one month as plain data."""
    unit = units.unit(session, ulp=ulp)
    span = {"first": blth, "last": blth}
    reads = logs.reads(session, ulp=ulp, time_zone=unit.time_zone, srid=unit.utm_srid, **span)
    if reads.empty:
        return {"columns": [], "rows": []}
    params = params_of(units.unit_settings(session, ulp=ulp))
    return written(facts(reads, logs.planned(session, ulp=ulp, **span), params).reset_index())


def reader_month(session: Session, ulp: str, blth: str) -> dict[str, Any]:
    """Return the counts of one month by officer as plain data."""
    unit = units.unit(session, ulp=ulp)
    tolerance = units.unit_settings(session, ulp=ulp).reading_tolerance_days
    counts = reader_facts.month_counts(
        session, ulp=ulp, blth=blth, tolerance_days=tolerance, time_zone=unit.time_zone
    )
    return written(counts)


KINDS: dict[str, Kind] = {
    "konsistensi": Kind("reader_log", consistency_month),
    "pembaca": Kind("reading", reader_month),
}


def stale(session: Session, ulp: str, kind: str, months: list[str]) -> list[str]:
    """Return those months that have data and are not kept of their present state."""
    there = (
        month_kept.months_with_log(session, ulp=ulp, months=months)
        if KINDS[kind].table == "reader_log"
        else [m for m in months if m in set(units.months(session, ulp=ulp))]
    )
    fresh = month_kept.fresh(session, ulp=ulp, kind=kind, months=there, mark=_mark(session, ulp))  # fmt: skip
    return [m for m in there if m not in fresh]


def quick(session: Session, ulp: str, kind: str, months: list[str]) -> bool:
    """Say whether so many months are computed while a page waits."""
    table = KINDS[kind].table
    rows = month_kept.rows_up_to(session, ulp=ulp, table=table, months=months, most=AT_ONCE)
    return rows <= AT_ONCE


def keep(session: Session, ulp: str, kind: str, months: list[str]) -> int:
    """Compute those of the months that are not kept; return how many. The caller commits."""
    month_kept.one_keeper(session, ulp=ulp)
    waiting = stale(session, ulp, kind, months)
    for blth in waiting:
        # Noted before the data are looked at: what changes meanwhile has another mark.
        mark = _mark(session, ulp)
        content = KINDS[kind].make(session, ulp, blth)
        month_kept.keep(session, ulp=ulp, blth=blth, kind=kind, mark=mark, content=content)
    return len(waiting)


def keep_months(
    session: Session, ulp: str, *, blth: str, who: str = "", progress: Progress | None = None
) -> KeptMonths:
    """Compute every kind of the twelve months up to one that is not kept (a job)."""
    tell = progress or (lambda step, done, total: None)
    months, made, known = year_up_to(blth), 0, 0
    total = len(KINDS) * len(months)
    for number, kind in enumerate(KINDS):
        for place, month in enumerate(months):
            tell("menghitung bulan / counting months", number * len(months) + place, total)
            now = keep(session, ulp, kind, [month])
            made, known = made + now, known + 1 - now
    tell("menghitung bulan / counting months", total, total)
    return KeptMonths(ulp, made, known)


def freshen_months(database: Database, ulp: str) -> None:
    """Compute what is not kept of the newest twelve months, each in a transaction of its own."""
    with database.reading() as session:
        months = units.months(session, ulp=ulp)
        waiting = [] if not months else [
            (kind, month) for kind in KINDS for month in stale(session, ulp, kind, year_up_to(months[-1]))
        ]  # fmt: skip
    for kind, month in waiting:
        with database.writing() as session:
            keep(session, ulp, kind, [month])


def consistency_kept(session: Session, ulp: str, months: list[str]) -> pd.DataFrame:
    """Return the facts of those of the months that are kept, index (rbm, blth), sorted."""
    tables = [read(c) for c in month_kept.kept(session, ulp=ulp, kind="konsistensi", months=months).values()]  # fmt: skip
    tables = [t for t in tables if len(t)]
    if not tables:
        return pd.DataFrame()
    table = pd.concat(tables, ignore_index=True)
    for name in _DAYS:
        table[name] = pd.to_datetime(table[name])
    numbers = [c for c in table.columns if c not in (*KEY, *_DAYS)]
    table = table.astype({c: int if c in _WHOLE else float for c in numbers})
    return table.set_index(KEY).sort_index()


def readers_kept(session: Session, ulp: str, months: list[str]) -> dict[str, pd.DataFrame]:
    """Return the counts by officer of those of the months that are kept, by month."""
    found = month_kept.kept(session, ulp=ulp, kind="pembaca", months=months)
    return {blth: read(content) for blth, content in found.items() if content["rows"]}


def written(frame: pd.DataFrame) -> dict[str, Any]:
    """Return a table as plain data, every digit kept; missing is None."""
    rows = [[_plain(v) for v in row] for row in frame.astype(object).itertuples(index=False, name=None)]  # fmt: skip
    return {"columns": list(map(str, frame.columns)), "rows": rows}


def read(content: dict[str, Any]) -> pd.DataFrame:
    """Return the table that `written` made plain."""
    return pd.DataFrame(content["rows"], columns=content["columns"])


def _plain(value: Any) -> Any:
    if value is None or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def _mark(session: Session, ulp: str) -> str:
    """Return what the figures of months depend on."""
    unit = units.unit(session, ulp=ulp)
    settings = units.unit_settings(session, ulp=ulp)
    params: ConsistencyParams = params_of(settings)
    told = (
        month_kept.data_mark(session, ulp=ulp), unit.time_zone, unit.utm_srid, params,
        logs.calendar_mark(session, ulp=ulp),
    )  # fmt: skip
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]
