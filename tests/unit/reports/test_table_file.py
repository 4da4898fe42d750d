"""Tables written row by row, read again by others: values, types, and nothing that runs."""

import csv
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from rbmgeo.cells import Column, Share, Title
from rbmgeo.reports import table_file, workbook
from rbmgeo.reports.table_file import FILES, writing

AT = datetime.fromisoformat("2024-12-03T07:40")
HEADS = ["IDPEL", "kWh", "Cakupan", "Tanggal", "Kapan", "Catatan"]
ROWS = [
    ["000123456789", Decimal("100.50"), Share(0.25), date(2024, 12, 3), AT, "=1+1"],
    ["513540000001", None, None, None, None, None],
    ["513540000002", 7, Share(1), date(1999, 1, 1), AT.replace(second=30), " <a> & 'b' "],
]  # fmt: skip


def written(path, kind, rows=ROWS, sums=None, heads=HEADS):
    file = FILES[kind](path, Title("Temuan", "ULP 51354", sample=True), [Column(h) for h in heads])
    with writing(file, path) as out:
        out.rows(rows)
        if sums is not None:
            out.sums(sums)
    return path


def read_csv(path):
    with path.open(newline="", encoding="utf-8") as held:
        return list(csv.reader(held))


def test_excel_holds_typed_cells_under_a_heading_that_stays(tmp_path):
    path = written(tmp_path / "t.xlsx", "xlsx", sums=["Jumlah", Decimal("107.5"), *[None] * 4])
    sheet = openpyxl.load_workbook(path).active
    grid = [[c.value for c in row] for row in sheet.iter_rows()]
    assert grid[:4] == [["Temuan", *[None] * 5], ["ULP 51354", *[None] * 5],
                        ["DATA CONTOH (REKAAN)", *[None] * 5], HEADS]  # fmt: skip
    assert sheet.freeze_panes == "A5"
    assert sheet.print_title_rows == "$4:$4"
    first = grid[4]
    assert first[:3] == ["000123456789", 100.5, 0.25]
    assert first[3].date() == date(2024, 12, 3)
    assert first[4] == AT
    assert sheet.cell(5, 1).data_type == "s"
    assert "%" in sheet.cell(5, 3).number_format
    assert grid[5] == ["513540000001", *[None] * 5], "nothing known is no zero"
    assert grid[-1][:2] == ["Jumlah", 107.5]


def test_nothing_runs_as_a_formula_in_either_file(tmp_path):
    heads = ["=cmd", "B"]
    rows = [["=1+1", "+62"], ["@SUM(A1)", "-3"], ["\t=1", "ok"]]
    sheet = openpyxl.load_workbook(written(tmp_path / "t.xlsx", "xlsx", rows, heads=heads)).active
    assert not any(c.data_type == "f" for row in sheet.iter_rows() for c in row)
    lines = read_csv(written(tmp_path / "t.csv", "csv", rows, heads=heads))
    assert [c for line in lines for c in line if c[:1] in "=+-@\t" and c] == []


def test_csv_and_excel_hold_the_same(tmp_path):
    lines = read_csv(written(tmp_path / "t.csv", "csv"))
    assert lines[0] == HEADS
    assert lines[1] == ["000123456789", "100.50", "0.25", "2024-12-03", "2024-12-03 07:40", "'=1+1"]
    assert lines[2] == ["513540000001", "", "", "", "", ""]
    assert len(lines) == 1 + len(ROWS)


@settings(max_examples=25)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=6))
def test_any_text_comes_back_as_it_was(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("t") / "t.xlsx"
    written(path, "xlsx", [[t] for t in texts], heads=["A"])
    first = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    back = [r[0] for r in first.to_python(skip_empty_area=False)]
    read = openpyxl.load_workbook(path).active
    for n, text in enumerate(texts):
        told = str(table_file.guarded(text))
        plain = all(c == "\n" or c.isprintable() for c in text) and "_x" not in text
        if plain and text.strip() == text and text:
            assert back[4 + n] == told
            assert read.cell(5 + n, 1).value == told


def test_rows_beyond_a_sheet_go_on_in_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(table_file, "SHEET_ROWS", 500)
    rows = [[str(n)] for n in range(1200)]
    book = openpyxl.load_workbook(written(tmp_path / "t.xlsx", "xlsx", rows, heads=["N"]))
    found = [r[0].value for s in book for r in s.iter_rows(min_row=5)]
    assert found == [str(n) for n in range(1200)]
    assert len(book.worksheets) == 3


def test_a_text_longer_than_a_cell_of_excel_says_that_it_was_cut(tmp_path):
    path = written(tmp_path / "t.xlsx", "xlsx", [["x" * 40_000]], heads=["A"])
    found = openpyxl.load_workbook(path).active.cell(5, 1).value
    assert len(found) == workbook.CELL_LETTERS
    assert "dipotong" in found


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_same_table_gives_the_same_bytes_and_a_broken_one_no_file(tmp_path, kind):
    one = written(tmp_path / "a", kind).read_bytes()
    assert written(tmp_path / "b", kind).read_bytes() == one
    path = tmp_path / "c"
    with pytest.raises(ZeroDivisionError), writing(FILES[kind](path, Title("T"), []), path):
        raise ZeroDivisionError
    assert not path.exists()
