"""A table of any length becomes a file row by row: CSV and Excel, in memory that does not grow.

The readers of both are told apart from each other nowhere: same columns, same rows, same values.
Codes stay text, numbers are numbers, days are days; nothing can be run as a formula.
"""

import csv
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Protocol

from rbmgeo.cells import Cell, Column, Row, Share, Title
from rbmgeo.reports.tables import SAMPLE, guarded
from rbmgeo.reports.workbook import SHEET_ROWS, SUM, Workbook

#: Rows whose cells are looked at for the width of the columns.
_LOOKED = 200
_WIDEST = 60


class TableFile(Protocol):
    """A file being written: rows, then perhaps the line of sums, then done."""

    def rows(self, rows: Iterable[Row]) -> None:
        """Write some rows."""

    def sums(self, row: Row) -> None:
        """Write the line of sums."""

    def done(self) -> None:
        """Finish the file."""


class CsvFile:
    """CSV: UTF-8, commas, one line of headings; without titles and sums, for programs."""

    def __init__(self, path: Path, title: Title, columns: list[Column]) -> None:
        self._held = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._held, lineterminator="\n")
        self._writer.writerow([guarded(c.head) for c in columns])

    def rows(self, rows: Iterable[Row]) -> None:
        """Write some rows."""
        self._writer.writerows([_csv(cell) for cell in row] for row in rows)

    def sums(self, row: Row) -> None:
        """Leave the sums out: whoever reads the file by program would count them twice."""

    def done(self) -> None:
        """Close the file."""
        self._held.close()


class ExcelFile:
    """A workbook of one sheet (more only beyond Excel's own limit), written row by row."""

    def __init__(self, path: Path, title: Title, columns: list[Column]) -> None:
        self.book = Workbook(path)
        self.title, self.columns = title, columns
        self.waiting: list[Row] | None = []

    def rows(self, rows: Iterable[Row]) -> None:
        """Write some rows; the first ones are looked at for the width of the columns."""
        held = iter(rows)
        if self.waiting is not None:
            self.waiting += islice(held, _LOOKED - len(self.waiting))
            if len(self.waiting) < _LOOKED:
                return
            self._begin()
        while some := list(islice(held, min(_LOOKED, SHEET_ROWS - self.book.at))):
            self.book.rows(some)
            if self.book.at >= SHEET_ROWS:
                self._sheet()

    def sums(self, row: Row) -> None:
        """Write the line of sums below the rows."""
        self._begin()
        self.book.row(row, SUM)

    def done(self) -> None:
        """Write what is left and close the workbook."""
        self._begin()
        self.book.close()

    def _begin(self) -> None:
        if self.waiting is None:
            return
        self.widths = self._widths(self.waiting)
        self._sheet()
        waiting, self.waiting = self.waiting, None
        self.book.rows(waiting)

    def _sheet(self) -> None:
        n = self.book.sheets
        sample = [SAMPLE] if self.title.sample else []
        heads = [c.head for c in self.columns]
        self.book.sheet(f"Tabel {n + 1}" if n else "Tabel", self.widths, above=[*self.title.above, *sample], heads=heads)  # fmt: skip

    def _widths(self, rows: list[Row]) -> list[float]:
        out = []
        for k, one in enumerate(self.columns):
            longest = max((len(_plain(row[k])) for row in rows), default=0)
            out.append(float(min(max(longest, min(len(one.head), 18)) + 2, _WIDEST)))
        return out


FILES: dict[str, type[CsvFile] | type[ExcelFile]] = {"csv": CsvFile, "xlsx": ExcelFile}


class writing:
    """Finish a table's file at the end of a block; take it away where the block breaks."""

    def __init__(self, file: TableFile, path: Path) -> None:
        self.file, self.path = file, path

    def __enter__(self) -> TableFile:
        return self.file

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.file.done()
        if kind is not None:
            self.path.unlink(missing_ok=True)


def _csv(cell: Cell) -> object:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return guarded(cell.replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Share):
        return repr(float(cell))
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return cell


def _plain(cell: Cell) -> str:
    return "" if cell is None else str(_csv(cell))
