"""The signs of a sheet: gardu, start and end, arrows, north, scale, marks of houses."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from rbmgeo.sheets import looks
from rbmgeo.sheets.content import Sheet
from rbmgeo.sheets.frames import Frame, scale_bar
from rbmgeo.sheets.labels import Boxes
from rbmgeo.sheets.pdf import BOLD, CAP, MM, STRONG, TEXT, Paper, width_of

Floats = npt.NDArray[np.float64]

#: Paper between two arrows of a walk, mm.
EVERY = 15.0
#: Size of the code of a gardu of the sheet, and of another, points.
OWN_CODE, OTHER_CODE = 7.6, 6.0
_BOLT = np.array(
    [[0.12, 1.0], [-0.55, -0.12], [-0.08, -0.12], [-0.2, -1.0], [0.55, 0.2], [0.06, 0.2]]
)


def bolt(paper: Paper, x: float, y: float, half: float, *, own: bool = True) -> None:
    """Draw the square sign of a gardu about its middle."""
    paper.box(x - half - 0.3, y - half - 0.3, 2 * half + 0.6, 2 * half + 0.6, fill="#FFFFFF")
    paper.box(x - half, y - half, 2 * half, 2 * half, fill=looks.INK if own else looks.INK3)
    paper.area([_BOLT * half * 0.72 + (x, y)], looks.AMBER if own else "#FFFFFF")


def gardu(
    paper: Paper, sheet: Sheet, frame: Frame, solid: Boxes, houses: Floats, walk: list[Floats]
) -> Boxes:
    """Draw the gardu within a frame with their codes; return the boxes they take.

    A code stands where it covers neither ``solid`` boxes nor houses, better not the walk.
    """
    out: Boxes = []
    dots = np.vstack([houses, *walk]) if walk else houses
    weight = np.r_[np.full(len(houses), 10.0), np.full(len(dots) - len(houses), 1.0)]
    rows = sheet.gardu.dropna(subset=["x", "y"])
    if rows.empty:
        return out
    at = frame.paper(rows[["x", "y"]].to_numpy(dtype=float))
    left, low, right, up = frame.borders
    inside = (
        (at[:, 0] > left + 2) & (at[:, 0] < right - 2) & (at[:, 1] > low + 2) & (at[:, 1] < up - 2)
    )
    order = np.lexsort((np.arange(len(rows)), ~rows["own"].to_numpy(dtype=bool)))
    signs = []
    for k in order[inside[order]]:
        own = bool(rows["own"].iloc[k])
        half = 1.8 if own else 1.1
        x, y = (float(v) for v in at[k])
        out.append((x - half - 0.3, y - half - 0.3, x + half + 0.3, y + half + 0.3))
        signs.append((x, y, half, own, str(rows["gardu"].iloc[k])))
    for x, y, half, own, code in signs:
        box = _code_place(x, y, half, own, code, [*solid, *out], frame, dots, weight)
        if box is None:
            bolt(paper, x, y, half, own=own)
            continue
        out.append(box)
        size = OWN_CODE if own else OTHER_CODE
        middle = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        if own:
            paper.line(np.array([[x, y], middle]), looks.INK, 0.3)
        bolt(paper, x, y, half, own=own)
        if own:
            paper.box(box[0], box[1], box[2] - box[0], box[3] - box[1], fill=looks.INK, round_=0.6)
        paper.text(middle[0], middle[1] - CAP * size / MM / 2, code, size=size, font=BOLD if own else STRONG,
                   colour="#FFFFFF" if own else looks.INK2, align="middle",
                   halo=None if own else "#FFFFFF", halo_mm=0.35)  # fmt: skip
    return out


def _code_place(
    x: float, y: float, half: float, own: bool, code: str, taken: Boxes, frame: Frame,
    dots: Floats, weight: Floats,
) -> tuple[float, float, float, float] | None:  # fmt: skip
    """Return the best place for a gardu's code; an own one always has one."""
    size = OWN_CODE if own else OTHER_CODE
    w = width_of(code, BOLD if own else STRONG, size) + (1.8 if own else 0.6)
    h = CAP * size / MM + (1.5 if own else 0.8)
    left, low, right, up = frame.borders
    best, found = np.inf, None
    for gap in (0.5, 2.5, 5.0, 8.0) if own else (0.5,):
        g = half + gap
        for k, (a, b) in enumerate((
            (x + g, y - h / 2), (x - g - w, y - h / 2), (x - w / 2, y + g), (x - w / 2, y - g - h),
            (x + g * 0.8, y + g * 0.8), (x - g * 0.8 - w, y + g * 0.8), (x + g * 0.8, y - g * 0.8 - h),
            (x - g * 0.8 - w, y - g * 0.8 - h),
        )):  # fmt: skip
            box = (a, b, a + w, b + h)
            if box[0] < left + 1 or box[1] < low + 1 or box[2] > right - 1 or box[3] > up - 1:
                continue
            over = sum(box[0] < t[2] and box[2] > t[0] and box[1] < t[3] and box[3] > t[1] for t in taken)  # fmt: skip
            if over and not own:
                continue
            inside = (dots > (a - 0.6, b - 0.6)).all(axis=1) & (dots < (a + w + 0.6, b + h + 0.6)).all(axis=1)  # fmt: skip
            cost = 100.0 * over + float(weight[inside].sum()) + gap * 0.6 + 0.1 * k
            if cost < best:
                best, found = cost, box
    return found


