"""Customer numbers pasted from anywhere: a sheet, a message, a list with commas."""

import re
from dataclasses import dataclass
from itertools import accumulate

from rbmgeo.errors import UsageError

DIGITS = 12
#: Far more than one gardu ever has; a whole unit's list is a file to import, not a paste.
MOST_SIGNS, MOST_IDPELS = 400_000, 5_000
#: So many signs of what could not be read are shown.
SHOWN = 24


@dataclass(frozen=True)
class PastedFault:
    """One piece that is no customer number: where it stood, what it was, and why."""

    line: int
    value: str
    indonesian: str
    english: str


@dataclass(frozen=True)
class Pasted:
    """What a pasted text holds: numbers in their order, once each; faults; how many repeated."""

    idpels: tuple[str, ...]
    faults: tuple[PastedFault, ...]
    repeated: int


def read_pasted(text: str) -> Pasted:
    """Read customer numbers from a text with any separators.

    Numbers stand alone or in groups (``5135 4000 0001``, ``5135.4000.0001``); whatever is not
    twelve figures is a fault that is named, never mended.

    >>> read_pasted("513540000001; 5135 4000 0002, x").idpels
    ('513540000001', '513540000002')
    """
    if len(text) > MOST_SIGNS:
        raise UsageError(
            f"more than {MOST_SIGNS} signs were pasted; paste the numbers of one gardu",
            f"lebih dari {MOST_SIGNS} huruf ditempel; tempel nomor pelanggan satu gardu saja",
        )
    found: list[str] = []
    faults: list[PastedFault] = []
    for number, line in enumerate(re.split(r"\r\n|[\n\r\v\f\x85\u2028\u2029]", text), start=1):
        for piece in re.split(r"[,;|\t/]+", line):
            good, bad = _numbers(piece)
            found += good
            faults += [PastedFault(number, value[:SHOWN], *_why(value)) for value in bad]
    once = tuple(dict.fromkeys(found))
    if len(once) > MOST_IDPELS:
        raise UsageError(
            f"{len(once)} customers were pasted; an event has {MOST_IDPELS} at most",
            f"{len(once)} pelanggan ditempel; satu peristiwa paling banyak {MOST_IDPELS}",
        )
    return Pasted(once, tuple(faults), len(found) - len(once))


def _numbers(piece: str) -> tuple[list[str], list[str]]:
    words = [w for w in (_bare(w) for w in piece.split()) if w]
    parts = [_plain(w) for w in words]
    if all(p.isascii() and p.isdigit() for p in parts):
        whole = "".join(parts)
        seams = set(accumulate(len(p) for p in parts))
        # Groups of one number may stand apart, yet a number never ends inside a group.
        if len(whole) % DIGITS == 0 and seams.issuperset(range(DIGITS, len(whole) + 1, DIGITS)):
            return [whole[i : i + DIGITS] for i in range(0, len(whole), DIGITS)], []
    good = [p for p in parts if _is_number(p)]
    return good, [w for w, p in zip(words, parts, strict=True) if not _is_number(p)]


def _bare(word: str) -> str:
    return word.strip("'\"`\u2018\u2019\u201c\u201d()[]{}<>:=\ufeff\u200b")


def _plain(word: str) -> str:
    return re.sub(r"[.\-\u2010-\u2015]", "", word)


def _is_number(text: str) -> bool:
    return len(text) == DIGITS and text.isascii() and text.isdigit()


def _why(value: str) -> tuple[str, str]:
    plain = _plain(value)
    if re.fullmatch(r"\d[.,]?\d*[eE]\+?\d+", value):
        return (
            "dipotong Excel menjadi bentuk E+; salin dari kolom berformat teks",
            "Excel cut it to the form E+; copy it from a column of text",
        )
    if plain.isascii() and plain.isdigit():
        n = len(plain)
        less = " (nol di depan hilang?)" if n == DIGITS - 1 else ""
        lost = " (a leading zero lost?)" if n == DIGITS - 1 else ""
        return f"{n} angka, bukan {DIGITS}{less}", f"{n} figures, not {DIGITS}{lost}"
    return f"bukan {DIGITS} angka", f"not {DIGITS} figures"
