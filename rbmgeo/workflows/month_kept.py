"""Supervision of a year, computed month by month and kept until the data are others.

A month of a large unit takes a second; twelve are a job. What is kept is of one state of the data
(imports, places of customers, the calendar, settings), and never shown for another.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import consistency as logs
from rbmgeo.db.queries import month_kept, reader_facts, reading, units
from rbmgeo.db.session import Database
from rbmgeo.months import month_before
from rbmgeo.supervision.consistency import KEY, ConsistencyParams, facts
from rbmgeo.workflows.stands import undecided
from rbmgeo.workflows.supervision_settings import params_of

Progress = Callable[[str, int, int], None]
MONTHS = 12
#: Rows that are counted while somebody waits for a page; more of them are a job.
AT_ONCE = 150_000
_DAYS = ("day", "planned")
_WHOLE = ("reads", "officers", "dates", "odd_hours", "fast", "stays", "positions", "away")


@dataclass(frozen=True)
class Kind:
    """One kind of figures: the table whose months have them, and how a month's are made.

    ``newest``: of how many months they are kept before somebody asks. ``routes``: routes and
    readings of our own change them too.
    """

    table: str
    make: Callable[[Session, str, str], dict[str, Any]]
    newest: int = MONTHS
    routes: bool = False


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


def stand_month(session: Session, ulp: str, blth: str) -> dict[str, Any]:
    """Return the lines of the stand desk of one month before any decision (`undecided`)."""
    return written(undecided(session, ulp, blth))


def count_month(session: Session, ulp: str, blth: str) -> dict[str, Any]:
    """Return `rbmgeo.db.queries.reading.reading_counts` of one month as plain data."""
    unit = units.unit(session, ulp=ulp)
    counts = reading.reading_counts(session, ulp=ulp, blth=blth, time_zone=unit.time_zone)
    day, kwh = (
        counts["read_on"].map(_told, na_action="ignore"),
        counts["kwh"].map(_told, na_action="ignore"),
    )
    return written(counts.assign(read_on=day, kwh=kwh))


KINDS: dict[str, Kind] = {
    "baca": Kind("reading", count_month, newest=2, routes=True),  # older ones are read to the end
    "konsistensi": Kind("reader_log", consistency_month),
    "meja": Kind("reading", stand_month, newest=2),  # older ones are decided and signed
    "pembaca": Kind("reading", reader_month),
}


def stale(session: Session, ulp: str, kind: str, months: list[str]) -> list[str]:
    """Return those months that have data and are not kept of their present state."""
    there = (
        month_kept.months_with_log(session, ulp=ulp, months=months)
        if KINDS[kind].table == "reader_log"
        else [m for m in months if m in set(units.months(session, ulp=ulp))]
    )
    mark = _mark(session, ulp, kind)
    fresh = month_kept.fresh(session, ulp=ulp, kind=kind, months=there, mark=mark)
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
        mark = _mark(session, ulp, kind)
        content = KINDS[kind].make(session, ulp, blth)
        month_kept.keep(session, ulp=ulp, blth=blth, kind=kind, mark=mark, content=content)
    return len(waiting)


def keep_months(
    session: Session, ulp: str, *, blth: str, who: str = "", progress: Progress | None = None
) -> KeptMonths:
    """Compute every kind of the twelve months up to one that is not kept (a job)."""
    tell = progress or (lambda step, done, total: None)
    asked, made, known = _asked(blth), 0, 0
    for place, (kind, month) in enumerate(asked):
        tell("menghitung bulan / counting months", place, len(asked))
        now = keep(session, ulp, kind, [month])
        made, known = made + now, known + 1 - now
    tell("menghitung bulan / counting months", len(asked), len(asked))
    return KeptMonths(ulp, made, known)


def freshen_months(database: Database, ulp: str) -> None:
    """Compute what is not kept of the newest twelve months, each in a transaction of its own."""
    with database.reading() as session:
        months = units.months(session, ulp=ulp)
        waiting = [] if not months else [
            (kind, month) for kind, month in _asked(months[-1]) if stale(session, ulp, kind, [month])
        ]  # fmt: skip
    for kind, month in waiting:
        with database.writing() as session:
            keep(session, ulp, kind, [month])


def _asked(blth: str) -> list[tuple[str, str]]:
    """Return kind and month of what is kept without being asked for, up to a month."""
    return [(name, m) for name, kind in KINDS.items() for m in year_up_to(blth)[-kind.newest :]]


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


def stands_kept(session: Session, ulp: str, blth: str) -> pd.DataFrame | None:
    """Return the month's lines before any decision (`undecided`), None where not kept as it is."""
    return _of_now(session, ulp, "meja", blth)


def counts_kept(session: Session, ulp: str, blth: str) -> pd.DataFrame | None:
    """Return the month's `reading_counts`, None where they are not kept as they are now."""
    counts = _of_now(session, ulp, "baca", blth)
    if counts is None:
        return None
    day = counts["read_on"].map(date.fromisoformat, na_action="ignore").astype(object)
    kwh = counts["kwh"].map(Decimal, na_action="ignore").astype(object)
    return counts.assign(read_on=day.where(day.notna(), None), kwh=kwh.where(kwh.notna(), None))


def _of_now(session: Session, ulp: str, kind: str, blth: str) -> pd.DataFrame | None:
    if blth not in units.months(session, ulp=ulp) or stale(session, ulp, kind, [blth]):
        return None
    return read(month_kept.kept(session, ulp=ulp, kind=kind, months=[blth])[blth])


def written(frame: pd.DataFrame) -> dict[str, Any]:
    """Return a table as plain data, every digit kept; missing is None."""
    rows = [[_plain(v) for v in row] for row in frame.astype(object).itertuples(index=False, name=None)]  # fmt: skip
    return {"columns": list(map(str, frame.columns)), "rows": rows}


def read(content: dict[str, Any]) -> pd.DataFrame:
    """Return the table that `written` made plain."""
    return pd.DataFrame(content["rows"], columns=content["columns"])


def _told(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _plain(value: Any) -> Any:
    if value is None or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def _mark(session: Session, ulp: str, kind: str) -> str:
    """Return what the figures of one kind depend on."""
    unit = units.unit(session, ulp=ulp)
    settings = units.unit_settings(session, ulp=ulp)
    params: ConsistencyParams = params_of(settings)
    told = (
        month_kept.data_mark(session, ulp=ulp), unit.time_zone, unit.utm_srid, params,
        logs.calendar_mark(session, ulp=ulp), settings.dlpd_rise, settings.dlpd_fall,
        settings.dlpd_low_hours,
        month_kept.reading_mark(session, ulp=ulp) if KINDS[kind].routes else "",
    )  # fmt: skip
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]
