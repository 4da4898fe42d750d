"""Distances on foot of a whole unit: how fast, how exact, and beside general libraries.

100,000 made customers along the streets of Kediri in 300 RBM (shared data). Prints CPU
seconds for the street model, for snapping and for all matrices, with and without sides; how
many figures differ from scipy on the whole graph on a few RBM (must be 0) and from networkx
on one; and how far the fallbacks are off where the streets are not known. Peers are run on
a few RBM and scaled up to 300, which is said. ``RBM=n`` runs fewer.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from rbmgeo.network.corners import Corners, corners
from rbmgeo.network.crossing import NO_SIDES, Crossing
from rbmgeo.network.distances import distances
from rbmgeo.network.fallback import by_neighbours, straight
from rbmgeo.network.snap import Snapped, Snapper
from rbmgeo.network.streets import Network, street_network

DATA = Path(os.environ.get("RBMGEO_SHARED_DATA", Path(__file__).parents[2] / "shared/data"))
SRID, CUSTOMERS, ROUTES, SEED = 32749, 100_000, 300, 7
SCIPY_ON, NETWORKX_ON = 4, 1


@contextmanager
def cpu(label: str, times: float = 1.0, note: str = "") -> Iterator[None]:
    """Print the CPU seconds of a block, times a factor."""
    begun = time.process_time()
    yield
    print(f"{label:52s} {(time.process_time() - begun) * times:9.2f} CPU s  {note}")


def made(network: Network, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return places of customers beside the streets, and the RBM of each.

    Places along streets by length, 4 to 15 m to either side; RBM by cutting the unit in
    halves of customers, across its longer side, until there are 300.
    """
    edge = rng.choice(len(network.edges), CUSTOMERS, p=network.length_m / network.length_m.sum())
    way = network.nodes[network.edges[edge, 1]] - network.nodes[network.edges[edge, 0]]
    long = np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    off = rng.uniform(4, 15, (CUSTOMERS, 1)) * rng.choice([-1, 1], (CUSTOMERS, 1))
    xy = network.nodes[network.edges[edge, 0]] + way * rng.random((CUSTOMERS, 1))
    xy = xy + np.c_[-way[:, 1], way[:, 0]] / long * off
    rbm = np.zeros(CUSTOMERS, dtype=np.int64)
    piles = [(np.arange(CUSTOMERS), ROUTES)]
    number = 0
    while piles:
        rows, parts = piles.pop()
        if parts == 1:
            rbm[rows], number = number, number + 1
            continue
        across = int(np.argmax(np.ptp(xy[rows], axis=0)))
        rows = rows[np.argsort(xy[rows, across], kind="stable")]
        cut = len(rows) * (parts // 2) // parts
        piles += [(rows[:cut], parts // 2), (rows[cut:], parts - parts // 2)]
    return xy, rbm


def of(at: Snapped, rows: np.ndarray) -> Snapped:
    """Return some customers of all."""
    return Snapped(at.edge[rows], at.along_m[rows], at.off_m[rows], at.side[rows])


def by_scipy(network: Network) -> Callable[[Snapped], np.ndarray]:
    """Distances by a search of the whole graph from every node needed, no merging, no limit."""
    a, b = network.edges.T
    order = np.argsort(-network.length_m, kind="stable")
    least = sparse.dok_matrix((len(network.nodes),) * 2)
    for k in order:  # the shortest of parallel streets is written last
        least[a[k], b[k]] = least[b[k], a[k]] = max(network.length_m[k], 1e-9)
    graph = least.tocsr()

    def answer(at: Snapped) -> np.ndarray:
        nodes, place = np.unique(network.edges[at.edge], return_inverse=True)
        return _combined(network, at, dijkstra(graph, indices=nodes)[:, nodes], place)

    return answer


def by_networkx(network: Network) -> Callable[[Snapped], np.ndarray]:
    """Return the same by networkx on its MultiGraph."""
    graph = network.graph()

    def answer(at: Snapped) -> np.ndarray:
        nodes, place = np.unique(network.edges[at.edge], return_inverse=True)
        between = np.full((len(nodes),) * 2, np.inf)
        for k, node in enumerate(nodes.tolist()):
            far = nx.single_source_dijkstra_path_length(graph, node, weight="length_m")
            between[k] = [far.get(n, np.inf) for n in nodes.tolist()]
        return _combined(network, at, between, place)

    return answer


def _combined(network: Network, at: Snapped, between: np.ndarray, place: np.ndarray) -> np.ndarray:
    place = place.reshape(-1, 2)
    length = network.length_m[at.edge]
    reach = np.c_[at.along_m, np.maximum(length - at.along_m, 0)]
    ways = [
        reach[:, i, None] + between[np.ix_(place[:, i], place[:, j])] + reach[None, :, j]
        for i in (0, 1) for j in (0, 1)
    ]  # fmt: skip
    best = np.min(ways, axis=0)
    same = at.edge[:, None] == at.edge[None]
    along = np.abs(at.along_m[:, None] - at.along_m[None])
    best = np.where(same, np.minimum(best, along), best)
    np.fill_diagonal(best, 0)
    return best


def wrong(ours: np.ndarray, theirs: np.ndarray) -> int:
    """Count figures that differ by more than a millimetre, or that only one has."""
    known = np.isfinite(theirs)
    return int((known != np.isfinite(ours)).sum() + (np.abs(ours - theirs)[known] > 1e-3).sum())


def guesses(
    network: Network, sides: Corners, at: Snapped, xy: np.ndarray, groups: list[np.ndarray]
) -> None:
    """Print how the fallbacks compare with the streets, pair by pair."""
    for name, guess in (("straight", straight), ("neighbours", by_neighbours)):
        with cpu(f"without streets: {name}, {len(groups)} RBM"):
            told = [guess(xy[rows], detour=1.0) for rows in groups]
        true = [distances(network, sides, of(at, rows)) for rows in groups]
        pairs = [np.triu(np.isfinite(t), 1) & (g > 30) for t, g in zip(true, told, strict=True)]
        ratio = np.concatenate([t[p] / g[p] for t, g, p in zip(true, told, pairs, strict=True)])
        low, mid, high = np.quantile(ratio, [0.1, 0.5, 0.9])
        print(f"  streets / {name}: median {mid:.2f}, from {low:.2f} to {high:.2f} (10 to 90 %)")


def main() -> None:
    """Print the figures."""
    path = DATA / "kediri_streets.gpkg"
    if not path.exists():
        print(f"streets of Kediri: not there ({path})")
        return
    lines = gpd.read_file(path).to_crs(SRID)
    with cpu("street model of Kediri"):
        network = street_network(lines)
    xy, rbm = made(network, np.random.default_rng(SEED))
    groups = [np.flatnonzero(rbm == k) for k in range(int(os.environ.get("RBM", ROUTES)))]
    with cpu(f"{CUSTOMERS:,} customers snapped"):
        at = Snapper(network).snap(gpd.GeoSeries.from_xy(*xy.T, crs=SRID))
    with cpu("graph without sides"):
        plain = corners(network, NO_SIDES)
    with cpu("graph of corners"):
        sides = corners(network, Crossing())
    print(f"  nodes {len(network.nodes):,}, merged {len(plain.xy):,}, corners {len(sides.xy):,}")
    with cpu(f"all distances of {len(groups)} RBM, without sides"):
        for rows in groups:
            distances(network, plain, of(at, rows))
    with cpu(f"all distances of {len(groups)} RBM, crossings counted"):
        for rows in groups:
            distances(network, sides, of(at, rows))
    spread = groups[:: max(len(groups) // SCIPY_ON, 1)]
    for name, peer, few in (("scipy, whole graph", by_scipy(network), spread[:SCIPY_ON]),
                            ("networkx, whole graph", by_networkx(network), spread[:NETWORKX_ON])):  # fmt: skip
        note = f"(run on {len(few)} RBM, scaled up to {len(groups)})"
        with cpu(f"the same by {name}", len(groups) / len(few), note):
            theirs = [peer(of(at, rows)) for rows in few]
        ours = [distances(network, plain, of(at, rows)) for rows in few]
        bad = sum(wrong(o, t) for o, t in zip(ours, theirs, strict=True))
        print(f"  wrong against {name}: {bad} of {sum(o.size for o in ours):,}"
              f" (target 0: {'holds' if not bad else 'MISSED'})")  # fmt: skip
    guesses(network, plain, at, xy, groups[::20])


if __name__ == "__main__":
    main()
