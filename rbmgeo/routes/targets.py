"""SOP IV.2: schedule and target per officer and day; targets sum to those to be read."""

import pandas as pd

NO_SCHEDULE, SCHEDULED, SHIFTED = "tanpa jadwal", "terjadwal", "bergeser"


def targets(
    members: pd.DataFrame,
    routes: pd.DataFrame,
    calendar: pd.DataFrame,
    *,
    days: int = 10,
    last_month: "pd.Series | None" = None,
    shift_days: int = 3,
) -> pd.DataFrame:
    """Return the target of each RBM: officer, day and customers (R-RO-08, R-RO-09).

    Parameters
    ----------
    members
        Active vendor-read customers, index idpel; ``rbm`` (missing: on none). With a column
        ``customers`` a row stands for so many of them that are alike.
    routes
        Index rbm; ``hari_baca`` and ``officer``, missing where the unit names none: then
        readers P-01, P-02, ... get RBM by minutes (or customers), the longest first, and
        never two on one day.
    calendar
        ``hari_baca`` and ``read_on`` of the month; an RBM without a date has no schedule.
    days
        Reading days of a reader where the month has no calendar.
    last_month
        Date on which each row of ``members`` was due last month; missing where unknown.
    shift_days
        By so many days a customer's date may differ from last month's (R-RO-08).

    Returns
    -------
    DataFrame
        Index rbm, in the order of dates and officers; ``officer``, ``hari_baca``,
        ``read_on``, ``customers``, ``shifted`` (customers whose date moves further than
        allowed: somebody has to approve it). The customers sum to the members, those on no
        RBM or without a date in the row `NO_SCHEDULE` or marked so.
    """
    if "customers" not in members:
        members = members.assign(customers=1)
    counted = members.groupby(members["rbm"].fillna(NO_SCHEDULE))["customers"].sum()
    out = counted.rename_axis("rbm").to_frame().join(routes[["hari_baca", "officer"]])
    if "minutes" in routes:
        out["minutes"] = routes["minutes"].reindex(out.index)
    date = calendar.drop_duplicates("hari_baca").set_index("hari_baca")["read_on"]
    # No date outside the unit's calendar (R-RO-08): days that are named are days that it has.
    letters = sorted(date.index) or [chr(65 + n) for n in range(days)]
    out = _with_officers(out, letters)
    out["read_on"] = out["hari_baca"].map(date)
    out["state"] = (
        pd.Series(SCHEDULED, out.index)
        .where(out["read_on"].notna(), "tanpa tanggal")
        .where(out.index != NO_SCHEDULE, NO_SCHEDULE)
    )
    out["shifted"] = _shifted(members, out["read_on"], last_month, shift_days)
    out["state"] = out["state"].mask(out["state"].eq(SCHEDULED) & out["shifted"].gt(0), SHIFTED)
    order = out.assign(day=out["read_on"].astype("str").fillna("9"), who=out["officer"].fillna("~"))
    order = order.reset_index().sort_values(["day", "hari_baca", "who", "rbm"]).set_index("rbm")
    return order[["officer", "hari_baca", "read_on", "customers", "shifted", "state"]]


def _shifted(
    members: pd.DataFrame, read_on: pd.Series, last_month: "pd.Series | None", shift_days: int
) -> pd.Series:
    """Count per RBM the customers whose day of the month moves by more than ``shift_days``."""
    none = pd.Series(0, index=read_on.index)
    if last_month is None or last_month.dropna().empty:
        return none
    now = pd.to_datetime(members["rbm"].map(read_on))
    before = pd.to_datetime(last_month.reindex(members.index)) + pd.DateOffset(months=1)
    moved = (now - before).abs() > pd.Timedelta(days=shift_days)
    return members[moved].groupby("rbm")["customers"].sum().reindex(read_on.index, fill_value=0)


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
