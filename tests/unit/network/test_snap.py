"""Everybody is put on a street and a side, or it is said why no way leads to him."""

import numpy as np
import pytest
from drawn import SRID, points, streets

from rbmgeo.network.snap import Snapper, placed
from rbmgeo.network.streets import km_by_road, street_network

LONG, STRAY = [(0, 0), (1000, 0)], [(0, 400), (50, 400)]


def test_the_side_is_seen_along_the_street():
    network = street_network(streets(LONG))
    where = points({"l": (10, 6), "r": (10, -6), "on": (10, 0), "end": (-3, -2)})
    at = Snapper(network).snap(where)
    turned = 1 if network.shapes[0].coords[0] == (0, 0) else -1
    assert (at.side * turned).tolist() == [1, -1, 0, -1]
    assert at.off_m.tolist() == pytest.approx([6, 6, 0, 13**0.5])


def test_who_cannot_be_reached_is_named_with_the_reason():
    where = points({"a": (500, 9), "none": None, "far": (500, 900), "stray": (20, 402)})
    got = placed(street_network(streets(LONG, STRAY)), where, limit_m=150)
    assert got.index.to_list() == ["a", "none", "far", "stray"]
    assert got["reason"].to_list() == ["", "no_point", "far", "apart"]
    assert got.loc["a", ["road", "off_m"]].to_list() == ["residential", 9]
    assert got["edge"].isna().to_list() == [False, True, False, False]


def test_two_towns_beside_a_river_are_both_no_small_part():
    other = [(0, 5000), (800, 5000)]
    got = placed(street_network(streets(LONG, other)), points({"a": (5, 4), "b": (5, 5001)}), limit_m=150)  # fmt: skip
    assert got["reason"].to_list() == ["", ""]


def test_without_any_street_everybody_is_far():
    got = placed(street_network(streets()), points({"a": (5, 4), "b": None}), limit_m=150)
    assert got["reason"].to_list() == ["far", "no_point"]


def test_kilometres_by_class_of_road():
    lines = streets(LONG, STRAY)
    lines["highway"] = ["primary", None]
    assert km_by_road(street_network(lines)) == {"primary": 1.0, "": 0.05}
    assert np.unique(street_network(lines).parts()).tolist() == [0, 1]
    assert lines.crs.to_epsg() == SRID
