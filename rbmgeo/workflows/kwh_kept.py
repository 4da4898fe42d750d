"""SOP IV.8: months of kWh kept once computed, and what a page shows of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import energy, kwh_kept, units
from rbmgeo.energy.per_gardu import COUNTS, STANDING, Totals, load_of_gardu, with_hours
from rbmgeo.workflows.energy import months_of, rows_of_month

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class KeptKwh:
    """The report of `rbmgeo.workflows.energy.kwh_report`, but for its rows, which stay where they are.

    ``lines``: how many rows there are. ``by_month``: what those of each month sum to.
    """

    ulp: str
    months: list[str]
    lines: int
    per_gardu: pd.DataFrame
    totals: Totals
    by_month: list[dict[str, Any]]

    def counts(self, *, now: bool) -> dict[str, int]:
        """Sum the counts; with ``now`` those that customers *are* count in the last month only."""
        last = self.by_month[-1:]
        return {
            n: sum(m[n] for m in (last if now and n in STANDING else self.by_month)) for n in COUNTS
        }


@dataclass(frozen=True)
class KeepSummary:
    """How many months were computed, and how many were there already."""

    ulp: str
    months: int
    known: int


def stale_months(session: Session, ulp: str, blth_from: str, blth_to: str) -> list[str]:
    """Return the months of a span that have to be computed anew; raises `NothingToDo`."""
    there = kwh_kept.fresh(session, ulp=ulp, mark=units.mark(session, ulp=ulp))
    return [m for m in months_of(session, ulp, blth_from, blth_to) if m not in there]


def keep_kwh(
    session: Session, ulp: str, *, blth_from: str, blth_to: str, who: str = "",
    progress: Progress | None = None,
) -> KeepSummary:  # fmt: skip
    """Compute the months of a span that are not kept, or not of this state of the data."""
    tell = progress or (lambda step, done, total: None)
    kwh_kept.one_keeper(session, ulp=ulp)
    # Noted before the data are looked at: what changes meanwhile has another mark.
    mark = units.mark(session, ulp=ulp)
    stale = stale_months(session, ulp, blth_from, blth_to)
    gardu = energy.ratings(session, ulp=ulp).index
    for number, blth in enumerate(stale):
        tell("menjumlah / summing", number, len(stale))
        rows = rows_of_month(session, ulp, blth, gardu)
        kwh_kept.keep(session, ulp=ulp, blth=blth, mark=mark, rows=rows)
    tell("menjumlah / summing", len(stale), len(stale))
    return KeepSummary(
        ulp, len(stale), len(months_of(session, ulp, blth_from, blth_to)) - len(stale)
    )


def kept_report(session: Session, ulp: str, *, blth_from: str, blth_to: str) -> KeptKwh:
    """Return the report of months that are all kept (`stale_months` is empty)."""
    months = months_of(session, ulp, blth_from, blth_to)
    limit = units.unit_settings(session, ulp=ulp).coverage_limit
    ratings = energy.ratings(session, ulp=ulp)
    by_month = kwh_kept.sums(session, ulp=ulp, months=months)
    per_gardu = load_of_gardu(
        kwh_kept.gardu_rows(session, ulp=ulp, months=months), ratings["rating_kva"],
        months=len(months), coverage_limit=limit,
    ).join(ratings["penyulang"])  # fmt: skip
    total = {
        n: sum(m[n] for m in by_month)
        for n in ("customers", "kwh", "active_kwh", "token_kwh", "rejected_kwh")
    }
    lines = sum(m["rows"] for m in by_month)
    return KeptKwh(ulp, months, lines, per_gardu, Totals(**total), by_month)


def kept_rows(
    session: Session, ulp: str, months: list[str], *, first: int, size: int
) -> pd.DataFrame:
    """Return a part of the report's rows, with hours of use and coverage."""
    limit = units.unit_settings(session, ulp=ulp).coverage_limit
    rows = kwh_kept.rows(session, ulp=ulp, months=months, first=first, size=size)
    return with_hours(rows, coverage_limit=limit)
