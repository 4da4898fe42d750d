"""The closed loop played on planted errors: nobody asked twice, nothing found that is not wrong."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.survey import rehearsal
from rbmgeo.survey.rehearsal import WAYS, RehearsalParams, part_of, rehearsed, staged

CRS = 32749
SIDE = 24
#: A house every 20 m on a square, a gardu amid every 120 m; each house on its nearest gardu.
XY = np.array([(20.0 * i, 20.0 * j) for i in range(SIDE) for j in range(SIDE)])
SITES = np.array([(60.0 + 120 * i, 60.0 + 120 * j) for i in range(4) for j in range(4)])
NAMES = pd.Index([f"c{n:04d}" for n in range(len(XY))], name="idpel")
CODES = [f"G{n:02d}" for n in range(len(SITES))]
HOME = np.argmin(np.hypot(*(XY[:, None] - SITES[None]).transpose(2, 0, 1)), axis=1)


def points():
    return gpd.GeoSeries(gpd.points_from_xy(*XY.T), index=NAMES, crs=CRS)


def gardu():
    return gpd.GeoDataFrame(
        {"rating_kva": np.nan}, index=pd.Index(CODES, name="gardu"),
        geometry=gpd.points_from_xy(*SITES.T), crs=CRS,
    )  # fmt: skip


def recorded():
    return pd.Series([CODES[h] for h in HOME], index=NAMES)


@pytest.fixture
def stage(monkeypatch):
    """Return the square with 29 errors; the detector's part is played by the neighbours' vote."""

    def voted(places, told, sites, context, params):
        label = pd.factorize(told, sort=True)[0]
        said = label[rehearsal.nearest_customers(XY, 8).near]
        p = (said != label[:, None]).mean(axis=1)
        return SimpleNamespace(frame=pd.DataFrame({"p": p}, index=told.index))

    monkeypatch.setattr(rehearsal, "detect", voted)
    return staged(points(), recorded(), gardu())


SMALL = RehearsalParams(rounds=3, visits=20, controls=4)


def test_a_twentieth_is_planted_and_the_same_seed_plants_the_same():
    one, two = (staged(points(), recorded(), gardu(), seed=4) for _ in range(2))
    assert one.errors == round(0.05 * len(XY))
    assert (one.recorded == two.recorded).all()
    other = staged(points(), recorded(), gardu(), seed=5)
    assert (one.recorded != other.recorded).any()


def test_found_errors_rise_and_are_never_more_than_visits_or_errors(stage):
    done = rehearsed(stage, SMALL)
    assert list(done.found.columns) == list(WAYS)
    assert list(done.found.index) == list(range(1, 61))
    steps = done.found.diff().fillna(done.found.iloc[0])
    assert steps.isin([0, 1]).all(axis=None)
    assert (done.found.iloc[-1] <= stage.errors).all()


def test_without_a_mistake_every_error_is_found_once_all_are_visited(stage):
    params = RehearsalParams(rounds=4, visits=144, controls=2, wrong_answers=0, cannot_trace=0)
    done = rehearsed(stage, params)
    assert done.found.iloc[-1].tolist() == [stage.errors] * len(WAYS)
    assert len(done.answers) == len(XY), "somebody was asked twice, or never"
    assert done.rounds["found"].sum() == stage.errors


def test_what_cannot_be_traced_finds_nothing_and_teaches_nothing(stage):
    done = rehearsed(stage, RehearsalParams(rounds=2, visits=20, controls=2, cannot_trace=1))
    assert (done.found.iloc[-1] == 0).all()
    assert done.answers.empty


def test_a_surveyor_who_errs_in_a_twentieth_finds_fewer_than_one_who_does_not(stage):
    sure = RehearsalParams(rounds=4, visits=144, controls=2, wrong_answers=0, cannot_trace=0)
    erring = RehearsalParams(rounds=4, visits=144, controls=2, wrong_answers=0.3, cannot_trace=0)
    assert (rehearsed(stage, erring).found.iloc[-1] < rehearsed(stage, sure).found.iloc[-1]).all()


def test_the_vote_finds_more_than_chance_and_a_seed_repeats_it(stage):
    done, again = rehearsed(stage, SMALL), rehearsed(stage, SMALL)
    assert done.found.equals(again.found)
    assert done.found["vote"].iloc[-1] > done.found["chance"].iloc[-1]
    assert not done.found.equals(rehearsed(stage, RehearsalParams(3, 20, 4, seed=2)).found)


def test_controls_are_drawn_beside_the_leads(stage):
    answers = rehearsed(stage, SMALL).answers
    by = answers.groupby("round")["control"].sum()
    assert (by <= SMALL.controls).all()
    assert by.sum() > 0
    low = answers.loc[answers["control"].astype(bool), "raw_p"].mean()
    assert low < answers.loc[~answers["control"].astype(bool), "raw_p"].mean()


def test_too_small_a_unit_and_too_many_visits_are_said(stage):
    few = NAMES[:100]
    with pytest.raises(NothingToDo, match="too few to rehearse"):
        staged(points()[few], recorded()[few], gardu())
    with pytest.raises(NothingToDo, match="more than the 576 houses"):
        rehearsed(stage, RehearsalParams(rounds=6, visits=100))
    with pytest.raises(UsageError, match="fewer controls than visits"):
        RehearsalParams(visits=10, controls=10)


def test_a_part_of_a_large_unit_is_whole_gardu_side_by_side():
    part = part_of(points(), recorded(), 200, seed=3)
    assert 100 < len(part) <= 200
    taken = recorded()[part].value_counts()
    assert (taken == recorded().value_counts()[taken.index]).all()
    assert part.equals(part_of(points().iloc[::-1], recorded().iloc[::-1], 200, seed=3))
    assert len(part_of(points(), recorded(), 10_000, seed=3)) == len(XY)
