"""What a circle is coloured by: fixed classes, and what may not be judged stands apart."""

from decimal import Decimal as D

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_per_gardu import table

from rbmgeo.energy.measures import (
    BREAKS,
    CLASSES,
    FEW,
    FIGURES,
    HIDDEN,
    Measure,
    month_of_gardu,
    without_single_customers,
)

KVA = pd.Series({"G1": 100.0})


def month(kwh="100", *, kva=100.0, before=None, **more):
    """One gardu of ten customers, all read, 1000 VA together, but for what is said."""
    rows = table(("A", "G1", kwh, {"customers": 10, "read": 10, **more}))
    rating = pd.Series({"G1": kva})
    return month_of_gardu(rows, rating, coverage_limit=0.8, before=before)


@pytest.mark.parametrize(
    ("kwh", "grade"), [("80", "1"), ("80.1", "2"), ("110", "2"), ("140", "3"), ("180", "4"), ("181", "5")]
)  # fmt: skip
def test_the_classes_of_hours_are_fixed(kwh, grade):
    assert month(kwh).loc["G1", "jam"] == grade


def test_a_load_is_held_against_what_the_transformer_can_give():
    # 100 kVA give 61,200 kWh (R-EN-08); the last class begins at the warning.
    assert month("48960").loc["G1", "beban"] == "4"
    assert month("48961").loc["G1", ["beban", "mark"]].tolist() == ["5", "tinggi"]
    assert month("61201").loc["G1", ["beban", "mark"]].tolist() == ["5", "mustahil"]
    assert month(kva=float("nan")).loc["G1", "beban"] == "u"


def test_too_little_known_is_hatched_and_nobody_read_is_not_zero():
    part = month(known_va=D(799))
    assert part.loc["G1", ["jam", "beban", "ubah"]].tolist() == ["i", "i", "i"]
    nothing = month("0", read=0, unread=10, known_va=D(0), known_kwh=D(0))
    assert nothing.loc["G1", ["jam", "beban", "ubah"]].tolist() == ["n", "n", "n"]
    assert not nothing.loc["G1", "known"]
    # Read, and nothing used: that is known.
    assert month("0").loc["G1", "jam"] == "1"


@pytest.mark.parametrize(
    ("now", "grade"), [("80", "1"), ("81", "2"), ("95", "2"), ("96", "3"), ("105", "3"), ("106", "4"),
                       ("120", "4"), ("121", "5")],
)  # fmt: skip
def test_a_change_is_that_of_read_and_token_kwh_together(now, grade):
    before = month("60", token_kwh=D(40))
    found = month(now, before=before)
    assert found.loc["G1", "ubah"] == grade
    assert found.loc["G1", "change"] == pytest.approx(float(now) / 100 - 1)


def test_a_month_that_was_not_whole_says_nothing_of_change():
    assert month(before=month(known_va=D(500))).loc["G1", "ubah"] == "i"
    assert month().loc["G1", "ubah"] == "u"  # no month before
    nobody = month("0", read=0, unread=10, known_va=D(0), known_kwh=D(0))
    assert month(before=nobody).loc["G1", "ubah"] in ("i", "u")


def test_without_va_the_share_of_readings_says_whether_a_change_can_be_judged():
    bare = {"daya_va": D(0), "known_va": D(0), "known_kwh": D(0)}
    found = month("50", before=month("100", **bare), **bare)
    assert (found.loc["G1", "ubah"], found.loc["G1", "jam"]) == ("1", "i")
    half = month("50", before=month("100", **bare), read=5, unread=5, **bare)
    assert half.loc["G1", "ubah"] == "i"


def hidden_of(**customers):
    """Gardu of one month with so many customers each, as they are shown."""
    each = (
        month("123.4", customers=n, read=n).rename(index={"G1": gardu})
        for gardu, n in customers.items()
    )
    return without_single_customers(pd.concat(each).rename_axis("gardu").assign(blth="202401"))


def test_the_sum_of_the_unit_does_not_tell_what_is_hidden():
    """One hidden alone would be the sum less the others: the next smallest is hidden too."""
    assert hidden_of(G3=9, G1=4, G2=7)["hidden"].to_dict() == {"G3": False, "G1": True, "G2": True}
    # Of equals the first by code, whatever the order of rows.
    assert hidden_of(G3=7, G1=4, G2=7)["hidden"].to_dict() == {"G3": False, "G1": True, "G2": True}
    # Five together tell of nobody; where nothing is hidden nothing more is.
    assert hidden_of(G1=2, G2=3, G3=7)["hidden"].tolist() == [True, True, False]
    assert hidden_of(G1=5, G2=7)["hidden"].tolist() == [False, False]


@given(st.dictionaries(st.sampled_from("ABCDEFG"), st.integers(0, 30), min_size=1))
def test_what_is_hidden_in_a_month_is_of_nobody_or_of_five_unless_all_is(customers):
    shown = hidden_of(**customers)
    hidden = shown[shown["hidden"]]
    assert (
        hidden["customers"].sum() >= FEW or hidden["customers"].sum() == 0 or shown["hidden"].all()
        or not (shown["known"] & ~shown["hidden"]).any()
    )  # fmt: skip


def test_few_customers_show_no_figures_to_who_may_not_see_customers():
    shown = hidden_of(G1=FEW - 1, G2=FEW, G3=FEW + 1)
    assert shown.loc["G1", FIGURES].isna().all()
    assert set(shown.loc["G1", [str(m) for m in Measure]]) == {HIDDEN}
    assert shown.loc["G3", "kwh"] == D("123.4")
    assert shown.loc["G1", "customers"] == FEW - 1  # that they are there is no secret
    assert (
        "123.4" not in shown.loc["G1"].drop(["active_kwh", "known_kwh"]).astype("str").to_string()
    )


numbers = st.integers(0, 100_000).map(D)


@given(st.lists(st.tuples(numbers, numbers, st.integers(0, 9), st.integers(0, 2000)), max_size=6))
def test_every_gardu_has_one_class_of_each_measure_and_no_kwh_is_lost(drawn):
    rows = table(*[
        ("A", f"G{n}", k, {"token_kwh": t, "customers": c, "read": c, "known_va": D(min(v, 1000))})
        for n, (k, t, c, v) in enumerate(drawn)
    ])  # fmt: skip
    if rows.empty:
        return
    kva = pd.Series({f"G{n}": 100.0 for n in range(len(drawn))})
    first = month_of_gardu(rows, kva, coverage_limit=0.8)
    again = month_of_gardu(rows, kva, coverage_limit=0.8, before=first)
    assert sum(again["kwh"], D(0)) == sum((k for k, *_ in drawn), D(0))
    for measure in Measure:
        assert set(again[str(measure)]) <= set(CLASSES)
    same = again["change"].dropna()
    assert (same == 0).all()
    assert all(len(BREAKS[m]) == 4 for m in Measure)
