"""Columns that no header names: from the title, a section row, the cell above, file or sheet name.

What is filled comes from the file's own text and is shown before loading; the profile says so,
nothing is filled in silence (bad-inputs 43, 46, 49).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from rbmgeo.errors import ImportRefused
from rbmgeo.intake import rules
from rbmgeo.intake.raw import RawTable, Source, header_key

#: How a section row, a title, a file or a sheet calls one of our columns.
WORDS = {
    "gardu": r"(?:NO\.?|KODE|NAMA)?\s*GARDU",
    "rbm": r"(?:KODE\s*)?(?:RBM|RUTE(?:\s+BACA(?:\s+METER)?)?)",
    "blth": r"PERIODE|BLTH|THBLREK|BULAN",
    "ulp": r"UNITUP|ULP|RAYON|UNIT",
    "officer": r"PETUGAS|PEMBACA|PENCATAT",
    "penyulang": r"PENYULANG",
}
#: How the header of a filled column ends.
MADE = " [diisi]"
#: Filled cells that a section row may have: "GARDU: PD 0123", or "GARDU" beside "PD 0123".
SECTION_CELLS = 2


@dataclass(frozen=True)
class Filling:
    """Where a profile takes columns from that have no header of their own.

    ``fill_down``: our columns whose empty cells take the cell above (merged cells).
    ``section``: our column that rows like "GARDU: PD 0123" tell for the rows below them.
    ``from_title``, ``from_name``, ``from_sheet``: our column -> a pattern whose one group is
    the value, looked for in the cells above the header, the file's name, the sheet's name.
    ``fixed``: our column -> the value that a person typed for the whole file.
    """

    fill_down: tuple[str, ...] = ()
    section: str = ""
    from_title: Mapping[str, str] = field(default_factory=dict)
    from_name: Mapping[str, str] = field(default_factory=dict)
    from_sheet: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)

    @property
    def made(self) -> tuple[str, ...]:
        """Our columns that are added as columns of their own."""
        named = [*self.from_title, *self.from_name, *self.from_sheet, *self.fixed]
        return tuple(dict.fromkeys([*([self.section] if self.section else []), *named]))

    def __bool__(self) -> bool:
        return bool(self.fill_down or self.made)


def made_header(ours: str) -> str:
    """Return the header of a column that was filled; no file calls one so.

    >>> made_header("gardu")
    'GARDU [diisi]'
    """
    return f"{ours.upper()}{MADE}"


def is_made(header: str) -> bool:
    """Say whether a header is one of ours for a filled column."""
    return header.endswith(MADE)


@dataclass
class Filler:
    """Fills the pieces of one table in their order; what it carries goes from piece to piece.

    ``headers`` maps our names to the table's headers. ``set_aside`` counts rows that are no
    record but structure, a section row or the header once more: they are skipped rows.
    ``merged`` holds the rows that merged cells span, by header, where a reader tells: then
    only those are filled down.
    """

    filling: Filling
    headers: Mapping[str, str]
    constant: Mapping[str, str]
    merged: Mapping[str, tuple[tuple[int, int], ...]] | None = None
    set_aside: int = 0
    filled_down: int = 0
    _above: dict[str, str] = field(default_factory=dict)
    _section: str = ""

    def __call__(self, piece: RawTable) -> RawTable:
        """Return a piece with its filled columns, without its structural rows."""
        rows, misfits = piece.rows, dict(piece.misfits)
        told = self._told_sections(rows, misfits)
        keep = ~rows.index.isin(list(told)) & ~_is_header(rows)
        self.set_aside += int((~keep).sum()) + sum(n in piece.misfits for n in told)
        for n in told:
            misfits.pop(n, None)
        rows = rows[keep]
        if self.filling.section:
            rows = rows.assign(
                **{made_header(self.filling.section): self._of_section(rows.index, told)}
            )
        for ours in self.filling.fill_down:
            if ours in self.headers:
                header = self.headers[ours]
                down = self._down(ours, rows)
                self.filled_down += int((down != rows[header].fillna("")).sum())
                rows = rows.assign(**{header: down})
        for ours, value in self.constant.items():
            if ours != self.filling.section:
                rows = rows.assign(**{made_header(ours): pd.Series(value, rows.index, dtype="str")})
        geometry = None if piece.geometry is None else piece.geometry[keep]
        if not len(rows):  # assign keeps no text type of an empty table
            rows = rows.astype("str")
        return replace(piece, rows=rows, misfits=misfits, geometry=geometry)

    def _told_sections(self, rows: pd.DataFrame, misfits: dict[int, list[str]]) -> dict[int, str]:
        if not self.filling.section:
            return {}
        told = section_rows(rows, self.filling.section)
        for number, cells in misfits.items():
            value = section_value(cells, self.filling.section)
            if value:
                told[number] = value
        return told

    def _of_section(self, index: pd.Index, told: dict[int, str]) -> pd.Series:
        numbers = sorted(told)
        at = pd.Index(numbers).searchsorted(index.to_numpy(), side="right")
        values = [self._section, *(told[n] for n in numbers)]
        if numbers:
            self._section = values[-1]
        return pd.Series([values[i] for i in at], index, dtype="str")

    def _down(self, ours: str, rows: pd.DataFrame) -> pd.Series:
        cells = rows[self.headers[ours]].fillna("").astype("str")
        if self.merged is not None:
            return _within(cells, self.merged.get(self.headers[ours], ()))
        own = (cells.str.strip() != "") & ~cells.str.strip().str.upper().str.match(rules.TOTAL)
        filled = cells.where(own).ffill().fillna(self._above.get(ours, ""))
        if own.any():
            self._above[ours] = str(cells[own].iloc[-1])
        return cells.where(cells.str.strip() != "", filled)


def filled(
    source: Source, filling: Filling, headers: Mapping[str, str]
) -> tuple[Source, Callable[[], int]]:
    """Return a source whose pieces are filled, and a function that counts rows set aside.

    The count is that of the reading at hand, complete when its last piece was read.

    Raises
    ------
    ImportRefused
        Where a title or name does not say what the profile looks for there.
    """
    if not filling:
        return source, lambda: 0
    constant = constants(source, filling)
    silent = [ours for ours, value in constant.items() if not value]
    if silent:
        where = f"{source.file} {source.sheet}".strip()
        raise ImportRefused(
            f"{where}: rule FILLING: neither title, sheet nor file name tells {silent[0]}, where the "
            "profile looks for it; add the column, or map the file anew",
            f"{where}: aturan FILLING: judul, lembar, dan nama berkas tidak menyebut {silent[0]}, "
            "tempat profil mencarinya; tambahkan kolomnya, atau petakan berkas ini lagi",
        )
    merged = source.merged
    last: list[Filler] = []
    notes = dict(source.notes)

    def pieces() -> Iterator[RawTable]:
        filler = Filler(filling, headers, constant, merged)
        last[:] = [filler]
        for piece in source.pieces():
            yield filler(piece)
        notes.update(source.notes)
        if filler.filled_down:
            notes["FILLED_DOWN"] = filler.filled_down

    head = Filler(filling, headers, constant, merged)(source.head)
    made = replace(source, head=head, pieces=pieces, notes=notes)
    return made, lambda: last[0].set_aside if last else 0


def constants(source: Source, filling: Filling) -> dict[str, str]:
    """Return the values that hold for a whole table; a column that says nothing is empty."""
    stem = source.file.partition(".")[0]
    found: dict[str, str] = {}
    for patterns, texts in (
        (filling.from_title, source.titles),
        (filling.from_sheet, (source.sheet,)),
        (filling.from_name, (stem,)),
    ):
        for ours, pattern in patterns.items():
            found[ours] = found.get(ours) or as_column(ours, first_match(pattern, texts))
    return {**found, **filling.fixed}


def first_match(pattern: str, texts: "tuple[str, ...] | list[str]") -> str:
    """Return what a pattern's group finds first, "" where nothing."""
    for text in texts:
        hit = re.search(pattern, text, re.IGNORECASE)
        if hit:
            return hit.group(1).strip()
    return ""


