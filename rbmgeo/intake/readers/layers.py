"""Map layers: attributes as text, geometry in EPSG:4326 beside them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import shapely
from pyogrio.raw import open_arrow

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.raw import RawTable, Source
from rbmgeo.intake.readers.asked import Asked
from rbmgeo.intake.readers.hold import Hold
from rbmgeo.intake.readers.limits import refused
from rbmgeo.intake.readers.workbook import cell_text

#: A text that is not UTF-8 shows only when the layer is read.
BROKEN_LAYER = (
    pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.GeometryError,
    pyogrio.errors.FeatureError, pyogrio.errors.FieldError, pyogrio.errors.CRSError,
    UnicodeDecodeError, pa.ArrowException, shapely.errors.ShapelyError, OverflowError,
)  # fmt: skip
ROWS = 50_000  # features read at a time
HEAD_ROWS = 500
#: The library must never fetch anything, nor load code that a file names.
pyogrio.set_gdal_config_options(
    {
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none", "GDAL_HTTP_TIMEOUT": "1",
        "GDAL_HTTP_CONNECTTIMEOUT": "1", "GDAL_HTTP_PROXY": "127.0.0.1:9",
        "OGR_SQLITE_LOAD_EXTENSIONS": "NO", "OGR_SQLITE_JOURNAL": None, "OGR_GEOJSON_MAX_OBJ_SIZE": 64,
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "LIBKML_RESOLVE_STYLE": "NO",
    }
)  # fmt: skip


@dataclass(frozen=True)
class LocalLayers:
    """A map file under a plain name of our own in a folder of our own.

    The library chooses its driver by suffix, and takes some names for addresses; what it gets
    here is always a path on this machine whose suffix tells what the bytes were. ``hold``
    keeps the folder for as long as somebody may read.
    """

    file: str
    path: Path
    hold: Hold
    options: dict[str, Any] = field(default_factory=dict)
    where: str | None = None
    keep: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)


def linked(path: Path, suffix: str, *, others: dict[str, Path] | None = None) -> LocalLayers:
    """Return a map file, and those that belong to it by suffix, under names of our own."""
    hold = Hold()
    for end, source in {suffix: path, **(others or {})}.items():
        os.symlink(source.resolve(), hold.path / f"berkas{end}")
    return LocalLayers(path.name, hold.path / f"berkas{suffix}", hold)


def open_layers(local: LocalLayers, asked: Asked) -> list[Source]:
    """Open every layer of a map file; raises `ImportRefused` where it cannot be read."""
    try:
        names = [str(row[0]) for row in pyogrio.list_layers(local.path)]
        wanted = [n for n in names if not local.keep or n in local.keep]
        if asked.layer:
            wanted = [n for n in wanted if local.names.get(n, n) == asked.layer]
            if not wanted:
                raise _no_layer(local.file, asked.layer, names)
        return [_source(local, name, asked) for name in wanted]
    except BROKEN_LAYER as error:
        raise broken_geo(local.file, error) from error


def _no_layer(file: str, layer: str, names: list[str]) -> ImportRefused:
    listed = ", ".join(names[:12])
    return refused(
        file, "LAYER", f"it has no layer {layer!r}; there are: {listed}",
        f"tidak ada lapis {layer!r}; yang ada: {listed}",
    )  # fmt: skip


def broken_geo(file: str, error: BaseException) -> ImportRefused:
    """Return the refusal of a map file that the library cannot read."""
    said = str(error).replace("/vsi", "vsi")[:300]
    return refused(
        file, "GEO_FILE", f"cannot be opened ({said}); export it again",
        f"tidak terbuka ({said}); ekspor lagi",
    )  # fmt: skip


def _source(local: LocalLayers, name: str, asked: Asked) -> Source:
    notes = dict(local.notes)
    shown = local.names.get(name, name)
    first = next(_tables(local, name, asked, {}, HEAD_ROWS), None)
    if first is None:
        first = RawTable(local.file, shown, pd.DataFrame(), np.array([], dtype=object))
    head = first

    def pieces() -> Iterator[RawTable]:
        counted: dict[str, int] = {}
        empty = True
        try:
            for table in _tables(local, name, asked, counted, ROWS):
                empty = False
                yield table
        except BROKEN_LAYER as error:
            raise broken_geo(local.file, error) from error
        if empty:
            yield head
        notes.update(counted)

    about = int(pyogrio.read_info(local.path, layer=name, **local.options).get("features") or 0)
    return Source(head, pieces, max(about, head.read), (), notes)


def _tables(
    local: LocalLayers, name: str, asked: Asked, counted: dict[str, int], rows: int
) -> Iterator[RawTable]:
    encoding = {"encoding": asked.encoding} if asked.encoding else {}
    with open_arrow(
        local.path, layer=name, batch_size=rows, use_pyarrow=True, where=local.where,
        bbox=asked.within if local.where else None, **encoding, **local.options,
    ) as (meta, reader):  # fmt: skip
        number = 1
        shown = local.names.get(name, name)
        for batch in reader:
            if len(batch):
                yield _piece(local.file, shown, meta, batch, number, asked, counted)
                number += len(batch)


def _piece(
    file: str, layer: str, meta: dict[str, Any], batch: pa.RecordBatch, number: int, asked: Asked,
    counted: dict[str, int],
) -> RawTable:  # fmt: skip
    place = meta.get("geometry_name") or "wkb_geometry"
    names = [n for n in batch.schema.names if n not in (place, meta.get("fid_column"))]
    texts = {n: arrow_text(batch.column(n)) for n in names}
    rows = pd.DataFrame(texts, index=range(number, number + len(batch)), dtype="str")
    geometry = None
    if meta.get("geometry_type") and place in batch.schema.names:
        shapes = shapely.from_wkb(batch.column(place).to_numpy(zero_copy_only=False))
        geometry = in_degrees(file, layer, shapes, meta.get("crs"), asked)
        heights = int(shapely.has_z(geometry).sum())
        if heights:
            counted["HEIGHT_DROPPED"] = counted.get("HEIGHT_DROPPED", 0) + heights
            geometry = shapely.force_2d(geometry)
    return RawTable(file, layer, rows, geometry=geometry)


def in_degrees(
    file: str, layer: str, shapes: Any, crs: object, asked: Asked
) -> "np.ndarray[Any, Any]":
    """Return shapes in EPSG:4326; a layer that names no system needs ``--srid``."""
    import geopandas as gpd

    from rbmgeo.geo import to_degrees

    system = crs or asked.srid
    if system is None:
        raise refused(
            f"{file} {layer}".strip(), "CRS_MISSING", "the layer names no coordinate system (a "
            "shapefile's .prj is missing); say --srid, e.g. --srid 4326 for degrees or --srid 32749 "
            "for metres in zone 49 S",
            "lapis tanpa sistem koordinat (.prj tidak ada); sebutkan --srid, misal --srid 4326 "
            "untuk derajat atau --srid 32749 untuk meter zona 49 S",
        )  # fmt: skip
    try:
        series = gpd.GeoSeries(shapes, crs=system)
        return np.asarray(series if series.crs == 4326 else to_degrees(series))
    except Exception as error:  # pyproj raises its own family for a system it does not know
        raise refused(
            f"{file} {layer}".strip(), "CRS", f"its coordinate system is not understood ({error}); "
            "save it as EPSG:4326",
            f"sistem koordinatnya tidak dikenal ({error}); simpan sebagai EPSG:4326",
        ) from error  # fmt: skip


def open_parquet(path: Path) -> Source:
    """Open a GeoParquet file; raises `ImportRefused` where it cannot be read."""
    import geopandas as gpd  # only here: most files need no map library

    try:
        frame = gpd.read_parquet(path)
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise broken_geo(path.name, error) from error
    texts = {
        str(c): arrow_text(pa.array(frame[c], from_pandas=True))
        for c in frame.columns
        if c != frame.geometry.name
    }
    rows = pd.DataFrame(texts, index=range(1, len(frame) + 1), dtype="str")
    shapes = in_degrees(path.name, "", frame.geometry.to_numpy(), frame.crs, Asked())
    return Source.of(RawTable(path.name, "", rows, geometry=shapely.force_2d(shapes)))


def arrow_text(column: Any) -> list[str]:
    """Return typed values as text that means the same under every locale, "" where missing."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return [v or "" for v in column.to_pylist()]
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return [v or "" for v in pc.cast(column, pa.string()).to_pylist()]
    return ["" if v is None or v != v else cell_text(v) for v in column.to_pylist()]
