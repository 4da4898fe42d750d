"""Lembar verifikasi gardu: a drawn sample on A4 with room for what is seen, and its reserve."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from rbmgeo.sheets import looks
from rbmgeo.sheets.deed import wrapped
from rbmgeo.sheets.pdf import A4, BOLD, STRONG, TEXT, Paper
from rbmgeo.sheets.tables import grouped

LEFT, RIGHT, TOP, LOW = 15.0, 195.0, 280.0, 18.0
ROW = 8.4
_HEADS = ("No", "IDPEL", "Alamat", "Tiang", "RBM", "Gardu yang memasok", "Foto", "Petugas, tanggal")
_WIDE = (8.0, 28.0, 40.0, 20.0, 22.0, 28.0, 10.0, 24.0)
_RULES = (
    "Telusuri saluran dari tiang ke gardu, lalu tulis gardu yang memasok rumah.",
    "Rumah yang tidak ketemu, tertutup, atau tidak terlacak diganti cadangan, menurut urutannya.",
    "Beda baru berlaku sesudah dilihat orang lain dengan foto saluran (R-SB-02).",
)


@dataclass(frozen=True)
class CheckSheet:
    """One draw to print: words about it, and its houses by part.

    ``said``: ``unit``, ``ulp``, ``sample``, ``gardu``, ``number``, ``drawn`` (who, when),
    ``seed``, ``list_hash``, ``plan`` (a sentence). ``rows``: ``part``, ``place``, ``idpel``,
    ``address``, ``tiang``, ``rbm``, ``second``.
    """

    said: dict[str, Any]
    rows: list[dict[str, Any]]


def draw_check_sheets(sheets: list[CheckSheet]) -> bytes:
    """Draw the sheets of a verification as one PDF, each from a page of its own."""
    paper = Paper(A4, title=f"Verifikasi gardu {sheets[0].said['gardu']}")
    for sheet in sheets:
        _Writer(paper, sheet).write()
    return paper.done()


class _Writer:
    """Writes one draw from above to below, and begins a page where one is full."""

    def __init__(self, paper: Paper, sheet: CheckSheet) -> None:
        self.paper, self.sheet, self.said = paper, sheet, sheet.said
        self.y = TOP

    def write(self) -> None:
        """Write head, list, the reserve on its own, and who signs."""
        self._head()
        for part, title in (
            ("sampel", "Sampel"), ("sekitar", "Tiang di sekitar kesalahan"),
            ("cadangan", "Cadangan: hanya menurut urutan, bila ada yang diganti"),
        ):  # fmt: skip
            rows = [r for r in self.sheet.rows if r["part"] == part]
            if rows:
                self._table(f"{title} ({len(rows)} rumah)", rows)
        self._signatures()
        self._foot()
        self.paper.next_page()

    def _head(self) -> None:
        p, said = self.paper, self.said
        p.bookmark(f"Gardu {said['gardu']}, undian {said['number']}")
        p.text(LEFT, TOP, "PT PLN (Persero)", size=10, font=BOLD)
        p.text(LEFT, TOP - 4.6, f"ULP {said['unit']} ({said['ulp']})", size=9, colour=looks.INK2)
        if said["sample"]:
            p.text(RIGHT, TOP, "DATA CONTOH (REKAAN)", size=9, font=STRONG, colour=looks.WARN, align="right")  # fmt: skip
        p.text(LEFT, TOP - 14, f"VERIFIKASI GARDU {said['gardu']} (SOP IV.6)", size=14, font=BOLD)
        self.y = TOP - 21
        self._words(said["plan"], 9.4)
        self._words(f"Undian {said['number']}, {said['drawn']}. Benih {said['seed']}.", 9)
        self._words(f"Hash daftar (sha256) {said['list_hash']}", 7.6)
        for rule in _RULES:
            self._words(f"- {rule}", 8.6)
        self.y -= 2

    def _words(self, text: str, size: float) -> None:
        for line in wrapped(text, RIGHT - LEFT, size):
            self.paper.text(LEFT, self.y, line, size=size)
            self.y -= size * 0.48

    def _table(self, title: str, rows: list[dict[str, Any]]) -> None:
        self._room(ROW * 3 + 6)
        self.y -= 4
        self.paper.text(LEFT, self.y, title, size=10, font=BOLD)
        self.y -= 5.4
        self._cells(_HEADS, STRONG, 7.8)
        for row in rows:
            if self._room(ROW):
                self._cells(_HEADS, STRONG, 7.8)
            twice = " *" if row["second"] else ""
            told = (f"{row['place']}{twice}", grouped(row["idpel"]), row["address"], row["tiang"], row["rbm"])  # fmt: skip
            self._cells((*told, "", "", ""), TEXT, 8.4)
        if any(r["second"] for r in rows):
            self.paper.text(LEFT, self.y + 1.6, "* dilihat juga oleh orang kedua, tanpa melihat jawaban yang pertama", size=7.8, colour=looks.INK2)  # fmt: skip
            self.y -= 4

    def _cells(self, cells: tuple[Any, ...], font: str, size: float) -> None:
        x = LEFT
        low = self.y - 2.6
        for cell, wide in zip(cells, _WIDE, strict=True):
            if cell:
                self.paper.text(x + 1, self.y, str(cell), size=size, font=font, fit=wide - 2)
            self.paper.line(np.array([[x, low], [x, low + ROW]]), looks.LINE, 0.15, butt=True)
            x += wide
        self.paper.line(np.array([[x, low], [x, low + ROW]]), looks.LINE, 0.15, butt=True)
        self.paper.line(np.array([[LEFT, low], [RIGHT, low]]), looks.INK3, 0.18, butt=True)
        self.y -= ROW

    def _signatures(self) -> None:
        self._room(34)
        self.y -= 8
        for x, head in ((LEFT + 36, "Pemeriksa"), (RIGHT - 40, "Perencana atau pengawas")):
            self.paper.text(x, self.y, head, size=9.4, align="middle")
            self.paper.line(np.array([[x - 30, self.y - 20], [x + 30, self.y - 20]]), looks.INK, 0.25, butt=True)  # fmt: skip
        self.y -= 24

    def _room(self, high: float) -> bool:
        """Begin a page where ``high`` does not fit any more; return whether one was begun."""
        if self.y - high > LOW:
            return False
        self._foot()
        self.paper.next_page()
        self.y = TOP
        return True

    def _foot(self) -> None:
        said = self.said
        self.paper.text(LEFT, 10, f"Gardu {said['gardu']}, undian {said['number']}, benih {said['seed']}", size=7.4, colour=looks.INK2)  # fmt: skip
