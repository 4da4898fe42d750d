"""SOP IV.8: a month's kWh again under another mapping, by gardu records of a day or by RBM version."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import energy, energy_lines, units, versions
from rbmgeo.energy.per_gardu import REJECTED
from rbmgeo.energy.restated import CARRIED, Restated, restated
from rbmgeo.errors import NothingToDo, UsageError

#: What a mapping is of.
BY = ("gardu", "rbm")


@dataclass(frozen=True)
class Sides:
    """The two mappings: days (of records of gardu) or RBM versions (None: the month's own list)."""

    by: str
    old: date | int | None
    new: date | int | None


def side_of(by: str, told: str, usual: date | int | None) -> date | int | None:
    """Read a side as a person writes it: a day, or the number of a version; ``usual`` if nothing.

    Raises `UsageError`.
    """
    if by not in BY:
        raise UsageError(f"{by!r} is none of {', '.join(BY)}", f"{by!r} bukan {', '.join(BY)}")
    plain = told.strip()
    if not plain:
        return usual
    if by == "rbm" and plain.isascii() and plain.isdigit() and len(plain) < 10:
        return int(plain)
    try:
        if by == "gardu":
            return date.fromisoformat(plain)
    except ValueError:
        pass
    raise UsageError(
        f"{told[:40]!r} is no " + ("day; for example 2024-12-03" if by == "gardu" else "version"),
        f"{told[:40]!r} bukan " + ("tanggal; contoh 2024-12-03" if by == "gardu" else "versi"),
    )


def usual_sides(session: Session, ulp: str, blth: str, by: str) -> Sides:
    """Return what a person most likely asks: before and after the newest change."""
    if by == "gardu":
        days = energy_lines.mapping_dates(session, ulp=ulp)
        newest = days[0]["from_on"] if days else last_day(blth)
        return Sides(by, newest - timedelta(days=1), newest)
    known = versions.versions(session, ulp=ulp)
    return Sides(by, known[1].version_id if len(known) > 1 else None,
                 known[0].version_id if known else None)  # fmt: skip


def last_day(blth: str) -> date:
    """Return the last day of a month.

    >>> last_day("202402")
    datetime.date(2024, 2, 29)
    """
    year, month = int(blth[:4]), int(blth[4:])
    return date(year, month, monthrange(year, month)[1])


def restate(session: Session, ulp: str, blth: str, sides: Sides) -> Restated:
    """Set a month's kWh under two mappings beside each other; both sum to the source.

    Raises `NothingToDo` where the month has no reading, or for a version that is not there.
    """
    if blth not in units.months(session, ulp=ulp):
        raise NothingToDo(
            f"unit {ulp} has no reading in {blth}", f"unit {ulp} belum punya data {blth}"
        )
    given: list[dict[str, Any]] = []
    for side in (sides.old, sides.new):
        if sides.by == "gardu":
            given.append({"month_end": side})
            continue
        if side is not None:
            versions.version(session, ulp=ulp, version_id=int(side))  # type: ignore[arg-type]
        given.append({"version_id": side})
    flows = energy_lines.flows(session, ulp=ulp, blth=blth, by=sides.by, old=given[0], new=given[1])
    refused = energy.rejected_kwh(session, ulp=ulp, blth=blth)
    if refused is not None:
        row = {"before": REJECTED, "after": REJECTED, "customers": 0, "kwh": refused,
               "token_kwh": Decimal(0)}  # fmt: skip
        flows = pd.concat([flows, pd.DataFrame([row], dtype=object)], ignore_index=True)
    return restated(flows[["before", "after", *CARRIED]])
