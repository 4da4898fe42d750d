"""A schedule gives every gardu's houses away once; what was answered counts once."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from rbmgeo.errors import UsageError
from rbmgeo.survey.schedule import Work, propose, realised

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def waiting(targets, expected=None):
    index = pd.Index([f"G{n}" for n in range(len(targets))], name="gardu")
    table = pd.DataFrame(
        {"target": targets, "expected": expected or list(map(float, targets))}, index
    )
    points = gpd.GeoSeries([Point(n * 100, 0) for n in range(len(targets))], index, crs=32749)
    return table, points


def test_a_day_begins_where_most_is_expected_and_holds_neighbours():
    table, points = waiting([5] * 6, [1, 1, 1, 1, 1, 9])
    made = propose(table, points, Work(("A",), MONDAY, capacity=15))
    first = made[made["due_on"] == MONDAY]
    assert first["gardu"].tolist() == ["G5", "G4", "G3"]
    assert made["due_on"].nunique() == 2


def test_work_is_done_monday_to_saturday_but_not_on_days_off():
    table, points = waiting([10] * 8)
    work = Work(("A",), date(2026, 11, 27), capacity=10, days_off=frozenset({date(2026, 11, 30)}))
    days = sorted(propose(table, points, work)["due_on"])
    assert days[:3] == [date(2026, 11, 27), date(2026, 11, 28), date(2026, 12, 1)]
    assert not {d.weekday() for d in days} & {6}


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 150), min_size=1, max_size=12), st.integers(20, 90), st.integers(1, 3)
)
def test_no_house_is_lost_and_no_day_overfull(targets, capacity, people):
    table, points = waiting(targets)
    officers = tuple("ABC"[:people])
    made = propose(table, points, Work(officers, MONDAY, capacity))
    assert made.groupby("gardu")["target"].sum().to_dict() == {
        g: n for g, n in table["target"].items() if n
    }
    if len(made):
        assert made.groupby(["officer", "due_on"])["target"].sum().max() <= capacity
        assert made["expected"].sum() == pytest.approx(table["expected"].sum())


def test_a_gardu_nobody_knows_the_place_of_is_scheduled_too():
    table, points = waiting([3, 4])
    points.iloc[1] = None
    assert set(propose(table, points, Work(("A",), MONDAY))["gardu"]) == {"G0", "G1"}


def test_nobody_to_work_is_refused():
    with pytest.raises(UsageError):
        Work((), MONDAY)


def plan(*rows):
    table = pd.DataFrame(rows, columns=["gardu", "officer", "due_on", "target"]).astype(
        {"officer": object, "due_on": object}
    )
    return table.assign(expected=1.0).rename_axis("schedule_id")


def answers(*rows):
    return pd.DataFrame(rows, columns=["idpel", "gardu", "officer", "answered_on"])


def test_late_is_what_is_past_and_not_reached():
    table = plan(("G1", "A", MONDAY, 2), ("G2", "A", TUESDAY, 1), ("G3", None, None, 1),
                 ("G4", "B", date(2026, 11, 30), 1), ("G5", "A", MONDAY, 1))  # fmt: skip
    told = answers(("1", "G1", "A", MONDAY), ("5", "G5", "A", MONDAY))
    done = realised(table, told, on=TUESDAY)
    assert done["gardu"].tolist() == ["G1", "G2", "G3", "G4", "G5"]
    assert done["state"].tolist() == [
        "terlambat", "hari_ini", "belum_dibagi", "belum_waktunya", "selesai",
    ]  # fmt: skip
    assert done["days_late"].tolist() == [1, 0, 0, 0, 0]


def test_a_house_counts_once_and_for_whoever_was_there_on_the_day():
    table = plan(("G1", "A", MONDAY, 2), ("G1", "B", TUESDAY, 2))
    told = answers(
        ("1", "G1", "A", MONDAY), ("1", "G1", "B", TUESDAY), ("2", "G1", "B", TUESDAY),
        ("3", "G1", "C", TUESDAY), ("9", "G9", "A", MONDAY),
    )  # fmt: skip
    done = realised(table, told, on=TUESDAY).sort_index()
    assert done["own"].tolist() == [1, 1]
    assert done["other"].tolist() == [1, 0]
    assert done["done"].sum() == 3
    assert np.isin(done["state"], ["selesai", "hari_ini"]).all()
