"""Where no street is known, one walks from neighbour to neighbour, and it is said."""

import geopandas as gpd
import numpy as np
import pytest
from drawn import SRID, streets
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from rbmgeo.network.fallback import by_neighbours
from rbmgeo.network.snap import Snapper
from rbmgeo.network.streets import street_network
from rbmgeo.network.walking import Walker

SPOTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30)


@given(SPOTS)
def test_never_shorter_than_straight_and_always_finite(spots):
    xy = np.array(spots, dtype=float) * 7 + 600_000
    got = by_neighbours(xy, detour=1.0)
    assert np.isfinite(got).all()
    assert (got >= cdist(xy, xy) - 1e-6).all()
    assert (got == got.T).all()
    assert (np.diag(got) == 0).all()


def test_an_empty_field_is_gone_round_along_the_houses():
    around = np.array([(x, 0) for x in range(0, 101, 10)] + [(0, y) for y in range(10, 101, 10)], dtype=float)  # fmt: skip
    got = by_neighbours(around, detour=1.0)
    assert got[10, 20] == pytest.approx(cdist(around[10:11], around[20:21])[0, 0], abs=60)
    assert got[10, 20] > 150


def test_a_row_of_houses_and_two_at_one_point():
    xy = np.array([(0.0, 0), (30, 0), (10, 0), (10, 0)])
    assert by_neighbours(xy, detour=1.5)[0].tolist() == [0, 45, 15, 15]


def test_a_house_far_off_walks_to_the_street_and_is_estimated():
    walker = Walker(street_network(streets([(0, 0), (1000, 0)])), detour=2.0, limit_m=100)
    where = gpd.GeoSeries.from_xy([0, 500, 510], [5, 300, 300], crs=SRID)
    walk = walker.walk(where)
    assert walk.matrix_m[0].tolist() == [0, 500 + 600, 510 + 600]
    assert walk.matrix_m[1, 2] == 20  # nearer to each other than to any street
    assert walk.estimated.tolist() == [
        [False, True, True],
        [True, False, True],
        [True, True, False],
    ]
    assert Snapper(walker.network).snap(where).off_m.tolist() == [5, 300, 300]
