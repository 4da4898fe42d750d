"""Fit the weights of rbmgeo.matching.suspicion on injected errors and print what they yield.

Reads the shared data beside the project (RBMGEO_SHARED_DATA); prints the weights, and AUPRC
and yield at 90 % recall on held-out seeds beside the nearest gardu and the vote of ten.
"""

import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from rbmgeo.geo import metres_xy, utm_srid
from rbmgeo.matching.neighbours import nearest_customers
from rbmgeo.matching.suspicion import FEATURES, SuspicionParams, features, suspicion

DATA = Path(os.environ.get("RBMGEO_SHARED_DATA", Path(__file__).parents[2] / "shared/data"))


def towns():
    """Yield (name, customers with true gardu and x, y, gardu with x, y)."""
    town = pd.read_csv(DATA / "utility_town_a/town_a_customers.csv.gz", dtype=str)
    town = town[town["status"] == "AT"].astype({"lon": float, "lat": float})
    sites = pd.read_csv(DATA / "utility_town_a/town_a_transformers.csv")
    yield "town", *_metres(town, "transformer_id", sites)
    lines = pd.read_csv(DATA / "french_lv/connections.csv.gz")
    trafos = pd.read_csv(DATA / "french_lv/transformers.csv.gz")
    for feeder, part in lines.groupby("feeder_id"):
        here = trafos[trafos["feeder_id"] == feeder]
        yield f"fr{feeder}"[:12], *_metres(part, "transformer_id", here)


def _metres(people, column, sites):
    sites = sites.dropna(subset=["lon", "lat"])
    people = people[people[column].astype(str).isin(sites["transformer_id"].astype(str))]
    people = people.dropna(subset=["lon", "lat"])
    srid = utm_srid(float(people["lon"].median()), float(people["lat"].median()))
    x, y = metres_xy(people["lon"], people["lat"], srid)
    sx, sy = metres_xy(sites["lon"], sites["lat"], srid)
    index = pd.Index([f"{i:012d}" for i in range(len(people))], name="idpel")
    customers = pd.DataFrame({"true": people[column].astype(str).to_numpy(), "x": x, "y": y}, index)
    gardu = gpd.GeoDataFrame(
        {"penyulang": None, "rating_kva": np.nan, "without_master": False},
        index=pd.Index(sites["transformer_id"].astype(str), name="gardu"),
        geometry=gpd.points_from_xy(sx, sy), crs=srid,
    )  # fmt: skip
    return customers, gardu


def injected(customers, gardu, seed, rate=0.05):
    """Move points by the drop and 10 m of error; plant neighbour, random and block errors."""
    rng = np.random.default_rng(seed)
    n = len(customers)
    angle, drop = rng.uniform(0, 2 * np.pi, n), rng.uniform(5, 25, n)
    xy = customers[["x", "y"]].to_numpy() + np.c_[np.cos(angle), np.sin(angle)] * drop[:, None]
    xy += rng.normal(0, 10 / np.sqrt(2), (n, 2))
    site = np.c_[gardu.geometry.x, gardu.geometry.y]
    codes = gardu.index.to_numpy()
    truth = pd.Index(codes).get_indexer(customers["true"])
    label = truth.copy()
    near = np.argsort(np.hypot(*(xy[:, None] - site[None]).transpose(2, 0, 1)), axis=1)[:, :4]
    wrong = int(rate * n)
    picked = rng.permutation(n)
    for i in picked[: int(0.6 * wrong)]:
        label[i] = next(g for g in rng.permutation(near[i]) if g != truth[i])
    for i in picked[int(0.6 * wrong) : int(0.8 * wrong)]:
        label[i] = rng.choice(np.flatnonzero(np.arange(len(codes)) != truth[i]))
    left = wrong - int(0.8 * wrong)
    hood = nearest_customers(xy, 30).near
    while left > 0:
        i = int(rng.integers(n))
        same = [j for j in (i, *hood[i]) if j < n and truth[j] == truth[i] and label[j] == truth[j]]
        block = same[: min(left, int(rng.integers(5, 16)))]
        others = [g for g in near[i] if g != truth[i]]
        label[block] = others[0]
        left -= max(len(block), 1)
    points = gpd.GeoSeries(gpd.points_from_xy(*xy.T), index=customers.index, crs=gardu.crs)
    return points, pd.Series(codes[label], index=customers.index), label != truth


def yield_at(p, wrong, recall=0.9):
    """Return recall * errors / visits down the ranked list."""
    hits = np.cumsum(wrong[np.argsort(-p, kind="stable")])
    need = int(np.ceil(recall * wrong.sum()))
    return need / (np.searchsorted(hits, need) + 1)


def main():
    """Fit on even seeds, judge on odd ones."""
    rows, target, cases = [], [], []
    for name, customers, gardu in towns():
        for seed in range(8):
            points, recorded, wrong = injected(customers, gardu, seed)
            if seed % 2 == 0:
                rows.append(features(points, recorded, gardu))
                target.append(wrong)
            else:
                cases.append((name, points, recorded, gardu, wrong))
    model = LogisticRegression(C=1.0, max_iter=2000).fit(pd.concat(rows), np.concatenate(target))
    weights = tuple(round(float(w), 3) for w in model.coef_[0])
    intercept = round(float(model.intercept_[0]), 3)
    print("FEATURES", FEATURES, "\nWEIGHTS =", weights, "\nINTERCEPT =", intercept)
    params = SuspicionParams(weights=weights, intercept=intercept)
    table = []
    for name, points, recorded, gardu, wrong in cases:
        done = suspicion(points, recorded, gardu, params).frame
        site = np.c_[gardu.geometry.x, gardu.geometry.y]
        xy = np.c_[points.x, points.y]
        away = np.hypot(*(xy[:, None] - site[None]).transpose(2, 0, 1))
        own = away[np.arange(len(xy)), gardu.index.get_indexer(recorded)]
        for kind, p in (
            ("nearest", own - away.min(axis=1)),
            ("vote", -done["vote"].to_numpy()),
            ("ours", done["p"].to_numpy()),
        ):
            table.append((name, kind, average_precision_score(wrong, p), yield_at(p, wrong)))
    out = pd.DataFrame(table, columns=["town", "by", "auprc", "yield_90"])
    print(out.groupby(["town", "by"]).mean().round(3).to_string())


if __name__ == "__main__":
    main()
