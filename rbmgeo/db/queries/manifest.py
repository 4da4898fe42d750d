"""Every table's rows, counted and hashed as they leave the database, without one held in memory."""

import hashlib
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text

from rbmgeo.operations.manifest import tables_of

#: What makes a value's text the same on every server.
_TEXT = ("TimeZone = 'UTC'", "DateStyle = 'ISO, YMD'", "IntervalStyle = 'postgres'", "extra_float_digits = 1", "bytea_output = 'hex'", "statement_timeout = 0")  # fmt: skip
#: Tables with rows of their own (parts of a partitioned one, not itself), but an extension's.
#: A generated column is made anew where it is restored, from those that are here.
_TABLES = text(
    """
    SELECT n.nspname AS schema, c.relname AS name,
           (SELECT json_agg(json_build_object(
                       'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
                       'words', a.attcollation <> 0) ORDER BY a.attname COLLATE "C")
            FROM pg_attribute a
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              AND a.attgenerated = '') AS columns,
           (SELECT json_agg(a.attname ORDER BY k.place)
            FROM pg_index i
            CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
            WHERE i.indrelid = c.oid AND i.indisprimary) AS key
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence <> 't'
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (
          SELECT FROM pg_depend d
          WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
    """
)
_BYTE_ORDER = ("C", "POSIX", "C.UTF-8", "C.utf8", "C.UTF8")


@dataclass(frozen=True)
class Plan:
    """One table: schema, name, its columns (name, type, whether it holds words), its key's columns."""

    schema: str
    name: str
    columns: tuple[tuple[str, str, bool], ...]
    key: tuple[str, ...]

    @property
    def told(self) -> str:
        """Return the table as a manifest names it."""
        return f"{self.schema}.{self.name}"

    @property
    def described(self) -> str:
        """Return its columns in words, those of the key with their place in it."""
        place = {name: f" #{n}" for n, name in enumerate(self.key, start=1)}
        return ", ".join(f"{name} {kind}{place.get(name, '')}" for name, kind, _ in self.columns)

    def only(self, names: tuple[str, ...]) -> "Plan":
        """Return the same with some of its columns."""
        kept = tuple(c for c in self.columns if c[0] in names)
        return Plan(self.schema, self.name, kept, self.key if set(self.key) <= {*names} else ())


def plans(connection: Connection) -> list[Plan]:
    """Return every table that holds rows of ours."""
    return [
        Plan(
            r.schema,
            r.name,
            tuple((c["name"], c["type"], c["words"]) for c in r.columns or ()),
            tuple(r.key or ()),
        )
        for r in connection.execute(_TABLES)
    ]


def table_facts(
    connection: Connection, *, only: dict[str, tuple[str, ...]] | None = None
) -> pd.DataFrame:
    """Count and hash every table's rows, each in the order of its key.

    Call it in one transaction (repeatable read) where others write. ``only``: no other tables,
    and of each only these columns. Returns `rbmgeo.operations.manifest.TABLES`.
    """
    for setting in _TEXT:
        connection.execute(text(f"SET LOCAL {setting}"))
    collation = connection.scalar(
        text("SELECT datcollate FROM pg_database WHERE datname = current_database()")
    )
    by_bytes = collation in _BYTE_ORDER
    facts: dict[str, dict[str, Any]] = {}
    for plan in plans(connection):
        if only is not None and plan.told not in only:
            continue
        asked = plan if only is None else plan.only(only[plan.told])
        rows, sha256 = _hashed(connection, asked, by_bytes)
        facts[plan.told] = {"rows": rows, "sha256": sha256, "columns": asked.described}
    return tables_of(facts)


def columns_of(connection: Connection) -> pd.DataFrame:
    """Return `TABLES` with the columns alone: nothing is counted, nothing hashed."""
    return tables_of({
        p.told: {"rows": 0, "sha256": "", "columns": p.described} for p in plans(connection)
    })  # fmt: skip


def holds_data(connection: Connection) -> bool:
    """Say whether a database holds a unit or a user; an empty or unmigrated one does not."""
    there = connection.scalar(text("SELECT to_regclass('public.ulp') IS NOT NULL"))
    return bool(there) and bool(
        connection.scalar(text("SELECT EXISTS (SELECT FROM ulp) OR EXISTS (SELECT FROM app_user)"))
    )


class _Sink:
    """What COPY writes to: bytes are hashed, their lines counted, nothing is kept."""

    def __init__(self) -> None:
        self.hash, self.rows = hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        # A line's end within a value leaves COPY as two other signs.
        self.rows += data.count(b"\n")
        self.hash.update(data)
        return len(data)


def _hashed(connection: Connection, plan: Plan, by_bytes: bool) -> tuple[int, str]:
    names = ", ".join(_quoted(name) for name, _, _ in plan.columns)
    words = {name for name, _, holds in plan.columns if holds}
    order = ", ".join(
        _quoted(k) + (' COLLATE "C"' if k in words and not by_bytes else "") for k in plan.key
    )
    # Without a key the rows follow their own text: two equal ones may change places.
    order = order or f'ROW({names})::text COLLATE "C"'
    table = f"{_quoted(plan.schema)}.{_quoted(plan.name)}"
    sink = _Sink()
    cursor = connection.connection.cursor()
    try:
        cursor.copy_expert(f"COPY (SELECT {names} FROM {table} ORDER BY {order}) TO STDOUT", sink)
    finally:
        cursor.close()
    return sink.rows, sink.hash.hexdigest()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
