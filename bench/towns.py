"""Real towns with known gardu, houses set beside them, a walk laid, and errors planted.

Reads the shared data beside the project (RBMGEO_SHARED_DATA). The planting here is written
apart from the detector's own: what is judged must not be what was learned.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from rbmgeo.geo import metres_xy, utm_srid
from rbmgeo.sample.params import SampleParams
from rbmgeo.sample.people import settle

DATA = Path(os.environ.get("RBMGEO_SHARED_DATA", Path(__file__).parents[2] / "shared/data"))

#: Shares of neighbour, random and block errors.
MIXES = {
    "60/20/20": (0.6, 0.2, 0.2), "30/10/60": (0.3, 0.1, 0.6),
    "neighbour": (1.0, 0.0, 0.0), "random": (0.0, 1.0, 0.0), "block": (0.0, 0.0, 1.0),
}  # fmt: skip


@dataclass(frozen=True)
class Town:
    """Customers at their ``pole`` (n x 2, metres) with the true gardu, and what feeds them.

    ``true``: number of the gardu in ``site`` (m x 2). ``drop_m`` from pole to house.
    ``start``, ``end``, ``tag``: low-voltage lines and the gardu each belongs to.
    """

    name: str
    pole: np.ndarray
    true: np.ndarray
    drop_m: np.ndarray
    site: np.ndarray
    kva: np.ndarray
    load: np.ndarray
    start: np.ndarray
    end: np.ndarray
    tag: np.ndarray


@dataclass(frozen=True)
class Case:
    """One town as the office sees it: houses found with an error, records partly wrong.

    ``patch`` (n): number of the moved block, -1 in none. ``tag``: whose each line is said to be.
    """

    town: Town
    xy: np.ndarray
    recorded: np.ndarray
    wrong: np.ndarray
    patch: np.ndarray
    rbm: np.ndarray
    walk: np.ndarray
    tag: np.ndarray


def towns() -> Iterator[Town]:
    """Yield the utility town and the three French feeders."""
    yield _utility_town()
    yield from _french()


def joined() -> Town:
    """Return all towns side by side as one, 20 km apart: as many gardu as a large town has."""
    all_towns = list(towns())
    parts: dict[str, list[np.ndarray]] = {}
    before = 0
    for k, t in enumerate(all_towns):
        shift = np.array([20_000.0 * k, 0.0]) - t.site.mean(axis=0)
        moved = {
            "pole": t.pole + shift, "true": t.true + before, "drop_m": t.drop_m,
            "site": t.site + shift, "kva": t.kva, "load": t.load, "start": t.start + shift,
            "end": t.end + shift, "tag": np.where(t.tag >= 0, t.tag + before, -1),
        }  # fmt: skip
        for name, values in moved.items():
            parts.setdefault(name, []).append(values)
        before += len(t.site)
    return Town("joined", **{name: np.concatenate(v) for name, v in parts.items()})


def invented(customers: int = 12_000, seed: int = 3) -> Town:
    """Return a town of the project's own generator, its houses where they stand."""
    params = SampleParams(ulp="51354", customers=customers, seed=seed)
    _, poles, grid, people = settle(np.random.default_rng(seed), params)
    child = np.flatnonzero(grid.parent >= 0)
    return Town(
        "invented", people[["x", "y"]].to_numpy(float), people["gardu"].to_numpy(np.int64),
        np.zeros(len(people)), np.asarray(grid.site, dtype=float), np.full(len(grid.site), np.nan),
        people["daya"].to_numpy(float), poles.xy[child], poles.xy[grid.parent[child]],
        np.asarray(grid.gardu[child], dtype=np.int64),
    )  # fmt: skip


