"""R-AR-01, 05, 06, 07, 08 at their boundaries: sheets, owners, removal, reconnection."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from drawn_arrears import RULES, at, bills, by_idpel, checks, day

from rbmgeo.arrears.rules import ArrearsRules, due_after
from rbmgeo.arrears.states import OTHER, OURS, may_be_removed
from rbmgeo.terms import ArrearsState


def state(frame, idpel="a"):
    return frame.loc[idpel, "state"]


@pytest.mark.parametrize(("on", "sheets"), [("19-10", 0), ("20-10", 0), ("21-10", 1)])
def test_a_bill_is_a_sheet_from_the_day_after_the_twentieth(on, sheets):
    """R-AR-01."""
    found = at(on, bills(a="10"))
    assert found.loc["a", "sheets"] == sheets
    assert state(found) == (ArrearsState.BOLEH_DIPUTUS if sheets else ArrearsState.BELUM_JATUH_TEMPO)  # fmt: skip


def test_sheets_are_unpaid_months_and_a_month_of_two_lines_is_one():
    told = pd.concat([bills(a="8 9:25-09 10"), bills(a="8")])
    found = at("21-10", told)
    assert tuple(found.loc["a", ["sheets", "first_blth", "last_blth"]]) == (2, "202608", "202610")


def test_a_month_is_paid_when_all_its_lines_are():
    half = pd.concat([bills(a="9:22-09"), bills(a="9")])
    assert at("21-10", half).loc["a", "sheets"] == 1
    assert at("21-10", pd.concat([bills(a="9:22-09"), bills(a="9:23-09")])).empty


def test_what_the_source_counts_itself_stands_where_it_is_more():
    assert at("21-10", bills(a="10").assign(told=3)).loc["a", "sheets"] == 3
    assert at("21-10", bills(a="8 9 10").assign(told=1)).loc["a", "sheets"] == 3


def test_a_code_that_says_paid_pays_though_no_day_is_told():
    assert at("21-10", bills(a="9").assign(status_code=" lunas ")).empty
    assert at("21-10", bills(a="9").assign(status_code="BELUM")).loc["a", "sheets"] == 1


@pytest.mark.parametrize(
    ("told", "acts", "owner", "said"),
    [
        ("10", (), OURS, ArrearsState.BOLEH_DIPUTUS),
        ("9 10", (), OTHER, ArrearsState.PERUSAHAAN_LAIN),
        ("9 10", ("a putus 5-03", "a sambung 9-03"), OURS, ArrearsState.BOLEH_DIPUTUS),
        ("9 10", ("a putus 21-09",), OURS, ArrearsState.DIPUTUS),
    ],
)
def test_two_sheets_never_cut_are_the_other_companys(told, acts, owner, said):
    """R-AR-06: with a cut before they are ours."""
    found = at("25-10", bills(a=told), *acts)
    assert (found.loc["a", "owner"], state(found)) == (owner, said)


def test_thresholds_are_the_units_own():
    """R-AR-08: local variants of 1, 2 and 3 months."""
    later = replace(RULES, cut_sheets=2, other_sheets=4)
    told = bills(a="10", b="9 10", c="7 8 9 10")
    found = at("25-10", told, rules=later)["state"]
    assert list(found) == [ArrearsState.DI_BAWAH_AMBANG, ArrearsState.BOLEH_DIPUTUS, ArrearsState.PERUSAHAAN_LAIN]  # fmt: skip
    for wrong in ({"cut_sheets": 2}, {"cut_sheets": 0}, {"due_day": 31}, {"removal_days": -1},
                  {"cut_sheets": 4, "other_sheets": 9}):  # fmt: skip
        with pytest.raises(ValueError, match=r"expected|fewer|0 or more"):
            replace(RULES, **wrong)


@pytest.mark.parametrize(
    ("sheets", "days", "may"),
    [
        (3, 59, False),
        (3, 60, True),
        (3, 61, True),
        (2, 60, False),
        (2, 90, False),
        (4, None, False),
    ],
)
def test_removal_may_be_proposed_from_three_sheets_and_sixty_days(sheets, days, may):
    """R-AR-07."""
    assert may_be_removed(sheets, days, RULES) is may


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("19-10", ArrearsState.DIPUTUS),
        ("20-10", ArrearsState.BOLEH_BONGKAR),
        ("21-10", ArrearsState.BOLEH_BONGKAR),
    ],
)
def test_the_sixtieth_day_is_counted_from_the_cut(on, said):
    """Cut on 21 August: 19 October is day 59, 20 October day 60."""
    found = at(on, bills(a="7 8 9"), "a putus 21-08")
    assert state(found) == said
    assert found.loc["a", "days_cut"] == (day(on) - day("21-08")).days


def test_two_sheets_are_not_removed_however_long_they_are_cut():
    assert state(at("20-11", bills(a="7 8"), "a putus 21-08")) == ArrearsState.DIPUTUS


def test_a_cut_against_the_rules_is_a_dark_house_yet_no_ground_for_removal():
    broken = at("1-11", bills(a="7 8 9"), "a putus 21-08!")
    assert state(broken) == ArrearsState.DIPUTUS
    paid = at("1-11", bills(a="7:1-10 8:1-10 9"), "a putus 25-08!")
    assert state(paid) == ArrearsState.PERLU_DISAMBUNG


@pytest.mark.parametrize(("on", "late"), [("10-11", False), ("11-11", False), ("12-11", True)])
def test_a_payment_after_a_cut_asks_for_reconnection_by_the_next_day(on, late):
    """R-AR-05: paid on the 10th, the 11th is in time, the 12th late."""
    found = at(on, bills(a="10:10-11"), "a putus 25-10")
    assert state(found) == ArrearsState.PERLU_DISAMBUNG
    assert found.loc["a", "due_on"].date() == day("11-11")
    assert bool(found.loc["a", "late"]) is late


def test_a_bill_that_came_due_later_keeps_nobody_in_the_dark():
    found = at("25-11", bills(a="10:10-11 11"), "a putus 25-10")
    assert (state(found), found.loc["a", "sheets"]) == (ArrearsState.PERLU_DISAMBUNG, 1)
    half = at("25-11", bills(a="9:10-11 10"), "a putus 25-10")
    assert state(half) == ArrearsState.DIPUTUS


def test_no_bill_at_all_is_no_payment():
    assert state(at("25-11", bills(b="10"), "a putus 25-10")) == ArrearsState.DIPUTUS


def test_a_check_that_found_a_payment_stops_a_cut_and_asks_for_reconnection():
    said = checks(a="lunas 26-10")
    assert state(at("26-10", bills(a="10"), said=said)) == ArrearsState.LUNAS_MENURUT_CEK
    assert state(at("26-11", bills(a="10 11"), "a putus 1-03", "a sambung 2-03", said=said)) == ArrearsState.BOLEH_DIPUTUS  # fmt: skip
    cut = at("27-10", bills(a="10"), "a putus 25-10", said=said)
    assert (state(cut), cut.loc["a", "due_on"].date()) == (ArrearsState.PERLU_DISAMBUNG, day("27-10"))  # fmt: skip
    assert state(at("27-10", bills(a="10"), "a putus 26-10", said=checks(a="belum 26-10"))) == ArrearsState.DIPUTUS  # fmt: skip


def test_an_order_stands_until_two_sheets_make_it_the_other_companys():
    orders = by_idpel("due_on", a=day("22-10"))
    found = at("23-10", bills(a="10"), orders=orders)
    assert (state(found), bool(found.loc["a", "late"])) == (ArrearsState.DIPERINTAHKAN, True)
    assert state(at("21-11", bills(a="10 11"), orders=orders)) == ArrearsState.PERUSAHAAN_LAIN


def test_who_was_reconnected_and_owes_nothing_is_on_no_list():
    assert at("20-11", bills(a="10:10-11"), "a putus 25-10", "a sambung 11-11").empty
    again = at("30-11", bills(a="10:10-11 11"), "a putus 25-10", "a sambung 11-11", "a putus 25-11")
    assert (state(again), again.loc["a", "cut_on"].date()) == (ArrearsState.DIPUTUS, day("25-11"))


def test_a_removal_that_waits_and_one_that_was_done_are_states_of_their_own():
    told = (bills(a="7 8 9"), "a putus 21-08")
    assert state(at("1-11", *told, removals=frozenset("a"))) == ArrearsState.BONGKAR_DIUSULKAN
    assert state(at("1-11", *told, gone=frozenset("a"))) == ArrearsState.DIBONGKAR


def test_working_days_are_counted_where_the_unit_says_so():
    friday, off = date(2026, 11, 27), frozenset({date(2026, 11, 30)})
    assert due_after(friday, 1, working=False, off=off) == date(2026, 11, 28)
    assert due_after(friday, 1, working=True, off=off) == date(2026, 12, 1)
    assert ArrearsRules(working_days=True).reconnect_by(friday) == date(2026, 11, 30)
