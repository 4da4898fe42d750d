"""The walking order of one RBM: an open path, free or fixed at its ends.

Few stops are tried in every order. More are ordered by a seeded local search
(`rbmgeo.routes.tours`) that stops by rounds, not by the clock: the same matrix and seed give the
same order on every machine.
"""

from dataclasses import dataclass
from functools import cache
from itertools import permutations

import numpy as np
import numpy.typing as npt

from rbmgeo.routes.tours import Search, tour_of, whole

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


#: So many cities (40,320 tours) are tried in every order within milliseconds.
FEW = 9


@dataclass(frozen=True)
class OrderParams:
    """How hard to look for a short walk.

    ``rounds`` of shaking per stop in each of at most ``starts`` searches, which end when one
    comes as near to the best before as makes no difference; from a seed.
    """

    rounds: int = 1
    starts: int = 3
    seed: int = 0

    def __post_init__(self) -> None:
        if self.rounds < 0:
            raise ValueError(f"rounds is {self.rounds}, expected 0 or more")
        if self.starts < 1:
            raise ValueError(f"starts is {self.starts}, expected 1 or more")


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

    ``start``, ``end``: the row to be first or last (gardu, office, where the RBM before ended).
    ``closed``: the walk returns to where it began, to ``start`` where one is given. Rows should
    be sorted by idpel: ties go to the lower row, and of the two directions of a walk that is
    free at both ends, or returns, the one that begins lower.

    Raises
    ------
    ValueError
        If the matrix is not square or not symmetric, holds a distance that is missing, infinite
        or below nothing, or an end is not one of its rows, or both ends are one.
    """
    params = params or OrderParams()
    matrix = np.asarray(matrix, dtype=np.float64)
    _check(matrix, start, end, closed)
    n = len(matrix)
    if n < 3 and start is None and end is None:
        return np.arange(n)
    if n + (not closed) <= FEW:
        tour = _shortest(matrix if closed else _with_dummy(matrix, start, end))
    else:
        tour = _searched(matrix, None if closed else start, None if closed else end, closed, params)
    if closed:
        tour = _from(tour, start if start is not None else 0)
        return _from(tour[::-1], int(tour[0])).copy() if n > 2 and tour[1] > tour[-1] else tour
    tour = _from(tour, n)[1:] if len(tour) > n else _from_end(tour, start, end)
    backwards = (start is not None and tour[0] != start) or (end is not None and tour[-1] != end)
    if not backwards and start is None and end is None:
        backwards = tour[0] > tour[-1]  # of two directions the one that begins lower
    return tour[::-1].copy() if backwards else tour


def _check(matrix: Floats, start: int | None, end: int | None, closed: bool) -> None:
    n = len(matrix)
    if matrix.shape != (n, n):
        raise ValueError(f"matrix is {matrix.shape}, expected square")
    for name, city in (("start", start), ("end", end)):
        if city is not None and not 0 <= city < n:
            raise ValueError(f"{name} is {city}, expected one of {n} rows")
    if start is not None and start == end and n > 1 and not closed:
        raise ValueError(f"start and end are both {start}; a walk that returns is closed=True")
    if not n:
        return
    low, high = float(matrix.min()), float(matrix.max())
    if not (low >= 0 and high < np.inf):  # also where one is not a number
        bad = np.argwhere(~(np.isfinite(matrix) & (matrix >= 0)))[0]
        raise ValueError(
            f"the distance from row {bad[0]} to row {bad[1]} is {matrix[*bad]}; "
            "expected 0 or more: mend or estimate it first"
        )
    if np.array_equal(matrix, matrix.T):
        return
    apart = float(np.abs(matrix - matrix.T).max())
    if apart > 1e-6 * high:
        raise ValueError(
            f"the two directions of a pair differ by {apart}; expected a symmetric matrix"
        )


def _searched(
    matrix: Floats, start: int | None, end: int | None, closed: bool, params: OrderParams
) -> Ints:
    """Return a round tour; an open path is one through a dummy city, the row behind the last.

    The dummy costs nothing to reach from anywhere. A fixed end must stay beside it; two fixed
    ends beside each other, without a dummy. No cost is made up to force it, so the lists of
    neighbours are those of the matrix.
    """
    fixed = [c for c in (start, end) if c is not None]
    dummies = int(not closed and len(fixed) < 2)
    n = len(matrix)
    cost = np.zeros((n + dummies, n + dummies), dtype=np.int32)
    cost[:n, :n] = whole(matrix)
    fix = np.full(len(cost), -1, dtype=np.int64)
    if fixed:
        one, other = fixed[0], n if dummies else fixed[1]
        fix[one], fix[other] = other, one
    return tour_of(
        cost, fix, dummies, Search(rounds=params.rounds, starts=params.starts), params.seed
    )


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


def _from_end(tour: Ints, start: int | None, end: int | None) -> Ints:
    """Open a round tour in which both fixed ends stand beside each other, start first."""
    assert start is not None
    tour = _from(tour, start)
    return tour if tour[-1] == end else np.r_[tour[:1], tour[:0:-1]]
