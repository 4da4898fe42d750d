"""From stands to kWh (R-EN-01 to R-EN-05), with the figures that domain.md prints."""

from decimal import Decimal as D

import pytest

from rbmgeo.energy.per_gardu import max_plausible_kwh
from rbmgeo.energy.stands import Dlpd, dlpd, kwh, rollover_kwh


def test_kwh_between_two_stands():
    assert kwh(D(100), D(250)) == 150
    assert kwh(D(100), D(250), D(40)) == 6000


def test_a_changed_meter_is_two_parts():
    assert kwh(D(100), D(40), removed=D(180), installed=D(0)) == 120
    assert kwh(D(100), D(40), D(2), removed=D(180), installed=D(10)) == 220


def test_the_last_digit_stays():
    assert kwh(D("0.1"), D("0.3")) == D("0.2")


@pytest.mark.parametrize(
    ("daya", "most"), [(450, 324), (900, 648), (1300, 936), (2200, 1584), (6600, 4752)]
)
def test_the_most_that_a_month_can_use(daya, most):
    assert max_plausible_kwh(daya) == most


def test_a_register_that_passed_zero_is_a_candidate_only_where_plausible():
    assert rollover_kwh(D(99950), D(30), digits=5, daya_va=1300) == 80
    assert rollover_kwh(D(50000), D(30), digits=5, daya_va=1300) is None
    assert rollover_kwh(D(100), D(250), digits=5, daya_va=1300) is None


@pytest.mark.parametrize(
    ("used", "before", "more", "said"),
    [
        (936, 500, {}, Dlpd.MAXIMUM), (500, 500, {"meter_changed": True}, Dlpd.PECAHAN),
        (-5, 100, {"backwards": True}, Dlpd.STAND_MUNDUR), (151, 100, {}, Dlpd.NAIK),
        (150, 100, {}, Dlpd.NORMAL),  # just +50 %
        (60, None, {}, Dlpd.DIV_NA), (60, 0, {}, Dlpd.DIV_NA), (49, 100, {}, Dlpd.TURUN),
        (0, None, {}, Dlpd.NOL), (0, 100, {}, Dlpd.TURUN), (51, None, {}, Dlpd.DI_BAWAH_40),
        (52, None, {}, Dlpd.NORMAL),  # 1300 VA: 40 h are 52 kWh (R-EN-03)
        (100, 100, {}, Dlpd.NORMAL),
    ],
)  # fmt: skip
def test_one_branch_of_the_attention_list(used, before, more, said):
    previous = None if before is None else D(before)
    assert dlpd(D(used), previous, daya_va=1300, **more) is said


def test_the_first_rule_that_matches_wins():
    assert dlpd(D(936), D(100), daya_va=1300, meter_changed=True) is Dlpd.MAXIMUM
    assert dlpd(D(-5), D(100), daya_va=1300, meter_changed=True, backwards=True) is Dlpd.PECAHAN


@pytest.mark.parametrize(("daya", "low"), [(450, 18), (900, 36), (1300, 52)])
def test_forty_hours(daya, low):
    assert dlpd(D(low) - 1, None, daya_va=daya) is Dlpd.DI_BAWAH_40
    assert dlpd(D(low), None, daya_va=daya) is Dlpd.NORMAL


def test_unread_is_nothing_and_not_zero():
    assert dlpd(None, D(100), daya_va=1300) is None


def test_units_choose_their_own_shares():
    assert dlpd(D(135), D(100), daya_va=1300, rise=0.3) is Dlpd.NAIK


def test_without_power_nothing_is_said_of_hours():
    assert dlpd(D(500), D(480), daya_va=0) is Dlpd.NORMAL
    assert dlpd(D(0), None, daya_va=0) is Dlpd.NOL
