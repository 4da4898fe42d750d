"""The numbers of one frame: joined where houses share a spot, sized, placed, and drawn."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rbmgeo.network.streets import Network
from rbmgeo.sheets import looks, signs
from rbmgeo.sheets.content import Sheet
from rbmgeo.sheets.frames import Frame
from rbmgeo.sheets.labels import CELL, MARK, Boxes, Placed, place, share_at_home
from rbmgeo.sheets.panels import Panel
from rbmgeo.sheets.pdf import BOLD, CAP, MM, STRONG, TEXT, Paper, width_of
from rbmgeo.sheets.ways import from_streets

Floats = npt.NDArray[np.float64]

#: Sizes of numbers that are tried, from the largest (points).
SIZES = (8.4, 7.6, 6.9, 6.3, 5.7)
#: A size is tried where this share would stand at home, and taken where so many are this near (mm).
ROOMY, NEAR, NEAR_MM = 0.4, 0.95, 4.0


@dataclass(frozen=True)
class Spots:
    """The numbers of one frame: houses on one spot share one number ("101-104")."""

    anchors: Floats
    words: list[str]
    rows: list[npt.NDArray[np.int64]]


def spots_of(paper_xy: Floats, numbers: list[str]) -> Spots:
    """Join the numbers of houses that lie on one spot of the paper (0.15 mm)."""
    if not len(paper_xy):
        return Spots(np.empty((0, 2)), [], [])
    _, which = np.unique(np.round(paper_xy / 0.15).astype(np.int64), axis=0, return_inverse=True)
    which = which.ravel()
    order = np.argsort(which, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(which[order])) + 1)
    groups.sort(key=lambda g: int(g[0]))
    words = [_run([numbers[i] for i in group]) for group in groups]
    return Spots(np.array([paper_xy[g].mean(axis=0) for g in groups]), words, groups)


def _run(numbers: list[str]) -> str:
    """Write numbers as runs: 101, 102, 103, 120 become "101-103, 120"."""
    out: list[list[str]] = []
    for n in numbers:
        last = out[-1][-1] if out else ""
        if last.isdigit() and n.isdigit() and int(n) == int(last) + 1:
            out[-1].append(n)
        else:
            out.append([n])
    return ", ".join(r[0] if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in out)


def rows_at(sheet: Sheet, panel: Panel) -> npt.NDArray[np.int64]:
    """Return the rows of a sheet's table that a frame draws."""
    placed = np.flatnonzero(sheet.houses["x"].notna().to_numpy())
    return placed[panel.rows]


@dataclass(frozen=True)
class Written:
    """The boxes that stand on a frame, and how many customers found no room."""

    boxes: Boxes
    missing: int


def sized(spots: Spots, size: float) -> Floats:
    """Return width and height of each number at a size, mm."""
    wide = [width_of(w, STRONG, size) + 0.95 for w in spots.words]
    return np.column_stack([wide, np.full(len(wide), CAP * size / MM + 1.05)])


def placed_numbers(
    spots: Spots, frame: Frame, *, solid: Boxes, soft: Floats | None, away: Floats | None
) -> tuple[Placed, Floats, float]:
    """Place the numbers at the largest size that leaves most at home; return places, boxes, size."""
    tries = [s for s in SIZES if share_at_home(spots.anchors, sized(spots, s)) >= ROOMY] or [
        SIZES[-1]
    ]
    left, low, right, up = frame.borders
    border = (left + 1, low + 1, right - 1, up - 1)
    for again in (*tries, 5.2, 4.6):
        boxes = sized(spots, again)
        found = place(spots.anchors, boxes, border, away=away, solid=solid, soft=soft)
        far = np.hypot(*(found.middle - spots.anchors).T)
        near = float((far < NEAR_MM).mean())
        if not found.missing.any() and (near >= NEAR or again == tries[-1] or again < SIZES[-1]):
            break
    return found, boxes, again


def draw_numbers(
    paper: Paper, sheet: Sheet, panel: Panel, frame: Frame, spots: Spots, solid: Boxes,
    walk: list[Floats], own: Floats, network: Network | None,
) -> Written:  # fmt: skip
    """Place and draw the numbers of a frame, with marks and lines where they stand beside a house."""
    if not spots.rows:
        return Written(solid, 0)
    first = np.array([r[0] for r in spots.rows])
    away = from_streets(own, network)[first]
    found, boxes, size = placed_numbers(spots, frame, solid=solid, soft=_soft(walk), away=away)
    tone = _tones(sheet, panel, first)
    beside_ = np.flatnonzero(~found.home & ~found.missing)
    ties = [_tie(spots.anchors[i], found.middle[i], boxes[i]) for i in beside_]
    if ties:
        paper.lines(ties, looks.INK2, 0.16, butt=True)
    for i in np.flatnonzero(~found.home):
        x, y = spots.anchors[i].tolist()
        signs.house(paper, x, y, tone[i], MARK * 0.86)
    taken = list(solid)
    figures: dict[tuple[str, str], list[tuple[float, float, str]]] = {}
    for i in np.flatnonzero(~found.missing):
        (x, y), (w, h), word = found.middle[i], boxes[i], spots.words[i]
        tenth = word.isdigit() and int(word) % 10 == 0
        edge = looks.INK2 if found.home[i] else "#9AA7AD"
        fill = "#FFFFFF"
        paper.box(x - w / 2 + 0.06, y - h / 2 + 0.06, w - 0.12, h - 0.12, fill=fill,
                  edge=tone[i][1] if not sheet.is_rbm else edge, width=0.3 if not sheet.is_rbm else 0.15,
                  round_=0.45)  # fmt: skip
        key = (BOLD if tenth else TEXT, looks.INK)
        figures.setdefault(key, []).append((x, y, word))
        taken.append((x - w / 2, y - h / 2, x + w / 2, y + h / 2))
    for (font, colour), rows in figures.items():
        paper.figures(rows, size, font, colour)
    return Written(taken, int(sum(len(spots.rows[i]) for i in np.flatnonzero(found.missing))))


def _tones(sheet: Sheet, panel: Panel, first: npt.NDArray[np.int64]) -> list[tuple[str, str]]:
    """Return shape and colour of each house's mark: by RBM on a gardu's sheet."""
    if sheet.is_rbm:
        return [("disc", looks.INK)] * len(first)
    codes = sheet.houses["rbm"].astype(object).to_numpy()[rows_at(sheet, panel)][first]
    known = signs.rbm_signs(sheet)
    return [known.get(c if isinstance(c, str) else None, ("disc", looks.INK3)) for c in codes]


def _soft(walk: list[Floats]) -> Floats | None:
    pieces = []
    for line in walk:
        step = np.diff(line, axis=0)
        for (x, y), (dx, dy) in zip(line[:-1], step, strict=True):
            n = max(2, int(np.hypot(dx, dy) / CELL))
            t = np.linspace(0, 1, n)[:, None]
            piece = np.array([x, y]) + t * (dx, dy)
            pieces += [piece, piece + np.array([CELL, 0]), piece + np.array([0, CELL])]
    return np.vstack(pieces) if pieces else None


def _tie(anchor: Floats, middle: Floats, box: Floats) -> Floats:
    """Return the line from a house to the border of its number."""
    way = middle - anchor
    with np.errstate(divide="ignore"):
        reach = float(np.min((box / 2) / np.maximum(np.abs(way), 1e-9)))
    return np.array([anchor, middle - way * min(reach, 1.0)])
