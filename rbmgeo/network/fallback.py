"""Distances where nothing says how one walks: from neighbour to neighbour, times a detour."""

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Delaunay, QhullError, cKDTree
from scipy.spatial.distance import cdist

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def straight(xy: Floats, *, detour: float) -> Floats:
    """Return the straight lines between all pairs (metres, n x n) times a detour factor."""
    return np.asarray(cdist(xy, xy) * detour)


def by_neighbours(xy: Floats, *, detour: float) -> Floats:
    """Return the shortest ways from neighbour to neighbour (metres, n x n) times the factor.

    Neighbours are two houses with no third in the circle between them (Gabriel): an empty
    field or a river is gone round along the houses, as the streets do. Houses at one point
    are 0 m apart. The graph hangs together, so every figure is finite.
    """
    spots, at = np.unique(xy, axis=0, return_inverse=True)
    at = at.ravel()
    pairs = _neighbours(spots)
    length = np.hypot(*(spots[pairs[:, 0]] - spots[pairs[:, 1]]).T)
    n = len(spots)
    graph = sparse.csr_matrix((length, (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    ways = dijkstra(graph, directed=False)
    ways = np.minimum(ways, ways.T)
    ways = np.where(np.isfinite(ways), ways, cdist(spots, spots))
    return np.asarray(ways[np.ix_(at, at)] * detour)


def _neighbours(spots: Floats) -> Ints:
    """Return pairs of neighbours (k x 2) among places that are all different."""
    in_line = np.c_[np.arange(len(spots) - 1), np.arange(1, len(spots))]
    if len(spots) < 4:
        pairs = np.array([(i, j) for i in range(len(spots)) for j in range(i)], dtype=np.int64)
        return _gabriel(spots, pairs.reshape(-1, 2))
    try:
        # Qhull squares what it is given: metres from the middle keep the digits.
        mesh = Delaunay(spots - spots.mean(axis=0))
    except QhullError:  # all on one line, which is the order they are sorted in
        return np.asarray(in_line, dtype=np.int64)
    sides = np.r_[mesh.simplices[:, :2], mesh.simplices[:, 1:], mesh.simplices[:, ::2]]
    left_out = mesh.coplanar[:, [0, 2]].reshape(-1, 2)
    sides = np.unique(np.sort(sides, axis=1), axis=0).astype(np.int64)
    return np.asarray(np.r_[_gabriel(spots, sides), left_out], dtype=np.int64)


def _gabriel(spots: Floats, pairs: Ints) -> Ints:
    """Keep the pairs with no third place strictly inside the circle between them."""
    if not len(pairs):
        return pairs
    middle = spots[pairs].mean(axis=1)
    half = np.hypot(*(spots[pairs[:, 0]] - spots[pairs[:, 1]]).T) / 2
    nearest = cKDTree(spots).query(middle)[0]
    return np.asarray(pairs[nearest >= half * (1 - 1e-9)])
