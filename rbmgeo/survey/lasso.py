"""A border drawn on a map, or a circle, checked before anybody is said to lie in it."""

import json
import math
import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry import Polygon
from shapely.validation import explain_validity

from rbmgeo.errors import UsageError
from rbmgeo.geo import metres_xy

#: A hand draws some ten corners; a file that is no such border is refused before it is read.
MOST_CORNERS, MOST_SIGNS = 500, 40_000
MOST_RADIUS_M = 3_000


def drawn_border(sent: str) -> Polygon:
    """Read a border as it is sent: a JSON list of [lon, lat], a GeoJSON polygon, or WKT.

    Raises `UsageError` for what is none, has too many corners, crosses itself or has no area.
    """
    if len(sent) > MOST_SIGNS:
        raise _too_many()
    try:
        told: Any = json.loads(sent)
    except (ValueError, RecursionError):
        told = None
    corners = _corners(told if told is not None else _from_wkt(sent))
    if corners is None:
        raise UsageError(
            "the border is not readable; send one polygon as GeoJSON or WKT, three corners or more",
            "batas tidak terbaca; kirim satu poligon GeoJSON atau WKT, tiga titik atau lebih",
        )
    if len(corners) > MOST_CORNERS:
        raise _too_many()
    if len({*corners}) < 3:
        raise UsageError(
            f"the border has {len({*corners})} different corners; draw three or more",
            f"batas punya {len({*corners})} titik berbeda; gambar tiga titik atau lebih",
        )
    border = Polygon(corners)
    if not border.is_valid or border.area == 0:
        near = re.search(r"\[([-0-9.e]+) ([-0-9.e]+)\]", explain_validity(border))
        where = f" ({float(near[2]):.5f}, {float(near[1]):.5f})" if near else ""
        raise UsageError(
            f"the border crosses itself{where}; draw it anew, round the houses once",
            f"garis batas memotong dirinya sendiri{where}; gambar ulang, sekali mengelilingi rumah",
        )
    return border


def inside(border: Polygon, lon: pd.Series, lat: pd.Series) -> "npt.NDArray[np.bool_]":
    """Mark the places that lie within a border or on it; those without a place never do."""
    points = shapely.points(lon.to_numpy(float), lat.to_numpy(float))
    shapely.prepare(border)
    return np.asarray(shapely.intersects(border, points))


def within(
    lon: pd.Series, lat: pd.Series, centre: tuple[float, float], radius_m: float, srid: int
) -> "npt.NDArray[np.bool_]":
    """Mark the places within so many metres of a centre (lon, lat), measured in the unit's zone.

    Raises `UsageError` for a radius that is no walk around a gardu.
    """
    if not 0 < radius_m <= MOST_RADIUS_M:
        raise UsageError(
            f"a radius of {radius_m:g} m is not between 1 and {MOST_RADIUS_M} m",
            f"jarak {radius_m:g} m tidak di antara 1 dan {MOST_RADIUS_M} m",
        )
    x, y = metres_xy(lon.to_numpy(float), lat.to_numpy(float), srid)
    cx, cy = metres_xy([centre[0]], [centre[1]], srid)
    return np.asarray(np.hypot(x - cx[0], y - cy[0]) <= radius_m)


def box_around(centre: tuple[float, float], radius_m: float) -> tuple[float, float, float, float]:
    """Return degrees (west, south, east, north) that hold a circle, a little too large."""
    lon, lat = centre
    up = radius_m / 110_000
    side = radius_m / (110_000 * max(0.1, math.cos(math.radians(lat))))
    return lon - side, lat - up, lon + side, lat + up


def _from_wkt(sent: str) -> Any:
    """Return the rings of a WKT polygon in the form of GeoJSON, None if it is none."""
    try:
        shape = shapely.from_wkt(sent.strip().removeprefix("SRID=4326;"))
    except shapely.errors.ShapelyError:
        return None
    return None if not isinstance(shape, Polygon) else json.loads(shapely.to_geojson(shape))


def _corners(told: Any) -> list[tuple[float, float]] | None:
    if isinstance(told, dict) and told.get("type") == "FeatureCollection":
        features = told.get("features")
        told = features[0] if isinstance(features, list) and len(features) == 1 else None
    if isinstance(told, dict) and told.get("type") == "Feature":
        told = told.get("geometry")
    if isinstance(told, dict):
        rings = told.get("coordinates")
        if told.get("type") != "Polygon" or not isinstance(rings, list) or len(rings) != 1:
            return None
        told = rings[0]
    if not isinstance(told, list) or not told:
        return None
    out = []
    for pair in told:
        if not isinstance(pair, list) or len(pair) < 2:
            return None
        lon, lat = pair[:2]
        if any(isinstance(v, bool) or not isinstance(v, int | float) for v in (lon, lat)):
            return None
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            return None
        out.append((float(lon), float(lat)))
    return out


def _too_many() -> UsageError:
    return UsageError(
        f"the border has more than {MOST_CORNERS} corners; draw it with fewer",
        f"batas punya lebih dari {MOST_CORNERS} titik; gambar dengan titik lebih sedikit",
    )
