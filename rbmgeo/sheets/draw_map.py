"""Draw one frame of a sheet: ground, streets, lines, walk, and the number of every house."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from rbmgeo.network.streets import Network, street_network
from rbmgeo.sheets import looks, signs
from rbmgeo.sheets.content import Sheet
from rbmgeo.sheets.frames import Frame, scale_bar
from rbmgeo.sheets.ground import own_area, rings, settled
from rbmgeo.sheets.labels import Box, Boxes
from rbmgeo.sheets.names import write_street_names
from rbmgeo.sheets.numbers import draw_numbers, rows_at, spots_of
from rbmgeo.sheets.panels import Panel
from rbmgeo.sheets.pdf import BOLD, CAP, MM, Paper, width_of
from rbmgeo.sheets.ways import Leg, beside, walked_legs

Floats = npt.NDArray[np.float64]

#: Width of the walk, and how far it lies from the middle of the street, mm.
WALK, SIDE = 0.42, 0.78


@dataclass(frozen=True)
class Drawn:
    """How many customers a frame drew, and who found no room (none, unless the frame is full)."""

    customers: int
    missing: int


def draw_panel(paper: Paper, sheet: Sheet, panel: Panel, network: Network | None) -> Drawn:
    """Draw one frame with everything in it."""
    frame = panel.frame
    there = sheet.houses[["x", "y"]].to_numpy(dtype=float)
    there = there[~np.isnan(there[:, 0])]
    own = there[panel.rows]
    paper.clip(*_box(frame))
    paper.box(*_box(frame), fill=looks.GROUND)
    others = _within(sheet.others[["x", "y"]].dropna().to_numpy(dtype=float), frame, 60)
    area = _ground(paper, sheet, frame, there, own, others)
    _streets(paper, sheet, frame)
    _grid(paper, sheet, frame)
    _border(paper, frame, area)
    walk, chips = _walk(paper, sheet, frame, panel, there, network) if sheet.is_rbm else ([], [])
    solid = [*_corners(panel), *chips]
    if sheet.is_rbm and len(own):
        solid += _ends(paper, sheet, panel, frame, there, walk)
    solid += signs.gardu(paper, sheet, frame, solid, frame.paper(own), walk)
    numbers = sheet.numbers()
    _neighbour_codes(paper, sheet, frame, solid)
    spots = spots_of(frame.paper(own), [numbers[i] for i in rows_at(sheet, panel)])
    drawn = draw_numbers(paper, sheet, panel, frame, spots, solid, walk, own, network)
    write_street_names(paper, sheet.streets, frame, drawn.boxes)
    paper.unclip()
    _furniture(paper, panel, frame)
    return Drawn(int(sum(len(r) for r in spots.rows)) - drawn.missing, drawn.missing)


def network_of(sheet: Sheet) -> Network | None:
    """Return the streets around a sheet as a network to walk on, None without any."""
    if not len(sheet.streets):
        return None
    network = street_network(sheet.streets)
    return network if len(network.edges) else None


def _box(frame: Frame) -> tuple[float, float, float, float]:
    return frame.x, frame.y, frame.w, frame.h


def _within(xy: Floats, frame: Frame, more_m: float) -> Floats:
    west, south, east, north = frame.box_m
    inside = (xy[:, 0] > west - more_m) & (xy[:, 0] < east + more_m)
    return xy[inside & (xy[:, 1] > south - more_m) & (xy[:, 1] < north + more_m)]


def _ground(paper: Paper, sheet: Sheet, frame: Frame, there: Floats, own: Floats, others: Floats) -> shapely.Geometry:  # fmt: skip
    reach = max(20.0, 5.0 * frame.scale / 1000)
    apart = np.vstack([others, there]) if len(others) else there
    town = settled(_within(apart, frame, 60), reach_m=max(30.0, reach * 1.1))
    paper.area([frame.paper(r) for r in rings(town)], looks.SETTLED)
    mine = {tuple(p) for p in own.round(2)}
    foreign = np.array([p for p in apart if tuple(p.round(2)) not in mine]).reshape(-1, 2)
    area = own_area(own, foreign, reach_m=reach)
    paper.area([frame.paper(r) for r in rings(area)], looks.OWN)
    side = min(1.7, max(0.55, frame.mm(7.0)))
    marks = [
        np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]])
        for x, y in frame.paper(others) - side / 2
    ]
    if marks:
        paper.area(marks, looks.OTHER_HOUSE, edge=looks.OTHER_EDGE, width=0.1)
    return area


def street_width(highway: object, frame: Frame) -> float:
    """Return how wide a street is drawn, mm."""
    metres, least, most = looks.WIDTHS[looks.grade(highway)]
    return min(most, max(least, frame.mm(metres)))


def _streets(paper: Paper, sheet: Sheet, frame: Frame) -> None:
    by_width: dict[tuple[int, float], list[Floats]] = {}
    for highway, shape in zip(sheet.streets["highway"], sheet.streets.geometry, strict=True):
        points = frame.paper(shapely.get_coordinates(shape))
        by_width.setdefault((looks.grade(highway), street_width(highway, frame)), []).append(points)
    for (_, width), lines in sorted(by_width.items()):
        paper.lines(lines, looks.CASING, width + 0.36)
    for (_, width), lines in sorted(by_width.items()):
        paper.lines(lines, looks.STREET, width)


def _grid(paper: Paper, sheet: Sheet, frame: Frame) -> None:
    """Draw low-voltage spans and poles; on a gardu's sheet its own are strong."""
    own: list[Floats] = []
    others: list[Floats] = []
    mine = {sheet.code} if not sheet.is_rbm else set(sheet.gardu.loc[sheet.gardu["own"], "gardu"])
    for gardu, shape in zip(sheet.spans["gardu"], sheet.spans.geometry, strict=True):
        (own if gardu in mine else others).append(frame.paper(shapely.get_coordinates(shape)))
    strong = not sheet.is_rbm
    if others:
        paper.lines(others, "#A9B5BA", 0.18, butt=True)
    if own:
        paper.lines(own, looks.INK if strong else looks.JTR, 0.5 if strong else 0.24, butt=True)
    r = 0.55 if strong else 0.34
    for x, y in frame.paper(_within(sheet.poles, frame, 5)):
        paper.disc(x, y, r, fill="#FFFFFF", edge=looks.INK2, width=0.2 if strong else 0.14)


