"""A short round tour over whole-number costs: lists of neighbours, a greedy start, a seeded search."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rbmgeo.routes import kernel
from rbmgeo.routes.compiled import compiled_kernel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Wide = npt.NDArray[np.int64]

#: Costs are scaled to whole numbers below 2**26: 10 km to a seventh of a millimetre.
BITS = 26
#: Below so many cities plain Python is done before the compiled kernel is loaded.
PLAIN = 20
#: Stops up to which a kick a stop does; a route of a day has no more.
USUAL = 350
#: Two starts that differ by so little are the best there is, nearly always: to go on until the
#: same length is found twice took 12 % more searches for 0.02 % (even RBM of Kediri).
AGREE = 0.0025


@dataclass(frozen=True)
class Search:
    """How hard to look, tuned on the even RBM of Kediri (`bench.routes_order` shows the odd).

    ``rounds``: kicks a city in each start. ``starts``: at most. ``near``, ``each``: neighbours of
    a city, nearest and per quadrant. ``broad``: how many of them the third edge of a move tries.
    ``longest``: stops of a part that a kick moves. ``apart``: kicks a city before another start.
    """

    rounds: int = 1
    starts: int = 3
    near: int = 3
    each: int = 2
    apart: float = 0.3
    broad: int = 12
    longest: int = 100

    def kicks(self, n: int) -> int:
        """Return how often to kick ``n`` cities: more a city where they are more than usual.

        Of a larger tour two searches are alike in length long before they are good.
        """
        return round(self.rounds * n * max(1.0, (n / USUAL) ** 2))


def whole(matrix: Floats) -> Ints:
    """Return a matrix as whole numbers, the larger of the two ways of a pair where they differ.

    The scale is a power of two: lengths keep their ratios and no machine rounds another way.
    """
    top = float(matrix.max(initial=0.0))
    if top < 1e-200:
        return np.zeros(matrix.shape, dtype=np.int32)
    scaled = matrix * math.ldexp(1.0, BITS - math.frexp(top)[1])
    cost = np.rint(scaled, out=scaled).astype(np.int32)
    return np.maximum(cost, cost.T)


def tour_of(
    cost: Ints, fix: Wide, dummies: int, search: Search, seed: int, *, kernel_: Any = None
) -> Wide:
    """Return a short round tour of every row.

    ``fix``: the row each must stand beside, or -1. The last ``dummies`` rows cost nothing to
    reach. The best of seeded starts, which end when one comes within `AGREE` of the best before.
    Rows are put in an order of their own first, so that theirs tells only where all sums tie.
    """
    n = len(cost)
    loaded = compiled_kernel.cache_info().currsize > 0
    k = kernel_ or (kernel if n <= PLAIN and not loaded else compiled_kernel())
    cities = n - dummies
    rank = np.r_[np.argsort(cost[:cities].sum(axis=1, dtype=np.int64), kind="stable"), cities:n]
    back = np.empty(n, dtype=np.int64)
    back[rank] = np.arange(n)
    cost = np.ascontiguousarray(cost.take(rank, axis=0).take(rank, axis=1))
    beside = np.where(fix[rank] >= 0, back[fix[rank]], -1).astype(np.int32)
    cand = lists(k, cost, cities, search)
    first = greedy(k, cost, cand, beside)
    best, length = first, -1
    for start in range(search.starts):
        state = np.array([1 + (seed * 7919 + start * 104729) % 2147483646], dtype=np.int64)
        shakes = int(search.apart * n) if start else 0
        tour, long = searched(k, first, cost, cand, beside, search, state, shakes)
        agreed = length >= 0 and abs(long - length) <= max(n, int(AGREE * length))
        if length < 0 or long < length:
            best, length = tour, long
        if agreed:
            break
    return np.asarray(rank[best], dtype=np.int64)


def searched(
    k: Any,
    first: Ints,
    cost: Ints,
    cand: Ints,
    fix: Ints,
    search: Search,
    state: Wide,
    shakes: int = 0,
) -> tuple[Ints, int]:
    """Return the tour that one search from a state finds, and its length.

    Without ``shakes`` it is no longer than the first.
    """
    n = len(cost)
    tour = first.copy()
    away = np.take_along_axis(cost, np.maximum(cand, 0).astype(np.int64), axis=1)
    room, numbers = np.empty((6, max(n, 8)), np.int32), np.empty(16, np.int64)
    length = k.searched(
        tour, cost, cand, away, fix, shakes, search.kicks(n), search.broad, search.longest,
        state, room, numbers,
    )  # fmt: skip
    return tour, int(length)


def lists(k: Any, cost: Ints, cities: int, search: Search) -> Ints:
    """Return the neighbours worth an edge of every city, nearest first, filled up with -1."""
    n = len(cost)
    x, y = plane(cost[:cities, :cities])
    out = np.full((n, n - cities + search.near + 4 * search.each), -1, dtype=np.int32)
    kept = np.empty(search.near + 4 * search.each + 5, dtype=np.int32)
    k.neighbours(cost, x, y, cities, search.near, search.each, kept, out)
    return out


def plane(cost: Ints) -> tuple[Wide, Wide]:
    """Lay cities out in a plane by their distances from two pairs of far ones (FastMap).

    Faloutsos and Lin 1995. Only left or right, above or below of another is read from it.
    """
    axes: list[Wide] = []
    for _ in range(2):
        here = 0
        for _ in range(2):
            far = _away(cost, axes, here)
            there = int(far.argmax())
            here, other = there, here
        far, back = _away(cost, axes, here), _away(cost, axes, other)
        apart = far[other]
        if apart <= 0:
            axes.append(np.zeros(len(cost), dtype=np.int64))
            continue
        along = (far + apart - back) / (2 * math.sqrt(apart))
        axes.append(np.rint(along).astype(np.int64))
    return axes[0], axes[1]


def _away(cost: Ints, axes: "list[Wide]", c: int) -> Floats:
    """Return squares of what the axes so far do not tell of the distances from a city."""
    far = cost[c].astype(np.float64) ** 2
    for axis in axes:
        far = np.maximum(far - (axis - axis[c]).astype(np.float64) ** 2, 0.0)
    return np.asarray(far)


def greedy(k: Any, cost: Ints, cand: Ints, fix: Ints) -> Ints:
    """Join the shortest edges of the lists that neither branch nor close, then the loose ends."""
    n = len(cost)
    links = np.full((n, 2), -1, dtype=np.int32)
    part = np.arange(n, dtype=np.int32)
    tied = np.flatnonzero(fix > np.arange(n)).astype(np.int32)
    k.joined(links, part, tied, fix[tied])
    a = np.repeat(np.arange(n), cand.shape[1])
    b = cand.ravel().astype(np.int64)
    a, b = a[b >= 0], b[b >= 0]
    _join_shortest(k, cost, links, part, np.minimum(a, b), np.maximum(a, b))
    loose = np.flatnonzero(links[:, 1] < 0)
    i, j = np.triu_indices(len(loose), 1)
    _join_shortest(k, cost, links, part, loose[i], loose[j])
    return _walked(links)


def _join_shortest(k: Any, cost: Ints, links: Ints, part: Ints, a: Wide, b: Wide) -> None:
    pairs = np.sort(a * len(cost) + b)
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    a, b = pairs // len(cost), pairs % len(cost)
    by = np.argsort(cost[a, b], kind="stable")
    k.joined(links, part, a[by].astype(np.int32), b[by].astype(np.int32))


def _walked(links: Ints) -> Ints:
    rows = links.tolist()
    ends = [i for i, (_, second) in enumerate(rows) if second < 0]
    before, here = -1, ends[0] if ends else 0
    tour = np.empty(len(rows), dtype=np.int32)
    for k in range(len(rows)):
        tour[k] = here
        one, two = rows[here]
        before, here = here, two if one == before or one < 0 else one
    return tour
