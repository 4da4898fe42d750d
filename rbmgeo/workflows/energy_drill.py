"""SOP IV.8: go from a unit's kWh down to its customers; load, compute."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import energy, energy_lines, kwh_kept, units
from rbmgeo.energy.drill import Step, placed, step, sums_of
from rbmgeo.energy.per_gardu import REJECTED
from rbmgeo.errors import NotThere


@dataclass(frozen=True)
class Customers:
    """The last step: lines of one gardu and RBM, and what all of them sum to (``counts``)."""

    rows: pd.DataFrame
    counts: dict[str, Any]


@dataclass(frozen=True)
class Drill:
    """Where one stands: the step below, or the customers; ``above``: the sums of what was chosen.

    ``agrees``: whether what is listed sums to it, kWh and tokens, to the last digit.
    """

    penyulang: str | None
    step: Step | None
    customers: Customers | None
    above: dict[str, Any]
    agrees: bool


def drill(
    session: Session, ulp: str, blth: str, *, penyulang: str | None = None,
    gardu: str | None = None, rbm: str | None = None, first: int = 0, size: int | None = None,
) -> Drill:  # fmt: skip
    """Return the rows behind a number of a month that is summed (`keep_kwh`).

    ``rbm`` needs a ``gardu``. Raises `NotThere` for a place that has no row in the month.
    """
    limit = units.unit_settings(session, ulp=ulp).coverage_limit
    feeders = energy.ratings(session, ulp=ulp)["penyulang"]
    rows = placed(kwh_kept.rows(session, ulp=ulp, months=[blth]), feeders)
    chosen = rows
    for name, code in (("penyulang", penyulang), ("gardu", gardu), ("rbm", rbm)):
        if code is not None:
            chosen = chosen[chosen[name] == code]
            if chosen.empty:
                raise NotThere(
                    f"{name} {code} has no row in {blth} there; go up one step",
                    f"{name} {code} tidak punya baris di {blth} di sana; naik satu tingkat",
                )
    feeder = penyulang if gardu is None else str(chosen["penyulang"].iloc[0])
    above = sums_of(chosen)
    if gardu is None or rbm is None or gardu == REJECTED:
        below = step(rows, penyulang=penyulang, gardu=gardu, coverage_limit=limit)
        return Drill(feeder, below, None, above, _same(below.total, above))
    where = {"ulp": ulp, "blth": blth, "gardu": gardu, "rbm": rbm}
    counts = energy_lines.line_counts(session, **where)
    found = energy_lines.lines(session, **where, first=first, size=size)
    return Drill(feeder, None, Customers(found, counts), above, _same(counts, above))


def _same(listed: dict[str, Any], above: dict[str, Any]) -> bool:
    return all(listed[name] == above[name] for name in ("customers", "kwh", "token_kwh"))
