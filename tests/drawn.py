"""Tiny tables as one would draw them on paper; metres of Pandaan's zone."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely.geometry import LineString, Point

from rbmgeo.intake.check import Checked, check
from rbmgeo.intake.profiles import choose
from rbmgeo.intake.readers import read_tables

SRID = 32749
Place = tuple[float, float] | None


def text(*cells: str) -> pd.Series:
    """A text column."""
    return pd.Series(list(cells), dtype="str")


def points(places: Mapping[str, Place]) -> gpd.GeoSeries:
    """Positions by idpel; None where nobody knows."""
    drawn = [None if p is None else Point(p) for p in places.values()]
    return gpd.GeoSeries(drawn, index=pd.Index(places, name="idpel", dtype="str"), crs=SRID)


def customers(places: Mapping[str, Place], **columns: object) -> gpd.GeoDataFrame:
    """`CUSTOMERS`: everybody active, postpaid, read by the vendor, unless ``columns`` say else."""
    where = points(places)
    said = {
        "active": True, "jenis_layanan": "pasca", "dibaca_oleh": "vendor", "tarif": "R1",
        "daya_va": 900.0, "meter_number": "1", "point_source": "gis", "coordinate_quality": "ok",
        "spread_m": 0.0, "tiang": None, "service_point": None,
    } | columns  # fmt: skip
    frame = gpd.GeoDataFrame(said, index=where.index, geometry=where, crs=SRID)
    return frame.astype({"active": bool})


def rbm_list(rows: Mapping[str, str | None] | Sequence[tuple[str, ...]]) -> pd.DataFrame:
    """`RBM_LIST` from {idpel: rbm}, or from (idpel, rbm[, gardu[, line]]) rows."""
    drawn = [(i, r) for i, r in rows.items()] if isinstance(rows, Mapping) else list(rows)
    full = [(*row, *(None, "")[len(row) - 2 :]) for row in drawn]
    frame = pd.DataFrame(full, columns=["idpel", "rbm", "gardu", "line"], dtype="str")
    frame["line"] = frame["line"].fillna("")
    return frame.assign(urut=range(1, len(frame) + 1), sisipan=0, hari_baca=None, officer=None)


def pdpj(
    rows: Mapping[str, str | None] | Sequence[tuple[str, str]], **columns: object
) -> pd.DataFrame:
    """`PDPJ_LINES` from {idpel: gardu} or (idpel, gardu) rows, further lines numbered."""
    drawn = list(rows.items()) if isinstance(rows, Mapping) else list(rows)
    frame = pd.DataFrame(drawn, columns=["idpel", "gardu"], dtype="str")
    nth = frame.groupby("idpel").cumcount() + 1
    said = {
        "line": nth.astype("str").where(nth > 1, ""), "jurusan": None, "tiang": None, "deret": None,
        "penyulang": None, "conflict": False,
    } | columns  # fmt: skip
    return frame.assign(**said)


def gardu(places: Mapping[str, Place]) -> gpd.GeoDataFrame:
    """`GARDU` of 100 kVA each."""
    where = points(places).rename_axis("gardu")
    said = {"penyulang": "P1", "rating_kva": 100.0, "without_master": False}
    return gpd.GeoDataFrame(said, index=where.index, geometry=where, crs=SRID)


def streets(*lines: Sequence[tuple[float, float]], **columns: Sequence[object]) -> gpd.GeoDataFrame:
    """`STREETS`, one line each; ``layer``, ``bridge``, ``tunnel`` as lists."""
    said: dict[str, object] = {
        "highway": "residential", "name": "", "oneway": "no", "layer": "0", "bridge": "", "tunnel": "",
    }  # fmt: skip
    index = pd.Index(range(len(lines)), name="street_id")
    drawn = [LineString(line) for line in lines]
    return gpd.GeoDataFrame(said | columns, index=index, geometry=drawn, crs=SRID)


def written(path: Path, content: str | bytes) -> Path:
    """A file with this content."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def checked(path: Path, *, profile: str = "", kind: str = "", ulp: str = "") -> Checked:
    """The first table of a file, checked by its profile."""
    table = read_tables(path)[0]
    return check(table, choose(table, name=profile, kind=kind), ulp=ulp)
