"""A table becomes CSV or Excel bytes that no spreadsheet can mistake for a formula."""

import io
from datetime import UTC, datetime
from decimal import Decimal

import pandas as pd
import xlsxwriter
from pandas.api.types import is_numeric_dtype

#: A cell that begins so is run by spreadsheet programs; an apostrophe makes it text.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
SAMPLE = "DATA CONTOH (REKAAN)"


def guarded(value: object) -> object:
    """Return text that a spreadsheet cannot run; numbers pass as they are."""
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return f"'{value}"
    return value


def csv_bytes(frame: pd.DataFrame, *, indonesian_excel: bool = False) -> bytes:
    """Return a table as CSV: UTF-8 and commas, or ``;``, decimal comma and BOM for Excel.

    For Excel a long code of figures (idpel, meter) begins with an apostrophe, as `guarded`
    does: without it Excel shows 5,1E+11 and saves that (R-IM-02). Our importer takes it off.
    """
    table = frame.reset_index() if frame.index.name else frame
    for name, kind in table.dtypes.items():
        if not is_numeric_dtype(kind):
            said = [guarded(_one_line_end(value)) for value in table[name]]
            # Of no type of its own: a number beside missing ones stays as it is (71, not 71.0).
            table = table.assign(**{str(name): pd.Series(said, table.index, dtype=object)})
    if not indonesian_excel:
        return table.to_csv(index=False, lineterminator="\n").encode()
    for name in table.columns:
        said = [_kept_code(_with_comma(value)) for value in table[name]]
        table = table.assign(**{str(name): pd.Series(said, table.index, dtype=object)})
    return b"\xef\xbb\xbf" + table.to_csv(index=False, sep=";", lineterminator="\r\n").encode()


def _one_line_end(value: object) -> object:
    """Return text with one kind of line end: a bare carriage return would end the row."""
    if isinstance(value, str) and "\r" in value:
        return value.replace("\r\n", "\n").replace("\r", "\n")
    return value


def _kept_code(value: object) -> object:
    if not isinstance(value, str) or not value.isdigit():
        return value
    lost = len(value) > 11 or (len(value) > 1 and value[0] == "0")
    return f"'{value}" if lost else value


def _with_comma(value: object) -> object:
    if isinstance(value, float | Decimal) and value == value:
        return str(value).replace(".", ",")
    return value


def xlsx_bytes(sheets: dict[str, pd.DataFrame], *, title: str = "", sample: bool = False) -> bytes:
    """Return tables as one workbook, a sheet each, written row by row.

    Codes stay text; a Decimal is written as the number it is nearest to, with its text in
    the CSV for the last digit. ``sample`` marks every sheet as invented data.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True, "strings_to_formulas": False,
                                        "strings_to_urls": False, "nan_inf_to_errors": True})  # fmt: skip
    # The same tables give the same bytes (R-CH-04): the file does not say when it was written.
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
    bold, head = book.add_format({"bold": True}), book.add_format({"bold": True, "bottom": 1})
    for name, frame in sheets.items():
        sheet = book.add_worksheet(name[:31])
        start = 0
        for line in [title, SAMPLE if sample else ""]:
            if line:
                sheet.write_string(start, 0, line, bold)
                start += 1
        table = frame.reset_index() if frame.index.name else frame
        for column, label in enumerate(table.columns):
            sheet.write_string(start, column, str(label), head)
        for row, cells in enumerate(table.itertuples(index=False, name=None), start=start + 1):
            for column, value in enumerate(cells):
                _write(sheet, row, column, value)
        sheet.freeze_panes(start + 1, 0)
    book.close()
    return buffer.getvalue()


def _write(sheet: "xlsxwriter.worksheet.Worksheet", row: int, column: int, value: object) -> None:
    if value is None or value is pd.NA or value != value:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float | Decimal) or hasattr(value, "item"):
        sheet.write_number(row, column, float(value))  # type: ignore[arg-type]
    else:
        sheet.write_string(row, column, str(guarded(str(value))))
