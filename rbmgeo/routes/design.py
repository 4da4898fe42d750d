"""SOP IV.5: RBM built from whole gardu, balanced in minutes, starting from today's."""

from dataclasses import dataclass

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from rbmgeo.geo import coordinates, require_metres
from rbmgeo.routes.codes import fresh_codes
from rbmgeo.settings import UnitSettings

UNPLACED = "BELUM DITEMPATKAN"
#: An RBM of more than so many times its capacity is no route of a day: it is cut in several.
#: Less than that is a warning only (R-RO-04).
CUT_OVER = 1.5


@dataclass(frozen=True)
class DesignParams:
    """What a route costs (R-RO-07) and how large it may be (R-RO-04)."""

    service_s: float = 45
    walking_m_per_s: float = 1.07
    detour: float = 1.3
    capacity_min: int = 150
    capacity_max: int = 600
    target_customers: int = 300
    rounds: int = 400
    change_weight: float = 0.15

    def __post_init__(self) -> None:
        if not 0 < self.capacity_min <= self.capacity_max:
            raise ValueError(f"capacity {self.capacity_min} to {self.capacity_max} is no range")

    @classmethod
    def of(cls, settings: UnitSettings) -> "DesignParams":
        """Take the unit's pace and capacity."""
        return cls(
            service_s=settings.service_s, walking_m_per_s=settings.walking_m_per_s,
            detour=settings.detour, capacity_min=settings.capacity_min,
            capacity_max=settings.capacity_max,
        )  # fmt: skip


@dataclass(frozen=True)
class Design:
    """Who is read on which RBM: index idpel; ``rbm`` and ``from_rbm`` (missing: new).

    ``per_rbm``: index rbm; ``customers``, ``minutes`` (estimated), ``capacity`` (``kurang``,
    ``lebih`` or empty, a warning only). ``summary``: minutes max over mean before and after,
    customers changed, gardu whole.
    """

    members: pd.DataFrame
    per_rbm: pd.DataFrame
    summary: dict[str, float]


def design(
    routed: pd.DataFrame,
    points: gpd.GeoSeries,
    *,
    ulp: str,
    params: DesignParams | None = None,
    sites: gpd.GeoSeries | None = None,
) -> Design:
    """Propose the RBM of every routed customer.

    Parameters
    ----------
    routed
        Active vendor-read customers (R-MA-11, R-RO-10), index idpel; columns ``rbm`` (today,
        missing for new ones) and ``gardu`` (missing where unknown).
    points
        Positions in metres, index idpel; None where missing.
    sites
        Positions of the gardu, index gardu: where nobody of a gardu has a point, they stand
        about the gardu itself.

    Returns
    -------
    Design
        Every routed customer exactly once. Whole gardu move between neighbouring RBM while
        that evens the minutes out by more than it disturbs customers. An RBM far over its
        capacity is cut first, one part keeps its code. Whom neither a point nor today's RBM,
        his own or of his gardu, ties to a place stands in `UNPLACED`.
    """
    params = params or DesignParams()
    require_metres(points)
    routed = routed.sort_index()
    xy = pd.DataFrame(coordinates(points.reindex(routed.index)), routed.index, ["x", "y"])
    blocks = _blocks(routed, xy, params)
    table = _at_sites(_block_table(blocks, xy, params), sites)
    start = _start(routed, blocks, table, ulp, params)
    near = _neighbourhood(table)
    cut = _cut_large(start, table, ulp, set(routed["rbm"].dropna()), params)
    assigned = _balanced(table, cut, near, params)
    rbm = blocks.map(assigned).astype("str").fillna(UNPLACED).rename("rbm")
    members = pd.DataFrame({"rbm": rbm, "from_rbm": routed["rbm"]})
    per_rbm = _per_rbm(members, table.assign(rbm=assigned), params)
    return Design(members, per_rbm, _summary(members, per_rbm, routed, table, start, params))


