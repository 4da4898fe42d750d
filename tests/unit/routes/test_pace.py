"""How much longer walks on the streets are than plans estimate, told by some of today's RBM."""

import geopandas as gpd
import pandas as pd
import pytest
from drawn import SRID, streets

from rbmgeo.network.streets import street_network
from rbmgeo.network.walking import Walker
from rbmgeo.routes.pace import walk_per_tree


def town(bend):
    """Two RBM of 30 houses in a row each, 10 m apart, on a street or on teeth of a comb."""
    xy = [(10.0 * k, 0.0) for k in range(60)]
    index = pd.Index([f"{k:03d}" for k in range(60)], name="idpel")
    rbm = pd.Series(["A"] * 30 + ["B"] * 30, index)
    comb = [
        p for k in range(60) for p in ((10.0 * k, 0.0), (10.0 * k, -bend), (10.0 * k + 10, -bend))
    ]
    line = comb if bend else [(0, 0), (600, 0)]
    return rbm, gpd.GeoSeries.from_xy(*zip(*xy, strict=True), index=index, crs=SRID), line


@pytest.mark.parametrize(("bend", "factor"), [(0, 1.0), (5, 2.0)])
def test_a_walk_along_a_comb_is_twice_the_straight_one(bend, factor):
    rbm, where, line = town(bend)
    walker = Walker(street_network(streets(line)))
    assert walk_per_tree(rbm, where, walker) == pytest.approx(factor, abs=0.01)


def test_without_streets_or_without_routes_nothing_is_told():
    rbm, where, line = town(0)
    assert walk_per_tree(rbm, where, Walker(None)) is None
    few = rbm.iloc[:10]
    assert walk_per_tree(few, where, Walker(street_network(streets(line)))) is None
