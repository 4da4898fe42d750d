"""What a budget of checks buys (R-SB-01)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.sampling.budget import Bought, bought, plan_need
from rbmgeo.sampling.estimate import wilson


def test_a_lot_per_rbm_is_what_nobody_does():
    """R-SB-01: 150 RBM of 350 at AQL 1.0."""
    assert plan_need([350] * 150) == 7500
    assert plan_need([600] * 150) == 150 * 80
    assert plan_need([10, 20_000]) == 10 + 315


def test_a_budget_buys_one_narrow_interval_or_many_wide_ones():
    unit, officers = bought([52_500], 200), bought([2_386] * 22, 200)
    assert (unit.lots, unit.each, officers.lots, officers.each) == (1, 200, 22, 9)
    assert unit.none_wrong == pytest.approx(wilson(0, 200)[1])
    assert round(100 * unit.none_wrong, 2) == 1.88
    assert unit.half < officers.half < 1
    assert officers.none_wrong == pytest.approx(wilson(0, 9)[1])


def test_what_is_not_checked_says_nothing_and_what_is_whole_says_all():
    assert bought([100] * 10, 5) == Bought(10, 5, 0, 1.0, 1.0)
    assert bought([], 50).half == 1.0
    whole = bought([40], 50)
    assert (whole.checks, whole.half, whole.none_wrong) == (40, 0.0, 0.0)
    with pytest.raises(ValueError, match="checks is -1"):
        bought([10], -1)
    with pytest.raises(ValueError, match="empty"):
        bought([10, 0], 1)


@given(st.lists(st.integers(1, 900), max_size=12), st.integers(0, 600))
def test_more_checks_never_say_less(sizes, checks):
    less, more = bought(sizes, checks), bought(sizes, checks + len(sizes))
    assert more.each >= less.each and more.none_wrong <= less.none_wrong
    assert less.checks <= sum(sizes) and less.each * max(less.lots, 1) <= max(less.checks, 0)
