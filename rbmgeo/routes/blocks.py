"""The pieces that move as one: whole gardu, branches of a large one, who must stay."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from rbmgeo.geo import coordinates
from rbmgeo.routes.near import Floats, Ints, group_walks, near_pairs
from rbmgeo.routes.params import DENSE_M, SCATTERED_M, DesignParams

#: Houses without a known gardu move by squares of so many metres.
SQUARE_M = 250


@dataclass(frozen=True)
class Blocks:
    """``of``: the block of each customer, index idpel, missing where nothing ties him anywhere.

    ``table``: index block; ``customers``, ``x``, ``y`` (median metres, missing without a point),
    ``walk_m`` (estimated walk inside, straight), ``kind`` of area, ``stays`` (never moves),
    ``seconds`` and ``share`` of the customers that a route of its kind holds. ``code``: row of the
    block of each customer, -1 for none; ``houses``: rows of the customers with a block and a
    point; ``pairs``: which of these are neighbours.
    """

    of: pd.Series
    table: pd.DataFrame
    code: Ints
    houses: Ints
    pairs: Ints


def blocks(
    routed: pd.DataFrame, xy: pd.DataFrame, params: DesignParams, sites: gpd.GeoSeries | None
) -> Blocks:
    """Part the customers into blocks; see `rbmgeo.routes.design.design` for the columns.

    A gardu is one block; a gardu larger than a route is cut into branches where ``branch`` tells
    them, else into compact parts. Who has no point keeps today's RBM (R-LO-02): all of one RBM
    are a block that stays, and so is what is locked. Where ``routed`` says ``pinned`` the block
    of such a customer stays on his RBM.
    """
    of = _named(routed, xy, params)
    of = _held(_large_cut(of, routed, xy, params), routed)
    found, names = pd.factorize(of, sort=True)
    code = found.astype(np.int64)
    # Who has no point stands nowhere; all else stands where it is and is somebody's neighbour.
    houses = np.flatnonzero(xy["x"].notna().to_numpy() & (code >= 0)).astype(np.int64)
    at = xy.to_numpy()[houses]
    pairs = near_pairs(at)
    table = xy.groupby(code).median().reindex(range(len(names)))
    table.index = pd.Index(names, name="block", dtype="str")
    table["customers"] = np.bincount(code[code >= 0], minlength=len(names))
    table["walk_m"], step = group_walks(code[houses], at, pairs, len(names))
    table = _at_sites(_costed(table, step, params), sites)
    return Blocks(of, table, code, houses, pairs)


def _named(routed: pd.DataFrame, xy: pd.DataFrame, params: DesignParams) -> pd.Series:
    placed = xy["x"].notna()
    rbm, gardu = routed["rbm"], routed["gardu"]
    cell = (xy // SQUARE_M).fillna(0).astype(int).astype("str")
    square = "S:" + cell["x"] + "_" + cell["y"]
    square = square.where(rbm.isna(), "S:" + rbm.astype("str") + ":" + cell["x"] + "_" + cell["y"])
    of = ("G:" + gardu).where(gardu.notna()).fillna(square.where(placed))
    of = of.mask(~placed & rbm.notna(), "R:" + rbm)
    of = of.mask(gardu.isin(params.locked_gardu) & rbm.notna() & placed, "L:" + rbm + ":" + gardu)
    return of.mask(rbm.isin(params.locked_rbm) & placed, "L:" + rbm)


def _held(of: pd.Series, routed: pd.DataFrame) -> pd.Series:
    """Let the block of a customer who is pinned stay on his RBM, he and whoever moves with him."""
    if "pinned" not in routed or not routed["pinned"].any():
        return of
    rbm = routed["rbm"]
    mine = rbm[routed["pinned"] & rbm.notna() & of.notna()]
    held = set(zip(of[mine.index], mine, strict=True))
    with_one = [(o, r) in held for o, r in zip(of, rbm, strict=True)]
    return of.mask(
        pd.Series(with_one, of.index) & ~of.str.startswith(("R:", "L:")).fillna(False),
        "L:" + rbm + ":" + of,
    )


def _large_cut(
    of: pd.Series, routed: pd.DataFrame, xy: pd.DataFrame, params: DesignParams
) -> pd.Series:
    """Cut each gardu larger than a route: by branch, a branch too large or untold by place."""
    size = of.groupby(of).transform("size")
    large = sorted(n for n in of[size > params.capacity_max].unique() if n[:2] in ("G:", "S:"))
    branch = routed["branch"] if "branch" in routed else pd.Series(None, of.index, dtype="str")
    out = of.copy()
    for name in large:
        here = of.index[of == name]
        told = branch.reindex(here)
        parts = _joined_small(told.fillna("?"), xy.loc[here], params.part_min)
        for _, group in sorted(parts.groupby(parts).groups.items()):
            houses = xy.loc[group].assign(customers=1, rbm=routed["rbm"])
            out[group] = _pieces(f"{name}/{parts[group[0]]}", houses, params)
    return out


def _joined_small(parts: pd.Series, xy: pd.DataFrame, least: int) -> pd.Series:
    """Join branches with fewer than ``least`` customers to the nearest one."""
    parts = parts.copy()
    while True:
        sizes = parts.value_counts().sort_index().sort_values(kind="stable")
        if len(sizes) < 2 or sizes.iloc[0] >= least:
            return parts
        middle = xy.groupby(parts).median()
        small = sizes.index[0]
        away = np.hypot(*(middle - middle.loc[small]).T.to_numpy())
        away = pd.Series(away, middle.index).drop(small).fillna(np.inf)
        parts[parts == small] = away.idxmin()


def _pieces(name: str, houses: pd.DataFrame, params: DesignParams) -> pd.Series:
    if len(houses) <= params.capacity_max:
        return pd.Series(name, houses.index)
    houses = houses.sort_values("rbm", kind="stable", na_position="last")
    houses[["x", "y"]] = houses[["x", "y"]].fillna(houses[["x", "y"]].median())
    least = -(-len(houses) // params.capacity_max)
    wanted = max(least, round(len(houses) / params.target_customers))
    pieces = bisected(houses, max(least, min(wanted, len(houses) // params.part_min)))
    return pd.Series([f"{name}/{k:03d}" for k in pieces], houses.index)


def bisected(table: pd.DataFrame, parts: int) -> "list[int]":
    """Halve rows by ``customers`` across the longer side (x, y) until there are ``parts``."""
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
        share = (pieces // 2) / pieces
        cut = int((here["customers"].cumsum() <= here["customers"].sum() * share).sum())
        cut = min(max(cut, 1), len(here) - 1)
        todo += [(here.index[cut:], pieces - pieces // 2), (here.index[:cut], pieces // 2)]
    return [int(g) for g in group]


def _costed(table: pd.DataFrame, step: Floats, params: DesignParams) -> pd.DataFrame:
    kind = np.where(step > SCATTERED_M, "tersebar", np.where(step < DENSE_M, "padat", "sedang"))
    table["kind"] = pd.Series(kind, table.index, dtype="str")
    table["stays"] = np.array([str(n)[:2] in ("R:", "L:") for n in table.index], dtype=bool)
    table.loc[[str(n).startswith("R:") for n in table.index], ["x", "y"]] = np.nan
    table["seconds"] = (
        table["customers"] * params.service_s + table["walk_m"] * params.seconds_per_m
    )
    most = {kind: params.capacity(kind)[1] for kind in table["kind"].unique()}
    table["share"] = table["customers"] / np.array([most[k] for k in table["kind"]], dtype=float)
    return table


def _at_sites(table: pd.DataFrame, sites: gpd.GeoSeries | None) -> pd.DataFrame:
    """Put blocks of a gardu whose customers have no point where the gardu stands."""
    if sites is None or not len(sites):
        return table
    xy = pd.DataFrame(coordinates(sites), sites.index, ["x", "y"])
    code = table.index.to_series().str.extract(r"^G:(.*?)(?:/.*)?$")[0]
    return table.fillna({c: code.map(xy[c]) for c in ("x", "y")})
