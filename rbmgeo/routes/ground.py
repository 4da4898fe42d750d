"""Which blocks are neighbours on foot, and how far it is from one to the next."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Delaunay, QhullError, cKDTree

from rbmgeo.network.streets import Network
from rbmgeo.routes.blocks import components

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Two houses are neighbours on foot if the streets need no more than so many metres and so many
#: times the straight line: what lies between is a block of houses, no river.
REACH_M, REACH_TIMES = 400.0, 4.0
#: Ways that nobody walks along, and that part what lies on both sides.
NO_WALK = ("motorway", "motorway_link")
_AT_ONCE = 128


def neighbours(
    of: Ints, xy: Floats, *, size: int, network: Network | None = None,
    barriers: gpd.GeoSeries | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Link blocks whose houses are neighbours.

    Parameters
    ----------
    of, xy
        Block number (-1: none) and metres of each house or site; NaN where unknown.
    size
        How many blocks there are.
    network
        Streets: a link whose houses lie far apart on them is dropped.
    barriers
        Lines (metres) that nobody crosses, such as rivers, toll roads and railways. A link over
        one stays only where the streets show a way across.

    Returns
    -------
    DataFrame
        ``a``, ``b`` (a < b), ``gap_m`` (straight metres between the nearest houses found) and
        ``forced``: no neighbour lies nearer, and without this link a part of the unit would hang
        on nothing. The placed blocks always hang together.
    """
    there = ~np.isnan(xy[:, 0]) & (of >= 0)
    of, xy = of[there], xy[there]
    if len(np.unique(of)) < 2:
        return pd.DataFrame({"a": [], "b": [], "gap_m": [], "forced": []}).astype(
            {"a": int, "b": int, "gap_m": float, "forced": bool}
        )
    links = _nearest_links(of, xy)
    open_ = _walkable(links, xy, network, barriers)
    return _hung_together(links, open_, np.unique(of), size)


def _nearest_links(of: Ints, xy: Floats) -> pd.DataFrame:
    pairs = _near_pairs(xy)
    i, j = pairs[of[pairs[:, 0]] != of[pairs[:, 1]]].T
    swap = of[i] > of[j]
    i, j = np.where(swap, j, i), np.where(swap, i, j)
    found = pd.DataFrame({"a": of[i], "b": of[j], "gap_m": np.hypot(*(xy[i] - xy[j]).T), "i": i, "j": j})  # fmt: skip
    found = found.sort_values(["a", "b", "gap_m", "i", "j"], ignore_index=True)
    return found.drop_duplicates(["a", "b"], ignore_index=True)


def _near_pairs(xy: Floats) -> Ints:
    """Return pairs of rows that are neighbours: the triangles between all distinct places."""
    places, first, back = np.unique(xy, axis=0, return_index=True, return_inverse=True)
    back = back.ravel()
    same = np.c_[np.arange(len(xy)), first[back]]
    same = same[same[:, 0] != same[:, 1]]
    try:
        corners = Delaunay(places).simplices
        pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    except (QhullError, ValueError):  # all on one line, or fewer than three
        steps = np.arange(len(places) - 1)
        pairs = np.c_[steps, steps + 1]
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    # Houses on one point are each other's neighbours; to the others the first speaks for them.
    return np.concatenate([first[pairs], same]).astype(np.int64)


def _walkable(
    links: pd.DataFrame, xy: Floats, network: Network | None, barriers: gpd.GeoSeries | None
) -> npt.NDArray[np.bool_]:
    known = network is not None and len(network.edges) > 0
    limit = np.maximum(REACH_M, REACH_TIMES * links["gap_m"].to_numpy())
    near = np.ones(len(links), dtype=bool)
    if known:
        assert network is not None
        near = _street_m(network, links, xy, float(limit.max())) <= limit
    if barriers is None or not len(barriers):
        return near
    lines = shapely.linestrings(np.stack([xy[links["i"]], xy[links["j"]]], axis=1))
    crosses = np.zeros(len(links), dtype=bool)
    hit = shapely.STRtree(barriers.to_numpy()).query(lines, predicate="intersects")[0]
    crosses[hit] = True
    return near if known else ~crosses


def _street_m(network: Network, links: pd.DataFrame, xy: Floats, most_m: float) -> Floats:
    """Return the metres on streets between the houses of each link, inf where farther or apart."""
    size = len(network.nodes)
    a, b = network.edges.T
    order = np.argsort(network.length_m, kind="stable")
    pair = np.minimum(a, b)[order] * size + np.maximum(a, b)[order]
    keep = order[np.unique(pair, return_index=True)[1]]
    graph = csr_matrix((np.maximum(network.length_m[keep], 1e-6), (a[keep], b[keep])), (size, size))
    tree = cKDTree(network.nodes[np.unique(network.edges)])
    used = np.unique(network.edges)
    ends = [used[tree.query(xy[links[c]])[1]] for c in ("i", "j")]
    out = np.full(len(links), np.inf)
    starts, row = np.unique(ends[0], return_inverse=True)
    by_start = np.argsort(row, kind="stable")
    edge = np.searchsorted(row[by_start], np.arange(len(starts) + 1))
    for begin in range(0, len(starts), _AT_ONCE):
        stop = min(begin + _AT_ONCE, len(starts))
        mine = by_start[edge[begin] : edge[stop]]
        far = float(np.minimum(most_m, np.maximum(REACH_M, REACH_TIMES * links["gap_m"].to_numpy()[mine]).max()))  # fmt: skip
        found = dijkstra(graph, directed=False, indices=starts[begin:stop], limit=far)
        out[mine] = found[row[mine] - begin, ends[1][mine]]
    return out


def _hung_together(
    links: pd.DataFrame, open_: npt.NDArray[np.bool_], used: Ints, size: int
) -> pd.DataFrame:
    """Keep the open links; join what they leave apart by the shortest of the closed ones."""
    pairs = links[["a", "b"]].to_numpy(dtype=np.int64)
    part = components(size, pairs[open_])
    forced = np.zeros(len(links), dtype=bool)
    up = list(range(size))

    def top(k: int) -> int:
        while up[k] != k:
            up[k] = up[up[k]]
            k = up[k]
        return k

    closed = np.flatnonzero(~open_)
    for k in closed[np.argsort(links["gap_m"].to_numpy()[closed], kind="stable")].tolist():
        one, other = top(int(part[pairs[k, 0]])), top(int(part[pairs[k, 1]]))
        if one != other:
            up[max(one, other)] = min(one, other)
            forced[k] = True
    out = links.assign(forced=forced)[open_ | forced]
    return out[["a", "b", "gap_m", "forced"]].reset_index(drop=True)


def pieces(assigned: Ints, links: pd.DataFrame, placed: npt.NDArray[np.bool_]) -> pd.Series:
    """Count per route (number in ``assigned``) the parts that do not hang together."""
    pairs = links[["a", "b"]].to_numpy(dtype=np.int64)
    inside = pairs[assigned[pairs[:, 0]] == assigned[pairs[:, 1]]] if len(pairs) else pairs
    part = components(len(assigned), inside)
    frame = pd.DataFrame({"route": assigned[placed], "part": part[placed]}).drop_duplicates()
    return frame[frame["route"] >= 0].groupby("route").size()

