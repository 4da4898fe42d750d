"""SOP IV.5: RBM built from whole gardu, balanced in minutes, starting from today's."""

from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from rbmgeo.geo import coordinates, require_metres
from rbmgeo.network.streets import Network
from rbmgeo.routes.blocks import Blocks, bisected, blocks
from rbmgeo.routes.codes import fresh_codes
from rbmgeo.routes.ground import neighbours, of_blocks, parts_apart, pieces
from rbmgeo.routes.near import Ints, near_pairs
from rbmgeo.routes.params import DesignParams
from rbmgeo.routes.search import ALL, Ground, State, Weights, improve, mended

__all__ = ["UNPLACED", "Around", "Case", "Design", "DesignParams", "case_of", "design", "outcome"]

UNPLACED = "BELUM DITEMPATKAN"
#: An RBM of more than so many times its capacity is no route of a day: it is cut in several.
#: Less than that is a warning only (R-RO-04).
CUT_OVER = 1.5
#: What `design` cares for, beside even minutes; `rbmgeo.routes.plans` has the other plans.
MIDDLE = Weights(change=0.15, walk=0.5)


@dataclass(frozen=True)
class Around:
    """What a unit knows beside its customers, each part optional.

    ``sites``: positions of the gardu, by code. ``network``: streets that can be walked.
    ``barriers``: lines that nobody crosses. ``schedule``: index rbm, ``hari_baca``, ``officer``.
    """

    sites: gpd.GeoSeries | None = None
    network: Network | None = None
    barriers: gpd.GeoSeries | None = None
    schedule: pd.DataFrame | None = None


@dataclass(frozen=True)
class Design:
    """Who is read on which RBM: index idpel; ``rbm`` and ``from_rbm`` (missing: new).

    ``per_rbm``: index rbm; ``customers``, ``minutes`` and ``walk_m`` (estimated), ``capacity``
    (``kurang``, ``lebih`` or empty, a warning only). ``summary``: minutes max over mean before and
    after, kilometres estimated, customers changed, gardu whole, RBM in pieces.
    """

    members: pd.DataFrame
    per_rbm: pd.DataFrame
    summary: dict[str, float]


@dataclass(frozen=True)
class Case:
    """A unit made ready: its blocks, who borders on whom, and where the search begins."""

    ulp: str
    routed: pd.DataFrame
    blocks: Blocks
    links: pd.DataFrame
    codes: list[str]
    begin: Ints
    ground: Ground
    params: DesignParams
    days: pd.Series = field(default_factory=lambda: pd.Series(dtype="str"))
    readers: pd.Series = field(default_factory=lambda: pd.Series(dtype="str"))

    def state(self) -> State:
        """Return the beginning, with every route in one piece."""
        state = State.of(self.ground, self.begin.tolist(), len(self.codes))
        mended(state)
        return state


def design(
    routed: pd.DataFrame,
    points: gpd.GeoSeries,
    *,
    ulp: str,
    params: DesignParams | None = None,
    sites: gpd.GeoSeries | None = None,
) -> Design:
    """Propose the RBM of every routed customer: one plan, `case_of` says from what.

    Returns
    -------
    Design
        Every routed customer exactly once. Whole gardu move between neighbouring RBM while
        that evens the minutes out by more than it disturbs customers. An RBM far over its
        capacity is cut first, one part keeps its code. Whom neither a point nor today's RBM,
        his own or of his gardu, ties to a place stands in `UNPLACED`.
    """
    case = case_of(routed, points, ulp=ulp, params=params, around=Around(sites=sites))
    state = case.state()
    improve(state, MIDDLE, looks=case.params.sweeps)
    return outcome(case, state)


