"""A file as text: rows of cells as they came, nothing guessed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class RawTable:
    """One sheet, layer or CSV, or a piece of it: every cell as text, "" where empty.

    ``rows`` has the header's names as columns and the row number in the file as index;
    ``geometry`` (EPSG:4326) stands beside them for map layers; ``misfits`` are rows whose
    number of cells is not the header's, with their cells. ``epoch`` is the year from which a
    workbook counts its days ("1900" or "1904"), "" in files whose dates are no numbers.
    """

    file: str
    sheet: str
    rows: pd.DataFrame
    geometry: "np.ndarray[Any, Any] | None" = None
    misfits: dict[int, list[str]] = field(default_factory=dict)
    epoch: str = ""

    @property
    def read(self) -> int:
        """Rows that this piece accounts for."""
        return len(self.rows) + len(self.misfits)


@dataclass(frozen=True)
class Source:
    """One sheet, layer or CSV that was opened and not yet read.

    ``head`` is its first rows, enough to know what it is. ``pieces`` reads every row, from
    the first on and in order, a bounded number at a time; each call begins anew.
    ``rows_about`` is an estimate. ``titles`` are the filled cells above the header.
    ``notes`` counts, by rule, what was seen beside the rows (hidden rows, heights dropped);
    it is complete when all pieces were read. ``merged`` holds the rows that merged cells span,
    by column, None where the format or the sheet has none.
    """

    head: RawTable
    pieces: Callable[[], Iterator[RawTable]]
    rows_about: int
    titles: tuple[str, ...] = ()
    notes: dict[str, int] = field(default_factory=dict)
    merged: dict[str, tuple[tuple[int, int], ...]] | None = None

    @property
    def file(self) -> str:
        """The file's name."""
        return self.head.file

    @property
    def sheet(self) -> str:
        """The sheet's or layer's name, "" where a file has one table only."""
        return self.head.sheet

    @classmethod
    def of(cls, table: RawTable, titles: tuple[str, ...] = ()) -> "Source":
        """Return the source of a table that is in memory."""
        return cls(table, lambda: iter([table]), table.read, titles)

    def whole(self) -> RawTable:
        """Read everything into one table; for what is known to be small."""
        return joined(list(self.pieces()))


def joined(pieces: list[RawTable]) -> RawTable:
    """Return pieces of one source as one table, in their order."""
    first = pieces[0]
    if len(pieces) == 1:
        return first
    geometry = None
    if first.geometry is not None:
        geometry = np.concatenate([p.geometry for p in pieces if p.geometry is not None])
    misfits = {n: cells for p in pieces for n, cells in p.misfits.items()}
    rows = pd.concat([p.rows for p in pieces])
    return RawTable(first.file, first.sheet, rows, geometry, misfits, first.epoch)


def header_key(name: str) -> str:
    """Return a header as it is compared: letters and digits in capitals.

    >>> header_key(" Kode Gardu ")
    'KODEGARDU'
    """
    return "".join(c for c in name.upper() if c.isalnum())
