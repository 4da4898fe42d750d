"""Each RBM is seen within twelve months: whose turn it is, and whether a budget suffices (R-SB-01)."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.months import month_before
from rbmgeo.sampling.rotation import months_between, needed, rotation

NOW = "202411"


def test_in_the_first_month_a_twelfth_is_due():
    turn = rotation({f"R{k:03d}": None for k in range(150)}, NOW, checks=25)
    assert (turn.need, len(turn.due), turn.enough, turn.never) == (13, 13, True, 150)
    assert list(turn.due.index) == [f"R{k:03d}" for k in range(13)]
    assert turn.rows["left"].unique().tolist() == [11]
    assert not rotation({f"R{k}": None for k in range(150)}, NOW, checks=12).enough


def test_the_longest_unseen_come_first_and_months_are_counted():
    turn = rotation({"A": "202410", "B": "202312", "C": None, "D": "202311"}, NOW, checks=1, began="202311")  # fmt: skip
    assert list(turn.rows.index) == ["C", "D", "B", "A"]
    assert turn.rows["left"].tolist() == [-1, 0, 1, 11]
    assert turn.rows.loc["D", "ago"] == 12 and turn.rows["ago"].isna().tolist() == [True, False, False, False]  # fmt: skip
    assert (turn.overdue, turn.need, turn.enough) == (1, 2, False)
    assert list(turn.due.index) == ["C", "D"]


def test_who_was_seen_this_month_stays_in_his_turn():
    turn = rotation({"A": "202311", "B": "202401"}, NOW, checks=1, done=frozenset({"A"}))
    assert turn.rows.loc["A", ["due", "done"]].tolist() == [True, True]
    assert turn.rows.loc["B", ["due", "done"]].tolist() == [False, False]


@pytest.mark.parametrize(
    ("left", "need"),
    [([], 0), ([0], 1), ([11] * 150, 13), ([0, 0, 0, 5], 3), ([-4, 2], 1), ([1, 1, 1], 2), ([2] * 9, 3)],
)  # fmt: skip
def test_as_many_a_month_as_nobody_is_late_for(left, need):
    assert needed(left) == need


def test_a_budget_reaches_as_many_as_their_checks_allow():
    turn = rotation({"A": None, "B": None, "C": None}, NOW, checks=14, each={"A": 10, "B": 4, "C": 10})  # fmt: skip
    assert (turn.room, turn.need, turn.checks, turn.enough) == (2, 1, 10, True)
    assert not rotation({"A": None}, NOW, checks=9, each={"A": 10}).enough


def test_months_go_over_the_year():
    assert months_between("202312", "202401") == 1
    assert months_between("202411", "202311") == -12


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="within is 0"):
        rotation({}, NOW, checks=1, within=0)


SEEN = st.dictionaries(
    st.sampled_from([f"R{k}" for k in range(30)]),
    st.none() | st.integers(1, 15).map(lambda n: month_before(NOW, n)),
)


@given(SEEN, st.randoms(use_true_random=False))
def test_the_order_of_the_facts_makes_no_difference(last, chance):
    mixed = list(last.items())
    chance.shuffle(mixed)
    one, other = rotation(last, NOW, checks=3), rotation(dict(mixed), NOW, checks=3)
    assert one.rows.equals(other.rows) and one.need == other.need
    assert set(one.rows.index) == set(last)


def test_seeing_as_many_as_needed_each_month_leaves_nobody_behind():
    """Two years month by month: whoever carries out the turns sees every RBM within 12 months."""
    chance = random.Random(5)
    last = {f"R{k}": chance.choice([None, month_before(NOW, chance.randint(1, 6))]) for k in range(50)}  # fmt: skip
    began = month_before(NOW, 6)
    month = NOW
    for _ in range(24):
        turn = rotation(last, month, checks=50, began=began)
        assert turn.overdue == 0
        for rbm in turn.due.index:
            last[rbm] = month
        month = month_before(month, -1)
    assert all(months_between(seen, month) <= 12 for seen in last.values())
