"""Of walks nearly as short as the best, the one on which most customers keep their number.

A number is kept by who stands in the same turn as today: the longest rising part of today's
ranks (R-RO-02, R-RO-03). Everybody else gets a sisipan, and his reader another list.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import numpy.typing as npt

from rbmgeo.routes.codes import longest_rising
from rbmgeo.routes.order import OrderParams, order, path_length_m

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Metres by which today's steps are made cheaper, over the slack, to find walks like today's.
BONUS = (0.02, 0.1)
SWEEPS = 4
#: So many of the walks found, those that keep most, are mended piece by piece.
MENDED = 2


def kept(walk: "npt.NDArray[np.integer]", rank: Ints) -> int:
    """Return how many of a walk keep their number; ``rank`` is today's by row, -1 for none."""
    told = rank[walk].tolist()
    return len(longest_rising([None if r < 0 else r for r in told]))


def number_saving(
    matrix: Floats, best: Ints, rank: Ints, *, limit_m: float, params: OrderParams | None = None
) -> Ints:
    """Return a walk no longer than ``limit_m`` that keeps as many numbers as could be found.

    Never fewer than ``best`` or its reverse. Tried are walks for which today's steps are a little
    cheaper; then pieces walked as today are turned, or moved to where they stand in turn, as long
    as the walk stays within the limit.
    """
    found = [best, best[::-1]]
    slack = limit_m - path_length_m(matrix, best)
    steps = _steps(rank)
    if slack > 0 and len(steps):
        for bonus in BONUS:
            cheaper = matrix.copy()
            a, b = steps.T
            cheaper[a, b] = cheaper[b, a] = np.maximum(matrix[a, b] - bonus * slack, 0)
            walk = order(cheaper, params=OrderParams(starts=1, seed=(params or OrderParams()).seed))
            if path_length_m(matrix, walk) <= limit_m:
                found += [walk, walk[::-1]]
    by = sorted(found, key=lambda walk: -kept(walk, rank))  # stable: of equals the shorter
    tried = (_in_turn(matrix, walk, rank, limit_m) for walk in by[:MENDED])
    return max(tried, key=lambda walk: (kept(walk, rank), -path_length_m(matrix, walk)))


def _steps(rank: Ints) -> Ints:
    """Return the pairs of rows that follow each other today."""
    rows = np.flatnonzero(rank >= 0)
    rows = rows[np.argsort(rank[rows], kind="stable")]
    return np.column_stack([rows[:-1], rows[1:]])


def _in_turn(matrix: Floats, walk: Ints, rank: Ints, limit_m: float) -> Ints:
    """Turn and move pieces of a walk while more keep their number within the limit."""
    now, held, length = walk, kept(walk, rank), path_length_m(matrix, walk)
    for _ in range(SWEEPS):
        began = held
        for piece in _pieces(now, rank):
            for tried, longer in _placed(matrix, now, piece, rank):
                if length + longer > limit_m:
                    continue
                more = kept(tried(), rank)
                # Added anew: a sum of changes would drift.
                if more > held and path_length_m(matrix, tried()) <= limit_m:
                    now, held = tried(), more
                    length = path_length_m(matrix, now)
                    break
        if held == began:
            break
    return now


def _pieces(walk: Ints, rank: Ints) -> list[Ints]:
    """Cut a walk into the stretches that are walked as today, either way; newcomers left out."""
    told = rank[walk]
    step = np.diff(told)
    joins = (np.abs(step) == 1) & (told[1:] >= 0) & (told[:-1] >= 0)
    # A stretch goes one way: where the direction turns another one begins.
    joins[1:] &= ~joins[:-1] | (step[1:] == step[:-1])
    return [part for part in np.split(walk, np.flatnonzero(~joins) + 1) if rank[part[0]] >= 0]


def _placed(
    matrix: Floats, walk: Ints, piece: Ints, rank: Ints
) -> Iterator[tuple[Callable[[], Ints], float]]:
    """Yield ways to put a piece in turn, and how much longer each makes the walk.

    Turned where it is; behind who comes before it today; before who comes behind it.
    """
    first = int(np.flatnonzero(walk == piece[0])[0])
    last = first + len(piece)
    if not np.array_equal(walk[first:last], piece):
        return  # another piece was put into this one
    rising = piece if rank[piece[0]] <= rank[piece[-1]] else piece[::-1]
    before, behind = _at(walk, first - 1), _at(walk, last)
    freed = _metres(matrix, before, piece[0]) + _metres(matrix, piece[-1], behind)

    def between(u: int, v: int) -> float:
        return _metres(matrix, u, rising[0]) + _metres(matrix, rising[-1], v) - freed

    if rising is not piece:
        yield partial(_moved, walk, first, last, rising, last), between(before, behind)
    closed = _metres(matrix, before, behind)
    for wanted, side in ((rank[rising[0]] - 1, 1), (rank[rising[-1]] + 1, 0)):
        found = np.flatnonzero(rank[walk] == wanted)
        if wanted < 0 or not len(found):
            continue
        at = int(found[0]) + side
        if first <= at <= last:
            continue  # there it stands
        u, v = _at(walk, at - 1), _at(walk, at)
        longer = between(u, v) + closed - _metres(matrix, u, v)
        yield partial(_moved, walk, first, last, rising, at), longer


def _moved(walk: Ints, first: int, last: int, piece: Ints, at: int) -> Ints:
    if at < first:
        return np.concatenate([walk[:at], piece, walk[at:first], walk[last:]])
    return np.concatenate([walk[:first], walk[last:at], piece, walk[at:]])


def _at(walk: Ints, place: int) -> int:
    """Return who stands at a place, -1 before the first and behind the last."""
    return int(walk[place]) if 0 <= place < len(walk) else -1


def _metres(matrix: Floats, a: int, b: int) -> float:
    return float(matrix[a, b]) if a >= 0 and b >= 0 else 0.0
