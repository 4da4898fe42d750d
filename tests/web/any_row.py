"""One row for every table that has none, drawn up from the models: whatever a page may show is there."""

import re
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import small_unit as small
from geoalchemy2 import Geometry
from sqlalchemy import ARRAY, CheckConstraint, Column, String, Table, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from rbmgeo.db.models import Base

#: What a column of this name holds in every row of the walked unit.
USUAL = {
    "ulp": small.SMALL, "blth": small.BLTH, "gardu": "PD001", "rbm": "51354BKA", "officer": "P-01",
    "recorded_gardu": "PD001", "line": "", "hari_baca": "A", "source": "dpm", "outcome": "gardu_lain",
    "job": "survei", "lot_of": "unit", "highway": "residential", "kind": "ejaan", "why": "lonjakan",
    "status": "belum", "jurusan": "A", "spelling_decision.verdict": "berbeda", "unit_move.other_ulp": small.OTHER,
}  # fmt: skip
#: No row is made up: what these hold in JSON is drawn up by the program alone.
NONE_MADE_UP = {"stand_ready", "verification_step", "unit_figures", "unit_run"}
_PLAIN = {
    str: "kata", int: 1, Decimal: Decimal(1), float: 1.0, bool: False, date: date(2024, 12, 3),
    datetime: datetime(2024, 12, 3, tzinfo=UTC), bytes: b"x",
}  # fmt: skip
#: Left empty: filled in they would hide the row, or say that it was decided and taken back.
_EMPTY = re.compile(r"(undone|struck_off|settled|cancelled|closed|changed|shift_approved)_")


def add_rows(session: Session) -> list[str]:
    """Write a row into every table without one; return the tables that took none, and why."""
    without = []
    for table in Base.metadata.sorted_tables:
        if table.name in NONE_MADE_UP or "ulp" not in table.c:
            continue
        if session.scalar(text(f'SELECT EXISTS (SELECT FROM "{table.name}")')):
            continue
        try:
            with session.begin_nested():
                session.execute(table.insert().values(_row(session, table)))
        except DBAPIError as error:
            without.append(f"{table.name}: {str(error.orig).splitlines()[0]}")
    return without


def _row(session: Session, table: Table) -> dict[str, Any]:
    row = {}
    for column in table.columns:
        if column.identity is not None or column.computed is not None or _EMPTY.search(column.name):
            continue
        row[column.name] = _value(session, table, column)
    return row


def _value(session: Session, table: Table, column: Column) -> Any:
    if isinstance(column.type, Geometry):
        if column.type.geometry_type == "POINT":
            return "SRID=4326;POINT(112.7003 -7.6501)"
        return "SRID=4326;LINESTRING(112.7003 -7.6501,112.7013 -7.6501)"
    if f"{table.name}.{column.name}" in USUAL:
        return USUAL[f"{table.name}.{column.name}"]
    allowed = _allowed(table, column.name)
    if allowed:
        return allowed
    for key in column.foreign_keys:
        other = key.column
        found = session.scalar(text(f'SELECT "{other.name}" FROM "{other.table.name}" ORDER BY "ulp" = :u DESC LIMIT 1'), {"u": small.SMALL})  # fmt: skip
        if found is not None:
            return found
    if column.name in USUAL:
        return USUAL[column.name]
    if column.name in ("idpel", "after_idpel"):
        return small.idpel(1)
    if column.name == "order_id":
        return session.scalar(text("SELECT order_id FROM visit_order LIMIT 1"))
    if column.name == "visit_no":
        return session.scalar(text("SELECT max(visit_no) FROM field_visit"))
    if isinstance(column.type, JSONB | ARRAY):
        return [] if isinstance(column.type, ARRAY) or column.name in ("acts", "idpels") else {}
    kind = column.type.python_type
    if kind is uuid.UUID:
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{table.name}.{column.name}")
    if isinstance(column.type, String) and column.type.length == 64:
        return "a" * 64
    return _PLAIN[kind]


def _allowed(table: Table, name: str) -> str | None:
    """Return the first word that a constraint allows in a column."""
    for one in table.constraints:
        if isinstance(one, CheckConstraint):
            found = re.search(rf"\b{name} IN \('(\w+)'", str(one.sqltext))
            if found:
                return found[1]
    return None
