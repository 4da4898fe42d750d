"""A small still map around one house as SVG: no script, no other host, no text of a customer.

It holds numbers and classes only; colours are those of the page's style sheet (small-map.css),
codes of gardu are left to the legend beside it.
"""

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from rbmgeo.geo import coordinates, require_metres

#: Width and height in pixels, and what is kept free at the edge.
WIDTH, HEIGHT, EDGE = 340, 260, 14
#: The least and the most that is shown across, in metres; the most keeps the house readable.
LEAST_M, MOST_M = 60.0, 700.0
#: Neighbours beyond those that set the frame are drawn where they fall into it.
FRAMED = 40
ROUND_M = (10, 20, 50, 100, 200)

Xy = tuple[float, float]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SmallMap:
    """``svg``: the drawing; ``counts``: neighbours seen by kind (ini, itu, lain); ``scale_m``.

    ``outside``: kinds of gardu (ini, itu), or who stood there (hp), that lie outside the frame,
    whose side it shows.
    """

    svg: str
    counts: dict[str, int]
    scale_m: int
    outside: tuple[str, ...]


def small_map(
    house: Xy,
    neighbours: gpd.GeoDataFrame,
    lines: gpd.GeoDataFrame,
    *,
    title: str,
    pole: Xy | None = None,
    recorded: Xy | None = None,
    proposed: Xy | None = None,
    stood: tuple[float, float, float] | None = None,
) -> SmallMap | None:
    """Draw one house and what stands around it, in metres, north up; None without a position.

    Parameters
    ----------
    neighbours
        Points with ``kind``: ``ini`` (recorded where the house is), ``itu`` (recorded on the
        proposed gardu) or ``lain``, nearest first.
    lines
        Low-voltage spans with ``kind`` as above.
    title
        What the drawing shows, for those who do not see it; it is escaped, yet by rule it
        names no customer.
    stood
        Where somebody stood who was there, and the radius of 68 % of that position.
    """
    if not all(map(math.isfinite, house)):
        return None
    for frame in (neighbours, lines):
        require_metres(frame)
    xy = coordinates(neighbours.geometry)
    here = np.array(house)
    beside = stood[:2] if stood else None
    reach = _reach(here, xy, [p for p in (pole, recorded, proposed, beside) if p])
    scale = min(WIDTH, HEIGHT) / 2 - EDGE
    scale /= reach

    def at(points: Floats) -> Floats:
        moved: Floats = (points - here) * (scale, -scale) + (WIDTH / 2, HEIGHT / 2)
        return moved

    parts = [_line(at(np.asarray(g.coords)[:, :2]), k) for g, k in zip(lines.geometry, lines["kind"], strict=True) if g is not None]  # fmt: skip
    counts = dict.fromkeys(("ini", "itu", "lain"), 0)
    for place, kind in zip(at(xy), neighbours["kind"], strict=True):
        if _inside(place):
            counts[kind] += 1
            parts.append(
                f'<circle class="near {kind}" cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="4"/>'
            )
    if pole:
        px, py = at(np.array(pole))
        cx, cy = at(here)
        parts.append(f'<path class="drop" d="M{cx:.1f} {cy:.1f}L{px:.1f} {py:.1f}"/>')
        parts.append(f'<rect class="pole" x="{px - 3:.1f}" y="{py - 3:.1f}" width="6" height="6"/>')
    outside = []
    for kind, site in (("itu", proposed), ("ini", recorded)):
        if site:
            place = at(np.array(site))
            parts.append(_gardu(place, kind))
            outside += [] if _inside(place) else [kind]
    if stood:
        place = at(np.array(stood[:2]))
        parts.append(_stood(place, stood[2] * scale))
        outside += [] if _inside(place) else ["hp"]
    parts.append(f'<circle class="here" cx="{WIDTH / 2}" cy="{HEIGHT / 2}" r="6.5"/>')
    bar = _scale_m(scale)
    parts += [_bar(bar, bar * scale), _NORTH]
    svg = (
        f'<svg class="small-map" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{_safe(title)}">'
        f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>{"".join(parts)}</svg>'
    )
    return SmallMap(svg, counts, bar, tuple(outside))


def _reach(here: Floats, xy: Floats, others: list[Xy]) -> float:
    """Return the metres from the house to the edge: its neighbours, its pole, a gardu not too far."""
    seen = xy[np.isfinite(xy).all(axis=1)][:FRAMED]
    away = np.hypot(*(seen - here).T) if len(seen) else np.zeros(0)
    near = float(np.quantile(away, 0.9)) if len(away) else 0.0
    far = [d for d in (math.dist(here, p) for p in others) if d <= MOST_M / 2]
    return min(max(near, *far, LEAST_M / 2) * 1.08, MOST_M / 2) if far else min(max(near, LEAST_M / 2), MOST_M / 2)  # fmt: skip


def _inside(place: Floats) -> bool:
    return bool(4 <= place[0] <= WIDTH - 4 and 4 <= place[1] <= HEIGHT - 4)


def _line(points: Floats, kind: str) -> str:
    return f'<path class="jtr {kind}" d="M{"L".join(f"{x:.1f} {y:.1f}" for x, y in points)}"/>'


def _gardu(place: Floats, kind: str) -> str:
    """Draw a gardu as a square with a bolt, or at the edge an arrow towards it."""
    if _inside(place):
        x, y = place
        return (
            f'<g class="gardu {kind}"><rect x="{x - 8:.1f}" y="{y - 8:.1f}" width="16" height="16" rx="3"/>'
            f'<path d="M{x + 1:.1f} {y - 5:.1f}l-4 6h3l-1 4 4-6h-3z"/></g>'
        )
    dx, dy = place[0] - WIDTH / 2, place[1] - HEIGHT / 2
    part = min((WIDTH / 2 - EDGE) / max(abs(dx), 1e-9), (HEIGHT / 2 - EDGE) / max(abs(dy), 1e-9))
    x, y, turn = WIDTH / 2 + dx * part, HEIGHT / 2 + dy * part, math.degrees(math.atan2(dy, dx))
    return f'<path class="gardu away {kind}" transform="translate({x:.1f} {y:.1f}) rotate({turn:.0f})" d="M9 0L-6 7V-7z"/>'


def _stood(place: Floats, radius: float) -> str:
    """Draw where somebody stood as a cross in the circle of its accuracy, or an arrow towards it."""
    if not _inside(place):
        return _gardu(place, "hp")
    x, y = place
    return (
        f'<circle class="fix" cx="{x:.1f}" cy="{y:.1f}" r="{max(radius, 1.0):.1f}"/>'
        f'<path class="stood" d="M{x - 6:.1f} {y:.1f}h12M{x:.1f} {y - 6:.1f}v12"/>'
    )


def _scale_m(scale: float) -> int:
    """Return the longest round length that takes at most a quarter of the width."""
    return max((m for m in ROUND_M if m * scale <= WIDTH / 4), default=ROUND_M[0])


def _bar(metres: int, length: float) -> str:
    y = HEIGHT - 10
    return (
        f'<g class="scale"><path d="M12 {y - 5}v5h{length:.1f}v-5"/>'
        f'<text x="{12 + length + 6:.1f}" y="{y}">{metres} m</text></g>'
    )


_NORTH = (
    f'<g class="north"><path d="M{WIDTH - 18} 10l6 16-6-4-6 4z"/>'
    f'<text x="{WIDTH - 18}" y="38" text-anchor="middle">U</text></g>'
)


def _safe(text: str) -> str:
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, written)
    return text
