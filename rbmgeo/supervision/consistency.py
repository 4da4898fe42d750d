"""Whether RBM were read as planned, month by month: facts, never a verdict (R-SA-01 to R-SA-06)."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import kendalltau

from rbmgeo.supervision.steps import steps

Floats = npt.NDArray[np.float64]
KEY = ["rbm", "blth"]


@dataclass(frozen=True)
class ConsistencyParams:
    """From when on a fact is worth a question.

    ``tolerance_days`` from the planned date (R-SA-01); ``least_days`` to ``most_days`` from one
    reading to the next (R-SA-02); hours of the day from ``first_hour`` to ``last_hour`` (R-SA-03);
    speed, accuracy and distance of a step (R-SA-05); ``away_m`` from the customer's point
    (R-SA-06). Of an RBM with fewer than ``reads_least`` positions nothing is said of places.
    """

    tolerance_days: int = 0
    least_days: int = 28
    most_days: int = 33
    first_hour: int = 5
    last_hour: int = 20
    speed_m_per_s: float = 8.3
    accuracy_m: float = 30.0
    step_m: float = 200.0
    stay_min: float = 60.0
    away_m: float = 100.0
    shifted_m: float = 30.0
    one_place_m: float = 30.0
    one_place_share: float = 0.5
    tempo_share: float = 0.8
    reads_least: int = 20


def facts(
    reads: pd.DataFrame, planned: pd.Series, params: ConsistencyParams | None = None
) -> pd.DataFrame:
    """Return what the log says of each RBM and month.

    Parameters
    ----------
    reads
        A row per customer read: ``rbm``, ``blth``, ``idpel``, ``officer``, ``read_at`` (in the
        unit's own time, without a zone; missing where none was told), ``place`` (number in the
        order of the RBM), ``x``, ``y`` (where the reader stood, metres; NaN unknown),
        ``accuracy_m``, ``customer_x``, ``customer_y``.
    planned
        The planned date (datetime64) by (rbm, blth); what is missing has no date in the calendar.

    Returns
    -------
    DataFrame
        Index (rbm, blth): ``reads``, ``officers``, ``dates``, ``day`` (on which most were read),
        ``planned``, ``days_off`` (of that day, in days), ``on_day`` (share of reads within the
        tolerance), ``interval_days`` since the RBM's day of the month before, ``odd_hours``
        (reads outside the hours of the day), ``order_tau`` (Kendall's tau of time and place;
        -1 is the same walk from its other end), ``fast`` and ``stays`` (steps, R-SA-05),
        ``same_gap`` (share of gaps between reads that are one and the same), ``positions``,
        ``away`` (reads farther from the customer than allowed), ``shift_m`` and ``rest_m`` (how
        far all lie off together, and the median of what is left then), ``one_place`` (share read
        from one place), ``spread_m`` (median distance of the customers from their middle).
    """
    params = params or ConsistencyParams()
    reads = reads.sort_values(
        [*KEY, "officer", "read_at", "idpel"], kind="stable", ignore_index=True
    )
    day = reads["read_at"].dt.normalize()
    by = reads.groupby(KEY, sort=True)
    out = pd.DataFrame({
        "reads": by.size(), "officers": by["officer"].nunique(),
        "dates": day.groupby([reads[k] for k in KEY]).nunique(), "day": _most_common(reads, day),
    })  # fmt: skip
    out["planned"] = planned.reindex(out.index)
    out["days_off"] = (out["day"] - out["planned"]).dt.days
    off = (day - _looked_up(reads, out["planned"])).dt.days.abs()
    on_day = (off <= params.tolerance_days).where(off.notna())
    out["on_day"] = _mean(reads, on_day.astype(float))
    out["interval_days"] = interval_days(out["day"])
    hour = reads["read_at"].dt.hour
    odd = (hour < params.first_hour) | (hour >= params.last_hour)
    out["odd_hours"] = _sum(reads, odd)
    out["order_tau"] = _tau(reads, out.index)
    walked = steps(reads)
    out["fast"] = _sum(reads, walked.fast(params.speed_m_per_s, params.step_m, params.accuracy_m))
    out["stays"] = _sum(reads, walked.stays(60 * params.stay_min, params.one_place_m))
    out["same_gap"] = _same_gap(reads, walked.seconds)
    return out.join(_places(reads, params))


def _places(reads: pd.DataFrame, params: ConsistencyParams) -> pd.DataFrame:
    """Return where reads lie beside their customers, per RBM and month."""
    dx, dy = reads["x"] - reads["customer_x"], reads["y"] - reads["customer_y"]
    off = _far(dx, dy)
    keys = [reads[k] for k in KEY]
    middle = {n: v.groupby(keys).transform("median") for n, v in (("x", dx), ("y", dy))}
    stood = {n: reads[n].groupby(keys).transform("median") for n in ("x", "y")}
    home = {
        n: reads[f"customer_{n}"].where(off.notna()).groupby(keys).transform("median")
        for n in ("x", "y")
    }
    from_one = _far(reads["x"] - stood["x"], reads["y"] - stood["y"])
    from_middle = _far(reads["customer_x"] - home["x"], reads["customer_y"] - home["y"])
    told = pd.DataFrame({
        "away": off > params.away_m + reads["accuracy_m"].fillna(0),
        "one_place": (from_one <= params.one_place_m).astype(float).where(from_one.notna()),
        "rest_m": _far(dx - middle["x"], dy - middle["y"]),
        "shift_m": _far(middle["x"], middle["y"]),
        "spread_m": from_middle.where(off.notna()),
        "positions": off.notna(),
    })  # fmt: skip
    by = told.groupby(keys)
    return pd.DataFrame({
        "positions": by["positions"].sum(), "away": by["away"].sum(),
        "shift_m": by["shift_m"].median(), "rest_m": by["rest_m"].median(),
        "one_place": by["one_place"].mean(), "spread_m": by["spread_m"].median(),
    })  # fmt: skip


def _far(dx: pd.Series, dy: pd.Series) -> pd.Series:
    return (dx**2 + dy**2) ** 0.5


def _looked_up(reads: pd.DataFrame, values: pd.Series) -> pd.Series:
    at = pd.MultiIndex.from_frame(reads[KEY])
    return pd.Series(values.reindex(at).to_numpy(), reads.index)


def _mean(reads: pd.DataFrame, values: pd.Series) -> pd.Series:
    return values.groupby([reads[k] for k in KEY]).mean()


def _sum(reads: pd.DataFrame, values: Any) -> pd.Series:
    return pd.Series(values, reads.index).groupby([reads[k] for k in KEY]).sum().astype(int)


def _most_common(reads: pd.DataFrame, day: pd.Series) -> pd.Series:
    """Return the day on which most of an RBM were read, the earlier of two alike."""
    counts = (
        day.groupby([*(reads[k] for k in KEY), day.rename("day")]).size().rename("n").reset_index()
    )
    counts = counts.sort_values([*KEY, "n", "day"], ascending=[True, True, False, True])
    return counts.drop_duplicates(KEY).set_index(KEY)["day"]


def interval_days(day: pd.Series) -> pd.Series:
    """Return the days since the RBM's day of the month before; missing where that is not there.

    ``day``: by (rbm, blth), sorted, as `facts` has it.
    """
    table = day.reset_index()
    month = table["blth"].str[:4].astype(int) * 12 + table["blth"].str[4:].astype(int)
    same = (table["rbm"] == table["rbm"].shift()) & (month == month.shift() + 1)
    days = (table["day"] - table["day"].shift()).dt.days.where(same)
    return days.set_axis(day.index)


def _tau(reads: pd.DataFrame, index: pd.Index) -> pd.Series:
    known = reads[reads["read_at"].notna() & reads["place"].notna()]
    out = {}
    for key, rows in known.groupby(KEY, sort=True)[["place", "read_at"]]:
        if len(rows) > 2:
            at = rows["read_at"].to_numpy().astype("datetime64[s]").astype(np.int64)
            out[key] = float(kendalltau(rows["place"].to_numpy(), at).statistic)
    return pd.Series(out, dtype=float).reindex(index)


def _same_gap(reads: pd.DataFrame, seconds: Floats) -> pd.Series:
    """Return which share of the gaps of an RBM is its most common one; nobody walks like a clock."""
    gap = pd.Series(seconds, reads.index)
    keys = [reads[k] for k in KEY]
    known = gap.notna() & (gap > 0)
    each = gap[known].groupby([*(k[known] for k in keys), gap[known].rename("gap")]).size()
    return each.groupby(KEY).max() / each.groupby(KEY).sum()
