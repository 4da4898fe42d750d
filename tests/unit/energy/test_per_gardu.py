"""Sums per RBM and gardu are exact; what is not known is said beside them (R-EN-06 to R-EN-09)."""

from decimal import Decimal as D

import pandas as pd
import pytest

from rbmgeo.energy.per_gardu import (
    COUNTS,
    NO_GARDU,
    NO_RBM,
    REJECTED,
    load_of_gardu,
    totals,
    with_hours,
)


def table(*rows):
    """(rbm, gardu, kwh[, more]) rows; what is not said is nothing."""
    out = []
    for rbm, gardu, kwh, *more in rows:
        said = dict.fromkeys(COUNTS, 0) | {"customers": 1}
        said |= {"kwh": D(kwh), "active_kwh": D(kwh), "token_kwh": D(0)}
        said |= {"daya_va": D(1000), "known_va": D(1000), "known_kwh": D(kwh)}
        out.append({"rbm": rbm, "gardu": gardu, **said, **(more[0] if more else {})})
    return pd.DataFrame(out)


def test_totals_are_exact_and_hold_what_was_refused():
    got = totals(table(("A", "G1", "0.1"), ("A", NO_GARDU, "0.2"), (NO_RBM, "G1", "1e-9"), (REJECTED, REJECTED, "5")))  # fmt: skip
    assert got.kwh == D("5.300000001")
    assert (got.rejected_kwh, got.customers) == (D(5), 4)


def test_ten_thousand_tenths_are_a_thousand():
    assert totals(table(*[("A", "G1", "0.1")] * 10_000)).kwh == 1000


def test_hours_are_those_of_customers_whose_kwh_is_known():
    got = with_hours(
        table(("A", "G1", "300", {"daya_va": D(4000), "known_va": D(3000)})), coverage_limit=0.8
    ).iloc[0]
    assert (got["hours"], got["coverage"], got["incomplete"]) == (100, 0.75, True)
    assert not with_hours(table(("A", "G1", "300")), coverage_limit=0.8)["incomplete"].any()


def test_hours_without_power_are_missing_and_not_zero():
    nothing = {"daya_va": D(0), "known_va": D(0)}
    got = with_hours(table(("A", "G1", "300", nothing)), coverage_limit=0.8)
    assert got[["hours", "coverage"]].isna().all(axis=None)
    assert got["incomplete"].all()


def loaded(kwh, kva=100.0, months=1, **more):
    rows = table(("A", "G1", kwh, more))
    return load_of_gardu(rows, pd.Series({"G1": kva}), months=months, coverage_limit=0.8).loc["G1"]


@pytest.mark.parametrize(
    ("kwh", "mark"),
    [("61201", "mustahil"), ("61200", "tinggi"), ("48961", "tinggi"), ("48960", "")],
)
def test_100_kva_can_give_61200_kwh_a_month(kwh, mark):
    assert loaded(kwh)["mark"] == mark


def test_several_months_have_several_ceilings_and_tokens_count():
    assert loaded("61201", months=2)["load"] == 0.5
    assert loaded("30000", token_kwh=D(31201))["mark"] == "mustahil"


def test_connected_power_is_held_against_the_transformer():
    assert loaded("10", daya_va=D(250_000))["connected"] == 2.5


def test_a_transformer_of_unknown_size_is_not_judged():
    got = loaded("99999999", kva=float("nan"))
    assert got[["load", "connected"]].isna().all()
    assert got["mark"] == ""
    assert pd.isna(loaded("1", kva=0.0)["load"])


def test_customers_without_rbm_count_at_their_gardu_and_those_without_gardu_at_none():
    rows = table(
        ("A", "G1", "1"), (NO_RBM, "G1", "2"), ("A", NO_GARDU, "4"), (REJECTED, REJECTED, "8")
    )
    got = load_of_gardu(rows, pd.Series({"G1": 100.0}), months=1, coverage_limit=0.8)
    assert got["kwh"].to_dict() == {"G1": D(3)}


def test_nothing_is_called_losses():
    assert not [c for c in loaded("1").index if "susut" in c or "loss" in c]


def test_nobody_is_a_customer_twelve_times():
    """Over a year kWh add up; customers and connected VA are those of the last month."""
    rows = pd.concat(
        [table(("A", "G1", "100", {"daya_va": D(50_000), "customers": 7})).assign(blth=f"2024{m:02d}")
         for m in range(1, 13)],
        ignore_index=True,
    )  # fmt: skip
    got = load_of_gardu(rows, pd.Series({"G1": 100.0}), months=12, coverage_limit=0.8).loc["G1"]
    assert (got["connected"], got["customers"], got["daya_va"]) == (0.5, 7, D(50_000))
    assert got["kwh"] == D(1200)


def test_a_gardu_that_lost_its_customers_keeps_its_kwh():
    rows = table(("A", "G1", "5"), ("A", "G2", "6")).assign(blth=["202401", "202402"])
    got = load_of_gardu(rows, pd.Series({"G1": 100.0}), months=2, coverage_limit=0.8)
    assert got["kwh"].to_dict() == {"G1": D(5), "G2": D(6)}
    assert got["customers"].to_dict() == {"G1": 0, "G2": 1}
