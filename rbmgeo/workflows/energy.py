"""SOP IV.8: report kWh per RBM per gardu; load, compute."""

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import energy, kwh_kept, units
from rbmgeo.energy.per_gardu import (
    COUNTS,
    NO_RBM,
    REJECTED,
    SUMS,
    Totals,
    load_of_gardu,
    totals,
    with_hours,
)
from rbmgeo.errors import NothingToDo, UsageError


@dataclass(frozen=True)
class KwhReport:
    """Rows per month, RBM and gardu; the same per gardu; and what they sum to."""

    ulp: str
    months: list[str]
    rows: pd.DataFrame
    per_gardu: pd.DataFrame
    totals: Totals


def kwh_report(
    session: Session, ulp: str, *, blth_from: str, blth_to: str | None = None
) -> KwhReport:
    """Report the months from ``blth_from`` to ``blth_to`` (one month if left out).

    Raises
    ------
    NothingToDo
        If the unit has no reading in these months; names those it has.
    """
    settings = units.unit_settings(session, ulp=ulp)
    months = months_of(session, ulp, blth_from, blth_to or blth_from)
    ratings = energy.ratings(session, ulp=ulp)
    there = kwh_kept.fresh(session, ulp=ulp, mark=units.mark(session, ulp=ulp))
    parts = [
        kwh_kept.rows(session, ulp=ulp, months=[m])
        if m in there
        else rows_of_month(session, ulp, m, ratings.index)
        for m in months
    ]
    rows = with_hours(pd.concat(parts, ignore_index=True), coverage_limit=settings.coverage_limit)
    per_gardu = load_of_gardu(
        rows, ratings["rating_kva"], months=len(months), coverage_limit=settings.coverage_limit
    ).join(ratings["penyulang"])
    return KwhReport(ulp, months, rows, per_gardu, totals(rows))


def months_of(session: Session, ulp: str, blth_from: str, blth_to: str) -> list[str]:
    """Return the months of a span that the unit has readings of; raises `NothingToDo`."""
    known = units.months(session, ulp=ulp)
    months = [m for m in known if blth_from <= m <= blth_to]
    if not months:
        span = f"{known[0]}..{known[-1]}" if known else "-"
        raise NothingToDo(
            f"unit {ulp} has no reading in {blth_from}..{blth_to}; it has {span}",
            f"unit {ulp} belum punya data {blth_from}..{blth_to}; yang ada {span}",
        )
    return months


def span_of(text: str) -> tuple[str, str]:
    """Read ``202405`` or ``202401..202412``; raises `UsageError`."""
    first, span, last = text.partition("..")
    last = last if span else first
    for month in (first, last):
        figures = month.isascii() and month.isdigit()
        if not (len(month) == 6 and figures and 1 <= int(month[4:]) <= 12):
            raise UsageError(
                f"--blth {text!r}: write 202405 or 202401..202412",
                f"--blth {text!r}: tulis 202405 atau 202401..202412",
            )
    if first > last:
        raise UsageError(f"--blth {text!r} runs backwards", f"--blth {text!r} terbalik")
    return first, last


def rows_of_month(session: Session, ulp: str, blth: str, gardu: pd.Index) -> pd.DataFrame:
    """Compute the rows of one month; ``gardu``: every gardu of the unit, with customers or not."""
    rows = energy.kwh_per_rbm_gardu(session, ulp=ulp, blth=blth)
    # A gardu without customers is a fact and stays in sight, with nothing in it.
    empty = [_row(blth, NO_RBM, g) for g in gardu.difference(pd.Index(rows["gardu"].unique()))]
    refused = energy.rejected_kwh(session, ulp=ulp, blth=blth)
    if refused is not None:
        empty.append({**_row(blth, REJECTED, REJECTED), "kwh": refused})
    return pd.concat([rows, pd.DataFrame(empty)], ignore_index=True) if empty else rows


def _row(blth: str, rbm: str, gardu: str) -> dict[str, object]:
    zero = Decimal(0)
    numbers = {**dict.fromkeys(COUNTS, 0), **dict.fromkeys(SUMS, zero)}
    sums = dict.fromkeys(("daya_va", "known_va", "known_kwh"), zero)
    return {"blth": blth, "rbm": rbm, "gardu": gardu, **numbers, **sums}
