"""Bind sheets into one PDF: maps, tables behind them, a bookmark each."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from rbmgeo.sheets import looks, side
from rbmgeo.sheets.content import Sheet
from rbmgeo.sheets.draw_map import draw_panel, network_of
from rbmgeo.sheets.pdf import A3, Paper
from rbmgeo.sheets.tables import draw_tables, table_pages


@dataclass(frozen=True)
class Made:
    """A file of sheets, and what it holds.

    ``customers`` are listed in the tables, ``drawn`` on the maps; ``without_place`` have no
    position, ``no_room`` found none on their map (0 but in a frame that is full).
    ``left_out``: codes of whom nobody has a place.
    """

    content: bytes = field(repr=False)
    sheets: int
    pages: int
    customers: int
    drawn: int
    without_place: int
    no_room: int
    left_out: tuple[str, ...] = ()


def bound(
    sheets: Iterable[Sheet], *, title: str, total: int, left_out: list[str] | None = None
) -> Made:
    """Draw sheets one after another into one file."""
    paper = Paper(A3, title=title)
    count = customers = drawn = lost = no_room = 0
    for sheet in sheets:
        paper.bookmark(sheet.title)
        listed, on_map, full = draw_sheet(paper, sheet, bookmarks=total == 1)
        count += 1
        customers += listed
        drawn += on_map
        no_room += full
        lost += int(sheet.houses["x"].isna().sum())
    if not count:
        paper.text(20, 270, "Tidak ada lembar yang bisa digambar.", size=14, colour=looks.INK)
        paper.next_page()
    return Made(
        paper.done(), count, paper.pages, customers, drawn, lost, no_room, tuple(left_out or ())
    )


def draw_sheet(paper: Paper, sheet: Sheet, *, bookmarks: bool) -> tuple[int, int, int]:
    """Draw one sheet with its table; return how many are listed, drawn, and found no room."""
    network = network_of(sheet)
    map_pages = 1 + max(p.page for p in sheet.panels)
    pages = map_pages + table_pages(len(sheet.houses))
    drawn = no_room = 0
    for page in range(map_pages):
        here = [p for p in sheet.panels if p.page == page]
        if page and bookmarks:
            paper.bookmark(f"Peta bagian {', '.join(p.letter for p in here)}", level=1)
        letters = f"bagian {', '.join(p.letter for p in here)}" if page else ""
        side.head(paper, sheet, words=letters)
        for panel in here:
            done = draw_panel(paper, sheet, panel, network)
            drawn += done.customers
            no_room += done.missing
        if page == 0:
            side.side(paper, sheet, pages=pages, tables=(map_pages + 1, pages))  # fmt: skip
        else:
            side.foot(paper, sheet, page=page + 1, pages=pages)
        paper.next_page()
    if len(sheet.houses) and bookmarks:
        paper.bookmark("Daftar pelanggan", level=1)
    listed = draw_tables(paper, sheet, first_page=map_pages + 1, pages=pages)
    return listed, drawn, no_room
