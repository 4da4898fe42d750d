"""What a table tells of places: which cells and shapes are none, and how good each position is."""

from typing import Any

import numpy as np
import pandas as pd
import shapely

from rbmgeo.intake import degrees, quick, rules
from rbmgeo.intake.coordinates import Dragged, from_metres, in_metres, of_points, watched
from rbmgeo.intake.profiles import Profile
from rbmgeo.intake.raw import RawTable, Source
from rbmgeo.terms import CoordinateQuality

#: Kinds of shapes by the library's number.
_SHAPES = {0: "point", 1: "line", 2: "line", 3: "polygon", 5: "line", 6: "polygon"}


def watch(source: Source, profile: Profile) -> tuple[Source, set[int]]:
    """Return a source and the rows whose position was dragged, known once it was read through."""
    found = Dragged()
    return watched(source, lambda piece: _told_degrees(piece, profile), found), found.rows


def dragged_rows(table: RawTable, profile: Profile) -> set[int]:
    """Return the rows of one table whose position was dragged down a spreadsheet."""
    found = Dragged()
    pair = _told_degrees(table, profile)
    if pair is not None:
        found.see(table.rows.index.to_numpy(float), *pair)
    return found.rows


def _told_degrees(table: RawTable, profile: Profile) -> tuple[Any, Any] | None:
    """Return a table's degrees as they stand, in its order; None where houses have none."""
    if profile.position != "house" or profile.srid is not None:
        return None
    headers = profile.headers(table)
    if "idpel" not in headers:
        return None  # poles and gardu may stand in a row; only houses are known not to
    if {"lat", "lon"} <= set(headers):
        cells = [table.rows[headers[n]].fillna("") for n in ("lat", "lon")]
    elif "latlon" in headers:
        cells = list(rules.split_pair(table.rows[headers["latlon"]].fillna("")))
    elif table.geometry is not None and profile.geometry == "point":
        return of_points(table.geometry)
    else:
        return None
    lat, lon = (quick.degrees(c).to_numpy() for c in cells)
    return lat, lon


def cell_faults(raw: pd.DataFrame, profile: Profile) -> dict[str, pd.Series]:
    """Return faults of coordinate cells: no finite number, undeclared metres."""
    named = [n for n in ("lat", "lon", "latlon") if n in raw]
    cells = {n: raw[n].fillna("") for n in named}
    faults = {n: degrees.faults_of_cells(t) for n, t in cells.items()}
    if {"lat", "lon"} <= set(named) and profile.srid is None and profile.area != "world":
        pair = [quick.degrees(cells[n]).to_numpy() for n in ("lat", "lon")]
        faults["lon"] = faults["lon"].mask(in_metres(*pair), "UTM_METRES")
    return faults


def shape_faults(table: RawTable, profile: Profile) -> pd.Series:
    """Return faults of a layer's shapes: another kind than the layer's; a line that is empty."""
    shapes = table.geometry
    assert shapes is not None
    kinds = pd.Series(
        [_SHAPES.get(int(k), "") for k in shapely.get_type_id(shapes)],
        table.rows.index,
        dtype="str",
    )
    empty = pd.Series(shapely.is_empty(shapes) | shapely.is_missing(shapes), table.rows.index)
    faults = pd.Series(pd.NA, table.rows.index, dtype="str")
    faults = faults.mask(~empty & ~kinds.str.contains(profile.geometry), "GEOMETRY_TYPE")
    if profile.geometry == "polygon":
        faults = faults.mask(~empty & faults.isna() & ~shapely.is_valid(shapes), "GEOMETRY_CROSSES")
    # A house without a place stays in its lists; a line or an area without one is nothing.
    return faults.mask(empty, "GEOMETRY_EMPTY") if profile.geometry != "point" else faults


def undeclared(raw: pd.DataFrame, profile: Profile) -> int:
    """Count rows whose position is written in degrees, minutes and seconds that nobody declared."""
    if profile.coordinates == "dms":
        return 0
    hit = pd.Series(False, raw.index)
    for name in {"lat", "lon"} & set(raw.columns):
        hit |= degrees.undeclared(raw[name].fillna(""))
    return int(hit.sum())


def points(
    rows: pd.DataFrame, geometry: "np.ndarray[Any, Any] | None", profile: Profile, dragged: set[int]
) -> pd.DataFrame | None:
    """Return the positions that checked rows tell, with their quality; None where they tell none.

    Columns ``lon_raw``, ``lat_raw``, ``lon``, ``lat`` (NaN where no rule lets them be a
    place), ``quality``, ``swapped``; index as ``rows``.
    """
    if "lat" in rows and "lon" in rows:
        lat, lon = rows["lat"].fillna(""), rows["lon"].fillna("")
    elif "latlon" in rows:
        lat, lon = rules.split_pair(rows["latlon"].fillna(""))
    elif geometry is not None and profile.geometry == "point":
        point = geometry
        lat = pd.Series(shapely.get_y(point), index=rows.index)
        lon = pd.Series(shapely.get_x(point), index=rows.index)
        places, quality = rules.position(lat, lon, area=profile.area)
        done = _without_dragged(dragged, places, quality)
        return done.assign(lat_raw=lat.astype("str"), lon_raw=lon.astype("str"))
    else:
        return None
    read = degrees.reader(profile.coordinates)
    first, second = read(lat), read(lon)
    # What stands there and cannot be read is not the same as nothing.
    strange = (first.isna() & (lat.str.strip() != "")) | (second.isna() & (lon.str.strip() != ""))
    if profile.srid is not None:
        y, x = from_metres(first.to_numpy(), second.to_numpy(), profile.srid)
        first, second = pd.Series(y, rows.index), pd.Series(x, rows.index)
    places, quality = rules.position(first, second, area=profile.area)
    quality = quality.mask(strange, CoordinateQuality.TAK_TERBACA.value)
    return _without_dragged(dragged, places, quality).assign(lat_raw=lat, lon_raw=lon)


def _without_dragged(dragged: set[int], places: pd.DataFrame, quality: pd.Series) -> pd.DataFrame:
    """Return places with their quality; a dragged one is none, wherever it would lie."""
    hit = places.index.isin(list(dragged)) & places["lat"].notna().to_numpy()
    told = quality.isin([CoordinateQuality.DI_LUAR_AREA.value]).to_numpy()
    hit |= places.index.isin(list(dragged)) & told
    places.loc[hit, ["lat", "lon"]] = np.nan
    places["swapped"] &= ~hit
    return places.assign(quality=quality.mask(hit, CoordinateQuality.DISERET.value))


#: Qualities whose cause is worth a line of its own in the import's report.
WARNED = {
    "SIGN_LOST": CoordinateQuality.TANDA_HILANG, "DECIMALS_LOST": CoordinateQuality.DESIMAL_HILANG,
    "DRAGGED": CoordinateQuality.DISERET, "LOW_PRECISION": CoordinateQuality.KASAR,
}  # fmt: skip


def warn_places(told: pd.DataFrame | None) -> dict[str, int]:
    """Count swapped and unusable positions (see `points`), for the import's report."""
    if told is None:
        return {}
    swapped = int(told["swapped"].sum())
    lost = told["lon"].isna() & (told["quality"] != CoordinateQuality.TANPA_KOORDINAT)
    found = {"R-IM-06": swapped, "NO_PLACE": int(lost.sum())}
    for rule, quality in WARNED.items():
        found[rule] = int((told["quality"] == quality).sum())
    return {rule: n for rule, n in found.items() if n}
