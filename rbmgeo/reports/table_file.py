"""A table of any length becomes a file row by row: CSV and Excel, in memory that does not grow.

The readers of both are told apart from each other nowhere: same columns, same rows, same values.
Codes stay text, numbers are numbers, days are days; nothing can be run as a formula.
"""

import csv
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import xlsxwriter

from rbmgeo.cells import Cell, Column, Row, Share, Title
from rbmgeo.reports.tables import SAMPLE, guarded

#: Rows of a sheet of Excel; what is more goes on in the next one.
EXCEL_ROWS = 1_048_576
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
        # Row by row, each text in its own cell: memory does not grow with the rows.
        self.book = xlsxwriter.Workbook(str(path), {
            "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "nan_inf_to_errors": True, "default_date_format": "yyyy-mm-dd",
        })  # fmt: skip
        # The same table gives the same bytes: only its own title may say when it was made.
        self.book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
        self.title, self.columns = title, columns
        self.sheets = 0
        add = self.book.add_format
        self.bold = add({"bold": True})
        self.head = add({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.sum = add({"bold": True, "top": 1})
        self.moment, self.share = add({"num_format": "yyyy-mm-dd hh:mm"}), add({"num_format": "0.0%"})  # fmt: skip
        self.waiting: list[Row] = []
        self.begun = False

    def rows(self, rows: Iterable[Row]) -> None:
        """Write some rows; the first ones are looked at for the width of the columns."""
        for row in rows:
            if not self.begun:
                self.waiting.append(row)
                if len(self.waiting) >= _LOOKED:
                    self._begin()
                continue
            self._row(row)

    def sums(self, row: Row) -> None:
        """Write the line of sums below the rows."""
        if not self.begun:
            self._begin()
        for column, value in enumerate(row):
            self._cell(self.at, column, value, self.sum)
        self.at += 1

    def done(self) -> None:
        """Write what is left and close the workbook."""
        if not self.begun:
            self._begin()
        self.book.close()

    def _begin(self) -> None:
        self.begun = True
        self._sheet()
        for row in self.waiting:
            self._row(row)
        self.waiting = []

    def _sheet(self) -> None:
        self.sheets += 1
        self.sheet = self.book.add_worksheet(f"{self.sheets}" if self.sheets > 1 else "Tabel")
        for column, width in enumerate(self._widths()):
            self.sheet.set_column(column, column, width)
        self.at = 0
        for line in [*self.title.above, *([SAMPLE] if self.title.sample else [])]:
            self.sheet.write_string(self.at, 0, str(guarded(line)), self.bold)
            self.at += 1
        for column, one in enumerate(self.columns):
            self.sheet.write_string(self.at, column, str(guarded(one.head)), self.head)
        self.at += 1
        self.sheet.freeze_panes(self.at, 0)
        self.sheet.repeat_rows(self.at - 1)
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)

    def _widths(self) -> list[float]:
        out = []
        for k, one in enumerate(self.columns):
            longest = max((len(_plain(row[k])) for row in self.waiting[:_LOOKED]), default=0)
            out.append(min(max(longest, min(len(one.head), 18)) + 2, _WIDEST))
        return [float(w) for w in out]

    def _row(self, row: Row) -> None:
        if self.at >= EXCEL_ROWS:
            self._sheet()
        for column, value in enumerate(row):
            if value is not None:
                self._cell(self.at, column, value, None)
        self.at += 1

    def _cell(self, row: int, column: int, value: Cell, form: Any) -> None:
        sheet = self.sheet
        if isinstance(value, str):
            sheet.write_string(row, column, str(guarded(value)), form)
        elif value is None:
            if form is not None:
                sheet.write_blank(row, column, None, form)
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, form)
        elif isinstance(value, Share):
            sheet.write_number(row, column, value, form or self.share)
        elif isinstance(value, int | float | Decimal):
            sheet.write_number(row, column, float(value), form)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value, form or self.moment)
        else:
            sheet.write_datetime(row, column, value, form)


FILES: dict[str, type[CsvFile] | type[ExcelFile]] = {"csv": CsvFile, "xlsx": ExcelFile}


class writing:  # noqa: N801 - reads as a word: with writing(file) as out
    """Finish a table's file at the end of a block; take it away where the block breaks."""

    def __init__(self, file: TableFile, path: Path) -> None:
        self.file, self.path = file, path

    def __enter__(self) -> TableFile:
        return self.file

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None
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
