"""Which poles hang behind a cut of the low-voltage network, seen from the gardu that feeds it.

A pole lies behind a cut if every way from the gardu to it leads through the cut. Where lines
form a ring a single cut may separate nothing: that is said, never guessed.
"""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd

from rbmgeo.errors import UsageError
from rbmgeo.frames import JTR

#: A gardu may be drawn beside the pole that its lines leave from.
ROOT_REACH_M = 100.0

#: A pole by its code, or a node by its name: spans are tied by either.
Vertex = tuple[str, str]
Graph = dict[Vertex, list[tuple[Vertex, float, str]]]


@dataclass(frozen=True)
class Branch:
    """What hangs behind a cut.

    ``poles`` and ``nodes``: metres along the lines from the cut, by code. ``spans``: those that lie
    behind. ``still_fed``: neighbours of the cut poles that the gardu feeds still, where they are
    more than one a cut: the line goes on in a ring, and who hangs beyond is not taken.
    """

    poles: pd.Series
    nodes: pd.Series
    spans: tuple[str, ...]
    still_fed: tuple[str, ...]


def spans_of(jtr: pd.DataFrame, gardu: str) -> pd.DataFrame:
    """Return the spans that may be a gardu's: tagged with it, or with none at all."""
    JTR.check(jtr)
    return jtr[(jtr["gardu"] == gardu) | jtr["gardu"].isna()]


def roots_of(
    jtr: pd.DataFrame, gardu: str, lv_node: str | None, site: Any, poles: gpd.GeoSeries
) -> list[Vertex]:
    """Return where a gardu feeds its lines: its own node, else the pole of its lines next to it.

    ``site`` is the gardu's point in metres or None; ``poles`` points in metres by code. A gardu
    of which neither is known has no root: the list is empty.
    """
    own = jtr[jtr["gardu"] == gardu]
    if isinstance(lv_node, str) and (jtr[["node_1", "node_2"]] == lv_node).to_numpy().any():
        return [("node", lv_node)]
    codes = pd.unique(pd.concat([own["tiang_1"], own["tiang_2"]]).dropna())
    there = poles.reindex(sorted(codes)).dropna()
    if site is None or there.empty:
        return []
    away = there.distance(site)
    return [("tiang", str(away.idxmin()))] if away.min() <= ROOT_REACH_M else []


def behind(
    jtr: pd.DataFrame,
    roots: list[Vertex],
    *,
    cut_poles: Iterable[str] = (),
    cut_spans: Iterable[str] = (),
) -> Branch:
    """Walk the lines away from a gardu and return what hangs behind the cuts.

    Parameters
    ----------
    jtr
        The spans of one gardu, `spans_of`; ``length_m`` missing counts as the drawn length.
    roots
        Where the gardu feeds them, `roots_of`.
    cut_poles, cut_spans
        A cut pole goes with what hangs behind it; a cut span parts its two poles.

    Raises
    ------
    UsageError
        If a pole or span is not fed by the gardu, is its first pole, or parts nothing (a ring).
    """
    graph = _graph(jtr)
    poles, spans = sorted(set(cut_poles)), sorted(set(cut_spans))
    fed = _reach(graph, roots, set(), set())
    blocked = _blocked(graph, roots, fed, poles)
    ends = _ends(jtr, fed, spans)
    kept = _reach(graph, roots, blocked, set(spans))
    gone = fed - kept
    for span, pair in zip(spans, ends, strict=True):
        if not any(end in gone for end in pair):
            raise UsageError(
                f"span {span!r} is part of a ring: behind it the line is fed from the other side; "
                "name the span on the other side as well",
                f"ruas {span!r} bagian dari lingkaran: di belakangnya jalur dipasok dari sisi lain; "
                "sebutkan juga ruas di sisi lain itu",
            )
    starts = {v for v in gone if any(other in kept for other, _, _ in graph[v])}
    away = _walked(graph, sorted(starts), gone)
    beyond = {
        other[1]
        for start in sorted(blocked)
        for other, _, _ in graph[start]
        if other in kept and other[0] == "tiang"
    }
    inside = [str(s) for s, pair in _pairs(jtr) if all(v in gone for v in pair)]
    # Each cut has one pole before it; more of them are the far sides of rings.
    still = tuple(sorted(beyond)) if len(beyond) > len(poles) else ()
    return Branch(_of(away, "tiang"), _of(away, "node"), tuple(sorted(inside)), still)