def _border(paper: Paper, frame: Frame, area: shapely.Geometry) -> None:
    paper.area([frame.paper(r) for r in rings(area)], None, edge=looks.INK, width=0.42,
               dash=(3.2, 1.1, 0.7, 1.1))  # fmt: skip


def _neighbour_codes(paper: Paper, sheet: Sheet, frame: Frame, solid: Boxes) -> None:
    """Write the codes of the RBM around, each where most of its houses in the frame are."""
    if not sheet.is_rbm or sheet.others.empty:
        return
    rows = sheet.others.dropna(subset=["x", "y", "rbm"])
    at = frame.paper(rows[["x", "y"]].to_numpy(dtype=float))
    left, low, right, up = frame.borders
    inside = (at > (left + 14, low + 8)).all(axis=1) & (at < (right - 14, up - 8)).all(axis=1)
    own = frame.paper(sheet.houses[["x", "y"]].dropna().to_numpy(dtype=float))
    codes = rows["rbm"].to_numpy()
    boxes = np.array(solid).reshape(-1, 4)
    for code in sorted(set(codes[inside])):
        points = at[inside & (codes == code)]
        if len(points) < 8 or code == sheet.code:
            continue
        middle = points[int(np.hypot(*(points - np.median(points, axis=0)).T).argmin())]
        wide = width_of(code, BOLD, 9) / 2 + 1
        cover = (middle[0] - wide, middle[1] - 2, middle[0] + wide, middle[1] + 3)
        near = (np.abs(own - middle) < (wide + 2.5, 5)).all(axis=1).any()
        over = ((boxes[:, 0] < cover[2]) & (boxes[:, 2] > cover[0]) & (boxes[:, 1] < cover[3])
                & (boxes[:, 3] > cover[1])).any()  # fmt: skip
        if not near and not over:
            paper.text(float(middle[0]), float(middle[1]) - 1, code, size=9, font=BOLD,
                       colour="#8A949A", align="middle", halo=looks.SETTLED, halo_mm=0.5)  # fmt: skip


