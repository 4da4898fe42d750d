"""Draw the icons of the phone's app: the mark of rbmgeo, once with its own corners, once to be cut."""

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parents[1] / "web/static/img/phone"
GROUND, LINE, BOLT = "#0D566B", "#FFFFFF", "#F2B53C"


def drawn(size: int, *, whole: bool) -> Image.Image:
    """Return the mark; ``whole``: the ground reaches the edge, the mark keeps to the inner part."""
    side = size * 4
    made = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(made)
    radius = 0 if whole else side * 7 / 30
    pen.rounded_rectangle((0, 0, side - 1, side - 1), radius, fill=GROUND)
    scale, off = (side / 30 * 0.7, side * 0.15) if whole else (side / 30, 0.0)

    def at(x: float, y: float) -> tuple[float, float]:
        return off + x * scale, off + y * scale

    wide = round(2.2 * scale)
    way = [(7.5, 22.5), (7.5, 15), (8.2, 12.9), (9.6, 11.5), (11.5, 11), (18.5, 11), (20.6, 10.3), (22, 9), (22.5, 7.4)]  # fmt: skip
    pen.line([at(*p) for p in way], fill=LINE, width=wide, joint="curve")
    for x, y in ((7.5, 22.5), (22.5, 7.5)):
        for r, colour in ((4, LINE), (2.1, GROUND)):
            pen.ellipse((*at(x - r, y - r), *at(x + r, y + r)), fill=colour)
    bolt = [(20.8, 14.6), (15.8, 20.6), (19.4, 20.6), (18.2, 25.2), (23.2, 19), (19.6, 19)]
    pen.polygon([at(*p) for p in bolt], fill=BOLT)
    return made.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    """Write the three files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, size, whole in (("icon-192", 192, False), ("icon-512", 512, False), ("mask-512", 512, True)):  # fmt: skip
        made = drawn(size, whole=whole).quantize(32, method=Image.Quantize.FASTOCTREE)
        made.save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