def tied_to(branch: Branch, poles: pd.Series, drops: pd.DataFrame, points: pd.Series) -> pd.Series:
    """Return who hangs on a branch, and how far along it, by idpel in order.

    ``poles``: the recorded pole by idpel. ``drops``: service drops; ``points``: the service
    point by idpel. The recorded pole speaks first, then pole or node of the drop.
    """
    by_pole = poles.dropna().map(branch.poles)
    found = by_pole.dropna()
    told = drops.dropna(subset=["service_point"]).drop_duplicates("service_point")
    told = told.set_index("service_point")
    away = told["tiang"].map(branch.poles).combine_first(told["node"].map(branch.nodes))
    open_points = points.dropna()
    open_points = open_points[~open_points.index.isin(poles.dropna().index)]
    by_drop = open_points.map(away).dropna()
    both: pd.Series = pd.concat([found, by_drop]).astype(float)
    return both.sort_index().rename("distance_m")


def houses_behind(
    jtr: pd.DataFrame, roots: list[Vertex], poles: pd.Series, drops: pd.DataFrame, points: pd.Series
) -> pd.Series:
    """Count the houses that hang on or behind every pole that may be cut, by pole.

    The same as `behind` and `tied_to` for each pole alone, in one walk: a pole lies behind
    another if that one dominates it, seen from the gardu. The gardu's own first pole is left out.
    ``poles``, ``drops``, ``points``: as `tied_to` takes them.
    """
    graph = _graph(jtr)
    place = _merged(graph)
    first = {place[r] for r in roots if r in place}
    lines: nx.DiGraph[Any] = nx.DiGraph()
    lines.add_edges_from(("", f) for f in first)
    for a, ties in graph.items():
        lines.add_edges_from((place[a], place[b]) for b, _, _ in ties if place[a] != place[b])
    at = _places(poles, drops, points, place)
    own = at[at.isin(list(lines))].value_counts().to_dict()
    before = nx.immediate_dominators(lines, "") if first else {}
    fed = nx.bfs_tree(lines, "") if first else ()
    # From the tips inwards, so that each pole passes on what hangs behind it.
    tree = nx.DiGraph((up, v) for v, up in before.items() if up is not None and up != v)
    counts: dict[Any, int] = {}
    for v in reversed(list(nx.topological_sort(tree))):
        counts[v] = own.get(v, 0) + sum(counts[w] for w in tree.successors(v))
    rows = {
        v[1]: counts[place[v]]
        for v in sorted(graph)
        if v[0] == "tiang" and place[v] in fed and place[v] not in first
    }
    return pd.Series(rows, dtype="int64", index=pd.Index(list(rows), name="tiang", dtype="str"))


def _merged(graph: Graph) -> dict[Vertex, Vertex]:
    """Return one name for a pole and the node at its foot, by either."""
    feet: nx.Graph[Vertex] = nx.Graph()
    feet.add_nodes_from(graph)
    feet.add_edges_from((a, b) for a, ties in graph.items() for b, _, span in ties if not span)
    return {v: min(part) for part in nx.connected_components(feet) for v in part}


def _places(
    poles: pd.Series, drops: pd.DataFrame, points: pd.Series, place: dict[Vertex, Vertex]
) -> "pd.Series[Any]":
    told = drops.dropna(subset=["service_point"]).drop_duplicates("service_point")
    told = told.set_index("service_point")
    by_drop = told["tiang"].map(lambda t: place.get(("tiang", t)))
    by_drop = by_drop.combine_first(told["node"].map(lambda n: place.get(("node", n))))
    known = poles.dropna()
    rest = points.dropna()
    rest = rest[~rest.index.isin(known.index)].map(by_drop.to_dict())
    both: pd.Series[Any] = pd.concat([known.map(lambda t: place.get(("tiang", t))), rest])
    return both.dropna()


def _pairs(jtr: pd.DataFrame) -> list[tuple[str, tuple[Vertex, Vertex]]]:
    """Return the two ends of every span that has two; a pole speaks before a node."""
    out = []
    rows = zip(jtr.index, jtr["tiang_1"], jtr["node_1"], jtr["tiang_2"], jtr["node_2"], strict=True)
    for span, t1, n1, t2, n2 in rows:
        a, b = _vertex(t1, n1), _vertex(t2, n2)
        if a is not None and b is not None:
            out.append((str(span), (a, b)))
    return out


