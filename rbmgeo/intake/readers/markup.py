"""Tables in web pages and in Excel's XML of 2003, both often named .xls; read a piece at a time."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree

from rbmgeo.intake.raw import RawTable, Source
from rbmgeo.intake.readers.header import HEADER_ROWS, header, refuse_shifted, table_of
from rbmgeo.intake.readers.limits import LIMITS, refused, too_large

PIECE = 1 << 20
ROWS = 50_000
HEAD_ROWS = 2_000
CHARSET = re.compile(
    rb"charset\s*=\s*[\"']?([A-Za-z0-9_\-]+)|encoding\s*=\s*[\"']([A-Za-z0-9_\-]+)"
)
SHEET = "{urn:schemas-microsoft-com:office:spreadsheet}"
EMPTY_ROWS = 1_100_000  # an Excel sheet has not more rows


@dataclass
class _Grid:
    """A table under way: rows in order, cells that reach down into the rows to come."""

    number: int
    down: dict[int, int] = field(default_factory=dict)
    merged: list[tuple[int, int, int]] = field(default_factory=list)  # column, from, to
    row: int = 0

    def place(self, cells: list[tuple[str, int, int]]) -> list[str]:
        """Return a row's texts in their columns; ``cells`` are (text, columns, rows) spanned."""
        self.row += 1
        out: list[str] = []
        for text, columns, rows in cells:
            self._pass_over(out)
            if rows > 1:
                self.merged.append((len(out), self.row, self.row + rows - 1))
            for each in range(columns):
                if rows > 1:
                    self.down[len(out)] = rows
                out.append(text if each == 0 else "")
        self._pass_over(out)
        self.down = {c: n - 1 for c, n in self.down.items() if n > 1}
        return out

    def _pass_over(self, out: list[str]) -> None:
        while self.down.get(len(out), 0) > 0 and len(out) < LIMITS.columns:
            out.append("")


def open_html(path: Path, encoding: str = "") -> list[Source]:
    """Open every table of a web page that has rows; raises `ImportRefused` where it has none."""
    return _open(path, lambda: _html_rows(path, encoding))


def open_sheet_xml(path: Path) -> list[Source]:
    """Open every sheet of an XML spreadsheet of 2003; raises `ImportRefused` where it has none."""
    return _open(path, lambda: _sheet_rows(path))


Rows = Iterator[tuple[str, list[str], "_Grid"]]


def _open(path: Path, rows: Any) -> list[Source]:
    first: dict[str, list[list[str]]] = {}
    many: dict[str, int] = {}
    grids: dict[str, _Grid] = {}
    for sheet, cells, grid in rows():
        grids[sheet] = grid
        many[sheet] = many.get(sheet, 0) + 1
        if len(first.setdefault(sheet, [])) < HEAD_ROWS:
            first[sheet].append(cells)
    # A page's frame is made of tables as well: one row or one column is none of data.
    real = {s: r for s, r in first.items() if many[s] > 1 and max(map(len, r)) > 1}
    chosen = real or {s: r for s, r in first.items() if any(any(c) for c in r)}
    if not chosen:
        raise refused(
            path.name, "EMPTY", "the page holds no table with rows; export it again",
            "halaman ini tidak berisi tabel; ekspor lagi",
        )  # fmt: skip
    above = tuple(c for s, r in first.items() if s not in chosen for row in r for c in row if c)
    return [
        _source(path, rows, s if len(chosen) > 1 else "", s, chosen[s], many[s], grids[s], above)
        for s in chosen
    ]


def _source(
    path: Path, rows: Any, shown: str, sheet: str, first: list[list[str]], many: int, grid: _Grid,
    above: tuple[str, ...],
) -> Source:  # fmt: skip
    wide = max(map(len, first))
    head = header(path.name, [r + [""] * (wide - len(r)) for r in first[:HEADER_ROWS]], padded=True)
    start = head.start + 1
    notes: dict[str, int] = {}

    def pieces() -> Iterator[RawTable]:
        mine = (cells for name, cells, _ in rows() if name == sheet)
        number, beyond = 1, 0
        while some := list(islice(mine, ROWS)):
            skip = max(start + 1 - number, 0)
            body = some[skip:]
            beyond += sum(1 for r in body for c in r[head.width :] if c.strip())
            yield table_of(path.name, shown, head, body, number=number + skip, padded=True)
            number += len(some)
        if beyond:
            notes["CELLS_BEYOND"] = beyond

    table = table_of(path.name, shown, head, first[start:], number=start + 1, padded=True)
    refuse_shifted(table)
    spans: dict[str, list[tuple[int, int]]] = {}
    for column, top, bottom in grid.merged:
        if top > start and column < head.width:
            spans.setdefault(head.names[column], []).append((top, bottom))
    merged = {n: tuple(s) for n, s in spans.items()} or None
    return Source(
        table, pieces, max(many - start, 0), above[:HEADER_ROWS] + head.titles, notes, merged
    )


