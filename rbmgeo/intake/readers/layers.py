"""Map layers: attributes as text, geometry in EPSG:4326 beside them."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyogrio
import shapely

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.raw import RawTable, Source
from rbmgeo.intake.readers.workbook import cell_text

#: A text that is not UTF-8 shows only when the layer is read.
BROKEN_LAYER = (
    pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.GeometryError,
    pyogrio.errors.FeatureError, pyogrio.errors.FieldError, UnicodeDecodeError,
)  # fmt: skip


def open_layers(path: Path) -> list[Source]:
    """Open every layer of a map file; raises `ImportRefused` where it cannot be read."""
    try:
        names = [str(row[0]) for row in pyogrio.list_layers(path)]
        return [Source.of(_layer(path, name)) for name in names]
    except BROKEN_LAYER as error:
        raise _broken_geo(path, error) from error


def _broken_geo(path: Path, error: Exception) -> ImportRefused:
    return ImportRefused(
        f"{path.name}: rule GEO_FILE: cannot be opened ({error}); export it again",
        f"{path.name}: aturan GEO_FILE: tidak terbuka ({error}); ekspor lagi",
    )


def _layer(path: Path, name: str) -> RawTable:
    frame = pyogrio.read_dataframe(path, layer=name)
    return _from_geo(path, name, frame)


def open_parquet(path: Path) -> Source:
    """Open a GeoParquet file; raises `ImportRefused` where it cannot be read."""
    import geopandas as gpd  # only here: most files need no map library

    try:
        frame = gpd.read_parquet(path)
    except (OSError, ValueError) as error:  # pyarrow's own errors are ValueErrors
        raise _broken_geo(path, error) from error
    return Source.of(_from_geo(path, "", frame))


def _from_geo(path: Path, layer: str, frame: Any) -> RawTable:
    from rbmgeo.geo import to_degrees

    geometry = None
    if hasattr(frame, "geometry") and "geometry" in frame:
        if frame.crs is None:
            raise ImportRefused(
                f"{path.name}: layer {layer!r} names no coordinate system; save it as EPSG:4326",
                f"{path.name}: lapis {layer!r} tanpa sistem koordinat; simpan sebagai EPSG:4326",
            )
        geometry = shapely.force_2d(to_degrees(frame.geometry).to_numpy())
        frame = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    texts = {str(c): _column_text(frame[c]) for c in frame.columns}
    rows = pd.DataFrame(texts, index=range(1, len(frame) + 1), dtype="str")
    return RawTable(path.name, layer, rows, geometry=geometry)


def _column_text(column: pd.Series) -> list[str]:
    if column.dtype == "str" or pd.api.types.is_integer_dtype(column):
        return column.astype("str").fillna("").tolist()
    if pd.api.types.is_float_dtype(column):
        return ["" if v != v else cell_text(float(v)) for v in column]
    return ["" if v is None or v is pd.NaT or v != v else cell_text(v) for v in column]
