"""Tier TX: the walk along drops and spans is a join, and says nothing where it is not sure."""

import pandas as pd
import pytest
from drawn import SRID, text
from geopandas import GeoDataFrame

from rbmgeo.matching.trace import (
    gardu_of_nodes,
    recorded_poles,
    trace_drops,
    trace_poles,
    walk_length_m,
)


def spans(*rows):
    """(gardu, tiang_1, tiang_2, node_1, node_2) rows of 40 metres."""
    names = ["gardu", "tiang_1", "tiang_2", "node_1", "node_2"]
    frame = pd.DataFrame(rows, columns=names, dtype="str").rename_axis("span")
    frame = frame.assign(jurusan="A", length_m=40.0)
    return GeoDataFrame(frame, geometry=[None] * len(frame), crs=SRID)


def drops(*rows):
    """(service_point, node) rows."""
    frame = pd.DataFrame(rows, columns=["service_point", "node"], dtype="str")
    return frame.rename_axis("drop_id").assign(tiang=None, gardu=None, length_m=10.0)


NET = spans(
    ("G1", "T1", "T2", "n1", "n2"), ("G1", "T2", "T3", "n2", "n3"), ("G2", "T3", "T4", "m3", "m4")
)
LV = pd.Series({"G1": "n1", "G2": "m4", "G3": None})


def test_every_node_is_fed_by_the_gardu_it_hangs_together_with():
    assert gardu_of_nodes(NET, LV).to_dict() == {
        "n1": "G1", "n2": "G1", "n3": "G1", "m3": "G2", "m4": "G2",
    }  # fmt: skip


def test_a_part_with_two_gardu_or_none_feeds_nobody_surely():
    tied = pd.concat([NET, spans(("G9", "T9", "T8", "n3", "m3")).rename({0: 9})])
    assert gardu_of_nodes(tied.rename_axis("span"), LV).empty
    assert gardu_of_nodes(NET, pd.Series({"G1": "n1"})).unique().tolist() == ["G1"]
    assert gardu_of_nodes(NET.iloc[:0], pd.Series(dtype="str")).empty


def test_customers_arrive_through_their_drop():
    at = pd.Series({"c1": "S1", "c2": "S2", "c3": "S3", "c4": None, "c5": "S5"})
    fed = drops(("S1", "n3"), ("S2", "m3"), ("S5", "n1"), ("S5", "m4"), ("S3", None))
    assert trace_drops(at, fed, NET, LV).to_dict() == {"c1": "G1", "c2": "G2"}  # S5 is fed twice


def test_a_pole_with_one_gardu_decides_and_one_with_two_only_excludes():
    at = pd.Series(text("T1", "T3", "T9").tolist(), index=["c1", "c2", "c3"])
    one, several = trace_poles(at, NET)
    assert one.to_dict() == {"c1": "G1"}
    assert several.to_dict() == {"c2": ("G1", "G2")}


def test_the_pole_of_the_record_outranks_that_of_another_list():
    lines = pd.DataFrame(
        {
            "idpel": text("c1", "c1", "c2"),
            "line": text("2", "1", ""),
            "tiang": text("T2", "T1", None),
        }
    )
    own = pd.Series(text("T8", "T9", None).tolist(), index=["c1", "c2", "c3"], dtype="str")
    assert recorded_poles(lines, own).to_dict() == {"c1": "T1", "c2": "T9"}
    assert recorded_poles(lines.iloc[:0], own).to_dict() == {"c1": "T8", "c2": "T9"}


def test_nobody_has_a_pole():
    one, several = trace_poles(pd.Series({"c": None}, dtype="str"), NET)
    assert (len(one), len(several)) == (0, 0)


@pytest.mark.parametrize(
    ("node", "length"), [("n3", 80), ("n1", 0), ("m4", float("inf")), ("?", float("inf"))]
)
def test_the_length_along_the_spans(node, length):
    assert walk_length_m(NET, "n1", node) == length
