"""What a workbook reader passes over in silence: error cells, and formulas nobody computed."""

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

CELL = re.compile(rb"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)
PLACE = re.compile(rb'\br="([A-Z]+)([0-9]+)"')
VALUE = re.compile(rb"<v[^>]*>([^<]+)</v>")
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, ElementTree.ParseError, KeyError, OSError, EOFError, ValueError,
    RuntimeError,
)  # fmt: skip
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


@dataclass
class Lost:
    """Cells of one sheet by (row, column), both from 0: ``errors`` with their text (#N/A).

    ``formulas``: names (B3) of cells whose formula was never computed.
    """

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: list[str] = field(default_factory=list)


def lost_cells(path: Path) -> dict[str, Lost]:
    """Return what of each sheet of an XLSX file would read as an empty cell, though it is none.

    Only sheets that have such cells are named. Nothing is evaluated. Other formats tell
    nothing here.
    """
    found: dict[str, Lost] = {}
    try:
        with zipfile.ZipFile(path) as book:
            for sheet, part in _parts(book).items():
                lost = _lost(book.read(part))
                if lost.errors or lost.formulas:
                    found[sheet] = lost
    except UNREADABLE:
        return {}  # the workbook reader itself says what is wrong with such a file
    return found


def _parts(book: zipfile.ZipFile) -> dict[str, str]:
    """Return the part of the archive that holds each sheet, by the sheet's name."""
    links = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    target = {link.get("Id"): str(link.get("Target")) for link in links}
    sheets = ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
    return {
        str(s.get("name")): _inside(target[s.get(f"{OFFICE}id")])
        for s in sheets
        if s.get(f"{OFFICE}id") in target
    }


def _inside(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _lost(data: bytes) -> Lost:
    lost = Lost()
    if b't="e"' not in data and b"<f" not in data:
        return lost
    for attributes, body in CELL.findall(data):
        place = PLACE.search(attributes)
        if place is None:
            continue
        value = VALUE.search(body)
        if b't="e"' in attributes:
            said = value.group(1).decode("utf-8", "replace") if value else "#N/A"
            lost.errors[int(place.group(2)) - 1, _column(place.group(1))] = said
        # A formula whose result is the empty text says so by its type.
        elif b"<f" in body and value is None and b't="str"' not in attributes:
            lost.formulas.append((place.group(1) + place.group(2)).decode())
    return lost


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
