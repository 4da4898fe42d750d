"""Which jurusan a moved block hangs on: named where lines tie it, never guessed."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point

from rbmgeo.labels.questions import asked, naming
from rbmgeo.survey.patch_lines import Network, lines_of_patches

CRS = 32749
#: OLD stands at 0, NEW at 300; poles every 30 m along one street, T0 at 0 to T10 at 300.
POLES = {f"T{n}": Point(30.0 * n, 0) for n in range(11)}


def network(tags, tiang=()):
    """Spans T0-T1, T1-T2, ... tagged ``(gardu, jurusan)`` each; who is recorded on which pole."""
    ends = [(f"T{n}", f"T{n + 1}") for n in range(len(tags))]
    spans = gpd.GeoDataFrame(
        {"gardu": [g for g, _ in tags], "jurusan": [j for _, j in tags],
         "tiang_1": [a for a, _ in ends], "tiang_2": [b for _, b in ends],
         "node_1": None, "node_2": None, "length_m": 30.0},
        geometry=[LineString([POLES[a], POLES[b]]) for a, b in ends], crs=CRS,
        index=pd.Index([f"S{n}" for n in range(len(tags))], name="span"),
    )  # fmt: skip
    gardu = gpd.GeoDataFrame(
        {"lv_node": None}, index=pd.Index(["OLD", "NEW"], name="gardu"),
        geometry=[Point(0, 0), Point(300, 0)], crs=CRS,
    )  # fmt: skip
    return Network(spans, gpd.GeoSeries(POLES, crs=CRS), gardu, pd.Series(dict(tiang), dtype="str"))


def block(*metres, patch="P-OLD-NEW-1"):
    """Return members of one patch and their houses, 10 m off the street."""
    names = [f"c{n}" for n in range(len(metres))]
    members = pd.DataFrame(
        {"patch": patch, "gardu": "OLD", "proposed_gardu": "NEW"}, index=pd.Index(names, name="idpel")
    )  # fmt: skip
    return members, gpd.GeoSeries([Point(m, 10) for m in metres], index=names, crs=CRS)


ALL_OLD = [("OLD", "A")] * 5 + [("OLD", "B")] * 5
SPLIT = [("OLD", "A")] * 5 + [("NEW", "C")] * 5


def test_the_recorded_poles_name_the_jurusan_and_the_pole_where_the_walk_begins():
    members, houses = block(270, 240, 210)
    tied = network(SPLIT, {"c0": "T9", "c1": "T8", "c2": "T7"})
    line = lines_of_patches(members, houses, tied).loc["P-OLD-NEW-1"]
    assert line.tolist() == ["NEW", "C", "T9", False]  # NEW stands at T10: T9 is its nearest pole


def test_where_the_tags_are_those_of_before_the_old_gardu_is_walked():
    members, houses = block(270, 240, 210)
    line = lines_of_patches(members, houses, network(ALL_OLD)).loc["P-OLD-NEW-1"]
    assert line.tolist() == ["OLD", "B", "T7", False]


def test_a_jurusan_without_a_tag_is_lettered_and_said_to_be():
    members, houses = block(30, 60, 90)
    line = lines_of_patches(members, houses, network([("OLD", None)] * 5)).loc["P-OLD-NEW-1"]
    assert line.tolist() == ["OLD", "A", "T1", True]


@pytest.mark.parametrize(
    ("tags", "metres"),
    [([("ELSE", "A")] * 10, (270, 240, 210)), (ALL_OLD, (1000, 1030, 1060)),
     ([("OLD", "A"), ("OLD", "B")] * 5, (270, 1000, 1030)), (ALL_OLD, (np.nan, np.nan, np.nan))],
    ids=["lines of a third gardu", "houses far off", "one of three near", "no positions"],
)  # fmt: skip
def test_where_lines_do_not_tie_the_block_none_is_named(tags, metres):
    assert lines_of_patches(*block(*metres), network(tags)).empty


def test_the_order_of_rows_does_not_matter():
    members, houses = block(270, 240, 210)
    tied = network(SPLIT)
    told = lines_of_patches(members, houses, tied)
    turned = Network(tied.spans.iloc[::-1], tied.poles.iloc[::-1], tied.gardu, tied.tiang)
    assert lines_of_patches(members.iloc[::-1], houses.iloc[::-1], turned).equals(told)


def test_a_question_keeps_what_it_names_in_both_languages():
    kept = naming("question.patch_line", gardu='P"D{1}', jurusan="A B", tiang="T 7")
    assert 'jurusan A B gardu P"D{1} dari tiang T 7 sampai ujung' in asked(kept)
    assert 'jurusan A B of gardu P"D{1} from pole T 7 to its end' in asked(kept, "en")
    assert asked("question.patch").startswith("Telusuri jurusan")
