import geopandas as gpd
import pandas as pd
import pytest
from drawn import SRID
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Point

from rbmgeo.errors import UsageError
from rbmgeo.network.downstream import behind, houses_behind, roots_of, spans_of, tied_to

ROOT = [("tiang", "T0")]


def lines(*pairs: str, gardu: str | None = "PD1", length: float = 40.0) -> gpd.GeoDataFrame:
    """Spans "A-B" between two poles, each 40 m, named by their poles."""
    ends = [p.split("-") for p in pairs]
    told = {
        "gardu": gardu, "jurusan": "A", "tiang_1": [a for a, _ in ends],
        "tiang_2": [b for _, b in ends], "node_1": None, "node_2": None, "length_m": length,
    }  # fmt: skip
    drawn = [LineString([(0, 0), (40, 0)]) for _ in pairs]
    index = pd.Index(pairs, name="span", dtype="str")
    return gpd.GeoDataFrame(told, index=index, geometry=drawn, crs=SRID)


def poles_behind(jtr, *cuts, **more):
    return list(behind(jtr, ROOT, cut_poles=cuts, **more).poles.index)


#   T0 - T1 - T2 - T3
#             |
#             T4 - T5
TREE = ("T0-T1", "T1-T2", "T2-T3", "T2-T4", "T4-T5")


def test_all_poles_behind_a_pole_go_with_it_and_none_before():
    assert poles_behind(lines(*TREE), "T2") == ["T2", "T3", "T4", "T5"]
    assert poles_behind(lines(*TREE), "T4") == ["T4", "T5"]


def test_metres_are_those_along_the_line_from_the_cut():
    branch = behind(lines(*TREE), ROOT, cut_poles=["T2"])
    assert branch.poles.to_dict() == {"T2": 0, "T3": 40, "T4": 40, "T5": 80}
    assert branch.spans == ("T2-T3", "T2-T4", "T4-T5")


def test_a_cut_span_parts_its_poles_and_two_cuts_are_one_branch():
    assert poles_behind(lines(*TREE), cut_spans=["T2-T4"]) == ["T4", "T5"]
    branch = behind(lines(*TREE), ROOT, cut_spans=["T2-T3", "T4-T5"])
    assert branch.poles.to_dict() == {"T3": 0, "T5": 0}


def test_a_cut_behind_a_cut_changes_nothing_of_the_metres():
    branch = behind(lines(*TREE), ROOT, cut_spans=["T1-T2", "T4-T5"])
    assert branch.poles.to_dict() == {"T2": 0, "T3": 40, "T4": 40, "T5": 80}


#   T0 - T1 - T2
#        |    |
#        T4 - T3 - T5
RING = ("T0-T1", "T1-T2", "T2-T3", "T3-T4", "T4-T1", "T3-T5")


def test_one_cut_of_a_ring_parts_nothing_and_says_so():
    with pytest.raises(UsageError, match="ring"):
        behind(lines(*RING), ROOT, cut_spans=["T1-T2"])


def test_both_sides_of_a_ring_cut_part_it():
    assert poles_behind(lines(*RING), cut_spans=["T1-T2", "T4-T1"]) == ["T2", "T3", "T4", "T5"]


def test_a_pole_in_a_ring_takes_only_what_no_other_way_feeds():
    branch = behind(lines(*RING), ROOT, cut_poles=["T3"])
    assert list(branch.poles.index) == ["T3", "T5"]
    assert branch.still_fed == ("T2", "T4")
    assert behind(lines(*TREE), ROOT, cut_poles=["T2"]).still_fed == ()


@pytest.mark.parametrize("cut", ["T9", "'; DROP TABLE pdpj; --", ""])
def test_a_pole_that_the_gardu_does_not_feed_is_refused(cut):
    with pytest.raises(UsageError, match="not on the lines"):
        behind(lines(*TREE), ROOT, cut_poles=[cut])


def test_the_gardus_own_pole_is_refused():
    with pytest.raises(UsageError, match="first pole"):
        behind(lines(*TREE), ROOT, cut_poles=["T0"])


