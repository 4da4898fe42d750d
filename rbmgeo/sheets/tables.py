"""The pages behind a map: every customer of the sheet once, in the order of the walk."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rbmgeo.sheets import looks, side
from rbmgeo.sheets.content import Sheet
from rbmgeo.sheets.pdf import BOLD, STRONG, TEXT, Paper, width_of

ROW, TOP, LOW = 5.3, 262.0, 16.0
PER_BLOCK = int((TOP - LOW) // ROW) - 1
BLOCK_W, BLOCKS_X = 198.0, (9.0, 213.0)
PER_PAGE = 2 * PER_BLOCK
SIZE = 8.2


@dataclass(frozen=True)
class Column:
    """One column of the table: head, width in mm, how it stands."""

    head: str
    wide: float
    align: str = "left"
    strong: bool = False


RBM_COLUMNS = (
    Column("Urut", 13, "right", strong=True), Column("IDPEL", 28), Column("Nomor meter", 25),
    Column("Tarif / daya VA", 25), Column("Gardu", 19), Column("Tiang", 18), Column("Alamat", 40),
    Column("Stand", 19), Column("Ket.", 11),
)  # fmt: skip
GARDU_COLUMNS = (
    Column("Baris", 12, "right", strong=True), Column("RBM", 22), Column("Urut", 12, "right"),
    Column("IDPEL", 28), Column("Nomor meter", 25), Column("Tarif / daya VA", 25),
    Column("Tiang", 18), Column("Jurusan", 14), Column("Alamat", 42),
)  # fmt: skip


def table_pages(customers: int) -> int:
    """Return how many pages a table of so many customers takes."""
    return -(-customers // PER_PAGE)


def draw_tables(paper: Paper, sheet: Sheet, *, first_page: int, pages: int) -> int:
    """Draw every page of a sheet's table; return how many customers were listed."""
    cells = rows_of(sheet)
    columns = RBM_COLUMNS if sheet.is_rbm else GARDU_COLUMNS
    page = first_page
    for begin in range(0, len(cells), PER_PAGE):
        some = cells[begin : begin + PER_PAGE]
        said = f"pelanggan {begin + 1} sampai {begin + len(some)} dari {len(cells)}"
        side.head(paper, sheet, words=said, title=sheet.title.replace("Peta", "Daftar", 1))
        for k, x in enumerate(BLOCKS_X):
            part = some[k * PER_BLOCK : (k + 1) * PER_BLOCK]
            if part:
                _block(paper, columns, part, x)
        paper.text(9, 9.4, _under(sheet), size=7.6, colour=looks.INK2)
        side.foot(paper, sheet, page=page, pages=pages)
        paper.next_page()
        page += 1
    return len(cells)


def rows_of(sheet: Sheet) -> list[list[str]]:
    """Return the cells of the table, a row a customer."""
    out = []
    houses: Iterable[Any] = sheet.houses.itertuples()
    for number, row in zip(sheet.numbers(), houses, strict=True):
        tariff = " / ".join((_said(row.tarif), _whole(row.daya_va)))
        lost = row.x != row.x
        if sheet.is_rbm:
            out.append([
                number, grouped(row.idpel), _said(row.meter_number), tariff, _said(row.gardu),
                _said(row.tiang), _said(row.address), "", "tk" if lost else "",
            ])  # fmt: skip
        else:
            place = "" if pd.isna(row.urut) else f"{int(row.urut)}" + (f".{int(row.sisipan)}" if row.sisipan and not pd.isna(row.sisipan) else "")  # fmt: skip
            out.append([
                number + ("*" if lost else ""), _said(row.rbm), place, grouped(row.idpel),
                _said(row.meter_number), tariff, _said(row.tiang), _said(row.jurusan),
                _said(row.address),
            ])  # fmt: skip
    return out


def grouped(idpel: object) -> str:
    """Write an idpel 4-4-4 for the eye."""
    text = str(idpel)
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def _block(paper: Paper, columns: tuple[Column, ...], rows: list[list[str]], x: float) -> None:
    y = TOP
    at = x
    for column in columns:
        edge = at + column.wide - 1.6 if column.align == "right" else at
        paper.text(edge, y + 1.6, column.head, size=7.6, font=STRONG, colour=looks.INK2, align=column.align)  # fmt: skip
        at += column.wide
    paper.line(np.array([[x, y], [x + BLOCK_W, y]]), looks.INK, 0.3, butt=True)
    rules = [np.array([[x, y - (k + 1) * ROW], [x + BLOCK_W, y - (k + 1) * ROW]]) for k in range(len(rows))]  # fmt: skip
    paper.lines(rules, looks.LINE, 0.18, butt=True)
    plain: dict[str, list[tuple[float, float, str]]] = {}
    for k, cells in enumerate(rows):
        base, at = y - (k + 1) * ROW + 1.6, x
        tenth = cells[0].isdigit() and int(cells[0]) % 10 == 0
        for column, words in zip(columns, cells, strict=True):
            font = BOLD if tenth and column.strong else STRONG if column.strong else TEXT
            wide = width_of(words, font, SIZE)
            edge = at + column.wide - 1.6 - wide if column.align == "right" else at
            if wide > column.wide - 1.6:
                paper.text(at, base, words, size=SIZE, font=font, fit=column.wide - 1.6)
            elif words:
                plain.setdefault(font, []).append((edge, base, words))
            at += column.wide
    for font, placed in plain.items():
        paper.words(placed, SIZE, font, looks.INK)


def _under(sheet: Sheet) -> str:
    lost = int(sheet.houses["x"].isna().sum())
    if not lost:
        return "Semua pelanggan di tabel ini ada di peta."
    sign = "tk" if sheet.is_rbm else "*"
    return f"{sign} = tanpa koordinat: ada di tabel, belum bisa digambar ({lost} pelanggan)."


def _said(value: object) -> str:
    return value if isinstance(value, str) and value else "–"


def _whole(value: object) -> str:
    return "–" if value is None or value != value else f"{float(value):,.0f}".replace(",", ".")  # type: ignore[arg-type]
