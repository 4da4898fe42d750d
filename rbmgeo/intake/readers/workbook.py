"""Workbooks: every sheet as text, numbers written so that no locale mistakes them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.raw import RawTable, Source
from rbmgeo.intake.readers import ole
from rbmgeo.intake.readers.archive import proved
from rbmgeo.intake.readers.cells import Book, Lost, lost_cells
from rbmgeo.intake.readers.header import HEADER_ROWS, Header, header, refuse_shifted, table_of
from rbmgeo.intake.readers.limits import LIMITS, refused, too_large

ROWS = 50_000  # turned into text at a time
EXACT = 2**53  # beyond it a number in a cell is not whole any more
KEPT_CELLS = 2_500_000  # a sheet no larger is parsed once: about 150 MB until it was read
HEAD_ROWS = 2_000  # enough to know what a sheet is


def open_workbook(path: Path) -> list[Source]:
    """Open every sheet of a workbook that has a row; raises `ImportRefused` where it is none."""
    told = lost_cells(path)
    sources = []
    with _opened(path) as (book, old):
        epoch = "1904" if told.epoch_1904 or old.epoch_1904 else "1900"
        for about in book.sheets_metadata:
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = _sheet(path, book, about.name)
            hidden = about.visible != SheetVisibleEnum.Visible
            if sheet.height:
                sources.append(_source(path, sheet, told, epoch=epoch, hidden=hidden))
    found = [s for s in sources if s is not None]
    if not found:
        raise refused(
            path.name, "EMPTY", "no sheet has a row; export it again",
            "tidak ada baris; ekspor lagi",
        )  # fmt: skip
    return found


@contextmanager
def _opened(path: Path, *, proven: bool = False) -> Iterator[tuple[CalamineWorkbook, ole.Old]]:
    old = ole.looked_into(path)
    with path.open("rb") as file:
        try:
            if file.read(2) == b"PK" and not proven:
                proved(path)
            file.seek(0)
            # By its bytes: given the path, the library would believe the suffix.
            book = CalamineWorkbook.from_filelike(file)
        except PasswordError as error:
            raise ole.password(path.name) from error
        except (CalamineError, OSError, ValueError) as error:
            raise _broken(path, error) from error
        except ImportRefused as error:
            raise _broken(path, error) if "rule ZIP:" in str(error) else error from None
        yield book, old


def _broken(path: Path, error: BaseException) -> ImportRefused:
    return refused(
        path.name, "WORKBOOK", f"cannot be opened ({error}); save it anew in Excel",
        f"tidak terbuka ({error}); simpan lagi di Excel",
    )  # fmt: skip


def _sheet(path: Path, book: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        sheet = book.get_sheet_by_name(name)
    except (CalamineError, OSError, ValueError) as error:
        raise _broken(path, error) from error
    cells = sheet.height * sheet.width
    if cells > LIMITS.cells:
        raise too_large(f"{path.name} {name}", "cells", cells, LIMITS.cells)
    if sheet.width > LIMITS.columns:
        raise too_large(f"{path.name} {name}", "columns", sheet.width, LIMITS.columns)
    return sheet


def _source(
    path: Path, sheet: CalamineSheet, told: Book, *, epoch: str, hidden: bool
) -> Source | None:
    """Return a sheet as a source; it is parsed anew for every reading and let go after."""
    name, file = sheet.name, path.name
    lost = told.sheets.get(name, Lost())
    _refuse_formulas(file, name, lost)
    margin = sheet.start[1] if sheet.start else 0
    first = list(islice(_text_rows(sheet, lost, margin, {}), HEAD_ROWS))
    if not any(any(row) for row in first):
        return None
    head = header(file, first[:HEADER_ROWS], padded=True)
    start = head.start + 1
    notes = _notes(lost, hidden=hidden)
    kept = [sheet] if sheet.height * sheet.width <= KEPT_CELLS else []

    def pieces() -> Iterator[RawTable]:
        if kept:
            again = kept.pop()
        else:
            with _opened(path, proven=True) as (book, _):
                again = _sheet(path, book, name)
        counted = {"NUMBER_AS_ID": 0, "CELLS_BEYOND": 0}
        rows = _text_rows(again, lost, margin, counted)
        number = 1
        while some := list(islice(rows, ROWS)):
            skip = max(start + 1 - number, 0)
            if skip < len(some):
                counted["CELLS_BEYOND"] += _beyond(some[skip:], head.width)
                table = table_of(file, name, head, some[skip:], number=number + skip, padded=True)
                yield _dated(table, epoch)
            number += len(some)
        if number <= start + 1:
            yield table_of(file, name, head, [], number=start + 1, padded=True)
        notes.update({k: n for k, n in counted.items() if n})

    table = table_of(file, name, head, first[start:], number=start + 1, padded=True)
    refuse_shifted(table)
    rows = (sheet.end[0] + 1 if sheet.end else 0) - start
    merged = _merged(sheet, head, margin)
    return Source(_dated(table, epoch), pieces, max(rows, 0), head.titles, notes, merged)


def _dated(table: RawTable, epoch: str) -> RawTable:
    return RawTable(table.file, table.sheet, table.rows, table.geometry, table.misfits, epoch)


def _text_rows(
    sheet: CalamineSheet, lost: Lost, margin: int, counted: dict[str, int]
) -> Iterator[list[str]]:
    """Yield every row from the sheet's first on as text, error cells written back in place."""
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (at, column), said in lost.errors.items():
        by_row.setdefault(at, []).append((column - margin, said))
    last = max(by_row, default=-1)
    ids, number, columns = 0, -1, set[int]()
    for number, cells in enumerate(sheet.iter_rows()):
        if number < HEAD_ROWS:
            columns |= {n for n, c in enumerate(cells) if type(c) is float and 1e11 <= c < 1e12}
        for at in columns:
            ids += type(cells[at]) is float
        row = [c if type(c) is str else cell_text(c) for c in cells]
        if number <= last and number in by_row:
            _restore(row, by_row[number])
        yield row
    for missing in range(number + 1, last + 1):
        added = [""] * (sheet.width or 1)
        _restore(added, by_row.get(missing, []))
        yield added
    counted["NUMBER_AS_ID"] = ids


