"""Which jurusan a group of doubted neighbours hangs on: where its one walk begins."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from rbmgeo.frames import JTR
from rbmgeo.geo import coordinates, require_metres
from rbmgeo.survey.branches import Branch, branches
from rbmgeo.survey.telusur import NEAR_M

#: So much of a patch must hang on one jurusan; with less, none is named.
SHARE = 2 / 3


@dataclass(frozen=True)
class Network:
    """What ties houses to lines, positions in metres.

    ``spans``: `JTR`; ``poles``: places by pole; ``gardu``: ``geometry`` and ``lv_node`` by code;
    ``tiang``: the pole by idpel where a list or a drop names it.
    """

    spans: gpd.GeoDataFrame
    poles: gpd.GeoSeries
    gardu: gpd.GeoDataFrame
    tiang: pd.Series


def lines_of_patches(
    members: pd.DataFrame, points: gpd.GeoSeries, network: Network
) -> pd.DataFrame:
    """Name the jurusan along which each patch is walked, and the first of its poles.

    Parameters
    ----------
    members
        Index idpel; ``patch``, ``gardu`` (recorded) and ``proposed_gardu``, one pair a patch.
    points
        Houses in metres, index idpel.

    Returns
    -------
    DataFrame
        Index patch; ``gardu``, ``jurusan``, ``tiang``, ``derived`` (the jurusan's letter is read
        off the drawing). The jurusan is the one of either gardu whose poles hold most of the
        patch; a tie is the proposed gardu's, since there the line would have to end. A house
        hangs on its recorded pole, else on the nearest of that gardu within `NEAR_M`. A patch
        of which less than `SHARE` hangs on one jurusan is left out: nothing is guessed.
    """
    JTR.check(network.spans)
    require_metres(points)
    asked = members.dropna(subset=["patch"]).sort_index()
    by_gardu = dict(list(network.spans.groupby("gardu")))
    known = network.poles.dropna()
    places = dict(zip(known.index, zip(known.x, known.y, strict=True), strict=True))
    lines: dict[str, list[Branch]] = {}
    rows = {}
    for patch, group in asked.groupby("patch"):
        tried = []
        for gardu in (group["proposed_gardu"].iloc[0], group["gardu"].iloc[0]):
            if gardu not in lines:
                lines[gardu] = _branches(gardu, by_gardu.get(gardu), places, network.gardu)
            tried += [(gardu, *_held(b, group.index, points, network.tiang), b) for b in lines[gardu]]  # fmt: skip
        # The first of equals: the proposed gardu, its jurusan in their order.
        best = max(tried, key=lambda t: t[1], default=None)
        if best is not None and best[1] >= SHARE * len(group):
            gardu, _, tiang, branch = best
            rows[patch] = (gardu, branch.jurusan, tiang, branch.derived)
    index = pd.Index(list(rows), name="patch", dtype="str")
    return pd.DataFrame(
        list(rows.values()), index=index, columns=["gardu", "jurusan", "tiang", "derived"]
    )


def _branches(
    gardu: str,
    spans: gpd.GeoDataFrame | None,
    places: dict[str, tuple[float, float]],
    sites: gpd.GeoDataFrame,
) -> list[Branch]:
    if spans is None or gardu not in sites.index:
        return []
    site, node = sites.geometry[gardu], sites["lv_node"][gardu]
    there = None if site is None or site.is_empty else (site.x, site.y)
    return branches(spans, places, site=there, lv_node=node if isinstance(node, str) else None)


def _held(
    branch: Branch, houses: "pd.Index[str]", points: gpd.GeoSeries, tiang: pd.Series
) -> tuple[int, str]:
    """Return how many houses hang on a jurusan, and its first pole that holds one."""
    stops = [s for s in branch.stops if s.tiang is not None]
    if not stops:
        return 0, ""
    place = {s.tiang: n for n, s in enumerate(stops)}
    told = tiang.reindex(houses)
    at = told.map(place)
    xy = coordinates(points.reindex(houses))
    loose = (told.isna() & ~np.isnan(xy[:, 0])).to_numpy()
    if loose.any():
        away, near = cKDTree([(s.x, s.y) for s in stops]).query(xy[loose])
        at[loose] = np.where(away <= NEAR_M, near, np.nan)
    held = at.dropna().astype(int)
    if held.empty:
        return 0, ""
    first = min(held.unique(), key=lambda n: (stops[n].along_m, n))
    return len(held), str(stops[first].tiang)
