"""Which houses are neighbours, and the shortest trees through groups of them."""

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import Delaunay, QhullError
from scipy.spatial.distance import cdist

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: A path is longer than its tree by the ends that it must come back from. On uniform points a
#: tree has 0.22 ends a point and the best open walk is about 1.12 times the tree.
BACK_PER_END = 0.55


def distinct(xy: Floats) -> tuple[Ints, Ints]:
    """Return the first row of every place, and the number of the place of every row."""
    order = np.lexsort((xy[:, 1], xy[:, 0]))
    there = xy[order]
    new = np.ones(len(xy), dtype=bool)
    new[1:] = (there[1:] != there[:-1]).any(axis=1)
    place = np.empty(len(xy), dtype=np.int64)
    place[order] = np.cumsum(new) - 1
    return order[new].astype(np.int64), place


def near_pairs(xy: Floats) -> Ints:
    """Return pairs of rows that are neighbours: no third place lies between them.

    Rows on one point are each other's neighbours; to the others the first speaks for them.
    """
    first, place = distinct(xy)
    rows = np.arange(len(xy))
    same = np.c_[rows, first[place]][first[place] != rows]
    places = xy[first]
    try:
        corners = Delaunay(places).simplices.astype(np.int64)
    except (QhullError, ValueError):  # all on one line, or fewer than three
        steps = np.arange(len(places) - 1)
        key = steps * len(xy) + steps + 1
    else:
        key = _gabriel(places, corners, len(xy))
    return np.concatenate([first[np.c_[key // len(xy), key % len(xy)]], same]).astype(np.int64)


def _gabriel(places: Floats, corners: Ints, size: int) -> Ints:
    """Return the edges of triangles that no third place lies between, as low * size + high.

    At the rim of a town triangles are slivers that join what lies far apart. The shortest tree
    has none of the edges that are left out.
    """
    edges, between = [], []
    for i, j, k in ((0, 1, 2), (1, 2, 0), (0, 2, 1)):
        a, b, c = corners[:, i], corners[:, j], corners[:, k]
        edges.append(np.minimum(a, b) * size + np.maximum(a, b))
        between.append(((places[a] - places[c]) * (places[b] - places[c])).sum(axis=1) < -1e-6)
    key, obtuse = np.concatenate(edges), np.concatenate(between)
    return np.setdiff1d(key, key[obtuse])


def components(size: int, pairs: Ints) -> Ints:
    """Return the number of the connected part of each of ``size`` nodes."""
    ones = np.ones(len(pairs), dtype=bool)
    graph = coo_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def group_walks(of: Ints, xy: Floats, pairs: Ints, size: int) -> tuple[Floats, Floats]:
    """Estimate for each group the straight metres of its best open walk, and its usual step.

    ``of``: group of each row; ``pairs``: `near_pairs` of the rows. The walk is the shortest tree
    of the group, longer by what must be walked back from its ends; on a line it is exact. Parts
    of a group that others lie between are joined by the shortest way.
    """
    inside = pairs[of[pairs[:, 0]] == of[pairs[:, 1]]]
    metres = np.hypot(*(xy[inside[:, 0]] - xy[inside[:, 1]]).T)
    graph = coo_matrix((metres + 1e-6, (inside[:, 0], inside[:, 1])), shape=(len(of),) * 2)
    tree = minimum_spanning_tree(graph.tocsr()).tocoo()
    a, b, m = tree.row, tree.col, tree.data
    more = _joins(of, xy, components(len(of), inside))
    a = np.r_[a, more[:, 0].astype(np.int64)]
    b = np.r_[b, more[:, 1].astype(np.int64)]
    m = np.r_[m, more[:, 2]]
    total = np.bincount(of[a], m, size)
    # Rows on one point are one stop of the walk: their ties have no length and are no ends.
    real = m > 1e-5
    degree = np.bincount(np.r_[a[real], b[real]], minlength=len(of))
    ends = np.bincount(of[degree == 1], minlength=size)
    stops = np.maximum(np.bincount(of[degree > 0], minlength=size), 1)
    step = np.zeros(size)
    filled = np.bincount(of[a[real]], minlength=size)
    step[filled > 0] = total[filled > 0] / filled[filled > 0]
    return total * (1 + BACK_PER_END * np.maximum(ends - 2, 0) / stops), step


def _joins(of: Ints, xy: Floats, part: Ints) -> Floats:
    """Return row, row, metres that join the parts of each group."""
    pair = np.unique(np.c_[of, part], axis=0) if len(of) else np.empty((0, 2), dtype=np.int64)
    broken = np.flatnonzero(np.bincount(pair[:, 0], minlength=1) > 1)
    order = np.argsort(of, kind="stable")
    edge = np.searchsorted(of[order], np.arange(of.max(initial=-1) + 2))
    found: list[tuple[int, int, float]] = []
    for g in broken:
        rows = order[edge[g] : edge[g + 1]]
        found += _joined(rows, xy[rows], part[rows])
    return np.array(found, dtype=float).reshape(-1, 3)


def _joined(rows: Ints, xy: Floats, part: Ints) -> list[tuple[int, int, float]]:
    """Join the parts of one group, the smallest first, each to what lies nearest."""
    out = []
    _, part, size = np.unique(part, return_inverse=True, return_counts=True)
    now = list(range(len(size)))  # the part that each has become one with
    for k in np.argsort(size, kind="stable")[:-1].tolist():
        inside = np.array(now)[part] == now[k]
        mine, others = np.flatnonzero(inside), np.flatnonzero(~inside)
        if not len(others):
            break
        away = cdist(xy[mine], xy[others])
        i, j = divmod(int(away.argmin()), len(others))
        out.append((int(rows[mine[i]]), int(rows[others[j]]), float(away[i, j])))
        old, new = now[k], now[part[others[j]]]
        now = [new if p == old else p for p in now]
    return out


def walk_m(xy: Floats) -> float:
    """Estimate the straight metres of the best open walk through points, NaN left out."""
    known = xy[~np.isnan(xy[:, 0])]
    if len(known) < 2:
        return 0.0
    return float(group_walks(np.zeros(len(known), dtype=np.int64), known, near_pairs(known), 1)[0][0])  # fmt: skip
