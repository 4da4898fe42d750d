"""Exact distances on foot between customers of one RBM, crossings counted.

Searched on the graph of corners with an early stop: every distance found within the limit is
the shortest there is, and the limit is doubled only for pairs that hang together and were not
found. What is farther from all the places asked for than half the limit is left out: no way
within the limit can go there, for a street is never shorter than the straight line.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import dijkstra

from rbmgeo.network.corners import Corners
from rbmgeo.network.snap import Snapped
from rbmgeo.network.streets import Network

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Metres of rounding: vertices within a millimetre are one node.
SLACK_M = 5.0
#: The first limit by the span of the places asked for, and how it grows (measured on streets
#: of a city: most pairs are found at once, and fewer places are searched).
FIRST_LIMIT, WIDER = 0.8, 1.4


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
    ends = np.c_[np.where(at.side[:, None] >= 0, left, right), right]
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
    i, j = np.nonzero(at.chain[:, None] == at.chain[None])
    over = np.where(at.side[i] * at.side[j] < 0, graph.cross_m[at.chain[i]], 0.0)
    along = np.abs(at.along_m[i] - at.along_m[j]) + over
    best[i, j] = np.minimum(best[i, j], along)


def between_corners(graph: Corners, needed: Ints) -> Floats:
    """Return the metres between all pairs of some corners, infinite between parts."""
    part = graph.part[needed]
    apart = part[:, None] != part[None]
    out = np.where(apart, np.inf, np.nan)
    xy = graph.xy[needed]
    low, high = xy.min(axis=0), xy.max(axis=0)
    limit = float(np.hypot(*(high - low))) * FIRST_LIMIT + 100
    rows = np.arange(len(needed))
    while len(rows):
        box = limit / 2 + SLACK_M
        within = ((graph.xy >= low - box) & (graph.xy <= high + box)).all(axis=1)
        whole = bool(within.all())
        within &= ~graph.blind
        within[needed] = True
        inside = np.flatnonzero(within)
        clip = graph.graph[inside][:, inside]
        here = np.searchsorted(inside, needed)
        found = dijkstra(clip, indices=here[rows], limit=np.inf if whole else limit)[:, here]
        known = np.isfinite(found)
        out[rows] = np.where(known, found, out[rows])
        out = np.fmin(out, out.T)
        rows = _covering(np.isnan(out))
        limit *= WIDER
    return out


def _covering(pending: npt.NDArray[np.bool_]) -> Ints:
    """Choose rows so that every pending pair (symmetric) has one of its two among them.

    The row with most pending pairs first: a place far from all is one search, not one of all.
    """
    left = pending.copy()
    rows: list[int] = []
    while True:
        counts = left.sum(axis=1)
        row = int(counts.argmax())
        if not counts[row]:
            return np.array(sorted(rows), dtype=np.int64)
        rows.append(row)
        left[row] = left[:, row] = False
