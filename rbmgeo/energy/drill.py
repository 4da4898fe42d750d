"""From a unit's kWh down to its rows: ULP, penyulang, gardu, RBM; each step sums to the one above."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from rbmgeo.energy.per_gardu import COUNTS, NO_GARDU, REJECTED, SUMS, with_hours

NO_PENYULANG = "tanpa penyulang"
#: What is summed at each step.
SUMMED = [*COUNTS, *SUMS, "daya_va", "known_va", "known_kwh"]


@dataclass(frozen=True)
class Step:
    """One step down: its ``level`` (what a row is), rows by code, and what they sum to."""

    level: str
    rows: pd.DataFrame
    total: dict[str, Any]


def placed(rows: pd.DataFrame, penyulang: pd.Series) -> pd.DataFrame:
    """Add ``penyulang`` to the rows of a month (rbm, gardu, `SUMMED`).

    A gardu without one stands under "tanpa penyulang"; customers without a gardu and what the
    importer refused are named rows of the unit and of no feeder: nobody is dropped.
    """
    feeder = rows["gardu"].map(penyulang).where(lambda p: p.notna() & p.ne(""), NO_PENYULANG)
    nowhere = rows["gardu"].isin([NO_GARDU, REJECTED])
    return rows.assign(penyulang=feeder.where(~nowhere, rows["gardu"]))


def step(
    rows: pd.DataFrame, *, penyulang: str | None = None, gardu: str | None = None,
    coverage_limit: float,
) -> Step:  # fmt: skip
    """Return the rows one step below what is chosen, the most kWh first.

    ``rows``: of `placed`. Without a choice per penyulang; of a penyulang per gardu; of a gardu per
    RBM. Those without a penyulang or gardu stand last.
    """
    level, chosen = "penyulang", rows
    if penyulang is not None:
        level, chosen = "gardu", rows[rows["penyulang"] == penyulang]
    if gardu is not None:
        level, chosen = "rbm", rows[rows["gardu"] == gardu]
    sums = chosen.groupby(level, sort=True)[SUMMED].sum()
    if level == "penyulang":
        sums["gardu"] = (
            chosen[~chosen["gardu"].isin([NO_GARDU, REJECTED])].groupby(level)["gardu"].nunique()
        )
        sums["gardu"] = sums["gardu"].fillna(0).astype(int)
    out = with_hours(sums, coverage_limit=coverage_limit)
    size = out["kwh"] + out["token_kwh"]
    last = out.index.str.startswith(("tanpa ", "ditolak "))
    order = pd.DataFrame({"last": last, "size": size.map(lambda v: -v)}, index=out.index)
    out = out.loc[order.sort_values(["last", "size"], kind="stable").index]
    return Step(level, out, sums_of(chosen))


def sums_of(rows: pd.DataFrame) -> dict[str, Any]:
    """Sum some rows exactly: counts as int, the others as Decimal."""
    return {
        name: int(rows[name].sum()) if name in COUNTS else sum(rows[name], Decimal(0))
        for name in SUMMED
    }
