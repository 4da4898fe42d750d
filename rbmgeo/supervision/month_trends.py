"""A unit's year: which months differ more than its months do by chance."""

from decimal import Decimal

import numpy as np
import pandas as pd

from rbmgeo.supervision.control_charts import individuals_chart, p_chart

#: Shares of a large unit hardly vary by chance alone: their limits are those of its own months.
SHARES = {"terbaca": ("read", "customers"), "tepat_hari": ("on_day", "dated")}


def month_trends(
    months: list[str], readers: dict[str, pd.DataFrame], photos: dict[str, tuple[int, int]],
    kwh: dict[str, Decimal],
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """Return the control chart of each trend of a unit, index ``months``.

    Parameters
    ----------
    months
        In order, without gaps.
    readers
        By month the counts of `rbmgeo.supervision.reader_facts.reader_facts`, summed over officers.
    photos
        By month (how many photos differ, how many were seen).
    kwh
        By month. What has no month here is not known, and no zero.
    """
    out = {}
    for name, (hits, of) in SHARES.items():
        share = [_share(readers.get(m), hits, of) for m in months]
        out[name] = individuals_chart(pd.Series(share, months, dtype=float))
    seen = [photos.get(m, (0, 0)) for m in months]
    out["foto_beda"] = p_chart(
        pd.Series([w for w, _ in seen], months), pd.Series([n for _, n in seen], months)
    )
    told = [float(kwh[m]) if m in kwh else np.nan for m in months]
    out["kwh"] = individuals_chart(pd.Series(told, months, dtype=float))
    return out


def _share(counts: pd.DataFrame | None, hits: str, of: str) -> float:
    if counts is None or not counts[of].sum():
        return float("nan")
    return float(counts[hits].sum() / counts[of].sum())
