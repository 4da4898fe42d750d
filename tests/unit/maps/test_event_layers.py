"""What the map of a gardu event holds: each customer once, the chosen on top, nobody misplaced."""

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import LineString

from rbmgeo.maps.event_layers import event_layers, frame_of

SITES = pd.DataFrame({"gardu": ["A", "B"], "lon": [112.70, 112.71], "lat": [-7.65, np.nan]})


def people(*rows):
    return pd.DataFrame(list(rows), columns=["public_id", "lon", "lat", "gardu", "chosen"])


def drawn(rows, **more):
    spans = gpd.GeoDataFrame(
        {"gardu": ["A", None]}, geometry=[LineString([(112.7, -7.65), (112.701, -7.65)])] * 2, crs=4326
    )  # fmt: skip
    streets = gpd.GeoDataFrame({"highway": []}, geometry=[], crs=4326)
    return event_layers(rows, SITES, streets, spans, old="A", new="B", lang="id", **more)


def test_each_customer_is_drawn_once_and_the_chosen_last():
    data = drawn(people(("c1", 112.70, -7.65, "A", True), ("c2", 112.70, -7.65, "A", False),
                        ("c3", 112.70, -7.65, None, False), ("c4", 112.70, -7.65, "B", False),
                        ("c5", np.nan, np.nan, "A", False)))  # fmt: skip
    assert [(p["id"], p["s"]) for p in data["points"]] == [
        ("c3", "event_elsewhere"), ("c2", "event_old"), ("c4", "event_new"), ("c1", "event_chosen"),
    ]  # fmt: skip
    counts = {e["k"]: e["n"] for e in data["legend"]}
    assert counts["point-event_old"] == 1
    assert counts["without"] == data["without"] == 1
    assert [g["code"] for g in data["gardu"]] == ["A"], "a gardu without a place is not drawn"
    assert [s["s"] for s in data["jtr"]] == ["old", ""]


def test_those_too_many_to_draw_are_named_with_their_number():
    legend = {e["k"]: e["n"] for e in drawn(people(), undrawn=4321)["legend"]}
    assert legend["undrawn"] == 4321


def test_one_house_far_away_does_not_stretch_the_frame():
    near = [(f"c{n}", 112.70 + n * 1e-4, -7.65, "A", False) for n in range(20)]
    west, south, east, north = frame_of(people(*near, ("far", 110.0, -7.0, "A", False)), SITES)
    assert west > 112.69
    assert north < -7.64
    assert (east - west) < 0.01
    assert south < -7.65


def test_nothing_with_a_place_has_no_frame():
    nowhere = SITES.assign(lon=np.nan)
    assert frame_of(people(("c1", np.nan, np.nan, "A", True)), nowhere.assign(lat=np.nan)) is None
