"""Limits of a year: textbook figures, too few months, gaps, and nothing that depends on order."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.supervision.control_charts import LEAST_MONTHS, enough, individuals_chart, p_chart
from rbmgeo.supervision.month_trends import month_trends

MONTHS = [f"2024{m:02d}" for m in range(1, 13)]


def series(values, months=MONTHS):
    return pd.Series(values, months[: len(values)], dtype=float)


def test_limits_of_a_share_are_three_sigmas_of_chance_for_each_months_own_number():
    hits, of = series([10] * 12), series([100] * 11 + [400])
    chart = p_chart(hits, of)
    middle = 120 / 1500
    assert chart["middle"].iloc[0] == pytest.approx(middle)
    reach = [3 * np.sqrt(middle * (1 - middle) / n) for n in (100, 400)]
    assert chart["high"].iloc[0] == pytest.approx(middle + reach[0])
    assert chart["high"].iloc[-1] == pytest.approx(middle + reach[1])
    assert chart["low"].iloc[0] == 0, "a share is never below nothing"
    assert list(chart.index[chart["outside"]]) == ["202412"]


def test_limits_of_single_values_are_2_66_mean_ranges_off():
    """The constant of the XmR chart: 3 / 1.128 = 2.66."""
    chart = individuals_chart(series([10, 12, 11, 13, 10, 12, 11, 13, 10, 12, 11, 30]))
    ranges = [2, 1, 2, 3, 2, 1, 2, 3, 2, 1, 19]
    assert chart["high"].iloc[0] - chart["middle"].iloc[0] == pytest.approx(3 / 1.128 * np.mean(ranges))  # fmt: skip
    assert list(chart.index[chart["outside"]]) == ["202412"]


@pytest.mark.parametrize("months", [1, LEAST_MONTHS - 1])
def test_fewer_than_eight_months_have_no_limits_and_nothing_is_outside(months):
    values = series([1.0] * (months - 1) + [900])
    for chart in (individuals_chart(values), p_chart(values, values + 1)):
        assert not enough(chart) and not chart["outside"].any()
        assert chart["value"].notna().all()


def test_eight_months_have_limits():
    assert enough(individuals_chart(series(range(8)))) and enough(p_chart(series([1] * 8), series([50] * 8)))  # fmt: skip


def test_a_month_that_nothing_is_known_of_is_a_gap_and_no_zero():
    values = series([5.0, 6, 5, 6, np.nan, 6, 5, 6, 5, 6])
    chart = individuals_chart(values)
    assert np.isnan(chart["value"].iloc[4]) and not chart["outside"].iloc[4]
    assert chart["middle"].iloc[0] == pytest.approx(values.mean())
    shares = p_chart(series([2] * 9 + [0]), series([50] * 9 + [0]))
    assert np.isnan(shares["value"].iloc[-1]) and np.isnan(shares["high"].iloc[-1])
    assert shares["middle"].iloc[0] == pytest.approx(2 / 50)


def test_gaps_alone_leave_no_range_and_no_limits():
    gaps = series([1.0, np.nan] * 8, [f"{2023 + k // 12}{k % 12 + 1:02d}" for k in range(16)])
    assert not enough(individuals_chart(gaps))


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(50, 400)), min_size=1, max_size=14),
)
def test_a_month_is_outside_exactly_where_its_share_leaves_its_limits(rows):
    hits, of = pd.Series([h for h, _ in rows]), pd.Series([n for _, n in rows])
    chart = p_chart(hits, of)
    assert list(chart.index) == list(hits.index)
    if len(rows) < LEAST_MONTHS:
        assert not chart["outside"].any() and chart["low"].isna().all()
        return
    assert ((chart["low"] >= 0) & (chart["high"] <= 1)).all()
    assert (chart["low"] <= chart["middle"]).all() and (chart["middle"] <= chart["high"]).all()
    off = (chart["value"] < chart["low"] - 1e-9) | (chart["value"] > chart["high"] + 1e-9)
    assert (chart["outside"] == off).all()


def test_a_year_of_a_unit_has_its_trends_and_knows_what_it_does_not_know():
    counts = pd.DataFrame({"officer": ["A", "B"], "read": [90, 40], "customers": [100, 50], "on_day": [0, 0], "dated": [0, 0]})  # fmt: skip
    told = month_trends(MONTHS, {"202403": counts}, {"202404": (1, 50)}, {"202405": 12})
    assert told["terbaca"]["value"].dropna().to_dict() == {"202403": pytest.approx(130 / 150)}
    assert told["tepat_hari"]["value"].isna().all(), "no date known is no share of zero"
    assert told["foto_beda"]["value"].dropna().to_dict() == {"202404": pytest.approx(0.02)}
    assert told["kwh"]["value"].dropna().to_dict() == {"202405": 12}
    assert all(list(chart.index) == MONTHS for chart in told.values())
