"""What part of the ground a sheet shows, at which scale, and what needs a frame of its own."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

Floats = npt.NDArray[np.float64]

#: Scales that a ruler has.
SCALES = (
    200, 250, 300, 400, 500, 600, 750, 1000, 1250, 1500, 1750, 2000, 2250, 2500, 3000, 3500, 4000, 5000, 6000, 7500,
    10_000, 12_500, 15_000, 20_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
)  # fmt: skip
#: Up to this scale everything stays in one frame.
ONE_FRAME = 1500
#: Houses farther apart than this are of different parts, metres.
APART_M = 150.0
#: The ground is turned where that makes the scale larger by so much, and only beyond this scale.
WORTH_TURNING, TURNED_FROM = 1.3, 1500
#: Paper left free around the outermost house, mm.
PAD = 11.0


@dataclass(frozen=True)
class Frame:
    """A box of paper (mm) and the ground it shows: ``mid`` (metres) in its middle, 1:``scale``.

    ``turn``: by how many degrees the ground is turned, against the clock; 0 has north above.
    """

    x: float
    y: float
    w: float
    h: float
    mid: tuple[float, float]
    scale: int
    turn: float = 0.0

    def paper(self, xy: Floats) -> Floats:
        """Return where metres lie on the paper, mm."""
        moved = (np.asarray(xy, dtype=float) - self.mid) * 1000 / self.scale
        if self.turn:
            moved = moved @ _turned(self.turn)
        return np.asarray(moved + np.array([self.x + self.w / 2, self.y + self.h / 2]))

    def mm(self, metres: float) -> float:
        """Return how long metres are on the paper."""
        return metres * 1000 / self.scale

    @property
    def box_m(self) -> tuple[float, float, float, float]:
        """Return west, south, east, north of the ground shown, metres."""
        half = np.array([self.w, self.h]) / 2 * self.scale / 1000
        corners = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]]) * half
        if self.turn:
            corners = corners @ _turned(-self.turn)
        (west, south), (east, north) = (
            corners.min(axis=0) + self.mid,
            corners.max(axis=0) + self.mid,
        )
        return float(west), float(south), float(east), float(north)

    @property
    def borders(self) -> tuple[float, float, float, float]:
        """Return left, lower, right, upper border on the paper."""
        return self.x, self.y, self.x + self.w, self.y + self.h


def framed(
    xy: Floats, x: float, y: float, w: float, h: float, *, pad: float = PAD, turned: bool = True
) -> Frame:
    """Return the frame at the largest scale that shows all points with ``pad`` around them.

    North is above, unless turning the ground makes the scale so much larger (`WORTH_TURNING`)
    that numbers are worth more than the habit.
    """
    plain = _fitting(xy, x, y, w, h, pad, 0.0)
    if not turned or len(xy) < 3 or plain.scale <= TURNED_FROM:
        return plain
    other = _fitting(xy, x, y, w, h, pad, _long_side(xy, lying=w >= h))
    return other if other.scale * WORTH_TURNING <= plain.scale else plain


def _fitting(xy: Floats, x: float, y: float, w: float, h: float, pad: float, turn: float) -> Frame:
    """Return the frame of points under one turn."""
    by = _turned(turn) if turn else np.eye(2)
    lying = xy @ by
    low, high = lying.min(axis=0), lying.max(axis=0)
    need = (high - low) * 1000 / (np.array([w, h]) - 2 * pad)
    wanted = max(float(need.max()), SCALES[0])
    scale = next((s for s in SCALES if s >= wanted), int(np.ceil(wanted / 1e6) * 1_000_000))
    mid = (low + high) / 2 @ by.T
    return Frame(x, y, w, h, (float(mid[0]), float(mid[1])), scale, turn)


def _long_side(xy: Floats, *, lying: bool) -> float:
    """Return the smallest turn (degrees) that lays the long side along the frame's."""
    box = shapely.minimum_rotated_rectangle(shapely.multipoints(xy))
    sides = np.diff(shapely.get_coordinates(box)[:3], axis=0)
    if not len(sides):
        return 0.0
    way = sides[int(np.hypot(*sides.T).argmax())]
    turn = (0.0 if lying else 90.0) - float(np.degrees(np.arctan2(way[1], way[0])))
    return round((turn + 90) % 180 - 90, 1)


def _turned(degrees: float) -> Floats:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, s], [-s, c]])


def parts_of(xy: Floats, *, apart_m: float = APART_M) -> npt.NDArray[np.int64]:
    """Return the part of each point: chains of neighbours, the largest first (0)."""
    n = len(xy)
    pairs = cKDTree(xy).query_pairs(apart_m, output_type="ndarray")
    edges = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    count, part = connected_components(edges, directed=False)
    first = np.full(count, n)
    np.minimum.at(first, part, np.arange(n))
    rank = np.empty(count, dtype=np.int64)
    rank[np.lexsort((first, -np.bincount(part, minlength=count)))] = np.arange(count)
    return np.asarray(rank[part])


def scale_bar(scale: int, most_mm: float = 46.0) -> tuple[float, int]:
    """Return the length (mm) and the metres of a scale bar."""
    metres = next(
        (
            m
            for m in (5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5)
            if m * 1000 / scale <= most_mm
        ),
        5,
    )
    return metres * 1000 / scale, metres
