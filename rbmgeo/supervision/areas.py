"""A unit as an area on a map: so coarse that no customer's place can be read from it."""

from collections.abc import Iterable

import numpy as np
import shapely

#: Width of a cell in degrees, about 550 m: finer than this nothing is drawn.
CELL = 0.005
#: Points that a cell and its eight neighbours hold at least; a stray one draws nothing.
LEAST = 20


def unit_area(cells: Iterable[tuple[int, int, int]]) -> shapely.MultiPolygon | None:
    """Return the area of a unit in degrees (EPSG:4326), None where it has too few points.

    Parameters
    ----------
    cells
        One row per cell that holds points of customers or gardu: column and row
        (``floor(lon / CELL)``, ``floor(lat / CELL)``) and how many.

    Returns
    -------
    MultiPolygon
        The cells that lie among `LEAST` points or more, widened by a cell and smoothed: the
        outline follows cells and never a point.
    """
    counts = {(int(x), int(y)): int(n) for x, y, n in cells}
    dense = sorted(at for at in counts if _around(counts, at) >= LEAST)
    if not dense:
        return None
    corner = np.array(dense, dtype=float) * CELL
    drawn = shapely.box(corner[:, 0], corner[:, 1], corner[:, 0] + CELL, corner[:, 1] + CELL)
    wide = shapely.union_all(drawn).buffer(1.5 * CELL, quad_segs=2).buffer(-0.5 * CELL, quad_segs=2)
    whole = shapely.set_precision(wide.simplify(CELL / 4), 0.0005)
    parts = [p for p in shapely.get_parts(shapely.normalize(whole)) if not p.is_empty]
    return shapely.MultiPolygon(parts) if parts else None


def _around(counts: dict[tuple[int, int], int], at: tuple[int, int]) -> int:
    x, y = at
    return sum(counts.get((x + a, y + b), 0) for a in (-1, 0, 1) for b in (-1, 0, 1))
