"""SOP IV.2: the month's reading dates and who reads which RBM, as last month where possible."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

import pandas as pd

#: A date is looked for so many days around last month's; further away none is proposed.
_LOOK_DAYS = 10
_SUNDAY = 6


def proposed_dates(
    last: pd.DataFrame, *, blth: str, holidays: Collection[date], shift_days: int = 3
) -> pd.DataFrame:
    """Propose the date of each reading day of a month from those of the month before.

    Parameters
    ----------
    last
        ``hari_baca`` and ``read_on`` of the month before ``blth``.
    holidays
        Days on which nobody reads; Sundays are none either.
    shift_days
        A date further from last month's needs approval (R-RO-08).

    Returns
    -------
    DataFrame
        Index hari_baca, in the order of dates; ``read_on``, ``moved_days`` (from the same day of
        the month) and ``beyond``: moved by more than ``shift_days``. Days keep their order; days
        that were different stay different.
    """
    month = pd.Period(blth, "M")
    shift = (month - (month - 1)).n
    rows = []
    before: tuple[date, date] | None = None  # last month's date and the new one of the day before
    ordered = last.sort_values(["read_on", "hari_baca"])
    for letter, was in zip(ordered["hari_baca"], pd.to_datetime(ordered["read_on"]), strict=True):
        wanted = (was + pd.DateOffset(months=shift)).date()
        least = None
        if before is not None:
            least = before[1] if was.date() == before[0] else before[1] + timedelta(days=1)
        found = _nearest_free(wanted, least, holidays)
        before = was.date(), found
        moved = (found - wanted).days
        rows.append((letter, found, moved, abs(moved) > shift_days))
    out = pd.DataFrame(rows, columns=["hari_baca", "read_on", "moved_days", "beyond"])
    return out.astype({"beyond": bool}).set_index("hari_baca")


def _nearest_free(wanted: date, least: date | None, holidays: Collection[date]) -> date:
    """Return the working day nearest to a date, the earlier of two; not before ``least``."""
    steps = sorted(range(-_LOOK_DAYS, _LOOK_DAYS + 1), key=lambda n: (abs(n), n))
    for n in steps:
        day = wanted + timedelta(days=n)
        if _works(day, holidays) and (least is None or day >= least):
            return day
    day = max(wanted, least or wanted)
    while not _works(day, holidays):
        day += timedelta(days=1)
    return day


def _works(day: date, holidays: Collection[date]) -> bool:
    return day not in holidays and day.weekday() != _SUNDAY


def days_off(dates: pd.DataFrame, holidays: Collection[date]) -> pd.DataFrame:
    """Name the reading days whose date is a Sunday or a day off.

    ``dates``: ``hari_baca`` and ``read_on`` of a month. Returns index hari_baca, in the order of
    dates; ``read_on`` and ``sunday``.
    """
    ordered = dates.sort_values(["read_on", "hari_baca"])
    off = [not _works(day, holidays) for day in ordered["read_on"]]
    found = ordered.loc[off, ["hari_baca", "read_on"]].set_index("hari_baca")
    return found.assign(sunday=[day.weekday() == _SUNDAY for day in found["read_on"]])


def mended_dates(dates: pd.DataFrame, holidays: Collection[date]) -> dict[str, date]:
    """Return new dates so that no reading day falls on a Sunday or day off; only those that move.

    Each takes the nearest working day, the earlier of two; those behind give way, so that days
    keep their order and those that were different stay different.
    """
    out: dict[str, date] = {}
    before: tuple[date, date] | None = None
    ordered = dates.sort_values(["read_on", "hari_baca"])
    for letter, was in zip(ordered["hari_baca"], ordered["read_on"], strict=True):
        least = None
        if before is not None:
            least = before[1] if was == before[0] else before[1] + timedelta(days=1)
        found = _nearest_free(was, least, holidays)
        before = was, found
        if found != was:
            out[str(letter)] = found
    return out


def assigned(
    routes: pd.DataFrame, last: pd.DataFrame, readers: pd.DataFrame, *, letters: list[str]
) -> pd.DataFrame:
    """Give each RBM one reading day and one officer (R-RO-01), as last month where possible.

    Parameters
    ----------
    routes
        Index rbm; ``customers``.
    last
        Index rbm; ``hari_baca`` and ``officer`` of last month, missing where none.
    readers
        Index officer; ``capacity`` (customers a day, missing: any) and ``areas``, a list of
        beginnings of RBM codes (empty: anywhere).
    letters
        The reading days of the month, in the order of their dates.

    Returns
    -------
    DataFrame
        Index rbm, sorted; ``hari_baca``, ``officer`` (missing where nobody is free), ``as_last``
        and ``note``: ``di luar area``, ``di atas kapasitas``, ``tanpa petugas`` or empty. Nobody
        has two RBM on one day, unless last month had it so.
    """
    out = routes[["customers"]].sort_index()
    told = last.reindex(out.index)
    day = told["hari_baca"].where(told["hari_baca"].isin(letters))
    # Whoever read last month reads on, whether or not his area and capacity are kept.
    known = sorted({*map(str, readers.index), *map(str, told["officer"].dropna())})
    officer = told["officer"].copy()
    taken = {(o, d) for o, d in zip(officer, day, strict=True) if isinstance(o, str) and isinstance(d, str)}  # fmt: skip
    houses = {str(r): int(n) for r, n in zip(out.index, out["customers"].tolist(), strict=True)}
    load = dict.fromkeys(known, 0.0)
    for rbm, who in zip(houses, officer, strict=True):
        if isinstance(who, str):
            load[who] += houses[rbm]
    open_ = out.index[(day.isna() | officer.isna()).to_numpy()].tolist()
    for rbm in sorted(open_, key=lambda r: (-houses[r], r)):
        place = _place(rbm, (officer[rbm], day[rbm]), houses[rbm], readers, known, letters, taken, load)  # fmt: skip
        if place is None:
            day[rbm] = day[rbm] if isinstance(day[rbm], str) else None
            continue
        officer[rbm], day[rbm] = place
        taken.add(place)
        load[place[0]] += houses[rbm]
    out["hari_baca"], out["officer"] = day, officer
    out["as_last"] = (day.eq(told["hari_baca"]) & officer.eq(told["officer"])).to_numpy()
    out["note"] = [_note(str(r), o, n, readers) for r, o, n in zip(out.index, officer, out["customers"], strict=True)]  # fmt: skip
    return out[["customers", "hari_baca", "officer", "as_last", "note"]]


def _place(
    rbm: str, told: tuple[object, object], customers: int, readers: pd.DataFrame, known: list[str],
    letters: list[str], taken: set[tuple[str, str]], load: dict[str, float],
) -> tuple[str, str] | None:  # fmt: skip
    """Return the free officer and day that fit best: area, capacity, least load, first day."""
    officers = [told[0]] if isinstance(told[0], str) else known
    days = [told[1]] if isinstance(told[1], str) else letters
    free = [(o, d) for o in officers for d in days if (o, d) not in taken]
    if not free and isinstance(told[0], str):  # his day is taken: another reader on that day
        free = [(o, d) for o in known for d in days if (o, d) not in taken]
    place = {d: n for n, d in enumerate(letters)}
    order = {"": 0, "di atas kapasitas": 1, "di luar area": 2}

    def badness(one: tuple[str, str]) -> tuple[int, float, str, int]:
        fit = order.get(_note(rbm, one[0], customers, readers), 3)
        return fit, load[one[0]], one[0], place[one[1]]

    return min(free, default=None, key=badness)


def _note(rbm: str, officer: object, customers: int, readers: pd.DataFrame) -> str:
    if not isinstance(officer, str):
        return "tanpa petugas"
    if officer not in readers.index:
        return ""
    areas: Any = readers.at[officer, "areas"]
    capacity: Any = readers.at[officer, "capacity"]
    if len(areas) and not any(rbm.startswith(a) for a in areas):
        return "di luar area"
    return "di atas kapasitas" if pd.notna(capacity) and customers > capacity else ""


def month_grid(blth: str) -> list[list[date | None]]:
    """Return the weeks of a month, Monday first; None beside its days."""
    month = pd.Period(blth, "M")
    first = month.start_time.date()
    days: list[date | None] = [None] * first.weekday()
    days += [first + timedelta(days=n) for n in range(month.days_in_month)]
    days += [None] * (-len(days) % 7)
    return [days[n : n + 7] for n in range(0, len(days), 7)]