def case_of(
    routed: pd.DataFrame,
    points: gpd.GeoSeries,
    *,
    ulp: str,
    params: DesignParams | None = None,
    around: Around | None = None,
) -> Case:
    """Make a unit ready for a search.

    Parameters
    ----------
    routed
        Active vendor-read customers (R-MA-11, R-RO-10), index idpel; columns ``rbm`` (today,
        missing for new ones), ``gardu`` (missing where unknown) and, optional, ``branch``: the
        jurusan, along which a gardu larger than a route is cut.
    points
        Positions in metres, index idpel; None where missing: such customers keep their RBM.

    Raises
    ------
    CrsError
        If positions are in degrees.
    """
    params, around = params or DesignParams(), around or Around()
    require_metres(points)
    routed = routed.sort_index()
    xy = pd.DataFrame(coordinates(points.reindex(routed.index)), routed.index, ["x", "y"])
    made = blocks(routed, xy, params, around.sites)
    start = _start(routed, made, ulp, params)
    start = _cut_large(start, made.table, ulp, set(routed["rbm"].dropna()), params)
    codes = sorted(start.dropna().unique())
    number = {code: n for n, code in enumerate(codes)}
    begin = start.map(number).fillna(-1).to_numpy(dtype=np.int64)
    near, block = _links(made, xy, around)
    links = of_blocks(near, block)
    days, readers = _said(around.schedule, "hari_baca"), _said(around.schedule, "officer")
    ground = _ground(routed, made, links, codes, (days, readers), params)
    ground = replace(ground, **_parts(near, block, len(made.table)))
    return Case(ulp, routed, made, links, codes, begin, ground, params, days, readers)


def _said(schedule: pd.DataFrame | None, column: str) -> pd.Series:
    return pd.Series(dtype="str") if schedule is None else schedule[column].dropna().astype("str")


def _links(made: Blocks, xy: pd.DataFrame, around: Around) -> tuple[pd.DataFrame, Ints]:
    """Link the parts of blocks by their houses, and return the block of each part.

    A block without any house stands at its gardu.
    """
    table, of = made.table, made.code[made.houses]
    at, pairs = xy.to_numpy()[made.houses], made.pairs
    bare = np.setdiff1d(np.flatnonzero(table["x"].notna()), of)
    if len(bare):
        of = np.r_[of, bare]
        at = np.vstack([at, table[["x", "y"]].to_numpy()[bare]])
        pairs = near_pairs(at)
    part, block, astray = parts_apart(of, pairs, len(table))
    near = neighbours(
        part, at, pairs, size=len(block), network=around.network, barriers=around.barriers,
        astray=astray, tied=np.c_[np.arange(len(table), len(block)), block[len(table) :]],
    )  # fmt: skip
    return near, block


def _parts(near: pd.DataFrame, block: Ints, blocks: int) -> "dict[str, Any]":
    """Return what `Ground` is told of blocks that lie in several parts."""
    parts: dict[int, tuple[int, ...]] = {}
    for part, owner in enumerate(block[blocks:].tolist(), blocks):
        parts[owner] = (*parts.get(owner, ()), part)
    part_near: list[list[int]] = [[] for _ in block]
    for a, b in near.loc[~near["forced"], ["a", "b"]].itertuples(index=False):
        part_near[a].append(b)
        part_near[b].append(a)
    return {"parts": parts, "part_near": part_near}


def _start(routed: pd.DataFrame, made: Blocks, ulp: str, params: DesignParams) -> pd.Series:
    """Give each block the RBM that reads most of it today; new blocks the nearest one's."""
    table = made.table
    known = pd.DataFrame({"block": made.of, "rbm": routed["rbm"]}).dropna()
    counts = known.groupby(["block", "rbm"]).size().rename("n").reset_index()
    counts = counts.sort_values(["block", "n", "rbm"], ascending=[True, False, True])
    home = counts.drop_duplicates("block").set_index("block")["rbm"].reindex(table.index)
    if home.notna().any():
        return _nearest_home(home, table, params)
    parts = max(1, round(table["customers"].sum() / params.target_customers))
    codes = fresh_codes(ulp, parts, set())
    return pd.Series([codes[k] for k in bisected(table, parts)], index=table.index, dtype="str")


def _cut_large(
    start: pd.Series, table: pd.DataFrame, ulp: str, taken: "set[str]", params: DesignParams
) -> pd.Series:
    """Cut each RBM far over its capacity into neighbouring parts; its largest keeps the code."""
    out = start.copy()
    share = table["share"].groupby(start).sum()
    taken = taken | set(share.index) | params.locked_rbm
    for code in share[share > CUT_OVER].index.difference(sorted(params.locked_rbm)):
        here = table.loc[(start == code) & ~table["stays"]]
        if len(here) < 2:
            continue
        size = here["customers"].sum()
        most = size / here["share"].sum()  # customers that a route of these kinds may have
        wanted = round(size / min(params.target_customers, most))
        part = pd.Series(bisected(here, max(2, wanted)), index=here.index)
        parts = here["customers"].groupby(part).sum().sort_values(ascending=False, kind="stable")
        fresh = fresh_codes(ulp, len(parts) - 1, taken)
        taken |= set(fresh)
        out[here.index] = part.map(dict(zip(parts.index, [str(code), *fresh], strict=True)))
    return out


