"""A text file in blocks of UTF-8 that end where a row ends, whatever its size and encoding."""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from rbmgeo.errors import ImportRefused

BLOCK = 1 << 23  # bytes read at a time: some 100,000 rows of a list
QUOTE, NEWLINE = 34, 10
MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass
class _Place:
    """How far a file was read, for messages: bytes and line ends before the block at hand."""

    file: str
    byte: int = 0
    line: int = 0


def text_blocks(path: Path, *, encoding: str = "") -> Iterator[bytes]:
    """Read a text file, also gzipped, as UTF-8 blocks that end at a row's end.

    A row's end inside quotes is none. ``encoding`` is UTF-8 or, by its mark, UTF-16 unless
    something else is declared.

    Raises
    ------
    ImportRefused
        With the row and the byte where the file is no text of that encoding.
    """
    place = _Place(path.name)
    rest = b""
    for text in _decoded(path, encoding, place):
        rest += text
        cut = _last_row_end(rest)
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
    if rest:
        yield rest


def _decoded(path: Path, encoding: str, place: _Place) -> Iterator[bytes]:
    with _opened(path) as file:
        first = _read(file, place)
        known = encoding or MARKS.get(first[:2]) or _unmarked_utf16(first) or "utf-8-sig"
        if known.lower().replace("_", "-") in ("utf-8", "utf8"):
            known = "utf-8-sig"
        decoder = _decoder(place, known)
        data = first
        while data:
            if b"\x00" in data and not known.lower().startswith(("utf-16", "utf-32")):
                raise _nul(place, data)
            following = _read(file, place)
            yield _decode(decoder, data, place, known, last=not following)
            place.byte += len(data)
            place.line += data.count(b"\n")
            data = following


def _decoder(place: _Place, encoding: str) -> codecs.IncrementalDecoder:
    try:
        return codecs.getincrementaldecoder(encoding)()
    except LookupError as error:
        raise ImportRefused(
            f"{place.file}: rule ENCODING: encoding {encoding!r} is not known; say e.g. cp1252",
            f"{place.file}: aturan ENCODING: pengodean {encoding!r} tidak dikenal; misal cp1252",
        ) from error


def _unmarked_utf16(first: bytes) -> str:
    """Return UTF-16 where every second byte of the beginning is zero, as in no other text."""
    some = first[:64]
    if len(some) < 16 or len(some) % 2:
        return ""
    if not any(some[1::2]) and all(some[::2]):
        return "utf-16-le"
    return "utf-16-be" if not any(some[::2]) and all(some[1::2]) else ""


def _decode(
    decoder: codecs.IncrementalDecoder, data: bytes, place: _Place, known: str, *, last: bool
) -> bytes:
    # What of a character the block before left over comes first in the decoder's own count.
    held = len(decoder.getstate()[0])
    try:
        return decoder.decode(data, final=last).encode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        at = max(error.start - held, 0)
        row = place.line + data.count(b"\n", 0, at) + 1
        byte = place.byte + at
        name = "UTF-8" if known.startswith("utf-8") else known.upper()
        raise ImportRefused(
            f"{place.file}: rule ENCODING: row {row}, byte {byte} ({data[at]:#x}) is not {name}; "
            "save the file as CSV UTF-8, or say --encoding, e.g. cp1252",
            f"{place.file}: aturan ENCODING: baris {row}, byte {byte} ({data[at]:#x}) bukan {name}; "
            "simpan sebagai CSV UTF-8, atau sebutkan --encoding, misal cp1252",
        ) from error


def _nul(place: _Place, data: bytes) -> ImportRefused:
    byte = place.byte + data.index(0)
    return ImportRefused(
        f"{place.file}: rule NUL_BYTE at byte {byte}; this is no text, export it again",
        f"{place.file}: aturan NUL_BYTE pada byte {byte}; bukan teks, ekspor lagi",
    )


def _opened(path: Path) -> BinaryIO:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b" or path.name.lower().endswith(".gz")
    return gzip.open(path, "rb") if packed else path.open("rb")  # type: ignore[return-value]


def _read(file: BinaryIO, place: _Place) -> bytes:
    try:
        return file.read(BLOCK)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ImportRefused(
            f"{place.file}: rule GZIP: cannot be unpacked ({error}); copy or export it again",
            f"{place.file}: aturan GZIP: tidak bisa dibuka ({error}); salin atau ekspor lagi",
        ) from error


def _last_row_end(data: bytes) -> int:
    """Return where the last whole row ends, 0 where none does.

    A row that goes on past two blocks is no row: the whole is handed on, and the reader of
    rows says where its quote was opened.
    """
    end = b"\n" if b"\n" in data else b"\r"
    cut = data.rfind(end) + 1
    if cut and data.count(b'"', 0, cut) % 2:
        signs = np.frombuffer(data, np.uint8, cut)
        inside = np.cumsum(signs == QUOTE, dtype=np.int64) % 2
        outside = np.flatnonzero((signs == end[0]) & (inside == 0))
        cut = int(outside[-1]) + 1 if len(outside) else 0
    if not cut and len(data) > 2 * BLOCK:
        return len(data)
    return cut
