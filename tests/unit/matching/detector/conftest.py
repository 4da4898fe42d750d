"""A small invented town with known gardu, and records of it that are partly wrong."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from rbmgeo.matching.detector.detect import Context, detect
from rbmgeo.matching.detector.learner import LearnerParams
from rbmgeo.matching.detector.stack import StackParams
from rbmgeo.matching.suspicion import Suspicion
from rbmgeo.sample.params import SampleParams
from rbmgeo.sample.people import settle

CRS = 32749
#: Learned from less, so that a test takes a second; bench/matching.py judges the real thing.
QUICK = StackParams(
    first_rows=2000, then_rows=2500, worlds=(2, 24), times=1,
    learner=LearnerParams(trees=30, learning_rate=0.2),
)  # fmt: skip


@dataclass(frozen=True)
class Town:
    """``true`` and ``recorded`` gardu by idpel; the places; the lines."""

    points: gpd.GeoSeries
    true: pd.Series
    recorded: pd.Series
    gardu: gpd.GeoDataFrame
    jtr: gpd.GeoDataFrame


@pytest.fixture(scope="session")
def quick() -> StackParams:
    return QUICK


@pytest.fixture(scope="session")
def town() -> Town:
    """900 customers; of 5 % the record names another gardu near by, and one block is moved."""
    rng = np.random.default_rng(5)
    _, poles, grid, people = settle(rng, SampleParams(ulp="51354", customers=900, seed=5))
    codes = np.array([f"PD{k:04d}" for k in range(len(grid.site))])
    people = people.sort_index()
    points = gpd.GeoSeries(gpd.points_from_xy(people["x"], people["y"]), people.index, crs=CRS)
    true = pd.Series(codes[people["gardu"]], index=people.index)
    site = np.asarray(grid.site)
    gardu = gpd.GeoDataFrame(
        {"penyulang": None, "rating_kva": np.nan, "without_master": False},
        index=pd.Index(codes, name="gardu"), geometry=gpd.points_from_xy(*site.T), crs=CRS,
    )  # fmt: skip
    child = np.flatnonzero(grid.parent >= 0)
    ends = np.stack([poles.xy[child], poles.xy[grid.parent[child]]], axis=1)
    jtr = gpd.GeoDataFrame(
        {"gardu": codes[grid.gardu[child]]}, geometry=shapely.linestrings(ends), crs=CRS
    )
    recorded = true.copy()
    away = np.hypot(*(np.c_[points.x, points.y][:, None] - site[None]).transpose(2, 0, 1))
    for i in rng.permutation(len(true))[:45]:
        near = [g for g in np.argsort(away[i])[:4] if codes[g] != true.iloc[i]]
        recorded.iloc[i] = codes[rng.choice(near)]
    largest = true.value_counts().sort_index().idxmax()
    block = recorded.index[recorded.eq(largest) & true.eq(largest)][:12]
    recorded[block] = codes[np.argsort(away[points.index.get_loc(block[0])])[5]]
    return Town(points, true, recorded, gardu, jtr)


@pytest.fixture(scope="session")
def found(town) -> Suspicion:
    """What is found without the lines (tier T1)."""
    return detect(town.points, town.recorded, town.gardu, params=QUICK)


@pytest.fixture(scope="session")
def found_along_lines(town) -> Suspicion:
    """What is found with the lines (tier T2)."""
    return detect(town.points, town.recorded, town.gardu, Context(jtr=town.jtr), QUICK)
