"""What a file is, by its first bytes; a suffix is only a hint where bytes do not tell."""

import zipfile
from enum import StrEnum
from pathlib import Path

from rbmgeo.intake.readers.limits import refused

HEAD = 4096


class Form(StrEnum):
    """A family of formats that one reader opens."""

    TEXT = "text"
    WORKBOOK = "workbook"
    HTML = "html"
    SHEET_XML = "sheet_xml"
    ZIP = "zip"
    KMZ = "kmz"
    GZIP = "gzip"
    GPKG = "gpkg"
    SHAPEFILE = "shapefile"
    DBF = "dbf"
    GEODATABASE = "geodatabase"
    JSON = "json"
    KML = "kml"
    OSM = "osm"
    PARQUET = "parquet"


#: First bytes of what is no table, with what it is in both languages.
NOT_TABLES: dict[bytes, tuple[str, str]] = {
    b"%PDF": ("a PDF; ask for the table as XLSX or CSV", "PDF; minta tabelnya sebagai XLSX atau CSV"),
    b"{\\rtf": ("a text document (RTF); save the table as XLSX or CSV",
                "dokumen teks (RTF); simpan tabelnya sebagai XLSX atau CSV"),
    b"\xff\xd8\xff": ("a photo; pack photos named by idpel and month into a zip",
                      "foto; kumpulkan foto bernama idpel dan bulan dalam satu zip"),
    b"\x89PNG": ("a picture; pack photos named by idpel and month into a zip",
                 "gambar; kumpulkan foto bernama idpel dan bulan dalam satu zip"),
    b"GIF8": ("a picture; ask for the table itself", "gambar; minta tabelnya"),
    b"7z\xbc\xaf": ("a 7-Zip archive; pack it as zip", "arsip 7-Zip; kemas sebagai zip"),
    b"Rar!": ("a RAR archive; pack it as zip", "arsip RAR; kemas sebagai zip"),
    b"BZh": ("packed by bzip2; unpack it first", "dikemas bzip2; buka dulu"),
    b"\xfd7zXZ": ("packed by xz; unpack it first", "dikemas xz; buka dulu"),
    b"MZ": ("a program", "program"),
    b"\x7fELF": ("a program", "program"),
    b"MIME-Version:": ("a saved web page (MHT); save it as XLSX", "halaman web (MHT); simpan sebagai XLSX"),
    b"\x00\x01\x00\x00Standard Jet DB": ("an Access 2003 database; export the table as XLSX",
                                         "basis data Access 2003; ekspor tabelnya sebagai XLSX"),
    b"\x00\x01\x00\x00Standard ACE DB": ("an Access database; export the table as XLSX",
                                         "basis data Access; ekspor tabelnya sebagai XLSX"),
}  # fmt: skip
XBASE = (0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x83, 0x8B, 0x8C, 0xF5)
PAGES = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<body", b"<style", b"<div")


def form_of(path: Path) -> Form:
    """Say what a file, or a File Geodatabase's folder, is.

    Raises
    ------
    ImportRefused
        If it is known to be no table, in a sentence that says what it is.
    """
    if path.is_dir():
        return Form.GEODATABASE
    with path.open("rb") as file:
        head = file.read(HEAD)
    known = _by_first_bytes(path, head)
    if known is not None:
        return known
    plain = _readable(head)
    if plain[:1] in (b"{", b"[") and _json_like(plain):
        return Form.JSON
    if plain[:1] == b"<":
        return _markup(path, plain)
    return Form.TEXT


def _by_first_bytes(path: Path, head: bytes) -> Form | None:
    for mark, (en, indonesian) in NOT_TABLES.items():
        if head.startswith(mark):
            raise refused(path.name, "NO_TABLE", f"this is {en}", f"ini {indonesian}")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _packed(path)
    if head.startswith(b"\x1f\x8b"):
        return Form.GZIP
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") or _early_excel(head):
        return Form.WORKBOOK
    if head.startswith(b"SQLite format 3\x00"):
        return Form.GPKG
    if head.startswith(b"PAR1"):
        return Form.PARQUET
    if head.startswith(b"\x00\x00\x27\x0a") and len(head) >= 100:
        return Form.SHAPEFILE
    if b"OSMHeader" in head[:32]:
        return Form.OSM
    return Form.DBF if _dbf(path, head) else None


