"""A table of any length as PDF: heading on every page, unit, date, page n of m."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from rbmgeo.cells import Column, Title
from rbmgeo.privacy import seen
from rbmgeo.sheets import looks
from rbmgeo.sheets.pdf import A3, A4, BOLD, STRONG, TEXT, Paper, Points, width_of

SIZE, LEADING, PAD = 7.6, 3.5, 1.4
EDGE, LOW = 12.0, 14.0
#: Rows that are looked at for the widths; a later longer cell is broken into lines.
_LOOKED = 400
_NARROW = 7.0
#: Columns beside each other on one page; a table of more is printed in parts.
MOST_COLUMNS = 24


class _Letters(dict[str, float]):
    """Widths of letters at the size of a listing, mm; a text is as wide as its letters together."""

    def __init__(self, font: str) -> None:
        super().__init__()
        self.font = font

    def __missing__(self, letter: str) -> float:
        self[letter] = width_of(letter, self.font, SIZE)
        return self[letter]


_LETTERS = {font: _Letters(font) for font in (TEXT, STRONG)}


def wide_of(text: str, font: str) -> float:
    """Return how wide a text is in a listing, mm."""
    return sum(map(_LETTERS[font].__getitem__, text))


class ListingFile:
    """A table being printed; rows are words already (what a reader of the page sees)."""

    def __init__(self, path: Path, title: Title, columns: list[Column]) -> None:
        self.path, self.title, self.columns = path, title, columns
        self.waiting: list[list[str]] = []
        self.paper: Paper | None = None
        self.wide: list[float] = []
        self.y, self.page = 0.0, 0
        self.written: list[tuple[float, float, str]] = []
        self.ruled: list[Points] = []

    def rows(self, rows: Iterable[list[str]]) -> None:
        """Print some rows; the first ones are looked at for the width of the columns."""
        for row in rows:
            if self.paper is None:
                self.waiting.append(row)
                if len(self.waiting) >= _LOOKED and len(self.columns) <= MOST_COLUMNS:
                    self._begin()
                continue
            self._row(row)

    def sums(self, row: list[str]) -> None:
        """Print the line of sums."""
        if len(self.columns) > MOST_COLUMNS:
            self.waiting.append(row)
            return
        if self.paper is None:
            self._begin()
        self._row(row, font=STRONG, rule=True)

    def done(self) -> None:
        """Close the last page, say on every page how many there are, write the file."""
        if self.paper is None:
            self._begin()
        paper = self._paper()
        self._foot()
        paper.next_page()
        paper.later("pages", 30, 4, lambda: paper.text(0.5, 1, str(self.page), size=SIZE, colour=looks.INK2))  # fmt: skip
        self.path.write_bytes(paper.done())

    def _begin(self) -> None:
        if len(self.columns) > MOST_COLUMNS:
            self._side_by_side()
            return
        natural = self._natural()
        need = sum(natural)
        upright, lying = A4[0] - 2 * EDGE, A4[1] - 2 * EDGE
        # A little too wide is no reason to turn the paper: the widest columns give way.
        size = A4 if need <= 1.12 * upright else (A4[1], A4[0])
        if need > lying and sum(min(n, 24.0) for n in natural) > lying:
            size = A3
        self.wide = _shared(natural, size[0] - 2 * EDGE)
        self.paper = Paper(size, title=self.title.name)
        self._head()
        for row in self.waiting:
            self._row(row)
        self.waiting = []

    def _side_by_side(self) -> None:
        """Print a table of many columns as parts, each with the first column beside it."""
        columns, rows = self.columns, self.waiting
        for begin in range(1, len(columns), MOST_COLUMNS - 1):
            part = [0, *range(begin, min(begin + MOST_COLUMNS - 1, len(columns)))]
            self.columns = [columns[k] for k in part]
            self.waiting = [[row[k] for k in part] for row in rows]
            self.wide = _shared(self._natural(), A3[0] - 2 * EDGE)
            if self.paper is None:
                self.paper = Paper(A3, title=self.title.name)
            else:
                self._foot()
                self.paper.next_page()
            self._head()
            for row in self.waiting:
                self._row(row)
        self.waiting = []

    def _paper(self) -> Paper:
        assert self.paper is not None
        return self.paper

    def _natural(self) -> list[float]:
        """Return how wide each column would be with every cell on one line, 70 mm at most."""
        out = []
        for k, one in enumerate(self.columns):
            longest = max((wide_of(row[k], TEXT) for row in self.waiting), default=0.0)
            word = max((wide_of(w, STRONG) for w in one.head.split()), default=0.0)
            out.append(min(max(longest, word, _NARROW), 70.0) + 2 * PAD)
        return out

    def _head(self) -> None:
        paper, title = self._paper(), self.title
        self.page += 1
        right = paper.size[0] - EDGE
        y = paper.size[1] - EDGE - 3
        if self.page == 1:
            paper.text(EDGE, y, title.name, size=13, font=BOLD, fit=right - EDGE - 46)
            paper.text(right, y, title.unit, size=8.4, colour=looks.INK2, align="right")
            if title.sample:
                paper.text(right, y - 4.4, "DATA CONTOH (REKAAN)", size=8, font=STRONG, colour=looks.WARN, align="right")  # fmt: skip
            y -= 5
            for line in title.lines:
                paper.text(EDGE, y, line, size=8.4, colour=looks.INK2)
                y -= 4.2
        else:
            paper.text(EDGE, y, title.name, size=8.4, font=STRONG)
            paper.text(right, y, title.unit, size=8.4, colour=looks.INK2, align="right")
        y -= 5.5
        cells = [broken(c.head, w - 2 * PAD, STRONG) for c, w in zip(self.columns, self.wide, strict=True)]  # fmt: skip
        high = max([len(c) for c in cells] or [1])
        self.y = y - (high - 1) * LEADING
        x = EDGE
        for column, lines, wide in zip(self.columns, cells, self.wide, strict=True):
            self._cell(lines, x, y, wide, number=column.number, font=STRONG)
            x += wide
        self.y -= 1.7
        paper.line(np.array([[EDGE, self.y], [EDGE + sum(self.wide), self.y]]), looks.INK, 0.3, butt=True)  # fmt: skip

    def _row(self, row: list[str], *, font: str = TEXT, rule: bool = False) -> None:
        paper = self._paper()
        # Before they are broken into lines: a number may stand on two of them.
        for cell in row:
            seen.note_text(cell)
        cells = [broken(t, w - 2 * PAD, font) for t, w in zip(row, self.wide, strict=True)]
        high = max([len(c) for c in cells] or [1]) * LEADING + 1.7
        if self.y - high < LOW:
            self._foot()
            paper.next_page()
            self._head()
        if rule:
            paper.line(np.array([[EDGE, self.y], [EDGE + sum(self.wide), self.y]]), looks.INK, 0.3, butt=True)  # fmt: skip
        x, y = EDGE, self.y - 3.6
        placed = self.written if font == TEXT else []
        for column, lines, wide in zip(self.columns, cells, self.wide, strict=True):
            for k, line in enumerate(lines):
                if line:
                    at = x + wide - PAD - wide_of(line, font) if column.number else x + PAD
                    placed.append((at, y - k * LEADING, line))
            x += wide
        if font != TEXT:
            paper.words(placed, SIZE, font, looks.INK)
        self.y -= high
        self.ruled.append(np.array([[EDGE, self.y], [EDGE + sum(self.wide), self.y]]))

    def _cell(
        self, lines: list[str], x: float, y: float, wide: float, *, number: bool, font: str
    ) -> None:
        for k, line in enumerate(lines):
            at = x + wide - PAD if number else x + PAD
            self._paper().text(at, y - k * LEADING, line, size=SIZE, font=font, align="right" if number else "left")  # fmt: skip

    def _foot(self) -> None:
        """Draw in one go what the page holds, and say which page it is."""
        paper = self._paper()
        paper.lines(self.ruled, looks.LINE, 0.15, butt=True)
        paper.words(self.written, SIZE, TEXT, looks.INK)
        self.ruled, self.written = [], []
        paper.text(EDGE, 7.5, self.title.printed, size=SIZE, colour=looks.INK2)
        right = paper.size[0] - EDGE - 10
        paper.text(right, 7.5, self.title.page.format(page=self.page), size=SIZE, colour=looks.INK2, align="right")  # fmt: skip
        paper.place("pages", right + 0.5, 6.5)


def _shared(natural: list[float], room: float) -> list[float]:
    """Give columns their widths: the narrow ones what they need, the wide ones what is left."""
    wide = list(natural)
    for _ in range(len(wide)):
        over = sum(wide) - room
        if over <= 0.01:
            break
        level = sorted(set(wide))
        top = level[-1]
        second = level[-2] if len(level) > 1 else 0.0
        widest = [k for k, w in enumerate(wide) if w == top]
        cut = max(second, top - over / len(widest))
        for k in widest:
            wide[k] = cut
    return wide


def broken(text: str, wide: float, font: str) -> list[str]:
    """Break a text into lines of a width; a word that is longer is cut, nothing is left out."""
    wide += 0.05  # sums of widths differ in their last digit
    if not text or wide_of(text, font) <= wide:
        return [text]
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if wide_of(longer, font) <= wide:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while len(line) > 1 and wide_of(line, font) > wide:
            n = next(
                k for k in range(len(line) - 1, 0, -1) if k == 1 or wide_of(line[:k], font) <= wide
            )
            lines.append(line[:n])
            line = line[n:]
    return [*lines, line]
