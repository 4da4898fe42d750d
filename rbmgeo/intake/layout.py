"""What a list's layout says beside its cells: section rows, and cells filled down.

Only where the profile declares it; a sheet with merged cells is filled within them only.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from rbmgeo.intake.profiles import SECTION, Profile
from rbmgeo.intake.raw import RawTable, Source, header_key

#: "GARDU: PD 0123", "Gardu = PD 0123", "GARDU PD 0123".
SECTION_ROW = re.compile(r"^\s*(?P<name>[^:=]{2,30}?)\s*[:=]\s*(?P<value>\S.*?)\s*$")


def arranged(source: Source, profile: Profile) -> Source:
    """Return a source whose section rows became a column and whose gaps are filled down.

    Section rows are no rows of the list: they are counted among the notes and left out.
    """
    if not profile.section and not profile.fill_down:
        return source
    spellings = {header_key(s) for s in profile.columns.get(profile.section, ())}
    spellings |= {header_key(profile.section)} if profile.section else set()
    filled = [profile.headers(source.head)[n] for n in profile.fill_down if n in profile.headers(source.head)]  # fmt: skip
    notes = dict(source.notes)

    def pieces() -> Iterator[RawTable]:
        under, above = "", dict.fromkeys(filled, "")
        counted = {"SECTION_ROWS": 0, "FILLED_DOWN": 0}
        for piece in source.pieces():
            table, under, sections = _sectioned(piece, profile, spellings, under)
            table, fills = _filled(table, filled, above, source.merged)
            counted["SECTION_ROWS"] += sections
            counted["FILLED_DOWN"] += fills
            yield table
        notes.update(source.notes)
        notes.update({rule: n for rule, n in counted.items() if n})

    head, _, _ = _sectioned(source.head, profile, spellings, "")
    head, _ = _filled(head, filled, dict.fromkeys(filled, ""), source.merged)
    return replace(source, head=head, pieces=pieces, notes=notes)


def _sectioned(
    table: RawTable, profile: Profile, spellings: set[str], under: str
) -> tuple[RawTable, str, int]:
    """Take section rows out and write what they say beside the rows below them."""
    if not profile.section:
        return table, under, 0
    said = _sections(table, spellings)
    column = profile.headers(table).get(profile.section)
    told = pd.Series(pd.NA, index=table.rows.index, dtype="str")
    if said:
        # Rows of another width may be sections as well: their numbers take part in the order.
        order = sorted({*table.rows.index, *said})
        values = pd.Series([said.get(n) for n in order], index=order, dtype="str")
        told = values.ffill().reindex(table.rows.index)
    told = told.fillna(under)
    last = said[max(said)] if said else under
    rows = table.rows.drop(index=[n for n in said if n in table.rows.index])
    told = told.reindex(rows.index)
    if column is None:
        rows = rows.assign(**{SECTION: told})
    else:
        empty = rows[column].str.strip() == ""
        rows = rows.assign(**{column: rows[column].where(~empty, told)})
    misfits = {n: cells for n, cells in table.misfits.items() if n not in said}
    return replace(table, rows=rows, misfits=misfits), last, len(said)


def _sections(table: RawTable, spellings: set[str]) -> dict[int, str]:
    """Return what each section row says, by its number: a row whose only cell names the column."""
    found: dict[int, str] = {}
    rows = table.rows
    lone = (rows.apply(lambda c: c.str.strip() != "").sum(axis=1) == 1) if len(rows) else []
    for number, cells in rows[lone].iterrows() if len(rows) else ():
        _note(found, int(str(number)), list(cells), spellings)
    for misfit, texts in table.misfits.items():
        _note(found, misfit, texts, spellings)
    return found


def _note(found: dict[int, str], number: int, cells: list[str], spellings: set[str]) -> None:
    told = [c for c in cells if isinstance(c, str) and c.strip()]
    match = SECTION_ROW.match(told[0]) if len(told) == 1 else None
    if match is not None and header_key(match["name"]) in spellings:
        found[number] = match["value"]


def _filled(
    table: RawTable, columns: list[str], above: dict[str, str],
    merged: dict[str, tuple[tuple[int, int], ...]] | None,
) -> tuple[RawTable, int]:  # fmt: skip
    """Fill empty cells of columns with the value above; ``above`` goes on into the next piece."""
    if not columns or table.rows.empty:
        return table, 0
    rows, count = table.rows.copy(), 0
    for column in columns:
        text = rows[column].where(rows[column].str.strip() != "")
        down = text.ffill().fillna(above[column])
        above[column] = str(down.iloc[-1])
        empty = text.isna() & (down != "")
        if merged is not None:
            empty &= _within(rows.index, merged.get(column, ()))
        rows[column] = rows[column].where(~empty, down)
        count += int(empty.sum())
    return replace(table, rows=rows), count


def _within(numbers: pd.Index, spans: tuple[tuple[int, int], ...]) -> pd.Series:
    inside = pd.Series(False, index=numbers)
    for top, bottom in spans:
        inside |= (numbers >= top) & (numbers <= bottom)
    return inside
