"""Plans of routes beside other ways to part a town: balance, whole gardu, change, walk.

Every way parts the same made customers of a town (real streets where they are there, else a
drawn grid; TOWN=kediri, balikpapan or grid; NO_STREETS=1 gives the design none). Codes of the others
are matched with today's so that as few customers change as can be. One estimator measures the
kilometres of all; beside it a few RBM are walked on the streets to see how far off it is.
The half of the RBM with even numbers is printed apart.
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

from bench.routes_order import said
from rbmgeo.network.streets import Network, street_network
from rbmgeo.network.walking import Walker
from rbmgeo.routes.blocks import bisected
from rbmgeo.routes.design import Around, DesignParams, case_of
from rbmgeo.routes.near import components, near_pairs, walk_m
from rbmgeo.routes.pace import walk_per_tree
from rbmgeo.routes.plans import beaten, plans
from rbmgeo.routes.walkorder import Gain, order_route

DATA = Path(os.environ.get("RBMGEO_SHARED_DATA", Path(__file__).parents[2] / "shared/data"))
TOWNS = {"kediri": ("kediri_streets.gpkg", "streets", 32749),
         "balikpapan": ("balikpapan_kota_streets.gpkg", "edges", 32750)}  # fmt: skip
#: The second town is for those who do not finish a large one.
CUSTOMERS = [int(n) for n in os.environ.get("CUSTOMERS", "100000 20000").split()]
PER_ROUTE, SEED, PER_GARDU = 333, 7, 70
#: Customers up to which k-means-constrained is waited for (100,000: over five minutes).
WAITED_FOR = 20_000
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Town:
    """Houses with their gardu and today's RBM, and the streets that they stand along."""

    name: str
    xy: npt.NDArray[np.float64]
    gardu: Codes
    rbm: Codes
    streets: Network
    srid: int
    pairs: Codes
    routes: int


def town(name: str, customers: int) -> Town:
    """Make customers along the streets; gardu by place, RBM grown from gardu, uneven, some astray."""
    rng = np.random.default_rng(SEED)
    streets, srid = _streets(name)
    net = street_network(streets)
    lines = net.shapes
    # Houses crowd along some streets: a town is not even.
    middle = shapely.get_coordinates(shapely.centroid(lines))
    centre = np.median(middle, axis=0)
    far = np.hypot(*(middle - centre).T)
    crowd = net.length_m * np.exp(-far / np.median(far)) * rng.gamma(1.5, 1, len(lines))
    line = rng.choice(len(lines), customers, p=crowd / crowd.sum())
    at = shapely.line_interpolate_point(lines[line], rng.random(customers), normalized=True)
    xy = shapely.get_coordinates(at) + rng.normal(0, 8, (customers, 2))
    gardu = _near_gardu(xy, rng)
    routes = customers // PER_ROUTE
    rbm = _today(xy, gardu, routes, rng)
    return Town(name, xy, gardu, rbm, net, srid, near_pairs(xy), routes)


def _streets(name: str) -> tuple[gpd.GeoDataFrame, int]:
    file, layer, srid = TOWNS.get(name, ("", "", 32749))
    if file and (DATA / file).is_file():
        return gpd.read_file(DATA / file, layer=layer).to_crs(srid), srid
    print(f"streets of {name}: not there; a drawn grid instead")
    ticks = np.arange(0, 9001, 150.0)
    drawn = [[(x, y) for y in ticks] for x in ticks] + [[(x, y) for x in ticks] for y in ticks]
    return gpd.GeoDataFrame(geometry=[shapely.LineString(d) for d in drawn], crs=32749), 32749


