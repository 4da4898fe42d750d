"""What a cell of an exported table holds, and what is said about the table as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


class Share(float):
    """A share of 1, shown as a percentage where a program can."""


#: Nothing known is None and becomes an empty cell, never a zero.
Cell = None | str | bool | int | float | Decimal | date | datetime


@dataclass(frozen=True)
class Column:
    """One column: its heading, and whether it holds numbers."""

    head: str
    number: bool = False


@dataclass(frozen=True)
class Title:
    """What stands above a table: its name, of which unit and month, filters, when it was made."""

    name: str
    unit: str = ""
    lines: tuple[str, ...] = ()
    printed: str = ""
    page: str = "halaman {page} dari"
    sample: bool = False

    @property
    def above(self) -> list[str]:
        """Return the lines above the heading, the first being the name."""
        return [one for one in (self.name, self.unit, *self.lines, self.printed) if one]


Row = Sequence[Cell]
