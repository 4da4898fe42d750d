"""Where the header stands, what it names, what stands above it."""

from dataclasses import dataclass

import pandas as pd

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.raw import RawTable, header_key
from rbmgeo.intake.readers.limits import LIMITS, too_large

HEADER_ROWS = 20  # a title block is rarely longer


@dataclass(frozen=True)
class Header:
    """The header's place among the rows (from 0), its names, and the filled cells above it."""

    start: int
    names: tuple[str, ...]
    titles: tuple[str, ...]

    @property
    def width(self) -> int:
        """How many cells a row has."""
        return len(self.names)


def header(file: str, rows: list[list[str]], *, padded: bool = False) -> Header:
    """Find the header among the first rows.

    A column without a name that has cells is called ``(kolom n)``, so that nothing of it is
    lost; in a ``padded`` sheet also one to the right of the last name.

    Raises
    ------
    ImportRefused
        If a column stands twice, or there are more than anybody has.
    """
    start = _header_row(rows)
    names = [n.strip() for n in rows[start]]
    below = [row for row in rows[start + 1 :] if any(cell.strip() for cell in row)]
    if not padded:
        # A delimiter at the end of every line makes a column, at the header's end only none.
        below = [[*row[:-1], row[-1] or " -"] for row in below]
    while names and not names[-1] and not any(_cell(row, len(names) - 1) for row in below):
        names.pop()
    if len(names) > LIMITS.columns:
        raise too_large(file, "columns", len(names), LIMITS.columns)
    names = [n or f"(kolom {place})" for place, n in enumerate(names, start=1)]
    keys = [header_key(n) for n in names]
    twice = sorted({n for n, k in zip(names, keys, strict=True) if keys.count(k) > 1})
    if twice:
        raise ImportRefused(
            f"{file}: rule HEADER_TWICE: column {twice[0]!r} stands twice; rename one",
            f"{file}: aturan HEADER_TWICE: kolom {twice[0]!r} ada dua; ganti nama salah satu",
        )
    titles = tuple(c.strip() for row in rows[:start] for c in row if c.strip())
    return Header(start, tuple(names), titles)


def table_of(
    file: str,
    sheet: str,
    header: Header,
    rows: list[list[str]],
    *,
    number: int,
    padded: bool = False,
) -> RawTable:
    """Return rows as a table; blank ones are left out, those of another width kept apart.

    ``number`` is that of the first row in the file, from 1. ``padded`` rows (of a workbook)
    have the sheet's width, not the header's.
    """
    width = header.width
    body, numbers, misfits = [], [], {}
    for at, row in enumerate(rows, start=number):
        if padded and len(row) != width:
            row = row[:width] + [""] * (width - len(row))
        if not "".join(row).strip():
            continue
        if len(row) == width:
            body.append(row)
            numbers.append(at)
        else:
            misfits[at] = row
    columns = list(zip(*body, strict=True)) or [()] * width
    frame = pd.DataFrame(dict(enumerate(map(list, columns))), index=numbers, dtype="str")
    frame.columns = pd.Index(header.names, dtype="str")
    return RawTable(file, sheet, frame, misfits=misfits)


def refuse_shifted(head: RawTable) -> None:
    """Refuse a file whose every row has one cell more than the header: its columns shift."""
    width = len(head.rows.columns)
    if head.rows.empty and head.misfits and {len(r) for r in head.misfits.values()} == {width + 1}:
        raise ImportRefused(
            f"{head.file}: rule HEADER_WIDTH: every row has one cell more than the header; mend "
            "the header",
            f"{head.file}: aturan HEADER_WIDTH: tiap baris lebih satu sel dari judul; perbaiki "
            "judulnya",
        )


def _cell(row: list[str], at: int) -> str:
    return row[at].strip() if at < len(row) else ""


def _header_row(rows: list[list[str]]) -> int:
    """Return the first row with the most filled cells among the first ones (a title has few).

    One that has a cell less, and no figure in it, is the header of rows that are too long:
    better refused than read with its columns shifted.
    """
    filled = [sum(1 for c in row if c.strip()) for row in rows[:HEADER_ROWS]]
    if not filled:
        return 0
    richest = filled.index(max(filled))
    names = (
        i
        for i in range(richest)
        if filled[i] == filled[richest] - 1 and not any(c.strip().isdigit() for c in rows[i])
    )
    figures = any(c.strip().isdigit() for c in rows[richest])
    return next(names, richest) if figures else richest
