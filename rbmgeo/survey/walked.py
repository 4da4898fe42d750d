"""Kilometres and minutes of survey days, as places and times of the visits tell them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

#: A place that is less exact tells nothing of the way to it.
EXACT_M = 50.0


@dataclass(frozen=True)
class Walked:
    """A survey as it was walked: ``days`` of officers, ``measured`` of them with a way and a time.

    ``km``: straight lines between the visits of a day, so at least that; ``minutes``: from the
    first to the last visit of a day, rests included. Both of the measured days alone.
    """

    days: int
    measured: int
    stops: int
    km: float
    minutes: float


def days_walked(visits: pd.DataFrame, *, exact_m: float = EXACT_M) -> pd.DataFrame:
    """Return a row per officer and day.

    Parameters
    ----------
    visits
        A row per visit: ``officer``, ``visit_no`` (breaks ties of time), ``at`` (in the unit's
        own time, without a zone), ``x``, ``y`` (metres, NaN unknown), ``accuracy_m``.

    Returns
    -------
    DataFrame
        ``officer``, ``on`` (date), ``stops``, ``placed`` (visits whose place is exact enough),
        ``metres`` and ``minutes``; both missing where fewer than two visits are placed.
    """
    columns = ["officer", "on", "stops", "placed", "metres", "minutes"]
    if visits.empty:
        return pd.DataFrame(columns=columns)
    told = visits.sort_values(["officer", "at", "visit_no"], kind="stable", ignore_index=True)
    told["on"] = told["at"].dt.normalize()
    exact = told["x"].notna() & told["y"].notna() & (told["accuracy_m"] <= exact_m)
    placed = told[exact]
    key = [placed["officer"], placed["on"]]
    step = np.hypot(placed["x"].groupby(key).diff(), placed["y"].groupby(key).diff())
    by = placed.assign(step=step).groupby(["officer", "on"])
    way = by.agg(placed=("step", "size"), metres=("step", "sum"), first=("at", "min"), last=("at", "max"))  # fmt: skip
    out = told.groupby(["officer", "on"]).size().rename("stops").to_frame().join(way)
    out["placed"] = out["placed"].fillna(0).astype(int)
    enough = out["placed"] >= 2
    out["metres"] = out["metres"].where(enough)
    out["minutes"] = ((out["last"] - out["first"]).dt.total_seconds() / 60).where(enough)
    return out.reset_index()[columns]


def walked(days: pd.DataFrame) -> Walked:
    """Sum the days of `days_walked`; of days that are not measured nothing is added."""
    known = days.dropna(subset=["metres"])
    return Walked(
        len(days), len(known), int(days["stops"].sum()) if len(days) else 0,
        float(known["metres"].sum()) / 1000, float(known["minutes"].sum()),
    )  # fmt: skip
