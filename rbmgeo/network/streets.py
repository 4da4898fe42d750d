"""The street model on foot: joined at every shared vertex, layers kept apart, one-way ignored."""

from dataclasses import dataclass

import geopandas as gpd
import networkx as nx
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from rbmgeo.geo import require_metres

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: Where nobody may walk (UU 38/2004: a toll road is for motor vehicles only), or what is no way
#: at all but is drawn in the same layer: railways and rivers.
NOT_ON_FOOT = frozenset({"motorway", "motorway_link", "rail", "railway", "river", "canal"})

#: What of a street's tags the model reads.
TAGS = ("highway", "layer", "bridge", "tunnel")


@dataclass(frozen=True)
class Network:
    """Nodes (n x 2 metres) and edges (m x 2 node numbers) with lengths and shapes.

    ``road``: class of road per edge, as OSM's ``highway`` says it, "" where nobody says.
    ``level``: 0 on the ground, above it on a ``bridge``, below it in a ``tunnel``.
    ``kind`` says what it was made of: ``jalan`` (streets) or ``jtr`` (low-voltage spans).
    The numbers of nodes and edges do not depend on the order of the rows.
    """

    nodes: Floats
    edges: Ints
    length_m: Floats
    shapes: npt.NDArray[np.object_]
    road: npt.NDArray[np.object_]
    level: Ints
    bridge: Bools
    tunnel: Bools
    kind: str

    def graph(self) -> "nx.MultiGraph[int]":
        """Return the same as a networkx MultiGraph, for questions of shape and paths.

        Nodes carry ``x`` and ``y``; an edge's key is its number here, with ``length_m``,
        ``road``, ``level``, ``bridge`` and ``tunnel``.
        """
        graph: nx.MultiGraph[int] = nx.MultiGraph(kind=self.kind)
        graph.add_nodes_from((k, {"x": x, "y": y}) for k, (x, y) in enumerate(self.nodes.tolist()))
        told = zip(self.length_m.tolist(), self.road, self.level.tolist(), self.bridge.tolist(),
                   self.tunnel.tolist(), strict=True)  # fmt: skip
        names = ("length_m", "road", "level", "bridge", "tunnel")
        for key, ((a, b), row) in enumerate(zip(self.edges.tolist(), told, strict=True)):
            graph.add_edge(a, b, key=key, **dict(zip(names, row, strict=True)))
        return graph

    def parts(self) -> Ints:
        """Return the component of each node; 0 is the one with most metres of street."""
        n = len(self.nodes)
        pairs = (np.ones(len(self.edges)), (self.edges[:, 0], self.edges[:, 1]))
        count, part = connected_components(sparse.coo_matrix(pairs, shape=(n, n)), directed=False)
        metres = np.bincount(part[self.edges[:, 0]], self.length_m, minlength=count)
        rank = np.empty(count, dtype=np.int64)
        rank[np.argsort(-metres, kind="stable")] = np.arange(count)
        return np.asarray(rank[part])


def street_network(streets: gpd.GeoDataFrame, *, kind: str = "jalan") -> Network:
    """Build the network of lines (metres): a node at every end and every shared vertex.

    A bridge, tunnel or other layer crosses without joining, except where a line ends: there
    a ramp meets a street. One-way is ignored: readers walk. The parts of a MultiLineString
    are lines of their own. A stretch that several lines draw over the same vertices, either
    way round, is one street: extracts hold the two directions of a street as two lines.

    Raises
    ------
    CrsError
        If the lines are in degrees.
    """
    require_metres(streets)
    there = streets[~(streets.geometry.isna() | streets.geometry.is_empty)]
    there = there[~_text(there, "highway").isin(NOT_ON_FOOT)]
    lines, of_street = shapely.get_parts(there.geometry.to_numpy(), return_index=True)
    if not len(lines):
        return _empty(kind)
    tags = [_text(there, name).to_numpy()[of_street] for name in TAGS]
    order = _fixed_order(lines, tags)
    lines, tagged = lines[order], there.iloc[of_street[order]]
    level, bridge, tunnel = _levels(tagged)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    ends = np.ones(len(line), dtype=bool)
    ends[1:-1] = (line[1:-1] != line[:-2]) | (line[1:-1] != line[2:])
    vertex = _vertices(np.round(xy * 1000).astype(np.int64), level[line], ends)
    borders = np.flatnonzero(np.r_[True, line[1:] != line[:-1], True])
    once = np.isin(line, _first_of_each(vertex, borders[:-1], borders[1:] - 1))
    xy, line, vertex, ends = xy[once], line[once], vertex[once], ends[once]
    is_node = ends | (np.bincount(vertex)[vertex] > 1)
    nodes, edges, length, shapes, of = _cut(xy, line, vertex, is_node)
    road = _text(tagged, "highway").to_numpy(dtype=object)[of]
    return Network(nodes, edges, length, shapes, road, level[of], bridge[of], tunnel[of], kind)


def network_stats(network: Network) -> dict[str, float]:
    """Count nodes, edges, kilometres and components; share of nodes in the largest one."""
    parts = np.bincount(network.parts()) if len(network.nodes) else np.empty(0, dtype=np.int64)
    largest = int(parts.max(initial=0))
    return {
        "nodes": len(network.nodes),
        "edges": len(network.edges),
        "km": round(float(network.length_m.sum()) / 1000, 3),
        "components": len(parts),
        "largest_share": round(largest / len(network.nodes), 4) if len(network.nodes) else 0.0,
    }


