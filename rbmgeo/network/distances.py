"""Exact distances on foot between customers of one RBM, crossings counted.

Searched on the whole graph of corners (`rbmgeo.network.reach`) from each corner needed, until
every other of them is found: nothing is clipped, so nothing has to be proven.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rbmgeo.compiled import compiled
from rbmgeo.network import reach
from rbmgeo.network.corners import Corners
from rbmgeo.network.snap import Snapped
from rbmgeo.network.streets import Network

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Up to so many corners needed times corners there are plain Python is done before the compiled
#: search is loaded.
PLAIN = 3_000


@dataclass(frozen=True)
class _Standing:
    """Customers on chains: chain, metres along it, side as seen along it (0: on the line)."""

    chain: Ints
    along_m: Floats
    side: Ints


def distances(network: Network, graph: Corners, at: Snapped) -> Floats:
    """Return the metres between all pairs (n x n, symmetric, 0 on the diagonal).

    Infinite exactly where two customers are in parts that do not hang together. Metres off
    the street are not counted: they are walked in any order. A customer on the line itself
    is on both sides.
    """
    chains = graph.chains
    length = network.length_m[at.edge]
    standing = _Standing(
        chains.chain[at.edge],
        chains.along(at.edge, at.along_m, length),
        np.where(chains.against[at.edge], -at.side, at.side),
    )
    best = _by_corners(graph, standing)
    _same_chain(graph, standing, best)
    best = np.minimum(best, best.T)
    np.fill_diagonal(best, 0)
    return best


def _by_corners(graph: Corners, at: _Standing) -> Floats:
    """Return the shortest ways that leave both customers' chains by an end of them."""
    left, right = graph.left[at.chain], graph.right[at.chain]
    own = np.where(at.side[:, None] >= 0, left, right)
    # Only who is on the line has a second side.
    ends = np.c_[own, np.where(at.side[:, None] == 0, right, own)]
    length = graph.chains.length_m[at.chain]
    reach = np.c_[at.along_m, np.maximum(length - at.along_m, 0)]
    needed, place = np.unique(ends, return_inverse=True)
    place = place.reshape(-1, 4)
    between = between_corners(graph, needed)
    on_line = np.flatnonzero(at.side == 0)
    # First from each customer to every corner, then on to each customer: a corner has many.
    to_corner = np.minimum(between[place[:, 0]] + reach[:, :1], between[place[:, 1]] + reach[:, 1:])
    for k in (2, 3):
        other = between[place[on_line, k]] + reach[on_line, k - 2, None]
        to_corner[on_line] = np.minimum(to_corner[on_line], other)
    best = np.minimum(
        to_corner[:, place[:, 0]] + reach[:, 0], to_corner[:, place[:, 1]] + reach[:, 1]
    )
    for k in (2, 3):
        other = to_corner[:, place[on_line, k]] + reach[on_line, k - 2]
        best[:, on_line] = np.minimum(best[:, on_line], other)
    return np.asarray(best)


def _same_chain(graph: Corners, at: _Standing, best: Floats) -> None:
    """Take the way along the chain where two customers stand on the same one (in place)."""
    by = np.argsort(at.chain, kind="stable")
    chain = at.chain[by]
    begin = np.searchsorted(chain, chain)
    count = np.searchsorted(chain, chain, side="right") - begin
    # Everybody with everybody of his chain, whose places in `by` follow each other.
    i = np.repeat(by, count)
    j = by[np.arange(len(i)) - np.repeat(np.cumsum(count) - count - begin, count)]
    over = np.where(at.side[i] * at.side[j] < 0, graph.cross_m[at.chain[i]], 0.0)
    along = np.abs(at.along_m[i] - at.along_m[j]) + over
    best[i, j] = np.minimum(best[i, j], along)


def between_corners(graph: Corners, needed: Ints) -> Floats:
    """Return the metres between all pairs of some corners, infinite between parts."""
    count, size = len(needed), len(graph.xy)
    if not count:
        return np.empty((0, 0))
    out = np.empty((count, count))
    # The outermost search first: those in the middle, last, have only each other left to find.
    away = np.hypot(*(graph.xy[needed] - graph.xy[needed].mean(axis=0)).T)
    turn = np.argsort(-away, kind="stable")
    steps = graph.graph
    kernel = reach if count * size <= PLAIN else compiled(reach)
    kernel.between(
        steps.indptr, steps.indices, steps.data, graph.blind.astype(np.int32),
        graph.part.astype(np.int32), needed[turn].astype(np.int32), np.full(size, -1, np.int32),
        np.zeros(size, np.int32), np.empty(size), np.empty(steps.nnz + 1),
        np.empty(steps.nnz + 1, np.int32), out,
    )  # fmt: skip
    back = np.argsort(turn, kind="stable")
    return out[np.ix_(back, back)]