def test_a_node_at_the_foot_of_a_pole_is_the_same_place():
    jtr = lines("T0-T1", "T1-T2")
    jtr[["node_1", "node_2"]] = [["N0", "N1"], ["N1", "N2"]]
    more = lines("X-Y")
    more[["tiang_1", "tiang_2", "node_1", "node_2"]] = [[None, None, "N2", "N3"]]
    branch = behind(pd.concat([jtr, more]), ROOT, cut_poles=["T2"])
    assert list(branch.poles.index) == ["T2"]
    assert branch.nodes.to_dict() == {"N2": 0, "N3": 40}


def test_other_gardu_lines_are_not_walked_and_untagged_ones_are():
    jtr = pd.concat([
        lines("T0-T1"), lines("T1-T2", gardu=None), lines("T2-T3", gardu="PD2"),
    ])  # fmt: skip
    own = spans_of(jtr, "PD1")
    assert list(own.index) == ["T0-T1", "T1-T2"]
    assert list(behind(own, ROOT, cut_poles=["T1"]).poles.index) == ["T1", "T2"]


def test_the_root_is_the_own_node_else_the_pole_beside_the_gardu_else_unknown():
    jtr = lines("T0-T1")
    poles = gpd.GeoSeries([Point(0, 0), Point(40, 0)], index=["T0", "T1"], crs=SRID)
    assert roots_of(jtr, "PD1", None, Point(3, 4), poles) == [("tiang", "T0")]
    assert roots_of(jtr, "PD1", None, Point(900, 0), poles) == []
    assert roots_of(jtr, "PD1", None, None, poles) == []
    jtr["node_1"] = "N0"
    assert roots_of(jtr, "PD1", "N0", None, poles) == [("node", "N0")]


def test_customers_hang_by_their_pole_else_by_their_drop():
    branch = behind(lines(*TREE), ROOT, cut_poles=["T4"])
    drops = pd.DataFrame(
        {"tiang": ["T5", "T1"], "service_point": ["S1", "S2"], "node": None},
        index=pd.Index(["d1", "d2"], name="drop_id"),
    )
    poles = pd.Series({"c1": "T4", "c2": "T1", "c5": "T5"})
    points = pd.Series({"c2": "S1", "c3": "S1", "c4": "S2"})
    found = tied_to(branch, poles, drops, points)
    # c2 has a recorded pole: it speaks first, whatever its drop says.
    assert found.to_dict() == {"c1": 0, "c3": 40, "c5": 40}


def test_a_long_line_is_walked_without_a_stack():
    many = [f"T{n}-T{n + 1}" for n in range(5_000)]
    assert len(behind(lines(*many), ROOT, cut_poles=["T1"]).poles) == 5_000


@st.composite
def networks(draw):
    """A tree of poles with a few rings, and houses on some of them."""
    many = draw(st.integers(2, 12))
    pairs = {(draw(st.integers(0, n - 1)), n) for n in range(1, many)}
    more = st.tuples(st.integers(0, many - 1), st.integers(0, many - 1))
    pairs |= {(a, b) for a, b in draw(st.lists(more, max_size=3)) if a < b}
    homes = draw(st.lists(st.integers(0, many - 1), max_size=20))
    return sorted(f"T{a}-T{b}" for a, b in pairs), homes


@given(networks())
def test_the_houses_counted_behind_a_pole_are_those_that_cutting_it_takes(drawn):
    pairs, homes = drawn
    jtr = lines(*pairs)
    poles = pd.Series(
        [f"T{n}" for n in homes], index=[f"c{n}" for n in range(len(homes))], dtype="str"
    )
    drops = pd.DataFrame({"service_point": ["S1", "S2"], "tiang": ["T1", None], "node": None})
    points = pd.Series({"d1": "S1", "d2": "S2"}, dtype="str")
    counted = houses_behind(jtr, ROOT, poles, drops, points)
    cut = {
        pole: len(tied_to(behind(jtr, ROOT, cut_poles=[pole]), poles, drops, points))
        for pole in counted.index
    }
    assert counted.to_dict() == cut
    assert "T0" not in counted


def test_a_gardu_without_a_known_root_has_no_pole_to_choose():
    none = pd.Series(dtype="str")
    drops = pd.DataFrame({"service_point": [], "tiang": [], "node": []})
    assert houses_behind(lines(*TREE), [], none, drops, none).empty
