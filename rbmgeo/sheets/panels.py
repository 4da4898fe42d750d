"""Which frames a sheet needs: one map, or a main map with insets, or further map pages."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rbmgeo.sheets.frames import ONE_FRAME, Frame, framed, parts_of

Floats = npt.NDArray[np.float64]
Hole = tuple[float, float, float, float]

#: The room of the map on the first page: left, lower, width, height (mm of A3 landscape).
MAP_ROOM = (9.0, 9.0, 318.0, 258.0)
STRIP_H, COLUMN_W, GAP = 68.0, 92.0, 3.0
#: Customers up to which a detached part is an inset, not a page; insets on the first page.
INSET_MOST, INSETS = 60, 3
#: Detached parts get frames of their own where the rest is then drawn so much larger.
WORTH_PARTING = 1.25


@dataclass(frozen=True)
class Panel:
    """One frame of one page and the rows of placed houses that it draws; ``letter`` if several.

    ``holes``: boxes (left, lower, right, upper; mm) in which insets lie over this frame.
    """

    page: int
    frame: Frame
    rows: npt.NDArray[np.int64]
    letter: str = ""
    holes: tuple[tuple[float, float, float, float], ...] = ()


def panels(xy: Floats, also: Floats | None = None) -> list[Panel]:
    """Return the frames for houses (n x 2 metres, none missing); every row is in exactly one.

    ``also``: places that the first frame shows as well (the gardu).
    """
    everything = xy if also is None or not len(also) else np.vstack([xy, also])
    whole = framed(everything, *MAP_ROOM)
    rows = np.arange(len(xy))
    if not len(xy) or whole.scale <= ONE_FRAME:
        return [Panel(0, whole, rows)]
    part = parts_of(xy)
    groups = [np.flatnonzero(part == p) for p in range(int(part.max()) + 1)]
    main = _with_neighbours(xy, groups)
    kept = {id(g) for g in main}
    rest = [g for g in groups if id(g) not in kept]
    joined = np.sort(np.concatenate(main))
    if not rest or framed(xy[joined], *MAP_ROOM).scale * WORTH_PARTING > whole.scale:
        return [Panel(0, whole, rows)]
    return _laid(xy, joined, _joined(xy, rest))


def _with_neighbours(
    xy: Floats, groups: list[npt.NDArray[np.int64]]
) -> list[npt.NDArray[np.int64]]:
    """Return the largest part and those that fit into its frame without a smaller scale."""
    main = [groups[0]]
    alone = framed(xy[groups[0]], *MAP_ROOM).scale
    for group in groups[1:]:
        together = np.concatenate([*main, group])
        if framed(xy[together], *MAP_ROOM).scale <= max(alone, 1500):
            main.append(group)
    return main


def _joined(xy: Floats, rest: list[npt.NDArray[np.int64]]) -> list[npt.NDArray[np.int64]]:
    """Join small parts that lie together, so that no frame is drawn for a single house."""
    pool = np.sort(np.concatenate(rest))
    near = parts_of(xy[pool], apart_m=450.0)
    return [pool[near == p] for p in range(int(near.max()) + 1)]


def _laid(
    xy: Floats, main: npt.NDArray[np.int64], rest: list[npt.NDArray[np.int64]]
) -> list[Panel]:
    x, y, w, h = MAP_ROOM
    small = [g for g in rest if len(g) <= INSET_MOST][:INSETS]
    taken = {id(g) for g in small}
    letters = iter("BCDEFGHIJKLMNOPQRSTUVWXYZ" + "abcdefghijklmnopqrstuvwxyz" * 9)
    full = framed(xy[main], *MAP_ROOM)
    holes = _corners(full.paper(xy[main]), [_inset_size(len(g)) for g in small])
    if holes is None:
        full, holes = _beside(xy[main], len(small))
    over = tuple((a - GAP, b - GAP, a + c + GAP, b + d + GAP) for a, b, c, d in holes)
    out = [Panel(0, full, main, "A", over)]
    for group, hole in zip(small, holes, strict=True):
        out.append(
            Panel(
                0, _not_closer(framed(xy[group], *hole, pad=8, turned=False)), group, next(letters)
            )
        )
    page = 1
    left = [g for g in rest if id(g) not in taken]
    for group in [g for g in left if len(g) > INSET_MOST]:
        out.append(Panel(page, framed(xy[group], *MAP_ROOM), group, next(letters)))
        page += 1
    quarters = [g for g in left if len(g) <= INSET_MOST]
    for k, group in enumerate(quarters):
        at = k % 4
        wide, high = (w - GAP) / 2, (h - GAP) / 2
        frame = framed(xy[group], x + (at % 2) * (wide + GAP), y + (1 - at // 2) * (high + GAP), wide, high, turned=False)  # fmt: skip
        out.append(Panel(page + k // 4, _not_closer(frame), group, next(letters)))
    return out


def _beside(points: Floats, count: int) -> tuple[Frame, list[Hole]]:
    """Return the main frame with insets in a row below it or a column beside it: the larger scale."""
    x, y, w, h = MAP_ROOM
    below = framed(points, x, y + STRIP_H + GAP, w, h - STRIP_H - GAP)
    left = framed(points, x, y, w - COLUMN_W - GAP, h)
    if left.scale < below.scale:
        high = min(84.0, (h - GAP * (count - 1)) / count)
        top = y + h - high
        return left, [
            (x + w - COLUMN_W, top - k * (high + GAP), COLUMN_W, high) for k in range(count)
        ]
    wide = (w - GAP * (count - 1)) / count
    return below, [(x + k * (wide + GAP), y, wide, STRIP_H) for k in range(count)]


def _inset_size(customers: int) -> tuple[float, float]:
    return (62.0, 50.0) if customers <= 6 else (84.0, 62.0) if customers <= 25 else (104.0, 76.0)


def _corners(points: Floats, sizes: list[tuple[float, float]]) -> list[Hole] | None:
    """Return a place within the map's room for each inset where no house lies, None if not all fit."""
    x, y, w, h = MAP_ROOM
    # The scale bar, the letter and the arrow to the north keep their corners.
    taken: list[Hole] = [(x, y, 84, 12), (x, y + h - 12, 12, 12), (x + w - 24, y + h - 24, 24, 24)]
    out: list[Hole] = []
    for wide, high in sizes:
        spots = [
            (a, b, wide, high)
            for a in np.linspace(x, x + w - wide, 25) for b in np.linspace(y, y + h - high, 21)
            if a in (x, x + w - wide) or b in (y, y + h - high)
        ]  # fmt: skip
        free = [s for s in spots if not any(_meet(s, t) for t in taken) and not _holds(s, points)]
        if not free:
            return None
        middle = points.mean(axis=0)
        best = max(free, key=lambda s: (round(float(np.hypot(s[0] + s[2] / 2 - middle[0], s[1] + s[3] / 2 - middle[1])), 3), s))  # fmt: skip
        out.append(best)
        taken.append(best)
    return out


def _meet(one: Hole, other: Hole) -> bool:
    return (
        one[0] < other[0] + other[2] + GAP and other[0] < one[0] + one[2] + GAP
        and one[1] < other[1] + other[3] + GAP and other[1] < one[1] + one[3] + GAP
    )  # fmt: skip


def _holds(one: Hole, points: Floats) -> bool:
    low, high = np.array(one[:2]) - 7, np.array(one[:2]) + one[2:] + 7
    return bool(((points > low) & (points < high)).all(axis=1).any())


def _not_closer(frame: Frame, most: int = 1000) -> Frame:
    """Return a frame that is not nearer than 1:1.000: one house needs its surroundings."""
    if frame.scale >= most:
        return frame
    return Frame(frame.x, frame.y, frame.w, frame.h, frame.mid, most, frame.turn)
