"""Values behind the words: while a table is exported, formats leave a mark and keep the value."""

import re
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import wraps
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pandas as pd
from flask import g

from rbmgeo.cells import Cell, Row, Share

#: A mark: private signs of Unicode, which no list of PLN holds, around a number.
OPEN, CLOSE = "\ue0a0", "\ue0a1"
MARK = re.compile(f"{OPEN}(\\d+){CLOSE}")
#: Rows that are written while a person waits (about two seconds); more becomes a job.
AT_ONCE = {"xlsx": 6_000, "csv": 6_000, "pdf": 3_000}
#: Rows that a page still shows where it gives its rows as values (`given`): what its columns are.
LOOKED = 50
Write = TypeVar("Write", bound=Callable[..., str])


class TooLong(Exception):
    """A table has more rows than a person should wait for; a job makes its file."""

    def __init__(self, rows: int) -> None:
        super().__init__(f"{rows} rows")
        self.rows = rows


@dataclass
class Told:
    """One table being exported: which page of its list, and the values that the page wrote.

    ``most``: with more rows than this the page is not asked, `TooLong` says so (0: no limit).
    ``size``: rows a page of the list has meanwhile. ``rows``, ``pages``: what the page counted.
    ``direct``: values will do, no words are wanted; ``given``: all rows as values, where the page
    gave them.
    """

    name: str
    size: int
    most: int = 0
    page: int = 1
    rows: int = 0
    pages: int = 1
    kept: list[tuple[Any, Callable[[], str]]] = field(default_factory=list)
    off: bool = False
    direct: bool = True
    given: Callable[[], Iterable[Row]] | None = None

    def mark(self, value: Any, words: Callable[[], str]) -> str:
        """Keep a value and return the mark that stands for it."""
        self.kept.append((value, words))
        return f"{OPEN}{len(self.kept) - 1}{CLOSE}"

    def value(self, text: str) -> tuple[bool, Any]:
        """Return whether a text is one mark and nothing else, and the value behind it."""
        found = MARK.fullmatch(text)
        return (True, self.kept[int(found[1])][0]) if found else (False, None)

    def words(self, text: str) -> str:
        """Return a text with its marks written out, as a reader of the page sees it."""
        if OPEN not in text:
            return text
        was, self.off = self.off, True
        try:
            return MARK.sub(lambda m: self.kept[int(m[1])][1](), text)
        finally:
            self.off = was

    def counted(self, rows: int) -> tuple[int, int]:
        """Take how many rows a list has; return the page to show and how many there are."""
        if self.most and rows > self.most:
            raise TooLong(rows)
        self.rows, self.pages = rows, max(1, -(-rows // self.size))
        return min(self.page, self.pages), self.pages


#: Asked for at every word of every cell: a context variable answers in a twentieth of the time.
_NOW: ContextVar[Told | None] = ContextVar("told", default=None)


def exporting() -> Told | None:
    """Return the table that is exported now, None where a page is shown to a person."""
    return _NOW.get()


def export(told: Told | None) -> None:
    """Begin to export a table, or (None) show pages to persons again."""
    _NOW.set(told)


def given(name: str, rows: Callable[[], Iterable[Row]]) -> None:
    """Give all rows of a table as values where it is exported: its page need not be read for them.

    Called before the page counts its rows. ``rows`` gives a row's cells in the order of the
    page's own columns (those that are there to be pressed left out), with the values that its
    formats would tell. For tables of as many rows as there are customers.
    """
    told = exporting()
    if told is not None and told.direct and told.name == name:
        told.given, told.size = rows, LOOKED


def telling(kind: str) -> Callable[[Write], Write]:
    """Make a format keep its value while a table is exported; ``kind`` says what its value is."""

    def around(write: Write) -> Write:
        @wraps(write)
        def said(value: Any = None, *args: Any, **kwargs: Any) -> str:
            told = exporting()
            if told is None or told.off or value is None or value != value:
                return write(value, *args, **kwargs)
            return told.mark(_cell(kind, value), lambda: write(value, *args, **kwargs))

        return said  # type: ignore[return-value]

    return around


def _cell(kind: str, value: Any) -> Cell:
    """Return a value as a file holds it."""
    if kind == "text":
        return str(value)
    if kind == "moment":
        assert isinstance(value, datetime)
        zone = ZoneInfo(g.unit.time_zone if g.get("unit") else "Asia/Jakarta")
        return value.astimezone(zone).replace(tzinfo=None)
    if kind == "day":
        return value  # type: ignore[no-any-return]
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, str):
        plain = Decimal(plain)
    return Share(plain) if kind == "share" else plain


def cells(column: pd.Series) -> list[Cell]:
    """Return a column as cells: nothing known, however a table says it, is None."""
    known = column.notna() & column.astype(object).ne("")
    return [v if is_known else None for v, is_known in zip(column.tolist(), known, strict=True)]
