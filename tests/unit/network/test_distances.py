"""Distances with two sides are those of the whole graph, searched without any shortcut."""

from itertools import pairwise
from math import atan2

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
from drawn import SRID
from hypothesis import assume, example, given
from hypothesis import strategies as st
from shapely.geometry import LineString, Point

from rbmgeo.network.corners import corners
from rbmgeo.network.crossing import NO_SIDES, Crossing
from rbmgeo.network.distances import distances
from rbmgeo.network.snap import Snapper
from rbmgeo.network.streets import street_network

ROADS = ("residential", "primary", "motorway")
RULES = [NO_SIDES, Crossing(), Crossing(large_at_junctions=True), Crossing(2, 40, {"primary": 70})]


def drawn(*rows):
    """Streets from (road, line) or (road, line, bridge)."""
    told = [(*row, None)[:3] for row in rows]
    return gpd.GeoDataFrame(
        {"highway": [r for r, _, _ in told], "bridge": [b for _, _, b in told], "oneway": "yes"},
        geometry=[LineString(line) for _, line, _ in told], crs=SRID,
    )  # fmt: skip


def houses(xy):
    return gpd.GeoSeries([Point(p) for p in xy], crs=SRID)


def matrix(lines, xy, crossing):
    network = street_network(lines)
    return distances(network, corners(network, crossing), Snapper(network).snap(houses(xy)))


def whole(network, at, crossing):
    """The same from a graph with every edge, house and corner in it, nothing merged."""
    cost, held = crossing.rules(network.road)
    graph = nx.Graph()

    def join(u, v, metres):
        if u != v:
            known = graph.get_edge_data(u, v, {"w": np.inf})["w"]
            graph.add_edge(u, v, w=min(known, metres))

    around = {}
    for e, (a, b) in enumerate(network.edges.tolist()):
        line = list(network.shapes[e].coords)
        for node, end, (p, q) in ((a, 0, line[:2]), (b, 1, line[:-3:-1])):
            around.setdefault(node, []).append((atan2(q[1] - p[1], q[0] - p[0]), e, end))
    gap = {}  # (edge, end, +1 left or -1 right as one leaves) -> corner
    for node, ways in around.items():
        ways.sort()
        # Of streets drawn over each other nobody can say which lies left of which.
        assume(all(two[0] - one[0] > 1e-6 for one, two in pairwise(ways)))
        rules = {(cost[e], held[e]) for _, e, _ in ways}
        junction = len(ways) != 2 or len(rules) > 1 or ways[0][1] == ways[1][1]
        for k, (_, e, end) in enumerate(ways):
            gap[e, end, 1], gap[e, end, -1] = (node, k), (node, (k - 1) % len(ways))
            if junction or not held[e]:
                join((node, k), (node, (k - 1) % len(ways)), cost[e])
    for e, length in enumerate(network.length_m):
        on = sorted((at.along_m[i], i) for i in np.flatnonzero(at.edge == e).tolist())
        for side in (1, -1):
            # Leaving the end, what was left is right.
            stops = [(0, gap[e, 0, side]), *((m, ("h", i, side)) for m, i in on),
                     (length, gap[e, 1, -side])]  # fmt: skip
            for (m1, u), (m2, v) in pairwise(stops):
                join(u, v, max(m2 - m1, 0))  # a foot may be a hair past the end
        if not held[e]:
            for _, i in on:
                join(("h", i, 1), ("h", i, -1), cost[e])
    n = len(at.edge)
    out = np.full((n, n), np.inf)
    starts = [
        [("h", i, s) for s in ((1, -1) if at.side[i] == 0 else (at.side[i],))] for i in range(n)
    ]
    for i in range(n):
        far = nx.multi_source_dijkstra_path_length(graph, set(starts[i]), weight="w")
        out[i] = [min(far.get(s, np.inf) for s in starts[j]) for j in range(n)]
    return out


SPOT = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda p: (p[0] * 60, p[1] * 60))
LINES = st.lists(
    st.tuples(
        st.sampled_from(ROADS[:2]),
        st.lists(SPOT, min_size=2, max_size=5, unique=True),
        st.sampled_from([None, "yes"]),
    ),
    min_size=1, max_size=12,
)  # fmt: skip
# Not on the lines of the grid nor midway between: those are tested by name below.
PLACES = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda p: (p[0] * 4 + 1.3, p[1] * 4 + 0.7)),
    min_size=2, max_size=10,
)  # fmt: skip
LOOP = ("residential", [(0, 0), (60, 0), (60, 60), (0, 60), (0, 0)], None)


