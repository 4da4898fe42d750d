"""A checked stand beside the recorded one (R-SA-17)."""

import pytest

from rbmgeo.supervision.checked import Check, Verdict, judged, same_digits


@pytest.mark.parametrize(
    ("found", "verdict"), [(999, "salah"), (1000, "benar"), (1062, "benar"), (1063, "salah")]
)
def test_a_meter_counts_on_and_no_faster_than_its_power(found, verdict):
    assert judged(Check(1000, found, hours=48, daya_va=1300)) == verdict


def test_the_factor_of_the_meter_counts():
    assert judged(Check(1000, 1002, 48, 1300, multiplier=40)) == Verdict.WRONG
    assert judged(Check(1000, 1001, 48, 1300, multiplier=40)) == Verdict.RIGHT


def test_three_times_the_own_use_is_worth_a_look_and_not_wrong():
    assert judged(Check(1000, 1030, 48, 1300, usual_kwh_per_day=4)) == Verdict.TO_SEE
    assert judged(Check(1000, 1025, 48, 1300, usual_kwh_per_day=4)) == Verdict.RIGHT
    assert judged(Check(1000, 1030, 48, 1300)) == Verdict.RIGHT


def test_a_changed_meter_suspends_the_test_and_no_power_has_no_ceiling():
    assert judged(Check(1000, 3, 48, 1300, changed=True)) == Verdict.SUSPENDED
    assert judged(Check(1000, 90_000, 48, 0)) == Verdict.RIGHT
    with pytest.raises(ValueError, match="2 hours before the reading"):
        judged(Check(1000, 1000, -2, 1300))


def test_a_photo_is_right_if_its_digits_are_the_same():
    assert same_digits("01234", "1234")
    assert same_digits("0", "000")
    assert not same_digits("1234", "1243")
    assert not same_digits("0", "")
