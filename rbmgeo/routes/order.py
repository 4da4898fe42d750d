"""The walking order of one RBM: an open path, free or fixed at its ends."""

from dataclasses import dataclass
from functools import cache
from itertools import permutations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


#: So many cities (40,320 tours) are tried in every order within milliseconds.
FEW = 9


@dataclass(frozen=True)
class OrderParams:
    """How hard to look for a short walk: ``rounds`` of shaking, from a seed."""

    rounds: int = 4
    seed: int = 0

    def __post_init__(self) -> None:
        if self.rounds < 0:
            raise ValueError(f"rounds is {self.rounds}, expected 0 or more")


def path_length_m(matrix: Floats, permutation: Ints, *, closed: bool = False) -> float:
    """Return the length of visiting in this order, always from the matrix itself."""
    total = float(matrix[permutation[:-1], permutation[1:]].sum())
    if closed and len(permutation):
        total += float(matrix[permutation[-1], permutation[0]])
    return total


def order(
    matrix: Floats,
    *,
    start: int | None = None,
    end: int | None = None,
    closed: bool = False,
    params: OrderParams | None = None,
) -> Ints:
    """Return a short order of visiting every row of a symmetric matrix once.

    Greedy edges, then 2-opt and Or-opt until neither helps, then ``rounds`` of shaking,
    each kept only if it is shorter; a few stops are simply tried in every order. A dummy
    city joins the two ends of an open path. Rows
    should be sorted by idpel: ties go to the lower row, the same rows give the same order.

    Raises
    ------
    ValueError
        If the matrix is not square, or an end is not one of its rows, or both ends are one.
    """
    params = params or OrderParams()
    n = len(matrix)
    if matrix.shape != (n, n):
        raise ValueError(f"matrix is {matrix.shape}, expected square")
    for name, city in (("start", start), ("end", end)):
        if city is not None and not 0 <= city < n:
            raise ValueError(f"{name} is {city}, expected one of {n} rows")
    if start is not None and start == end and n > 1 and not closed:
        raise ValueError(f"start and end are both {start}; a walk that returns is closed=True")
    if n < 3 and start is None and end is None:
        return np.arange(n)
    cost = matrix if closed else _with_dummy(matrix, start, end)
    if len(cost) <= FEW:
        tour = _shortest(cost)
    else:
        tour = _shaken(cost, _improved(cost, _greedy(cost)), params)
    if closed:
        return _from(tour, start if start is not None else 0)
    tour = _from(tour, n)[1:]
    backwards = (start is not None and tour[0] != start) or (end is not None and tour[-1] != end)
    if not backwards and start is None and end is None:
        backwards = tour[0] > tour[-1]  # of two directions the one that begins lower
    return tour[::-1].copy() if backwards else tour


def _shortest(cost: Floats) -> Ints:
    """Return the shortest tour of all, the first in order of rows where several are."""
    tours = _tours(len(cost))
    length = cost[tours, np.roll(tours, -1, axis=1)].sum(axis=1)
    return np.asarray(tours[int(np.round(length, 9).argmin())].copy())


@cache
def _tours(n: int) -> Ints:
    return np.array([(0, *rest) for rest in permutations(range(1, n))], dtype=np.int64)


def _with_dummy(matrix: Floats, start: int | None, end: int | None) -> Floats:
    n = len(matrix)
    far = float(matrix.max()) * n + 1
    cost = np.zeros((n + 1, n + 1))
    cost[:n, :n] = matrix
    fixed = [c for c in (start, end) if c is not None]
    if fixed:
        cost[n, :n] = cost[:n, n] = far if len(fixed) == 2 else 0.0
        cost[n, fixed] = cost[fixed, n] = 0.0 if len(fixed) == 2 else -far
    return cost


def _from(tour: Ints, city: int) -> Ints:
    return np.roll(tour, -int(np.flatnonzero(tour == city)[0]))