def _nearest_home(home: pd.Series, table: pd.DataFrame, params: DesignParams) -> pd.Series:
    bare = home.isna() & table["x"].notna()
    given = home.notna() & table["x"].notna() & ~home.isin(params.locked_rbm)
    if bare.any() and given.any():
        _, near = cKDTree(table.loc[given, ["x", "y"]]).query(table.loc[bare, ["x", "y"]])
        home = home.copy()
        home[bare] = home[given].to_numpy()[near]
    return home


def _ground(
    routed: pd.DataFrame, made: Blocks, links: pd.DataFrame, codes: "list[str]",
    said: "tuple[pd.Series, pd.Series]", params: DesignParams,
) -> Ground:  # fmt: skip
    table = made.table
    near: list[list[tuple[int, float]]] = [[] for _ in range(len(table))]
    for a, b, metres in links[["a", "b", "gap_m"]].itertuples(index=False):
        near[a].append((b, metres))
        near[b].append((a, metres))
    rbm = routed["rbm"]
    today, _ = _counts(made, rbm, codes)
    days, day_names = _counts(made, rbm.map(said[0]), sorted(set(said[0])))
    readers, reader_names = _counts(made, rbm.map(said[1]), sorted(set(said[1])))
    placed = table["x"].notna().to_numpy()
    return Ground(
        near=near, seconds=table["seconds"].astype(float).tolist(),
        customers=table["customers"].tolist(), share=table["share"].astype(float).tolist(),
        movable=(placed & ~table["stays"].to_numpy(dtype=bool)).tolist(), placed=placed.tolist(),
        today=today, days=days, readers=readers,
        day_of=[day_names.get(said[0].get(c), -1) for c in codes],
        reader_of=[reader_names.get(said[1].get(c), -1) for c in codes],
        shut=[c in params.locked_rbm for c in codes], seconds_per_m=params.seconds_per_m,
        day_room=params.day_limit * len(routed), reader_room=params.reader_limit * len(routed),
    )  # fmt: skip


def _counts(
    made: Blocks, what: pd.Series, names: "list[str]"
) -> "tuple[list[dict[int, int]], dict[object, int]]":
    """Count per block how many of its customers have which of ``names`` today."""
    number: dict[object, int] = {name: n for n, name in enumerate(names)}
    place = {block: n for n, block in enumerate(made.table.index)}
    out: list[dict[int, int]] = [{} for _ in place]
    seen = pd.DataFrame({"block": made.of, "what": what}).dropna()
    sizes = seen.groupby(["block", "what"]).size().rename("n").reset_index()
    told = (sizes[c].tolist() for c in ("block", "what", "n"))
    for block, name, n in zip(*told, strict=True):
        # An RBM of today that is nobody's home has no route: who is on it changes anyway.
        key = number.get(name, -2)
        out[place[block]][key] = out[place[block]].get(key, 0) + int(n)
        out[place[block]][ALL] = out[place[block]].get(ALL, 0) + int(n)
    return out, number


def outcome(case: Case, state: State) -> Design:
    """Return the customers, routes and figures of a state of the search."""
    table = case.blocks.table
    route = pd.Series(state.route, table.index)
    now = np.append(np.array(state.route, dtype=np.int64), -1)[case.blocks.code]
    names = pd.array([*case.codes, UNPLACED], dtype="str")
    code = pd.Series(names.take(np.where(now < 0, len(case.codes), now)), case.routed.index)
    members = pd.DataFrame({"rbm": code, "from_rbm": case.routed["rbm"]})
    per_rbm = _per_rbm(members, case, state, route)
    return Design(members, per_rbm, _summary(members, per_rbm, case, state, route))


