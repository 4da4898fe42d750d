"""SOP IV.8: kWh per RBM per gardu, with what is not known said beside it."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

#: Hours of a month of 30 days, the physical ceiling at full power (R-EN-02), and cos phi (R-EN-08).
HOURS, COS_PHI = 720, 0.85
NO_RBM, NO_GARDU, REJECTED = "tanpa RBM", "tanpa gardu", "ditolak saat impor"

COUNTS = [
    "customers", "read", "unread", "prepaid", "without_daya", "zero_kwh", "under_40_hours", "over_720_hours",
]  # fmt: skip
SUMS = ["kwh", "active_kwh", "token_kwh"]
#: What a customer is, not what a month brought: over several months the last one says it.
STANDING = ["customers", "prepaid", "without_daya"]


@dataclass(frozen=True)
class Totals:
    """What all rows sum to; ``kwh`` includes what the importer refused."""

    customers: int
    kwh: Decimal
    active_kwh: Decimal
    token_kwh: Decimal
    rejected_kwh: Decimal


def max_plausible_kwh(daya_va: float) -> float:
    """Return the most that a customer can use in a month (R-EN-02).

    >>> max_plausible_kwh(1300)
    936.0
    """
    return daya_va * HOURS / 1000


def with_hours(rows: pd.DataFrame, *, coverage_limit: float) -> pd.DataFrame:
    """Add hours of use, coverage and whether a row is complete enough to be judged.

    ``rows``: one per rbm and gardu (and perhaps blth) with `COUNTS`, `SUMS` (Decimal),
    ``daya_va`` (VA of all customers), ``known_va`` (VA of those whose kWh is known) and
    ``known_kwh`` (their kWh, tokens included). Adds ``hours`` (jam nyala: known_kwh over
    kVA, missing where no VA is known), ``coverage`` (known_va / daya_va) and ``incomplete``.
    """
    known_va = rows["known_va"].astype(float)
    daya_va = rows["daya_va"].astype(float)
    known_kwh = rows["known_kwh"].astype(float)
    hours = (known_kwh / (known_va / 1000)).where(known_va > 0)
    coverage = (known_va / daya_va).where(daya_va > 0)
    return rows.assign(
        hours=hours.round(1),
        coverage=coverage.round(4),
        incomplete=~(coverage >= coverage_limit),
    )


def load_of_gardu(
    rows: pd.DataFrame, rating_kva: pd.Series, *, months: int, coverage_limit: float
) -> pd.DataFrame:
    """Sum rows per gardu and hold them against the transformer (R-EN-08).

    Returns index gardu: sums, ``connected`` (VA over kVA), ``load`` (kWh over what the
    transformer can give in ``months`` months) and ``mark`` (``mustahil`` above 1: a mapping
    error or a wrong kVA; ``tinggi`` above 0.8). It is plausibility, never losses (R-EN-09).
    Readings and kWh are summed over the months; `STANDING` and ``connected`` are those of the
    last month (``blth``, where there are several), since nobody is a customer twelve times.
    """
    real = rows[~rows["gardu"].isin([NO_GARDU, REJECTED])]
    last = real[real["blth"] == rows["blth"].max()] if "blth" in rows else real
    sums = real.groupby("gardu")[[*COUNTS, *SUMS, "daya_va", "known_va", "known_kwh"]].sum()
    out = with_hours(sums, coverage_limit=coverage_limit)
    now = last.groupby("gardu")[[*STANDING, "daya_va"]].sum().reindex(out.index, fill_value=0)
    out[[*STANDING, "daya_va"]] = now
    kva = rating_kva.reindex(out.index).astype(float)
    ceiling = kva * HOURS * COS_PHI * months
    energy = out["kwh"].astype(float) + out["token_kwh"].astype(float)
    load = (energy / ceiling).where(ceiling > 0)
    connected = (out["daya_va"].astype(float) / 1000 / kva).where(kva > 0)
    mark = np.select([load > 1, load > 0.8], ["mustahil", "tinggi"], default="")
    return out.assign(rating_kva=kva, connected=connected.round(3), load=load.round(3), mark=mark)


def totals(rows: pd.DataFrame) -> Totals:
    """Sum every row exactly."""
    refused = rows["gardu"].eq(REJECTED)
    zero = Decimal(0)
    return Totals(
        customers=int(rows["customers"].sum()),
        kwh=sum(rows["kwh"], zero),
        active_kwh=sum(rows["active_kwh"], zero),
        token_kwh=sum(rows["token_kwh"], zero),
        rejected_kwh=sum(rows.loc[refused, "kwh"], zero),
    )
