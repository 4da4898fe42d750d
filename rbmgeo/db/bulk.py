"""Bulk writing: COPY through the driver, and the monthly parts of the readings."""

import io
import os
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.names import plain_names
from rbmgeo.db.session import SCOPE
from rbmgeo.faults import stopping

#: Bytes handed to the driver at a time: small ones would wait for the interpreter, which the
#: next piece of a file is busy with, thousands of times.
_SENT_BYTES = 1 << 23


@dataclass(frozen=True)
class Written:
    """Rows written out as COPY reads them; made without the database, beside its work."""

    columns: tuple[str, ...]
    data: pa.Buffer
    rows: int

    @classmethod
    def of(cls, frame: pd.DataFrame) -> "Written":
        """Write a frame out, column by column of the same name.

        Missing values become NULL and an empty string stays an empty string: the writer
        quotes every value that is there, and COPY reads only what is unquoted and empty as
        NULL. Geometry columns take WKB in hex or EWKT.
        """
        buffer = pa.BufferOutputStream()
        arrow = pa.table({str(name): _arrow(frame[name]) for name in frame.columns})
        options = pa_csv.WriteOptions(include_header=False, quoting_style="all_valid")
        pa_csv.write_csv(arrow, buffer, options)
        return cls(tuple(map(str, frame.columns)), buffer.getvalue(), len(frame))


def copy_rows(session: Session, table: str, frame: pd.DataFrame, *, fresh: bool = False) -> int:
    """COPY a frame into a table as `Written` has it; return the rows written.

    ``table`` and the column names come from code, never from a user. ``fresh``: the table was
    made in this transaction, so its rows need not be looked at again by the database's
    housekeeping.
    """
    if frame.empty:
        return 0
    return copy_written(session, table, Written.of(frame), fresh=fresh)


def copy_written(session: Session, table: str, written: Written, *, fresh: bool = False) -> int:
    """COPY rows that are written out already; see `copy_rows`."""
    plain_names((table, *written.columns))
    columns = ", ".join(f'"{name}"' for name in written.columns)
    if _walled(session, table):
        return _beside(session, table, columns, written)
    cursor = session.connection().connection.cursor()
    try:
        cursor.copy_expert(
            f"COPY {table} ({columns}) FROM STDIN (FORMAT csv{', FREEZE' if fresh else ''})",
            stopping(pa.BufferReader(written.data), "mid_copy"),
            _SENT_BYTES,
        )
    finally:
        cursor.close()
    return written.rows


def _walled(session: Session, table: str) -> bool:
    """Say whether row security stands before a table: the database takes no COPY into it then."""
    if SCOPE not in session.info:
        return False
    query = text("SELECT row_security_active(CAST(:t AS regclass))")
    return bool(session.scalar(query, {"t": table}))


