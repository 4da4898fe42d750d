import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point

from rbmgeo.errors import UsageError
from rbmgeo.survey.tasks import PlanParams, choose_visits, split_lists


def findings(count, *, doubted=10):
    idpels = [f"{n:012d}" for n in range(count)]
    p = np.linspace(0.99, 0.01, count)
    return pd.DataFrame(
        {
            "kind": ["gardu_diragukan" if n < doubted else "ok" for n in range(count)],
            "p": np.where(np.arange(count) < doubted, p, 0.05),
            "patch": None,
            "question": ["question.pole" if n < doubted else None for n in range(count)],
        },
        index=pd.Index(idpels, name="idpel"),
    )


def points(index, without=()):
    return gpd.GeoSeries(
        [None if i in without else Point(n * 30, (n * 7) % 400) for n, i in enumerate(index)],
        index=index,
        crs=32749,
    )


def test_most_doubtful_first_and_controls_among_the_undoubted():
    found = findings(200)
    chosen = choose_visits(found, points(found.index), set(), PlanParams(visits=20))
    assert len(chosen) == 20 and chosen["control"].sum() == 2
    assert set(found.index[:10]) <= set(chosen.index[~chosen["control"]])
    assert found.loc[chosen.index[chosen["control"]], "kind"].eq("ok").all()
    assert chosen["question"].notna().all()


def test_the_same_seed_draws_the_same_whatever_the_row_order():
    found = findings(200)
    shuffled = found.sample(frac=1, random_state=5)
    first = choose_visits(found, points(found.index), set(), PlanParams(visits=30))
    second = choose_visits(shuffled, points(found.index), set(), PlanParams(visits=30))
    pd.testing.assert_frame_equal(first, second)
    other = choose_visits(found, points(found.index), set(), PlanParams(visits=30, seed=2))
    assert set(other.index) != set(first.index)


def test_who_has_an_answer_that_stands_is_not_asked_again():
    found = findings(50)
    settled = set(found.index[:10])
    chosen = choose_visits(found, points(found.index), settled, PlanParams(visits=20))
    assert not settled & set(chosen.index)


def test_controls_have_a_point():
    found = findings(40)
    blind = set(found.index[15:])
    chosen = choose_visits(found, points(found.index, blind), set(), PlanParams(visits=20))
    assert not set(chosen.index[chosen["control"]]) & blind


def test_lists_are_near_and_even_and_a_patch_stays_together():
    found = findings(100, doubted=60)
    found.loc[found.index[[3, 30, 50]], "patch"] = "P1"
    where = points(found.index)
    chosen = choose_visits(found, where, set(), PlanParams(visits=80))
    lists = split_lists(chosen, where, 4)
    assert sorted(lists.unique()) == [0, 1, 2, 3]
    assert lists.value_counts().between(17, 23).all()
    assert lists[chosen.index[chosen["patch"].eq("P1")]].nunique() == 1


def test_nobody_without_a_point_is_lost():
    found = findings(12, doubted=12)
    where = points(found.index, set(found.index[:5]))
    chosen = choose_visits(found, where, set(), PlanParams(visits=12))
    assert len(split_lists(chosen, where, 3)) == 12


def test_days_follow_from_the_visits_where_none_are_named():
    assert PlanParams(visits=300, surveyors=2, days=0).lists() == 6
    with pytest.raises(UsageError):
        PlanParams(visits=0).lists()
    with pytest.raises(UsageError):
        PlanParams(visits=5000, surveyors=1, days=1).lists()


def test_who_was_reported_is_visited_before_the_undoubted_and_is_no_control():
    """R-MA-08, R-MA-09."""
    found = findings(100, doubted=3)
    reported = set(found.index[[40, 70]])
    chosen = choose_visits(
        found, points(found.index), set(), PlanParams(visits=10), reported=reported
    )
    assert reported <= set(chosen.index[~chosen["control"]])
    assert chosen.loc[sorted(reported), "question"].tolist() == ["question.pole"] * 2


def test_without_any_doubt_every_house_is_a_control():
    found = findings(50, doubted=0)
    chosen = choose_visits(found, points(found.index), set(), PlanParams(visits=20))
    # Two of the twenty visits are second ones to the same houses (R-SB-02).
    assert len(chosen) == 18 and chosen["control"].all() and chosen["double"].sum() == 2
    told = choose_visits(found, points(found.index), set(), PlanParams(visits=20),
                         reported={found.index[3]})  # fmt: skip
    assert not told.loc[found.index[3], "control"]
