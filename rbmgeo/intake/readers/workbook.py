"""Workbooks: every sheet as text, numbers written so that no locale mistakes them."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.raw import Source
from rbmgeo.intake.readers.cells import Lost, lost_cells
from rbmgeo.intake.readers.header import HEADER_ROWS, header, refuse_shifted, table_of


def open_workbook(path: Path) -> list[Source]:
    """Open every sheet of a workbook that has a row; raises `ImportRefused` where it is none."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        # From A1 on, so that a row has the number that a person sees.
        sheets = [
            (name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for name in book.sheet_names
        ]
    except (CalamineError, OSError) as error:
        raise ImportRefused(
            f"{path.name}: rule WORKBOOK: cannot be opened ({error}); save it anew without a password",
            f"{path.name}: aturan WORKBOOK: tidak terbuka ({error}); simpan lagi tanpa sandi",
        ) from error
    lost = lost_cells(path)
    sources = []
    for name, cells in sheets:
        rows = [[c if isinstance(c, str) else cell_text(c) for c in row] for row in cells]
        if name in lost:
            _restore(path.name, name, rows, lost[name])
        if any(any(row) for row in rows):
            margin = min(next(i for i, c in enumerate(row) if c) for row in rows if any(row))
            rows = [row[margin:] for row in rows]
            sources.append(_sheet(path.name, name, rows))
    if not sources:
        raise ImportRefused(
            f"{path.name}: rule EMPTY: no sheet has a row; export it again",
            f"{path.name}: aturan EMPTY: tidak ada baris; ekspor lagi",
        )
    return sources


def _sheet(file: str, name: str, rows: list[list[str]]) -> Source:
    head = header(file, rows[:HEADER_ROWS])
    start = head.start + 1
    table = table_of(file, name, head, rows[start:], number=start + 1, padded=True)
    refuse_shifted(table)
    return Source.of(table, head.titles)


def _restore(file: str, sheet: str, rows: list[list[str]], lost: Lost) -> None:
    """Write error cells back, in place; refuse formulas that nobody computed."""
    if lost.formulas:
        first, many = lost.formulas[0], len(lost.formulas)
        raise ImportRefused(
            f"{file} {sheet}: rule FORMULA: {many} cells, the first {first}, hold formulas without "
            "a result; open and save the file in Excel, or paste the values",
            f"{file} {sheet}: aturan FORMULA: {many} sel, pertama {first}, berisi rumus tanpa "
            "hasil; buka lalu simpan di Excel, atau tempel sebagai nilai",
        )
    for (row, column), said in lost.errors.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = said


def cell_text(value: object) -> str:
    """Return a typed cell as the text that means the same under every locale."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, float) and 1e-9 < abs(value) < 2**53:
        return _unmistakable(value)
    if isinstance(value, datetime):
        return (
            value.date().isoformat()
            if value.time().isoformat() == "00:00:00"
            else value.isoformat()
        )
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _unmistakable(value: float) -> str:
    """Write a numeric cell so that no locale takes its decimal point for thousands.

    ``1.234`` would be 1234 to an Indonesian reader (R-IM-05); ``1.2340`` is the same number
    and cannot be mistaken.
    """
    text = format(Decimal(repr(value)), "f")
    return text + "0" if len(text.rpartition(".")[2]) == 3 else text