def _beside(session: Session, table: str, columns: str, written: Written) -> int:
    """COPY rows into a table of the session's own and put them into ``table`` from there, checked."""
    session.execute(
        text(f"CREATE TEMP TABLE sent_rows ON COMMIT DROP AS SELECT {columns} FROM {table} LIMIT 0")
    )
    copy_written(session, "sent_rows", written)
    session.execute(text(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM sent_rows"))
    session.execute(text("DROP TABLE sent_rows"))
    return written.rows


def copied(
    session: Session,
    query: str,
    values: tuple[Any, ...] | dict[str, Any],
    *,
    numbers: tuple[str, ...] = (),
    whole: tuple[str, ...] = (),
    flags: tuple[str, ...] = (),
) -> pd.DataFrame:
    """COPY the rows of a large query out, several times as fast as a SELECT.

    Columns are text but for ``numbers`` (floats, NaN where NULL), ``whole`` (integers; floats
    where any is NULL) and ``flags`` (true or false, never NULL). ``query`` comes from code,
    with ``%s`` (or ``%(name)s``) for the values.
    """
    cursor = session.connection().connection.cursor()
    buffer = io.BytesIO()
    try:
        filled = cursor.mogrify(query, values).decode()
        cursor.copy_expert(f"COPY ({filled}) TO STDOUT (FORMAT csv, HEADER)", buffer, _SENT_BYTES)
    finally:
        cursor.close()
    buffer.seek(0)
    names = buffer.readline().decode().strip().split(",")
    types = dict.fromkeys(names, pa.string()) | dict.fromkeys(numbers, pa.float64())
    types |= dict.fromkeys(whole, pa.int64()) | dict.fromkeys(flags, pa.bool_())
    buffer.seek(0)
    options = pa_csv.ConvertOptions(
        column_types=types, null_values=[""], strings_can_be_null=True,
        quoted_strings_can_be_null=False, true_values=["t"], false_values=["f"],
    )  # fmt: skip
    parsing = pa_csv.ParseOptions(newlines_in_values=True)
    table = pa_csv.read_csv(buffer, parse_options=parsing, convert_options=options)
    columns = {
        n: pd.array(table[n], dtype="str") if types[n] == pa.string() else table[n].to_numpy()
        for n in names
    }
    return pd.DataFrame(columns)


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


def random_uuids(many: int) -> pd.Series:
    """Draw UUIDs of version 4 as text, many at once; from the system's own source."""
    drawn = np.frombuffer(os.urandom(16 * many), np.uint8).reshape(many, 16).copy()
    drawn[:, 6] = drawn[:, 6] & 0x0F | 0x40
    drawn[:, 8] = drawn[:, 8] & 0x3F | 0x80
    offsets = pa.py_buffer(np.arange(0, 32 * many + 1, 32, dtype=np.int64))
    text = pa.py_buffer(drawn.tobytes().hex().encode())
    # The database reads them without hyphens too.
    return pd.Series(pd.array(pa.LargeStringArray.from_buffers(many, offsets, text), dtype="str"))


@dataclass(frozen=True)
class UnitPart:
    """The part of a table that holds one unit, filled beside the table and joined when full.

    Indexes and foreign keys are then made and checked once, not row by row. Until `join` its
    rows are not in the table.
    """

    table: str
    ulp: str

    @property
    def name(self) -> str:
        """Its name in SQL."""
        return f'"part_{self.table}_{self.ulp}"'

    @classmethod
    def begin(cls, session: Session, table: str, ulp: str) -> "UnitPart":
        """Make an empty part; the unit has no row in the table yet."""
        if not (ulp.isascii() and ulp.isalnum()):
            raise ValueError(f"{ulp!r} is no code of a unit")
        plain_names((table,))
        part = cls(table, ulp)
        # What its own constraint says need not be looked for in every row when it is joined.
        session.execute(
            text(
                f"CREATE TABLE {part.name} (LIKE {table} INCLUDING DEFAULTS INCLUDING GENERATED "
                f"INCLUDING CONSTRAINTS, CONSTRAINT one_unit CHECK (ulp IS NOT NULL AND ulp = '{ulp}'))"
            )
        )
        for column, sequence in part._numbered(session):
            value = f"DEFAULT nextval('{sequence}')"
            session.execute(text(f'ALTER TABLE {part.name} ALTER "{column}" SET {value}'))
        return part

    def join(self, session: Session) -> None:
        """Make the part a part of the table."""
        for column, _ in self._numbered(session):
            session.execute(text(f'ALTER TABLE {self.name} ALTER "{column}" DROP DEFAULT'))
        session.execute(
            text(
                f"ALTER TABLE {self.table} ATTACH PARTITION {self.name} FOR VALUES IN ('{self.ulp}')"
            )
        )
        # The table's triggers saw none of these rows; what was erased must not come back by them.
        session.execute(
            text(
                f"UPDATE {self.table} SET ulp = ulp WHERE ulp = :u AND idpel IN (SELECT idpel FROM erasure "
                "WHERE ulp = :u AND state IN ('done', 'came_back', 'stays'))"
            ),
            {"u": self.ulp},
        )

    def _numbered(self, session: Session) -> list[tuple[str, str]]:
        """Return the identity columns of the table and their sequences."""
        rows = session.execute(
            text(
                "SELECT attname, pg_get_serial_sequence(:t, attname) FROM pg_attribute "
                "WHERE attrelid = CAST(:t AS regclass) AND attidentity <> ''"
            ),
            {"t": self.table},
        )
        return [(str(column), str(sequence)) for column, sequence in rows]


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
