"""Of walks nearly as short as the best, the one on which most customers keep their number.

A number is kept by who stands in the same turn as today: the longest rising part of today's
ranks (R-RO-02, R-RO-03). Everybody else gets a sisipan, and his reader another list.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from rbmgeo.routes.codes import longest_rising
from rbmgeo.routes.order import OrderParams, order, path_length_m

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Metres by which today's steps are made cheaper, over the slack, to find walks like today's.
BONUS = (0.02, 0.1)
SWEEPS = 4


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
    return max(
        (_in_turn(matrix, walk, rank, limit_m) for walk in found),
        key=lambda walk: (kept(walk, rank), -path_length_m(matrix, walk)),
    )


def _steps(rank: Ints) -> Ints:
    """Return the pairs of rows that follow each other today."""
    rows = np.flatnonzero(rank >= 0)
    rows = rows[np.argsort(rank[rows], kind="stable")]
    return np.c_[rows[:-1], rows[1:]]


def _in_turn(matrix: Floats, walk: Ints, rank: Ints, limit_m: float) -> Ints:
    """Turn and move pieces of a walk while more keep their number within the limit."""
    now, held = walk, kept(walk, rank)
    for _ in range(SWEEPS):
        began = held
        for piece in _pieces(now, rank):
            for tried in _placed(now, piece, rank):
                if path_length_m(matrix, tried) > limit_m:
                    continue
                more = kept(tried, rank)
                if more > held:
                    now, held = tried, more
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


def _placed(walk: Ints, piece: Ints, rank: Ints) -> Iterator[Ints]:
    """Yield the walk with a piece turned where it is, and put behind or before its neighbour."""
    rising = piece if rank[piece[0]] <= rank[piece[-1]] else piece[::-1]
    inside = np.isin(walk, piece)
    rest, first = walk[~inside], int(inside.argmax())
    if rising is not piece:
        yield np.concatenate([rest[:first], rising, rest[first:]])
    told = rank[rest]
    for beside, behind in ((rank[rising[0]] - 1, 1), (rank[rising[-1]] + 1, 0)):
        at = np.flatnonzero(told == beside) if beside >= 0 else np.empty(0, dtype=np.int64)
        if len(at) and int(at[0]) + behind != first:
            yield np.concatenate([rest[: at[0] + behind], rising, rest[at[0] + behind :]])
