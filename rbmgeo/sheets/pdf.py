"""The only file that knows the PDF library: pens and letters in millimetres, fonts inside."""

import hashlib
import importlib.util
import io
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from reportlab import rl_config
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
from reportlab.lib.colors import Color, HexColor
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from rbmgeo.errors import RbmgeoError
from rbmgeo.privacy import seen

MM = 72 / 25.4
A3 = (420.0, 297.0)
A4 = (210.0, 297.0)
TEXT, BOLD, STRONG, ITALIC = "rbmgeo-text", "rbmgeo-bold", "rbmgeo-strong", "rbmgeo-italic"
#: Height of a figure in parts of its size.
CAP = 0.66

Points = npt.NDArray[np.float64]

# Bytes as they are: letters for bytes made the file a quarter larger, and slower.
rl_config.useA85 = 0


def _press(page: pdfdoc.PDFPage) -> None:
    """Compress what was drawn on a closed page now; the library would hold it as text to the end.

    A book of three hundred sheets takes half the memory, and its bytes are the same.
    """
    packed = pdfdoc.PDFZCompress
    page.Contents = pdfdoc.PDFStream(
        pdfdoc.PDFDictionary({"Filter": pdfdoc.PDFArray([pdfdoc.PDFName(packed.pdfname)])}),
        packed.encode(page.stream),
    )
    page.stream = None


class Paper:
    """One PDF being drawn; the same calls give the same bytes."""

    def __init__(self, size: tuple[float, float], *, title: str) -> None:
        _fonts()
        self._held = io.BytesIO()
        self.size = size
        # Invariant: the file does not say when it was made, so that its hash can be compared.
        self.canvas = Canvas(
            self._held, pagesize=(size[0] * MM, size[1] * MM), pageCompression=1, invariant=1,
            initialFontName=TEXT,
        )  # fmt: skip
        self.canvas.setTitle(title)
        self.canvas.setCreator("rbmgeo")
        self.pages = 0
        self._bookmarks = 0
        self._forms: set[str] = set()

    def bookmark(self, words: str, *, level: int = 0) -> None:
        """Name the page being drawn in the outline."""
        key = f"b{self._bookmarks}"
        self._bookmarks += 1
        self.canvas.bookmarkPage(key)
        self.canvas.addOutlineEntry(words, key, level=level, closed=level == 0)

    def next_page(self) -> None:
        """Close the page being drawn."""
        self.canvas.showPage()
        _press(self.canvas._doc.Pages.pages[-1])
        self.pages += 1

    def done(self) -> bytes:
        """Return the whole file; every page must have been closed."""
        if self._bookmarks:
            self.canvas.showOutline()
        self.canvas.save()
        return self._held.getvalue()

    def line(
        self, points: Points, colour: str, width: float, *, dash: Sequence[float] = (),
        alpha: float = 1.0, butt: bool = False,
    ) -> None:  # fmt: skip
        """Draw one line through points."""
        self.lines([points], colour, width, dash=dash, alpha=alpha, butt=butt)

    def lines(
        self, many: Iterable[Points], colour: str, width: float, *, dash: Sequence[float] = (),
        alpha: float = 1.0, butt: bool = False,
    ) -> None:  # fmt: skip
        """Draw several lines with one pen."""
        c = self.canvas
        c.saveState()
        c.setStrokeColor(_ink(colour))
        c.setLineWidth(width * MM)
        c.setLineCap(0 if butt else 1)
        c.setLineJoin(1)
        if alpha < 1:
            c.setStrokeAlpha(alpha)
        if dash:
            c.setDash([d * MM for d in dash])
        c.addLiteral("".join(f"{_traced(points)}" for points in many) + "S")
        c.restoreState()

    def area(
        self, rings: Iterable[Points], fill: str | None, *, edge: str | None = None,
        width: float = 0.2, dash: Sequence[float] = (), alpha: float = 1.0,
    ) -> None:  # fmt: skip
        """Fill an area of one or more rings (holes by the even-odd rule) and draw its edge."""
        c = self.canvas
        c.saveState()
        if fill:
            c.setFillColor(_ink(fill))
        if edge:
            c.setStrokeColor(_ink(edge))
            c.setLineWidth(width * MM)
            if dash:
                c.setDash([d * MM for d in dash])
        if alpha < 1:
            c.setFillAlpha(alpha)
        how = "B*" if fill and edge else "f*" if fill else "S"
        c.addLiteral("".join(f"{_traced(ring)}h\n" for ring in rings) + how)
        c.restoreState()

    def box(
        self, x: float, y: float, w: float, h: float, *, fill: str | None = None,
        edge: str | None = None, width: float = 0.2, round_: float = 0.0,
    ) -> None:  # fmt: skip
        """Draw a box by its lower left corner."""
        c = self.canvas
        if fill:
            c.setFillColor(_ink(fill))
        if edge:
            c.setStrokeColor(_ink(edge))
            c.setLineWidth(width * MM)
        args = (x * MM, y * MM, w * MM, h * MM)
        flags = {"stroke": int(edge is not None), "fill": int(fill is not None)}
        if round_:
            c.roundRect(*args, round_ * MM, **flags)
        else:
            c.rect(*args, **flags)

    def disc(
        self, x: float, y: float, r: float, *, fill: str | None = None, edge: str | None = None,
        width: float = 0.2,
    ) -> None:  # fmt: skip
        """Draw a disc about its middle."""
        c = self.canvas
        if fill:
            c.setFillColor(_ink(fill))
        if edge:
            c.setStrokeColor(_ink(edge))
            c.setLineWidth(width * MM)
        c.circle(x * MM, y * MM, r * MM, stroke=int(edge is not None), fill=int(fill is not None))

    def text(
        self, x: float, y: float, words: str, *, size: float = 8, font: str = TEXT,
        colour: str = "#12242C", align: str = "left", turn: float = 0.0, halo: str | None = None,
        halo_mm: float = 0.5, fit: float = 0.0,
    ) -> None:  # fmt: skip
        """Write words on a base line; ``turn`` in degrees; ``fit`` shrinks them to a width."""
        c = self.canvas
        seen.note_text(words)
        wide = width_of(words, font, size)
        if fit and wide > fit:
            size *= fit / wide
            wide = fit
        shift = {"left": 0.0, "middle": -wide / 2, "right": -wide}[align]
        c.saveState()
        c.translate(x * MM, y * MM)
        if turn:
            c.rotate(turn)
        if halo:
            c.saveState()
            drawn = c.beginText(shift * MM, 0)
            drawn.setFont(font, size)
            drawn.setTextRenderMode(1)
            c.setStrokeColor(_ink(halo))
            c.setLineWidth(halo_mm * 2 * MM)
            drawn.textOut(words)
            c.drawText(drawn)
            c.restoreState()
        c.setFillColor(_ink(colour))
        drawn = c.beginText(shift * MM, 0)
        drawn.setFont(font, size)
        drawn.setTextRenderMode(0)
        drawn.textOut(words)
        c.drawText(drawn)
        c.restoreState()

    def figures(
        self, rows: Iterable[tuple[float, float, str]], size: float, font: str, colour: str
    ) -> None:
        """Write many short texts, each about its middle, in one go."""
        drop = CAP * size / MM / 2
        self.words(
            ((x - width_of(said, font, size) / 2, y - drop, said) for x, y, said in rows),
            size, font, colour,
        )  # fmt: skip

    def words(
        self, rows: Iterable[tuple[float, float, str]], size: float, font: str, colour: str
    ) -> None:
        """Write many texts from their left end on their base line, in one go."""
        drawn = self.canvas.beginText()
        drawn.setFont(font, size)
        drawn.setFillColor(_ink(colour))
        for x, y, said in rows:
            seen.note_text(said)
            drawn.setTextOrigin(round(x * MM, 2), round(y * MM, 2))
            drawn.textOut(said)
        self.canvas.drawText(drawn)

    def clip(self, x: float, y: float, w: float, h: float) -> None:
        """Draw only within a box from here to `unclip`."""
        self.canvas.saveState()
        path = self.canvas.beginPath()
        path.rect(x * MM, y * MM, w * MM, h * MM)
        self.canvas.clipPath(path, stroke=0, fill=0)

    def unclip(self) -> None:
        """End `clip`."""
        self.canvas.restoreState()

    def place(self, name: str, x: float, y: float) -> None:
        """Leave room for what is only known at the end (`later`), from its lower left corner."""
        c = self.canvas
        c.saveState()
        c.translate(x * MM, y * MM)
        c.doForm(name)
        c.restoreState()

    def later(self, name: str, w: float, h: float, draw: Callable[[], None]) -> None:
        """Draw, after the last page, what `place` left room for on every page."""
        self.canvas.beginForm(name, 0, 0, w * MM, h * MM)
        draw()
        self.canvas.endForm()

    def qr(self, x: float, y: float, side: float, words: str) -> None:
        """Draw a QR code that says ``words``, with its quiet margin inside ``side``."""
        c = self.canvas
        name = f"qr-{hashlib.sha256(words.encode()).hexdigest()[:16]}"
        if name not in self._forms:  # drawn once a file, however many pages show it
            self._forms.add(name)
            cells = qr_cells(words)
            n = len(cells) + 4
            c.beginForm(name, 0, 0, n, n)
            c.setFillColor(_ink("#000000"))
            c.addLiteral("".join(
                f"{column + 2} {n - row - 3} 1.02 1.02 re\n"
                for row, column in zip(*np.nonzero(cells), strict=True)
            ) + "f")  # fmt: skip
            c.endForm()
        one = side * MM / (len(qr_cells(words)) + 4)
        c.saveState()
        c.translate(x * MM, y * MM)
        c.scale(one, one)
        c.doForm(name)
        c.restoreState()


