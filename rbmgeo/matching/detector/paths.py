"""From every gardu a tree of shortest walks to the customers around it; what lies on each walk."""

from dataclasses import dataclass
from itertools import pairwise

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
    gardu. ``cost`` from the gardu, ``step_m`` the last step. ``outward``: the rows again, those
    of one depth together and in it the steps after one step together; those of depth d begin
    at ``starts[d]``, and the step before each stands at ``before`` (of depth 0: 0).
    """

    n: int
    key: Ints
    gardu: Ints
    customer: Ints
    parent: Ints
    cost: Floats
    step_m: Floats
    depth: Ints
    outward: Ints
    starts: Ints
    before: Ints

    @property
    def levels(self) -> list[slice]:
        """Return where in ``outward`` the rows of each depth stand."""
        return [slice(a, b) for a, b in pairwise(self.starts.tolist())]

    def rows(self, gardu: Ints, customer: Ints) -> Ints:
        """Return the row of each pair, -1 where the gardu does not reach the customer."""
        wanted = gardu * self.n + customer
        if not len(self.key):
            return np.full(wanted.shape, -1)
        at = np.minimum(np.searchsorted(self.key, wanted), len(self.key) - 1)
        return np.where((self.key[at] == wanted) & (gardu >= 0), at, -1)


def forest(
    n: int, placed: Ints, links: tuple[Ints, Ints, Floats], near_site: Ints, site_m: Floats
) -> Forest:
    """Grow each tree far enough for nearly all its near customers to hear of it, and no farther.

    ``links``: pairs with metres, gardu ``placed[j]`` as node n + j. ``near_site`` (n x s):
    the gardu that each customer should be reached by, ``site_m`` how far they are. Each gardu
    has a limit of its own: what reaches a village would reach all of a town.
    """
    a, b, long_m = links
    size = n + len(placed)
    cost = (np.maximum(long_m, 1.0) / STEP_M) ** STEP_POWER
    # A gardu is an end, not a crossing: its links lead out of it only.
    out_of = np.concatenate([a[b < n], b[a < n]])
    into = np.concatenate([b[b < n], a[a < n]])
    weight = np.concatenate([cost[b < n], cost[a < n]])
    graph = sparse.csr_matrix((weight, (out_of, into)), shape=(size, size))
    near = _near(placed, near_site)
    guess = _guessed_reach(n, placed, links, near_site, site_m)
    order = np.argsort(guess, kind="stable")  # alike together: one limit serves a handful
    parts = []
    for begin in range(0, len(order), _AT_ONCE):
        which = order[begin : begin + _AT_ONCE]
        parts.append(_trees(graph, n, placed, which, float(guess[which].max()), near))
    gardu, customer, before, far = (np.concatenate(p) for p in zip(*parts, strict=True))
    key = gardu * n + customer
    order = np.argsort(key, kind="stable")
    key, gardu, customer, before, far = (v[order] for v in (key, gardu, customer, before, far))
    parent = np.searchsorted(key, gardu * n + np.minimum(before, n - 1))
    parent = np.where(before < n, parent, -1)
    step = far - np.where(parent >= 0, far[parent], 0.0)
    return Forest(
        n, key, gardu, customer, parent, far, STEP_M * np.maximum(step, 0) ** (1 / STEP_POWER),
        *_outward(parent),
    )  # fmt: skip


def _near(placed: Ints, near_site: Ints) -> list[Ints]:
    """Return for each gardu the customers that have it among their nearest."""
    pairs = near_site.ravel()
    order = np.argsort(pairs, kind="stable")
    customer = order // near_site.shape[1]
    lows = np.searchsorted(pairs[order], placed)
    highs = np.searchsorted(pairs[order], placed, side="right")
    return [customer[a:b] for a, b in zip(lows, highs, strict=True)]


def _guessed_reach(
    n: int, placed: Ints, links: tuple[Ints, Ints, Floats], near_site: Ints, site_m: Floats
) -> Floats:
    """Guess, amply, the cost at which a gardu hears of its near customers: steps as long as theirs."""
    a, b, long_m = links
    ends = np.concatenate([a, b])
    here = ends < n
    total = np.bincount(ends[here], np.concatenate([long_m, long_m])[here], minlength=n)
    count = np.bincount(ends[here], minlength=n)
    step_m = np.clip(total / np.maximum(count, 1), 5.0, None)
    steps = site_m / step_m[:, None]
    cost = (steps + 1) * (step_m[:, None] / STEP_M) ** STEP_POWER
    out = np.full(int(placed.max()) + 1, 1.0)
    order = np.lexsort((cost.ravel(), near_site.ravel()))
    of, sorted_cost = near_site.ravel()[order], cost.ravel()[order]
    lows = np.searchsorted(of, placed)
    size = np.searchsorted(of, placed, side="right") - lows
    has = size > 0
    at = lows[has] + np.floor(0.9 * (size[has] - 1)).astype(int)
    out[placed[has]] = 3.0 * sorted_cost[at]
    return np.asarray(out[placed])


def _trees(
    graph: sparse.csr_matrix, n: int, placed: Ints, which: Ints, limit: float, near: list[Ints]
) -> tuple[Ints, Ints, Ints, Floats]:
    far, before = dijkstra(graph, indices=n + which, limit=limit, return_predecessors=True)
    for k, j in enumerate(which):
        told = far[k, near[j]]
        told = told[np.isfinite(told)]
        far[k, far[k] > (np.quantile(told, 0.9) if len(told) else 0.0)] = np.inf
    row, customer = np.nonzero(np.isfinite(far[:, :n]))
    return (
        placed[which[row]], customer.astype(np.int64),
        before[row, customer].astype(np.int64), far[row, customer],
    )  # fmt: skip


def _outward(parent: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the depth of every row, and the rows by depth as `Forest` tells them."""
    depth = np.where(parent < 0, 0, -1)
    rows = np.argsort(parent, kind="stable")
    starts = np.searchsorted(parent[rows], np.arange(len(parent)))
    ends = np.searchsorted(parent[rows], np.arange(len(parent)), side="right")
    level = np.flatnonzero(parent < 0)
    levels, sizes = [], [0]
    while len(level):
        levels.append(level)
        sizes.append(len(level))
        depth[level] = len(levels) - 1
        count = ends[level] - starts[level]
        at = np.repeat(starts[level] - np.cumsum(count) + count, count) + np.arange(count.sum())
        level = rows[at]
    outward = np.concatenate(levels) if levels else rows
    place = np.empty(len(parent), dtype=np.int64)
    place[outward] = np.arange(len(parent))
    up = parent[outward]
    return depth, outward, np.cumsum(sizes), np.where(up < 0, 0, place[up])


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
    out, before, size = trees.outward, trees.before, len(trees.key)
    mine, step_m = belongs[out], trees.step_m[out]
    whose = None if patch is None else patch[trees.customer[out]]
    count, gap, longest = mine.copy(), step_m * (1 - mine), np.maximum(step_m, 0)
    up_count, up_gap = np.zeros(size), step_m.copy()
    outside = np.full(size, -1, dtype=np.int64)
    for level in trees.levels[1:]:
        up = before[level]
        up_count[level] = count[up]
        up_gap[level] += gap[up]
        longest[level] = np.maximum(longest[up], up_gap[level])
        count[level] += up_count[level]
        gap[level] = up_gap[level] * (1 - mine[level])
        if whose is not None:
            outside[level] = np.where(whose[up] == whose[level], outside[up], up)
    depth = trees.depth[out]
    share = np.where(depth > 0, up_count / np.maximum(depth, 1), np.nan)
    # Seen from the last step outside the patch, that step itself counted.
    seen = np.maximum(outside, 0)
    beyond = np.where(outside >= 0, count[seen] / (depth[seen] + 1), np.nan)
    flow = np.zeros(size)
    for inner, level in list(pairwise(trees.levels))[::-1]:
        many = inner.stop - inner.start
        up = before[level] - inner.start
        flow[inner] = np.bincount(up, flow[level] + mine[level], minlength=many)
    told = np.empty((5, size))
    told[:, out] = share, up_gap, longest, beyond, flow
    return OnTheWay(*told)
