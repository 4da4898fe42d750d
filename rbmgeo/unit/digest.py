"""What a table says, as a hash: the same content has the same one, wherever it was computed."""

import hashlib
import json
from decimal import Decimal
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv


class _Hash:
    """A file that keeps nothing but the hash of what is written."""

    closed = False

    def __init__(self) -> None:
        self.told = hashlib.sha256()

    def write(self, data: Any) -> int:
        """Take in bytes."""
        self.told.update(data)
        return len(data)

    def flush(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def table_digest(table: pd.DataFrame) -> str:
    """Return the SHA-256 of a table: its columns and index by name, its rows in their order."""
    frame = table.reset_index() if table.index.name or table.index.nlevels > 1 else table
    columns = {str(name): _column(frame[name]) for name in frame.columns}
    sink = _Hash()
    pa_csv.write_csv(pa.table(columns), pa.PythonFile(sink, mode="w"))
    return sink.told.hexdigest()


def data_digest(data: Any) -> str:
    """Return the SHA-256 of plain data."""
    told = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def _column(values: pd.Series) -> pa.Array:
    if isinstance(values.dtype, gpd.array.GeometryDtype):
        wkb = gpd.GeoSeries(values).to_wkb(hex=True)
        return pa.array([w if isinstance(w, str) else None for w in wkb], pa.string())
    if values.dtype == object:
        return pa.array([_told(v) for v in values], pa.string())
    made = pa.array(values, from_pandas=True)
    return made.dictionary_decode() if pa.types.is_dictionary(made.type) else made


def _told(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")  # 12.50 is 12.5, however it was written
    return str(value)
