"""A page's table becomes columns and rows: what a reader sees, with the values behind it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import html

from rbmgeo.cells import Cell, Column
from web.exports.told import Told

NONE = "–"
_APART = frozenset({"br", "div", "p", "li", "summary", "details", "small", "span", "b"})
_LEFT_OUT = frozenset({"button", "svg", "script", "style", "textarea", "progress", "form"})
#: Not printed, or there to be pressed: no part of what a table says.
_PRESSED = frozenset({"no-print", "btn"})
#: Links to files are there to be pressed as well.
_FILE = re.compile(r"\.(csv|xlsx|gpx|pdf|zip|gpkg|geojson|kml)(\?|$)")
_WHOLE = re.compile(r"[−-]?\d{1,9}")
_UNIT = re.compile(r"(\ue0a0\d+\ue0a1)\s?(m|km|kWh|kVA|VA|MB|menit|min|jam|h)")


@dataclass
class Read:
    """One table of a page: its name, headings, and the cells of its rows as ``text``, unread."""

    name: str
    columns: list[Column]
    rows: list[list[str]]
    sums: list[str] | None
    keep: list[int]


def read_table(page: str, told: Told, *, keep: list[int] | None = None) -> Read | None:
    """Return the table that is exported, None where the page does not show it.

    ``keep``: which columns the first page of the list had; without it those are left out that
    have neither a heading nor a word in them (boxes to tick, buttons).
    """
    if f'data-table="{told.name}"' not in page:
        return None
    tree = html.fromstring(page)
    found = [t for t in tree.iter("table") if t.get("data-table") == told.name]
    if not found:
        return None
    table = found[0]
    heads, numbers = _heads(table)
    rows = [cells for part in table.iter("tbody") for cells in _rows(part)]
    sums = [cells for part in table.iter("tfoot") for cells in _rows(part)]
    wide = max([len(heads), *map(len, rows)])
    heads += [""] * (wide - len(heads))
    numbers += [False] * (wide - len(numbers))
    rows = [r + [""] * (wide - len(r)) for r in rows]
    if keep is None:
        said = [any(r[k] for r in rows) for k in range(wide)]
        keep = [k for k in range(wide) if said[k] or (heads[k] and not _pressed(table, k))]
    columns = [Column(_with_unit(told.words(heads[k]), k, rows), numbers[k]) for k in keep]
    return Read(
        _name(table, tree), columns, [[r[k] for k in keep] for r in rows],
        [(sums[0] + [""] * wide)[k] for k in keep] if sums else None, keep,
    )  # fmt: skip


def values(read: Read, told: Told) -> Iterator[list[Cell]]:
    """Return the rows as values: numbers, days, codes as text."""
    numbers = [c.number for c in read.columns]
    for row in read.rows:
        yield [value_of(t, told, number=n) for t, n in zip(row, numbers, strict=True)]


def words(read: Read, told: Told) -> Iterator[list[str]]:
    """Return the rows as the page writes them; nothing known is empty."""
    for row in read.rows:
        yield ["" if t == NONE else told.words(t) for t in row]


def value_of(text: str, told: Told, *, number: bool = False) -> Cell:
    """Return what a cell holds; a dash is nothing, a mark its value, other text itself."""
    if not text or text == NONE:
        return None
    marked, value = told.value(text)
    if marked:
        return value  # type: ignore[no-any-return]
    measured = _UNIT.fullmatch(text)
    if measured:
        return told.value(measured[1])[1]  # type: ignore[no-any-return]
    if number and _WHOLE.fullmatch(text) and not (len(text) > 1 and text[0] == "0"):
        return int(text.replace("−", "-"))
    return told.words(text)


def _heads(table: Any) -> tuple[list[str], list[bool]]:
    """Return the headings (of two lines joined), and which columns hold numbers."""
    lines = [cells for part in table.iter("thead") for cells in _rows(part, heads=True)]
    numbers = [
        cell for part in table.iter("thead") for tr in part.iter("tr")
        for cell in _numbers(tr)
    ]  # fmt: skip
    wide = max(map(len, lines), default=0)
    joined = []
    for k in range(wide):
        said = [line[k] for line in lines if k < len(line) and line[k]]
        joined.append(" / ".join(dict.fromkeys(said)))
    return joined, numbers[-wide:] if wide else []


def _numbers(tr: Any) -> list[bool]:
    out = []
    for cell in tr:
        if isinstance(cell.tag, str) and cell.tag in ("td", "th") and not _away(cell):
            out += ["num" in (cell.get("class") or "").split()] * _span(cell)
    return out


def _rows(part: Any, *, heads: bool = False) -> Iterator[list[str]]:
    """Return the texts of each row; a cell over several columns stands in the first of them."""
    below: dict[int, tuple[int, str]] = {}
    for tr in part.iter("tr"):
        if _away(tr):
            continue
        out: list[str] = []
        for cell in tr:
            if not isinstance(cell.tag, str) or cell.tag not in ("td", "th") or _away(cell):
                continue
            _held(out, below)
            said = _text(cell) or (cell.get("aria-label") or "" if heads else "")
            wide, high = _span(cell), _span(cell, "rowspan")
            if high > 1:
                below[len(out)] = (high - 1, said)
            out += [said, *([said if heads else ""] * (wide - 1))]
        _held(out, below)
        yield out


def _held(out: list[str], below: dict[int, tuple[int, str]]) -> None:
    """Write again what stands in several rows at once: each row of a file is whole."""
    while len(out) in below:
        left, said = below.pop(len(out))
        if left > 1:
            below[len(out)] = (left - 1, said)
        out.append(said)


def _text(cell: Any) -> str:
    """Return the words of a cell, its parts kept apart, without what is there to be pressed."""
    if not len(cell):
        return " ".join((cell.text or "").split())
    parts: list[str] = []
    _gather(cell, parts)
    return " ".join("".join(parts).split())


def _gather(element: Any, parts: list[str]) -> None:
    if element.text:
        parts.append(element.text)
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _LEFT_OUT and not _away(child):
            if child.tag == "a" and _FILE.search(child.get("href") or ""):
                parts.append(child.tail or "")
                continue
            apart = " " if child.tag in _APART else ""
            parts.append(apart)
            _gather(child, parts)
            parts.append(apart)
        if child.tail:
            parts.append(child.tail)


def _away(element: Any) -> bool:
    said = element.get("class")
    if element.get("hidden") is not None:
        return True
    return bool(said) and not _PRESSED.isdisjoint(said.split())


def _span(cell: Any, name: str = "colspan") -> int:
    said = cell.get(name) or "1"
    return int(said) if said.isdigit() and int(said) else 1


def _pressed(table: Any, at: int) -> bool:
    """Say whether a column without a word is there to be pressed: boxes, buttons, forms."""
    for part in table.iter("tbody"):
        for tr in part.iter("tr"):
            cells = [c for c in tr if c.tag in ("td", "th") and not _away(c)]
            if at < len(cells) and len(cells[at]):
                return True
    return False


def _with_unit(head: str, at: int, rows: list[list[str]]) -> str:
    """Write the unit of a column into its heading where every cell says the same."""
    said = {m[2] for r in rows if (m := _UNIT.fullmatch(r[at]))}
    return f"{head} ({said.pop()})" if len(said) == 1 else head


def _name(table: Any, tree: Any) -> str:
    """Return what a table is called: the label of what is around it, else of the page."""
    around = table.getparent()
    while around is not None:
        if around.get("aria-label"):
            return str(around.get("aria-label"))
        heads = [h for h in around if h.tag in ("h2", "summary")] if around.tag in ("section", "details") else []  # fmt: skip
        if heads:
            return _text(heads[0])
        around = around.getparent()
    titles = list(tree.iter("h1"))
    return _text(titles[0]) if titles else ""
