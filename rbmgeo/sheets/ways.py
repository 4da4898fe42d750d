"""The way that a reader walks, as lines on the ground: along the streets, on the houses' side."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from rbmgeo.network.snap import Snapped, Snapper
from rbmgeo.network.streets import Network

Floats = npt.NDArray[np.float64]

#: A way along streets that is longer than this many times the straight line, plus metres, is not drawn.
DETOUR, SLACK_M = 4.0, 80.0
#: A house farther off any street than this is walked to straight, metres.
OFF_M = 120.0


@dataclass(frozen=True)
class Leg:
    """The way from one house to the next (k x 2 metres); ``guessed`` where no street is known.

    ``sides``: on which side (1 left, -1 right of the way, 0 unknown) its first and last house lie.
    """

    points: Floats
    guessed: bool
    sides: tuple[int, int]


def walked_legs(xy: Floats, network: Network | None) -> list[Leg]:
    """Return the legs between houses in walking order (metres, none missing)."""
    if len(xy) < 2:
        return []
    if network is None or not len(network.edges):
        return [Leg(xy[i : i + 2], True, (0, 0)) for i in range(len(xy) - 1)]
    points = gpd.GeoSeries(shapely.points(xy))
    at = Snapper(network).snap(points)
    ways = _Ways(network, at)
    return [ways.leg(i, i + 1, xy) for i in range(len(xy) - 1)]


def from_streets(xy: Floats, network: Network | None) -> Floats:
    """Return the unit vector from the street to each house (up where none is known)."""
    up = np.tile([0.0, 1.0], (len(xy), 1))
    if network is None or not len(network.edges) or not len(xy):
        return up
    at = Snapper(network).snap(gpd.GeoSeries(shapely.points(xy)))
    foot = shapely.get_coordinates(
        shapely.line_interpolate_point(network.shapes[at.edge], at.along_m)
    )
    out = xy - foot
    far = np.hypot(*out.T)
    clear = far > 0.05
    up[clear] = out[clear] / far[clear, None]
    return up


class _Ways:
    """Shortest ways between houses that stand on a network."""

    def __init__(self, network: Network, at: Snapped) -> None:
        self.network, self.at = network, at
        a, b = network.edges[:, 0], network.edges[:, 1]
        # Of several edges between two nodes only the shortest is ever walked.
        order = np.lexsort((network.length_m, np.maximum(a, b), np.minimum(a, b)))
        low, high = np.minimum(a, b)[order], np.maximum(a, b)[order]
        keep = np.r_[True, (low[1:] != low[:-1]) | (high[1:] != high[:-1])]
        low, high, number = low[keep], high[keep], order[keep]
        self.edge_of = {(int(u), int(v)): int(e) for u, v, e in zip(low, high, number, strict=True)}
        n = len(network.nodes)
        weights = np.maximum(network.length_m[number], 1e-6)
        graph = coo_matrix((weights, (low, high)), shape=(n, n)).tocsr()
        ends = np.unique(network.edges[at.edge].ravel())
        self.row = {int(v): k for k, v in enumerate(ends)}
        self.far, self.before = dijkstra(
            graph, directed=False, indices=ends, return_predecessors=True
        )

    def leg(self, i: int, j: int, xy: Floats) -> Leg:
        """Return the way from house i to house j."""
        straight = float(np.hypot(*(xy[j] - xy[i])))
        found = self._along(i, j)
        off = max(self.at.off_m[i], self.at.off_m[j])
        if found is None or off > OFF_M or found[0] > DETOUR * straight + SLACK_M:
            return Leg(xy[[i, j]], True, (0, 0))
        points = _without_repeats(found[1])
        if len(points) < 2:
            points = np.vstack([points, points + 1e-3])
        return Leg(points, False, (_side(points[0], points[1], xy[i]), _side(points[-2], points[-1], xy[j])))  # fmt: skip

    def _along(self, i: int, j: int) -> tuple[float, Floats] | None:
        at, net = self.at, self.network
        ei, ej = int(at.edge[i]), int(at.edge[j])
        best: tuple[float, int, int] | None = None
        for u, du in self._ends(i):
            for v, dv in self._ends(j):
                d = du + float(self.far[self.row[u], v]) + dv
                if np.isfinite(d) and (best is None or d < best[0]):
                    best = (d, u, v)
        on_one = abs(at.along_m[i] - at.along_m[j]) if ei == ej else np.inf
        if on_one < np.inf and (best is None or on_one <= best[0]):
            return float(on_one), _stretch(net.shapes[ei], at.along_m[i], at.along_m[j])
        if best is None:
            return None
        d, u, v = best
        nodes = self._nodes(u, v)
        pieces = [self._to_end(i, u)]
        for p, q in pairwise(nodes):
            pieces.append(self._edge(p, q))
        pieces.append(self._to_end(j, v)[::-1])
        return d, np.vstack(pieces)

    def _ends(self, i: int) -> list[tuple[int, float]]:
        e = int(self.at.edge[i])
        u, v = self.network.edges[e]
        along = float(self.at.along_m[i])
        return [(int(u), along), (int(v), float(self.network.length_m[e]) - along)]

    def _to_end(self, i: int, node: int) -> Floats:
        e = int(self.at.edge[i])
        first = int(self.network.edges[e, 0]) == node
        to = 0.0 if first else float(self.network.length_m[e])
        return _stretch(self.network.shapes[e], float(self.at.along_m[i]), to)

    def _nodes(self, u: int, v: int) -> list[int]:
        row, nodes = self.before[self.row[u]], [v]
        while nodes[-1] != u:
            nodes.append(int(row[nodes[-1]]))
        return nodes[::-1]

    def _edge(self, p: int, q: int) -> Floats:
        e = self.edge_of[min(p, q), max(p, q)]
        points = shapely.get_coordinates(self.network.shapes[e])
        return points if int(self.network.edges[e, 0]) == p else points[::-1]


def _stretch(shape: Any, a: float, b: float) -> Floats:
    """Return the points of a line from metre ``a`` to metre ``b``, either way round."""
    points = shapely.get_coordinates(shape)
    along = np.r_[0, np.hypot(*np.diff(points, axis=0).T).cumsum()]
    low, high = min(a, b), max(a, b)
    between = points[(along > low) & (along < high)]
    ends = shapely.get_coordinates(shapely.line_interpolate_point(shape, [low, high]))
    out = np.vstack([ends[:1], between, ends[1:]])
    return out if a <= b else out[::-1]


def _without_repeats(points: Floats) -> Floats:
    moved = np.r_[True, np.hypot(*np.diff(points, axis=0).T) > 0.02]
    return points[moved]


def _side(a: Floats, b: Floats, house: Floats) -> int:
    cross = (b[0] - a[0]) * (house[1] - a[1]) - (b[1] - a[1]) * (house[0] - a[0])
    return int(np.sign(round(float(cross), 6)))


def beside(leg: Leg, off: float, *, crossing: float = 3.0) -> Floats:
    """Return a leg moved to the side of its houses by ``off`` (in its own unit).

    The street is crossed on the last ``crossing`` before the house: until there the way stays
    on the side of the house before, so that ways of one side lie on each other.
    """
    points, (first, last) = leg.points, leg.sides
    far = np.hypot(*np.diff(points, axis=0).T)
    total = float(far.sum())
    if first != last and total > 1e-6:
        at = total - min(crossing, total / 2)
        along = np.r_[0, far.cumsum()]
        k = int(np.searchsorted(along, at, side="right")) - 1
        t = (at - along[k]) / max(far[k], 1e-9)
        cut = points[k] + (points[k + 1] - points[k]) * t
        points = np.vstack([points[: k + 1], cut, points[k + 1 :]])
        side = np.r_[np.full(k + 2, first), np.full(len(points) - k - 2, last)]
    else:
        side = np.full(len(points), last)
    step = np.diff(points, axis=0)
    long = np.hypot(*step.T)
    keep = np.r_[True, long > 1e-9]
    points, side = points[keep], side[keep]
    if len(points) < 2:
        return points
    step = np.diff(points, axis=0)
    normal = np.column_stack([-step[:, 1], step[:, 0]]) / np.hypot(*step.T)[:, None]
    at_ = np.vstack([normal[:1], normal[:-1] + normal[1:], normal[-1:]])
    size = np.maximum(np.hypot(*at_.T), 0.7)
    # The mitre: at a corner the line must stay ``off`` from both of its arms.
    stretch = np.r_[1.0, 2 / np.maximum(size[1:-1], 1.2), 1.0]
    return np.asarray(points + at_ / size[:, None] * (side * stretch)[:, None] * off)
