"""Areas under the houses: what is settled, and what belongs to one RBM or gardu."""

import numpy as np
import numpy.typing as npt
import shapely
from scipy.spatial import cKDTree

Floats = npt.NDArray[np.float64]

#: Ground that counts to a house, metres around it.
REACH_M = 26.0


def settled(xy: Floats, *, reach_m: float = 30.0) -> shapely.Geometry:
    """Return the ground within ``reach_m`` of any house."""
    if not len(xy):
        return shapely.Polygon()
    cells = np.unique(np.round(xy / 4) * 4, axis=0)  # a house more within 4 m adds nothing to see
    return shapely.simplify(shapely.union_all(shapely.buffer(shapely.points(cells), reach_m, quad_segs=4)), 1.0)  # fmt: skip


def own_area(own: Floats, others: Floats, *, reach_m: float = REACH_M) -> shapely.Geometry:
    """Return the ground of some houses, cut where other houses are nearer.

    Areas of neighbours made with the same ``reach_m`` do not overlap by more than the
    rounding of their corners.
    """
    if not len(own):
        return shapely.Polygon()
    ground = shapely.union_all(shapely.buffer(shapely.points(own), reach_m, quad_segs=6))
    near = others[cKDTree(own).query(others)[0] < 2.5 * reach_m] if len(others) else others
    if len(near):
        ground = ground.intersection(_nearest(own, near))
    closed = ground.buffer(7, quad_segs=4).buffer(-10, quad_segs=4).buffer(3, quad_segs=4)
    # A house between others may lose its ground to the smoothing: it keeps its own yard.
    yards = shapely.union_all(shapely.buffer(shapely.points(own), 3.0, quad_segs=4))
    return shapely.simplify(_without_small_holes(closed.union(yards)), 0.6)


def rings(area: shapely.Geometry) -> list[Floats]:
    """Return the rings of an area, outer and inner."""
    return [
        shapely.get_coordinates(ring)
        for part in shapely.get_parts(area)
        if isinstance(part, shapely.Polygon) and not part.is_empty
        for ring in (part.exterior, *part.interiors)
    ]


def _nearest(own: Floats, others: Floats) -> shapely.Geometry:
    """Return the ground that is nearer to the first than to the others."""
    spots, which = np.unique(np.vstack([own, others]).round(2), axis=0, return_inverse=True)
    mine = np.unique(which.ravel()[: len(own)])
    if len(spots) < 2:
        (west, south), (east, north) = (
            (own.min(axis=0) - 1e3).tolist(),
            (own.max(axis=0) + 1e3).tolist(),
        )
        around: shapely.Geometry = shapely.box(west, south, east, north)
        return around
    low, high = spots.min(axis=0) - 500, spots.max(axis=0) + 500
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(spots), extend_to=shapely.box(*low, *high))
    )
    tree = shapely.STRtree(cells)
    _, cell = tree.query(shapely.points(spots[mine]), predicate="intersects")
    nearest: shapely.Geometry = shapely.union_all(cells[np.unique(cell)])
    return nearest


def _without_small_holes(area: shapely.Geometry, least_m2: float = 900.0) -> shapely.Geometry:
    parts = [
        shapely.Polygon(p.exterior, [h for h in p.interiors if shapely.Polygon(h).area >= least_m2])
        for p in shapely.get_parts(area)
        if isinstance(p, shapely.Polygon)
    ]
    return shapely.union_all(parts) if parts else area