def _packed(path: Path) -> Form:
    """Say what a zip is by the names in it."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            kind = archive.read("mimetype")[:80] if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, ValueError):
        # A broken workbook is told by the reader that its name asks for.
        names, kind = [], b""
        if path.suffix.lower() in (".xlsx", ".xlsm", ".xlsb", ".ods"):
            return Form.WORKBOOK
    inside = set(names)
    if inside & {"xl/workbook.xml", "xl/workbook.bin"} or b"opendocument.spreadsheet" in kind:
        return Form.WORKBOOK
    if any(n.startswith(("word/", "ppt/")) for n in names) or b"opendocument" in kind:
        raise refused(
            path.name, "NO_TABLE", "this is a text document; save the table as XLSX or CSV",
            "ini dokumen teks; simpan tabelnya sebagai XLSX atau CSV",
        )  # fmt: skip
    files = [n for n in names if not n.endswith("/")]
    if [n for n in files if n.lower().endswith(".kml") and "/" not in n] and not [
        n for n in files if n.lower().endswith((".csv", ".xlsx", ".xls", ".shp", ".gpkg"))
    ]:
        return Form.KMZ
    # Excel before 2007 knew no zip: what calls itself a workbook and holds none is broken.
    return Form.WORKBOOK if "[Content_Types].xml" in inside else Form.ZIP


def _early_excel(head: bytes) -> bool:
    return head[:2] == b"\x09\x08" and head[2:4] in (b"\x08\x00", b"\x10\x00")


def _dbf(path: Path, head: bytes) -> bool:
    """Say whether the header's own figures agree with the file's length."""
    if len(head) < 33 or head[0] not in XBASE or not (1 <= head[2] <= 12 and 1 <= head[3] <= 31):
        return False
    records = int.from_bytes(head[4:8], "little")
    start, each = int.from_bytes(head[8:10], "little"), int.from_bytes(head[10:12], "little")
    size = path.stat().st_size
    known = start > 32 and each > 1 and (size >= start + records * each or size > start)
    return known and (start >= len(head) or 0x0D in head[32 : start + 1])


def _readable(head: bytes) -> bytes:
    """Return the first bytes as lower-case ASCII enough to tell markup, whatever the encoding."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace").lstrip("\ufeff \t\r\n").encode()
    return head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")


def _json_like(plain: bytes) -> bool:
    """Say whether text that begins with a bracket goes on as JSON does."""
    following = plain[1:].lstrip(b" \t\r\n")[:1]
    return following in (b'"', b"{", b"}", b"[", b"]")


def _markup(path: Path, plain: bytes) -> Form:
    low = plain.lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in low and not low.startswith(b"<html"):
        return Form.SHEET_XML
    if b"<kml" in low or b"opengis.net/kml" in low:
        return Form.KML
    if b"<osm" in low:
        return Form.OSM
    if low.startswith(PAGES) or b"<table" in low or b"<html" in low:
        return Form.HTML
    if b"<ogrvrt" in low or b"<vrtdataset" in low or b"<gdal_wms" in low or b"<wfs" in low:
        raise refused(
            path.name, "VIRTUAL", "this only points to data elsewhere and is never followed; bring "
            "the data themselves",
            "berkas ini hanya menunjuk data di tempat lain dan tidak diikuti; bawa datanya sendiri",
        )  # fmt: skip
    raise refused(
        path.name, "NO_TABLE", "this is XML of a kind that holds no table we know; export it as "
        "XLSX, CSV, GeoPackage or KML",
        "ini XML yang bukan tabel; ekspor sebagai XLSX, CSV, GeoPackage atau KML",
    )  # fmt: skip
