"""A4 pages of a report: head, paragraphs, tables, small charts, a place to sign, the hash below."""

from collections.abc import Sequence

import numpy as np

from rbmgeo.sheets import looks
from rbmgeo.sheets.deed import wrapped
from rbmgeo.sheets.pdf import A4, BOLD, STRONG, TEXT, Paper

LEFT, RIGHT, TOP, LOW = 20.0, 190.0, 277.0, 22.0
W = RIGHT - LEFT


class Written:
    """Writes a report from above to below, and begins a page where one is full."""

    def __init__(self, title: str, *, foot: str, sample: bool, sha256: str = "") -> None:
        self.paper = Paper(A4, title=title)
        self.foot, self.sample, self.sha256 = foot, sample, sha256
        self.y, self.page = TOP, 1
        self.paper.bookmark(title)

    def head(self, unit: str, title: str, below: str) -> None:
        """Write the head of the first page."""
        p = self.paper
        p.text(LEFT, TOP, "PT PLN (Persero)", size=11, font=BOLD)
        p.text(LEFT, TOP - 5, unit, size=10, colour=looks.INK2)
        if self.sample:
            p.text(RIGHT, TOP, "DATA CONTOH (REKAAN)", size=9.5, font=STRONG, colour=looks.WARN, align="right")  # fmt: skip
        self._line(TOP - 8, 0.4, looks.INK)
        p.text(LEFT, TOP - 18, title, size=15, font=BOLD, fit=W)
        p.text(LEFT, TOP - 24.5, below, size=10.5, colour=looks.INK2, fit=W)
        self.y = TOP - 35

    def heading(self, text: str) -> None:
        """Write a heading that stays with what follows."""
        self.room(20)
        self.y -= 2
        self.paper.text(LEFT, self.y, text, size=11.5, font=BOLD)
        self.y -= 6.4

    def words(self, text: str, *, size: float = 10, step: float = 4.9, left: float = LEFT) -> None:
        """Write a paragraph, its lines broken between words."""
        for line in wrapped(text, RIGHT - left, size):
            self.room(step)
            self.paper.text(left, self.y, line, size=size)
            self.y -= step
        self.y -= 1.4

    def listed(self, lines: Sequence[str], *, size: float = 10.5, step: float = 5.3) -> None:
        """Write numbered paragraphs."""
        for number, line in enumerate(lines, start=1):
            self.room(step * 2)
            self.paper.text(LEFT + 6, self.y, f"{number}.", size=size, align="right")
            self.words(line, size=size, step=step, left=LEFT + 9)
            self.y -= 0.6

    def table(
        self, heads: Sequence[str], rows: Sequence[Sequence[str]], wide: Sequence[float]
    ) -> None:
        """Write a table: the first column to the left, figures to the right."""
        self._row(heads, wide, STRONG)
        self._line(self.y + 3.7, 0.3, looks.INK)
        for row in rows:
            if self.room(5.2):
                self._row(heads, wide, STRONG)
                self._line(self.y + 3.7, 0.3, looks.INK)
            self._row(row, wide, TEXT)
        self.y -= 3

    def signature(self, place: str, dated: str, name: str, position: str) -> None:
        """Leave a place to sign for one person."""
        self.room(46)
        x, p = RIGHT - 42, self.paper
        self.y -= 4
        p.text(x, self.y, f"{place}, {dated}", size=10, align="middle", fit=80)
        p.text(x, self.y - 5, position, size=10, align="middle", fit=80)
        p.line(np.array([[x - 34, self.y - 29], [x + 34, self.y - 29]]), looks.INK, 0.25, butt=True)
        p.text(x, self.y - 27.4, name, size=10, align="middle", fit=66)
        self.y -= 36

    def room(self, high: float) -> bool:
        """Begin a page where ``high`` does not fit any more; return whether one was begun."""
        if self.y - high > LOW:
            return False
        self.turn()
        return True

    def turn(self) -> None:
        """Begin a page."""
        self._foot()
        self.paper.next_page()
        self.page += 1
        self.y = TOP

    def done(self) -> bytes:
        """Close the last page and return the file."""
        self._foot()
        self.paper.next_page()
        return self.paper.done()

    def _row(self, cells: Sequence[str], wide: Sequence[float], font: str) -> None:
        x = LEFT
        for place, (cell, w) in enumerate(zip(cells, wide, strict=True)):
            align, at = ("right", x + w - 2) if place else ("left", x)
            self.paper.text(at, self.y, str(cell), size=9.4, font=font, align=align, fit=w - 2.5)
            x += w
        self.y -= 5.2

    def _line(self, y: float, width: float, colour: str) -> None:
        self.paper.line(np.array([[LEFT, y], [RIGHT, y]]), colour, width, butt=True)

    def _foot(self) -> None:
        self._line(16.5, 0.2, looks.LINE)
        self.paper.text(LEFT, 12.6, self.foot, size=7.6, colour=looks.INK2)
        self.paper.text(RIGHT, 12.6, f"halaman {self.page}", size=7.6, colour=looks.INK2, align="right")  # fmt: skip
        if self.sha256:
            self.paper.text(LEFT, 9.0, f"sha256 isi: {self.sha256}", size=6.8, colour=looks.INK2)
