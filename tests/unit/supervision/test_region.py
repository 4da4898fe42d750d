"""Units rolled up: sums are those of the units, what is not known is named, order never shows."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.supervision.region import (
    MEASURES,
    UnitRow,
    grouped,
    late_rbms,
    ordered,
    summed,
    unit_values,
)

COUNT = st.none() | st.integers(0, 200_000)
KWH = st.none() | st.decimals(0, 10**9, places=3)
VALUES = st.fixed_dictionaries({m: KWH if m == "kwh" else COUNT for m in MEASURES})
CODES = st.none() | st.sampled_from(["Malang", "Pasuruan", "Kediri"])
UNITS = st.lists(
    st.builds(
        UnitRow, ulp=st.text("0123456789", min_size=5, max_size=5), name=st.just("x"), up3=CODES,
        uid=CODES, values=VALUES,
    ),
    max_size=25, unique_by=lambda r: r.ulp,
)  # fmt: skip
CONTENT = {
    "customers": 8, "compared": 8, "agreeing": 4, "open": 1, "settled": 0, "planned": None,
    "visited": None,
    "months": {"202412": {"read": 7, "unread": 1, "kwh": "703.5", "tolerance_days": 1,
                          "waits": [["2024-12-03", 2], ["2024-12-05", 1]]}},
}  # fmt: skip


@given(UNITS)
def test_sums_equal_the_sums_of_their_units(rows):
    for name, total in summed(rows).items():
        known = [r.values[name] for r in rows if r.values[name] is not None]
        assert total.value == (sum(known) if known else None)
        assert (total.known, total.of) == (len(known), len(rows))
        assert sorted(total.missing) == sorted(r.ulp for r in rows if r.values[name] is None)


@given(UNITS, st.sampled_from(["up3", "uid"]))
def test_groups_partition_the_units_and_sum_to_the_whole(rows, by):
    groups = grouped(rows, by)
    assert sorted(u.ulp for g in groups for u in g.units) == sorted(r.ulp for r in rows)
    whole = summed(rows)
    for name in MEASURES:
        parts = [g.totals[name].value for g in groups if g.totals[name].value is not None]
        assert whole[name].value == (sum(parts) if parts else None)
        assert whole[name].known == sum(g.totals[name].known for g in groups)


@given(UNITS, st.randoms(use_true_random=False), st.sampled_from([*MEASURES, "alignment", "place"]))
def test_no_order_of_units_shows(rows, random, by):
    other = list(rows)
    random.shuffle(other)
    assert repr(ordered(rows, by)) == repr(ordered(other, by))
    assert repr(grouped(rows, "up3")) == repr(grouped(other, "up3"))
    assert repr(summed(rows)) == repr(summed(other))


def test_units_of_which_nothing_is_known_stand_last_both_ways():
    known, unknown = ({**dict.fromkeys(MEASURES), "kwh": k} for k in (Decimal(1), None))
    rows = [UnitRow("1", "a", None, None, unknown), UnitRow("2", "b", None, None, known)]
    for up in (True, False):
        assert [r.ulp for r in ordered(rows, "kwh", up=up)] == ["2", "1"]


def test_a_month_that_a_unit_does_not_have_is_missing_and_not_zero():
    there, not_there = (unit_values(CONTENT, b, date(2024, 12, 4)) for b in ("202412", "202501"))
    assert there["kwh"] == Decimal("703.5") and there["read"] == 7
    assert {not_there[n] for n in ("kwh", "read", "unread", "late")} == {None}
    assert not_there["customers"] == 8
    assert set(unit_values(None, "202412", date(2024, 12, 4)).values()) == {None}


@pytest.mark.parametrize(("day", "late"), [(4, 0), (5, 2), (6, 2), (7, 3)])
def test_late_is_told_of_the_day_that_it_is_looked_at(day, late):
    assert unit_values(CONTENT, "202412", date(2024, 12, day))["late"] == late


def test_where_no_reading_is_known_nobody_is_late():
    assert late_rbms(None, 0, date(2024, 12, 4)) is None


def test_alignment_is_of_what_was_compared():
    values = unit_values(CONTENT, "202412", date(2024, 12, 4))
    assert UnitRow("1", "a", None, None, values).alignment == 0.5
    assert UnitRow("1", "a", None, None, dict.fromkeys(MEASURES)).alignment is None
