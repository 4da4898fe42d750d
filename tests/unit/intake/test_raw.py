"""Files as they come: encodings, separators, headers, workbooks; nothing guessed."""

import gzip
import re
import zipfile

import geopandas as gpd
import openpyxl
import pytest
from drawn import checked, written
from shapely.geometry import Point

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.readers import read_tables

ROW = "513541234567;Siti;1.234,00\n"


def rows(path):
    return read_tables(path)[0].rows


@pytest.mark.parametrize("sign", [";", ",", "\t", "|"])
def test_the_separator_is_found(tmp_path, sign):
    path = written(tmp_path / "a.csv", f"idpel{sign}nama\n513541234567{sign}Siti\n")
    assert rows(path).to_dict("list") == {"idpel": ["513541234567"], "nama": ["Siti"]}


def test_commas_in_an_address_do_not_part_a_semicolon_file(tmp_path):
    body = "".join(f"51354000000{n};Jl. Mawar, RT 1, RW 2, Pandaan;1,5\n" for n in range(9))
    path = written(tmp_path / "a.csv", "idpel;alamat;kwh\n" + body)
    assert list(rows(path)) == ["idpel", "alamat", "kwh"]
    assert rows(path)["kwh"].tolist() == ["1,5"] * 9


def test_decimal_commas_beside_short_rows_do_not_part_a_semicolon_file(tmp_path):
    path = written(tmp_path / "a.csv", "idpel;nama;kwh;x\n1;a;1,5;\n2;b;2,5\n3;c;3,5\n")
    table = read_tables(path)[0]
    assert list(table.rows) == ["idpel", "nama", "kwh", "x"]
    assert sorted(table.misfits) == [3, 4]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_read_in_the_encodings_that_name_themselves(tmp_path, encoding):
    path = written(tmp_path / "a.csv", "idpel;nama\n1;Caf\u00e9\n".encode(encoding))
    assert rows(path).iloc[0].tolist() == ["1", "Caf\u00e9"]


