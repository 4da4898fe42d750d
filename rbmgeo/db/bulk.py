"""Bulk writing: COPY through the driver, and the monthly parts of the readings."""

import io
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
from sqlalchemy import text
from sqlalchemy.orm import Session


def copy_rows(session: Session, table: str, frame: pd.DataFrame) -> int:
    """COPY a frame into a table, column by column of the same name; return the rows written.

    Missing values become NULL and an empty string stays an empty string: the writer quotes
    every value that is there, and COPY reads only what is unquoted and empty as NULL.
    Geometry columns take WKB in hex or EWKT. ``table`` and the column names come from code,
    never from a user.
    """
    if frame.empty:
        return 0
    buffer = io.BytesIO()
    arrow = pa.table({str(name): _arrow(frame[name]) for name in frame.columns})
    options = pa_csv.WriteOptions(include_header=False, quoting_style="all_valid")
    pa_csv.write_csv(arrow, buffer, options)
    buffer.seek(0)
    columns = ", ".join(f'"{name}"' for name in frame.columns)
    cursor = session.connection().connection.cursor()
    try:
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)", buffer)
    finally:
        cursor.close()
    return len(frame)


def ensure_month(session: Session, *, blth: str) -> None:
    """Make the part of table ``reading`` that holds one month, if it is not there yet."""
    if not month_exists(session, blth=blth):
        new_month(session, blth=blth, rows=pd.DataFrame())


def month_exists(session: Session, *, blth: str) -> bool:
    """Say whether table ``reading`` has a part for a month; if not, nobody else makes it now."""
    # Two imports may want the same month at once; the lock lasts until the end of the import.
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('reading:' || :b))"), {"b": blth})
    name = f"reading_{int(blth):06d}"
    return session.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is not None


def new_month(session: Session, *, blth: str, rows: pd.DataFrame) -> None:
    """Make the part of table ``reading`` that holds one month, with its first rows.

    They are written before the part is joined to the table: its indexes and its foreign key
    are then made and checked once, not row by row.
    """
    year, month = int(blth[:4]), int(blth[4:])
    after = f"{year + month // 12:04d}{month % 12 + 1:02d}"
    name = f"reading_{int(blth):06d}"
    limits = f"FROM ('{int(blth):06d}') TO ('{after}')"
    session.execute(text(f"CREATE TABLE {name} (LIKE reading INCLUDING DEFAULTS)"))
    copy_rows(session, name, rows)
    session.execute(text(f"ALTER TABLE reading ATTACH PARTITION {name} FOR VALUES {limits}"))


def _arrow(column: Any) -> "pa.Array | pa.ChunkedArray":
    values = column.array if isinstance(column, pd.Series) else column
    if isinstance(column, pd.Series) and column.dtype == object:
        gone = column.isna().to_numpy()
        texts = np.array([_text(v) for v in column], dtype=object)
        return pa.array(texts, type=pa.string(), mask=gone)
    out = pa.array(values, from_pandas=True)
    # The CSV writer fills a text column that begins with an empty chunk with foreign bytes;
    # that is what joining a table without rows to another leaves behind.
    return out.combine_chunks() if isinstance(out, pa.ChunkedArray) else out


def _text(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return "t" if value else "f"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
