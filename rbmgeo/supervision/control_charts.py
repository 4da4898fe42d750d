"""Which months differ more than months do by chance: Shewhart's charts, for trends of a year.

A month outside its limits is worth asking about and accuses nobody. With few months the limits
would be chance themselves: then there are none.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

#: Known months below which no limits are drawn.
LEAST_MONTHS = 8
#: Sigmas from the middle to a limit (Shewhart 1931).
SIGMAS = 3.0
#: Mean of the range of two draws from a normal law, in sigmas (d2 of ISO 7870-2).
_D2 = 1.128
COLUMNS = ("value", "middle", "low", "high", "outside")


def p_chart(hits: pd.Series, of: pd.Series, *, least: int = LEAST_MONTHS) -> pd.DataFrame:
    """Return the p-chart of shares of changing numbers.

    Parameters
    ----------
    hits, of
        By month, in order: how many of how many; ``of`` 0 or missing is a month nothing is
        known of, never a share of zero.

    Returns
    -------
    DataFrame
        Index as ``hits``: ``value`` (the share), ``middle`` (all hits of all), ``low`` and
        ``high`` (three sigmas of chance for that month's own number, within 0 and 1) and
        ``outside``. Limits are missing, and nothing is outside, with fewer than ``least`` known
        months.
    """
    n = of.to_numpy(float)
    known = np.isfinite(n) & (n > 0) & np.isfinite(hits.to_numpy(float))
    n, k = np.where(known, n, np.nan), np.where(known, hits.to_numpy(float), np.nan)
    if known.sum() < least:
        return _without_limits(hits.index, k / n)
    middle = float(np.nansum(k) / np.nansum(n))
    reach = SIGMAS * np.sqrt(middle * (1 - middle) / n)
    return _with_limits(
        hits.index, k / n, middle, np.clip(middle - reach, 0, 1), np.clip(middle + reach, 0, 1)
    )


def individuals_chart(values: pd.Series, *, least: int = LEAST_MONTHS) -> pd.DataFrame:
    """Return the chart of single values (XmR): limits by how much neighbouring months differ.

    ``values`` by month, in order and without gaps in the index; a missing one is a month nothing
    is known of, and makes no range with its neighbours. Columns as in `p_chart`.

    >>> chart = individuals_chart(pd.Series([10.0, 12, 10, 12, 10, 12, 10, 12]))
    >>> round(float(chart["high"].iloc[0] - chart["middle"].iloc[0]), 2)
    5.32
    """
    told = values.to_numpy(float)
    ranges = np.abs(np.diff(told))
    if np.isfinite(told).sum() < least or not np.isfinite(ranges).any():
        return _without_limits(values.index, told)
    reach = SIGMAS * float(np.nanmean(ranges)) / _D2
    middle = float(np.nanmean(told))
    return _with_limits(
        values.index, told, middle, np.full(len(told), middle - reach), np.full(len(told), middle + reach)
    )  # fmt: skip


def enough(chart: pd.DataFrame) -> bool:
    """Say whether a chart has limits."""
    return bool(chart["middle"].notna().any())


def _with_limits(
    index: pd.Index, value: Floats, middle: float, low: Floats, high: Floats
) -> pd.DataFrame:
    # Of the same hits another order of summing must not put a month outside.
    outside = (value < low - 1e-9) | (value > high + 1e-9)
    return pd.DataFrame(
        {"value": value, "middle": middle, "low": low, "high": high, "outside": outside}, index=index
    )  # fmt: skip


def _without_limits(index: pd.Index, value: Floats) -> pd.DataFrame:
    none = np.full(len(index), np.nan)
    return pd.DataFrame(
        {"value": value, "middle": none, "low": none, "high": none, "outside": False}, index=index
    )
