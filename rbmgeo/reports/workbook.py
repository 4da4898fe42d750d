"""A workbook of Excel written row by row by XlsxWriter, which keeps one row in memory."""

import math
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from rbmgeo.cells import Cell, Row, Share
from rbmgeo.reports.tables import guarded

#: Rows that a sheet of Excel holds, and letters of a cell.
SHEET_ROWS, CELL_LETTERS = 1_048_576, 32_767
PLAIN, BOLD, HEAD, DAY, MOMENT, SHARE, SUM, SUM_SHARE = range(8)
CUT = " ... (dipotong; lengkapnya di CSV / cut; whole in the CSV)"
_FORMATS: dict[int, dict[str, Any]] = {
    BOLD: {"bold": True}, HEAD: {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"},
    DAY: {"num_format": "yyyy-mm-dd"}, MOMENT: {"num_format": "yyyy-mm-dd hh:mm"},
    SHARE: {"num_format": "0.00%"}, SUM: {"bold": True, "top": 1},
    SUM_SHARE: {"bold": True, "top": 1, "num_format": "0.00%"},
}  # fmt: skip
_NUMBERS = (int, float, Decimal)
#: What no XML can hold, and the library does not escape.
_STRANGE = re.compile("[\ud800-\udfff\ufffe\uffff]")


class Workbook:
    """A workbook being written; the same calls give the same bytes."""

    def __init__(self, path: Path) -> None:
        self._book = xlsxwriter.Workbook(str(path), {
            "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False, "tmpdir": str(path.parent),
        })  # fmt: skip
        self._book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
        self._formats = {k: self._book.add_format(told) for k, told in _FORMATS.items()}
        self._sheet: Any = None
        self.sheets = 0
        self.at = 0

    def sheet(self, name: str, widths: list[float], *, above: list[str], heads: list[str]) -> None:
        """Begin a sheet: lines above the table, then its headings, which stay in view."""
        top = len(above) + 1
        sheet = self._sheet = self._book.add_worksheet(name)
        self.sheets += 1
        for k, width in enumerate(widths):
            sheet.set_column(k, k, width)
        sheet.freeze_panes(top, 0)
        sheet.repeat_rows(top - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        self.at = 0
        for line in above:
            self.row([line], BOLD)
        self.row(list(heads), HEAD)

    def rows(self, rows: list[Row]) -> None:
        """Write rows; their cells lie beside each other from the first column."""
        for cells in rows:
            self.row(cells, PLAIN)

    def row(self, cells: Row, style: int) -> None:
        """Write one row in a style of its own (lines above, headings, sums)."""
        for column, value in enumerate(cells):
            if value is not None or style:
                self._cell(column, value, style)
        self.at += 1

    def close(self) -> None:
        """Close the file."""
        self._book.close()

    def _cell(self, column: int, value: Cell, style: int) -> None:
        sheet, row, look = self._sheet, self.at, self._formats.get(style)
        # Most cells are text: asked for first, since a table has a million of them.
        if isinstance(value, str):
            sheet.write_string(row, column, _text(value), look)
        elif value is None:
            sheet.write_blank(row, column, None, look)
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, look)
        elif isinstance(value, Share):
            sheet.write_number(row, column, float(value), self._formats[SUM_SHARE if style == SUM else SHARE])  # fmt: skip
        elif isinstance(value, _NUMBERS):
            if math.isfinite(value):  # else it is no number of Excel
                sheet.write_number(row, column, value, look)
        elif isinstance(value, date):
            kind = MOMENT if isinstance(value, datetime) else DAY
            plain = value.replace(tzinfo=None) if isinstance(value, datetime) else value
            sheet.write_datetime(row, column, plain, look or self._formats[kind])
        else:
            sheet.write_string(row, column, _text(str(value)), look)


def _text(value: str) -> str:
    """Return the text of a cell; it is never a formula, whatever it begins with."""
    text = str(guarded(value))
    if len(text) > CELL_LETTERS:
        text = text[: CELL_LETTERS - len(CUT)] + CUT
    return text if text.isascii() else _STRANGE.sub("\ufffd", text)