def _near_gardu(xy: npt.NDArray[np.float64], rng: np.random.Generator) -> Codes:
    """Put gardu where houses are; the nearest is a house's own for about nine of ten."""
    site = xy[rng.choice(len(xy), len(xy) // PER_GARDU, replace=False)]
    reach = rng.lognormal(0, 0.25, len(site))
    away, near = cKDTree(site).query(xy, k=4)
    return near[np.arange(len(xy)), np.argmin(away / reach[near], axis=1)]


def _today(
    xy: npt.NDArray[np.float64], gardu: Codes, routes: int, rng: np.random.Generator
) -> Codes:
    """Return today's RBM: grown from unequal seeds, one in fifty customers read by a neighbour."""
    count = gardu.max() + 1
    size = np.bincount(gardu, minlength=count)
    middle = np.stack([np.bincount(gardu, xy[:, k], count) for k in (0, 1)], axis=1)
    middle /= np.maximum(size, 1)[:, None]
    seeds = middle[rng.choice(count, routes, replace=False, p=size / size.sum())]
    pull = rng.lognormal(0, 0.2, routes)
    away, near = cKDTree(seeds).query(middle, k=min(6, routes))
    home = near[np.arange(count), np.argmin(away / pull[near], axis=1)]
    # A large one was cut when it grew: no list has an RBM of 2,000.
    rbm = home[gardu]
    astray = rng.random(len(xy)) < 0.02
    rbm[astray] = near[gardu[astray], rng.integers(0, min(3, routes), astray.sum())]
    return np.unique(rbm, return_inverse=True)[1]


def routed(t: Town) -> tuple[pd.DataFrame, gpd.GeoSeries]:
    """Return the tables that the product has."""
    index = pd.Index([f"{k:012d}" for k in range(len(t.xy))], name="idpel")
    frame = pd.DataFrame(
        {"rbm": [f"R{r:03d}" for r in t.rbm], "gardu": [f"G{g:05d}" for g in t.gardu]}, index, dtype="str",
    )  # fmt: skip
    return frame, gpd.GeoSeries(gpd.points_from_xy(*t.xy.T), index, crs=t.srid)


def ours(t: Town) -> Iterator[tuple[str, Codes, float]]:
    """Yield the plans of the front; the time is that of all of them."""
    frame, points = routed(t)
    begin = time.process_time()
    net = None if os.environ.get("NO_STREETS") else t.streets
    case = case_of(frame, points, ulp="99999", params=PARAMS, around=Around(network=net))
    found = plans(case)
    spent = time.process_time() - begin
    print(
        f"  ready and {len(found.front)} plans in {spent:.1f} CPU s; recommended: {found.recommended}"
    )
    for plan in found.front:
        code = plan.design.members["rbm"].str[1:].where(lambda s: s.str.isdigit(), None)
        fresh = pd.factorize(plan.design.members["rbm"])[0] + 10_000
        number = pd.to_numeric(code).fillna(pd.Series(fresh, code.index)).to_numpy(dtype=np.int64)
        label = f"ours {plan.number}" + (f" {plan.name}" if plan.name else "")
        yield label, number, spent
    said("front of plans with estimated km, CPU s (100,000 customers)", spent, 5)
    for key in ("disconnected", "empty", "unplaced"):
        assert all(p.facts[key] == 0 for p in found.front), key


PARAMS = DesignParams(target_customers=PER_ROUTE)


def _kmeans(t: Town) -> Codes:
    from sklearn.cluster import KMeans

    return KMeans(t.routes, n_init=1, random_state=SEED).fit_predict(t.xy)


def _kmeans_gardu(t: Town) -> Codes:
    from sklearn.cluster import KMeans

    middle, size = _middles(t)
    return KMeans(t.routes, n_init=1, random_state=SEED).fit_predict(middle, sample_weight=size)[
        t.gardu
    ]


def _bisection(t: Town) -> Codes:
    middle, size = _middles(t)
    table = pd.DataFrame({"x": middle[:, 0], "y": middle[:, 1], "customers": size})
    return np.array(bisected(table, t.routes))[t.gardu]


def _constrained(t: Town) -> Codes:
    from k_means_constrained import KMeansConstrained

    least, most = int(0.8 * len(t.xy) / t.routes), int(1.2 * len(t.xy) / t.routes) + 1
    return KMeansConstrained(
        t.routes, size_min=least, size_max=most, n_init=1, random_state=SEED
    ).fit_predict(t.xy)


def _metis(t: Town) -> Codes:
    import pymetis

    frame, points = routed(t)
    case = case_of(frame, points, ulp="99999", params=PARAMS)
    near = [[c for c, _ in row] for row in case.ground.near]
    weight = [round(s) for s in case.ground.seconds]
    _, part = pymetis.part_graph(t.routes, adjacency=near, vweights=weight)
    of = case.blocks.of.map(dict(zip(case.blocks.table.index, part, strict=True)))
    return of.to_numpy(dtype=np.int64)


PEERS: dict[str, Callable[[Town], Codes]] = {
    "KMeans, customers": _kmeans, "KMeans, gardu": _kmeans_gardu, "bisection, gardu": _bisection,
    "METIS, gardu": _metis, "k-means-constrained": _constrained,
}  # fmt: skip


def _middles(t: Town) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    size = np.bincount(t.gardu).astype(float)
    middle = np.stack([np.bincount(t.gardu, t.xy[:, k]) for k in (0, 1)], axis=1)
    there = size > 0
    middle[there] /= size[there, None]
    return middle, size


def named_as_today(t: Town, part: Codes) -> Codes:
    """Give parts the numbers of today's RBM so that as few customers change as can be."""
    _, part = np.unique(part, return_inverse=True)
    both = np.zeros((part.max() + 1, t.rbm.max() + 1))
    np.add.at(both, (part, t.rbm), 1)
    row, column = linear_sum_assignment(-both)
    name = np.arange(len(both)) + 100_000
    name[row] = column
    return name[part]


def measured(t: Town, rbm: Codes, keep: npt.NDArray[np.bool_]) -> dict[str, float]:
    """Return the figures of one way to part the town, for the customers of some RBM of today."""
    code, number = np.unique(rbm, return_inverse=True)
    count = np.bincount(number)
    order = np.argsort(number, kind="stable")
    edge = np.r_[0, np.cumsum(count)]
    metres = np.array([walk_m(t.xy[order[i:j]]) for i, j in pairwise(edge)])
    minutes = (count * PARAMS.service_s + metres * PARAMS.seconds_per_m) / 60
    # A route is of the half that most of its customers are of today.
    mine = np.bincount(number, keep) > count / 2
    minutes, metres = minutes[mine], metres[mine]
    inside = mine[number]
    pairs = np.unique(np.c_[t.gardu, number], axis=0)
    cut = np.bincount(pairs[:, 0], minlength=t.gardu.max() + 1)
    gardu = np.unique(t.gardu[inside])
    return {
        "routes": int(mine.sum()), "max/mean": minutes.max() / minutes.mean(), "cv": minutes.std() / minutes.mean(),
        "whole": int((cut[gardu] == 1).sum()), "gardu": len(gardu),
        "changed": int((rbm != t.rbm)[inside].sum()), "km": metres.sum() * PARAMS.detour / 1000,
        "empty": max(0, t.routes - len(code)) if keep.all() else 0,
        "parts>1": _in_pieces(t, number)[mine].sum(),
    }  # fmt: skip


def _in_pieces(t: Town, number: Codes) -> npt.NDArray[np.bool_]:
    """Say of each route whether houses of it lie alone: no way of nearest houses leads to them."""
    pairs = t.pairs
    part = components(len(number), pairs[number[pairs[:, 0]] == number[pairs[:, 1]]])
    both, size = np.unique(np.c_[number, part], axis=0, return_counts=True)
    # A handful of houses that a neighbour's line goes round is no second place to walk to.
    return np.bincount(both[size >= 20][:, 0], minlength=number.max() + 1) > 1


def walked(t: Town, rbm: Codes, some: int = 12) -> tuple[float, float]:
    """Return estimated and walked kilometres of a few RBM, ordered on the streets."""
    frame, points = routed(t)
    walker = Walker(t.streets)
    guess = real = 0.0
    for code in np.unique(rbm)[:: max(1, len(np.unique(rbm)) // some)][:some]:
        here = np.flatnonzero(rbm == code)
        done = order_route(
            list(frame.index[here]), points, walker, gain=Gain(0, 0), known_order=False
        )
        real += done.length_m / 1000
        guess += walk_m(t.xy[here]) * PARAMS.detour / 1000
    return guess, real


def main() -> None:
    """Print the figures of each town."""
    for customers in CUSTOMERS:
        _printed(town(os.environ.get("TOWN", "kediri"), customers))


def _printed(t: Town) -> None:
    """Print the figures of every way, of all RBM and of one half."""
    print(
        f"{t.name}: {len(t.xy)} customers, {t.gardu.max() + 1} gardu, {t.rbm.max() + 1} RBM today"
    )
    ways = [("today", t.rbm, 0.0), *ours(t)]
    for name, peer in PEERS.items():
        if peer is _constrained and len(t.xy) > WAITED_FOR:
            print(f"  {name}: not waited for on more than {WAITED_FOR:,} customers")
            continue
        begin = time.process_time()
        try:
            part = peer(t)
        except ImportError as error:
            print(f"  {name}: not installed ({error.name})")
            continue
        spent = time.process_time() - begin
        ways.append((name, named_as_today(t, part), spent))
    halves = {"all RBM": np.ones(len(t.rbm), dtype=bool), "half (even numbers)": t.rbm % 2 == 0}  # fmt: skip
    for title, keep in halves.items():
        rows = {name: {**measured(t, rbm, keep), "CPU s": spent} for name, rbm, spent in ways}
        print(f"\n{title}")
        print(pd.DataFrame.from_dict(rows, orient="index").round(3).to_string())
        _judged(rows)
    guess, real = walked(t, ways[1][1])
    frame, points = routed(t)
    pace = walk_per_tree(frame["rbm"], points, Walker(t.streets))
    print(
        f"\nwalk of 12 RBM of the first plan: ordered on streets {real:.1f} km, estimated {guess:.1f} km, "
        f"with the pace of 8 of today's RBM ({pace:.2f}) {guess * pace / PARAMS.detour:.1f} km\n"
    )


def _judged(rows: dict[str, dict[str, float]]) -> None:
    aims = {n: (r["cv"], r["gardu"] - r["whole"], r["changed"], r["km"]) for n, r in rows.items()}
    lost = [(a, b) for a in rows for b in rows
            if a.startswith("ours") and not b.startswith("ours") and beaten(aims[a], aims[b])]  # fmt: skip
    print(f"  plans beaten in everything by another way: {lost or 'none'}")
    said("plans beaten in everything by another way", len(lost), 0)
    own = [r for n, r in rows.items() if n.startswith("ours")]
    said("empty RBM, most of any plan", max(r["empty"] for r in own), 0)
    said("RBM with 20 houses or more apart from the rest, most of any plan",
         max(r["parts>1"] for r in own), 0)  # fmt: skip


if __name__ == "__main__":
    main()
