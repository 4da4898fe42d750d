"""Rows of one file on their way into the tables of a unit, piece by piece.

What the unit does not have yet goes straight in; else only what is new or differs is
written. Whether a table was empty is asked once, before the first piece: later pieces bring
other keys (`rbmgeo.intake.pieces`), and imports into one unit wait for each other.
"""

import uuid
from collections.abc import Iterable
from itertools import product
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db import bulk
from rbmgeo.db.bulk import Written, copy_rows, copy_written
from rbmgeo.db.names import plain_names
from rbmgeo.frames import in_order

#: Columns that part a table; a part nobody has written to is filled without a look.
PARTS = ("ulp", "blth", "source")
#: Tables whose rows lie unit by unit, and rows from which on a unit gets a part of its own.
BY_UNIT = ("customer", "customer_point")
PART_ROWS = 10_000


class Incoming:
    """The tables that one file fills in one unit, in the transaction at hand."""

    def __init__(self, session: Session, *, ulp: str, batch_id: int) -> None:
        self.session, self.ulp, self.batch_id = session, ulp, batch_id
        self._was_empty: dict[tuple[str, ...], bool] = {}
        self._parts: dict[str, bulk.UnitPart | None] = {}
        #: Keys of the rows that the last upsert wrote; None where it wrote all it was given.
        self.written: pd.DataFrame | None = None

    def written_out(self, table: str, rows: pd.DataFrame) -> Written | None:
        """Write out rows of a part of its own before their turn, away from the database.

        None where they are too few to begin one; then nothing is to be gained either.
        """
        if table not in BY_UNIT or len(rows) < PART_ROWS:
            return None
        return Written.of(self._complete(table, rows))

    def add(self, table: str, rows: pd.DataFrame, written: Written | None = None) -> int:
        """Write rows that no key ties to earlier ones; ``written`` are the same, written out."""
        return self._copy(table, rows, written=written)

    def upsert(
        self,
        table: str,
        rows: pd.DataFrame,
        *,
        key: tuple[str, ...],
        keep_old: bool = True,
        written: Written | None = None,
    ) -> int:
        """Bring a table up to rows, by key; ``ulp`` is part of every key.

        A row that is there takes the new values; with ``keep_old`` a missing new value
        leaves the old one. Returns the rows that are new or differ (equal ones are no-ops).
        ``written`` are the same rows, written out for a part that is filled for the first time.
        """
        rows = rows.assign(ulp=self.ulp, batch_id=self.batch_id)
        self.written = None
        if rows.empty:
            return 0
        if self.is_first(table, rows, key):
            return self._copy(table, rows, key, written)
        self.written = _upsert(self.session, table, rows, key=key, keep_old=keep_old)
        return len(self.written)

    def revised(self, table: str, rows: pd.DataFrame, *, key: tuple[str, ...], column: str) -> int:
        """Count the rows whose key is there with another value of one column."""
        if rows.empty or self.is_first(table, rows, key):
            return 0
        return _revised(self.session, table, rows, key=key, column=column)

    def codes(self, table: str, codes: pd.Series) -> None:
        """Add codes (of officers, of feeders) that the unit does not have yet."""
        new = codes.dropna().drop_duplicates().sort_values()
        add_missing(
            self.session, table, pd.DataFrame({table: new, "ulp": self.ulp}), key=("ulp", table)
        )

    def first(self, table: str, **parts: Iterable[str]) -> None:
        """Note that parts of a table have nothing but this file's rows."""
        for values in product(*parts.values()):
            self._was_empty[table, *map(str, values)] = True

    def finish(self) -> None:
        """Join the parts that were filled beside."""
        for part in self._parts.values():
            if part is not None:
                part.join(self.session)

    def _copy(
        self,
        table: str,
        rows: pd.DataFrame,
        key: tuple[str, ...] = (),
        written: Written | None = None,
    ) -> int:
        if rows.empty:
            return 0
        place = self._place(table, rows)
        if written is None:
            if key and place == table:
                # An index that grows at its end is filled faster than one that grows everywhere.
                rows = in_order(rows, key)
            written = Written.of(self._complete(table, rows))
        return copy_written(self.session, place, written, fresh=place != table)

    def _complete(self, table: str, rows: pd.DataFrame) -> pd.DataFrame:
        rows = rows.assign(ulp=self.ulp, batch_id=self.batch_id)
        if table == "customer":
            # The database needs three seconds to draw a million of them.
            rows = rows.assign(public_id=bulk.random_uuids(len(rows)).array)
        return rows

    def _place(self, table: str, rows: pd.DataFrame) -> str:
        """Return where rows are written: a part of the unit's own while it has none at all."""
        if table not in BY_UNIT:
            return table
        if table not in self._parts:
            large = len(rows) >= PART_ROWS
            own = large and self._part_was_empty(table, ["ulp"], (self.ulp,))
            self._parts[table] = bulk.UnitPart.begin(self.session, table, self.ulp) if own else None
        part = self._parts[table]
        return table if part is None else part.name

    def is_empty(self, table: str) -> bool:
        """Say whether the unit had no row in a table before this file."""
        return self._part_was_empty(table, ["ulp"], (self.ulp,))

    def is_first(self, table: str, rows: pd.DataFrame, key: tuple[str, ...]) -> bool:
        """Say whether the unit had nothing of these months and sources before this file."""
        rows = rows if "ulp" in rows else rows.assign(ulp=self.ulp)
        names = [p for p in PARTS if p in key]
        values = [[str(v) for v in rows[n].unique()] for n in names]
        return all(self._part_was_empty(table, names, part) for part in product(*values))

    def _part_was_empty(self, table: str, names: list[str], part: tuple[str, ...]) -> bool:
        known = (table, *part)
        if known not in self._was_empty:
            where = " AND ".join(f"{n} = :{n}" for n in names)
            self._was_empty[known] = not self.session.scalar(
                text(f"SELECT EXISTS (SELECT 1 FROM {table} WHERE {where})"),
                dict(zip(names, part, strict=True)),
            )
        return self._was_empty[known]


