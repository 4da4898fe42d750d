"""CSV and its kin: any usual delimiter, read block by block, quick where the text is plain."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.raw import RawTable, Source
from rbmgeo.intake.readers.blocks import text_blocks
from rbmgeo.intake.readers.header import (
    HEADER_ROWS,
    Header,
    header,
    refuse_shifted,
    table_of,
)
from rbmgeo.intake.readers.plain_csv import plain_rows

DELIMITERS = ";,\t|"
HEAD_BYTES = 1 << 18


@dataclass(frozen=True)
class _Layout:
    file: str
    delimiter: str
    header: Header


def open_delimited(path: Path, *, encoding: str = "", delimiter: str = "") -> Source:
    """Open a delimited text file; raises `ImportRefused` where it is none."""

    def blocks() -> Iterator[bytes]:
        return text_blocks(path, encoding=encoding)

    return _source(path.name, blocks, path.stat().st_size, delimiter)


def delimited_text(name: str, data: bytes) -> Source:
    """Open UTF-8 text that is in memory."""
    return _source(name, lambda: iter([data]), len(data), "")


def _source(name: str, blocks: Callable[[], Iterator[bytes]], size: int, delimiter: str) -> Source:
    first = next(blocks(), b"")
    if not first.strip():
        raise ImportRefused(
            f"{name}: rule EMPTY: the file is empty; export it again",
            f"{name}: aturan EMPTY: berkas kosong; ekspor lagi",
        )
    layout = _layout(name, first, delimiter)

    def pieces() -> Iterator[RawTable]:
        number = 1
        for block in blocks():
            table, number = _piece(layout, block, number)
            yield table

    head_bytes = _first_rows(first)
    head, rows = _piece(layout, head_bytes, 1)
    refuse_shifted(head)
    about = int((rows - 1) * max(size / len(head_bytes), 1.0))
    return Source(head, pieces, about, layout.header.titles)


def _first_rows(block: bytes) -> bytes:
    """Return the first rows of a block, as many as tell what the file is."""
    if len(block) <= HEAD_BYTES:
        return block
    cut = block.rfind(b"\n", 0, HEAD_BYTES) + 1
    while cut and block.count(b'"', 0, cut) % 2:
        cut = block.rfind(b"\n", 0, cut - 1) + 1
    return block[:cut] if cut else block


def _layout(name: str, first: bytes, delimiter: str) -> _Layout:
    text = first.decode("utf-8", "surrogatepass")
    sign = delimiter or _delimiter(name, text.splitlines()[:HEADER_ROWS])
    rows = list(islice(_careful(name, text, sign, 0), HEADER_ROWS))
    return _Layout(name, sign, header(name, rows))


def _piece(layout: _Layout, block: bytes, number: int) -> tuple[RawTable, int]:
    """Read one block whose first row has a number (from 1); return it and the next number."""
    head = layout.header
    skip = max(head.start + 2 - number, 0)
    quick = plain_rows(block, layout.delimiter, skip=skip, number=number + skip, width=head.width)
    if quick is not None:
        frame, following = quick
        return RawTable(layout.file, "", frame.set_axis(list(head.names), axis=1)), following
    text = block.decode("utf-8", "surrogatepass")
    rows = list(_careful(layout.file, text, layout.delimiter, number - 1))
    table = table_of(layout.file, "", head, rows[skip:], number=number + skip)
    return table, number + len(rows)


def _careful(name: str, text: str, delimiter: str, before: int) -> Iterator[list[str]]:
    row = before
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            row += 1  # one by one: their number tells where a fault stood
            yield cells
    except csv.Error as error:
        raise ImportRefused(
            f"{name}: rule CSV: row {row + 1}: {error}; a quote was opened there and not closed, "
            "or a cell is too long",
            f"{name}: aturan CSV: baris {row + 1}: {error}; tanda kutip tidak ditutup, atau sel "
            "terlalu panjang",
        ) from error


def _delimiter(name: str, lines: list[str]) -> str:
    """Return the sign that stands outside quotes in most lines, most often the same number.

    The commas of addresses and decimals may be more than the semicolons that part the cells,
    and as regular where a row is cut; but the header then has no comma.

    Raises
    ------
    ImportRefused
        If two signs part every line, the header too, as regularly: nobody can tell.
    """
    counts = {s: [_outside_quotes(line).count(s) for line in lines] for s in DELIMITERS}

    def regular(sign: str) -> tuple[int, int, int]:
        found = Counter(n for n in counts[sign] if n)
        often, number = max(((often, n) for n, often in found.items()), default=(0, 0))
        return found.total(), often, number

    best = max(DELIMITERS, key=regular)
    filled = [i for i, line in enumerate(lines) if line.strip()]
    even = [
        s for s in DELIMITERS if len({counts[s][i] for i in filled}) == 1 and counts[s][filled[0]]
    ]
    if len(filled) > 1 and best in even and len(even) > 1:
        signs = " ".join(repr(s) for s in even)
        raise ImportRefused(
            f"{name}: rule DELIMITER: {signs} part every line alike; say which with --delimiter",
            f"{name}: aturan DELIMITER: {signs} sama-sama memisah tiap baris; sebutkan --delimiter",
        )
    return best


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])
