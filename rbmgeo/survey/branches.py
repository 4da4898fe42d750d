"""The low-voltage lines out of one gardu as walks: jurusan by jurusan, branch by branch."""

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import geopandas as gpd

#: So near to the gardu a line begins there.
AT_GARDU_M = 5.0

Place = tuple[float, float] | None
Edge = tuple[str, str, float]


@dataclass(frozen=True)
class Stop:
    """One pole (None where the drawing names none), how far along the line, how deep."""

    tiang: str | None
    x: float
    y: float
    along_m: float
    depth: int


@dataclass(frozen=True)
class Branch:
    """One jurusan: its poles in walking order. ``derived``: named by us, no list tells it."""

    jurusan: str
    derived: bool
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class _Drawing:
    """Ends of spans: which pole each is and where; spans as (end, end, metres)."""

    tiang: dict[str, str | None]
    place: dict[str, Place]


def branches(
    spans: gpd.GeoDataFrame,
    poles: dict[str, tuple[float, float]],
    *,
    site: Place = None,
    lv_node: str | None = None,
) -> list[Branch]:
    """Return the jurusan of one gardu; empty where no span is tagged with it.

    ``spans``: `JTR` of this gardu only, metres; ``poles``: places by pole. A jurusan that the
    lists name is walked as it is; untagged spans are cut at the gardu, and what hangs together
    beyond is one jurusan, named A, B, ... clockwise from north. A loop is walked along the
    shorter way to each pole. A part that the drawing does not join to the gardu comes after
    the others, its distance counted from the gardu in a straight line.
    """
    drawing = _Drawing({}, {})
    tagged: dict[str, list[Edge]] = {}
    bare: list[Edge] = []
    for row in _rows(spans):
        edge = _edge(row, drawing, poles)
        named = isinstance(row.jurusan, str) and bool(row.jurusan)
        (tagged.setdefault(row.jurusan, []) if named else bare).append(edge)
    roots = _roots(drawing, site, lv_node)
    parts = [(name, False, tagged[name]) for name in sorted(tagged)]
    names = (n for n in _letters() if n not in tagged)
    parts += [(next(names), True, edges) for edges in _cut(bare, roots, drawing, site)]
    seen: set[str] = set()
    made = [Branch(name, derived, _walk(edges, roots, drawing, site, seen)) for name, derived, edges in parts]  # fmt: skip
    return [b for b in made if b.stops]


def _rows(spans: gpd.GeoDataFrame) -> Iterator[Any]:
    yield from spans.itertuples()


def _edge(row: Any, drawing: _Drawing, poles: dict[str, tuple[float, float]]) -> Edge:
    line = row.geometry
    ends: list[Place] = [None, None]
    if line is not None and not line.is_empty:
        ends = [line.coords[0][:2], line.coords[-1][:2]]
    keys = []
    for n, (node, tiang) in enumerate(((row.node_1, row.tiang_1), (row.node_2, row.tiang_2))):
        pole = tiang if isinstance(tiang, str) else None
        key = f"n:{node}" if isinstance(node, str) else f"t:{pole}" if pole else _key(ends[n], row)
        place = poles.get(pole or "") or ends[n]
        drawing.tiang[key] = drawing.tiang.get(key) or pole
        drawing.place[key] = drawing.place.get(key) or place
        keys.append(key)
    told = float(row.length_m) if row.length_m is not None and row.length_m == row.length_m else 0.0
    return keys[0], keys[1], told or (float(line.length) if line is not None else 0.0)


def _key(end: Place, row: Any) -> str:
    """Name an end that no list names: by its place, else by its span alone."""
    return f"@{round(end[0])},{round(end[1])}" if end else f"?{row.Index}"


def _roots(drawing: _Drawing, site: Place, lv_node: str | None) -> set[str]:
    """Return the ends at the gardu: its own node and the poles that it stands on."""
    near = {k for k, p in drawing.place.items() if site and p and math.dist(p, site) <= AT_GARDU_M}
    return near | ({f"n:{lv_node}"} & drawing.tiang.keys())


def _cut(edges: list[Edge], roots: set[str], drawing: _Drawing, site: Place) -> list[list[Edge]]:
    """Part spans at the gardu, clockwise from north by where each part begins."""
    up: dict[str, str] = {}

    def top(key: str) -> str:
        while up.get(key, key) != key:
            up[key] = up.get(up[key], up[key])
            key = up[key]
        return key

    for a, b, _ in edges:
        if a not in roots and b not in roots and top(a) != top(b):
            low, high = sorted((top(a), top(b)))
            up[high] = low
    parts: dict[str, list[Edge]] = {}
    for edge in edges:
        inner = [k for k in edge[:2] if k not in roots]
        parts.setdefault(top(inner[0]) if inner else "", []).append(edge)
    return sorted(parts.values(), key=lambda part: _bearing(part, roots, drawing, site))