def test_another_encoding_is_refused_with_row_and_byte(tmp_path):
    path = written(tmp_path / "a.csv", "idpel;nama\n1;ok\n2;Caf\u00e9\n".encode("cp1252"))
    with pytest.raises(ImportRefused, match=r"ENCODING: row 3, byte 21 \(0xe9\)"):
        read_tables(path)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "EMPTY"), (b"\n \n", "EMPTY"), (b"idpel;nama\n1;a\x00b\n", "NUL_BYTE"),
        (b'idpel;nama\n1;a\n2;"Siti\n3;b\n', "CSV: row 3"),  # 37: where it was opened
        (b"idpel;Idpel \n1;2\n", "HEADER_TWICE"), (b"idpel;nama\n1;a;x\n2;b;y\n", "HEADER_WIDTH"),
        (b"idpel;nama\n1;a;\n2;b;\n", "HEADER_WIDTH"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_by_rule(tmp_path, content, rule):
    with pytest.raises(ImportRefused, match=f"rule {rule}"):
        read_tables(written(tmp_path / "a.csv", content))


def test_a_torn_gzip_is_refused(tmp_path):
    whole = gzip.compress(b"idpel;nama\n1;a\n" * 50)
    with pytest.raises(ImportRefused, match="rule GZIP"):
        read_tables(written(tmp_path / "a.csv.gz", whole[:-12]))
    with pytest.raises(ImportRefused, match="rule GZIP"):
        read_tables(written(tmp_path / "b.csv.gz", b"idpel;nama\n"))
    assert len(rows(written(tmp_path / "c.csv.gz", whole))) == 99


def test_rows_too_long_and_too_short_are_kept_apart_with_their_number(tmp_path):
    table = read_tables(written(tmp_path / "a.csv", "idpel;nama\n1;a\n2;b;c\n3\n4;d\n"))[0]
    assert table.misfits == {3: ["2", "b", "c"], 4: ["3"]}
    assert table.rows.index.tolist() == [2, 5]


def test_a_title_above_the_header_and_blank_rows_are_passed_over(tmp_path):
    path = written(tmp_path / "a.csv", "RBM 51354BKC periode 052016\n\nidpel;nama\n1;a\n\n;\n2;b\n")
    assert rows(path)["idpel"].tolist() == ["1", "2"]


def test_words_that_pandas_takes_for_missing_stay_words(tmp_path):
    path = written(tmp_path / "a.csv", "idpel;nama\n1;NA\n2;NULL\n3;None\n4;nan\n001;x\n")
    assert rows(path)["nama"].tolist() == ["NA", "NULL", "None", "nan", "x"]
    assert rows(path)["idpel"].iloc[-1] == "001"


def test_quotes_hold_separators_and_line_ends(tmp_path):
    path = written(tmp_path / "a.csv", 'idpel;nama\n1;"A; ""B""\nC"\n2;d\n')
    assert rows(path)["nama"].tolist() == ['A; "B"\nC', "d"]


def workbook(path, *table):
    book = openpyxl.Workbook()
    for row in table:
        book.active.append(row)
    book.save(path)
    return path


def test_a_numeric_idpel_in_a_workbook_is_read_whole(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["idpel", "x"], [513540000001, 1], [513540000002.0, 2])
    assert rows(path)["idpel"].tolist() == ["513540000001", "513540000002"]


def test_more_digits_than_a_number_holds_are_never_taken(tmp_path):
    path = workbook(tmp_path / "a.xlsx", ["idpel", "nama"], [12345678901234567890.0, "a"])
    done = checked(path, profile="generic")
    assert done.rejects["rule"].tolist() == ["R-IM-02"]


def test_a_numeric_cell_has_no_locale(tmp_path):
    """1.234 kWh in a numeric cell is a bit more than one, whatever the file's locale."""
    path = workbook(
        tmp_path / "token.xlsx",
        ["IDPEL", "BLTH", "KWH"],
        ["513540000001", "202405", 1.234], ["513540000002", "202405", "1.234"],
        ["513540000003", "202405", -12.345], ["513540000004", "202405", 0.1],
    )  # fmt: skip
    kwh = checked(path).rows["kwh"].astype(float)
    assert kwh.tolist() == [1.234, 1234.0, -12.345, 0.1]


def spoiled(path, cell, inner, kind=""):
    """A workbook whose one cell's XML is written anew, as other programs write it."""
    workbook(
        path, ["idpel", "gardu", "kwh"], ["513540000001", "KA1", 5], ["513540000002", "KA1", 6]
    )
    with zipfile.ZipFile(path) as book:
        parts = {n: book.read(n) for n in book.namelist()}
    name = "xl/worksheets/sheet1.xml"
    found = re.sub(
        rf'<c r="{cell}"[^>]*>.*?</c>'.encode(),
        f'<c r="{cell}"{kind}>{inner}</c>'.encode(),
        parts[name],
    )
    assert found != parts[name]
    with zipfile.ZipFile(path, "w") as book:
        for part, data in (parts | {name: found}).items():
            book.writestr(part, data)
    return path


@pytest.mark.parametrize("cell", ["B2", "C3"])
def test_an_error_cell_is_refused_and_never_empty(tmp_path, cell):
    path = spoiled(tmp_path / "a.xlsx", cell, "<f>VLOOKUP(1,2,3)</f><v>#N/A</v>", ' t="e"')
    done = checked(path, profile="generic")
    assert done.rejects["row_no"].tolist() == [int(cell[1])]
    assert done.rejects["value"].tolist() == ["#N/A"]


@pytest.mark.parametrize("said", ["#N/A", "#REF!"])
def test_an_error_that_was_exported_as_text_is_no_gardu(tmp_path, said):
    done = checked(written(tmp_path / "a.csv", f"IDPEL;KODE_GARDU\n513540000001;{said}\n"))
    assert done.rejects["rule"].tolist() == ["ERROR_CELL"]


def test_a_formula_that_nobody_computed_is_refused_with_its_cell(tmp_path):
    path = spoiled(tmp_path / "a.xlsx", "C2", "<f>1+1</f><v></v>")
    with pytest.raises(ImportRefused, match="rule FORMULA: 1 cells, the first C2"):
        read_tables(path)


def test_a_formula_is_read_by_its_result_and_never_evaluated(tmp_path):
    path = spoiled(tmp_path / "a.xlsx", "C2", "<f>1+1</f><v>7</v>")
    assert rows(path)["kwh"].tolist() == ["7", "6"]
    empty = spoiled(tmp_path / "b.xlsx", "C2", '<f>IF(1,"",2)</f><v></v>', ' t="str"')
    assert rows(empty)["kwh"].tolist() == ["", "6"]


def test_rows_have_the_numbers_that_a_person_sees(tmp_path):
    title, header = ["", "", "RBM 51354BKC"], ["", "", "idpel", "nama"]
    path = workbook(tmp_path / "a.xlsx", [], title, [], header, [""], ["", "", "1", "a"])
    assert rows(path).to_dict("index") == {6: {"idpel": "1", "nama": "a"}}


def test_a_layer_with_a_spoiled_text_is_refused(tmp_path):
    frame = gpd.GeoDataFrame({"NAMAGD": ["Mawar_Gardu"]}, geometry=[Point(112.69, -7.65)], crs=4326)
    frame.to_file(tmp_path / "a.gpkg", layer="gardu")
    whole = (tmp_path / "a.gpkg").read_bytes()
    assert whole.count(b"Mawar_Gardu") == 1
    path = written(tmp_path / "b.gpkg", whole.replace(b"Mawar_Gardu", b"Mawar\x80Gardu"))
    with pytest.raises(ImportRefused, match="rule GEO_FILE"):
        read_tables(path)


@pytest.mark.parametrize("name", ["a.parquet", "a.gpkg", "a.geojson"])
def test_what_is_no_map_is_refused(tmp_path, name):
    with pytest.raises(ImportRefused, match="rule GEO_FILE"):
        read_tables(written(tmp_path / name, "idpel;nama\n1;a\n"))


def test_a_broken_workbook_is_refused(tmp_path):
    whole = workbook(tmp_path / "a.xlsx", ["idpel"], ["1"]).read_bytes()
    with pytest.raises(ImportRefused, match="rule WORKBOOK"):
        read_tables(written(tmp_path / "b.xlsx", whole[: len(whole) // 2]))
    with pytest.raises(ImportRefused, match="no such file"):
        read_tables(tmp_path / "c.xlsx")
