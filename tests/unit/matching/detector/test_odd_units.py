"""Units that no town looks like are judged without falling over."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from rbmgeo.matching.detector.detect import Context, detect

CRS, N = 32749, 450
IDS = pd.Index([f"{k:012d}" for k in range(N)], name="idpel")
RNG = np.random.default_rng(0)
SITE = RNG.uniform(0, 800, (6, 2))
OF = RNG.integers(6, size=N)
HOUSES = SITE[OF] + RNG.normal(0, 40, (N, 2))
LINES = gpd.GeoDataFrame(
    {"gardu": ["G0", "G1", "G2", "G3", None]},
    geometry=gpd.GeoSeries.from_wkt(
        ["LINESTRING(0 0,10 10)", "MULTILINESTRING((0 0,1 1),(5 5,6 6))", "LINESTRING EMPTY",
         "LINESTRING(0 0,5 5)", "LINESTRING(0 0,5 5)"]
    ), crs=CRS,
)  # fmt: skip


def told(quick, xy=HOUSES, of=OF, site=SITE, context=None):
    points = gpd.GeoSeries(gpd.points_from_xy(*xy.T), index=IDS, crs=CRS)
    recorded = pd.Series([f"G{k}" if k >= 0 else None for k in of], index=IDS, dtype="str")
    places = [None if np.isnan(x) else shapely.Point(x, y) for x, y in site]
    gardu = gpd.GeoDataFrame(
        {"penyulang": None, "rating_kva": np.nan, "without_master": False},
        index=pd.Index([f"G{k}" for k in range(len(site))], name="gardu"), geometry=places, crs=CRS,
    )  # fmt: skip
    return detect(points, recorded, gardu, context, quick).frame


def test_everybody_in_one_house(quick):
    assert told(quick, xy=np.zeros((N, 2)))["p"].between(0, 1).all()


def test_everybody_along_one_street(quick):
    street = np.column_stack([np.arange(N) * 5.0, np.zeros(N)])
    ends = np.column_stack([np.arange(6) * 375.0, np.zeros(6)])
    assert told(quick, xy=street, of=np.arange(N) // 75, site=ends)["p"].between(0, 1).all()


def test_everybody_on_one_gardu(quick):
    assert told(quick, of=np.zeros(N, dtype=int))["p"].between(0, 1).all()


def test_who_has_no_record_is_doubted_by_nobody(quick):
    some = told(quick, of=np.where(OF == 0, -1, OF))
    assert some.loc[IDS[OF != 0], "p"].between(0, 1).all()
    assert some.loc[IDS[OF == 0], "p"].isna().all()


def test_gardu_without_places_stand_amid_their_customers(quick):
    assert told(quick, site=np.full((6, 2), np.nan))["p"].between(0, 1).all()


@pytest.mark.parametrize("jtr", [LINES, LINES.iloc[:0]])
def test_lines_of_any_kind_or_none(quick, jtr):
    tiers = set(told(quick, context=Context(jtr=jtr))["tier"])
    assert tiers == ({"T2"} if len(jtr) else {"T1"})
