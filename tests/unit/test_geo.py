"""Metres are metres of the unit's own zone (R-IM-11)."""

import geopandas as gpd
import numpy as np
import pytest
from drawn import points

from rbmgeo.errors import CrsError
from rbmgeo.geo import (
    coordinates,
    degrees_of_metres,
    metres_xy,
    require_metres,
    to_degrees,
    to_metres,
    utm_srid,
)


@pytest.mark.parametrize(
    ("lon", "lat", "srid"),
    [
        (112.69, -7.65, 32749), (95.3, 5.55, 32646), (140.7, -2.5, 32754), (-52.1, -28.1, 32722),
        (2.3, 48.9, 32631), (180.0, 0.0, 32660), (-180.0, -1.0, 32701), (114.0, -8.0, 32750),
    ],
)  # fmt: skip
def test_the_zone_of_a_position(lon, lat, srid):
    assert utm_srid(lon, lat) == srid


@pytest.mark.parametrize(
    ("lon", "lat"), [(686_500.0, 9_154_000.0), (0.0, 89.0), (float("nan"), 0.0)]
)
def test_what_is_no_degree_has_no_zone(lon, lat):
    with pytest.raises(CrsError):
        utm_srid(lon, lat)


def test_a_degree_of_longitude_at_pandaan_is_about_110_km():
    x, _ = metres_xy([112.19, 113.19], [-7.65, -7.65], 32749)
    assert 110_000 < x[1] - x[0] < 110_600  # and not 111.32


def test_a_missing_place_stays_missing():
    x, y = metres_xy([112.69, np.nan, 112.7], [-7.65, -7.65, np.nan], 32749)
    assert np.isnan(x).tolist() == np.isnan(y).tolist() == [False, True, True]


def test_there_and_back_is_the_same_place():
    x, y = metres_xy([112.69], [-7.65], 32749)
    assert degrees_of_metres(x, y, 32749)[0] == pytest.approx([112.69, -7.65], abs=1e-9)
    where = points({"a": (686_500.0, 9_154_000.0)})
    assert to_metres(to_degrees(where), 32749).iloc[0].distance(where.iloc[0]) < 1e-3


def test_degrees_and_nowhere_are_no_metres():
    where = points({"a": (0.0, 0.0)})
    require_metres(where)
    for wrong in (where.to_crs(4326), gpd.GeoSeries(where.to_numpy())):
        with pytest.raises(CrsError, match="to_metres first"):
            require_metres(wrong)


def test_coordinates_of_who_has_none_are_missing():
    got = coordinates(points({"a": (1.0, 2.0), "b": None}))
    assert got[0].tolist() == [1, 2]
    assert np.isnan(got[1]).all()
    assert coordinates(points({"b": None})).shape == (1, 2)
