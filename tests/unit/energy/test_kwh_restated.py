"""A month under two mappings: each gardu before and after, and one sum on both sides."""

from decimal import Decimal as D

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.energy.per_gardu import NO_GARDU
from rbmgeo.energy.restated import restated


def flows(*rows):
    columns = ["before", "after", "customers", "kwh", "token_kwh"]
    return pd.DataFrame([(b, a, n, D(k), D(t)) for b, a, n, k, t in rows], columns=columns).astype(
        {"kwh": object, "token_kwh": object}
    )


def test_eighteen_customers_moved_and_the_sums_stay():
    found = restated(
        flows(("PD0123", "PD0123", 60, "9000", "10"), ("PD0123", "PD0124", 18, "2400.5", "3"),
              (NO_GARDU, "PD0124", 1, "7", "0"))
    )  # fmt: skip
    places = found.places
    assert places.loc["PD0123", ["kwh_old", "kwh_new", "kwh_difference"]].tolist() == [
        D("11400.5"), D("9000"), D("-2400.5")]  # fmt: skip
    assert places.loc["PD0124", ["customers_old", "customers_new"]].tolist() == [0, 19]
    assert places.loc[NO_GARDU, "kwh_difference"] == D(-7)
    assert found.moves[["before", "after", "customers"]].to_numpy().tolist() == [
        ["PD0123", "PD0124", 18], [NO_GARDU, "PD0124", 1]]  # fmt: skip
    assert found.total("kwh", "old") == found.total("kwh", "new") == D("11407.5")


places = st.sampled_from(["G1", "G2", "G3", NO_GARDU])
amounts = st.decimals(-50, 9000, places=3)


@given(st.dictionaries(st.tuples(places, places), st.tuples(st.integers(0, 40), amounts, amounts)))
def test_both_sides_are_the_source_to_the_last_digit(drawn):
    table = flows(*[(b, a, n, str(k), str(t)) for (b, a), (n, k, t) in drawn.items()])
    found = restated(table)
    for name in ("customers", "kwh", "token_kwh"):
        source = sum((D(v) for v in table[name]), D(0))
        assert found.total(name, "old") == found.total(name, "new") == source
        assert sum((D(v) for v in found.places[f"{name}_difference"]), D(0)) == 0
    back = restated(table.rename(columns={"before": "after", "after": "before"}))
    assert (back.places["kwh_difference"] == -found.places["kwh_difference"]).all()
    gone = found.moves
    for place, row in found.places.iterrows():
        came = sum(gone.loc[gone["after"] == place, "kwh"], D(0))
        left = sum(gone.loc[gone["before"] == place, "kwh"], D(0))
        assert row["kwh_difference"] == came - left
