"""Where each number stands on a sheet: none over another, each tied to its house.

Greedy and deterministic: who has room stands on its own house; the rest are placed from the most
crowded on, as near as there is room, with a line to the house. What is taken is a grid of cells.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Box = tuple[float, float, float, float]
Boxes = list[Box]
Layer = TypeVar("Layer", bound=np.generic)

#: Side of a cell, mm.
CELL = 0.2
#: Half the side of the mark of a house whose number stands beside it, mm.
MARK = 0.45
#: Gaps between a mark and its number that are tried, mm.
GAPS = (0.55, 1.1, 1.8, 2.7, 3.8, 5.2, 7.0, 9.5, 13.0, 18.0, 26.0)
_TURNS = np.radians(np.r_[0, np.repeat(np.arange(1, 9), 2) * 22.5][:16] * np.r_[1, np.tile([1, -1], 8)][:16])  # fmt: skip


@dataclass(frozen=True)
class Placed:
    """Middle of each number (mm; NaN where no room was found) and whether it stands at home."""

    middle: Floats
    home: Bools

    @property
    def missing(self) -> Bools:
        """Return which numbers found no room."""
        return np.isnan(self.middle[:, 0])


def place(
    anchors: Floats, sizes: Floats, frame: tuple[float, float, float, float], *,
    away: Floats | None = None, solid: Sequence[Box] = (), soft: Floats | None = None,
) -> Placed:  # fmt: skip
    """Place one number a house.

    Parameters
    ----------
    anchors, sizes
        Houses (n x 2) and width and height of their numbers (n x 2), mm.
    frame
        Left, lower, right, upper border within which every number lies.
    away
        Where a number would rather stand, seen from its house (n x 2 unit vectors).
    solid
        Boxes (left, lower, right, upper) that no number may touch.
    soft
        Points (m x 2) that a number had better leave free: the walk, streets.
    """
    grid = _Grid(frame, solid, soft, anchors)
    n = len(anchors)
    lean = np.tile([0.0, 1.0], (n, 1)) if away is None else away
    middle, home = np.full((n, 2), np.nan), np.zeros(n, dtype=bool)
    for i in np.flatnonzero(_undisturbed(anchors, sizes)).tolist():
        if grid.free(anchors[i], sizes[i] / 2, anchors[i]):
            middle[i], home[i] = anchors[i], True
            grid.take(anchors[i], sizes[i] / 2)
            grid.unmark(anchors[i])
    for i in _crowded_first(anchors, np.flatnonzero(~home), float(sizes.max(initial=1.0))):
        at, stays = _best(grid, anchors[i], sizes[i] / 2, lean[i])
        if at is None:
            at = grid.nearest_free(anchors[i], sizes[i] / 2)
        if at is None:
            continue
        middle[i], home[i] = at, stays
        grid.take(at, sizes[i] / 2)
        if stays:
            grid.unmark(anchors[i])
        else:
            grid.tie(anchors[i], at)
    return Placed(middle, home)


def overlapping(middle: Floats, sizes: Floats) -> int:
    """Count the pairs of numbers that overlap (0 is what `place` promises)."""
    there = np.flatnonzero(~np.isnan(middle[:, 0]))
    if len(there) < 2:
        return 0
    half = sizes[there] / 2
    reach = float(2 * np.hypot(*half.max(axis=0)))
    pairs = cKDTree(middle[there]).query_pairs(reach, output_type="ndarray")
    apart = np.abs(middle[there][pairs[:, 0]] - middle[there][pairs[:, 1]])
    return int((apart < half[pairs[:, 0]] + half[pairs[:, 1]] - 1e-9).all(axis=1).sum())


def share_at_home(anchors: Floats, sizes: Floats) -> float:
    """Return the share of houses whose own number would disturb no other."""
    return float(_undisturbed(anchors, sizes).mean()) if len(anchors) else 1.0


def _undisturbed(anchors: Floats, sizes: Floats) -> Bools:
    alone = np.ones(len(anchors), dtype=bool)
    if len(anchors) < 2:
        return alone
    reach = float(np.hypot(*sizes.max(axis=0))) + 2 * CELL
    pairs = cKDTree(anchors).query_pairs(reach, output_type="ndarray")
    gap = np.abs(anchors[pairs[:, 0]] - anchors[pairs[:, 1]])
    near = (gap < (sizes[pairs[:, 0]] + sizes[pairs[:, 1]]) / 2 + 2 * CELL).all(axis=1)
    alone[pairs[near].ravel()] = False
    return alone


def _crowded_first(anchors: Floats, rest: npt.NDArray[np.int64], wide: float) -> list[int]:
    if not len(rest):
        return []
    tree = cKDTree(anchors)
    around = np.array([len(f) for f in tree.query_ball_point(anchors[rest], 1.6 * wide)])
    return [int(i) for i in rest[np.lexsort((rest, -around))]]


def _best(grid: "_Grid", anchor: Floats, half: Floats, lean: Floats) -> tuple[Floats | None, bool]:
    best, found, stays = np.inf, None, False
    if grid.free(anchor, half, anchor):
        best, found, stays = 0.25 + grid.burden(anchor, half), anchor, True
    turned = np.arctan2(lean[1], lean[0]) + _TURNS
    ways = np.column_stack([np.cos(turned), np.sin(turned)])
    with np.errstate(divide="ignore"):
        reach = np.minimum(half[0] / np.abs(ways[:, 0]), half[1] / np.abs(ways[:, 1]))
    for gap in GAPS:
        if gap >= best:
            break
        for way, far, turn in zip(ways, reach, np.abs(_TURNS), strict=True):
            cost = gap + 0.22 * turn
            if cost >= best:
                continue
            at = anchor + way * (gap + MARK + far)
            if not grid.free(at, half, anchor):
                continue
            cost += grid.burden(at, half) + grid.crossed(anchor, at)
            if cost < best:
                best, found, stays = cost, at, False
    return found, stays


class _Grid:
    """What of a frame is taken, cell by cell."""

    def __init__(
        self, frame: tuple[float, float, float, float], solid: Sequence[Box], soft: Floats | None,
        anchors: Floats,
    ) -> None:  # fmt: skip
        self.x0, self.y0, self.x1, self.y1 = frame
        shape = (int((self.y1 - self.y0) / CELL) + 1, int((self.x1 - self.x0) / CELL) + 1)
        self.taken = np.zeros(shape, dtype=bool)
        self.marks = np.zeros(shape, dtype=np.int16)
        self.light = np.zeros(shape, dtype=np.float32)
        for left, low, right, up in solid:
            self._cells(self.taken, np.array([(left + right) / 2, (low + up) / 2]),
                        np.array([(right - left) / 2, (up - low) / 2]))[...] = True  # fmt: skip
        if soft is not None and len(soft):
            at = ((soft - (self.x0, self.y0)) / CELL).astype(np.int64)
            inside = ((at >= 0) & (at < shape[::-1])).all(axis=1)
            self.light[at[inside, 1], at[inside, 0]] = 1.0
        for anchor in anchors:
            self._mark(anchor)[...] += 1

    def free(self, at: Floats, half: Floats, own: Floats) -> bool:
        """Say whether a box lies within the frame, over no other box and no other's mark."""
        if (
            at[0] - half[0] < self.x0 or at[0] + half[0] > self.x1
            or at[1] - half[1] < self.y0 or at[1] + half[1] > self.y1
        ):  # fmt: skip
            return False
        if self._cells(self.taken, at, half).any():
            return False
        mine = self._mark(own)
        mine -= 1
        clear = not self._cells(self.marks, at, half).any()
        mine += 1
        return clear

    def burden(self, at: Floats, half: Floats) -> float:
        """Return what standing here costs in lines that are covered."""
        return 0.035 * float(self._cells(self.light, at, half).sum())

    def crossed(self, anchor: Floats, at: Floats) -> float:
        """Return what the line from a house to its number costs: numbers and marks on its way."""
        rows, columns = self._way(anchor, at)
        over = self.taken[rows, columns].any()
        marks = int((self.marks[rows, columns] > 0).sum()) * CELL
        return 6.0 * float(over) + max(0.0, marks - 2 * MARK) * 4 + 0.02 * float(self.light[rows, columns].sum())  # fmt: skip

    def take(self, at: Floats, half: Floats) -> None:
        """Let nothing else stand in a box."""
        self._cells(self.taken, at, half)[...] = True

    def tie(self, anchor: Floats, at: Floats) -> None:
        """Make covering the line from a house to its number costly."""
        rows, columns = self._way(anchor, at)
        self.light[rows, columns] += 4.0

    def unmark(self, anchor: Floats) -> None:
        """Forget the mark of a house that its own number covers."""
        self._mark(anchor)[...] -= 1

    def nearest_free(self, anchor: Floats, half: Floats) -> Floats | None:
        """Return the nearest place of the whole frame where a box has room, None if none has."""
        full = (self.taken | (self.marks > 0)).astype(np.int32)
        total = np.pad(full.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
        h, w = int(2 * half[1] / CELL) + 2, int(2 * half[0] / CELL) + 2
        if h >= full.shape[0] or w >= full.shape[1]:
            return None
        sums = total[h:, w:] - total[:-h, w:] - total[h:, :-w] + total[:-h, :-w]
        rows, columns = np.nonzero(sums == 0)
        at = np.column_stack([self.x0 + (columns + w / 2) * CELL, self.y0 + (rows + h / 2) * CELL])
        inside = (at[:, 0] + half[0] <= self.x1) & (at[:, 1] + half[1] <= self.y1)
        inside &= (at[:, 0] - half[0] >= self.x0) & (at[:, 1] - half[1] >= self.y0)
        at = at[inside]
        if not len(at):
            return None
        found: Floats = at[int(np.hypot(*(at - anchor).T).argmin())]
        return found

    def _mark(self, anchor: Floats) -> npt.NDArray[np.int16]:
        return self._cells(self.marks, anchor, np.array([MARK, MARK]))

    def _cells(self, layer: "npt.NDArray[Layer]", at: Floats, half: Floats) -> "npt.NDArray[Layer]":  # fmt: skip
        left, low = int((at[0] - half[0] - self.x0) / CELL), int((at[1] - half[1] - self.y0) / CELL)
        right = int((at[0] + half[0] - self.x0) / CELL) + 1
        up = int((at[1] + half[1] - self.y0) / CELL) + 1
        return layer[max(low, 0) : max(up, 0), max(left, 0) : max(right, 0)]

    def _way(self, anchor: Floats, at: Floats) -> "tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]":  # fmt: skip
        steps = max(2, int(np.hypot(*(at - anchor)) / CELL))
        t = np.linspace(0, 1, steps)[:, None]
        cells = ((anchor + (at - anchor) * t - (self.x0, self.y0)) / CELL).astype(np.int64)
        rows = np.clip(cells[:, 1], 0, self.taken.shape[0] - 1)
        return rows, np.clip(cells[:, 0], 0, self.taken.shape[1] - 1)