def _html_rows(path: Path, encoding: str) -> Rows:
    """Yield (table, cells, grid) of every row of a page; a table within a cell is its own."""
    parser = etree.HTMLPullParser(
        events=("start", "end"), tag=("table", "tr"), encoding="utf-8", huge_tree=False,
        no_network=True, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    open_tables: list[tuple[str, _Grid]] = []
    tables = 0
    try:
        for text in _texts(path, encoding):
            parser.feed(text)
            for event, element in parser.read_events():
                if element.tag == "table" and event == "start":
                    tables += 1
                    open_tables.append((f"tabel {tables}", _Grid(tables)))
                elif element.tag == "table":
                    if open_tables:
                        open_tables.pop()
                    element.clear()
                elif event == "end" and open_tables:
                    name, grid = open_tables[-1]
                    yield name, grid.place(_cells(path, element)), grid
                    _let_go(element)
        parser.close()
    except etree.LxmlError as error:
        raise _broken(path, error) from error


def _cells(path: Path, row: Any) -> list[tuple[str, int, int]]:
    cells = []
    for cell in row.iterchildren("td", "th"):
        text = " ".join("".join(cell.itertext()).replace("\xa0", " ").split())
        cells.append(
            (text, min(_span(cell.get("colspan")), LIMITS.columns), _span(cell.get("rowspan")))
        )
    wide = sum(columns for _, columns, _ in cells)
    if wide > LIMITS.columns:
        raise too_large(path.name, "columns", wide, LIMITS.columns)
    return cells


def _span(said: str | None, otherwise: int = 1) -> int:
    """Return a whole number from 1 that an attribute tells, else ``otherwise``."""
    digits = (said or "").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 8):
        return otherwise
    return max(int(digits), 1)


def _let_go(element: Any) -> None:
    """Forget an element that was read, and those before it: the page is never held whole."""
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _texts(path: Path, encoding: str) -> Iterator[bytes]:
    """Read a page as UTF-8, decoded strictly by what it declares of itself."""
    with path.open("rb") as file:
        data = file.read(PIECE)
        known = encoding or _declared(data)
        try:
            decoder = codecs.getincrementaldecoder(known)()
        except LookupError as error:
            raise refused(
                path.name, "ENCODING", f"encoding {known!r} is not known; say --encoding",
                f"pengodean {known!r} tidak dikenal; sebutkan --encoding",
            ) from error  # fmt: skip
        at = 0
        while True:
            following = file.read(PIECE)
            if b"\x00" in data and not known.startswith("utf-16"):
                raise refused(
                    path.name, "NUL_BYTE", f"at byte {at + data.index(0)}; export the file again",
                    f"pada byte {at + data.index(0)}; ekspor lagi",
                )  # fmt: skip
            try:
                text = decoder.decode(data, final=not following)
            except UnicodeDecodeError as error:
                raise refused(
                    path.name, "ENCODING", f"byte {at + error.start} is not {known}; say --encoding",
                    f"byte {at + error.start} bukan {known}; sebutkan --encoding",
                ) from error  # fmt: skip
            yield text.encode("utf-8", "replace")
            at += len(data)
            if not following:
                return
            data = following


def _declared(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    found = CHARSET.search(head[:4096])
    said = (found.group(1) or found.group(2)).decode().lower() if found else ""
    return "utf-8-sig" if said in ("", "utf-8", "utf8", "unicode") else said


def _sheet_rows(path: Path) -> Rows:
    """Yield (sheet, cells, grid) of every row of an XML spreadsheet."""
    sheet, grid, last = "", _Grid(0), 0
    try:
        with path.open("rb") as file:
            events = etree.iterparse(
                file, events=("start", "end"), tag=(f"{SHEET}Worksheet", f"{SHEET}Row"),
                resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
            )  # fmt: skip
            for event, element in events:
                _refuse_entities(path, element)
                if element.tag == f"{SHEET}Worksheet" and event == "start":
                    sheet, grid, last = str(element.get(f"{SHEET}Name") or ""), _Grid(0), 0
                elif element.tag == f"{SHEET}Row" and event == "end":
                    index = _span(element.get(f"{SHEET}Index"), 0)
                    while 0 < last + 1 < index <= EMPTY_ROWS:
                        last += 1
                        yield sheet, grid.place([]), grid
                    last += 1
                    yield sheet, grid.place(_sheet_cells(path, element)), grid
                    _let_go(element)
    except (etree.LxmlError, OSError) as error:
        raise _broken(path, error) from error


def _sheet_cells(path: Path, row: Any) -> list[tuple[str, int, int]]:
    cells: list[tuple[str, int, int]] = []
    for cell in row.iterchildren(f"{SHEET}Cell"):
        index = cell.get(f"{SHEET}Index")
        here = sum(c for _, c, _ in cells)
        if index and _span(index) - 1 > here:
            if _span(index) > LIMITS.columns:
                raise too_large(path.name, "columns", _span(index), LIMITS.columns)
            cells += [("", 1, 1)] * (_span(index) - 1 - here)
        data = cell.find(f"{SHEET}Data")
        text = "" if data is None else "".join(data.itertext()).strip()
        if data is not None and data.get(f"{SHEET}Type") == "DateTime":
            text = text.removesuffix("T00:00:00.000")
        if cell.get(f"{SHEET}Formula") and data is None:
            raise refused(
                path.name, "FORMULA", "a cell holds a formula without a result; open and save the "
                "file in Excel", "satu sel berisi rumus tanpa hasil; buka lalu simpan di Excel",
            )  # fmt: skip
        across = _span(cell.get(f"{SHEET}MergeAcross"), 0) + 1
        down = _span(cell.get(f"{SHEET}MergeDown"), 0) + 1
        cells.append((text, min(across, LIMITS.columns), down))
    return cells


def _refuse_entities(path: Path, element: Any) -> None:
    if element.getroottree().docinfo.doctype:
        raise entities(path)


def entities(path: Path) -> Exception:
    """Return the refusal of XML that defines entities."""
    return refused(
        path.name, "XML_ENTITY", "the file defines entities, which may point anywhere; export it "
        "again without a DOCTYPE",
        "berkas mendefinisikan entitas yang bisa menunjuk ke mana saja; ekspor lagi tanpa DOCTYPE",
    )  # fmt: skip


def _broken(path: Path, error: Exception) -> Exception:
    return refused(
        path.name, "MARKUP", f"cannot be read ({error}); save it as XLSX",
        f"tidak terbaca ({error}); simpan sebagai XLSX",
    )  # fmt: skip
