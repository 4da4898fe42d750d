"""R-SB-02: two people at one control house say how often an answer is wrong."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.survey.doubles import ENOUGH_PAIRS, pairs, wrong_rate
from rbmgeo.survey.promises import sureness


def answers(*rows):
    columns = ["idpel", "outcome", "gardu", "officer"]
    return pd.DataFrame(rows, columns=columns).assign(
        recorded="G1", control=True, second_look=False,
        answered_at=pd.Timestamp("2025-01-06", tz="UTC"),
    )  # fmt: skip


def test_a_pair_is_two_people_at_one_house():
    told = answers(
        ("1", "cocok", None, "S1"), ("1", "gardu_lain", "G2", "S2"),
        ("2", "cocok", None, "S1"), ("2", "gardu_lain", "G1", "S2"),
        ("3", "cocok", None, "S1"), ("3", "cocok", None, "s1 "),
        ("4", "cocok", None, "S1"), ("4", "tidak_terlacak", None, "S2"),
    )  # fmt: skip
    assert pairs(told)["agree"].to_dict() == {"1": False, "2": True}


@pytest.mark.parametrize("change", [{"control": False}, {"second_look": True}])
def test_what_is_no_control_or_was_asked_again_is_no_draw(change):
    told = answers(("1", "cocok", None, "S1"), ("1", "cocok", None, "S2")).assign(**change)
    assert pairs(told).empty


def test_surveys_far_apart_make_no_pair():
    told = answers(("1", "cocok", None, "S1"), ("1", "cocok", None, "S2"))
    told["answered_at"] = pd.to_datetime(["2025-01-06", "2025-06-06"], utc=True)
    assert pairs(told).empty


def test_five_in_a_hundred_wrong_disagree_in_nine_and_a_half():
    told = wrong_rate([False] * 95 + [True] * 905)
    assert told.rate == pytest.approx(0.05, abs=2e-4)
    assert told.low < told.rate < told.high
    assert (told.measured, told.disagreeing) == (True, 95)


def test_few_pairs_leave_the_assumed_rate():
    told = wrong_rate([False] * (ENOUGH_PAIRS - 1))
    assert (told.measured, told.rate) == (False, 0.05)
    assert wrong_rate([]).pairs == 0


@given(st.lists(st.booleans(), min_size=ENOUGH_PAIRS, max_size=200))
def test_the_rate_lies_in_its_interval_below_a_half(agree):
    told = wrong_rate(agree)
    assert 0 <= told.low <= told.rate + 1e-12 <= told.high + 2e-12 < 0.5


def test_the_measured_rate_corrects_the_controls():
    told = pd.DataFrame({
        "promised_p": 0.05, "wrong": [True] * 10 + [False] * 90, "control": True, "run_id": 1,
    })  # fmt: skip
    findings = pd.DataFrame({"p": [0.01], "tier": ["T1"], "kind": ["ok"]})
    plain = sureness(told, findings, limit=0.5)
    sure = sureness(told, findings, limit=0.5, doubles=wrong_rate([True] * 200))
    assert plain.controls.share < sure.controls.share == pytest.approx(0.10)
    assert not plain.doubles.measured
