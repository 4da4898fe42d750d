"""The report of a trial as three A4 pages, one a part."""

from collections.abc import Sequence
from typing import Any, Protocol

from rbmgeo.sheets.written import LEFT, RIGHT, Written

#: Rows of one table on its page; the rest is said, and stands whole on the page of the application.
MOST_ROWS = 14


class _Table(Protocol):
    @property
    def heads(self) -> Sequence[str]: ...
    @property
    def rows(self) -> Sequence[Sequence[str]]: ...


class _Part(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def lines(self) -> Sequence[str]: ...
    @property
    def numbered(self) -> bool: ...
    @property
    def tables(self) -> Sequence[_Table]: ...


def draw_trial(parts: Sequence[_Part], unit: dict[str, Any], *, on: str, sha256: str) -> bytes:
    """Draw a report, a page a part; the same content gives the same bytes.

    ``unit``: ``ulp``, ``unit``, ``up3``, ``sample``; ``on``: the day in words.
    """
    title = f"Laporan uji coba, ULP {unit['unit']}"
    up3 = f"UP3 {unit['up3']}, " if unit["up3"] else ""
    page = Written(title, foot=f"{title} ({unit['ulp']}), {on}", sample=unit["sample"], sha256=sha256)  # fmt: skip
    page.head(
        f"{up3}ULP {unit['unit']} ({unit['ulp']})", "Laporan uji coba",
        f"Pencocokan pelanggan per RBM dengan per gardu (SOP IV), keadaan {on}",
    )  # fmt: skip
    for number, part in enumerate(parts):
        if number:
            page.turn()
        page.paper.bookmark(part.title, level=1)
        page.heading(part.title)
        if part.numbered:
            page.listed(part.lines)
        else:
            for line in part.lines:
                page.words(line)
        for table in part.tables:
            _drawn(page, table)
    return page.done()


def _drawn(page: Written, table: _Table) -> None:
    columns = len(table.heads)
    first = 66.0 if columns > 2 else 100.0
    each = (RIGHT - LEFT - first) / (columns - 1)
    page.y -= 3
    page.table(table.heads, table.rows[:MOST_ROWS], [first, *[each] * (columns - 1)])
    over = len(table.rows) - MOST_ROWS
    if over > 0:
        page.paper.text(LEFT, page.y, f"dan {over} baris lain; lengkapnya di halaman Laporan uji coba", size=8.6)  # fmt: skip
        page.y -= 5
