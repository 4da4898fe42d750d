"""Down from the unit to its rows: each step sums to the one above, nobody is dropped."""

from decimal import Decimal as D

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_per_gardu import table

from rbmgeo.energy.drill import NO_PENYULANG, placed, step, sums_of
from rbmgeo.energy.per_gardu import NO_GARDU, NO_RBM, REJECTED

FEEDERS = pd.Series({"G1": "P1", "G2": "P1", "G3": None, "G4": ""})


def steps(rows):
    return placed(table(*rows), FEEDERS)


def test_gardu_without_feeder_and_customers_without_gardu_are_named_rows_and_last():
    rows = steps([("A", "G1", "5"), ("A", "G3", "900"), ("A", NO_GARDU, "800"), ("A", "G4", "1"),
                  (REJECTED, REJECTED, "7")])  # fmt: skip
    top = step(rows, coverage_limit=0.8)
    assert list(top.rows.index) == ["P1", NO_PENYULANG, NO_GARDU, REJECTED]
    assert top.rows["gardu"].tolist() == [1, 2, 0, 0]
    assert top.total["kwh"] == D(1713)


def test_a_feeder_has_its_gardu_and_a_gardu_its_rbm():
    rows = steps([("A", "G1", "5"), ("B", "G1", "6"), (NO_RBM, "G1", "7"), ("A", "G2", "100")])
    assert list(step(rows, penyulang="P1", coverage_limit=0.8).rows.index) == ["G2", "G1"]
    below = step(rows, gardu="G1", coverage_limit=0.8)
    assert (below.level, list(below.rows.index)) == ("rbm", ["B", "A", NO_RBM])
    assert below.total["kwh"] == D(18)


places = st.tuples(
    st.sampled_from(["A", "B", NO_RBM]), st.sampled_from(["G1", "G2", "G3", "G4", NO_GARDU]),
    st.decimals(-10, 5000, places=3).map(str),
)  # fmt: skip


@given(st.lists(places, min_size=1, max_size=20))
def test_each_step_sums_to_the_row_above_it(drawn):
    rows = steps(drawn)
    top = step(rows, coverage_limit=0.8)
    assert top.total == sums_of(rows)
    for feeder, row in top.rows.iterrows():
        if feeder == NO_GARDU:
            gardu = step(rows, gardu=NO_GARDU, coverage_limit=0.8)
            assert gardu.total["kwh"] == row["kwh"]
            continue
        below = step(rows, penyulang=feeder, coverage_limit=0.8)
        assert below.total["kwh"] == row["kwh"] == sum(below.rows["kwh"], D(0))
        for code, one in below.rows.iterrows():
            last = step(rows, gardu=code, coverage_limit=0.8)
            assert sum(last.rows["kwh"], D(0)) == one["kwh"]
            assert last.rows["customers"].sum() == one["customers"]
    assert sum(top.rows["kwh"], D(0)) == pytest.approx(top.total["kwh"])