def km_by_road(network: Network) -> dict[str, float]:
    """Return kilometres by class of road, the longest first ("" where no class is told)."""
    metres = pd.Series(network.length_m).groupby(network.road.astype(str)).sum()
    told = sorted(metres.items(), key=lambda one: (-one[1], str(one[0])))
    return {str(road): round(float(m) / 1000, 3) for road, m in told}


def _empty(kind: str) -> Network:
    none, no = np.empty((0, 2)), np.empty(0, dtype=bool)
    words = np.empty(0, dtype=object)
    whole = np.empty(0, dtype=np.int64)
    return Network(none, none.astype(np.int64), np.empty(0), words, words, whole, no, no, kind)


def _text(streets: gpd.GeoDataFrame, name: str) -> "pd.Series[str]":
    """Return a tag as text, "" where it is missing; a list of classes counts as its first."""
    if name not in streets:
        return pd.Series("", index=streets.index, dtype="object")
    said = streets[name]
    # Most tags of most extracts are plain texts, or nowhere told: no need to look at each.
    if said.isna().all():
        return pd.Series("", index=streets.index, dtype="str")
    if not isinstance(said.dtype, pd.StringDtype):
        said = said.map(lambda v: v[0] if isinstance(v, list | tuple) and v else v)
    return pd.Series(said.astype("object").where(said.notna(), "").astype(str))


def _fixed_order(lines: npt.NDArray[np.object_], tags: "list[npt.NDArray[np.object_]]") -> Ints:
    """Return an order of the lines by what they are, so that no order of rows shows through."""
    alike = shapely.to_wkb(shapely.normalize(lines), byte_order=0)
    drawn = shapely.to_wkb(lines, byte_order=0)
    key = list(zip(alike, drawn, *tags, strict=True))
    return np.array(sorted(range(len(lines)), key=key.__getitem__), dtype=np.int64)


def _levels(streets: gpd.GeoDataFrame) -> tuple[Ints, Bools, Bools]:
    """Return per line its layer (apart what is on a bridge or in a tunnel), bridge and tunnel."""

    def flag(name: str) -> Bools:
        said = ~_text(streets, name).isin(["", "no", "None", "0", "nan", "False"])
        return np.asarray(said.to_numpy(), dtype=bool)

    bridge, tunnel = flag("bridge"), flag("tunnel")
    text = _text(streets, "layer").str.extract(r"^(-?\d{1,3})(?:\.0)?$")[0].fillna("0")
    level = text.astype(int).to_numpy(dtype=np.int64)
    level = np.where((level == 0) & bridge, 1, level)
    return np.where((level == 0) & tunnel, -1, level), bridge, tunnel


def _vertices(place: Ints, layer: Ints, ends: Bools) -> Ints:
    """Give one number to each place and layer, and one to a place where some line ends."""
    _, at = np.unique(place, axis=0, return_inverse=True)
    at = at.ravel()
    levels, level = np.unique(layer, return_inverse=True)
    ending = np.zeros(int(at.max()) + 1, dtype=bool)
    ending[at[ends]] = True
    key = at * len(levels) + np.where(ending[at], 0, level)
    _, number = np.unique(key, return_inverse=True)
    return np.asarray(number.ravel(), dtype=np.int64)


def _cut(
    xy: Floats, line: Ints, vertex: Ints, is_node: Bools
) -> tuple[Floats, Ints, Floats, npt.NDArray[np.object_], Ints]:
    """Cut the lines at their nodes: nodes, edges, lengths, shapes, and each edge's line."""
    at = np.flatnonzero(is_node)
    start, stop = at[:-1], at[1:]
    same = line[start] == line[stop]
    start, stop = start[same], stop[same]
    step = np.r_[0, np.hypot(*np.diff(xy, axis=0).T)]
    along = np.cumsum(step)
    length = along[stop] - along[start]
    once = _first_of_each(vertex, start, stop)
    start, stop, length = start[once], stop[once], length[once]
    counts = stop - start + 1
    picked = np.repeat(start, counts) + (
        np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    )
    shapes = shapely.linestrings(xy[picked], indices=np.repeat(np.arange(len(start)), counts))
    used, edges = np.unique(np.c_[vertex[start], vertex[stop]], return_inverse=True)
    first = np.zeros(int(vertex.max()) + 1, dtype=np.int64)
    first[vertex[at]] = at
    edges = edges.reshape(-1, 2).astype(np.int64)
    return xy[first[used]], edges, length, np.atleast_1d(shapes), line[start]


def _first_of_each(vertex: Ints, start: Ints, stop: Ints) -> Ints:
    """Return which stretches to keep: of those over the same vertices, either way, the first.

    ``start`` and ``stop`` are the places of the first and last vertex of each.
    """
    low, high = np.minimum(vertex[start], vertex[stop]), np.maximum(vertex[start], vertex[stop])
    # Few have the same ends and as many vertices: only these are compared one by one.
    told = np.c_[low, high, stop - start]
    _, group, size = np.unique(told, axis=0, return_inverse=True, return_counts=True)
    twins = np.flatnonzero(size[group.ravel()] > 1)
    keep = np.ones(len(start), dtype=bool)
    seen: set[bytes] = set()
    for k in twins.tolist():
        path = vertex[start[k] : stop[k] + 1]
        one = min(path.tobytes(), path[::-1].tobytes())
        keep[k] = one not in seen
        seen.add(one)
    return np.flatnonzero(keep)
