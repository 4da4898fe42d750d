"""Walking distances are those of the whole graph, or said to be guessed."""

from itertools import pairwise

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
from drawn import SRID, streets
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import Point

from rbmgeo.compiled import compiled
from rbmgeo.network import reach
from rbmgeo.network.corners import corners
from rbmgeo.network.crossing import Crossing
from rbmgeo.network.distances import between_corners
from rbmgeo.network.streets import street_network
from rbmgeo.network.walking import BY_NEIGHBOURS, Walker


def grid(n=6, step=90.0, holes=()):
    """A grid of streets, some of them missing."""
    lines = []
    for i in range(n):
        for j in range(n - 1):
            lines += [
                [(j * step, i * step), ((j + 1) * step, i * step)],
                [(i * step, j * step), (i * step, (j + 1) * step)],
            ]
    return streets(*[line for k, line in enumerate(lines) if k not in set(holes)])


def houses(xy):
    return gpd.GeoSeries([Point(p) for p in xy], crs=SRID)


def by_networkx(network, at):
    """The same distances by cutting each house into the full graph and asking networkx."""
    graph = nx.Graph()
    for k, ((a, b), length) in enumerate(zip(network.edges, network.length_m, strict=True)):
        on = sorted((at.along_m[i], i) for i in np.flatnonzero(at.edge == k))
        stops = [
            (0.0, ("node", int(a))),
            *((m, ("house", int(i))) for m, i in on),
            (length, ("node", int(b))),
        ]
        for (m1, u), (m2, v) in pairwise(stops):
            known = graph.get_edge_data(u, v, {"w": np.inf})["w"]
            graph.add_edge(u, v, w=min(known, m2 - m1))
    n = len(at.edge)
    out = np.full((n, n), np.inf)
    for i in range(n):
        far = nx.single_source_dijkstra_path_length(graph, ("house", i), weight="w")
        out[i] = [far.get(("house", j), np.inf) for j in range(n)]
    return out


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_distances_are_those_of_the_full_graph(seed):
    rng = np.random.default_rng(seed)
    network = street_network(grid(holes=rng.choice(60, 18, replace=False)))
    walker = Walker(network)
    where = houses(rng.uniform(0, 450, (40, 2)))
    walk = walker.walk(where)
    truth = by_networkx(network, walker.snap(where))
    known = np.isfinite(truth)
    assert walk.matrix_m[known] == pytest.approx(truth[known], abs=1e-4)
    assert (walk.estimated == ~known).all()


def test_the_search_widens_until_a_long_way_round_is_found():
    river = streets([(0, 0), (0, 9000), (50, 9000), (50, 0)])
    walk = Walker(street_network(river)).walk(houses([(0, 100), (50, 100)]))
    assert walk.matrix_m[0, 1] == pytest.approx(8900 + 50 + 8900)
    assert not walk.estimated.any()


def test_a_way_of_a_hundred_kilometres_is_a_way_and_no_guess():
    ring_road = streets([(0, 0), (0, 50_000), (20, 50_000), (20, 0)])
    walk = Walker(street_network(ring_road)).walk(houses([(0, 0), (20, 0)]))
    assert walk.matrix_m[0, 1] == pytest.approx(100_020)
    assert not walk.estimated.any()


def test_parts_that_do_not_hang_together_are_a_marked_guess():
    walk = Walker(street_network(streets([(0, 0), (100, 0)], [(0, 500), (100, 500)]))).walk(
        houses([(50, 0), (50, 500), (80, 0)])
    )
    assert walk.matrix_m[0, 1] == pytest.approx(500 * 1.3)
    assert walk.estimated.tolist() == [
        [False, True, False],
        [True, False, True],
        [False, True, False],
    ]
    assert walk.matrix_m[0, 2] == 30


def test_without_streets_every_distance_is_a_guess():
    for network in (None, street_network(streets())):
        walk = Walker(network, detour=1.3).walk(houses([(0, 0), (100, 0)]))
        assert walk.matrix_m.tolist() == [[0, 130], [130, 0]]
        assert walk.estimated.tolist() == [[False, True], [True, False]]


def test_a_house_is_put_on_its_nearest_street():
    at = Walker(street_network(streets([(0, 0), (100, 0)], [(0, 50), (100, 50)]))).snap(
        houses([(30, 8), (60, 49)])
    )
    assert at.edge.tolist() == [0, 1]
    assert at.along_m.tolist() == [30, 60]
    assert at.off_m.tolist() == [8, 1]


def test_a_shorter_street_beside_a_longer_one_counts():
    walk = Walker(street_network(streets([(0, 0), (0, 300), (100, 300), (100, 0)], [(0, 0), (100, 0)], [(-50, 0), (0, 0)], [(100, 0), (150, 0)]))).walk(houses([(-40, 0), (140, 0)]))  # fmt: skip
    assert walk.matrix_m[0, 1] == pytest.approx(180)


def test_on_a_loop_the_shorter_way_round_is_taken():
    loop = street_network(streets([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]))
    walk = Walker(loop).walk(houses([(20, 0), (0, 20), (100, 100)]))
    assert walk.matrix_m[0, 1] == pytest.approx(40)
    assert walk.matrix_m[0, 2] == pytest.approx(180)


def test_one_house_is_nowhere_far():
    walk = Walker(street_network(grid(2))).walk(houses([(1, 1)]))
    assert (walk.matrix_m.tolist(), walk.estimated.tolist()) == ([[0]], [[False]])


def test_compiled_and_plain_find_the_same_ways_as_scipy():
    rng = np.random.default_rng(3)
    lines = streets(*[[(x, 0), (x, 400)] for x in range(0, 401, 40)],
                    *[[(0, y), (400, y)] for y in range(0, 401, 50)], [(900, 0), (950, 0)])  # fmt: skip
    graph = corners(street_network(lines), Crossing())
    needed = np.sort(rng.choice(len(graph.xy), 30, replace=False))
    steps, size = graph.graph, len(graph.xy)

    def by(kernel):
        out = np.empty((30, 30))
        kernel.between(
            steps.indptr, steps.indices, steps.data, graph.blind.astype(np.int32),
            graph.part.astype(np.int32), needed.astype(np.int32), np.full(size, -1, np.int32),
            np.zeros(size, np.int32), np.empty(size), np.empty(steps.nnz + 1),
            np.empty(steps.nnz + 1, np.int32), out,
        )  # fmt: skip
        return out

    plain, fast = by(reach), by(compiled(reach))
    assert compiled(reach) is not reach
    assert (plain == fast).all()
    whole = dijkstra(steps, indices=needed)[:, needed]
    assert plain == pytest.approx(whole, abs=1e-6)
    assert between_corners(graph, needed) == pytest.approx(whole, abs=1e-6)


def test_along_neighbours_less_of_a_detour_is_left():
    row = gpd.GeoSeries.from_xy([0, 30, 60], [0, 0, 0], crs=SRID)
    along = Walker(None, detour=1.3, neighbours=True).walk(row)
    assert along.matrix_m[0, 2] == pytest.approx(60 * 1.3 * BY_NEIGHBOURS)
    assert Walker(None, detour=1.0, neighbours=True).walk(row).matrix_m[0, 2] == 60
    assert along.estimated[0, 2]
