"""A file as text: rows of cells as they came, where the header stood, nothing guessed."""

import csv
import gzip
import io
import zlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyogrio
import shapely
from python_calamine import CalamineError, CalamineWorkbook

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.cells import Lost, lost_cells
from rbmgeo.intake.plain_csv import plain_rows, plain_text

#: A text that is not UTF-8 shows only when the layer is read.
BROKEN_LAYER = (
    pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.GeometryError,
    pyogrio.errors.FeatureError, pyogrio.errors.FieldError, UnicodeDecodeError,
)  # fmt: skip
DELIMITERS = ";,\t|"
HEADER_ROWS = 20  # a title block is rarely longer


@dataclass(frozen=True)
class RawTable:
    """One sheet, layer or CSV: every cell as text, "" where empty.

    ``rows`` has the header's names as columns and the row number in the file as index;
    ``geometry`` (EPSG:4326) stands beside them for map layers; ``misfits`` are rows whose
    number of cells is not the header's, with their cells.
    """

    file: str
    sheet: str
    rows: pd.DataFrame
    geometry: "np.ndarray[Any, Any] | None" = None
    misfits: dict[int, list[str]] = field(default_factory=dict)


def read_tables(path: Path) -> list[RawTable]:
    """Read a file into its tables; raises `ImportRefused` where it is none.

    CSV (any usual delimiter; UTF-8, UTF-16 by its mark), also gzipped; XLSX and XLS;
    GeoPackage, GeoJSON; GeoParquet.
    """
    if not path.is_file():
        raise ImportRefused(
            f"{path}: no such file; check the path", f"{path}: berkas tidak ada; periksa letaknya"
        )
    name = path.name.lower()
    if name.endswith((".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")):
        return _workbook(path)
    if name.endswith((".gpkg", ".geojson", ".json")):
        return _layers(path)
    if name.endswith(".parquet"):
        return [_parquet(path)]
    return [_csv(path.name, _bytes(path))]


def header_key(name: str) -> str:
    """Return a header as it is compared: letters and digits in capitals.

    >>> header_key(" Kode Gardu ")
    'KODEGARDU'
    """
    return "".join(c for c in name.upper() if c.isalnum())


def _bytes(path: Path) -> bytes:
    data = path.read_bytes()
    if not path.name.lower().endswith(".gz"):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise ImportRefused(
            f"{path.name}: rule GZIP: cannot be unpacked ({error}); copy or export it again",
            f"{path.name}: aturan GZIP: tidak bisa dibuka ({error}); salin atau ekspor lagi",
        ) from error


def _csv(name: str, data: bytes) -> RawTable:
    text = _decode(name, data)
    if not text.strip():
        raise ImportRefused(
            f"{name}: rule EMPTY: the file is empty; export it again",
            f"{name}: aturan EMPTY: berkas kosong; ekspor lagi",
        )
    delimiter = _delimiter(text.split("\n", HEADER_ROWS)[:HEADER_ROWS])
    plain = _plain(name, text, delimiter)
    if plain is not None:
        return plain
    rows: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            rows.append(cells)  # one by one: their number tells where a fault stood
    except csv.Error as error:
        row = len(rows) + 1
        raise ImportRefused(
            f"{name}: rule CSV: row {row}: {error}; a quote was opened there and not closed, or a "
            "cell is too long",
            f"{name}: aturan CSV: baris {row}: {error}; tanda kutip tidak ditutup, atau sel "
            "terlalu panjang",
        ) from error
    return _table(name, "", rows)


def _plain(name: str, text: str, delimiter: str) -> RawTable | None:
    lines = plain_text(text)
    if lines is None:
        return None
    head = [line.split(delimiter) for line in lines.split("\n", HEADER_ROWS)[:HEADER_ROWS]]
    start, names = _header(name, head)
    if len(names) != len(head[start]):
        return None
    rows = plain_rows(lines, delimiter, header=start, width=len(names))
    return None if rows is None else RawTable(name, "", rows.set_axis(names, axis=1))


def _delimiter(lines: list[str]) -> str:
    """Return the sign that stands in most lines, then the one as often in most of them.

    A title line has none, and an address or an Indonesian decimal may hold more commas than
    the header has semicolons; but the header then has no comma.
    """

    def regular(sign: str) -> tuple[int, int, int]:
        counts = Counter(n for n in (_outside_quotes(line).count(sign) for line in lines) if n)
        often, number = max(((often, n) for n, often in counts.items()), default=(0, 0))
        return counts.total(), often, number

    return max(DELIMITERS, key=regular)


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])


def _decode(name: str, data: bytes) -> str:
    if b"\x00" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ImportRefused(
            f"{name}: rule NUL_BYTE at byte {data.index(0)}; this is no text, export it again",
            f"{name}: aturan NUL_BYTE pada byte {data.index(0)}; bukan teks, ekspor lagi",
        )
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise ImportRefused(
            f"{name}: rule ENCODING: row {row}, byte {error.start} ({data[error.start]:#x}) is not "
            "UTF-8; save the file as CSV UTF-8",
            f"{name}: aturan ENCODING: baris {row}, byte {error.start} ({data[error.start]:#x}) "
            "bukan UTF-8; simpan sebagai CSV UTF-8",
        ) from error


