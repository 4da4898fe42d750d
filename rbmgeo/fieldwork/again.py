"""The same id sent again: equal content is known, other content is a conflict (R-CH-03)."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from rbmgeo.fieldwork.record import Record

CONTENT = tuple(f.name for f in fields(Record) if f.name != "client_id")


def content(row: Any) -> tuple[Any, ...]:
    """Return what makes two records the same, from a record or a kept row."""
    return tuple(_plain(getattr(row, name)) for name in CONTENT)


def fresh(
    records: list[Record], said: dict[str, list[tuple[Any, ...]]]
) -> list[tuple[Record, int]]:
    """Return the records that were not said before, each with its number under its id.

    ``said`` holds the contents kept so far of each id, in their order; number 0 is the first
    content of an id, 1 and more are conflicts.
    """
    known = {key: list(values) for key, values in said.items()}
    out = []
    for record in records:
        told = known.setdefault(record.client_id, [])
        if content(record) not in told:
            out.append((record, len(told)))
            told.append(content(record))
    return out


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, dict):
        return tuple(sorted((k, str(v)) for k, v in value.items()))
    return value