def _bearing(
    part: list[Edge], roots: set[str], drawing: _Drawing, site: Place
) -> tuple[float, str]:
    """Return degrees clockwise from north at which a part leaves the gardu, then its first name."""
    keys = sorted({k for e in part for k in e[:2]})
    first = sorted({k for e in part if roots & set(e[:2]) for k in e[:2]} - roots) or keys
    at = next((drawing.place[k] for k in first if drawing.place[k]), None)
    if not site or not at:
        return 360.0, first[0]
    return math.degrees(math.atan2(at[0] - site[0], at[1] - site[1])) % 360, first[0]


def _walk(
    edges: list[Edge], roots: set[str], drawing: _Drawing, site: Place, seen: set[str]
) -> tuple[Stop, ...]:
    """Walk one jurusan outwards; ``seen``: ends at the gardu that an earlier jurusan showed."""
    near: dict[str, list[tuple[str, float]]] = {}
    for a, b, metres in edges:
        near.setdefault(a, []).append((b, metres))
        near.setdefault(b, []).append((a, metres))
    left, out, poles = set(near), list[Stop](), set[str]()
    begins = sorted(roots & left)
    while left:
        starts = begins if begins else [_closest(left, drawing, site)]
        begins = []
        along, children = _tree(near, starts, _gaps(starts, roots, drawing, site))
        for key, depth in _preorder(starts, along, children):
            tiang = drawing.tiang[key]
            again = key in roots and key in seen
            if not again and (tiang is None or tiang not in poles):
                x, y = drawing.place[key] or (math.nan, math.nan)
                out.append(Stop(tiang, x, y, along[key], depth))
            if tiang is not None:
                poles.add(tiang)
        left -= along.keys()
    seen |= roots & near.keys()
    return tuple(out)


def _closest(left: set[str], drawing: _Drawing, site: Place) -> str:
    def away(key: str) -> tuple[float, str]:
        place = drawing.place[key]
        return (math.dist(place, site) if place and site else math.inf), key

    return min(left, key=away)


def _gaps(starts: list[str], roots: set[str], drawing: _Drawing, site: Place) -> list[float]:
    """Return the straight metres from the gardu to where a walk begins; 0 at the gardu."""
    places = [drawing.place[s] for s in starts]
    return [
        math.dist(p, site) if s not in roots and p and site else 0.0
        for s, p in zip(starts, places, strict=True)
    ]


def _tree(
    near: dict[str, list[tuple[str, float]]], starts: list[str], gaps: list[float]
) -> tuple[dict[str, float], dict[str, list[str]]]:
    """Return metres along the line to each end that can be reached, and who follows whom."""
    along: dict[str, float] = {}
    children: dict[str, list[str]] = {}
    heap = [(gap, key, "") for gap, key in zip(gaps, starts, strict=True)]
    heapq.heapify(heap)
    while heap:
        metres, key, before = heapq.heappop(heap)
        if key in along:
            continue
        along[key] = metres
        children.setdefault(key, [])
        if before:
            children[before].append(key)
        for other, length in near[key]:
            if other not in along:
                heapq.heappush(heap, (metres + length, other, key))
    return along, children


def _preorder(
    starts: list[str], along: dict[str, float], children: dict[str, list[str]]
) -> list[tuple[str, int]]:
    """Walk the tree; at a fork the shorter branch first, so that the way back is short."""
    size: dict[str, float] = {}
    # `along` was filled outwards: whoever follows stands later.
    for key in reversed(list(along)):
        size[key] = sum(size[c] + along[c] - along[key] for c in children[key])
    out: list[tuple[str, int]] = []
    heap = [(s, 0) for s in reversed(starts) if s in along]
    taken: set[str] = set()
    while heap:
        key, depth = heap.pop()
        if key in taken:
            continue
        taken.add(key)
        out.append((key, depth))
        after = sorted(children[key], key=lambda c: (size[c] + along[c] - along[key], c))
        deeper = depth + (len(after) > 1)
        heap += [(c, deeper) for c in reversed(after)]
    return out


def _letters() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        n, name = number, ""
        while n:
            n, rest = divmod(n - 1, 26)
            name = chr(65 + rest) + name
        yield name
