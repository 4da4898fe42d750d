"""Values behind the words: while a table is exported, formats leave a mark and keep the value."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import wraps
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import g, request

from rbmgeo.cells import Cell, Share

#: A mark: private signs of Unicode, which no list of PLN holds, around a number.
OPEN, CLOSE = "\ue0a0", "\ue0a1"
MARK = re.compile(f"{OPEN}(\\d+){CLOSE}")
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
    """

    name: str
    size: int
    most: int = 0
    page: int = 1
    rows: int = 0
    pages: int = 1
    kept: list[tuple[Any, Callable[[], str]]] = field(default_factory=list)
    off: bool = False

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


def exporting() -> Told | None:
    """Return the table that is exported now, None where a page is shown to a person."""
    return g.get("told") if request else None


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
