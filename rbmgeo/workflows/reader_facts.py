"""Fakta pembaca: what lists, logs and checks say of each reader's month, and of his year."""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import reader_facts as queries
from rbmgeo.errors import NothingToDo
from rbmgeo.supervision.reader_facts import COUNTS, reader_facts, trend
from rbmgeo.workflows.month_kept import readers_kept, year_up_to


@dataclass(frozen=True)
class ReaderFacts:
    """One month: ``facts`` of every officer (`rbmgeo.supervision.reader_facts.reader_facts`)."""

    ulp: str
    blth: str
    facts: pd.DataFrame

    @property
    def officers(self) -> list[str]:
        """Return the officers in the order of their codes."""
        return sorted(self.facts["officer"].unique())


def month_facts(session: Session, ulp: str, blth: str) -> ReaderFacts:
    """Return the facts of a month whose counts are kept (`rbmgeo.workflows.month_kept`).

    Raises
    ------
    NothingToDo
        If the month has no list and no reading.
    """
    counts = readers_kept(session, ulp, [blth]).get(blth)
    if counts is None:
        raise NothingToDo(
            f"unit {ulp} has no readings of {blth}; import the DPM of that month",
            f"unit {ulp} belum punya bacaan {blth}; impor DPM bulan itu",
        )
    return ReaderFacts(ulp, blth, reader_facts(counts, _checks(session, ulp, blth)))


def officer_year(
    session: Session, ulp: str, blth: str, officer: str, *, without: Collection[str] = ()
) -> pd.DataFrame:
    """Return the facts of one officer over twelve months with the limits of his own year.

    ``without``: months that are not kept of their present state.
    """
    months = year_up_to(blth)
    kept = readers_kept(session, ulp, [m for m in months if m not in without])
    empty = pd.DataFrame(columns=["officer", *COUNTS])
    told = {}
    for month in months:
        counts = kept.get(month, empty)
        checks = _checks(session, ulp, month)
        told[month] = reader_facts(
            counts[counts["officer"] == officer], checks[checks["officer"] == officer]
        )
    return trend(told, officer)


def _checks(session: Session, ulp: str, blth: str) -> pd.DataFrame:
    photos = queries.photo_checks(session, ulp=ulp, blth=blth)
    houses = queries.field_checks(session, ulp=ulp, blth=blth)
    return pd.concat([photos, houses], ignore_index=True)
