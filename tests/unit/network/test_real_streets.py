"""Streets of a real city (Kediri): whole OSM ways, joined inside the lines."""

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest

from rbmgeo.network.streets import network_stats, street_network
from rbmgeo.network.walking import Walker

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def kediri(shared_data):
    path = shared_data / "kediri_streets.gpkg"
    if not path.exists():
        pytest.skip(f"REAL DATA ABSENT: {path}")
    return street_network(gpd.read_file(path).to_crs(32749))


def test_nearly_all_nodes_hang_together(kediri):
    got = network_stats(kediri)
    assert got["largest_share"] >= 0.96
    assert round(got["km"]) == 862
    assert got["components"] == 18


def test_no_metre_of_street_is_lost_by_cutting(kediri, shared_data):
    lines = gpd.read_file(shared_data / "kediri_streets.gpkg").to_crs(32749)
    assert kediri.length_m.sum() == pytest.approx(lines.length.sum(), rel=1e-9)


def test_a_city_that_holds_both_directions_counts_each_street_once(shared_data):
    path = shared_data / "balikpapan_kota_streets.gpkg"
    if not path.exists():
        pytest.skip(f"REAL DATA ABSENT: {path}")
    lines = gpd.read_file(path, layer="edges").to_crs(32750)
    got = network_stats(street_network(lines))
    alone = lines[~lines.geometry.normalize().to_wkb().duplicated()]
    assert got["km"] == pytest.approx(alone.length.sum() / 1000, rel=0.002)
    assert got["km"] < 0.6 * lines.length.sum() / 1000


def test_distances_of_a_neighbourhood_are_exact(kediri):
    rng = np.random.default_rng(4)
    middle = kediri.nodes[int(rng.integers(len(kediri.nodes)))]
    near = np.flatnonzero(np.hypot(*(kediri.nodes - middle).T) < 700)
    chosen = rng.choice(near, 12, replace=False)
    where = gpd.GeoSeries.from_xy(*kediri.nodes[chosen].T, crs=32749)
    walk = Walker(kediri).walk(where)
    graph = nx.Graph()
    for a, b, w in kediri.graph().edges(data="length_m"):
        if not graph.has_edge(a, b) or graph[a][b]["w"] > w:
            graph.add_edge(a, b, w=w)
    for i, a in enumerate(chosen):
        far = nx.single_source_dijkstra_path_length(graph, int(a), weight="w")
        for j, b in enumerate(chosen):
            if int(b) in far:
                assert walk.matrix_m[i, j] == pytest.approx(far[int(b)], abs=0.01)
            else:
                assert walk.estimated[i, j]
