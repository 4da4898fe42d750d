"""Places on an RBM (R-RO-02, R-RO-03) and its targets (R-RO-08, R-RO-09)."""

import pandas as pd
import pytest

from rbmgeo.routes.codes import fresh_codes, next_sisipan, numbered, parsed
from rbmgeo.routes.targets import NO_SCHEDULE, targets

PATTERN = r"^(?P<hari>[A-Z])(?P<urut>[0-9]{3})(?P<sisipan>[0-9]{2})$"


def places(n, rbm="A"):
    index = pd.Index([f"c{k:06d}" for k in range(n)], name="idpel")
    return numbered(pd.Series(rbm, index), pd.Series(range(n), index))


def test_numbers_follow_the_position_and_begin_anew_on_every_rbm():
    rbm = pd.Series({"a": "X", "b": "Y", "c": "X"})
    got = numbered(rbm, pd.Series({"a": 9, "b": 4, "c": 2}))
    assert got.loc[["c", "a", "b"], "urut"].tolist() == [1, 2, 1]
    assert set(got["sisipan"]) == {0}


def test_046_comes_before_its_insertion_and_that_before_047():
    taken = {(46, 0), (47, 0)}
    inserted = next_sisipan(taken, 46)
    assert inserted == (46, 1)
    assert sorted(taken | {inserted}) == [(46, 0), (46, 1), (47, 0)]


def test_after_99_insertions_a_new_version_is_needed():
    assert next_sisipan({(46, s) for s in range(99)}, 46) == (46, 99)
    assert next_sisipan({(46, s) for s in range(100)}, 46) is None


@pytest.mark.parametrize("n", [1, 999, 1000, 1098, 1099, 5000, 99_900])
def test_nobody_shares_a_place_and_no_number_leaves_its_digits(n):
    got = places(n)
    assert got["urut"].between(1, 999).all()
    assert got["sisipan"].between(0, 99).all()
    assert not got[["urut", "sisipan"]].duplicated().any()
    assert got.sort_values(["urut", "sisipan"]).index.tolist() == sorted(got.index)


def test_more_than_all_places_is_refused():
    with pytest.raises(ValueError, match="more than 999 x 100 places"):
        places(99_901)


def test_nobody_has_no_number():
    assert places(0).empty


def test_a_code_that_does_not_fit_the_pattern_stays_opaque():
    assert parsed("C04600", PATTERN) == {"hari": "C", "urut": "046", "sisipan": "00"}
    assert parsed("51354BKC", PATTERN) == parsed("x", "") == {}


def test_fresh_codes_are_new():
    assert fresh_codes("51354", 3, {"51354AAB"}) == ["51354AAA", "51354AAC", "51354AAD"]
    many = fresh_codes("51354", 700, set())
    assert (len(set(many)), many[676]) == (700, "51354BAA")


def schedule(*rows):
    """(rbm, hari_baca, officer) rows."""
    return pd.DataFrame(rows, columns=["rbm", "hari_baca", "officer"], dtype="str").set_index("rbm")


CALENDAR = pd.DataFrame({"hari_baca": ["A", "B"], "read_on": ["2024-05-16", "2024-05-17"]})


def members(**sizes):
    rows = [code for code, n in sizes.items() for _ in range(n)]
    return pd.DataFrame({"rbm": pd.Series(rows, dtype="str")}).replace("nobody", pd.NA)


def test_targets_sum_to_those_to_be_read():
    got = targets(
        members(X=3, Y=2, nobody=4), schedule(("X", "A", "P1"), ("Y", "Z", "P1")), CALENDAR
    )
    assert got["customers"].sum() == 9
    assert got.loc["X", ["officer", "read_on", "state"]].tolist() == [
        "P1",
        "2024-05-16",
        "terjadwal",
    ]
    assert got.loc["Y", "state"] == "tanpa tanggal"  # no date outside the calendar (R-RO-08)
    assert got.loc[NO_SCHEDULE, "customers"] == 4


def test_where_no_reader_is_named_loads_are_even_and_nobody_has_two_rbm_on_a_day():
    bare = schedule(*[(f"R{k}", None, None) for k in range(7)])
    got = targets(members(**{f"R{k}": 10 + k for k in range(7)}), bare, CALENDAR, days=2)
    assert got["customers"].sum() == 91
    assert got.groupby("officer").size().max() <= 2
    assert not got[["officer", "hari_baca"]].duplicated().any()
    assert set(got["read_on"]) == {"2024-05-16", "2024-05-17"}


def test_an_rbm_that_the_routes_do_not_know_is_counted_too():
    got = targets(members(X=3, NEW=2), schedule(("X", "A", "P1")), CALENDAR)
    assert got["customers"].sum() == 5


def test_nobody_has_no_target():
    assert targets(members(), schedule(), CALENDAR).empty
