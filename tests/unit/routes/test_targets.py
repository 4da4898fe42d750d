"""Schedule and target per officer and day (R-RO-01, R-RO-08, R-RO-09)."""

import pandas as pd

from rbmgeo.routes.targets import NO_SCHEDULE, SHIFTED, targets


def calendar(letters):
    return pd.DataFrame(
        {"hari_baca": list(letters), "read_on": [f"2024-12-{16 + k}" for k in range(len(letters))]}
    )


def routes(days, officer=None):
    """Routes R0, R1, ... on these days (a dot: none named)."""
    index = pd.Index([f"R{k}" for k in range(len(days))], name="rbm")
    said = {"hari_baca": [None if d == "." else d for d in days], "officer": officer}
    return pd.DataFrame(said, index=index, dtype="str")


def planned(days, letters, officer=None):
    plan = routes(days, officer)
    members = pd.DataFrame({"rbm": [r for r in plan.index for _ in range(10)]}, dtype="str")
    return targets(members, plan, calendar(letters))


def test_days_that_are_named_are_days_of_the_calendar():
    got = planned("." * 12, "ABCDEF")
    assert set(got["hari_baca"]) == set("ABCDEF")
    assert (got["state"] == "terjadwal").all()
    assert got["officer"].nunique() == 2


def test_no_reader_has_two_routes_on_one_day():
    for days in ("AAABB", "AA..B.", "ZZ.", "ABABABAB"):
        got = planned(days, "AB")
        assert not got.duplicated(["officer", "hari_baca"]).any()
        # What the unit says stays as it is.
        kept = routes(days)["hari_baca"].dropna()
        assert got.loc[kept.index, "hari_baca"].equals(kept)


def test_the_same_routes_in_another_order_have_the_same_readers():
    plan = routes("A..B.A")
    members = pd.DataFrame({"rbm": [*plan.index, "R0", None]}, dtype="str")
    one, two = (targets(members, p, calendar("ABC")) for p in (plan, plan.iloc[::-1]))
    pd.testing.assert_frame_equal(one, two)


def test_who_stands_on_no_route_is_counted():
    got = targets(
        pd.DataFrame({"rbm": ["R0", None, None]}, dtype="str"), routes("A", "P9"), calendar("A")
    )
    assert got["customers"].to_dict() == {"R0": 1, NO_SCHEDULE: 2}
    assert got.loc[NO_SCHEDULE, "state"] == NO_SCHEDULE


def test_a_date_that_moves_by_more_than_three_days_is_marked():
    """R-RO-08: within 3 days of last month's; a new customer has no last month."""
    plan = routes("AD", "P9")
    members = pd.DataFrame({"rbm": ["R0", "R0", "R1", "R1"]}, index=list("abcd"), dtype="str")
    last = pd.Series({"a": "2024-11-13", "b": "2024-11-12", "c": "2024-11-19"})
    got = targets(members, plan, calendar("ABCD"), last_month=last)
    assert got["read_on"].to_dict() == {"R0": "2024-12-16", "R1": "2024-12-19"}
    assert got["shifted"].to_dict() == {"R0": 1, "R1": 0}
    assert got["state"].to_dict() == {"R0": SHIFTED, "R1": "terjadwal"}
    wider = targets(members, plan, calendar("ABCD"), last_month=last, shift_days=4)
    assert wider["shifted"].sum() == 0


def test_a_row_may_stand_for_several_customers_that_are_alike():
    plan = routes("AD.", "P9")
    rbms = ["R0", "R0", "R0", "R1", "R1", None, None]
    last = pd.Series(["2024-11-13", "2024-11-12", "2024-11-12", "2024-11-01", None, "2024-11-19", None])  # fmt: skip
    each = targets(
        pd.DataFrame({"rbm": rbms}, dtype="str"), plan, calendar("ABCD"), last_month=last
    )
    alike = pd.DataFrame({"rbm": rbms, "last": last}, dtype="str")
    counted = alike.groupby(["rbm", "last"], dropna=False).size().rename("customers").reset_index()
    got = targets(counted, plan, calendar("ABCD"), last_month=counted["last"])
    pd.testing.assert_frame_equal(got, each)
    assert got["shifted"].sum() == 3
