"""A work list for programs of maps: GPX and KML to walk by, a GeoPackage to fill in (QField)."""

import geopandas as gpd
import pandas as pd
import shapely

from rbmgeo.fieldwork.job_form import JobForm
from rbmgeo.fieldwork.visit_rows import PLACE, columns_of, fields_of
from rbmgeo.reports.gpx import gpx_bytes
from rbmgeo.reports.layer_files import layer_bytes

DEGREES = 4326


def walk_gpx(rows: pd.DataFrame, *, title: str) -> bytes:
    """Return the stops as waypoints and once more as a route; houses without a place are left out."""
    return gpx_bytes(_stops(rows), route=title)


def walk_kml(rows: pd.DataFrame, *, title: str) -> bytes:
    """Return the stops and the line through them as one KML layer."""
    stops = _stops(rows).dropna(subset=["lon", "lat"])
    at = gpd.points_from_xy(stops["lon"], stops["lat"])
    names, said, shapes = stops["name"].to_list(), stops["said"].to_list(), list(at)
    if len(shapes) > 1:
        names, said = [*names, title], [*said, ""]
        shapes.append(shapely.LineString([(p.x, p.y) for p in at]))
    frame = gpd.GeoDataFrame({"Name": names, "Description": said}, geometry=shapes, crs=DEGREES)
    return layer_bytes({"kunjungan": frame}, "kml")


def fill_in_gpkg(rows: pd.DataFrame, form: JobForm) -> bytes:
    """Return layers ``kunjungan`` (a point an order, with what is to be filled in) and ``jalan``.

    The columns are those of the Excel form by their codes; both come back the same way.
    ``visited_at`` is text, since programs write moments in zones of their own.
    """
    rows = rows.reset_index(drop=True)
    numbers = {f.name for f in fields_of(form) if f.kind in ("number", "whole")} | {*PLACE, "stop"}
    columns = {}
    for name in columns_of(form):
        told = rows[name] if name in rows else pd.Series([None] * len(rows), index=rows.index)
        columns[name] = told.astype("float64") if name in numbers else _text(told)
    places = [
        None if lon is None or lon != lon else shapely.Point(lon, lat)
        for lon, lat in zip(rows["lon"], rows["lat"], strict=True)
    ]
    layer = gpd.GeoDataFrame(columns, geometry=places, crs=DEGREES)
    layers = {"kunjungan": layer}
    seen = [p for p in places if p is not None]
    if len(seen) > 1:
        line = shapely.LineString([(p.x, p.y) for p in seen])
        layers["jalan"] = gpd.GeoDataFrame({"stops": [len(seen)]}, geometry=[line], crs=DEGREES)
    return layer_bytes(layers, "gpkg")


def _text(told: pd.Series) -> pd.Series:
    return pd.Series([None if v is None or v != v else str(v) for v in told], dtype="str")


def _stops(rows: pd.DataFrame) -> pd.DataFrame:
    said = [
        "; ".join(str(v) for v in told if isinstance(v, str) and v)
        for told in rows[["idpel", "recorded_meter", "address", "question"]].itertuples(index=False)
    ]
    names = [f"{int(s):03d}" for s in rows["stop"]]
    places = rows[["lon", "lat"]].astype("float64")
    return places.assign(name=names, said=said)
