"""The attention list beside AP2T's: what both say, what one says alone, and what nobody knows."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.energy.attention import TAKEN, Agreement, attention_list, by_stake
from rbmgeo.energy.stands import Dlpd, dlpd, kwh, rollover_kwh

NAN = float("nan")


def readings(*rows):
    """1300 VA, no stands, read as before; what is said is put over it."""
    base = {**dict.fromkeys(TAKEN, NAN), "told_kwh": 100.0, "before_kwh": 100.0, "daya_va": 1300.0,
            "dlpd_code": None}  # fmt: skip
    drawn = [{**base, "idpel": f"{n:012d}", "line": "", **row} for n, row in enumerate(rows)]
    return pd.DataFrame(drawn)


def judged(**row):
    return attention_list(readings(row)).iloc[0]


@pytest.mark.parametrize(
    ("row", "code", "ours", "agreement"),
    [
        ({"told_kwh": 936.0}, "M", Dlpd.MAXIMUM, Agreement.SAME),
        ({"told_kwh": 936.0}, "M KWH MAXIMUM", Dlpd.MAXIMUM, Agreement.SAME),
        ({"told_kwh": 0.0, "before_kwh": NAN}, "K", Dlpd.NOL, Agreement.SAME),
        ({"told_kwh": 0.0}, "K", Dlpd.TURUN, Agreement.OTHER),
        ({"told_kwh": 160.0}, "N", Dlpd.NAIK, Agreement.ONLY_OURS),
        ({"told_kwh": 160.0}, None, Dlpd.NAIK, Agreement.NO_CODE),
        ({}, "C", Dlpd.NORMAL, Agreement.ONLY_AP2T),
        ({}, "N", Dlpd.NORMAL, ""),
        ({}, None, Dlpd.NORMAL, ""),
        ({}, "Q", Dlpd.NORMAL, Agreement.UNKNOWN_CODE),
        ({}, "KABEL", Dlpd.NORMAL, Agreement.UNKNOWN_CODE),
        ({"told_kwh": NAN}, "K", "", Agreement.ONLY_AP2T),
        ({"told_kwh": NAN}, None, "", ""),
    ],
)  # fmt: skip
def test_what_both_say_and_what_one_says_alone(row, code, ours, agreement):
    found = judged(**row, dlpd_code=code)
    assert (found["ours"], found["agreement"]) == (ours, agreement)


def test_kwh_are_those_told_and_else_those_of_the_stands():
    stands = {"previous_stand_kwh": 100.0, "stand_kwh": 250.0}
    assert judged(**stands, told_kwh=NAN)["kwh"] == 150
    told = judged(**stands, told_kwh=140.0)
    assert (told["kwh"], told["stands_kwh"], told["differs"]) == (140, 150, True)
    assert not judged(**stands, told_kwh=150.0)["differs"]
    changed = judged(previous_stand_kwh=100.0, removed_stand_kwh=180.0, installed_stand_kwh=0.0,
                     stand_kwh=40.0, told_kwh=NAN)  # fmt: skip
    assert (changed["kwh"], changed["ours"]) == (120, Dlpd.PECAHAN)
    nothing = judged(told_kwh=NAN)
    assert np.isnan(nothing["kwh"]) and np.isnan(nothing["stake_kwh"])


def test_a_register_that_passed_zero_stays_on_the_list_with_its_other_reading():
    found = judged(previous_stand_kwh=99950.0, stand_kwh=30.0, told_kwh=-99920.0)
    assert (found["ours"], found["rollover_kwh"]) == (Dlpd.STAND_MUNDUR, 80)
    assert np.isnan(judged(previous_stand_kwh=50000.0, stand_kwh=30.0)["rollover_kwh"])


def test_kwh_at_stake_are_left_empty_where_nothing_says_what_is_right():
    assert judged(told_kwh=160.0)["stake_kwh"] == 60
    assert judged(told_kwh=1036.0, before_kwh=NAN)["stake_kwh"] == 100  # above 720 h
    assert judged(told_kwh=12.0, before_kwh=NAN)["stake_kwh"] == 40  # below 40 h
    assert np.isnan(judged(told_kwh=60.0, before_kwh=NAN)["stake_kwh"])  # DIV/NA
    assert np.isnan(judged(told_kwh=0.0, before_kwh=NAN)["stake_kwh"])


def test_the_most_at_stake_comes_first_and_the_plain_ones_are_no_work():
    work = by_stake(attention_list(readings(
        {"told_kwh": 160.0}, {}, {"told_kwh": 400.0}, {"told_kwh": 60.0, "before_kwh": NAN},
        {"told_kwh": NAN},
    )))  # fmt: skip
    assert [int(i) for i in work["idpel"]] == [2, 0, 3]


def test_without_a_month_or_power_nothing_is_said_of_hours_and_an_empty_list_is_empty():
    assert judged(told_kwh=9999.0, before_kwh=9999.0, daya_va=NAN)["ours"] == Dlpd.NORMAL
    assert attention_list(readings()).empty if readings().size else True


stand = st.none() | st.integers(0, 120_000)
used = st.none() | st.integers(-500, 3000)


@given(
    st.lists(st.tuples(stand, stand, stand, used, used, st.sampled_from([0, 450, 1300, 6600])), min_size=1, max_size=20)
)  # fmt: skip
def test_the_list_says_what_the_rules_say_one_by_one(drawn):
    def number(v):
        return NAN if v is None else float(v)

    found = attention_list(readings(*[
        {"previous_stand_kwh": number(p), "stand_kwh": number(s), "removed_stand_kwh": number(r),
         "told_kwh": number(u), "before_kwh": number(b), "daya_va": float(va) or NAN}
        for p, s, r, u, b, va in drawn
    ]))  # fmt: skip
    for (p, s, r, u, b, va), (_, row) in zip(drawn, found.iterrows(), strict=True):
        both = p is not None and s is not None
        by_stands = None
        if both:
            by_stands = kwh(Decimal(p), Decimal(s), removed=None if r is None else Decimal(r))
        kept = Decimal(u) if u is not None else by_stands
        back = both and r is None and s < p
        said = dlpd(kept, None if b is None else Decimal(b), daya_va=va, backwards=back,
                    meter_changed=r is not None)  # fmt: skip
        assert row["ours"] == (said or "")
        if back:
            rolled = rollover_kwh(Decimal(p), Decimal(s), digits=max(5, len(str(p))), daya_va=va)
            assert (np.nan_to_num(row["rollover_kwh"], nan=-1)) == (
                -1 if rolled is None else rolled
            )