@cache
def qr_cells(words: str) -> npt.NDArray[np.bool_]:
    """Return the dark cells of a QR code, row by row from above."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(words)
    code.make()
    return np.array([[bool(v) for v in row] for row in code.modules])


def width_of(words: str, font: str, size: float) -> float:
    """Return how wide words are, in mm."""
    _fonts()
    return float(pdfmetrics.stringWidth(words, font, size)) / MM


@cache
def _ink(colour: str) -> Color:
    return HexColor(colour)


@cache
def _fonts() -> bool:
    """Make the letters known: they are embedded, so that every reader prints the same."""
    found = importlib.util.find_spec("font_source_sans_pro")
    if found is None or not found.submodule_search_locations:
        raise RbmgeoError(
            "the letters of printed sheets are not installed; run `make setup` again",
            "huruf untuk lembar cetak belum terpasang; jalankan `make setup` lagi",
        )
    folder = Path(next(iter(found.submodule_search_locations))) / "files"
    for name, file in ((TEXT, "Regular"), (BOLD, "Bold"), (STRONG, "Semibold"), (ITALIC, "It")):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"SourceSansPro-{file}.ttf")))
    return True


def _traced(points: Points) -> str:
    """Return the operators of a path through points; the library's own are ten times slower."""
    first, *rest = (np.asarray(points, dtype=float) * MM).tolist()
    if not rest:  # a dot: a round pen draws it
        rest = [first]
    return f"{first[0]:.2f} {first[1]:.2f} m\n" + "".join(f"{x:.2f} {y:.2f} l\n" for x, y in rest)
