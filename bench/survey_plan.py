"""A survey plan by the corrections it brings per kilometre, beside the most certain houses.

`make bench-survey` prints both from the same run: what p promised and what was truly wrong,
per kilometre, visit and hour, without the controls (drawn alike in both). Each plan is made once
by the number of visits alone and once with a day of `DAY_MIN` minutes. Walks are along the invented unit's streets, and along the low-voltage lines of the real towns
(shared data). FULL=1 adds rates of errors and larger plans.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from bench.matching import judged
from bench.towns import DATA, Case, Town, case, invented, towns
from rbmgeo.matching.patches import patches
from rbmgeo.network.streets import street_network
from rbmgeo.network.walking import Walker
from rbmgeo.sample.params import SampleParams
from rbmgeo.sample.people import settle
from rbmgeo.survey.plan import Ground, Plan, by_walk
from rbmgeo.survey.tasks import PlanParams

SRID = 32749
CUSTOMERS, SEED = 12_000, 3
SEEDS, DAY_MIN = 3, 420.0
COLUMNS = ["houses", "expected", "true", "km", "expected_km", "true_km", "expected_visit",
           "true_visit", "true_hour", "hours"]  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A town, what its surveyors walk on, and how many visits a plan has."""

    town: Town
    walker: Walker
    visits: tuple[int, ...]


def places(full: bool) -> Iterator[Place]:
    """Yield the invented unit, then the real towns where they are there."""
    params = SampleParams(ulp="51354", customers=CUSTOMERS, seed=SEED)
    streets, *_ = settle(np.random.default_rng(SEED), params)
    lines = shapely.linestrings(streets.nodes[streets.edges])
    more = (70, 140, 420) if full else (140, 280)
    yield Place(invented(CUSTOMERS, SEED), _walker(lines), more)
    if not DATA.is_dir():
        print("real towns: not there")
        return
    for town in towns():
        spans = shapely.linestrings(np.stack([town.start, town.end], axis=1))
        yield Place(town, _walker(spans), (70,) if len(town.pole) > 800 else (30,))


def _walker(lines: np.ndarray) -> Walker:
    return Walker(street_network(gpd.GeoDataFrame(geometry=list(lines), crs=SRID)))


def ground(c: Case, lists: int) -> Ground:
    """Doubt the records of a case as the product does and say what may be planned."""
    p, proposed = judged(c, "T1+")
    idpels = pd.Index([f"{n:012d}" for n in range(len(p))], name="idpel")
    points = gpd.GeoSeries(gpd.points_from_xy(*c.xy.T), index=idpels, crs=SRID)
    table = pd.DataFrame(
        {"p": p, "gardu": c.recorded.astype(str), "proposed_gardu": np.asarray(proposed).astype(str)},
        index=idpels,
    )  # fmt: skip
    doubted = table["p"] >= 0.5
    table["patch"] = patches(table.loc[doubted, ["gardu", "proposed_gardu"]], points)
    table["question"] = None
    table["kind"] = np.where(doubted, "gardu_diragukan", "ok")
    _, pole = np.unique(np.round(c.town.pole), axis=0, return_inverse=True)
    poles = pd.Series([f"T{k}" for k in pole.ravel()], index=idpels)
    if c.town.name == "invented":  # of this town the houses are known, not their poles
        poles[:] = None
    return Ground(table, points, set(), set(), set(), poles, lists)


def told(plan: Plan, c: Case) -> dict[str, float]:
    """Return promised and true corrections of a plan's doubts, its walk and its hours."""
    leads = plan.visits[~plan.visits["control"]]
    wrong = c.wrong[leads.index.astype(int)]
    km, expected = plan.walk_m / 1000, float(leads["p"].sum())
    hours = float(plan.lists["minutes"].sum()) / 60
    return {
        "houses": len(leads), "expected": expected, "true": float(wrong.sum()), "km": km,
        "expected_km": expected / km, "true_km": wrong.sum() / km, "hours": hours,
        "expected_visit": leads["p"].mean(), "true_visit": wrong.mean(),
        "true_hour": wrong.sum() / hours,
    }  # fmt: skip


def measured(place: Place, visits: int, rate: float) -> pd.DataFrame:
    """Plan a place some times, both ways, with and without a limit to the day."""
    rows = []
    for seed in range(SEEDS):
        c = case(place.town, seed=seed, mix="60/20/20", rate=rate, gps_m=10.0)
        on = None
        for minutes in (0.0, DAY_MIN):
            params = PlanParams(
                visits=visits, surveyors=2, days=max(1, visits // 140), minutes=minutes
            )
            on = on or ground(c, params.lists())
            began = time.perf_counter()
            walked, certain = by_walk(on, place.walker, params)
            seconds = time.perf_counter() - began
            day = f"{minutes:.0f} min" if minutes else "any"
            rows += [{"day": day, "by": "highest p", **told(certain, c), "seconds": seconds},
                     {"day": day, "by": "per metre", **told(walked, c), "seconds": seconds}]  # fmt: skip
    return pd.DataFrame(rows).groupby(["day", "by"], sort=False)[[*COLUMNS, "seconds"]].mean()


def main() -> None:
    """Print the table, place by place, the mean of the seeds."""
    full = bool(os.environ.get("FULL"))
    for place in places(full):
        for visits in place.visits:
            for rate in (0.02, 0.05, 0.1) if full else (0.05,):
                table = measured(place, visits, rate)
                print(f"\n{place.town.name}: {len(place.town.pole)} customers, errors {rate:.0%}, "
                      f"{visits} visits by 2 surveyors, {SEEDS} seeds")  # fmt: skip
                print(table.round(2).to_string(), flush=True)


if __name__ == "__main__":
    main()