def as_column(ours: str, said: str) -> str:
    """Return a found text as its column's rule reads it: a month in letters becomes YYYYMM."""
    words = (
        re.fullmatch(r"([a-z]+)[\s\-/]*((?:19|20)\d\d)", said.lower()) if ours == "blth" else None
    )
    if words and words[1] in rules.MONTHS:
        return f"{words[2]}{rules.MONTHS[words[1]]:02d}"
    return said


def section_rows(rows: pd.DataFrame, ours: str) -> dict[int, str]:
    """Return row number -> value of the rows that begin a section of one of our columns."""
    cells = rows.fillna("").astype("str")
    few = (cells != "").sum(axis=1).between(1, SECTION_CELLS)
    told = {}
    for number, row in cells[few].iterrows():
        value = section_value(list(row), ours)
        if value:
            told[int(str(number))] = value
    return told


def section_value(cells: "list[str] | tuple[Any, ...]", ours: str) -> str:
    """Return what a section row says, "" where a row is none.

    >>> section_value(["GARDU: PD 0123", "", ""], "gardu")
    'PD 0123'
    """
    said = [c.strip() for c in cells if c.strip()]
    if not 1 <= len(said) <= SECTION_CELLS:
        return ""
    hit = re.fullmatch(
        rf"(?:{WORDS.get(ours, ours)})(?:\s*[:=.\-]+\s*|\s+)(\S.*)", " ".join(said), re.IGNORECASE
    )
    return hit.group(1).strip() if hit else ""


def _within(cells: pd.Series, spans: tuple[tuple[int, int], ...]) -> pd.Series:
    """Give every row of a merged cell its value; ``spans`` are first and last row numbers."""
    cells = cells.copy()
    for first, last in spans:
        inside = cells.index[(cells.index >= first) & (cells.index <= last)]
        if len(inside) and first in cells.index:
            cells[inside] = cells[first]
    return cells


def _is_header(rows: pd.DataFrame) -> "pd.Series":
    """Mark rows that are the header once more, as a list printed page by page has them."""
    names = [header_key(str(c)) for c in rows.columns]
    if rows.empty or not any(names):
        return pd.Series(False, rows.index)
    first = next(i for i, n in enumerate(names) if n)
    likely = rows.iloc[:, first].fillna("").str.strip().map(header_key) == names[first]
    same = pd.Series(False, rows.index)
    for number in rows.index[likely]:
        same[number] = [header_key(str(c)) for c in rows.loc[number]] == names
    return same
