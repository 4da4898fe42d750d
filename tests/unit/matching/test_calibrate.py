"""p is corrected by surveyed houses: it comes to mean what it says, and keeps its order."""

import numpy as np
import pytest

from rbmgeo.matching.calibrate import (
    Calibration,
    after_a_look,
    calibration,
    expected_error,
    log_odds,
    reliability,
    true_rate,
)  # fmt: skip


def boasting(n=4000, seed=1):
    """Return p that is too sure of itself, and what was true."""
    rng = np.random.default_rng(seed)
    true = rng.beta(0.4, 2, n)
    wrong = rng.random(n) < true
    return 1 / (1 + np.exp(-(2 * log_odds(true) + 1.5))), wrong


def test_without_answers_p_stays():
    assert calibration(np.array([]), np.array([], dtype=bool)) == Calibration()
    assert Calibration().applied([0.1, 0.9]) == pytest.approx([0.1, 0.9])


def test_many_answers_make_p_mean_what_it_says():
    p, wrong = boasting()
    fitted = calibration(p[:2000], wrong[:2000], wrong_answers=0.0)
    after = fitted.applied(p[2000:])
    assert expected_error(after, wrong[2000:]) < 0.03
    assert expected_error(p[2000:], wrong[2000:]) > 2 * expected_error(after, wrong[2000:])


def test_the_order_stays_however_the_answers_fall():
    p, wrong = boasting()
    for said in (wrong[:60], ~wrong[:60]):
        fitted = calibration(p[:60], said)
        assert fitted.slope > 0
        assert (np.diff(fitted.applied(np.sort(p))) >= 0).all()


def test_a_few_answers_hardly_bend_it():
    fitted = calibration(np.array([0.9]), np.array([False]))
    assert fitted.answers == 1
    assert 0.3 < fitted.applied(0.9) < 0.9


def test_wrong_answers_are_allowed_for():
    rng = np.random.default_rng(4)
    p = np.full(3000, 0.999)
    said = rng.random(3000) < 0.95  # all are wrong; a surveyor in twenty says otherwise
    naive = calibration(p, said, wrong_answers=0.0).applied(0.999)
    assert naive < 0.96
    assert calibration(p, said, wrong_answers=0.05).applied(0.999) > naive + 0.02


def test_a_record_called_right_is_no_finding_but_may_be_worth_a_second_look():
    told = after_a_look([0.001, 0.5, 0.9999], limit=0.5)
    assert (told < 0.5).all()
    assert (np.diff(told) > 0).all()
    assert told[0] == pytest.approx(0.01)


def test_a_record_called_wrong_is_a_finding_as_sure_as_what_was_known_before_and_the_answer():
    told = after_a_look([0.001, 0.5, 0.9, 0.9999], True, limit=0.5)
    assert (told > 0.5).all()
    assert told[0] == pytest.approx(0.51)  # may be one of the wrong answers
    assert told[1] == pytest.approx(0.95)
    assert told[3] == pytest.approx(0.99)
    both = after_a_look([0.3, 0.3], [True, False])
    assert both[0] > 0.5 > both[1]


@pytest.mark.parametrize("limit", [0.05, 0.5, 0.97, 0.99])
def test_the_survey_decides_whatever_the_limit_of_findings(limit):
    wrong = after_a_look([0.0001, 0.9999], True, limit=limit)
    right = after_a_look([0.0001, 0.9999], False, limit=limit)
    assert (wrong >= limit).all()
    assert (right < limit).all()


def test_the_parts_of_a_score_still_sum_to_it_once_it_is_calibrated():
    parts = {"base": -4.0, "votes": 3.0, "distance": 1.5, "together": -0.2}
    fitted = Calibration(0.7, -1.1, 40)
    before = 1 / (1 + np.exp(-sum(parts.values())))
    assert sum(fitted.of_parts(parts).values()) == pytest.approx(
        float(log_odds(fitted.applied(before))), abs=0.01
    )


def test_groups_of_equal_size_hold_everybody():
    p, wrong = boasting(103)
    table = reliability(p, wrong)
    assert table["houses"].sum() == 103
    assert table["houses"].max() - table["houses"].min() <= 1
    assert (table["houses"] * table["found"]).sum() == pytest.approx(wrong.sum())


def test_a_town_without_errors_is_not_said_to_have_five_percent():
    rng = np.random.default_rng(2)
    seen = true_rate(rng.random(400) < 0.05, wrong_answers=0.05)
    assert seen.low == 0
    assert seen.share < 0.03
    assert seen.seen == 400


def test_nobody_asked_is_nothing_known():
    nothing = true_rate(np.array([], dtype=bool))
    assert (nothing.low, nothing.high, nothing.seen) == (0.0, 1.0, 0)
