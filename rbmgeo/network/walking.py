"""How far it is to walk from customer to customer: exact on the network, or said to be guessed."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy import sparse
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial.distance import cdist

from rbmgeo.geo import coordinates
from rbmgeo.network.streets import Network

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Snapped:
    """Where customers stand on a network: edge, metres along it from its start, metres off it."""

    edge: Ints
    along_m: Floats
    off_m: Floats


@dataclass(frozen=True)
class Walk:
    """Metres between all pairs (n x n), and which of them are guessed ("jarak perkiraan")."""

    matrix_m: Floats
    estimated: npt.NDArray[np.bool_]


class Walker:
    """Answers walking distances within groups of customers on one network.

    Without a network (None) every distance is the straight line times ``detour`` and marked
    as estimated; so are pairs in parts of the network that are not connected.
    """

    def __init__(self, network: Network | None, *, detour: float = 1.3) -> None:
        self.network = network if network is not None and len(network.edges) else None
        self.detour = detour
        if self.network is not None:
            net = self.network
            n = len(net.nodes)
            a, b = net.edges.T
            # Of parallel streets the shortest counts; scipy would add them up.
            order = np.argsort(net.length_m, kind="stable")
            pair = np.minimum(a, b)[order] * n + np.maximum(a, b)[order]
            _, first = np.unique(pair, return_index=True)
            keep = order[first]
            length = np.maximum(net.length_m[keep], 1e-6)
            self._graph = sparse.csr_matrix((length, (a[keep], b[keep])), shape=(n, n))
            _, self._part = connected_components(self._graph, directed=False)
            self._tree = shapely.STRtree(net.shapes)

    def snap(self, points: gpd.GeoSeries) -> Snapped:
        """Put points (metres, none missing) on the nearest edge; ties to the lower edge."""
        assert self.network is not None
        geometry = points.to_numpy()
        who, edge = self._tree.query_nearest(geometry, all_matches=True)
        order = np.lexsort((edge, who))
        _, first = np.unique(who[order], return_index=True)
        edge = edge[order][first]
        shape = self.network.shapes[edge]
        return Snapped(
            edge.astype(np.int64),
            np.asarray(shapely.line_locate_point(shape, geometry)),
            np.asarray(shapely.distance(shape, geometry)),
        )

    def walk(self, points: gpd.GeoSeries) -> Walk:
        """Return the distances between all pairs of points (metres, none missing)."""
        xy = coordinates(points)
        guess = cdist(xy, xy) * self.detour
        if self.network is None or len(points) < 2:
            return Walk(guess, ~np.eye(len(points), dtype=bool))
        at = self.snap(points)
        ends = self.network.edges[at.edge]
        nodes, place = np.unique(ends, return_inverse=True)
        between = self._between(nodes, float(guess.max()) * 2 + 200)
        place = place.reshape(-1, 2)
        length = self.network.length_m[at.edge]
        reach = np.c_[at.along_m, np.maximum(length - at.along_m, 0)]
        best = np.full(guess.shape, np.inf)
        for i in (0, 1):
            for j in (0, 1):
                through = (
                    reach[:, i, None]
                    + between[np.ix_(place[:, i], place[:, j])]
                    + reach[None, :, j]
                )
                np.minimum(best, through, out=best)
        along = np.abs(at.along_m[:, None] - at.along_m[None])
        best = np.where(at.edge[:, None] == at.edge[None], np.minimum(best, along), best)
        np.fill_diagonal(best, 0)
        apart = ~np.isfinite(best)
        return Walk(np.where(apart, guess, best), apart)

    def _between(self, nodes: Ints, limit_m: float) -> Floats:
        """Return distances between nodes; the search stops early and widens only if it must.

        Every finite distance is exact; infinite are only those between parts of the network
        that do not hang together.
        """
        part = self._part[nodes]
        apart = part[:, None] != part[None]
        while True:
            found = dijkstra(self._graph, directed=False, indices=nodes, limit=limit_m)[:, nodes]
            if (np.isfinite(found) | apart).all():
                return np.asarray(found)
            limit_m *= 4
