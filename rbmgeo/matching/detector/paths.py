"""From every gardu a tree of shortest walks to the customers around it; what lies on each walk."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: A step twice as long counts nearly three times: lines go from house to house, not across.
STEP_M, STEP_POWER = 30.0, 1.5
_AT_ONCE = 64


@dataclass(frozen=True)
class Forest:
    """One tree a gardu, all in one table; a row is (gardu, customer) within reach of it.

    ``key`` = gardu * n + customer, rising. ``parent``: row of the step before, -1 at the
    gardu. ``cost`` from the gardu, ``step_m`` the last step. ``levels``: rows by depth.
    """

    n: int
    key: Ints
    gardu: Ints
    customer: Ints
    parent: Ints
    cost: Floats
    step_m: Floats
    depth: Ints
    levels: tuple[Ints, ...]

    def rows(self, gardu: Ints, customer: Ints) -> Ints:
        """Return the row of each pair, -1 where the gardu does not reach the customer."""
        wanted = gardu * self.n + customer
        if not len(self.key):
            return np.full(wanted.shape, -1)
        at = np.minimum(np.searchsorted(self.key, wanted), len(self.key) - 1)
        return np.where((self.key[at] == wanted) & (gardu >= 0), at, -1)


def forest(n: int, placed: Ints, links: tuple[Ints, Ints, Floats], near_site: Ints) -> Forest:
    """Grow the trees far enough for nearly every customer to hear of its nearest gardu.

    ``links``: pairs with metres, gardu ``placed[j]`` as node n + j. ``near_site`` (n x s):
    the gardu that each customer should be reached by.
    """
    a, b, long_m = links
    size = n + len(placed)
    cost = (np.maximum(long_m, 1.0) / STEP_M) ** STEP_POWER
    # A gardu is an end, not a crossing: its links lead out of it only.
    out_of = np.concatenate([a[b < n], b[a < n]])
    into = np.concatenate([b[b < n], a[a < n]])
    weight = np.concatenate([cost[b < n], cost[a < n]])
    graph = sparse.csr_matrix((weight, (out_of, into)), shape=(size, size))
    limit = _reach(graph, n, placed, near_site)
    parts = [
        _trees(graph, n, placed, np.arange(s, min(s + _AT_ONCE, len(placed))), limit)
        for s in range(0, len(placed), _AT_ONCE)
    ]
    gardu, customer, before, far = (np.concatenate(p) for p in zip(*parts, strict=True))
    key = gardu * n + customer
    order = np.argsort(key, kind="stable")
    key, gardu, customer, before, far = (v[order] for v in (key, gardu, customer, before, far))
    parent = np.searchsorted(key, gardu * n + np.minimum(before, n - 1))
    parent = np.where(before < n, parent, -1)
    step = far - np.where(parent >= 0, far[parent], 0.0)
    depth, levels = _levels(parent)
    return Forest(
        n, key, gardu, customer, parent, far, STEP_M * np.maximum(step, 0) ** (1 / STEP_POWER),
        depth, levels,
    )  # fmt: skip


def _reach(graph: sparse.csr_matrix, n: int, placed: Ints, near_site: Ints) -> float:
    """Return a cost that reaches most customers from their nearest gardu, tried on some gardu."""
    some = np.arange(0, len(placed), max(1, len(placed) // 24))
    far = dijkstra(graph, indices=n + some)[:, :n]
    wanted = [far[k][(near_site == placed[j]).any(axis=1)] for k, j in enumerate(some)]
    known = np.concatenate(wanted)
    known = known[np.isfinite(known)]
    return float(np.quantile(known, 0.9)) if len(known) else 1.0


def _trees(
    graph: sparse.csr_matrix, n: int, placed: Ints, which: Ints, limit: float
) -> tuple[Ints, Ints, Ints, Floats]:
    far, before = dijkstra(graph, indices=n + which, limit=limit, return_predecessors=True)
    row, customer = np.nonzero(np.isfinite(far[:, :n]))
    return (
        placed[which[row]], customer.astype(np.int64),
        before[row, customer].astype(np.int64), far[row, customer],
    )  # fmt: skip


def _levels(parent: Ints) -> tuple[Ints, tuple[Ints, ...]]:
    depth = np.where(parent < 0, 0, -1)
    rows = np.argsort(parent, kind="stable")
    starts = np.searchsorted(parent[rows], np.arange(len(parent)))
    ends = np.searchsorted(parent[rows], np.arange(len(parent)), side="right")
    level = np.flatnonzero(parent < 0)
    levels = []
    while len(level):
        levels.append(level)
        depth[level] = len(levels) - 1
        count = ends[level] - starts[level]
        at = np.repeat(starts[level] - np.cumsum(count) + count, count) + np.arange(count.sum())
        level = rows[at]
    return depth, tuple(levels)


@dataclass(frozen=True)
class OnTheWay:
    """What lies on the walk to each row of a forest, the customer itself left out.

    ``share``: part of the steps whose customer is recorded on the tree's gardu (soft: the mean
    of what is believed). ``gap_m``: metres since the last such one; ``longest_m``: the longest
    stretch without one. ``outside``: ``share`` at the last step outside the customer's own
    patch. ``flow``: such customers whose walk leads through this one.
    """

    share: Floats
    gap_m: Floats
    longest_m: Floats
    outside: Floats
    flow: Floats


def on_the_way(trees: Forest, belongs: Floats, patch: Ints | None = None) -> OnTheWay:
    """Walk every tree once; ``belongs`` (a row each): how far its customer is of the gardu."""
    size = len(trees.key)
    count, gap, longest = np.zeros(size), np.zeros(size), np.zeros(size)
    outside = np.full(size, -1, dtype=np.int64)
    up_count, up_gap, up_longest = np.zeros(size), np.zeros(size), np.zeros(size)
    for level in trees.levels:
        up = trees.parent[level]
        top = up < 0
        safe = np.maximum(up, 0)
        up_count[level] = np.where(top, 0.0, count[safe])
        up_gap[level] = np.where(top, 0.0, gap[safe]) + trees.step_m[level]
        up_longest[level] = np.maximum(np.where(top, 0.0, longest[safe]), up_gap[level])
        mine = belongs[level]
        count[level] = up_count[level] + mine
        gap[level] = up_gap[level] * (1 - mine)
        longest[level] = up_longest[level]
        if patch is not None:
            same = ~top & (patch[trees.customer[safe]] == patch[trees.customer[level]])
            outside[level] = np.where(same, outside[safe], up)
    share = np.where(trees.depth > 0, up_count / np.maximum(trees.depth, 1), np.nan)
    # Seen from the last step outside the patch, that step itself counted.
    seen = np.maximum(outside, 0)
    beyond = np.where(outside >= 0, count[seen] / (trees.depth[seen] + 1), np.nan)
    flow = np.zeros(size)
    for level in trees.levels[:0:-1]:
        np.add.at(flow, trees.parent[level], flow[level] + belongs[level])
    return OnTheWay(share, up_gap, up_longest, beyond, flow)
