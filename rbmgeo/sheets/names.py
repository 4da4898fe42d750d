"""Names along streets: upright, in the street, where nothing else stands."""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from rbmgeo.sheets import looks
from rbmgeo.sheets.frames import Frame
from rbmgeo.sheets.labels import Boxes
from rbmgeo.sheets.pdf import CAP, ITALIC, MM, Paper, width_of

Floats = npt.NDArray[np.float64]

#: Paper between two writings of one name, mm.
AGAIN = 110.0


def write_street_names(paper: Paper, streets: gpd.GeoDataFrame, frame: Frame, taken: Boxes) -> int:
    """Write the names of streets within a frame; return how many found room."""
    if not len(streets) or "name" not in streets:
        return 0
    boxes = np.array(taken).reshape(-1, 4)
    spots: dict[str, list[Floats]] = {}
    placed = np.empty((0, 4))
    count = 0
    for name, size, points in _straight(streets, frame):
        if any(np.hypot(*(points.mean(axis=0) - s)) < AGAIN for s in spots.get(name, [])):
            continue
        found = _room(points, width_of(name, ITALIC, size), size, boxes, placed, frame)
        if found is None:
            continue
        (x, y), turn, cover = found
        paper.text(x, y, name, size=size, font=ITALIC, colour=looks.INK, align="middle", turn=turn,
                   halo="#FFFFFF", halo_mm=0.55)  # fmt: skip
        spots.setdefault(name, []).append(np.array([x, y]))
        placed = np.vstack([placed, cover])
        count += 1
    return count


def _straight(streets: gpd.GeoDataFrame, frame: Frame) -> list[tuple[str, float, Floats]]:
    """Return name, size and the two ends of straight stretches, the greatest streets first."""
    out = []
    for highway, name, shape in zip(streets["highway"], streets["name"], streets.geometry, strict=True):  # fmt: skip
        if not isinstance(name, str) or not name.strip():
            continue
        grade = looks.grade(highway)
        line = shapely.simplify(shapely.clip_by_rect(shape, *frame.box_m), 2.5)
        for part in shapely.get_parts(line):
            points = frame.paper(shapely.get_coordinates(part))
            for a, b in pairwise(points):
                far = float(np.hypot(*(b - a)))
                if far > 12:
                    out.append((-grade, -far, name.strip(), (7.6, 7.6, 8.4, 9.2)[grade + 1], np.array([a, b])))  # fmt: skip
    out.sort(key=lambda one: one[:3])
    return [(name, size, points) for _, _, name, size, points in out]


def _room(
    ends: Floats, wide: float, size: float, boxes: Floats, placed: Floats, frame: Frame
) -> tuple[tuple[float, float], float, Floats] | None:
    """Return where a name has room on a stretch: base line, turn, and the boxes it covers."""
    a, b = (ends[0], ends[1]) if ends[0, 0] <= ends[1, 0] else (ends[1], ends[0])
    far = float(np.hypot(*(b - a)))
    if far < wide + 1.5:
        return None
    way = (b - a) / far
    across = np.array([-way[1], way[0]])
    high = CAP * size / MM
    left, low, right, up = frame.borders
    for middle in sorted(np.linspace(wide / 2 + 0.5, far - wide / 2 - 0.5, 9), key=lambda m: abs(m - far / 2)):  # fmt: skip
        at = a + way * middle
        dots = at + way * np.linspace(-wide / 2, wide / 2, max(3, int(wide / 1.2)))[:, None]
        cover = np.column_stack([dots - high * 0.62, dots + high * 0.62])
        if (cover[:, :2] < (left + 1, low + 1)).any() or (cover[:, 2:] > (right - 1, up - 1)).any():
            continue
        if _touch(cover, boxes) or _touch(cover, placed):
            continue
        base = at - across * high / 2
        return (
            (float(base[0]), float(base[1])),
            float(np.degrees(np.arctan2(way[1], way[0]))),
            cover,
        )
    return None


def _touch(one: Floats, many: Floats) -> bool:
    if not len(many):
        return False
    apart = (
        (one[:, None, 0] >= many[None, :, 2]) | (one[:, None, 2] <= many[None, :, 0])
        | (one[:, None, 1] >= many[None, :, 3]) | (one[:, None, 3] <= many[None, :, 1])
    )  # fmt: skip
    return bool((~apart).any())
