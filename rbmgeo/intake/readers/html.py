"""HTML tables that call themselves .xls: every cell as the text it shows, nothing guessed."""

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.raw import Source
from rbmgeo.intake.readers.header import HEADER_ROWS, header, refuse_shifted, table_of

#: Largest file that is read so: it is held in memory whole.
LARGEST = 256 << 20
WIDEST = 16_384
MARKS = (b"<html", b"<table", b"<!doctype html", b"<meta", b"<?xml version")


def is_html(path: Path) -> bool:
    """Say whether a file begins as an HTML page, whatever it is called."""
    with path.open("rb") as file:
        start = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith(MARKS) and b"<" in start and (b"<table" in start or b"<html" in start)


def open_html(path: Path) -> list[Source]:
    """Open every table of an HTML file; raises `ImportRefused` where there is none.

    A title block may be a table of its own: its cells are the titles of the table below it.
    """
    if path.stat().st_size > LARGEST:
        raise ImportRefused(
            f"{path.name}: rule FILE_SIZE: an HTML table of more than 256 MB; export it as CSV",
            f"{path.name}: aturan FILE_SIZE: tabel HTML di atas 256 MB; ekspor sebagai CSV",
        )
    data = path.read_bytes()
    reader = _Tables()
    reader.feed(_text(path.name, data))
    reader.close()
    sources, titles = [], list[str]()
    for cells in reader.tables:
        width = max((len(row) for row in cells), default=0)
        if width < 2 or len(cells) < 2:
            titles += [c for row in cells for c in row if c]
            continue
        sources.append(_source(path.name, cells, width, titles))
        titles = []
    if not sources:
        raise ImportRefused(
            f"{path.name}: rule EMPTY: no table has a row; export it again",
            f"{path.name}: aturan EMPTY: tidak ada tabel berisi; ekspor lagi",
        )
    many = len(sources) > 1
    return [s if not many else _named(s, n) for n, s in enumerate(sources, start=1)]


def _source(file: str, cells: list[list[str]], width: int, titles: list[str]) -> Source:
    rows = [row + [""] * (width - len(row)) for row in cells]
    head = header(file, rows[:HEADER_ROWS])
    start = head.start + 1
    table = table_of(file, "", head, rows[start:], number=start + 1, padded=True)
    refuse_shifted(table)
    return Source.of(table, (*titles, *head.titles))


def _named(source: Source, number: int) -> Source:
    return Source.of(replace(source.head, sheet=f"tabel {number}"), source.titles)


def _text(name: str, data: bytes) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if b"windows-1252" in data[:2048].lower() or b"iso-8859-1" in data[:2048].lower():
            return data.decode("cp1252", "strict")
        raise ImportRefused(
            f"{name}: rule ENCODING: byte {error.start} is not {encoding}; save the file as UTF-8",
            f"{name}: aturan ENCODING: byte {error.start} bukan {encoding}; simpan sebagai UTF-8",
        ) from error


class _Tables(HTMLParser):
    """Collects the rows of each table; a cell over several rows stands in the first, as merged."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._cell: list[str] | None = None
        self._span = 1
        self._below: dict[int, int] = {}
        self._rowspan = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "table":
            self.tables.append([])
            self._below = {}
        elif tag == "tr" and self.tables:
            self._end_cell()
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables:
            self._end_cell()
            if not self.tables[-1]:
                self.tables[-1].append([])
            self._span = _number(told.get("colspan"))
            self._rowspan = _number(told.get("rowspan"))
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        row = self.tables[-1][-1]
        while self._below.get(len(row), 0) > 0:  # a cell of a row above reaches down here
            self._below[len(row)] -= 1
            row.append("")
        if self._rowspan > 1:
            self._below[len(row)] = self._rowspan - 1
        row.append(" ".join("".join(self._cell).replace("\xa0", " ").split()))
        row += [""] * (self._span - 1)
        self._cell = None


def _number(said: str | None) -> int:
    return min(int(said), WIDEST) if said and said.isascii() and said.isdigit() and int(said) else 1
