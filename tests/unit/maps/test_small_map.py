import re
import xml.etree.ElementTree as ET

import geopandas as gpd
import pytest
from drawn import SRID
from shapely.geometry import LineString, Point

from rbmgeo.errors import CrsError
from rbmgeo.maps.small_map import small_map

HOUSE = (1000.0, 2000.0)


def near(*rows, crs=SRID):
    return gpd.GeoDataFrame(
        {"kind": [k for *_, k in rows]}, geometry=[Point(x, y) for x, y, _ in rows], crs=crs
    )


def lines(*rows):
    return gpd.GeoDataFrame(
        {"kind": [k for _, k in rows]}, geometry=[LineString(c) for c, _ in rows], crs=SRID
    )


def drawn(**sites):
    around = near(
        (1010, 2000, "ini"), (1000, 2020, "itu"), (980, 2000, "lain"), (9000, 2000, "ini")
    )
    return small_map(
        HOUSE, around, lines(([(990, 2000), (1010, 2000)], "ini")), title="Peta", **sites
    )


def test_the_drawing_is_well_formed_with_scale_north_and_words():
    found = drawn(pole=(1005, 2001), recorded=(1020, 2010), proposed=(985, 1990))
    root = ET.fromstring(found.svg)
    assert root.get("aria-label") == "Peta" and root.get("role") == "img"
    assert f"{found.scale_m} m" in found.svg and found.scale_m in (10, 20, 50, 100, 200)
    assert found.counts == {"ini": 1, "itu": 1, "lain": 1}
    assert found.outside == ()
    assert "style=" not in found.svg and "href" not in found.svg


def test_north_is_up_and_east_is_right():
    found = drawn()
    places = dict(re.findall(r'class="near (\w+)" cx="[\d.]+" cy="([\d.]+)"', found.svg))
    across = dict(re.findall(r'class="near (\w+)" cx="([\d.]+)"', found.svg))
    assert float(places["itu"]) < float(places["ini"])
    assert float(across["ini"]) > float(across["lain"])


def test_a_far_gardu_is_an_arrow_at_the_edge():
    found = drawn(recorded=(4000.0, 2000.0))
    assert found.outside == ("ini",) and "gardu away ini" in found.svg


def test_a_house_alone_is_drawn_and_one_without_a_place_is_not():
    assert small_map(HOUSE, near(), lines(), title="x").counts == {"ini": 0, "itu": 0, "lain": 0}
    assert small_map((float("nan"), 0.0), near(), lines(), title="x") is None


def test_a_title_cannot_leave_its_attribute():
    svg = small_map(HOUSE, near(), lines(), title='"><script>').svg
    assert "<script" not in svg
    ET.fromstring(svg)


def test_degrees_are_refused():
    with pytest.raises(CrsError):
        small_map(HOUSE, near((112.7, -7.6, "ini"), crs=4326), lines(), title="x")
