import geopandas as gpd
import pandas as pd
from drawn import SRID
from shapely.geometry import LineString

from rbmgeo.matching.events import TakenOver, lines_after, without_old_walks
from rbmgeo.matching.trace import trace_poles

ENDS = {"s1": ("T0", "T1"), "s2": ("T1", "T2"), "s3": ("T2", "T3"), "x": ("T2", "T9")}


def lines():
    told = {"gardu": ["PD1", "PD1", "PD1", "PD2"], "jurusan": None, "node_1": None, "node_2": None,
            "tiang_1": [a for a, _ in ENDS.values()], "tiang_2": [b for _, b in ENDS.values()],
            "length_m": 40.0}  # fmt: skip
    index = pd.Index(list(ENDS), name="span", dtype="str")
    drawn = [LineString([(0, 0), (40, 0)])] * len(ENDS)
    return gpd.GeoDataFrame(told, index=index, geometry=drawn, crs=SRID)


def taken(*poles, shared=()):
    return TakenOver("PD1", "PD9", frozenset(poles), frozenset(shared), frozenset({"c2", "c3"}))


def test_poles_taken_over_carry_the_new_gardu_and_those_before_the_old_one():
    one, several = trace_poles(
        pd.Series({"c0": "T0", "c1": "T1", "c2": "T2", "c3": "T3"}),
        lines_after(lines(), [taken("T2", "T3")]),
    )
    assert one.to_dict() == {"c0": "PD1", "c3": "PD9"}
    # At the border both may feed: neither record is called wrong. PD2's own span stays.
    assert several.to_dict() == {"c1": ("PD1", "PD9"), "c2": ("PD1", "PD2", "PD9")}


def test_a_shared_pole_carries_both():
    one, several = trace_poles(
        pd.Series({"c2": "T2", "c3": "T3"}), lines_after(lines(), [taken(shared=["T3"])])
    )
    assert several["c3"] == ("PD1", "PD9") and one.empty


def test_without_an_event_nothing_changes_and_twice_is_once():
    assert lines_after(lines(), []).equals(lines())
    once = lines_after(lines(), [taken("T2", "T3")])
    assert lines_after(once, [taken("T2", "T3")]).index.tolist() == once.index.tolist()


def test_walks_over_lines_from_before_no_longer_speak_of_who_moved():
    walks = pd.Series({"c1": "PD1", "c2": "PD1", "c3": "PD2"})
    assert without_old_walks(walks, [taken("T2")]).to_dict() == {"c1": "PD1", "c3": "PD2"}
