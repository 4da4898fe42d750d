"""The place without its records: who stands where, next to whom, along which walk and line."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import Delaunay, QhullError, cKDTree

from rbmgeo.matching.detector.paths import Forest, forest
from rbmgeo.matching.detector.poles import Poles
from rbmgeo.matching.detector.spans import Spans
from rbmgeo.matching.neighbours import Neighbours, nearest_customers

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Neighbours looked at, gardu taken as candidates by distance, steps along the walk each way.
NEIGHBOURS, NEAR_GARDU, STEPS = 64, 8, 8
#: Longer edges of the triangulation join what no line joins.
EDGE_MAX_M = 70.0


@dataclass(frozen=True)
class Scene:
    """n customers and m gardu of one unit, in metres; nothing here depends on a record.

    ``near`` (n x k) row numbers of the nearest others, n where there are no more; ``away_m``
    their distances. ``along`` (n x 16) the customers read just before and after on the same
    RBM, n where there is none. ``near_site`` (n x s) gardu by distance, ``site_m`` how far.
    ``edges`` (e x 2) neighbours of the triangulation. ``kva`` (m) and ``load`` (n), NaN where
    unknown. ``spans`` where the lines are known, ``poles`` where a pole is recorded.
    """

    xy: Floats
    site: Floats
    near: Ints
    away_m: Floats
    along: Ints
    near_site: Ints
    site_m: Floats
    edges: Ints
    forest: Forest
    kva: Floats
    load: Floats
    spans: Spans | None
    poles: Poles | None

    @property
    def customers(self) -> int:
        """Return n."""
        return len(self.xy)

    @property
    def gardu(self) -> int:
        """Return m."""
        return len(self.site)


def scene(
    xy: Floats,
    site: Floats,
    *,
    walk: Ints | None = None,
    rbm: Ints | None = None,
    kva: Floats | None = None,
    load: Floats | None = None,
    spans: Spans | None = None,
    poles: Poles | None = None,
    near: Neighbours | None = None,
) -> Scene:
    """Look at a unit once; rows in the order of idpel, so that no tie depends on a file.

    Parameters
    ----------
    xy, site
        Customers (n x 2) and gardu (m x 2) in metres; a gardu without a place is NaN.
    walk, rbm
        Place of each customer in the reading order and the number of its RBM, -1 without.
    kva, load
        Rating of each gardu and use of each customer; NaN where unknown.
    near
        The `NEIGHBOURS` nearest of each customer, if they were looked for before.
    """
    near = near or nearest_customers(xy, NEIGHBOURS)
    placed = np.flatnonzero(~np.isnan(site[:, 0]))
    k = min(NEAR_GARDU + 4, len(placed))
    away, there = cKDTree(site[placed]).query(xy, k=max(k, 1))
    near_site = placed[np.asarray(there).reshape(len(xy), -1)]
    edges, links = _links(xy, site[placed])
    return Scene(
        xy=xy, site=site, near=near.near, away_m=near.away_m,
        along=_along(len(xy), walk, rbm),
        near_site=near_site, site_m=np.asarray(away).reshape(len(xy), -1),
        edges=edges, forest=forest(
            len(xy), placed, links, near_site[:, :NEAR_GARDU],
            np.asarray(away).reshape(len(xy), -1)[:, :NEAR_GARDU],
        ),
        kva=np.full(len(site), np.nan) if kva is None else kva,
        load=np.full(len(xy), np.nan) if load is None else load,
        spans=spans, poles=poles,
    )  # fmt: skip


def _along(n: int, walk: Ints | None, rbm: Ints | None) -> Ints:
    out = np.full((n, 2 * STEPS), n, dtype=np.int64)
    if walk is None or rbm is None:
        return out
    order = np.lexsort((np.arange(n), walk, rbm))
    order = order[rbm[order] >= 0]
    for column, step in enumerate([*range(-STEPS, 0), *range(1, STEPS + 1)]):
        at = np.arange(len(order)) + step
        there = (at >= 0) & (at < len(order))
        mine, other = order[there], order[at[there]]
        same = rbm[mine] == rbm[other]
        out[mine[same], column] = other[same]
    return out


def _links(xy: Floats, site: Floats) -> tuple[Ints, tuple[Ints, Ints, Floats]]:
    """Return neighbouring customers, and all links (gardu numbered after customers) with metres."""
    n = len(xy)
    points = np.vstack([_apart(xy), site])
    if len(points) < 4:
        pairs = np.array([(i, j) for i in range(len(points)) for j in range(i)], dtype=np.int64)
    else:
        try:
            corners = Delaunay(points - points.mean(axis=0)).simplices
        except QhullError:  # all on one line: neighbours along it
            order = np.lexsort(points.T)
            corners = np.column_stack([order[:-1], order[1:], order[1:]])
        pairs = np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    pairs = np.unique(np.sort(pairs.reshape(-1, 2), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]].astype(np.int64)
    long_m = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)
    people = (pairs < n).all(axis=1) & (long_m < EDGE_MAX_M)
    return pairs[people], (pairs[:, 0], pairs[:, 1], long_m)


def _apart(xy: Floats) -> Floats:
    """Return points that no longer coincide: a spiral of decimetres around each place."""
    turn = np.arange(len(xy)) * 2.399963  # the golden angle, so that no two directions repeat
    reach = 0.2 + 0.3 * ((np.arange(len(xy)) * 0.618034) % 1)
    return np.asarray(xy + np.column_stack([np.cos(turn), np.sin(turn)]) * reach[:, None])
