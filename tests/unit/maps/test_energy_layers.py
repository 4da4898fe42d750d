"""The year of every gardu as a browser takes it: every digit, every gardu, no place made up."""

import json
from decimal import Decimal as D

import geopandas as gpd
import pandas as pd

from rbmgeo.energy.measures import FIGURES, Measure, without_single_customers
from rbmgeo.maps.energy_layers import energy_year

MONTHS = ["202411", "202412"]
STREETS = gpd.GeoDataFrame({"highway": []}, geometry=[], crs=4326)


def drawn(figures, gardu=None):
    places = {"G1": (112.7, -7.6), "G2": (float("nan"), float("nan")), "G3": (112.71, -7.61)}
    gardu = gardu or places
    table = pd.DataFrame(
        [(*places[g], 100.0) for g in gardu], columns=["lon", "lat", "rating_kva"],
        index=pd.Index(gardu, name="gardu"),
    )  # fmt: skip
    totals = pd.DataFrame(
        {"kwh": D("1.50"), "token_kwh": D(0), "nowhere": D(0), "nowhere_token": D(0),
         "nowhere_customers": 2, "refused": D("1E+2")}, index=MONTHS,
    )  # fmt: skip
    return energy_year(table, figures, totals, STREETS, months=MONTHS, room_m=40.0, lang="id")


def figures(kwh):
    """Figures of {(blth, gardu): kWh}, all read and whole."""
    index = pd.MultiIndex.from_tuples(kwh, names=["blth", "gardu"])
    said = {"token_kwh": D(0), "customers": 9, "read": 9, "known": True, "coverage": 1.0,
            "hours": 100.0, "load": 0.5, "change": 0.0, "mark": "", **{str(m): "3" for m in Measure}}  # fmt: skip
    frame = pd.DataFrame([said] * len(kwh), index=index)
    return frame.assign(kwh=pd.Series([D(k) for k in kwh.values()], index, dtype=object))


ALL = {(m, g): k for m in MONTHS for g, k in (("G1", "0.10"), ("G2", "7"), ("G3", "1E+3"))}


def test_every_digit_of_a_kwh_is_there_and_no_exponent():
    data = drawn(figures(ALL))
    assert [row["kwh"] for row in data["rows"]] == [["0.10"] * 2, ["7"] * 2, ["1000"] * 2]
    assert data["totals"][0]["refused"] == "100"
    assert json.loads(json.dumps(data)) == data


def test_a_gardu_without_a_place_is_in_the_rows_and_not_on_the_map():
    data = drawn(figures(ALL))
    assert [(g["code"], g["i"]) for g in data["gardu"]] == [("G1", 0), ("G3", 2)]
    assert (len(data["rows"]), data["without"]) == (3, 1)


def test_areas_are_held_against_the_most_of_all_months():
    more = ALL | {("202411", "G1"): "5000"}
    assert drawn(figures(more))["most"] == 5000
    assert drawn(figures(ALL))["most"] == 1000
    assert [g["v"] for g in drawn(figures(more))["gardu"]] == [5000, 1000]


def test_what_may_not_be_shown_is_not_in_the_data():
    few = figures(ALL | {("202412", "G3"): "12345.6789"})
    few.loc[("202412", "G3"), "customers"] = 4
    held = drawn(without_single_customers(few))
    assert "12345" not in json.dumps(held)
    assert [held["rows"][2][f][1] for f in FIGURES] == [None] * len(FIGURES)
    assert held["rows"][2]["class"]["jam"] == "3s"
    assert held["most"] == 1000
