"""Streets with two sides as a graph of corners: exact, and as small as it can be.

Where streets meet there is a corner between each street and the next one round: one walks
along a side of a street from corner to corner, round a corner for nothing, and over a street
from the corner on one side of it to that on the other for what its crossing costs. At a dead
end there is one corner: going round the end is no crossing. A street that may be crossed
anywhere needs no more for that: crossing it at its end costs the same, and only two houses on
the same stretch cross between (`rbmgeo.network.distances`). A road that is crossed only at
junctions is crossed at the ends of its stretches only; where the kind of road changes is an
end. Distances are those of one undirected graph: symmetric, and none is longer than by way
of a third place.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from rbmgeo.network.chains import Chains, merge
from rbmgeo.network.crossing import Crossing
from rbmgeo.network.streets import Network

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Metres of a step that costs nothing: scipy takes a zero for "no step".
NOTHING = 1e-9


@dataclass(frozen=True)
class Corners:
    """The graph of corners of a network, and where each chain's two sides begin and end.

    ``left``, ``right`` (chains x 2): the corner at the start and at the end of the side, as
    seen along the chain; without sides both are the node. ``cross_m``: crossing a chain
    between its ends, infinite where that is not allowed. ``xy``, ``part``: place and
    component of each corner. ``blind``: at a dead end, which is on the way to nowhere else: a
    step from side to side round the end stands for it.
    """

    chains: Chains
    left: Ints
    right: Ints
    cross_m: Floats
    graph: "sparse.csr_matrix"
    xy: Floats
    part: Ints
    blind: npt.NDArray[np.bool_]


def corners(network: Network, crossing: Crossing) -> Corners:
    """Build the graph of corners; without any cost of crossing, a corner is a whole node."""
    cost, held = crossing.rules(network.road)
    _, rule = np.unique(np.c_[cost, held], axis=0, return_inverse=True)
    chains = merge(network.edges, network.length_m, rule.ravel().astype(np.int64))
    edge = chains.halves[:, 0] >> 1
    cost, held = cost[edge], held[edge]
    node = network.edges.ravel()[chains.halves]
    if not held.any() and not cost.any():
        names, at = np.unique(node, return_inverse=True)
        left = right = at.reshape(-1, 2).astype(np.int64)
        xy = network.nodes[names]
        over = np.empty((0, 2), dtype=np.int64)
    else:
        before = _before(node.ravel(), _angles(network, chains.halves.ravel()))
        half = np.arange(2 * len(edge))
        # The corner numbered h is that on the left of half-edge h as one leaves the node.
        left = np.c_[half[0::2], before[1::2]]
        right = np.c_[before[0::2], half[1::2]]
        xy = network.nodes[node.ravel()]
        over = np.c_[before, half]
    steps = np.r_[left, right, over]
    metres = np.r_[chains.length_m, chains.length_m, np.repeat(cost, 2)[: len(over)]]
    ends = np.bincount(node.ravel(), minlength=len(network.nodes))[node] == 1
    round_end = np.r_[
        np.c_[left[:, 0], right[:, 0]][ends[:, 1]], np.c_[left[:, 1], right[:, 1]][ends[:, 0]]
    ]
    twice = 2 * np.r_[chains.length_m[ends[:, 1]], chains.length_m[ends[:, 0]]]
    graph = _graph(np.r_[steps, round_end], np.r_[metres, twice], len(xy))
    blind = np.zeros(len(xy), dtype=bool)
    blind[left[ends]] = True
    part = connected_components(graph, directed=False)[1]
    return Corners(
        chains, left, right, np.where(held, np.inf, cost), graph, xy, part.astype(np.int64), blind
    )


def _angles(network: Network, halves: Ints) -> Floats:
    """Return in which direction each half-edge leaves its node (radians)."""
    edge, at_end = halves >> 1, halves % 2 == 1
    shape, length = network.shapes[edge], network.length_m[edge]
    step = np.minimum(length / 2, 1.0)
    one = shapely.line_interpolate_point(shape, np.where(at_end, length, 0))
    two = shapely.line_interpolate_point(shape, np.where(at_end, length - step, step))
    return np.asarray(
        np.arctan2(shapely.get_y(two) - shapely.get_y(one), shapely.get_x(two) - shapely.get_x(one))
    )


def _before(node: Ints, angle: Floats) -> Ints:
    """Return for each half-edge the one before it, anticlockwise round its node."""
    order = np.lexsort((np.arange(len(node)), angle, node))
    begins = np.flatnonzero(np.r_[True, node[order][1:] != node[order][:-1]])
    last = np.r_[begins[1:], len(order)] - 1
    previous = np.r_[-1, order[:-1]]
    previous[begins] = order[last]
    before = np.empty(len(node), dtype=np.int64)
    before[order] = previous
    return before


def _graph(steps: Ints, metres: Floats, n: int) -> "sparse.csr_matrix":
    """Return a symmetric matrix; of parallel steps the shortest counts (scipy would add)."""
    both = np.r_[steps, steps[:, ::-1]]
    length = np.maximum(np.r_[metres, metres], NOTHING)
    order = np.lexsort((length, both[:, 1], both[:, 0]))
    both, length = both[order], length[order]
    key = both[:, 0] * n + both[:, 1]
    keep = np.r_[True, key[1:] != key[:-1]] & (both[:, 0] != both[:, 1])
    return sparse.csr_matrix((length[keep], (both[keep, 0], both[keep, 1])), shape=(n, n))
