"""Kilometres and minutes of survey days, where places and times tell them and not otherwise."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.survey.walked import days_walked, walked


def visits(*rows):
    """Rows of (officer, time, x, accuracy)."""
    frame = pd.DataFrame(rows, columns=["officer", "at", "x", "accuracy_m"])
    frame["at"] = pd.to_datetime("2024-12-" + frame["at"])
    return frame.assign(visit_no=range(len(frame)), y=0.0)


def test_a_day_is_as_long_as_the_lines_between_its_visits():
    days = days_walked(visits(("A", "03 08:00", 0, 5), ("A", "03 08:30", 300, 5), ("A", "03 09:10", 100, 5)))  # fmt: skip
    assert days[["stops", "placed", "metres", "minutes"]].iloc[0].tolist() == [3, 3, 500, 70]


def test_days_and_officers_are_apart():
    days = days_walked(visits(("A", "03 17:00", 0, 5), ("A", "04 08:00", 9000, 5), ("B", "04 08:01", 0, 5), ("B", "04 08:11", 50, 5)))  # fmt: skip
    told = walked(days)
    assert (told.days, told.measured, told.stops) == (3, 1, 4)
    assert (told.km, told.minutes) == pytest.approx((0.05, 10))


def test_a_place_that_is_not_exact_is_no_part_of_the_way():
    days = days_walked(visits(("A", "03 08:00", 0, 5), ("A", "03 08:10", 5000, 400), ("A", "03 08:20", 30, 5)))  # fmt: skip
    assert days[["stops", "placed", "metres"]].iloc[0].tolist() == [3, 2, 30]


def test_one_visit_or_none_is_not_measured_and_no_zero():
    days = days_walked(visits(("A", "03 08:00", 0, 5), ("A", "03 09:00", np.nan, np.nan)))
    assert days["metres"].isna().all() and days["minutes"].isna().all()
    assert walked(days).measured == 0
    none = days_walked(visits())
    assert walked(none).days == 0 and list(none.columns) == list(days.columns)


@given(st.permutations(range(6)))
def test_the_order_of_the_rows_makes_no_difference(order):
    rows = visits(*[("A", f"03 08:{k:02d}", 40 * k * (-1) ** k, 5) for k in range(6)])
    told = days_walked(rows.iloc[list(order)])
    assert told["metres"].iloc[0] == days_walked(rows)["metres"].iloc[0]
