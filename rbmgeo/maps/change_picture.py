"""One picture of one RBM that changed, to be shared: numbers and lines, no name, no idpel."""

import io
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

#: Pixels, and the most bytes that a picture may have.
WIDTH, HEIGHT, FRAME, HEAD = 1080, 1080, 40, 150
MOST_BYTES = 300_000
GROUND, STREET, CASING = "#EEF1EA", "#FFFFFF", "#D3CEC4"
INK, INK_2, BEFORE, AFTER, CAME, STAYED, HALO = (
    "#12242C", "#3F525B", "#9A4A0B", "#0D566B", "#AD261C", "#5A6C75", "#FBFAF7",
)  # fmt: skip

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Pictured:
    """What is drawn, in metres, north up: walks before and after in order, points who came."""

    before: Floats
    after: Floats
    came: npt.NDArray[np.bool_]
    streets: "list[Floats]"


def change_picture(what: Pictured, *, title: str, words: str, note: str = "", legend: "tuple[str, str, str]" = ("", "", "")) -> bytes:  # fmt: skip
    """Return a PNG of at most 300 kB: the walk of today thin, the new one bold, who came marked.

    ``title``, ``words`` and ``note`` are of ours: a code, counts and lengths. ``legend`` names
    the walk before, the walk after and who came.
    """
    image = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    draw = ImageDraw.Draw(image)
    spots = np.concatenate([what.before.reshape(-1, 2), what.after.reshape(-1, 2)])
    at = _fit(spots[np.isfinite(spots).all(axis=1)])
    for colour, width in ((CASING, 9), (STREET, 6)):
        for line in what.streets:
            draw.line(_flat(at(line)), fill=colour, width=width, joint="curve")
    _walk(draw, at(what.before), BEFORE, 2, dashed=True)
    _walk(draw, at(what.after), HALO, 8)
    _walk(draw, at(what.after), AFTER, 4)
    for (x, y), new in zip(at(what.after), what.came, strict=True):
        if np.isfinite(x):
            _mark(draw, x, y, new=bool(new))
    ends = at(what.after)[np.isfinite(what.after).all(axis=1)] if len(what.after) else what.after
    for place, shape in ((0, "start"), (-1, "end")):
        if len(ends):
            _end(draw, ends[place], shape)
    _head(draw, title, words, note)
    _legend(draw, legend)
    return _bytes(image)


def _bytes(image: Image.Image) -> bytes:
    for colours in (64, 32, 16, 8):
        out = io.BytesIO()
        image.quantize(colours, method=Image.Quantize.FASTOCTREE).save(out, "PNG", optimize=True)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()


def _fit(spots: Floats):  # type: ignore[no-untyped-def]
    low, high = (spots.min(axis=0), spots.max(axis=0)) if len(spots) else (np.zeros(2), np.ones(2))
    middle, size = (low + high) / 2, np.maximum(high - low, 40.0)
    free = np.array([WIDTH - 2 * FRAME, HEIGHT - HEAD - 2 * FRAME - 50], dtype=float)
    scale = float((free / size).min())
    centre = np.array([WIDTH / 2, HEAD + FRAME + free[1] / 2])

    def at(points: Floats) -> Floats:
        moved: Floats = (points.reshape(-1, 2) - middle) * (scale, -scale) + centre
        return moved

    return at


def _flat(points: Floats) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in points]


def _walk(draw: ImageDraw.ImageDraw, points: Floats, colour: str, width: int, *, dashed: bool = False) -> None:  # fmt: skip
    there = points[np.isfinite(points).all(axis=1)]
    if not dashed:
        if len(there) > 1:
            draw.line(_flat(there), fill=colour, width=width, joint="curve")
        return
    for a, b in pairwise(there):
        long = float(np.hypot(*(b - a)))
        for begin in np.arange(0, long, 12):
            ends = [a + (b - a) * min(t, long) / max(long, 1e-9) for t in (begin, begin + 7)]
            draw.line(_flat(np.array(ends)), fill=colour, width=width)


def _mark(draw: ImageDraw.ImageDraw, x: float, y: float, *, new: bool) -> None:
    if new:
        draw.rectangle((x - 7, y - 7, x + 7, y + 7), fill=CAME, outline=HALO, width=2)
    else:
        draw.ellipse((x - 4, y - 4, x + 4, y + 4), fill=STAYED, outline=HALO)


def _end(draw: ImageDraw.ImageDraw, place: Floats, shape: str) -> None:
    x, y = float(place[0]), float(place[1])
    draw.ellipse((x - 13, y - 13, x + 13, y + 13), fill=AFTER, outline=HALO, width=3)
    if shape == "start":
        draw.polygon([(x - 4, y - 6), (x - 4, y + 6), (x + 7, y)], fill=HALO)
    else:
        draw.rectangle((x - 5, y - 5, x + 5, y + 5), fill=HALO)


def _head(draw: ImageDraw.ImageDraw, title: str, words: str, note: str) -> None:
    draw.rectangle((0, 0, WIDTH, HEAD), fill="#FFFFFF")
    draw.line((0, HEAD, WIDTH, HEAD), fill=CASING, width=2)
    draw.text((FRAME, 22), title, fill=INK, font=_font(46))
    draw.text((FRAME, 86), words, fill=INK_2, font=_font(32))
    if note:
        draw.text((WIDTH - FRAME, 30), note, fill=CAME, font=_font(24), anchor="ra")


def _legend(draw: ImageDraw.ImageDraw, words: "tuple[str, str, str]") -> None:
    y = HEIGHT - 34
    draw.rectangle((0, HEIGHT - 64, WIDTH, HEIGHT), fill="#FFFFFF")
    x, top = WIDTH - FRAME, HEAD + 22
    draw.polygon([(x, top), (x - 9, top + 24), (x + 9, top + 24)], fill=INK_2)
    draw.text((x, top + 30), "U", fill=INK_2, font=_font(24), anchor="ma")
    for x, word, kind in zip((FRAME, 340, 640), words, ("before", "after", "came"), strict=True):
        if kind == "came":
            _mark(draw, x + 20, y, new=True)
        else:
            line = np.array([[x, y], [x + 40, y]], dtype=float)
            _walk(draw, line, BEFORE if kind == "before" else AFTER, 3 if kind == "before" else 5, dashed=kind == "before")  # fmt: skip
        draw.text((x + 54, y), word, fill=INK_2, font=_font(26), anchor="lm")


def _font(size: int) -> "ImageFont.FreeTypeFont | ImageFont.ImageFont":
    return ImageFont.load_default(size)
