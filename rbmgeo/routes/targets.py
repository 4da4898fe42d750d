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
        readers P-01, P-02, ... get RBM by minutes (or customers), the longest first.
    calendar
        ``hari_baca`` and ``read_on`` of the month; an RBM without a date has no schedule.

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
    out = _with_officers(out, days)
    date = calendar.drop_duplicates("hari_baca").set_index("hari_baca")["read_on"]
    out["read_on"] = out["hari_baca"].map(date)
    out["state"] = (
        pd.Series("terjadwal", out.index)
        .where(out["read_on"].notna(), "tanpa tanggal")
        .where(out.index != NO_SCHEDULE, NO_SCHEDULE)
    )
    order = out.assign(day=out["read_on"].astype("str").fillna("9"), who=out["officer"].fillna("~"))
    order = order.reset_index().sort_values(["day", "hari_baca", "who", "rbm"]).set_index("rbm")
    return order[["officer", "hari_baca", "read_on", "customers", "state"]]


def _with_officers(out: pd.DataFrame, days: int) -> pd.DataFrame:
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
    readers = -(-len(bare) // days)
    load = dict.fromkeys((f"P-{n + 1:02d}" for n in range(readers)), 0.0)
    held = dict.fromkeys(load, 0)
    for rbm, minutes in zip(ranked["rbm"], ranked["weight"], strict=True):
        who = min((r for r in load if held[r] < days), key=lambda r: (load[r], r))
        load[who] += float(minutes)
        out.loc[rbm, "officer"] = who
        if pd.isna(out.loc[rbm, "hari_baca"]):
            out.loc[rbm, "hari_baca"] = chr(65 + held[who])
        held[who] += 1
    return out
