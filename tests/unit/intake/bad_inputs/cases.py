"""The table of bad inputs: the number of each, the file, and what must become of it.

Numbers are those of the list of bad inputs (1-85); further ones were met since. ``Case`` says
what is expected: ``value`` of our columns in the one good row, ``rule`` of the first refused
row, ``warn`` among the warnings, ``refused`` the rule of the whole file, ``quality`` of the
position told, ``count`` of read, good, rejected, skipped.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from makers import (
    CROSSING,
    HTML,
    ID,
    ID2,
    LINE,
    PLACEMARK,
    SHEET_XML,
    SPOT,
    at,
    bomb,
    book,
    book_xml,
    cell,
    collections,
    deep,
    deleted,
    epoch_1904,
    far_down,
    feature,
    geojson,
    hidden,
    hidden_sheet,
    idpel,
    kml,
    layer,
    link,
    merged,
    one_record_less,
    place,
    points,
    raw,
    secret_book,
    shapefile,
    text,
    zipped,
)  # fmt: skip
from shapely.geometry import Point

from rbmgeo.intake.fill import Filling
from rbmgeo.intake.readers import Asked


@dataclass(frozen=True)
class Case:
    """One bad input and what must become of it."""

    number: int
    what: str
    make: Callable[[Path], Path]
    value: dict[str, Any] = field(default_factory=dict)
    rule: str = ""
    warn: str = ""
    refused: str = ""
    quality: str = ""
    count: tuple[int, int, int, int] | None = None
    asked: Asked = field(default_factory=Asked)
    profile: str = "generic"
    declared: dict[str, Any] = field(default_factory=dict)
    ulp: str = ""
    kind: str = ""
    tables: int = 1


C = Case
GIS = "gis-pelanggan"
E9 = "Caf\u00e9"
TITLE = "RBM 51354BKC periode 052016"
CASES: list[Case] = [
    C(1, "leading zeros", idpel("001234567890"), value={"idpel": "001234567890"}),
    C(2, "zeros lost", idpel("1234567890"), rule="IDPEL_LEN"),
    C(2, "zeros lost, id_pad declared", idpel("1234567890"), value={"idpel": "001234567890"},
      declared={"id_pad": True}, warn="IDPEL_NORMALISED"),
    C(3, "scientific notation", idpel("5.1354E+11"), rule="R-IM-02"),
    C(4, "numeric cell", book(["IDPEL", "NAMA"], [513540000001, "Siti"]), value={"idpel": ID},
      warn="NUMBER_AS_ID"),
    C(5, "with a fraction of zero", idpel("513540000001.0"), value={"idpel": ID},
      warn="IDPEL_NORMALISED"),
    C(6, "16 digits in a numeric cell", book(["IDPEL", "NAMA"], [5135400000000017, "a"]),
      rule="IDPEL_LEN"),
    C(6, "20 digits in a numeric cell", book(["IDPEL", "NAMA"], [51354000000000000017, "a"]),
      rule="R-IM-02"),
    C(7, "spaces, dots, nbsp", idpel("51354 0000.001\u00a0"), value={"idpel": ID},
      warn="IDPEL_NORMALISED"),
    C(7, "zero-width", idpel("5135400\u200b00001"), rule="IDPEL_INVISIBLE"),
    C(8, "leading apostrophe", idpel(f"'{ID}"), value={"idpel": ID}, warn="IDPEL_NORMALISED"),
    C(9, "Arabic digits", idpel("\u0665\u0661\u0663\u0665\u0664" + "0" * 7), rule="R-IM-01"),
    C(9, "full-width digits", idpel("\uff15" * 12), rule="R-IM-01"),
    C(10, "letter O", idpel("51354OOOOOO1"), rule="R-IM-01"),
    C(11, "prefix of another unit", idpel("513510000001"), value={"idpel": "513510000001"},
      ulp="51354", warn="R-IM-03"),
    C(11, "UNITUP of another unit", cell("UNITUP", "51351"), rule="OTHER_UNIT", ulp="51354"),
    C(12, "the same row twice", text("IDPEL;NAMA", f"{ID};Siti", f"{ID};Siti"), count=(2, 1, 0, 1)),
    C(13, "two rows that contradict", text("IDPEL;KODE_GARDU", f"{ID};A1", f"{ID};B1"),
      count=(2, 2, 0, 0), warn="R-IM-04"),
    C(15, "empty idpel", text("IDPEL;NAMA", ";Siti"), rule="IDPEL_EMPTY"),
    C(16, "BOM", text("IDPEL;NAMA", f"{ID};{E9}", encoding="utf-8-sig"), value={"name": E9}),
    C(17, "UTF-16 LE", raw(b"\xff\xfe" + f"IDPEL;NAMA\n{ID};{E9}\n".encode("utf-16-le")),
      value={"name": E9}),
    C(17, "UTF-16 BE", raw(b"\xfe\xff" + f"IDPEL;NAMA\n{ID};{E9}\n".encode("utf-16-be")),
      value={"name": E9}),
    C(18, "cp1252, undeclared", text("IDPEL;NAMA", f"{ID};{E9}", encoding="cp1252"),
      refused="ENCODING: row 2, byte 27"),
    C(18, "cp1252, declared", text("IDPEL;NAMA", f"{ID};{E9}", encoding="cp1252"),
      value={"name": E9}, asked=Asked(encoding="cp1252")),
    C(19, "mixed encodings", raw(f"IDPEL;NAMA\n{ID};{E9}\n{ID2};".encode() + b"Caf\xe9\n"),
      refused="ENCODING: row 3"),
    C(20, "mojibake", text("IDPEL;NAMA", f"{ID};Caf\u00c3\u00a9"), value={"name": "Caf\u00c3\u00a9"},
      warn="MOJIBAKE"),
    C(21, "semicolon", text("IDPEL;LAT;LON", f"{ID};-7,6512;112,6912"), quality="ok"),
    C(22, "tab", text("IDPEL\tNAMA", f"{ID}\tSiti"), value={"name": "Siti"}),
    C(22, "pipe", text("IDPEL|NAMA", f"{ID}|Siti"), value={"name": "Siti"}),
    C(23, "ambiguous", text("IDPEL;NAMA,ALAMAT", f"{ID};Siti,Jl. Mawar"), refused="DELIMITER"),
    C(23, "ambiguous, said", text("IDPEL;NAMA,ALAMAT", f"{ID};Siti,Jl. Mawar"),
      value={"idpel": ID}, asked=Asked(delimiter=";")),
    C(24, "decimal comma", cell("KWH", "-7,65"), value={"kwh": "-7.65"}, declared={"locale": "id"}),
    C(25, "1.234 without a locale", cell("KWH", "1.234"), rule="AMBIGUOUS"),
    C(25, "1.234 with one", cell("KWH", "1.234"), value={"kwh": "1234"}, declared={"locale": "id"}),
    C(26, "1.234,5", cell("KWH", "1.234,5"), value={"kwh": "1234.5"}, declared={"locale": "id"}),
    C(27, "Rp 12.500", cell("KWH", "Rp 12.500"), rule="NUMBER"),
    C(27, "12 kWh", cell("KWH", "12 kWh"), rule="NUMBER"),
    *[
        C(n, f"date {given!r}", text("IDPEL;BLTH;KODERBM;TGLBACA", f"{ID};202405;51354BAA;{given}"),
          profile="ap2t-dpm", **expected)
        for n, given, expected in (
            (28, "03/04/2026", {"value": {"read_on": "2026-04-03"}}),
            (29, "25/04/2026", {"value": {"read_on": "2026-04-25"}}),
            (30, "45000", {"rule": "DATE"}),
            (31, "31/02/2026", {"rule": "DATE"}), (31, "25/04/0026", {"rule": "DATE"}),
            (31, "25/04/2206", {"rule": "DATE"}),
            (32, "25 Agustus 2026", {"value": {"read_on": "2026-08-25"}}),
            (32, "5 Agt 2026", {"value": {"read_on": "2026-08-05"}}),
        )
    ],
    C(30, "serial in a date column of a workbook", book(
        ["IDPEL", "BLTH", "KODERBM", "TGLBACA"], [ID, "202405", "51354BAA", 45000]),
      profile="ap2t-dpm", value={"read_on": "2023-03-15"}),
    C(30, "serial, 1904 epoch", book(
        ["IDPEL", "BLTH", "KODERBM", "TGLBACA"], [ID, "202405", "51354BAA", 43538], more=epoch_1904),
      profile="ap2t-dpm", value={"read_on": "2023-03-15"}),
    C(30, "serial in another column", book(["IDPEL", "KWH"], [ID, 45000]), value={"kwh": "45000"}),
    C(34, "reading day 32", cell("HARI_BACA", "32"), rule="READING_DAY"),
    C(34, "day in small letters", cell("HARI_BACA", "c", "RBM=51354bkc"), value={"hari_baca": "C"}),
    *[C(35, f"named {n}", cell("NAMA", n), value={"name": n}) for n in ("NA", "NULL", "None", "nan")],
    C(36, "quotes", text("IDPEL;NAMA", f'{ID};"Siti; ""Ani""\nB"'), value={"name": 'Siti; "Ani"\nB'}),
    C(37, "unclosed quote", text("IDPEL;NAMA", f"{ID};a", f'{ID2};"Siti', "513540000003;b"),
      refused="CSV: row 3"),
    C(38, "one field more", text("IDPEL;NAMA", f"{ID};a", f"{ID2};b;c"), count=(2, 1, 1, 0),
      rule="ROW_LONG"),
    C(39, "every row one field more", text("IDPEL;NAMA", f"{ID};a;x", f"{ID2};b;y"),
      refused="HEADER_WIDTH"),
    C(40, "short row", text("IDPEL;NAMA", f"{ID};a", ID2), count=(2, 1, 1, 0), rule="ROW_SHORT"),
    C(41, "a header twice", text("IDPEL;Idpel ", "1;2"), refused="HEADER_TWICE"),
    C(42, "synonyms, case, spaces", text(" Id Pelanggan ;nama", f"{ID};a"), value={"idpel": ID}),
    C(42, "no such header", text("kode;nama", f"{ID};a"), refused="HEADER"),
    C(43, "header on row 4", text(TITLE, "", "", "IDPEL;NAMA", f"{ID};a"), value={"name": "a"}),
    C(44, "JUMLAH", text("IDPEL;KWH", f"{ID};5", "JUMLAH;5"), count=(2, 1, 1, 0), rule="TOTAL_ROW"),
    C(45, "blank rows", text("IDPEL;NAMA", f"{ID};a", "", ";", "  ;  "), count=(1, 1, 0, 0)),
    C(45, "a million empty rows", book(["IDPEL", "NAMA"], [ID, "a"], more=far_down),
      count=(1, 1, 0, 0)),
    C(46, "merged cells", book(["IDPEL", "KODE_GARDU"], [ID, "PD 1"], [ID2, None],
                               ["513540000003", None], more=merged),
      declared={"filling": Filling(fill_down=("gardu",))}, count=(3, 3, 0, 0), warn="FILLED_DOWN"),
    C(46, "merged cells of a page", raw(HTML.encode(), "a.xls"), declared={"filling": Filling(fill_down=("gardu",))},
      count=(2, 2, 0, 0), warn="FILLED_DOWN"),
    C(46, "section rows", text("IDPEL;NAMA", "GARDU: PD 0123;", f"{ID};a"),
      declared={"filling": Filling(section="gardu")}, value={"gardu": "PD0123"}, count=(1, 1, 0, 0),
      warn="SECTION_ROW"),
    C(46, "section rows, undeclared", text("IDPEL;NAMA", "GARDU: PD 0123;", f"{ID};a"),
      count=(2, 1, 1, 0), rule="R-IM-01"),
    C(46, "hidden rows", book(["IDPEL", "NAMA"], [ID, "a"], [ID2, "b"], more=hidden),
      count=(2, 2, 0, 0), warn="HIDDEN_ROWS"),
    C(46, "hidden sheet", book(["IDPEL", "NAMA"], [ID, "a"], more=hidden_sheet), tables=2,
      warn="HIDDEN_SHEET"),
    C(47, "formula without a result", book_xml("C2", "<f>1+1</f><v></v>"), refused="FORMULA"),
    C(48, "#N/A", book_xml("B2", "<f>VLOOKUP(1,2,3)</f><v>#N/A</v>", ' t="e"'), rule="ERROR_CELL",
      count=(2, 1, 1, 0)),
    C(48, "#REF! as text", cell("KODE_GARDU", "#REF!"), rule="ERROR_CELL"),
    C(49, "several sheets of one kind", book(
        ["IDPEL", "NAMA"], [ID, "a"], also={"51354BKD": [["IDPEL", "NAMA"], [ID2, "b"]]}), tables=2),
    C(50, "password", secret_book, refused="PASSWORD"),
    C(51, ".xls that is a page", raw(HTML.encode(), "a.xls"), count=(2, 2, 0, 0)),
    C(51, ".xls that is CSV", text("IDPEL;NAMA", f"{ID};a", name="a.xls"), value={"name": "a"}),
    C(52, "truncated", lambda f: raw(book(["IDPEL"], [ID])(f).read_bytes()[:2000], "b.xlsx")(f),
      refused="WORKBOOK"),
    C(53, "zip bomb", bomb, refused="LIMIT"),
    C(54, "leads outside", zipped({"../a.csv": b"x"}), refused="ZIP_PATH"),
    C(54, "absolute", zipped({"/etc/a.csv": b"x"}), refused="ZIP_PATH"),
    C(54, "drive letter", zipped({"C:\\a.csv": b"x"}), refused="ZIP_PATH"),
    C(54, "link", zipped({link("a.csv"): b"/etc/passwd"}), refused="ZIP_LINK"),
    C(54, "100,000 members", zipped(lambda: ((f"{n}.csv", b"") for n in range(100_000))),
      refused="LIMIT"),
    C(55, "a huge cell", raw(lambda: b"IDPEL;NAMA\n" + ID.encode() + b";" + b"x" * (40 << 20)),
      refused="CSV: row 2"),
    C(55, "a million columns", raw(lambda: b";".join(b"k%d" % n for n in range(1_000_000)) + b"\n"),
      refused="LIMIT"),
    C(56, "NUL byte", raw(f"IDPEL;NAMA\n{ID};a\x00b\n".encode()), refused="NUL_BYTE"),
    C(57, "empty", raw(b""), refused="EMPTY"),
    C(57, "header only", text("IDPEL;NAMA"), count=(0, 0, 0, 0)),
    C(61, "no position", place("", ""), quality="tanpa_koordinat"),
    C(62, "0, 0", place("0", "0"), quality="R-IM-06-nol", warn="NO_PLACE"),
    C(63, "swapped", place("112.6912", "-7.6512"), quality="ok", warn="R-IM-06"),
    C(64, "sign lost", place("7.6512", "112.6912"), quality="R-IM-06-tanda", warn="SIGN_LOST"),
    C(65, "outside the area", place("51.5123", "0.1234"), quality="R-IM-06-area", warn="NO_PLACE"),
    C(65, "outside an area said", place("-6.2001", "106.8001"), quality="R-IM-06-area",
      declared={"area": "112,-8.5,113.5,-7"}),
    *[C(66, v, place(v, "112.6912"), rule="NOT_FINITE") for v in ("NaN", "inf", "1e400")],
    C(67, "DMS", place("7\u00b039'12\"S", "112\u00b041'26\"E"), quality="R-IM-07", warn="DMS"),
    C(67, "DMS, declared", place("7\u00b039'12\"S", "112\u00b041'26\"E"), quality="ok",
      declared={"coordinates": "dms"}),
    C(68, "UTM metres", place("9154321.5", "686123.4"), rule="UTM_METRES"),
    C(68, "UTM metres, said", place("9154321.5", "686123.4"), quality="ok", declared={"srid": 32749}),
    C(69, "two decimals", place("-7.65", "112.69"), quality="R-IM-69-kasar", warn="LOW_PRECISION"),
    C(69, "two decimals on one axis", place("-7.65", "112.691234"), quality="R-IM-69-kasar"),
    C(72, "no RBM in a customer list", text("IDPEL;RBM", f"{ID};"), count=(1, 1, 0, 0)),
    C(72, "an RBM of no known pattern", cell("RBM", "X/9"), value={"rbm": "X/9"}),
    C(74, "no .prj", shapefile(without=(".prj",)), refused="CRS_MISSING", profile=GIS),
    C(74, "no .prj, said", shapefile(without=(".prj",)), asked=Asked(srid=4326), value={"idpel": ID},
      profile=GIS),
    C(75, "no .dbf", shapefile(without=(".dbf",)), refused="SHP_PART", profile=GIS),
    C(75, "no .shx", shapefile(without=(".shx",)), refused="SHP_PART", profile=GIS),
    C(75, "counts differ", shapefile(change=one_record_less), refused="SHP_COUNT", profile=GIS),
    C(76, "deleted records", shapefile(frame=lambda: points([SPOT, SPOT]), change=deleted),
      count=(1, 1, 0, 0), warn="DELETED_RECORDS", profile=GIS),
    C(76, "code page", shapefile(frame=lambda: points(IDPEL=[ID], NAMA=[E9]), encoding="cp1252"),
      value={"idpel": ID}, profile=GIS),
    C(77, "NetworkLink", kml(PLACEMARK + "<NetworkLink><Link><href>http://127.0.0.1/x.kml</href>"
                             "</Link></NetworkLink>"), value={"idpel": ID}, warn="NETWORK_LINK", profile=GIS),
    C(77, "entity", kml(PLACEMARK, '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
      refused="XML_ENTITY", profile=GIS),
    C(77, "extended data", kml(PLACEMARK), value={"idpel": ID}, quality="ok", profile=GIS),
    C(78, "several layers, one said", layer(layers=("pelanggan", "lain")),
      asked=Asked(layer="lain"), value={"idpel": ID}, profile=GIS),
    C(78, "no such layer", layer(), asked=Asked(layer="x"), refused="LAYER", profile=GIS),
    C(79, "200,000 deep", deep, refused="DEPTH", profile=GIS),
    C(79, "5,000 collections", collections, refused="DEPTH", profile=GIS),
    C(80, "wrong geometry type", layer(frame=lambda: points([SPOT, Point(112.7, -7.6), LINE])),
      count=(3, 2, 1, 0), rule="GEOMETRY_TYPE", profile=GIS),
    C(80, "heights", geojson(feature(at(112.6912345, -7.6512345, 8))), warn="HEIGHT_DROPPED",
      quality="ok", profile=GIS),
    C(80, "empty geometry", geojson(feature(None), feature(at(112.7, -7.6), IDPEL=ID2)),
      count=(2, 2, 0, 0), profile=GIS),
    C(80, "antimeridian", geojson(feature(at(181.5, -7.6512345))), quality="R-IM-06-area", profile=GIS),
    C(80, "crs member", geojson(
        feature(at(686123.4, 9154321.5)),
        crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32749"}}),
      quality="ok", profile=GIS),
    C(81, "self-crossing outline", layer(frame=lambda: points([CROSSING], UNITUP=["51354"])),
      rule="GEOMETRY_CROSSES", profile="batas-unit"),
    C(82, "negative kWh", cell("KWH", "-5"), value={"kwh": "-5"}),
    *[C(83, n, cell("NAMA", n), value={"name": n})
      for n in ("<script>", "{{7*7}}", "=HYPERLINK()", "@SUM(1)")],
    C(84, "NFD", cell("NAMA", unicodedata.normalize("NFD", E9)), value={"name": E9}),
    C(84, "emoji", cell("NAMA", "Siti \U0001f600"), value={"name": "Siti \U0001f600"}),
    C(84, "RTL override", cell("NAMA", "Siti\u202eABC"), rule="CONTROL_CHARACTER"),
    C(84, "control character", cell("NAMA", "Siti\x07"), rule="CONTROL_CHARACTER"),
    # Met since.
    C(86, "Excel's XML of 2003", raw(SHEET_XML.encode(), "a.xls"), value={"name": "Siti"}),
    C(87, "a workbook that calls itself CSV", book(["IDPEL", "NAMA"], [ID, "a"], name="a.csv"),
      value={"name": "a"}),
    C(88, "a PDF", raw(b"%PDF-1.7\n", "daftar.xls"), refused="NO_TABLE"),
    C(88, "a text document", zipped({"[Content_Types].xml": b"", "word/document.xml": b""}, "a.docx"),
      refused="NO_TABLE"),
    C(88, "a VRT that points elsewhere", raw(
        b"<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>/vsicurl/http://127.0.0.1/a"
        b"</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>", "a.gpkg"), refused="VIRTUAL"),
    C(88, "an SQLite database", lambda f: sqlite(f), refused="NO_TABLE"),
    C(89, "an address as a name", raw(b'"/vsicurl/http://127.0.0.1/a"', "http:.geojson"),
      refused="GEO_FILE"),
    C(90, "UTF-16 without a mark", raw(f"IDPEL;NAMA\n{ID};Siti\n\n".encode("utf-16-le")),
      value={"name": "Siti"}),
    C(91, "a trailing delimiter on every line", text("IDPEL;NAMA;", f"{ID};Siti;"),
      value={"name": "Siti"}),
    C(92, "lost decimals", place("-765123", "11269"), quality="R-IM-06-desimal", warn="DECIMALS_LOST"),
    C(92, "lost decimals on one axis", place("-7.651234", "112691234"), quality="R-IM-06-desimal"),
    C(93, "dragged by a unit of the last place", text("IDPEL;LAT;LON", *[
        f"5135400000{n:02d};-7.651234;112.6912{34 + n}" for n in range(9)]), warn="DRAGGED"),
    C(93, "dragged by whole degrees", text("IDPEL;LAT;LON", *[
        f"5135400000{n:02d};-7.6512{n * 7 % 9}1;{112 + n}.691234" for n in range(9)]), warn="DRAGGED"),
    C(94, "a shapefile in a zip", shapefile(packed=True), value={"idpel": ID}, quality="ok",
      profile=GIS),
    C(94, "a File Geodatabase", layer("a.gdb", layers=("pelanggan",), driver="OpenFileGDB"),
      value={"idpel": ID}, quality="ok", profile=GIS),
    C(94, "a DBF alone", lambda f: shapefile()(f).with_suffix(".dbf").rename(f / "lain.dbf"),
      value={"idpel": ID}),
    C(94, "a KMZ", lambda f: zipped({"doc.kml": kml(PLACEMARK)(f).read_bytes()}, "a.kmz")(f),
      value={"idpel": ID}, quality="ok", profile=GIS),
    C(95, "photos", zipped({f"202405/{ID}.jpg": b"\xff\xd8\xff\xe0", "x.jpg": b"\xff\xd8\xff\xe0"}),
      profile="photos", value={"idpel": ID, "blth": "202405"}, rule="PHOTO_NAME", count=(2, 1, 1, 0)),
    C(96, "a cell outside the headed columns", book(["IDPEL", "NAMA"], [ID, "a", "catatan"]),
      value={"name": "a"}),
    C(97, "a column without a name", text("IDPEL;;NAMA", f"{ID};x;a"), value={"name": "a"}),
    C(98, "an archive in an archive in an archive", lambda f: nested(f), refused="ZIP_NESTED"),
    C(99, "a gzipped workbook", lambda f: gz(f), value={"name": "a"}),
]  # fmt: skip


def sqlite(folder):
    import sqlite3

    with sqlite3.connect(folder / "a.gpkg") as db:
        db.execute("CREATE TABLE a (IDPEL text)")
    db.close()
    return folder / "a.gpkg"


def nested(folder):
    inner = zipped({"a.csv": b"IDPEL\n1\n"}, "1.zip")(folder).read_bytes()
    for n in (2, 3):
        inner = zipped({"a.zip": inner}, f"{n}.zip")(folder).read_bytes()
    return folder / "3.zip"


def gz(folder):
    import gzip

    path = folder / "a.xlsx.gz"
    path.write_bytes(gzip.compress(book(["IDPEL", "NAMA"], [ID, "a"])(folder).read_bytes()))
    return path