def _walk(paper: Paper, sheet: Sheet, frame: Frame, panel: Panel, there: Floats, network: Network | None) -> tuple[list[Floats], Boxes]:  # fmt: skip
    """Draw the way of the reader through this frame; return its lines, and boxes that words take."""
    here = np.zeros(len(there), dtype=bool)
    here[panel.rows] = True
    legs = walked_legs(there, network)
    lines, guessed = [], []
    for number, leg in enumerate(legs):
        if not (here[number] or here[number + 1]):
            continue
        on_paper = Leg(frame.paper(leg.points), leg.guessed, leg.sides)
        if leg.guessed:
            guessed.append(on_paper.points)
        else:
            lines.append(beside(on_paper, SIDE))
    joined = _joined(lines)
    paper.lines(joined, "#FFFFFF", WALK + 0.5, alpha=0.85)
    paper.lines(joined, looks.PRIMARY, WALK)
    if guessed:
        paper.lines(guessed, looks.PRIMARY, 0.28, dash=(1.1, 0.9))
    signs.arrows(paper, joined + [g for g in guessed if np.hypot(*(g[-1] - g[0])) > 9])
    return joined + guessed, _chips(paper, sheet, panel, there, legs)


def _chips(paper: Paper, sheet: Sheet, panel: Panel, there: Floats, walk: list[Leg]) -> Boxes:
    """Write at the border which part the walk goes to, or comes from; return the boxes taken."""
    if not panel.letter:
        return []
    frame = panel.frame
    letters = {int(r): p.letter for p in sheet.panels for r in p.rows}
    left, low, right, up = frame.borders
    inner = shapely.box(left + 4.5, low + 4.5, right - 4.5, up - 4.5)
    blocked = [*_corners(panel), *_bolts(sheet, frame)]
    out: Boxes = []
    for number, leg in enumerate(walk):
        ends = letters.get(number), letters.get(number + 1)
        if ends[0] == ends[1] or panel.letter not in ends:
            continue
        leaves = ends[0] == panel.letter
        points = frame.paper(leg.points if leaves else leg.points[::-1])
        way = shapely.LineString(points)
        kept = shapely.get_parts(way.intersection(inner))
        if not len(kept) or kept[0].is_empty or kept[0].length >= way.length - 1e-6:
            continue
        words = f"ke {ends[1]}" if leaves else f"dari {ends[0]}"
        wide = width_of(words, BOLD, 8) + 2.4
        box = _chip_place(kept[0], wide, frame, [*blocked, *out])
        if box is None:
            continue
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        paper.box(box[0], box[1], wide, 4.0, fill=looks.PRIMARY, edge="#FFFFFF", width=0.3, round_=1.2)  # fmt: skip
        paper.text(x, y - CAP * 8 / MM / 2, words, size=8, font=BOLD, colour="#FFFFFF", align="middle")  # fmt: skip
        out.append(box)
    return out


def _bolts(sheet: Sheet, frame: Frame) -> Boxes:
    rows = sheet.gardu.dropna(subset=["x", "y"])
    at = frame.paper(rows[["x", "y"]].to_numpy(dtype=float)) if len(rows) else np.empty((0, 2))
    return [(x - 2.2, y - 2.2, x + 2.2, y + 2.2) for x, y in at.tolist()]


