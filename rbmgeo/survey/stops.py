"""Houses that a surveyor stands before at once: those of one pole are one stop of a walk."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from rbmgeo.geo import coordinates

#: Houses of one pole code stand so near; the same code further away is another pole.
SAME_POLE_M = 60.0
#: Houses without a pole in the lists so near to one another are one building.
SAME_DOOR_M = 3.0

Ints = npt.NDArray[np.int64]


def pole_stops(points: gpd.GeoSeries, poles: pd.Series) -> pd.Series:
    """Give the stops of some houses a number: one number for the houses of one pole.

    ``points``: metres, index idpel, None where missing. ``poles``: the recorded pole by idpel,
    missing where none is. Houses of one pole code are one stop where each is within
    `SAME_POLE_M` of another of them, since some units number their poles anew at every gardu;
    a house without a point goes with its pole. Without a pole, houses within `SAME_DOOR_M`
    are one stop. Numbers follow the smallest idpel of a stop.
    """
    names = points.index.sort_values()
    xy = coordinates(points.reindex(names))
    code = pd.Series(poles.reindex(names).to_numpy(object), index=names)
    has = ~np.isnan(xy[:, 0])
    pairs = _near(xy, has, code)
    part = _parts(pairs, len(names))
    part = _with_blind(part, has, code)
    first = pd.Series(range(len(names))).groupby(part).transform("min")
    number = pd.factorize(first.to_numpy(), sort=True)[0]
    return pd.Series(number, index=names).reindex(points.index)


def _near(xy: "npt.NDArray[np.float64]", has: "npt.NDArray[np.bool_]", code: pd.Series) -> Ints:
    """Return pairs of rows that belong to one stop."""
    rows = np.flatnonzero(has)
    if len(rows) < 2:
        return np.empty((0, 2), dtype=np.int64)
    tree = cKDTree(xy[rows])
    pole, _ = pd.factorize(code.to_numpy())
    doors = rows[tree.query_pairs(SAME_DOOR_M, output_type="ndarray")]
    doors = doors[(pole[doors] < 0).any(axis=1)]
    # Along each pole's own houses: pairs of all houses of a dense town would be millions.
    known = np.flatnonzero(has & (pole >= 0))
    order = known[np.lexsort((xy[known, 1], xy[known, 0], pole[known]))]
    groups = np.split(order, np.flatnonzero(np.diff(pole[order])) + 1) if len(order) else []
    same = [
        group[cKDTree(xy[group]).query_pairs(SAME_POLE_M, output_type="ndarray")]
        for group in groups
        if len(group) > 1
    ]
    return np.concatenate([doors, *same]).astype(np.int64)


def _parts(pairs: Ints, count: int) -> Ints:
    links = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, part = connected_components(links, directed=False)
    return np.asarray(part, dtype=np.int64)


def _with_blind(part: Ints, has: "npt.NDArray[np.bool_]", code: pd.Series) -> Ints:
    """Let a house without a point stand where its pole does, at the first stop of that pole."""
    told = pd.Series(part, index=code.to_numpy())
    lead = told[has & code.notna().to_numpy()]
    lead = lead[~lead.index.duplicated()]
    out = part.copy()
    for row in np.flatnonzero(~has & code.notna().to_numpy()):
        at = lead.get(code.iloc[row])
        out[row] = out[row] if at is None else at
    return out
