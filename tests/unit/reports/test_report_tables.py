"""Tables for spreadsheets: nothing that a spreadsheet runs, nothing that was not there."""

import csv
import io
from decimal import Decimal

import openpyxl
import pandas as pd
import pytest

from rbmgeo.reports.tables import SAMPLE, csv_bytes, guarded, xlsx_bytes

ATTACKS = [
    "=HYPERLINK(\"http://x\",\"y\")", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1",
    "=cmd|' /C calc'!A0", "\uff1d1+1",
]  # fmt: skip
FRAME = pd.DataFrame({"name": ATTACKS, "kwh": [1.5] * len(ATTACKS)})


def cells(data, **options):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), **options))


def sheet(data, name):
    return openpyxl.load_workbook(io.BytesIO(data))[name]


@pytest.mark.parametrize("text", ATTACKS)
def test_what_a_spreadsheet_would_run_becomes_text(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("value", ["513540000001", "KA 1316", "", " =1", -5, Decimal("-1.5"), None])
def test_everything_else_stays_what_it_is(value):
    assert guarded(value) == value


@pytest.mark.parametrize("indonesian", [False, True])
def test_no_cell_of_a_csv_begins_a_formula(indonesian):
    sign = ";" if indonesian else ","
    rows = cells(csv_bytes(FRAME, indonesian_excel=indonesian), delimiter=sign)
    assert [r[0] for r in rows[1:]] == [f"'{t}".replace("\r", "\n") for t in ATTACKS]


def test_no_cell_of_a_workbook_is_a_formula():
    page = sheet(xlsx_bytes({"a": FRAME}), "a")
    kinds = {c.data_type for row in page.iter_rows(min_row=2) for c in row}
    assert kinds == {"s", "n"}
    assert all(str(c.value).startswith("'") for c in page["A"][1:])


def test_codes_stay_text_and_numbers_numbers():
    frame = pd.DataFrame(
        {"idpel": ["001234567890"], "kwh": [Decimal("12.5")], "n": [3], "ok": [True]}
    )
    page = sheet(xlsx_bytes({"a": frame}), "a")
    assert [c.value for c in page[2]] == ["001234567890", 12.5, 3, True]


@pytest.mark.parametrize("gone", [None, float("nan"), pd.NA, pd.NaT])
def test_what_is_missing_is_an_empty_cell(gone):
    frame = pd.DataFrame({"a": pd.Series([gone], dtype=object), "b": [1.5]})
    assert cells(csv_bytes(frame))[1] == ["", "1.5"]
    assert cells(csv_bytes(frame, indonesian_excel=True), delimiter=";")[1] == ["", "1,5"]
    assert [c.value for c in sheet(xlsx_bytes({"a": frame}), "a")[2]] == [None, 1.5]


def test_a_missing_number_of_a_numeric_column_is_empty_for_excel_too():
    frame = pd.DataFrame({"hours": [1.5, float("nan")]})
    assert cells(csv_bytes(frame, indonesian_excel=True), delimiter=";")[2] in ([], [""])


def test_exact_sums_keep_their_last_digit():
    frame = pd.DataFrame({"kwh": [Decimal("5667935.600000001")]})
    assert cells(csv_bytes(frame))[1] == ["5667935.600000001"]
    assert cells(csv_bytes(frame, indonesian_excel=True), delimiter=";")[1] == ["5667935,600000001"]


def test_the_key_is_the_first_column():
    frame = pd.DataFrame({"p": [0.5]}, index=pd.Index(["513540000001"], name="idpel"))
    assert cells(csv_bytes(frame)) == [["idpel", "p"], ["513540000001", "0.5"]]


def test_invented_data_says_so_on_every_sheet():
    data = xlsx_bytes({"a": FRAME, "b": FRAME}, title="kWh 202405", sample=True)
    for name in ("a", "b"):
        assert [sheet(data, name)["A1"].value, sheet(data, name)["A2"].value] == [
            "kWh 202405",
            SAMPLE,
        ]


def test_a_table_without_rows_has_its_header():
    assert cells(csv_bytes(FRAME[:0])) == [["name", "kwh"]]
    assert [c.value for c in sheet(xlsx_bytes({"a": FRAME[:0]}), "a")[1]] == ["name", "kwh"]