def _upsert(
    session: Session, table: str, rows: pd.DataFrame, *, key: tuple[str, ...], keep_old: bool = True
) -> pd.DataFrame:
    """Bring a table up to rows, by key; ``ulp`` is part of every key.

    A row that is there takes the new values; with ``keep_old`` a missing new value leaves
    the old one. Returns the keys of rows that are new or differ (equal ones are no-ops).
    """
    names = [str(c) for c in rows.columns]
    beside = copy_beside(session, table, rows)
    others = [n for n in names if n not in key]
    compared = [n for n in others if n != "batch_id"]

    def new(name: str, row: str) -> str:
        return f'COALESCE({row}."{name}", t."{name}")' if keep_old else f'{row}."{name}"'

    action = "DO NOTHING"
    # Most rows of a monthly list are last month's: only new and changed ones reach the table.
    differs = [f't."{n}" IS DISTINCT FROM {new(n, "b")}' for n in compared]
    if compared:
        sets = ", ".join(f'"{n}" = {new(n, "EXCLUDED")}' for n in others)
        action = f"DO UPDATE SET {sets}"
    where, values = _same_part(rows, key, "t")
    listed = ", ".join(f'"{n}"' for n in names)
    picked = ", ".join(f'b."{n}"' for n in names)
    joined = " AND ".join(f't."{k}" = b."{k}"' for k in key)
    keyed = ", ".join(f'"{k}"' for k in key)
    session.execute(text(f"ANALYZE {beside} ({keyed})"))
    done = session.execute(
        text(
            f"INSERT INTO {table} AS t ({listed}) SELECT {picked} FROM {beside} AS b "
            f"LEFT JOIN {table} AS t ON {joined} AND {where} "
            f"WHERE {' OR '.join(['t.ulp IS NULL', *differs])} ON CONFLICT ({keyed}) {action} "
            f"RETURNING {keyed}"
        ),
        values,
    )
    return pd.DataFrame([tuple(row) for row in done], columns=list(key), dtype="str")


def _revised(
    session: Session, table: str, rows: pd.DataFrame, *, key: tuple[str, ...], column: str
) -> int:
    """Count the rows whose key is there with another value of one column."""
    beside = copy_beside(session, table, rows)
    where, values = _same_part(rows, key, "t")
    joined = " AND ".join(f't."{k}" = b."{k}"' for k in key)
    count = session.scalar(
        text(
            f"SELECT count(*) FROM {beside} b JOIN {table} t ON {joined} AND {where} "
            f'WHERE t."{column}" IS DISTINCT FROM b."{column}"'
        ),
        values,
    )
    session.execute(text(f"DROP TABLE {beside}"))
    return int(count or 0)


def add_missing(session: Session, table: str, rows: pd.DataFrame, *, key: tuple[str, ...]) -> None:
    """Add rows whose key is not there yet; rows that are there are left as they are."""
    if rows.empty:
        return
    beside = copy_beside(session, table, rows)
    listed = ", ".join(f'"{n}"' for n in rows.columns)
    keyed = ", ".join(f'"{k}"' for k in key)
    session.execute(
        text(
            f"INSERT INTO {table} ({listed}) SELECT {listed} FROM {beside} "
            f"ON CONFLICT ({keyed}) DO NOTHING"
        )
    )


def copy_beside(session: Session, table: str, rows: pd.DataFrame) -> str:
    """COPY rows into a temporary table with the column types of ``table``; return its name."""
    plain_names((table, *map(str, rows.columns)))
    beside = f"incoming_{uuid.uuid4().hex[:12]}"
    listed = ", ".join(f'"{n}"' for n in rows.columns)
    session.execute(
        text(f"CREATE TEMP TABLE {beside} ON COMMIT DROP AS SELECT {listed} FROM {table} LIMIT 0")
    )
    copy_rows(session, beside, rows)
    return beside


def _same_part(rows: pd.DataFrame, key: tuple[str, ...], name: str) -> tuple[str, dict[str, Any]]:
    """Return the condition that names the part of a table which rows belong to."""
    parts = [k for k in PARTS if k in key]
    where = " AND ".join(f"{name}.{p} = ANY(:{p}s)" for p in parts)
    return where, {f"{p}s": [str(v) for v in rows[p].unique()] for p in parts}