@given(LINES, PLACES, st.sampled_from(RULES))
@example([LOOP], [(10, 5), (10, -5), (65, 50)], RULES[1])
@example([("primary", LOOP[1], None)], [(10, 5), (10, -5), (65, 50)], RULES[2])
@example([LOOP, ("primary", [(0, 0), (-90, -5)], None)], [(10, 5), (-40, -9), (-40, 9)], RULES[2])
def test_distances_are_those_of_the_whole_graph(lines, places, crossing):
    network = street_network(drawn(*lines))
    at = Snapper(network).snap(houses(places))
    expected = whole(network, at, crossing)
    got = distances(network, corners(network, crossing), at)
    assert got == pytest.approx(expected, abs=1e-4)
    assert (got == got.T).all()


@given(LINES, PLACES, st.sampled_from(RULES), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_shows_nowhere(lines, places, crossing, random):
    mixed = random.sample(lines, len(lines))
    who = random.sample(range(len(places)), len(places))
    one = matrix(drawn(*lines), places, crossing)
    other = matrix(drawn(*mixed), [places[k] for k in who], crossing)
    assert other == pytest.approx(one[np.ix_(who, who)], abs=1e-9)


@given(LINES, PLACES, st.sampled_from(RULES))
def test_none_is_longer_than_by_way_of_a_third(lines, places, crossing):
    got = matrix(drawn(*lines), places, crossing)
    for k in range(len(got)):
        assert (got <= got[:, k, None] + got[None, k] + 1e-4).all()


EAST = ("residential", [(0, 0), (1000, 0)])


def test_the_house_opposite_costs_a_crossing():
    assert matrix(drawn(EAST), [(500, 8), (500, -8)], Crossing())[0, 1] == 5
    assert matrix(drawn(EAST), [(500, 8), (500, -8)], NO_SIDES)[0, 1] == 0
    assert matrix(drawn(EAST), [(500, 8), (520, 8)], Crossing())[0, 1] == 20


def test_the_class_of_road_says_what_a_crossing_costs():
    big = drawn(("primary", EAST[1]))
    assert matrix(big, [(500, 8), (500, -8)], Crossing())[0, 1] == 15
    assert matrix(big, [(500, 8), (500, -8)], Crossing(by_road={"primary": 90}))[0, 1] == 90


def test_a_large_road_is_crossed_at_the_junction():
    town = drawn(
        ("primary", [(0, 0), (300, 0), (1000, 0)]), ("residential", [(300, 0), (300, 200)])
    )
    rule = Crossing(large_at_junctions=True)
    # The alley on the north leaves two corners there, and one crossing of the large road.
    assert matrix(town, [(500, 8), (500, -8)], rule)[0, 1] == pytest.approx(200 + 15 + 200)
    assert matrix(town, [(500, -8), (100, -8)], rule)[0, 1] == pytest.approx(400)
    assert matrix(town, [(500, 8), (100, 8)], rule)[0, 1] == pytest.approx(400 + 5)


def test_sides_go_on_through_a_node_that_is_no_junction():
    bent = drawn(("residential", [(0, 0), (100, 0)]), ("residential", [(100, 100), (100, 0)]))
    got = matrix(bent, [(90, 5), (105, 20), (95, 20)], Crossing())
    assert got[0, 2] == pytest.approx(30)  # both on the inner side
    assert got[0, 1] == pytest.approx(35)


def test_round_a_dead_end_is_no_crossing():
    got = matrix(drawn(EAST), [(998, 8), (998, -8)], Crossing(small_m=50))
    assert got[0, 1] == pytest.approx(4)


def test_a_house_on_the_line_is_on_both_sides():
    got = matrix(drawn(EAST), [(500, 0), (520, 8), (520, -8)], Crossing())
    assert got[0].tolist() == [0, 20, 20]


def test_a_bridge_passes_over_without_a_way_down():
    over = drawn(EAST, ("residential", [(500, -100), (500, 100)], "yes"))
    got = matrix(over, [(480, 5), (505, 60), (505, -60)], Crossing())
    assert np.isinf(got[0, 1:]).all()
    assert got[1, 2] == pytest.approx(120)


def test_nobody_walks_on_a_toll_road():
    assert len(street_network(drawn(("motorway", EAST[1]), EAST)).edges) == 1
    assert len(street_network(drawn(("motorway", EAST[1]))).edges) == 0


def test_one_way_is_two_ways_on_foot():
    got = matrix(drawn(EAST), [(100, 8), (900, 8)], Crossing())
    assert got[0, 1] == got[1, 0] == 800