def _greedy(cost: Floats) -> Ints:
    """Join the shortest edges that neither branch nor close early."""
    n = len(cost)
    k = min(n - 1, 12)
    near = np.argsort(cost + np.diag(np.full(n, np.inf)), axis=1, kind="stable")[:, :k]
    a, b = np.repeat(np.arange(n), k), near.ravel()
    a, b = np.minimum(a, b), np.maximum(a, b)
    pairs = np.unique(a * n + b)
    a, b = pairs // n, pairs % n
    rank = np.lexsort((pairs, cost[a, b]))
    links: list[list[int]] = [[] for _ in range(n)]
    part = list(range(n))

    def root(i: int) -> int:
        while part[i] != i:
            part[i] = part[part[i]]
            i = part[i]
        return i

    def join(i: int, j: int) -> None:
        if len(links[i]) < 2 and len(links[j]) < 2 and root(i) != root(j):
            links[i].append(j)
            links[j].append(i)
            part[root(i)] = root(j)

    for e in rank:
        join(int(a[e]), int(b[e]))
    while True:
        loose = [i for i in range(n) if len(links[i]) < 2]
        if len({root(i) for i in loose}) <= 1:
            break
        between = cost[np.ix_(loose, loose)].copy()
        roots = np.array([root(i) for i in loose])
        between[roots[:, None] == roots[None]] = np.inf
        i, j = np.unravel_index(int(between.argmin()), between.shape)
        join(loose[int(i)], loose[int(j)])
    ends = [i for i in range(n) if len(links[i]) < 2]
    before, here = -1, ends[0] if ends else 0
    tour: list[int] = []
    while len(tour) < n:
        tour.append(here)
        onward = [c for c in links[here] if c != before]
        before, here = here, onward[0] if onward else here
    return np.array(tour)


def _improved(cost: Floats, tour: Ints) -> Ints:
    """Apply the best 2-opt move, else the best Or-opt move, until none helps."""
    while True:
        better = _two_opt(cost, tour)
        if better is None:
            better = _or_opt(cost, tour)
        if better is None:
            return tour
        tour = better


def _two_opt(cost: Floats, tour: Ints) -> Ints | None:
    """Reverse several stretches at once, each the best that does not touch another."""
    n = len(tour)
    nxt = np.roll(tour, -1)
    here = cost[tour, nxt]
    gain = here[:, None] + here[None] - cost[np.ix_(tour, tour)] - cost[np.ix_(nxt, nxt)]
    gain[np.tril_indices(n)] = 0
    best = gain.max(axis=1)
    rows = np.argsort(-best, kind="stable")
    rows = rows[best[rows] > 1e-7][:60]
    if not len(rows):
        return None
    tour = tour.copy()
    taken: list[tuple[int, int]] = []
    for i in rows:
        j = int(gain[i].argmax())
        # Stretches may lie inside or beside each other, not across.
        if all(j < a or i > b or (i > a + 1 and j < b - 1) for a, b in taken) and not any(
            a > i and b < j for a, b in taken
        ):
            if any(a < i and j < b for a, b in taken):
                continue
            tour[i + 1 : j + 1] = tour[i + 1 : j + 1][::-1]
            taken.append((int(i), j))
    return tour


def _or_opt(cost: Floats, tour: Ints) -> Ints | None:
    """Move the stretch of one to three stops that gains most to where it costs least."""
    n = len(tour)
    best_gain = 1e-7
    best: tuple[int, int, int, bool] | None = None
    for size in (1, 2, 3):
        if n < size + 3:
            continue
        first, last = tour, np.roll(tour, -(size - 1))
        before, after = np.roll(tour, 1), np.roll(tour, -size)
        freed = cost[before, first] + cost[last, after] - cost[before, after]
        a, b = tour, np.roll(tour, -1)
        edge = cost[a, b]
        straight = cost[np.ix_(first, a)] + cost[np.ix_(last, b)] - edge[None]
        turned = cost[np.ix_(last, a)] + cost[np.ix_(first, b)] - edge[None]
        gain = freed[:, None] - np.minimum(straight, turned)
        # An edge inside the stretch, or beside it, is no place to go.
        i = np.arange(n)
        for offset in range(-1, size):
            gain[i, (i + offset) % n] = -np.inf
        s, e = (int(k) for k in np.unravel_index(int(gain.argmax()), gain.shape))
        if gain[s, e] > best_gain:
            best_gain = float(gain[s, e])
            best = (s, e, size, bool(turned[s, e] < straight[s, e]))
    if best is None:
        return None
    s, e, size, turn = best
    rolled = np.roll(tour, -s)
    piece, rest = rolled[:size], rolled[size:]
    at = (e - s) % n - size + 1
    return np.concatenate([rest[:at], piece[::-1] if turn else piece, rest[at:]])


def _shaken(cost: Floats, tour: Ints, params: OrderParams) -> Ints:
    """Cut the tour in four, join the parts A D C B, improve; keep what is shorter."""
    n = len(tour)
    if n < 8:
        return tour
    rng = np.random.default_rng(params.seed)
    best, length = tour, path_length_m(cost, tour, closed=True)
    for _ in range(params.rounds):
        begin = int(rng.integers(n))
        cuts = np.sort(rng.choice(np.arange(1, min(n, 60)), 3, replace=False))
        rolled = np.roll(best, -begin)
        a, b, c, d = np.split(rolled, cuts)
        tried = _improved(cost, np.concatenate([a, c, b, d]))
        found = path_length_m(cost, tried, closed=True)
        if found < length - 1e-7:
            best, length = tried, found
    return best
