"""What a workbook reader passes over in silence: error cells, formulas nobody computed, hiding."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
PLACE = re.compile(rb'\br="([A-Z]+)([0-9]+)"')
VALUE = re.compile(rb"<(?:\w+:)?v[^>]*>([^<]+)</")
HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*\bhidden="(?:1|true)"')
HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col\b[^>]*\bhidden="(?:1|true)"')
ROW_END = re.compile(rb"</(?:\w+:)?row>")
FORMULA = re.compile(rb"<(?:\w+:)?f\b")
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException, KeyError, OSError, EOFError,
    ValueError, RuntimeError,
)  # fmt: skip
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PIECE = 1 << 20
LONGEST_ROW = 64 << 20  # bytes of XML; a row of 16,384 full cells has some 2 MB


@dataclass
class Lost:
    """Cells of one sheet by (row, column), both from 0: ``errors`` with their text (#N/A).

    ``formulas``: names (B3) of cells whose formula was never computed, the first thousand of
    ``formulas_all``. ``hidden_rows``, ``hidden_columns``: how many a person does not see;
    ``filtered``: a filter is on.
    """

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: list[str] = field(default_factory=list)
    formulas_all: int = 0
    hidden_rows: int = 0
    hidden_columns: int = 0
    filtered: bool = False


@dataclass
class Book:
    """What of a whole XLSX file its reader does not tell: by sheet, and which epoch it counts from."""

    sheets: dict[str, Lost] = field(default_factory=dict)
    epoch_1904: bool = False


def lost_cells(path: Path) -> Book:
    """Return what of an XLSX file would be passed over in silence, a piece of XML at a time.

    Cells that would read as empty, though they are not; rows and columns that are hidden.
    Nothing is evaluated. Other formats tell nothing here.
    """
    book = Book()
    try:
        with zipfile.ZipFile(path) as archive:
            book.epoch_1904 = _counts_from_1904(archive)
            for sheet, part in _parts(archive).items():
                book.sheets[sheet] = _lost(archive, part)
    except UNREADABLE:
        return Book()  # the workbook reader itself says what is wrong with such a file
    return book


def _counts_from_1904(book: zipfile.ZipFile) -> bool:
    for said in fromstring(book.read("xl/workbook.xml")).iter(f"{MAIN}workbookPr"):
        return said.get("date1904") in ("1", "true")
    return False


def _parts(book: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of the archive that holds each sheet, by the sheet's name."""
    links = fromstring(book.read("xl/_rels/workbook.xml.rels"))
    target = {link.get("Id"): str(link.get("Target")) for link in links}
    sheets = fromstring(book.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
    return {
        str(s.get("name")): _inside(target[s.get(f"{OFFICE}id")])
        for s in sheets
        if s.get(f"{OFFICE}id") in target
    }


def _inside(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _lost(book: zipfile.ZipFile, part: str) -> Lost:
    lost = Lost()
    for data in _whole_rows(book, part):
        lost.hidden_rows += len(HIDDEN_ROW.findall(data)) if b"hidden=" in data else 0
        lost.hidden_columns += len(HIDDEN_COLUMN.findall(data)) if b"hidden=" in data else 0
        lost.filtered |= b"autoFilter" in data and b"filterColumn" in data
        if b't="e"' in data or b"<f" in data or b":f" in data:
            _look_at_cells(lost, data)
    return lost


def _whole_rows(book: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Read a sheet's XML in pieces that end where a row ends."""
    rest = b""
    with book.open(part) as file:
        while piece := file.read(PIECE):
            rest += piece
            cut = _last_row_end(rest)
            if cut:
                yield rest[:cut]
                rest = rest[cut:]
            elif len(rest) > LONGEST_ROW:
                raise ValueError("a row of a sheet has no end")
    yield rest


def _last_row_end(data: bytes) -> int:
    """Return where the last row ends, 0 where none does; some programs write ``x:row``."""
    cut = data.rfind(b"</row>")
    if cut >= 0:
        return cut + len(b"</row>")
    return max((m.end() for m in ROW_END.finditer(data)), default=0)


def _look_at_cells(lost: Lost, data: bytes) -> None:
    for attributes, body in CELL.findall(data):
        is_error = b't="e"' in attributes
        if not is_error and b"f" not in body:
            continue
        place = PLACE.search(attributes)
        if place is None:
            continue
        value = VALUE.search(body)
        if is_error:
            said = value.group(1).decode("utf-8", "replace") if value else "#N/A"
            lost.errors[int(place.group(2)) - 1, _column(place.group(1))] = said
        # A formula whose result is the empty text says so by its type.
        elif FORMULA.search(body) and value is None and b't="str"' not in attributes:
            lost.formulas_all += 1
            if len(lost.formulas) < 1000:
                lost.formulas.append((place.group(1) + place.group(2)).decode())


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
