"""Streets join at every shared vertex; bridges and tunnels cross without joining."""

import geopandas as gpd
import networkx as nx
import pytest
from drawn import SRID, streets
from shapely.geometry import MultiLineString

from rbmgeo.errors import CrsError
from rbmgeo.network.streets import network_stats, street_network

EAST = [(0.0, 0.0), (100.0, 0.0), (200.0, 0.0)]
NORTH = [(100.0, -80.0), (100.0, 0.0), (100.0, 80.0)]


def parts(*lines, **columns):
    return network_stats(street_network(streets(*lines, **columns)))


def test_two_streets_join_where_they_share_a_vertex_inside():
    got = parts(EAST, NORTH)
    assert got == {"nodes": 5, "edges": 4, "km": 0.36, "components": 1, "largest_share": 1.0}


def test_streets_that_cross_without_a_vertex_do_not_join():
    assert parts([(0, 0), (200, 0)], [(100, -80), (100, 80)])["components"] == 2


def test_a_bend_is_no_node_and_keeps_its_length():
    network = street_network(streets([(0, 0), (30, 0), (30, 40)]))
    assert (len(network.nodes), network.length_m.tolist()) == (2, [70.0])
    assert len(network.shapes[0].coords) == 3


@pytest.mark.parametrize(
    "columns",
    [
        {"bridge": ["yes", ""]},
        {"tunnel": ["", "yes"]},
        {"layer": ["1", "0"]},
        {"layer": ["-1", "0"]},
    ],
)
def test_what_passes_over_or_under_does_not_join(columns):
    assert parts(EAST, NORTH, **columns)["components"] == 2


@pytest.mark.parametrize(
    "columns", [{"bridge": ["no", ""]}, {"layer": ["0", None]}, {"layer": ["", "x"]}]
)
def test_what_says_no_bridge_is_none(columns):
    assert parts(EAST, NORTH, **columns)["components"] == 1


def test_a_bridge_joins_the_streets_at_its_ends():
    bridge = [(100.0, 0.0), (150.0, 60.0), (100.0, 120.0)]
    beyond = [(100.0, 120.0), (300.0, 120.0)]
    assert parts(EAST[:2], bridge, beyond, bridge=["", "yes", ""])["components"] == 1


def test_a_bridge_that_begins_amid_a_street_joins_it():
    """The street runs on along the bank: only the bridge ends at their common vertex."""
    bridge = [(100.0, 0.0), (100.0, 80.0)]
    assert parts(EAST, bridge, bridge=["", "yes"])["components"] == 1


def test_a_loop_and_a_street_that_crosses_itself_keep_their_length():
    loop = [(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]
    assert parts(loop)["km"] == 0.4
    knot = [(0, 0), (50, 0), (100, 0), (50, 50), (50, 0), (50, -50)]
    assert parts(knot)["nodes"] == 3


def test_two_streets_between_the_same_corners_are_two_edges():
    network = street_network(streets([(0, 0), (100, 0)], [(0, 0), (50, 50), (100, 0)]))
    assert (len(network.nodes), len(network.edges)) == (2, 2)
    assert isinstance(network.graph(), nx.MultiGraph)
    assert network.graph().number_of_edges() == 2


def test_a_street_whose_two_directions_are_two_lines_is_one_street():
    bent = [(0, 0), (30, 0), (30, 40)]
    network = street_network(streets(bent, bent[::-1], [(30, 40), (80, 40)]))
    assert sorted(network.length_m.tolist()) == [50.0, 70.0]
    assert len(network.nodes) == 3  # the bend is still no node


def test_a_line_that_runs_along_others_counts_their_common_part_once():
    assert parts(EAST, [(200.0, 0.0), (100.0, 0.0), (100.0, 80.0)])["km"] == 0.28
    round_one = [(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]
    other_start = [(100, 100), (100, 0), (0, 0), (0, 100), (100, 100)]
    assert parts(round_one, other_start)["km"] == 0.4


def test_the_same_ends_by_another_way_stay_two_streets():
    north, south = [(0, 0), (50, 30), (100, 0)], [(100, 0), (50, -30), (0, 0)]
    assert len(street_network(streets(north, south)).edges) == 2


def test_parts_of_a_multiline_are_not_tied_together():
    apart = MultiLineString([[(0, 0), (100, 0)], [(500, 0), (600, 0)]])
    frame = gpd.GeoDataFrame({"highway": ["path"]}, geometry=[apart], crs=SRID)
    got = network_stats(street_network(frame))
    assert (got["km"], got["components"]) == (0.2, 2)


def test_no_streets_and_degrees():
    empty = street_network(streets())
    assert network_stats(empty)["largest_share"] == 0
    nothing = gpd.GeoDataFrame({"highway": ["path"]}, geometry=[None], crs=SRID)
    assert len(street_network(nothing).edges) == 0
    with pytest.raises(CrsError):
        street_network(streets(EAST).to_crs(4326))