def _per_rbm(members: pd.DataFrame, case: Case, state: State, route: pd.Series) -> pd.DataFrame:
    table = case.blocks.table
    out = members.groupby("rbm").size().rename("customers").to_frame()
    walk = table["walk_m"].groupby(route).sum().reindex(range(len(case.codes)), fill_value=0.0)
    factor = case.params.walk_per_tree or case.params.detour
    metres = pd.Series((walk + np.array(state.gap_m)).to_numpy() * factor, case.codes)
    minutes = pd.Series([state.minutes(r) / 60 for r in range(len(case.codes))], case.codes)
    out["minutes"] = minutes.astype(float).reindex(out.index).round(1)
    out["walk_m"] = metres.astype(float).reindex(out.index).round(0)
    share = pd.Series(state.share, case.codes).astype(float).reindex(out.index)
    least = {kind: case.params.capacity(kind)[0] for kind in set(table["kind"])}
    wanted = np.array([least[k] for k in table["kind"]], dtype=float)
    fewest = (table["customers"] / wanted).groupby(route).sum()
    enough = pd.Series(fewest.reindex(range(len(case.codes))).to_numpy(), case.codes)
    short = enough.astype(float).reindex(out.index) < 1 - 1e-9
    out["capacity"] = np.select([share > 1 + 1e-9, short], ["lebih", "kurang"], default="")
    return out


def _summary(
    members: pd.DataFrame, per_rbm: pd.DataFrame, case: Case, state: State, route: pd.Series
) -> "dict[str, float]":
    table = case.blocks.table
    start = pd.Series(case.begin, table.index)
    before = (table["seconds"].groupby(start[start >= 0]).sum() / 60).astype(float)
    real = per_rbm.drop(index=UNPLACED, errors="ignore")
    minutes = real["minutes"]
    moved = members["from_rbm"].notna() & (members["rbm"] != members["from_rbm"])
    whole = whole_gardu(case, members["rbm"])
    parts = pieces(route.to_numpy(dtype=np.int64), case.links, table["x"].notna().to_numpy())
    mean = float(minutes.mean()) if len(minutes) else 0.0
    return {
        "customers": len(members),
        "rbm": len(real),
        "max_over_mean_before": round(float(before.max() / before.mean()), 3) if len(before) else 0.0,
        "max_over_mean": round(float(minutes.max()) / mean, 3) if mean else 0.0,
        "cv": round(float(minutes.std(ddof=0)) / mean, 4) if mean else 0.0,
        "minutes_max": float(minutes.max()) if len(minutes) else 0.0,
        "minutes_mean": round(mean, 1),
        "km": round(float(real["walk_m"].sum()) / 1000, 1),
        "changed": int(moved.sum()),
        "day_changed": _differs(members, case.days),
        "reader_changed": _differs(members, case.readers),
        "gardu_whole": int(whole.sum()),
        "gardu": len(whole),
        "no_point_stay": int(table["customers"][table.index.str.startswith("R:")].sum()),
        "disconnected": int((parts > 1).sum()),
        "empty": len(case.codes) - len(real),
        "over": int((real["capacity"] == "lebih").sum()),
        "under": int((real["capacity"] == "kurang").sum()),
        "unplaced": int((members["rbm"] == UNPLACED).sum()),
    }  # fmt: skip


def whole_gardu(case: Case, rbm: pd.Series) -> pd.Series:
    """Say of each gardu whether one RBM reads all of its customers whose place is known."""
    known = np.zeros(len(rbm), dtype=bool)
    known[case.blocks.houses] = True
    gardu, names = pd.factorize(case.routed["gardu"], sort=True)
    known &= (gardu >= 0) & rbm.notna().to_numpy()
    code = pd.factorize(rbm)[0]
    pairs = np.unique(gardu[known].astype(np.int64) * (code.max(initial=0) + 1) + code[known])
    met = np.bincount(pairs // (code.max(initial=0) + 1), minlength=len(names))
    return pd.Series(met == 1, names)[met > 0]


def _differs(members: pd.DataFrame, said: pd.Series) -> int:
    """Count customers whose day or reader of today is another than that of their RBM now."""
    if said.empty:
        return 0
    before, now = members["from_rbm"].map(said), members["rbm"].map(said)
    return int((before.notna() & (before != now)).sum())
