"""The only place where positions change their coordinate system.

Stored and drawn: EPSG:4326, order lon, lat. Measured: metres in the unit's own UTM zone
(R-IM-11; Pandaan: EPSG:32749).
"""

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from rbmgeo.errors import CrsError

WGS84 = 4326
_ELLIPSOID = pyproj.Geod(ellps="WGS84")


def utm_srid(lon: float, lat: float) -> int:
    """Return the EPSG code of the UTM zone that holds a position in degrees.

    >>> utm_srid(112.69, -7.65)
    32749
    """
    if not (-180 <= lon <= 180 and -80 <= lat <= 84):
        raise CrsError(f"position {lon}, {lat} is not in degrees of longitude and latitude")
    zone = min(int((lon + 180) // 6) + 1, 60)
    return (32600 if lat >= 0 else 32700) + zone


def to_metres(frame: Any, srid: int) -> Any:
    """Return a GeoSeries or GeoDataFrame in the metres of a UTM zone."""
    return frame.to_crs(srid)


def to_degrees(frame: Any) -> Any:
    """Return a GeoSeries or GeoDataFrame in EPSG:4326."""
    return frame.to_crs(WGS84)


def metres_xy(
    lon: npt.ArrayLike, lat: npt.ArrayLike, srid: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Turn arrays of degrees into eastings and northings in metres (NaN stays NaN)."""
    x, y = pyproj.Transformer.from_crs(WGS84, srid, always_xy=True).transform(
        np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    )
    x, y = np.atleast_1d(x).astype(float), np.atleast_1d(y).astype(float)
    # pyproj answers inf for what it was not given; a missing place stays missing.
    gone = ~(np.isfinite(x) & np.isfinite(y))
    x[gone], y[gone] = np.nan, np.nan
    return x, y


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return the length of the shortest line between two places in degrees (WGS 84 ellipsoid)."""
    return float(_ELLIPSOID.inv(lon, lat, other_lon, other_lat)[2])


def require_metres(points: gpd.GeoSeries | gpd.GeoDataFrame) -> None:
    """Raise `CrsError` unless positions are projected, in metres."""
    crs = points.crs
    if crs is None or crs.is_geographic:
        raise CrsError(f"positions are in {crs}, not in metres; use rbmgeo.geo.to_metres first")


def coordinates(points: gpd.GeoSeries) -> npt.NDArray[np.float64]:
    """Return the n x 2 array of x and y, NaN where a point is missing."""
    drawn = np.asarray(points.array, dtype=object)
    return np.column_stack([shapely.get_x(drawn), shapely.get_y(drawn)])


def degrees_of_metres(x: npt.ArrayLike, y: npt.ArrayLike, srid: int) -> npt.NDArray[np.float64]:
    """Turn eastings and northings of a UTM zone into an n x 2 array of lon and lat."""
    lon, lat = pyproj.Transformer.from_crs(srid, WGS84, always_xy=True).transform(
        np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    )
    return np.column_stack([lon, lat])


def degrees_xy(
    x: npt.ArrayLike, y: npt.ArrayLike, srid: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Turn arrays of eastings and northings of a system into degrees of longitude and latitude.

    NaN stays NaN, and so does what the system has no place for.
    """
    try:
        change = pyproj.Transformer.from_crs(srid, WGS84, always_xy=True)
    except pyproj.exceptions.CRSError as error:
        raise CrsError(f"srid {srid} is not known; Pandaan's zone is 32749") from error
    lon, lat = change.transform(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
    lon, lat = np.atleast_1d(lon).astype(float), np.atleast_1d(lat).astype(float)
    gone = ~(np.isfinite(lon) & np.isfinite(lat))
    lon[gone], lat[gone] = np.nan, np.nan
    return lon, lat
