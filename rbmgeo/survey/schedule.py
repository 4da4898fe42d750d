"""SOP IV.2: which officer surveys which gardu on which day, and how far each has come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd

from rbmgeo.errors import UsageError
from rbmgeo.geo import coordinates
from rbmgeo.survey.tasks import VISITS_A_DAY

#: A gardu next door and one so many metres on differ by half in what they are worth.
NEAR_M = 300.0
SUNDAY = 6
#: States of a piece of work, the ones to act on first.
LATE, TODAY, UNASSIGNED, AHEAD, DONE = (
    "terlambat", "hari_ini", "belum_dibagi", "belum_waktunya", "selesai",
)  # fmt: skip
STATES = (LATE, TODAY, UNASSIGNED, AHEAD, DONE)


@dataclass(frozen=True)
class Work:
    """Who works from when on: officers by code, houses for one in a day, days that are none."""

    officers: tuple[str, ...]
    begin_on: date
    capacity: int = VISITS_A_DAY
    days_off: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.officers or self.capacity < 1:
            raise UsageError(
                f"{len(self.officers)} officers with {self.capacity} houses a day cannot be given "
                "work; name at least one officer and one house",
                f"{len(self.officers)} petugas dengan {self.capacity} rumah sehari tidak bisa "
                "dijadwalkan; sebutkan sedikitnya satu petugas dan satu rumah",
            )

    def days(self) -> Iterator[date]:
        """Yield the working days, Monday to Saturday, without the days off."""
        day = self.begin_on
        while True:
            if day.weekday() != SUNDAY and day not in self.days_off:
                yield day
            day += timedelta(days=1)


def propose(gardu: pd.DataFrame, points: gpd.GeoSeries, work: Work) -> pd.DataFrame:
    """Give every gardu an officer and a day; each day holds neighbours.

    Parameters
    ----------
    gardu
        Index gardu: ``target`` (houses to visit; a gardu with none gets no work) and
        ``expected`` (corrections, the sum of p).
    points
        Where each gardu stands, metres, None where nobody knows.
    work
        A day of one officer begins at the gardu with most corrections left and is filled
        with those worth most for their distance until it holds ``capacity`` houses; a gardu
        with more is parted over several days of one officer.

    Returns
    -------
    DataFrame
        One row a piece of work: ``gardu``, ``officer``, ``due_on``, ``target``, ``expected``.
        The targets of a gardu's rows sum to its target.
    """
    left = gardu[gardu["target"] > 0].sort_index()
    xy = pd.DataFrame(coordinates(gpd.GeoSeries(points.reindex(left.index))), index=left.index)
    free = _places(work)
    rows: list[tuple[str, str, date, int, float]] = []
    targets = {str(g): int(n) for g, n in zip(left.index, left["target"], strict=True)}
    waiting = dict(targets)
    worth = left["expected"].fillna(0).astype(float)
    while waiting:
        officer, day = next(free)
        room = work.capacity
        names = pd.Index(list(waiting))
        one = str(worth[names].idxmax())
        at = xy.loc[one].to_numpy(float)
        while room > 0 and one:
            took = min(room, waiting[one])
            share = took / targets[one]
            rows.append((one, officer, day, took, float(worth[one]) * share))
            waiting[one] -= took
            room -= took
            if not waiting[one]:
                del waiting[one]
            one = _next(waiting, worth, xy, at, room)
    columns = ["gardu", "officer", "due_on", "target", "expected"]
    return pd.DataFrame(rows, columns=columns)


def _places(work: Work) -> Iterator[tuple[str, date]]:
    for day in work.days():
        for officer in work.officers:
            yield officer, day


def _next(
    waiting: "dict[str, int]", worth: pd.Series, xy: pd.DataFrame,
    at: "np.typing.NDArray[np.float64]", room: int,
) -> str:  # fmt: skip
    """Return the gardu that fits the rest of a day and is worth most for its distance, or ""."""
    fits = [g for g, houses in waiting.items() if houses <= room]
    if not fits:
        return ""
    away = np.hypot(*(xy.loc[fits].to_numpy(float) - at).T)
    away = np.where(np.isnan(away), 10_000.0, away)
    value = (worth[fits].to_numpy() + 0.05) / (NEAR_M + away)
    return fits[int(value.argmax())]


def realised(schedule: pd.DataFrame, answered: pd.DataFrame, *, on: date) -> pd.DataFrame:
    """Say of every piece of work how far it is, seen on a day.

    Parameters
    ----------
    schedule
        Index schedule_id: ``gardu``, ``officer``, ``due_on`` (missing: not given yet),
        ``target``, ``expected``.
    answered
        One row a house with an answer: ``idpel``, ``gardu`` (the record it met), ``officer``,
        ``answered_on``. A house counts once, for one piece of work.
    on
        The day from which it is looked at, in the unit's own time.

    Returns
    -------
    DataFrame
        Index as ``schedule``, late ones first; adds ``own`` (answered by this officer on this
        day), ``other`` (further houses of the gardu, by others or on other days, up to the
        target), ``done`` (both), ``state`` (`STATES`) and ``days_late``.
    """
    rows = schedule.sort_values(["due_on", "gardu"], na_position="last", kind="stable").copy()
    houses = answered.sort_values(["answered_on", "officer"], na_position="last", kind="stable")
    houses = houses.drop_duplicates("idpel")
    key = ["gardu", "officer", "answered_on"]
    by = houses.groupby(key, dropna=False).size().to_dict()
    left = houses.groupby("gardu").size().to_dict()
    own: list[int] = []
    for gardu, officer, due in zip(rows["gardu"], rows["officer"], rows["due_on"], strict=True):
        count = int(by.pop((gardu, officer, due), 0))
        left[gardu] = left.get(gardu, 0) - count
        own.append(count)
    other: list[int] = []
    for gardu, target, mine in zip(rows["gardu"], rows["target"], own, strict=True):
        count = max(min(int(left[gardu]), int(target) - mine), 0)
        left[gardu] -= count
        other.append(count)
    rows["own"], rows["other"] = own, other
    rows["done"] = rows["own"] + rows["other"]
    rows["state"] = [
        _state(done >= target, officer, due, on)
        for done, target, officer, due in zip(
            rows["done"], rows["target"], rows["officer"], rows["due_on"], strict=True
        )
    ]
    late = rows["state"] == LATE
    rows["days_late"] = [
        (on - due).days if is_late else 0 for due, is_late in zip(rows["due_on"], late, strict=True)
    ]
    rank = rows["state"].map({s: k for k, s in enumerate(STATES)})
    order = rows.assign(_rank=rank).sort_values(
        ["_rank", "due_on", "officer", "gardu"], na_position="last", kind="stable"
    )
    return order.drop(columns="_rank")


def _state(done: bool, officer: object, due: object, on: date) -> str:
    if done:
        return DONE
    if not isinstance(officer, str) or not isinstance(due, date):
        return UNASSIGNED
    return LATE if due < on else TODAY if due == on else AHEAD