def case(town: Town, *, seed: int, mix: str, rate: float, gps_m: float, stale: float = 0.0) -> Case:
    """Set houses around poles, lay RBM through them, plant errors of a mix.

    ``stale``: the share of the moved blocks whose lines still carry the gardu on record.
    """
    rng = np.random.default_rng(seed)
    n = len(town.pole)
    angle = rng.uniform(0, 2 * np.pi, n)
    house = town.pole + np.column_stack([np.cos(angle), np.sin(angle)]) * town.drop_m[:, None]
    rbm, walk = _rbm(house, rng)
    xy = house + rng.normal(0, gps_m / np.sqrt(2), (n, 2))
    recorded, patch = _planted(town, rng, MIXES[mix], rate)
    tag = _tags(town, recorded, patch, stale, seed)
    return Case(town, xy, recorded, recorded != town.true, patch, rbm, walk, tag)


def _tags(town, recorded, patch, stale, seed):
    """Leave the old gardu on the lines of some blocks: those nearest to a moved customer."""
    tag, blocks = town.tag.copy(), np.unique(patch[patch >= 0])
    rng = np.random.default_rng([seed, 1])
    old = np.isin(patch, rng.permutation(blocks)[: round(stale * len(blocks))]) & (patch >= 0)
    middle = (town.start + town.end) / 2
    for gardu in np.unique(town.true[old]):
        lines = np.flatnonzero(town.tag == gardu)
        mine = np.flatnonzero(town.true == gardu)
        near = mine[cKDTree(town.pole[mine]).query(middle[lines])[1]]
        moved = old[near]
        tag[lines[moved]] = recorded[near[moved]]
    return tag


def _planted(town, rng, shares, rate):
    """Neighbour: another gardu near the pole; block: a stretch of one branch on one other."""
    n, wanted = len(town.true), round(rate * len(town.true))
    recorded, patch = town.true.copy(), np.full(n, -1)
    near = cKDTree(town.site).query(town.pole, k=min(5, len(town.site)))[1]
    blocks = round(shares[2] * wanted)
    graph = _branches(town)
    number = 0
    free = np.ones(n, dtype=bool)
    for seed in rng.permutation(n):
        if blocks <= 0:
            break
        if not free[seed]:
            continue
        size = min(int(rng.integers(5, 26)), blocks)
        walk = nx.single_source_dijkstra_path_length(graph, int(seed), cutoff=400, weight="m")
        block = np.array([i for i in walk if free[i]][:size])
        middle = town.pole[block].mean(axis=0)
        others = np.argsort(np.hypot(*(town.site - middle).T))
        others = others[others != town.true[seed]]
        recorded[block] = rng.choice(others[:3], p=[0.5, 0.3, 0.2])
        patch[block], free[block] = number, False
        number += 1
        blocks -= len(block)
    order = rng.permutation(np.flatnonzero(free))
    one = round(shares[0] * wanted)
    for i in order[:one]:
        recorded[i] = rng.choice([g for g in near[i][:5] if g != town.true[i]][:4])
    for i in order[one : one + round(shares[1] * wanted)]:
        recorded[i] = rng.choice([g for g in range(len(town.site)) if g != town.true[i]])
    return recorded, patch


def _branches(town):
    """Join each customer with near ones of its true gardu, so that a block follows a branch."""
    graph = nx.Graph()
    graph.add_nodes_from(range(len(town.pole)))
    away, near = cKDTree(town.pole + _spread(len(town.pole))).query(town.pole, k=16)
    for i in range(len(town.pole)):
        for m, j in zip(away[i], near[i], strict=True):
            if i != j and town.true[i] == town.true[j]:
                graph.add_edge(i, int(j), m=float(m) + 1)
    return graph


def _spread(n):
    turn = np.arange(n) * 2.4
    return np.column_stack([np.cos(turn), np.sin(turn)]) * 0.05