def _vertex(tiang: Any, node: Any) -> Vertex | None:
    if isinstance(tiang, str):
        return ("tiang", tiang)
    return ("node", node) if isinstance(node, str) else None


def _graph(jtr: pd.DataFrame) -> Graph:
    graph: Graph = {}

    def tie(a: Vertex, b: Vertex, length: float, span: str) -> None:
        graph.setdefault(a, []).append((b, length, span))
        graph.setdefault(b, []).append((a, length, span))

    lengths = dict(zip(jtr.index.astype(str), _lengths(jtr), strict=True))
    for span, (a, b) in _pairs(jtr):
        tie(a, b, float(lengths[span]), span)
    # An end that has both names is one place: a pole and the node at its foot.
    for tiang, node in (("tiang_1", "node_1"), ("tiang_2", "node_2")):
        for t, n in jtr[[tiang, node]].dropna().drop_duplicates().itertuples(index=False):
            tie(("tiang", t), ("node", n), 0.0, "")
    return graph


def _lengths(jtr: pd.DataFrame) -> "np.ndarray[Any, np.dtype[np.float64]]":
    told = pd.to_numeric(jtr["length_m"], errors="coerce").to_numpy(float)
    drawn = np.array([0.0 if g is None else g.length for g in jtr["geometry"]])
    return np.where(np.isfinite(told) & (told >= 0), told, drawn)


def _reach(graph: Graph, roots: list[Vertex], shut: set[Vertex], cut: set[str]) -> set[Vertex]:
    seen = {r for r in roots if r in graph and r not in shut}
    todo = list(seen)
    while todo:
        for other, _, span in graph[todo.pop()]:
            if other not in seen and other not in shut and span not in cut:
                seen.add(other)
                todo.append(other)
    return seen


def _blocked(graph: Graph, roots: list[Vertex], fed: set[Vertex], poles: list[str]) -> set[Vertex]:
    out: set[Vertex] = set()
    for pole in poles:
        start = ("tiang", pole)
        if start not in fed:
            raise UsageError(
                f"pole {pole!r} is not on the lines of this gardu; check its code, or import the "
                "lines (JTR) again",
                f"tiang {pole!r} tidak ada di jalur gardu ini; periksa kodenya, atau impor JTR lagi",
            )
        out |= {start, *(other for other, _, span in graph[start] if not span)}
    if out & {*roots, *(o for r in roots if r in graph for o, _, s in graph[r] if not s)}:
        raise UsageError(
            "the gardu's own first pole was named: everything hangs behind it; name the first pole "
            "that is taken over",
            "yang disebut tiang pertama gardu itu sendiri: semuanya ada di belakangnya; sebutkan "
            "tiang pertama yang diambil alih",
        )
    return out


def _ends(jtr: pd.DataFrame, fed: set[Vertex], spans: list[str]) -> list[tuple[Vertex, Vertex]]:
    known = dict(_pairs(jtr[jtr.index.isin(spans)]))
    for span in spans:
        if span not in known or not any(end in fed for end in known[span]):
            raise UsageError(
                f"span {span!r} is not on the lines of this gardu; check its code, or import the "
                "lines (JTR) again",
                f"ruas {span!r} tidak ada di jalur gardu ini; periksa kodenya, atau impor JTR lagi",
            )
    return [known[s] for s in spans]


def _walked(graph: Graph, starts: list[Vertex], inside: set[Vertex]) -> dict[Vertex, float]:
    away = dict.fromkeys(starts, 0.0)
    heap = [(0.0, v) for v in starts]
    heapq.heapify(heap)
    while heap:
        far, at = heapq.heappop(heap)
        if far > away[at]:
            continue
        for other, length, _ in graph[at]:
            if other in inside and far + length < away.get(other, np.inf):
                away[other] = far + length
                heapq.heappush(heap, (far + length, other))
    return away


def _of(away: dict[Vertex, float], kind: str) -> pd.Series:
    rows = {name: far for (k, name), far in sorted(away.items()) if k == kind}
    return pd.Series(rows, dtype="float64", index=pd.Index(list(rows), name=kind, dtype="str"))
