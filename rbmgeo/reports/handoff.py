"""A table becomes files as a layout says, with a side file of counts, kWh and hashes (R-CH-04)."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from rbmgeo.errors import FrameError, UsageError
from rbmgeo.reports.layouts import Layout
from rbmgeo.reports.tables import csv_bytes, xlsx_bytes

#: How a file is written -> the ending of its name.
SHAPES = {"csv": ".csv", "csv-id": ".csv", "xlsx": ".xlsx"}


@dataclass(frozen=True)
class OutFile:
    """One file of a hand-off, with what its receiver can count."""

    name: str
    content: bytes
    rows: int
    kwh: Decimal | None
    sha256: str


def written(
    table: pd.DataFrame, layout: Layout, *, ulp: str, blth: str, shape: str = "csv",
    sample: bool = False,
) -> list[OutFile]:  # fmt: skip
    """Return a table as files; the same table gives the same bytes, whatever the day.

    Raises
    ------
    UsageError
        If the shape is none of csv, csv-id (for an Indonesian Excel) and xlsx.
    FrameError
        If the layout names a column that the table does not have.
    """
    if shape not in SHAPES:
        raise UsageError(
            f"{shape!r} is none of {', '.join(SHAPES)}", f"{shape!r} bukan {', '.join(SHAPES)}"
        )
    told = table.assign(ulp=ulp, blth=blth)
    absent = [ours for _, ours in layout.columns if ours not in told]
    if absent:
        raise FrameError(f"layout {layout.name} names columns that are not there: {absent}")
    parts = {"": told}
    if layout.per:
        parts = {str(k): part for k, part in told.groupby(layout.per, sort=True)}
    files, names = [], set()
    for value, part in parts.items():
        base = _name(layout.file.format(**{"ulp": ulp, "blth": blth, layout.per or "_": value}))
        name, n = base, 1
        while name.lower() in names:
            n += 1
            name = f"{base}_{n}"
        names.add(name.lower())
        files.append(_file(part, layout, name + SHAPES[shape], shape, sample))
    return files


def side_file(files: list[OutFile], name: str, facts: dict[str, Any]) -> OutFile:
    """Return the side file: the facts, and of every file its rows, kWh and sha256.

    Its own sha256 stands for the whole hand-off: no byte of a file can change without it.
    """
    kwh = [f.kwh for f in files if f.kwh is not None]
    said = {
        **facts,
        "rows": sum(f.rows for f in files),
        "kwh": str(sum(kwh, Decimal(0))) if kwh else None,
        "files": [
            {"file": f.name, "rows": f.rows, "kwh": None if f.kwh is None else str(f.kwh),
             "sha256": f.sha256}
            for f in files
        ],
    }  # fmt: skip
    content = (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()
    return OutFile(
        name, content, sum(f.rows for f in files), sum(kwh, Decimal(0)) if kwh else None,
        hashlib.sha256(content).hexdigest(),
    )  # fmt: skip


def _file(part: pd.DataFrame, layout: Layout, name: str, shape: str, sample: bool) -> OutFile:
    frame = pd.DataFrame(
        {theirs: _column(part[ours], layout.dates) for theirs, ours in layout.columns}
    )
    if shape == "xlsx":
        content = xlsx_bytes({layout.kind: frame}, sample=sample)
    else:
        content = csv_bytes(frame, indonesian_excel=shape == "csv-id")
    kwh = None
    if layout.total:
        known = part[layout.total].dropna()
        kwh = sum((Decimal(str(v)) for v in known), Decimal(0)) if len(known) else None
    return OutFile(name, content, len(part), kwh, hashlib.sha256(content).hexdigest())


def _column(column: pd.Series, dates: str) -> pd.Series:
    """Write cells as their receiver reads them: dates in his form, numbers without padding."""
    return pd.Series([_cell(v, dates) for v in column], index=column.index, dtype=object)


def _cell(value: Any, dates: str) -> Any:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if isinstance(value, date):
        return value.strftime(dates)
    if isinstance(value, Decimal):
        short = value.normalize()
        return int(short) if short == short.to_integral_value() else short
    if hasattr(value, "item"):
        value = value.item()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _name(text: str) -> str:
    """Return a file name that no code of an RBM can lead out of its folder."""
    return re.sub(r"[^0-9A-Za-z_-]+", "-", text)
