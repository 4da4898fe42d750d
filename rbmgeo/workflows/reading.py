"""The month's reading day by day: read and unread per RBM against the calendar."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import reading, units
from rbmgeo.errors import NothingToDo
from rbmgeo.supervision.progress import progress
from rbmgeo.terms import ReadState
from rbmgeo.workflows.month_kept import counts_kept
from rbmgeo.workflows.routes import targets_ulp


@dataclass(frozen=True)
class ReadingStatus:
    """Every RBM of a month as it stands on a day; read and unread sum to the customers."""

    ulp: str
    blth: str
    on: date
    rows: pd.DataFrame

    @property
    def totals(self) -> dict[str, int]:
        """Customers, read, unread, visited without a stand, read on another day."""
        names = ("customers", "read", "unread", "visited", "other_day")
        return {name: int(self.rows[name].sum()) for name in names}

    @property
    def states(self) -> dict[str, int]:
        """RBM by state, those that occur."""
        counts = self.rows["state"].value_counts()
        return {s.value: int(counts[s.value]) for s in ReadState if s.value in counts}


def reading_status(session: Session, ulp: str, blth: str, *, on: date) -> ReadingStatus:
    """Return how far each RBM is, by readings and reader logs imported so far.

    Raises
    ------
    NothingToDo
        If the unit has no customer that a vendor reads.
    """
    unit = units.unit(session, ulp=ulp)
    counts = counts_kept(session, ulp, blth)
    if counts is None:
        counts = reading.reading_counts(session, ulp=ulp, blth=blth, time_zone=unit.time_zone)
    if counts.empty:
        raise NothingToDo(
            f"unit {ulp} has no customer that a vendor reads; import a DPM first",
            f"unit {ulp} belum punya pelanggan yang dibaca vendor; impor DPM dulu",
        )
    schedule = targets_ulp(session, ulp, blth)
    tolerance = units.unit_settings(session, ulp=ulp).reading_tolerance_days
    rows = progress(counts, schedule, on=on, tolerance_days=tolerance)
    return ReadingStatus(ulp, blth, on, rows)