def start(paper: Paper, x: float, y: float) -> None:
    """Draw where the walk starts."""
    paper.disc(x, y, 2.1, fill=looks.PRIMARY, edge="#FFFFFF", width=0.4)
    paper.area([np.array([[x - 0.75, y - 1.1], [x - 0.75, y + 1.1], [x + 1.25, y]])], "#FFFFFF")


def finish(paper: Paper, x: float, y: float) -> None:
    """Draw where the walk ends."""
    paper.disc(x, y, 2.1, fill="#FFFFFF", edge="#FFFFFF", width=0.6)
    paper.disc(x, y, 1.85, fill="#FFFFFF", edge=looks.PRIMARY, width=0.55)
    paper.box(x - 0.75, y - 0.75, 1.5, 1.5, fill=looks.PRIMARY)


def arrows(paper: Paper, lines: list[Floats]) -> None:
    """Draw arrowheads along lines, in the middle of stretches that are long enough.

    Where a street is walked again the same way, one arrow is enough.
    """
    heads: list[Floats] = []
    spots = np.empty((0, 4))
    since = EVERY * 0.5
    for line in lines:
        step = np.diff(line, axis=0)
        far = np.hypot(*step.T)
        for k in range(len(step)):
            since += float(far[k])
            if far[k] < 2.6 or since < EVERY * 0.6:
                continue
            count = max(1, int(far[k] // (EVERY * 1.4)))
            way = step[k] / far[k]
            for j in range(count):
                at = line[k] + step[k] * (j + 0.5) / count
                off = np.hypot(*(spots[:, :2] - at).T)
                alike = (spots[:, 2:] @ way > 0.7) & (off < EVERY * 0.75)
                if alike.any() or (off < 1.3).any():
                    continue
                spots = np.vstack([spots, np.r_[at, way]])
                heads.append(_head(at, way, 1.1))
                since = 0.0
    if heads:
        paper.area(heads, looks.PRIMARY, edge="#FFFFFF", width=0.14)


def _head(at: Floats, way: Floats, long: float) -> Floats:
    across = np.array([-way[1], way[0]])
    return np.array([
        at + way * long, at - way * long * 0.8 + across * long * 0.72, at - way * long * 0.35,
        at - way * long * 0.8 - across * long * 0.72,
    ])  # fmt: skip


def house(paper: Paper, x: float, y: float, tone: tuple[str, str], r: float) -> None:
    """Draw the mark of a house whose number stands beside it."""
    shape, colour = tone
    if shape == "disc":
        paper.disc(x, y, r, fill=colour, edge="#FFFFFF", width=0.12)
    elif shape == "square":
        paper.box(x - r, y - r, 2 * r, 2 * r, fill=colour, edge="#FFFFFF", width=0.12)
    else:
        s = r * 1.3
        points = [[x, y + s], [x - s, y - s * 0.8], [x + s, y - s * 0.8]]
        if shape == "diamond":
            points = [[x, y + s], [x - s, y], [x, y - s], [x + s, y]]
        paper.area([np.array(points)], colour, edge="#FFFFFF", width=0.12)


def rbm_signs(sheet: Sheet) -> dict[str | None, tuple[str, str]]:
    """Return shape and colour of each RBM of a gardu's sheet, the one with most customers first."""
    counts = rbm_counts(sheet)
    ranked = sorted(counts.items(), key=lambda one: (one[0] is None, -one[1], str(one[0])))
    return {
        code: (looks.SHAPES[k % 4], looks.RBM_INKS[k % 8]) if code else ("disc", looks.INK3)
        for k, (code, _) in enumerate(ranked)
    }


def rbm_counts(sheet: Sheet) -> dict[str | None, int]:
    """Count the customers of a sheet by RBM; None: on no RBM."""
    codes = [c if isinstance(c, str) else None for c in sheet.houses["rbm"].astype(object)]
    counts = pd.Series(codes, dtype=object).value_counts(dropna=False)
    return {None if c is None or c != c else str(c): int(n) for c, n in counts.items()}


def north(paper: Paper, x: float, y: float, r: float, turn: float = 0.0) -> None:
    """Draw the arrow to the north (U, utara), turned as the ground is."""
    paper.disc(x, y, r, fill="#FFFFFF", edge=looks.INK, width=0.25)
    s = r * 0.78
    c, n = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    by = np.array([[c, n], [-n, c]])

    def at(*points: tuple[float, float]) -> Floats:
        turned: Floats = np.array(points) * s @ by + np.array([x, y])
        return turned

    paper.area([at((0, 1.0), (-0.34, -0.32), (0, -0.1))], looks.INK)
    paper.area([at((0, 1.0), (0.34, -0.32), (0, -0.1))], "#FFFFFF", edge=looks.INK, width=0.15)
    size = r * 1.25
    foot = at((0.0, -0.72))[0]
    paper.text(float(foot[0]), float(foot[1]) - CAP * size / MM / 2, "U", size=size, font=BOLD, colour=looks.INK, align="middle")  # fmt: skip


def scale(paper: Paper, x: float, y: float, one_to: int, most: float) -> None:
    """Draw a scale bar of four fields, with the scale in words."""
    long, metres = scale_bar(one_to, most)
    words = f"1 : {one_to:,}".replace(",", ".")
    wide = long + 7.5 + width_of(words, TEXT, 6.6)
    paper.box(x - 1.6, y - 1.8, wide + 1.6, 8.0, fill="#FFFFFF", round_=0.6)
    for k in range(4):
        paper.box(x + k * long / 4, y, long / 4, 1.1, fill=looks.INK if k % 2 == 0 else "#FFFFFF",
                  edge=looks.INK, width=0.2)  # fmt: skip
    paper.text(x, y + 2.0, "0", size=6.6, align="left", colour=looks.INK)
    paper.text(x + long / 2, y + 2.0, _m(metres / 2), size=6.6, align="middle", colour=looks.INK)
    paper.text(x + long, y + 2.0, f"{_m(metres)} m", size=6.6, align="middle", colour=looks.INK)
    paper.text(x + long + 5.5, y - 0.2, words, size=6.6, colour=looks.INK2)


def _m(metres: float) -> str:
    return f"{metres:g}".replace(".", ",")