def _chip_place(way: shapely.LineString, wide: float, frame: Frame, blocked: Boxes) -> Box | None:
    """Return the free place on a way that is nearest to where it leaves the frame."""
    left, _, right, _ = frame.borders
    for back in np.arange(0.0, 44.0, 2.0):
        if back > way.length:
            return None
        x, y = shapely.get_coordinates(way.interpolate(way.length - back))[0].tolist()
        x = min(max(x, left + wide / 2 + 1), right - wide / 2 - 1)
        box = (x - wide / 2, y - 2.0, x + wide / 2, y + 2.0)
        if not any(_over(box, t) for t in blocked):
            return box
    return None


def _over(one: Box, other: Box) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def _joined(lines: list[Floats]) -> list[Floats]:
    """Join legs that follow each other, so that the pen is not lifted at every house."""
    out: list[list[Floats]] = []
    for line in lines:
        if out and np.hypot(*(out[-1][-1][-1] - line[0])) < 2.2:
            out[-1].append(line)
        else:
            out.append([line])
    return [np.vstack(piece) for piece in out]


def _ends(paper: Paper, sheet: Sheet, panel: Panel, frame: Frame, there: Floats, walk: list[Floats]) -> Boxes:  # fmt: skip
    """Draw where the walk starts and ends; return the boxes that they take."""
    out: Boxes = []
    at = frame.paper(there)
    for row, sign in ((len(there) - 1, signs.finish), (0, signs.start)):
        if row not in panel.rows:
            continue
        near = [line[0] if row == 0 else line[-1] for line in walk[:1] if row == 0] or [
            line[-1] for line in walk[-1:]
        ]
        spot = near[0] if near and np.hypot(*(near[0] - at[row])) < 9 else at[row]
        if np.hypot(*(spot - at[row])) < 2.6:
            spot = spot + np.array([0, 3.2])
        if out and np.hypot(spot[0] - (out[0][0] + 2), spot[1] - (out[0][1] + 2)) < 4.6:
            spot = spot + np.array([4.8, 0])
        sign(paper, float(spot[0]), float(spot[1]))
        out.append((spot[0] - 2.1, spot[1] - 2.1, spot[0] + 2.1, spot[1] + 2.1))
    return out


def _corners(panel: Panel) -> Boxes:
    """Return the boxes of a frame that scale, north, letter and insets take."""
    frame = panel.frame
    out = [_scale_box(frame), _north_box(frame), *panel.holes]
    if panel.letter:
        out.append((frame.x, frame.y + frame.h - 9, frame.x + 9, frame.y + frame.h))
    return out


def _scale_box(frame: Frame) -> tuple[float, float, float, float]:
    long, _ = scale_bar(frame.scale, 46.0 if frame.w > 150 else 26.0)
    return frame.x, frame.y, frame.x + long + 30, frame.y + 9.5


def _north_box(frame: Frame) -> tuple[float, float, float, float]:
    r = 6.5 if frame.w > 150 else 4.2
    return frame.x + frame.w - 2 * r - 5, frame.y + frame.h - 2 * r - 5, frame.x + frame.w, frame.y + frame.h  # fmt: skip


def _furniture(paper: Paper, panel: Panel, frame: Frame) -> None:
    paper.box(*_box(frame), edge=looks.INK, width=0.4)
    big = frame.w > 150
    r = 6.5 if big else 4.2
    signs.north(paper, frame.x + frame.w - r - 4, frame.y + frame.h - r - 4, r, frame.turn)
    signs.scale(paper, frame.x + 4, frame.y + 3.6, frame.scale, 46.0 if big else 26.0)
    if panel.letter:
        paper.box(frame.x, frame.y + frame.h - 8, 8, 8, fill=looks.INK)
        paper.text(frame.x + 4, frame.y + frame.h - 6.2, panel.letter, size=15, font=BOLD, colour="#FFFFFF", align="middle")  # fmt: skip
