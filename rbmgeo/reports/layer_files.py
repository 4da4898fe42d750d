"""Layers of a map as files that other programs open, written by GDAL."""

import tempfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from rbmgeo.reports.gpx import UNPRINTABLE

#: What a layer is written as: the ending, GDAL's name for it, its type on the web.
FORMATS = {
    "gpkg": ("GPKG", "application/geopackage+sqlite3"),
    "geojson": ("GeoJSON", "application/geo+json"),
    "kml": ("KML", "application/vnd.google-earth.kml+xml"),
}


def layer_bytes(layers: dict[str, gpd.GeoDataFrame], kind: str) -> bytes:
    """Write layers (EPSG:4326) as one file; only a GeoPackage holds more than one.

    Features without a position stay in a GeoPackage and in GeoJSON; KML has no place for them.
    """
    driver, _ = FORMATS[kind]
    if kind != "gpkg" and len(layers) != 1:
        raise ValueError(f"{len(layers)} layers do not fit into one {kind} file")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"layers.{kind}"
        for name, frame in layers.items():
            options = {"RFC7946": "YES"} if kind == "geojson" else {}
            pyogrio.write_dataframe(
                _readable(frame) if kind == "kml" else frame, path, layer=name, driver=driver,
                append=path.exists(), geometry_type=_geometry(frame), layer_options=options,
            )  # fmt: skip
        return path.read_bytes()


def _geometry(frame: gpd.GeoDataFrame) -> str:
    kinds = set(frame.geom_type.dropna())
    return kinds.pop() if len(kinds) == 1 else "Unknown"


def _readable(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Leave out what XML cannot hold: signs that do not print, features without a position."""
    out = frame[frame.geometry.notna()].copy()
    for name in out.columns.drop("geometry"):
        if pd.api.types.is_string_dtype(out[name]) or out[name].dtype == object:
            out[name] = out[name].astype("str").str.replace(UNPRINTABLE, "", regex=True)
    return gpd.GeoDataFrame(out)
