"""Customers' numbers in what leaves the house: found in its text, gathered while it is made.

An idpel is twelve figures, in one piece or 4-4-4 as it is written for the eye. Here it is a whole
number (eight bytes); twelve figures with their leading zeros are that number again.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

#: Not within a word or longer number, not the decimals of a number, not the end of a UUID.
_WRITTEN = rb"\b(?<![0-9]\.)(?<![0-9a-f]{4}-)[0-9]{4} ?[0-9]{4} ?[0-9]{4}\b"
_IN_BYTES = re.compile(_WRITTEN)
#: The same in a text without decimals or UUIDs that end so: three times as fast.
_PLAIN = re.compile(rb"\b[0-9]{4} ?[0-9]{4} ?[0-9]{4}\b")
_DOUBTED = (re.compile(rb"-[0-9]{12}\b"), re.compile(rb"\.[0-9]{12}\b"))
_IN_TEXT = re.compile(_WRITTEN.decode())
#: What a workbook or a parcel may unfold to while it is looked through, bytes.
_MOST_UNFOLDED = 2_000_000_000
_PIECE = 4_000_000
#: Bytes from which on a text is looked through by its runs of figures.
LARGE = 500_000
_FIGURES = 12
#: Where the figures of 4-4-4 stand.
_GROUPED = np.array([k + k // 4 for k in range(_FIGURES)])
_WORD = np.array([(chr(c).isalnum() and c < 128) or c == ord("_") for c in range(256)])
#: Letters that one number takes at most, so that none is lost between two pieces.
_OVERLAP = 24

#: Numbers noted while one answer or one job's file is made; None where nobody gathers.
_GATHERED: ContextVar[set[int] | None] = ContextVar("customers_seen", default=None)


def idpel_of(number: int) -> str:
    """Return a number as the twelve figures that it stands for.

    >>> idpel_of(51354000001)
    '051354000001'
    """
    return f"{number:012d}"


def numbers_in(content: bytes) -> set[int]:
    """Return the customers' numbers that a text holds.

    >>> sorted(numbers_in(b"5135 4000 0001; 513540000002; 112.513540000003; 5135400000044"))
    [513540000001, 513540000002]
    """
    doubted = any(one.search(content) for one in _DOUBTED)
    if len(content) >= LARGE and not doubted:
        return _in_large(content)
    pattern = _IN_BYTES if doubted else _PLAIN
    return {int(found.replace(b" ", b"")) for found in set(pattern.findall(content))}


def _in_large(content: bytes) -> set[int]:
    """Find the same in a file of a whole unit by its runs of figures: three times as fast."""
    signs = np.frombuffer(b" " + content + b" ", np.uint8)
    figure = (signs >= ord("0")) & (signs <= ord("9"))
    edges = np.flatnonzero(figure[1:] != figure[:-1]) + 1
    begin, end = edges[::2], edges[1::2]
    long, left, right = end - begin, ~_WORD[signs[begin - 1]], ~_WORD[signs[end]]
    whole = begin[(long == _FIGURES) & left & right]
    found = [signs[whole[:, None] + np.arange(_FIGURES)]]
    if len(begin) >= 3:
        apart = (begin[1:] == end[:-1] + 1) & (signs[end[:-1]] == ord(" "))
        four = long == _FIGURES // 3
        grouped = begin[:-2][
            four[:-2] & four[1:-1] & four[2:] & apart[:-1] & apart[1:] & left[:-2] & right[2:]
        ]
        found.append(signs[grouped[:, None] + _GROUPED])
    figures = np.concatenate(found).astype(np.int64) - ord("0")
    return set((figures @ 10 ** np.arange(_FIGURES - 1, -1, -1, dtype=np.int64)).tolist())


def numbers_in_parcel(content: bytes) -> set[int]:
    """Return those of every member of a zip; a workbook is one.

    Raises
    ------
    ValueError
        If it is no zip, or unfolds to more than anybody exports.
    """
    found: set[int] = set()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parcel:
            if sum(m.file_size for m in parcel.infolist()) > _MOST_UNFOLDED:
                raise ValueError("the parcel unfolds to too much to look through")
            for member in parcel.infolist():
                found |= _in_member(parcel, member)
    except zipfile.BadZipFile as fault:
        raise ValueError("this is no zip") from fault
    return found


def _in_member(parcel: zipfile.ZipFile, member: zipfile.ZipInfo) -> set[int]:
    found: set[int] = set()
    with parcel.open(member) as held:
        kept = b""
        while piece := held.read(_PIECE):
            found |= numbers_in(kept + piece)
            if not kept and piece.startswith(b"PK\x03\x04"):
                return numbers_in_parcel(piece + held.read())  # a workbook within the parcel
            # The first letter of what is kept stands before the number, the last ones after it.
            kept = (kept + piece)[-_OVERLAP:]
    return found


@contextmanager
def gathering() -> Iterator[set[int]]:
    """Gather within a block what is noted; return the set that grows."""
    mine: set[int] = set()
    token = _GATHERED.set(mine)
    try:
        yield mine
    finally:
        _GATHERED.reset(token)


def gathered() -> set[int] | None:
    """Return what is gathered now; None where nobody does."""
    return _GATHERED.get()


def note_text(written: str) -> None:
    """Note the customers of a text that becomes a drawing, where nobody could find it later."""
    mine = _GATHERED.get()
    if mine is not None and len(written) >= 12:
        mine.update(int(found.replace(" ", "")) for found in _IN_TEXT.findall(written))


def note(idpels: Iterable[str | int]) -> None:
    """Note customers whose data leave without their number beside them (photo, map, bundle)."""
    mine = _GATHERED.get()
    if mine is not None:
        mine.update(int(one) for one in idpels)
