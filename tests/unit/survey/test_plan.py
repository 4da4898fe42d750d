"""A plan brings most corrections for the way walked; controls are drawn, poles are done at once."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point

from rbmgeo.network.walking import Walker
from rbmgeo.survey.plan import Ground, by_walk, second_lists, walk_list, with_seconds
from rbmgeo.survey.stops import pole_stops
from rbmgeo.survey.tasks import PlanParams, choose_visits


def town(seed=3, count=1500, doubted=300):
    """Houses over 6 km; the doubted ones alike in p, so that only the way tells them apart."""
    rng = np.random.default_rng(seed)
    index = pd.Index([f"{n:012d}" for n in range(count)], name="idpel")
    xy = rng.uniform(0, 6000, (count, 2))
    xy[:120] = 3000 + rng.normal(0, 120, (120, 2))
    p = np.where(np.arange(count) < doubted, rng.uniform(0.9, 0.94, count), 0.04)
    found = pd.DataFrame({"kind": np.where(p > 0.5, "gardu_diragukan", "ok"), "p": p,
                          "patch": None, "question": None}, index=index)  # fmt: skip
    points = gpd.GeoSeries(gpd.points_from_xy(*xy.T), index=index, crs=32749)
    return Ground(found, points, set(), set(), set(), pd.Series(None, index, dtype=object), 2)


def test_as_many_corrections_for_far_less_walking():
    ground, params = town(), PlanParams(visits=100)
    walked, certain = by_walk(ground, Walker(None), params)
    assert len(walked.visits) == len(certain.visits) == 99  # one control is visited twice
    assert walked.walk_m < 0.7 * certain.walk_m
    assert walked.expected >= params.keep * certain.expected
    assert walked.per_km() > certain.per_km()


def test_the_same_plan_comes_out_whatever_the_row_order():
    ground, params = town(), PlanParams(visits=60)
    turned = Ground(ground.findings.sample(frac=1, random_state=2), ground.points, set(), set(),
                    set(), ground.poles, 2)  # fmt: skip
    one, two = (by_walk(g, Walker(None), params)[0] for g in (ground, turned))
    pd.testing.assert_frame_equal(one.visits.sort_index(), two.visits.sort_index())


@pytest.mark.parametrize("price", [0.0, 0.001, 0.1])
def test_controls_do_not_depend_on_the_way(price):
    ground, params = town(), PlanParams(visits=60, seed=5)
    chosen = choose_visits(ground.findings, ground.points, set(), params, price=price)
    drawn = set(chosen.index[chosen["control"]])
    plain = choose_visits(ground.findings, ground.points, set(), params)
    assert drawn == set(plain.index[plain["control"]])
    assert len(chosen) + int(chosen["double"].sum()) == 60


def test_a_day_has_an_end_and_its_controls_stay_a_share():
    ground = town()
    params = PlanParams(visits=140, minutes=300)
    plan, _ = by_walk(ground, Walker(None), params)
    assert plan.lists["minutes"].max() <= 300
    assert 20 < len(plan.visits) < 139
    assert plan.visits["control"].mean() < 0.2


def test_who_is_asked_for_first_is_visited_whatever_his_p():
    ground = town()
    far = set(ground.findings.index[[1400, 1450]])
    asked = Ground(ground.findings, ground.points, set(), set(), far, ground.poles, 2)
    plan, certain = by_walk(asked, Walker(None), PlanParams(visits=40))
    for one in (plan, certain):
        assert far <= set(one.visits.index[~one.visits["control"]])


def test_houses_of_a_pole_are_visited_together():
    names = [f"{n:012d}" for n in range(6)]
    xy = [(0, 0), (200, 0), (5, 0), (203, 0), (100, 0), None]
    points = gpd.GeoSeries([p and Point(p) for p in xy], index=names, crs=32749)
    poles = pd.Series(["T1", "T2", "T1", "T2", None, "T1"], names)
    stop = pole_stops(points, poles)
    assert stop[names[0]] == stop[names[2]] == stop[names[5]]
    assert stop.nunique() == 3
    order, length_m, guessed = walk_list(names, points, poles, Walker(None, detour=1.0))
    turns = pd.Series([stop[i] for i in order])
    assert (turns != turns.shift()).sum() == 3, "a pole is never come back to"
    assert guessed and length_m == pytest.approx(203)
    assert sorted(order) == names


def test_one_code_on_two_poles_far_apart_is_two_stops():
    points = gpd.GeoSeries([Point(0, 0), Point(900, 0)], index=["a", "b"], crs=32749)
    assert pole_stops(points, pd.Series("01", ["a", "b"])).nunique() == 2


def test_the_second_visit_is_somebody_elses():
    ground = town()
    plan, _ = by_walk(ground, Walker(None), PlanParams(visits=140))
    surveyor = pd.Series([1, 2], index=[0, 1])
    again = second_lists(plan, ground.points, surveyor)
    assert len(again) == plan.visits["double"].sum() == 1
    for idpel, number in again.items():
        assert number != plan.visits.loc[idpel, "list"]
    assert second_lists(plan, ground.points, pd.Series(1, index=[0, 1])).empty


def test_the_second_visit_lies_on_the_way_of_its_list():
    ground, params = town(), PlanParams(visits=140)
    plan, _ = by_walk(ground, Walker(None), params)
    both = with_seconds(plan, ground, Walker(None), params, pd.Series([1, 2], index=[0, 1]))
    assert len(both.visits) == 140 and both.visits["second"].sum() == 1
    assert both.visits[~both.visits["second"]].index.is_unique
    for number, rows in both.visits.groupby("list"):
        assert sorted(rows["stop"]) == list(range(1, len(rows) + 1))
        assert both.lists.loc[number, "houses"] == len(rows)
    assert both.walk_m > 0