def _rbm(house, rng):
    """Lay RBM of about 300 through the houses: good inside a street, poor between streets."""
    n = len(house)
    parts = [np.arange(n)]
    while max(map(len, parts)) > 400:
        part = parts.pop(int(np.argmax([len(p) for p in parts])))
        axis = int(np.ptp(house[part], axis=0).argmax())
        order = part[np.argsort(house[part, axis], kind="stable")]
        parts += [order[: len(order) // 2], order[len(order) // 2 :]]
    rbm, walk = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    for number, part in enumerate(parts):
        rbm[part] = number
        tour, left = [int(part[0])], set(part.tolist()) - {int(part[0])}
        while left:
            rest = np.fromiter(left, dtype=np.int64)
            here = house[tour[-1]]
            step = int(rest[np.argmin(np.hypot(*(house[rest] - here).T))])
            tour.append(step)
            left.remove(step)
        streets, at = [], 0
        while at < len(tour):
            long = int(rng.integers(10, 30))
            streets.append(tour[at : at + long])
            at += long
        rng.shuffle(streets)
        for k, i in enumerate(i for street in streets for i in street):
            walk[i] = k
    return rbm, walk


def _utility_town():
    folder = DATA / "utility_town_a"
    people = pd.read_csv(folder / "town_a_customers.csv.gz", dtype=str)
    sites = pd.read_csv(folder / "town_a_transformers.csv")
    drops = pd.read_csv(folder / "town_a_service_drops.csv.gz", dtype=str)
    spans = gpd.read_file(folder / "town_a_lv_spans.gpkg")
    people = people[people["status"] == "AT"].astype({"lon": float, "lat": float})
    people = people.dropna(subset=["lon", "lat"]).reset_index(drop=True)
    codes = pd.Index(sites["transformer_id"].astype(str))
    people = people[people["transformer_id"].isin(codes)].reset_index(drop=True)
    srid = utm_srid(float(people["lon"].median()), float(people["lat"].median()))
    length = (
        drops.drop_duplicates("service_point").set_index("service_point")["length_m"].astype(float)
    )
    drop_m = people["service_point"].map(length).fillna(12.0).clip(2, 45).to_numpy()
    kwh = people[[f"kwh_{k:02d}" for k in range(1, 13)]].astype(float).sum(axis=1).to_numpy()
    lines = spans.to_crs(srid).geometry.line_merge()
    start = np.array([g.coords[0] for g in lines])[:, :2]
    end = np.array([g.coords[-1] for g in lines])[:, :2]
    return Town(
        "town", np.column_stack(metres_xy(people["lon"], people["lat"], srid)),
        codes.get_indexer(people["transformer_id"]), drop_m,
        np.column_stack(metres_xy(sites["lon"], sites["lat"], srid)),
        sites["kva"].to_numpy(float), kwh, start, end, codes.get_indexer(spans["transformer_id"].astype(str)),
    )  # fmt: skip


def _french():
    folder = DATA / "french_lv"
    people = pd.read_csv(folder / "connections.csv.gz")
    sites = pd.read_csv(folder / "transformers.csv.gz")
    lines = pd.read_csv(folder / "lines.csv.gz")
    for feeder, part in people.groupby("feeder_id"):
        here = sites[sites["feeder_id"] == feeder].reset_index(drop=True)
        codes = pd.Index(here["transformer_id"])
        part = part[part["transformer_id"].isin(codes)]
        srid = utm_srid(float(part["lon"].median()), float(part["lat"].median()))
        own = lines[(lines["feeder_id"] == feeder) & (lines["level"] == "LV")]
        of = _fed_by(own, here)
        rng = np.random.default_rng(7)
        yield Town(
            f"french {feeder[:2]}", np.column_stack(metres_xy(part["lon"], part["lat"], srid)),
            codes.get_indexer(part["transformer_id"]), rng.uniform(5, 25, len(part)),
            np.column_stack(metres_xy(here["lon"], here["lat"], srid)),
            here["kva"].to_numpy(float), part["kw"].to_numpy(float),
            np.column_stack(metres_xy(own["lon_1"], own["lat_1"], srid)),
            np.column_stack(metres_xy(own["lon_2"], own["lat_2"], srid)), of,
        )  # fmt: skip


def _fed_by(lines, sites):
    graph = nx.Graph(list(zip(lines["bus_1"], lines["bus_2"], strict=True)))
    of = {}
    for number, bus in enumerate(sites["bus_lv"]):
        if bus in graph:
            of |= dict.fromkeys(nx.node_connected_component(graph, bus), number)
    return lines["bus_1"].map(of).fillna(-1).astype(int).to_numpy()
