"""Which blocks are neighbours on foot, and how far it is from one to the next."""

import heapq
from itertools import pairwise

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from rbmgeo.network.streets import NOT_ON_FOOT, Network
from rbmgeo.routes.near import Floats, Ints, components

#: Two houses are neighbours on foot if the streets need no more than so many metres and so many
#: times the straight line: what lies between is a block of houses, no river.
REACH_M, REACH_TIMES = 400.0, 4.0
#: A street is known every so many metres.
STEP_M = 60.0
#: Ways that nobody walks along, and that part what lies on both sides.
NO_WALK = tuple(sorted(NOT_ON_FOOT))
#: Fewer houses beyond a neighbour's are passed on the way.
FEW_HOUSES = 20


def neighbours(
    of: Ints, xy: Floats, pairs: Ints, *, size: int, network: Network | None = None,
    barriers: gpd.GeoSeries | None = None, astray: npt.NDArray[np.bool_] | None = None,
    tied: Ints | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Link blocks whose houses are neighbours.

    Parameters
    ----------
    of, xy, pairs
        Block number and metres of each house or site; which of them are neighbours
        (`rbmgeo.routes.near.near_pairs`).
    size
        How many blocks there are.
    network
        Streets: a link whose houses lie far apart on them is dropped.
    barriers
        Lines (metres) that nobody crosses, such as rivers, toll roads and railways. A link over
        one stays only where the streets show a way across.
    astray
        Houses that make no neighbours of their block, but where it would hang on nothing.
    tied
        Pairs of blocks that hang together whatever lies between: parts of one gardu.

    Returns
    -------
    DataFrame
        ``a``, ``b`` (a < b), ``gap_m`` (straight metres between the nearest houses found) and
        ``forced``: no neighbour lies nearer, and without this link a part of the unit would hang
        on nothing. The placed blocks always hang together.
    """
    if len(np.unique(of)) < 2:
        return pd.DataFrame({"a": [], "b": [], "gap_m": [], "forced": []}).astype(
            {"a": int, "b": int, "gap_m": float, "forced": bool}
        )
    sure = pairs if astray is None else pairs[~astray[pairs].any(axis=1)]
    links = _nearest_links(of, xy, sure)
    open_ = _walkable(links, xy, network, barriers)
    if len(sure) < len(pairs):
        told = set(zip(links["a"], links["b"], strict=True))
        others = _nearest_links(of, xy, pairs)
        new = [key not in told for key in zip(others["a"], others["b"], strict=True)]
        links = pd.concat([links, others[new]], ignore_index=True)
        open_ = np.r_[open_, np.zeros(sum(new), dtype=bool)]
    return _hung_together(links, open_, size, tied)


def _nearest_links(of: Ints, xy: Floats, pairs: Ints) -> pd.DataFrame:
    i, j = pairs[of[pairs[:, 0]] != of[pairs[:, 1]]].T
    swap = of[i] > of[j]
    i, j = np.where(swap, j, i), np.where(swap, i, j)
    found = pd.DataFrame({"a": of[i], "b": of[j], "gap_m": np.hypot(*(xy[i] - xy[j]).T), "i": i, "j": j})  # fmt: skip
    found = found.sort_values(["a", "b", "gap_m", "i", "j"], ignore_index=True)
    return found.drop_duplicates(["a", "b"], ignore_index=True)


def _walkable(
    links: pd.DataFrame, xy: Floats, network: Network | None, barriers: gpd.GeoSeries | None
) -> npt.NDArray[np.bool_]:
    known = network is not None and len(network.edges) > 0
    limit = np.maximum(REACH_M, REACH_TIMES * links["gap_m"].to_numpy())
    near = np.ones(len(links), dtype=bool)
    if known:
        assert network is not None
        near = _street_m(network, links, xy, limit) <= limit
    if barriers is None or not len(barriers):
        return near
    lines = shapely.linestrings(np.stack([xy[links["i"]], xy[links["j"]]], axis=1))
    crosses = np.zeros(len(links), dtype=bool)
    hit = shapely.STRtree(barriers.to_numpy()).query(lines, predicate="intersects")[0]
    crosses[hit] = True
    return near if known else ~crosses


def _street_m(network: Network, links: pd.DataFrame, xy: Floats, limit: Floats) -> Floats:
    """Return the metres on streets between the houses of each link, inf where over its limit."""
    near, nodes = _steps(network)
    used = np.array([k for k, row in enumerate(near) if row])
    tree = cKDTree(nodes[used])
    start, stop = (used[tree.query(xy[links[c]])[1]].tolist() for c in ("i", "j"))
    wanted: dict[int, list[int]] = {}
    for k, node in enumerate(start):
        wanted.setdefault(node, []).append(k)
    out = np.full(len(links), np.inf)
    for node, mine in wanted.items():
        far = _reached(near, node, {stop[k] for k in mine}, float(limit[mine].max()))
        out[mine] = [far.get(stop[k], np.inf) for k in mine]
    return out


def _steps(network: Network) -> tuple[list[list[tuple[float, int]]], Floats]:
    """Return the network in steps of at most `STEP_M`: who follows whom, and where each stands.

    A long street without a crossing has houses all along it, not at its ends alone.
    """
    parts = np.maximum(np.ceil(network.length_m / STEP_M).astype(np.int64), 1)
    edge = np.repeat(np.arange(len(parts)), parts - 1)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(parts - 1) - (parts - 1), parts - 1) + 1
    along = shapely.line_interpolate_point(
        network.shapes[edge], nth / np.maximum(parts[edge], 1), normalized=True
    )
    nodes = np.vstack([network.nodes, shapely.get_coordinates(along)])
    near: list[list[tuple[float, int]]] = [[] for _ in range(len(nodes))]
    fresh = len(network.nodes)
    for (a, b), metres, n in zip(network.edges.tolist(), network.length_m.tolist(), parts.tolist(), strict=True):  # fmt: skip
        chain = [a, *range(fresh, fresh + n - 1), b]
        fresh += n - 1
        for one, other in pairwise(chain):
            near[one].append((metres / n, other))
            near[other].append((metres / n, one))
    return near, nodes


def _reached(
    near: list[list[tuple[float, int]]], start: int, targets: set[int], limit_m: float
) -> dict[int, float]:
    """Return the metres to the targets within a limit; the search ends with the last of them."""
    done: dict[int, float] = {}
    left = set(targets)
    heap = [(0.0, start)]
    while heap and left:
        metres, node = heapq.heappop(heap)
        if node in done:
            continue
        done[node] = metres
        left.discard(node)
        for more, other in near[node]:
            if other not in done and metres + more <= limit_m:
                heapq.heappush(heap, (metres + more, other))
    return done


def _hung_together(
    links: pd.DataFrame, open_: npt.NDArray[np.bool_], size: int, tied: Ints | None
) -> pd.DataFrame:
    """Keep the open links; join what they leave apart by the shortest of the closed ones."""
    pairs = links[["a", "b"]].to_numpy(dtype=np.int64)
    part = components(size, pairs[open_] if tied is None else np.r_[pairs[open_], tied])
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


def parts_apart(of: Ints, pairs: Ints, size: int) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
    """Return the number of each row's part of its block, the block of each part, who is astray.

    A gardu may feed houses on both sides of a neighbour's. The largest part of a block has its
    number, those of `FEW_HOUSES` or more that lie apart have numbers from ``size`` on. Smaller
    ones are astray and count with the largest: who borders on a few houses among his own does
    not border on their gardu. ``of``, ``pairs``: as for `neighbours`.
    """
    part = components(len(of), pairs[of[pairs[:, 0]] == of[pairs[:, 1]]])
    houses = np.bincount(part)
    block = np.zeros(len(houses), dtype=np.int64)
    block[part] = of
    order = np.lexsort((np.arange(len(houses)), -houses, block))
    first = np.r_[True, block[order][1:] != block[order][:-1]][: len(order)]
    told = order[~first & (houses[order] >= FEW_HOUSES)]
    number = block.copy()
    number[told] = size + np.arange(len(told))
    astray = np.ones(len(houses), dtype=bool)
    astray[order[first]] = astray[told] = False
    return number[part], np.r_[np.arange(size), block[told]], astray[part]


def of_blocks(links: pd.DataFrame, block: Ints) -> pd.DataFrame:
    """Return the links between blocks by those between their parts, the nearest of each pair."""
    a, b = block[links["a"]], block[links["b"]]
    told = links.assign(a=np.minimum(a, b), b=np.maximum(a, b))[a != b]
    told = told.sort_values(["a", "b", "forced", "gap_m"], ignore_index=True, kind="stable")
    return pd.DataFrame(told.drop_duplicates(["a", "b"], ignore_index=True))


def pieces(assigned: Ints, links: pd.DataFrame, placed: npt.NDArray[np.bool_]) -> pd.Series:
    """Count per route (number in ``assigned``) the parts that do not hang together."""
    pairs = links[["a", "b"]].to_numpy(dtype=np.int64)
    inside = pairs[assigned[pairs[:, 0]] == assigned[pairs[:, 1]]] if len(pairs) else pairs
    part = components(len(assigned), inside)
    frame = pd.DataFrame({"route": assigned[placed], "part": part[placed]}).drop_duplicates()
    return frame[frame["route"] >= 0].groupby("route").size()
