"""Several tables that are one list, one per RBM or sheet, read as one source.

Rows of one customer in two of them have to be seen together, as in one table. A row's number
then holds the table's number as well, so that each stays where it came from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rbmgeo.intake.raw import RawTable, Source

#: Bits of a number that hold the row; no file has so many.
_ROW_BITS = 40


def as_one(sources: Sequence[Source]) -> Source:
    """Return tables of the same columns as one source, in their order; the first keeps its numbers."""
    if len(sources) == 1:
        return sources[0]

    def pieces() -> Iterator[RawTable]:
        for number, source in enumerate(sources):
            for piece in source.pieces():
                yield _numbered(piece, number)

    about = sum(s.rows_about for s in sources)
    return replace(sources[0], pieces=pieces, rows_about=about, notes={}, merged=None)


def table_of(rows: Any) -> "npt.NDArray[np.int64]":
    """Return the number of the table that each row came from: 0, 1, ..."""
    return np.asarray(rows, dtype=np.int64) >> _ROW_BITS


def row_of(rows: Any) -> "npt.NDArray[np.int64]":
    """Return the number of each row within its table."""
    return np.asarray(rows, dtype=np.int64) & ((1 << _ROW_BITS) - 1)


def _numbered(piece: RawTable, number: int) -> RawTable:
    first = number << _ROW_BITS
    rows = piece.rows.set_axis(piece.rows.index.to_numpy(np.int64) + first)
    return replace(piece, rows=rows, misfits={first + n: c for n, c in piece.misfits.items()})
