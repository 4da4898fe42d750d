"""SOP IV.2: schedule and target per officer and day; targets sum to those to be read."""

import pandas as pd

NO_SCHEDULE = "tanpa jadwal"


def targets(
    members: pd.DataFrame, routes: pd.DataFrame, calendar: pd.DataFrame, *, days: int = 10
) -> pd.DataFrame:
    """Return the target of each RBM: officer, day and customers (R-RO-08, R-RO-09).

    Parameters
    ----------
    members
        Active vendor-read customers, index idpel; ``rbm`` (missing: on none).
    routes
        Index rbm; ``hari_baca`` and ``officer``, missing where the unit names none: then
        readers P-01, P-02, ... get RBM by minutes (or customers), the longest first, and
        never two on one day.
    calendar
        ``hari_baca`` and ``read_on`` of the month; an RBM without a date has no schedule.
    days
        Reading days of a reader where the month has no calendar.

    Returns
    -------
    DataFrame
        Index rbm, in the order of dates and officers; ``officer``, ``hari_baca``,
        ``read_on``, ``customers``. The customers sum to the members, those on no RBM or
        without a date in the row `NO_SCHEDULE` or marked so.
    """
    counted = members["rbm"].fillna(NO_SCHEDULE).value_counts().sort_index().rename("customers")
    out = counted.rename_axis("rbm").to_frame().join(routes[["hari_baca", "officer"]])
    if "minutes" in routes:
        out["minutes"] = routes["minutes"].reindex(out.index)
    date = calendar.drop_duplicates("hari_baca").set_index("hari_baca")["read_on"]
    # No date outside the unit's calendar (R-RO-08): days that are named are days that it has.
    letters = sorted(date.index) or [chr(65 + n) for n in range(days)]
    out = _with_officers(out, letters)
    out["read_on"] = out["hari_baca"].map(date)
    out["state"] = (
        pd.Series("terjadwal", out.index)
        .where(out["read_on"].notna(), "tanpa tanggal")
        .where(out.index != NO_SCHEDULE, NO_SCHEDULE)
    )
    order = out.assign(day=out["read_on"].astype("str").fillna("9"), who=out["officer"].fillna("~"))
    order = order.reset_index().sort_values(["day", "hari_baca", "who", "rbm"]).set_index("rbm")
    return order[["officer", "hari_baca", "read_on", "customers", "state"]]


def _with_officers(out: pd.DataFrame, letters: "list[str]") -> pd.DataFrame:
    """Name readers and days where the unit names none: even loads, the longest route first."""
    bare = out[out["officer"].isna() & (out.index != NO_SCHEDULE)]
    if bare.empty:
        return out
    weight = (
        bare["minutes"]
        if "minutes" in bare and bare["minutes"].notna().all()
        else bare["customers"]
    )
    ranked = (
        bare.assign(weight=weight)
        .reset_index()
        .sort_values(["weight", "rbm"], ascending=[False, True])
    )
    out = out.copy()
    fixed = ranked["hari_baca"].value_counts().max()
    readers = max(-(-len(bare) // len(letters)), 0 if pd.isna(fixed) else int(fixed))
    taken = {r: set(out.loc[out["officer"] == r, "hari_baca"].dropna()) for r in _names(readers)}
    load = dict.fromkeys(taken, 0.0)
    # Days that are given find their readers first; the others take what is left.
    ranked = ranked.sort_values("hari_baca", key=lambda d: d.isna(), kind="stable")
    for rbm, day, minutes in zip(ranked["rbm"], ranked["hari_baca"], ranked["weight"], strict=True):
        able = [r for r in load if _free(taken[r], day, letters)]
        if not able:
            able = _names(len(load) + 1)[-1:]
            taken[able[0]], load[able[0]] = set(), 0.0
        who = min(able, key=lambda r: (load[r], r))
        named = day if isinstance(day, str) else next(d for d in letters if d not in taken[who])
        load[who] += float(minutes)
        taken[who].add(named)
        out.loc[rbm, ["officer", "hari_baca"]] = [who, named]
    return out


def _names(readers: int) -> "list[str]":
    return [f"P-{n + 1:02d}" for n in range(readers)]


def _free(taken: "set[str]", day: object, letters: "list[str]") -> bool:
    return day not in taken if isinstance(day, str) else not taken.issuperset(letters)
