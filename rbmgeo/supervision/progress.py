"""Read and unread per RBM against its day, from a file that grows day by day (R-SA-01)."""

from datetime import date

import pandas as pd

from rbmgeo.terms import ReadState


def progress(
    counts: pd.DataFrame, schedule: pd.DataFrame, *, on: date, tolerance_days: int = 0
) -> pd.DataFrame:
    """Say of each RBM how far its reading is, seen on a day.

    Parameters
    ----------
    counts
        One row per RBM and day of reading: ``rbm``, ``read_on`` (missing: not read, or no day
        was told), ``customers``, ``read``, ``visited`` (somebody stood there, no stand came of
        it) and ``kwh`` (Decimal of those read; missing is not zero, R-EN-07).
    schedule
        Index rbm: ``officer``, ``hari_baca``, ``read_on`` (the planned date, missing where the
        calendar has none); an RBM without customers in ``counts`` is not told.
    on
        The day from which it is looked at, in the unit's own time.
    tolerance_days
        Days after its date for which an RBM is not late yet.

    Returns
    -------
    DataFrame
        Index rbm: ``officer``, ``hari_baca``, ``read_on``, ``customers``, ``read``, ``unread``
        (they sum to the customers), ``visited`` of the unread, ``other_day`` (read, but not on
        the planned day), ``last_read_on``, ``kwh``, ``state`` (`ReadState`) and ``days_late``
        (0 unless late); those most late first, then by date.
    """
    summed = counts.groupby("rbm", sort=True).agg(
        customers=("customers", "sum"), read=("read", "sum"), visited=("visited", "sum"),
        last_read_on=("read_on", _last), kwh=("kwh", _sum),
    )  # fmt: skip
    out = summed.join(schedule[["officer", "hari_baca", "read_on"]])
    out["unread"] = out["customers"] - out["read"]
    planned = counts["rbm"].map(out["read_on"])
    elsewhen = counts["read_on"].notna() & planned.notna() & counts["read_on"].ne(planned)
    other = counts["read"].where(elsewhen, 0).groupby(counts["rbm"]).sum()
    out["other_day"] = other.reindex(out.index).fillna(0).astype(int)
    days = [_days(day, on) for day in out["read_on"]]
    out["state"] = [
        _state(unread, after, tolerance_days)
        for unread, after in zip(out["unread"], days, strict=True)
    ]
    late = out["state"] == ReadState.LATE.value
    out["days_late"] = pd.Series([d or 0 for d in days], index=out.index).where(late, 0)
    order = out.assign(day=out["read_on"].astype("str").fillna("9")).reset_index()
    order = order.sort_values(["days_late", "day", "rbm"], ascending=[False, True, True])
    columns = ["officer", "hari_baca", "read_on", "customers", "read", "unread", "visited",
               "other_day", "last_read_on", "kwh", "state", "days_late"]  # fmt: skip
    return order.set_index("rbm")[columns]


def _state(unread: int, days_after: int | None, tolerance: int) -> str:
    if unread == 0:
        return ReadState.DONE.value
    if days_after is None:
        return ReadState.NO_DATE.value
    if days_after > tolerance:
        return ReadState.LATE.value
    return (ReadState.TODAY if days_after >= 0 else ReadState.AHEAD).value


def _days(planned: object, on: date) -> int | None:
    return (on - planned).days if isinstance(planned, date) and planned == planned else None


def _last(days: pd.Series) -> object:
    known = [d for d in days if isinstance(d, date) and d == d]
    return max(known, default=None)


def _sum(kwh: pd.Series) -> object:
    known = [v for v in kwh if v is not None and v == v]
    return sum(known[1:], known[0]) if known else None