def _blocks(routed: pd.DataFrame, xy: pd.DataFrame, params: DesignParams) -> pd.Series:
    """Name the block of each customer: its gardu, or its RBM's remainder, or its square."""
    block = ("G:" + routed["gardu"]).where(routed["gardu"].notna())
    today = ("R:" + routed["rbm"]).where(routed["rbm"].notna())
    cell = (xy // 250).fillna(0).astype(int).astype("str")
    square = "S:" + cell["x"] + "_" + cell["y"]
    block = block.fillna(today).fillna(square.where(xy["x"].notna()))
    size = block.groupby(block).transform("size")
    # A gardu larger than a whole RBM is cut into neighbourhoods; who has no point, by today's RBM.
    for name in sorted(block[size > params.capacity_max].unique()):
        houses = xy[block == name].assign(customers=1, rbm=routed["rbm"])
        houses = houses.sort_values("rbm", kind="stable", na_position="last")
        houses[["x", "y"]] = houses[["x", "y"]].fillna(houses[["x", "y"]].median())
        least = -(-len(houses) // params.capacity_max)
        pieces = _bisected(houses, max(least, round(len(houses) / params.target_customers)))
        block[houses.index] = pd.Series([f"{name}/{k:03d}" for k in pieces], houses.index)
    return block


def _block_table(blocks: pd.Series, xy: pd.DataFrame, params: DesignParams) -> pd.DataFrame:
    """Return per block its customers, middle and the seconds that reading it takes."""
    groups = xy.groupby(blocks)
    table = groups.median()
    table["customers"] = groups.size()
    table["walk_m"] = pd.Series({b: _tree_length_m(rows) for b, rows in groups}, dtype=float)
    table["seconds"] = (
        table["customers"] * params.service_s
        + table["walk_m"] * params.detour / params.walking_m_per_s
    )
    return table


def _at_sites(table: pd.DataFrame, sites: gpd.GeoSeries | None) -> pd.DataFrame:
    """Put blocks of a gardu whose customers have no point where the gardu stands."""
    if sites is None or not len(sites):
        return table
    xy = pd.DataFrame(coordinates(sites), sites.index, ["x", "y"])
    code = table.index.to_series().str.extract(r"^G:(.*?)(?:/\d{3})?$")[0]
    return table.fillna({c: code.map(xy[c]) for c in ("x", "y")})


def _tree_length_m(xy: pd.DataFrame) -> float:
    """Return the length of the shortest tree through the points, a lower bound of the walk."""
    known = xy.dropna().to_numpy()
    if len(known) < 2:
        return 0.0
    return float(minimum_spanning_tree(cdist(known, known) + 1e-9).sum())


def _start(
    routed: pd.DataFrame, blocks: pd.Series, table: pd.DataFrame, ulp: str, params: DesignParams
) -> pd.Series:
    """Give each block the RBM that reads most of it today; new blocks the nearest one's."""
    known = pd.DataFrame({"block": blocks, "rbm": routed["rbm"]}).dropna()
    counts = known.groupby(["block", "rbm"]).size().rename("n").reset_index()
    counts = counts.sort_values(["block", "n", "rbm"], ascending=[True, False, True])
    home = counts.drop_duplicates("block").set_index("block")["rbm"].reindex(table.index)
    if home.notna().any():
        return _nearest_home(home, table)
    parts = max(1, round(table["customers"].sum() / params.target_customers))
    codes = fresh_codes(ulp, parts, set())
    return pd.Series([codes[k] for k in _bisected(table, parts)], index=table.index)


def _cut_large(
    start: pd.Series, table: pd.DataFrame, ulp: str, taken: "set[str]", params: DesignParams
) -> pd.Series:
    """Cut each RBM far over its capacity into neighbouring parts; its largest keeps the code."""
    out = start.copy()
    houses = table["customers"].groupby(start).sum()
    taken = taken | set(houses.index)
    for code, size in houses[houses > CUT_OVER * params.capacity_max].items():
        blocks = table.loc[start.index[start == code]]
        part = pd.Series(
            _bisected(blocks, max(2, round(size / params.target_customers))), index=blocks.index
        )
        parts = blocks["customers"].groupby(part).sum().sort_values(ascending=False, kind="stable")
        fresh = fresh_codes(ulp, len(parts) - 1, taken)
        taken |= set(fresh)
        out[blocks.index] = part.map(dict(zip(parts.index, [str(code), *fresh], strict=True)))
    return out


def _nearest_home(home: pd.Series, table: pd.DataFrame) -> pd.Series:
    bare = home.isna() & table["x"].notna()
    given = home.notna() & table["x"].notna()
    if bare.any() and given.any():
        _, near = cKDTree(table.loc[given, ["x", "y"]]).query(table.loc[bare, ["x", "y"]])
        home = home.copy()
        home[bare] = home[given].to_numpy()[near]
    return home


def _bisected(table: pd.DataFrame, parts: int) -> "list[int]":
    """Halve blocks by customers across the longer side until there are ``parts``."""
    group = pd.Series(0, index=table.index)
    todo, number = [(table.index, parts)], 0
    while todo:
        index, pieces = todo.pop()
        if pieces <= 1 or len(index) < 2:
            group[index] = number
            number += 1
            continue
        here = table.loc[index].fillna({"x": 0.0, "y": 0.0})
        axis = "x" if np.ptp(here["x"]) >= np.ptp(here["y"]) else "y"
        here = here.sort_values(axis, kind="stable")
        cut = int(
            (here["customers"].cumsum() <= here["customers"].sum() * (pieces // 2) / pieces).sum()
        )
        cut = min(max(cut, 1), len(here) - 1)
        todo += [(here.index[cut:], pieces - pieces // 2), (here.index[:cut], pieces // 2)]
    return [int(g) for g in group]


def _neighbourhood(table: pd.DataFrame) -> "nx.Graph[str]":
    """Link each block with its nearest ones; routes must hang together on it."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(table.index)
    placed = table.dropna(subset=["x"])
    if len(placed) > 1:
        k = min(7, len(placed))
        _, near = cKDTree(placed[["x", "y"]]).query(placed[["x", "y"]], k=k)
        names = placed.index.to_list()
        graph.add_edges_from(
            (names[i], names[int(j)]) for i, row in enumerate(near) for j in row[1:]
        )
    return graph


def _balanced(
    table: pd.DataFrame, start: pd.Series, near: "nx.Graph[str]", params: DesignParams
) -> pd.Series:
    """Move border blocks from long to short neighbouring routes while that evens them out."""
    rbm = {str(block): str(code) for block, code in start.dropna().items()}
    seconds = {str(b): float(v) for b, v in table["seconds"].items()}
    customers = {str(b): float(v) for b, v in table["customers"].items()}
    ground = _Ground(dict(rbm), near, seconds, customers, params)
    load, count = _loads(rbm, seconds), _loads(rbm, customers)
    for _ in range(params.rounds):
        move = _best_move(rbm, load, count, ground)
        if move is None:
            break
        block, target = move
        source = rbm[block]
        for sums, value in ((load, seconds[block]), (count, customers[block])):
            sums[source] -= value
            sums[target] += value
        rbm[block] = target
    return pd.Series(rbm, dtype="str").reindex(table.index)


def _loads(rbm: "dict[str, str]", value: "dict[str, float]") -> "dict[str, float]":
    out: dict[str, float] = {}
    for block, code in rbm.items():
        out[code] = out.get(code, 0) + value[block]
    return out


@dataclass(frozen=True)
class _Ground:
    """What does not change while blocks move: today's RBM, neighbours, weights."""

    start: "dict[str, str]"
    near: "nx.Graph[str]"
    seconds: "dict[str, float]"
    customers: "dict[str, float]"
    params: DesignParams


def _best_move(
    rbm: "dict[str, str]", load: "dict[str, float]", count: "dict[str, float]", ground: _Ground
) -> "tuple[str, str] | None":
    """Return the (block, RBM) that lowers the sum of squared minutes most, None if none does."""
    mean = sum(load.values()) / max(len(load), 1)
    best, best_gain = None, 0.0
    for block in sorted(rbm):
        source, weight, houses = rbm[block], ground.seconds[block], ground.customers[block]
        for target in sorted({rbm[b] for b in ground.near[block] if b in rbm} - {source}):
            gain = 2 * weight * (load[source] - load[target] - weight)
            leaves = ground.start.get(block) == source
            gain -= ground.params.change_weight * weight * mean * (1 if leaves else -1)
            if count[target] + houses > ground.params.capacity_max or count[source] == houses:
                continue
            if gain > best_gain and _hangs_together(block, source, rbm, ground.near):
                best, best_gain = (block, target), gain
    return best


def _hangs_together(block: str, source: str, rbm: "dict[str, str]", near: "nx.Graph[str]") -> bool:
    """Say whether a route falls into no more pieces when it gives a block away."""
    rest = [b for b, code in rbm.items() if code == source and b != block]
    if not rest:
        return False
    now = nx.number_connected_components(near.subgraph([*rest, block]))
    return bool(nx.number_connected_components(near.subgraph(rest)) <= now)


def _per_rbm(members: pd.DataFrame, table: pd.DataFrame, params: DesignParams) -> pd.DataFrame:
    out = members.groupby("rbm").size().rename("customers").to_frame()
    out["minutes"] = (table.groupby("rbm")["seconds"].sum() / 60).reindex(out.index).round(1)
    short, long = out["customers"] < params.capacity_min, out["customers"] > params.capacity_max
    out["capacity"] = np.select([short, long], ["kurang", "lebih"], default="")
    return out


def _summary(
    members: pd.DataFrame, per_rbm: pd.DataFrame, routed: pd.DataFrame, table: pd.DataFrame,
    start: pd.Series, params: DesignParams,
) -> dict[str, float]:  # fmt: skip
    before = (table["seconds"].groupby(start).sum() / 60).astype(float)
    real = per_rbm.drop(index=UNPLACED, errors="ignore")["minutes"]
    pairs = pd.DataFrame({"gardu": routed["gardu"], "rbm": members["rbm"]}).dropna()
    whole = pairs.groupby("gardu")["rbm"].nunique() == 1
    moved = members["from_rbm"].notna() & (members["rbm"] != members["from_rbm"])
    return {
        "customers": len(members),
        "rbm": len(real),
        "max_over_mean_before": round(float(before.max() / before.mean()), 3)
        if len(before)
        else 0.0,
        "max_over_mean": round(float(real.max() / real.mean()), 3) if len(real) else 0.0,
        "changed": int(moved.sum()),
        "gardu_whole": int(whole.sum()),
        "gardu": len(whole),
        "unplaced": int((members["rbm"] == UNPLACED).sum()),
    }
