"""The way on a sheet: along the streets, on the side of the houses, guessed where none is known."""

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString

from rbmgeo.network.streets import street_network
from rbmgeo.sheets.ways import Leg, beside, from_streets, walked_legs

STREETS = street_network(
    gpd.GeoDataFrame(
        {"highway": ["residential"] * 2},
        geometry=[LineString([(0, 0), (100, 0)]), LineString([(100, 0), (100, 100)])],
        crs=32749,
    )
)


def length(points):
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


def test_the_way_follows_the_street_round_the_corner():
    (leg,) = walked_legs(np.array([[20.0, 5.0], [104.0, 60.0]]), STREETS)
    assert not leg.guessed
    assert length(leg.points) == pytest.approx(80 + 60, abs=0.1)
    assert leg.sides == (1, -1)


def test_two_houses_on_one_street_are_joined_along_it_and_back_again():
    there, back = walked_legs(np.array([[10.0, 4.0], [40.0, -4.0], [12.0, 4.0]]), STREETS)
    assert there.points[[0, -1]].tolist() == [[10, 0], [40, 0]] and there.sides == (1, -1)
    assert back.points[[0, -1]].tolist() == [[40, 0], [12, 0]] and back.sides == (1, -1)


def test_without_streets_or_far_from_them_the_way_is_said_to_be_guessed():
    xy = np.array([[0.0, 0.0], [50.0, 900.0]])
    assert all(leg.guessed for leg in walked_legs(xy, None))
    assert walked_legs(xy, STREETS)[0].guessed
    assert walked_legs(xy[:1], STREETS) == []


def test_a_way_lies_beside_the_street_and_crosses_just_before_the_house():
    line = np.array([[0.0, 0.0], [10.0, 0.0]])
    same = beside(Leg(line, False, (1, 1)), 0.8)
    assert same[:, 1].tolist() == [0.8, 0.8]
    over = beside(Leg(line, False, (1, -1)), 0.8, crossing=3.0)
    assert over[0, 1] == 0.8 and over[-1, 1] == -0.8
    assert over[over[:, 0] < 7, 1].min() > 0


def test_houses_are_seen_from_their_street():
    away = from_streets(np.array([[50.0, 8.0], [50.0, -8.0]]), STREETS)
    assert away.round(6).tolist() == [[0, 1], [0, -1]]
