import json

import numpy as np
import pandas as pd
import pytest

from rbmgeo.errors import UsageError
from rbmgeo.survey.lasso import box_around, drawn_border, inside, within

SQUARE = [[112.70, -7.65], [112.71, -7.65], [112.71, -7.64], [112.70, -7.64]]
LON, LAT = pd.Series([112.705, 112.72, np.nan, 112.70]), pd.Series([-7.645, -7.645, np.nan, -7.645])


def test_who_lies_within_or_on_the_border_is_in_and_without_a_place_never():
    border = drawn_border(json.dumps(SQUARE))
    assert inside(border, LON, LAT).tolist() == [True, False, False, True]


@pytest.mark.parametrize(
    "told",
    [
        {"type": "Polygon", "coordinates": [SQUARE]},
        {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [SQUARE]}},
    ],
)
def test_a_geojson_polygon_is_the_same_border(told):
    assert drawn_border(json.dumps(told)).equals(drawn_border(json.dumps(SQUARE)))


def test_a_border_that_crosses_itself_is_refused_with_the_place():
    bow = [SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]]
    with pytest.raises(UsageError, match=r"crosses itself \(-7\.64500, 112\.70500\)"):
        drawn_border(json.dumps(bow))


@pytest.mark.parametrize("many", [501, 1_000_002])
def test_a_border_with_too_many_corners_is_refused_before_it_is_drawn(many):
    ring = [[112.7, -7.6], [112.701, -7.6], [112.7, -7.601]] * (many // 3)
    with pytest.raises(UsageError, match="500 corners"):
        drawn_border(json.dumps(ring))


@pytest.mark.parametrize(
    "sent",
    ["", "x", "[]", "{}", "null", "[[1]]", "[[true, 1], [1, 2], [2, 3]]", "[" * 30_000,
     '[["a", 1], [1, 2], [2, 3]]', "[[NaN, 1], [1, 2], [2, 3]]", "[[999, 1], [1, 2], [2, 3]]",
     "[[1, 1], [1, 1], [1, 1]]", "[[1, 1], [2, 2], [3, 3]]", '{"type": "Polygon"}',
     '{"type": "Polygon", "coordinates": [[[1, 1]], [[2, 2]]]}', "[[1e999, 1], [1, 2], [2, 3]]"],
)  # fmt: skip
def test_what_is_no_border_is_refused_in_words(sent):
    with pytest.raises(UsageError):
        drawn_border(sent)


def test_a_circle_is_measured_in_metres_and_its_box_holds_it():
    centre = (112.70, -7.65)
    lon, lat = (
        pd.Series([112.70 + d for d in (0.0, 0.0009, 0.00092, np.nan)]),
        pd.Series([-7.65] * 4),
    )
    assert within(lon, lat, centre, 100, 32749).tolist() == [True, True, False, False]
    west, _, east, _ = box_around(centre, 100)
    assert west < 112.6991 and east > 112.7009


@pytest.mark.parametrize("radius", [0, -5, 3_001, float("nan")])
def test_a_radius_that_is_no_walk_is_refused(radius):
    with pytest.raises(UsageError, match="radius"):
        within(LON, LAT, (112.7, -7.65), radius, 32749)
