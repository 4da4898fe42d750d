"""Neighbouring customers with one and the same doubt are one patch, one line, one question."""

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from rbmgeo.geo import coordinates, require_metres

LEAST = 3  # two neighbours are two findings; from three on somebody moved a line


def patches(
    doubted: pd.DataFrame,
    points: gpd.GeoSeries,
    *,
    reach_m: float = 60,
    block: "pd.Series | None" = None,
) -> pd.Series:
    """Name the patch of every doubted customer, missing where it stands alone.

    ``doubted`` has index idpel and columns ``gardu`` and ``proposed_gardu``; customers of
    one pair of both that lie within ``reach_m`` of one another (in steps) are one patch, and
    so are those of one ``block`` (index idpel, a number from 0, below 0 in none). A patch is named ``P-<recorded>-<proposed>-<n>``, numbered by its smallest idpel.
    """
    require_metres(points)
    rows = doubted.dropna(subset=["gardu", "proposed_gardu"]).sort_index()
    xy = coordinates(points.reindex(rows.index))
    rows, xy = rows[~np.isnan(xy[:, 0])], xy[~np.isnan(xy[:, 0])]
    named = pd.Series(pd.NA, index=doubted.index, dtype="str")
    if len(rows) < LEAST:
        return named
    pair = (rows["gardu"] + "-" + rows["proposed_gardu"]).to_numpy()
    near = cKDTree(xy).query_pairs(reach_m, output_type="ndarray")
    if block is not None:
        near = np.vstack([near, _every_two(block.reindex(rows.index).fillna(-1).to_numpy(int))])
    near = near[pair[near[:, 0]] == pair[near[:, 1]]]
    links = coo_matrix((np.ones(len(near)), (near[:, 0], near[:, 1])), shape=(len(rows),) * 2)
    _, part = connected_components(links, directed=False)
    groups = pd.DataFrame({"pair": pair, "part": part}, index=rows.index)
    groups = groups[groups.groupby("part")["part"].transform("size") >= LEAST]
    if groups.empty:
        return named
    first = (
        groups.reset_index().groupby(["pair", "part"])["idpel"].min().rename("first").reset_index()
    )
    first["n"] = first.groupby("pair")["first"].rank().astype(int)
    names = first.set_index("part").apply(lambda r: f"P-{r['pair']}-{r['n']}", axis=1)
    named[groups.index] = groups["part"].map(names)
    return named


def _every_two(
    block: "np.ndarray[tuple[int], np.dtype[np.int64]]",
) -> "np.ndarray[tuple[int, int], np.dtype[np.int64]]":
    """Link each member of a block with every other one."""
    order = np.flatnonzero(block >= 0)
    order = order[np.argsort(block[order], kind="stable")]
    groups = np.split(order, np.flatnonzero(np.diff(block[order])) + 1)
    pairs = [np.column_stack([np.repeat(g, len(g)), np.tile(g, len(g))]) for g in groups]
    return np.concatenate(pairs) if len(order) else np.empty((0, 2), dtype=np.int64)