def _workbook(path: Path) -> list[RawTable]:
    try:
        book = CalamineWorkbook.from_path(str(path))
        # From A1 on, so that a row has the number that a person sees.
        sheets = [
            (name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for name in book.sheet_names
        ]
    except (CalamineError, OSError) as error:
        raise ImportRefused(
            f"{path.name}: rule WORKBOOK: cannot be opened ({error}); save it anew without a password",
            f"{path.name}: aturan WORKBOOK: tidak terbuka ({error}); simpan lagi tanpa sandi",
        ) from error
    lost = lost_cells(path)
    tables = []
    for name, cells in sheets:
        rows = [[c if isinstance(c, str) else _cell(c) for c in row] for row in cells]
        if name in lost:
            _restore(path.name, name, rows, lost[name])
        if any(any(row) for row in rows):
            margin = min(next(i for i, c in enumerate(row) if c) for row in rows if any(row))
            rows = [row[margin:] for row in rows]
            tables.append(_table(path.name, name, rows, padded=True))
    if not tables:
        raise ImportRefused(
            f"{path.name}: rule EMPTY: no sheet has a row; export it again",
            f"{path.name}: aturan EMPTY: tidak ada baris; ekspor lagi",
        )
    return tables


def _restore(file: str, sheet: str, rows: list[list[str]], lost: Lost) -> None:
    """Write error cells back, in place; refuse formulas that nobody computed."""
    if lost.formulas:
        first, many = lost.formulas[0], len(lost.formulas)
        raise ImportRefused(
            f"{file} {sheet}: rule FORMULA: {many} cells, the first {first}, hold formulas without "
            "a result; open and save the file in Excel, or paste the values",
            f"{file} {sheet}: aturan FORMULA: {many} sel, pertama {first}, berisi rumus tanpa "
            "hasil; buka lalu simpan di Excel, atau tempel sebagai nilai",
        )
    for (row, column), said in lost.errors.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = said


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, float) and 1e-9 < abs(value) < 2**53:
        return _unmistakable(value)
    if isinstance(value, datetime):
        return (
            value.date().isoformat()
            if value.time().isoformat() == "00:00:00"
            else value.isoformat()
        )
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _unmistakable(value: float) -> str:
    """Write a numeric cell so that no locale takes its decimal point for thousands.

    ``1.234`` would be 1234 to an Indonesian reader (R-IM-05); ``1.2340`` is the same number
    and cannot be mistaken.
    """
    text = format(Decimal(repr(value)), "f")
    return text + "0" if len(text.rpartition(".")[2]) == 3 else text


def _table(file: str, sheet: str, rows: list[list[str]], *, padded: bool = False) -> RawTable:
    start, names = _header(file, rows)
    width = len(names)
    body, numbers, misfits = [], [], {}
    for number, row in enumerate(rows[start + 1 :], start=start + 2):
        if padded:
            row = row[:width] + [""] * (width - len(row))
        if not any(cell.strip() for cell in row):
            continue
        if len(row) == width:
            body.append(row)
            numbers.append(number)
        else:
            misfits[number] = row
    if not body and misfits and {len(r) for r in misfits.values()} == {width + 1}:
        raise ImportRefused(
            f"{file}: rule HEADER_WIDTH: every row has one cell more than the header; mend the header",
            f"{file}: aturan HEADER_WIDTH: tiap baris lebih satu sel dari judul; perbaiki judulnya",
        )
    columns = list(zip(*body, strict=True)) or [()] * width
    frame = pd.DataFrame(dict(enumerate(map(list, columns))), index=numbers, dtype="str")
    frame.columns = pd.Index(names, dtype="str")
    return RawTable(file, sheet, frame, misfits=misfits)


def _header(file: str, rows: list[list[str]]) -> tuple[int, list[str]]:
    """Return the header's place among the rows and its names."""
    start = _header_row(rows)
    names = [n.strip() for n in rows[start]]
    while names and not names[-1]:
        names.pop()
    keys = [header_key(n) for n in names]
    twice = sorted({n for n, k in zip(names, keys, strict=True) if keys.count(k) > 1})
    if twice:
        raise ImportRefused(
            f"{file}: rule HEADER_TWICE: column {twice[0]!r} stands twice; rename one",
            f"{file}: aturan HEADER_TWICE: kolom {twice[0]!r} ada dua; ganti nama salah satu",
        )
    return start, names


def _header_row(rows: list[list[str]]) -> int:
    """Return the first row with the most filled cells among the first ones (a title has few).

    One that has a cell less, and no figure in it, is the header of rows that are too long:
    better refused than read with its columns shifted.
    """
    filled = [sum(1 for c in row if c.strip()) for row in rows[:HEADER_ROWS]]
    if not filled:
        return 0
    richest = filled.index(max(filled))
    names = (
        i
        for i in range(richest)
        if filled[i] == filled[richest] - 1 and not any(c.strip().isdigit() for c in rows[i])
    )
    figures = any(c.strip().isdigit() for c in rows[richest])
    return next(names, richest) if figures else richest


def _layers(path: Path) -> list[RawTable]:
    try:
        names = [str(row[0]) for row in pyogrio.list_layers(path)]
        return [_layer(path, name) for name in names]
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


def _parquet(path: Path) -> RawTable:
    import geopandas as gpd  # only here: most files need no map library

    try:
        frame = gpd.read_parquet(path)
    except (OSError, ValueError) as error:  # pyarrow's own errors are ValueErrors
        raise _broken_geo(path, error) from error
    return _from_geo(path, "", frame)


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
        return ["" if v != v else _cell(float(v)) for v in column]
    return ["" if v is None or v is pd.NaT or v != v else _cell(v) for v in column]
