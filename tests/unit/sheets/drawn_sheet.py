"""A sheet small enough to draw on paper: one street, houses on both sides, one gardu."""

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import LineString

from rbmgeo.sheets.content import Overview, Sheet
from rbmgeo.sheets.panels import panels


def sheet(n=40, *, kind="rbm", code="51354BKA", lost=(), **more) -> Sheet:
    at = np.arange(n)
    x, y = 10.0 + 12 * (at // 2), np.where(at % 2, 9.0, -9.0)
    houses = pd.DataFrame(
        {"idpel": [f"5135400{k:05d}" for k in at], "rbm": "51354BKA" if kind == "rbm" else
         np.where(at % 3 == 0, "51354BKB", "51354BKA"), "urut": at + 1, "sisipan": 0, "x": x, "y": y,
         "address": "Jl. Kenanga", "tarif": "R1", "daya_va": 900.0, "meter_number": "M1",
         "gardu": "PD001", "tiang": "T1", "jurusan": "A"}
    )  # fmt: skip
    houses.loc[list(lost), ["x", "y"]] = np.nan
    streets = gpd.GeoDataFrame(
        {"highway": ["residential"], "name": ["Jalan Kenanga"]},
        geometry=[LineString([(0, 0), (300, 0)])], crs=32749,
    )  # fmt: skip
    spans = gpd.GeoDataFrame({"gardu": ["PD001"], "jurusan": ["A"]},
                             geometry=[LineString([(0, 3), (300, 3)])], crs=32749)  # fmt: skip
    gardu = pd.DataFrame({"gardu": ["PD001", "PD002"], "x": [30.0, 900.0], "y": [4.0, 4.0],
                          "penyulang": "P1", "rating_kva": 100.0, "own": [True, False]})  # fmt: skip
    others = pd.DataFrame({"x": [40.0, 60.0], "y": [30.0, 32.0], "rbm": "51354BKC"})
    told = {
        "facts": [("Petugas", "P-07"), ("Pelanggan", str(n))], "printed": "Dicetak 23 Okt 2026",
        "link": "http://127.0.0.1/51354/202610/peta/rbm/51354BKA",
        "overview": Overview([np.array([[0.0, 0.0], [900.0, 0.0]])], np.array([[30.0, 4.0]]), [], (-100, -100), (1000, 500)),
    } | more  # fmt: skip
    return Sheet(
        kind=kind, code=code, ulp="51354", unit="Pandaan", period="102026", houses=houses,
        others=others, gardu=gardu, streets=streets, spans=spans, poles=np.array([[0.0, 3.0], [50.0, 3.0]]),
        panels=panels(houses[["x", "y"]].dropna().to_numpy()), **told,
    )  # fmt: skip