def _restore(row: list[str], errors: list[tuple[int, str]]) -> None:
    for column, said in errors:
        if column >= 0:
            row.extend([""] * (column + 1 - len(row)))
            row[column] = said


def _beyond(rows: list[list[str]], width: int) -> int:
    return sum(1 for row in rows for cell in row[width:] if cell.strip())


def _merged(
    sheet: CalamineSheet, head: Header, margin: int
) -> dict[str, tuple[tuple[int, int], ...]] | None:
    """Return the rows, from 1, that merged cells span, by the header of their first column."""
    try:
        ranges = sheet.merged_cell_ranges
    except (CalamineError, ValueError):
        return None
    if ranges is None:
        return None
    found: dict[str, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _) in ranges:
        column = left - margin
        if top > head.start and bottom > top and 0 <= column < head.width:
            found.setdefault(head.names[column], []).append((top + 1, bottom + 1))
    return {name: tuple(sorted(spans)) for name, spans in found.items()} or None


def _notes(lost: Lost, *, hidden: bool) -> dict[str, int]:
    said = {
        "HIDDEN_SHEET": int(hidden), "HIDDEN_ROWS": lost.hidden_rows,
        "HIDDEN_COLUMNS": lost.hidden_columns, "FILTERED": int(lost.filtered),
    }  # fmt: skip
    return {rule: n for rule, n in said.items() if n}


def _refuse_formulas(file: str, sheet: str, lost: Lost) -> None:
    if lost.formulas:
        first, many = lost.formulas[0], lost.formulas_all
        raise ImportRefused(
            f"{file} {sheet}: rule FORMULA: {many} cells, the first {first}, hold formulas without "
            "a result; open and save the file in Excel, or paste the values",
            f"{file} {sheet}: aturan FORMULA: {many} sel, pertama {first}, berisi rumus tanpa "
            "hasil; buka lalu simpan di Excel, atau tempel sebagai nilai",
        )


def cell_text(value: object) -> str:
    """Return a typed cell as the text that means the same under every locale."""
    if isinstance(value, float):
        size = abs(value)
        if size < EXACT and value.is_integer():
            return str(int(value))
        return _unmistakable(value) if 1e-9 < size < EXACT else str(value)
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
    text = repr(value)
    if "e" in text:
        text = format(Decimal(text), "f")
    return text + "0" if text[-4:-3] == "." else text
