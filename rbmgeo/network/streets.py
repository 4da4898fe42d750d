"""The street network on foot: joined at every shared vertex, layers kept apart."""

from dataclasses import dataclass

import geopandas as gpd
import networkx as nx
import numpy as np
import numpy.typing as npt
import shapely

from rbmgeo.geo import require_metres

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Network:
    """Nodes (n x 2 metres) and edges (m x 2 node numbers) with lengths and shapes.

    ``kind`` says what it was made of: ``jalan`` (streets) or ``jtr`` (low-voltage spans).
    """

    nodes: Floats
    edges: Ints
    length_m: Floats
    shapes: npt.NDArray[np.object_]
    kind: str

    def graph(self) -> "nx.MultiGraph[int]":
        """Return the same as a networkx MultiGraph, for questions of shape and paths."""
        graph: nx.MultiGraph[int] = nx.MultiGraph()
        graph.add_nodes_from(range(len(self.nodes)))
        graph.add_edges_from(
            (int(a), int(b), {"length_m": float(w)})
            for (a, b), w in zip(self.edges, self.length_m, strict=True)
        )
        return graph


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
    lines, of_street = shapely.get_parts(there.geometry.to_numpy(), return_index=True)
    if not len(lines):
        none = np.empty((0, 2))
        return Network(none, none.astype(np.int64), np.empty(0), np.empty(0, dtype=object), kind)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    layer = _layers(there)[of_street][line]
    ends = np.ones(len(line), dtype=bool)
    ends[1:-1] = (line[1:-1] != line[:-2]) | (line[1:-1] != line[2:])
    vertex = _vertices(np.round(xy * 1000).astype(np.int64), layer, ends)
    borders = np.flatnonzero(np.r_[True, line[1:] != line[:-1], True])
    once = np.isin(line, _first_of_each(vertex, borders[:-1], borders[1:] - 1))
    xy, line, vertex, ends = xy[once], line[once], vertex[once], ends[once]
    is_node = ends | (np.bincount(vertex)[vertex] > 1)
    return _cut(xy, line, vertex, is_node, kind)


def network_stats(network: Network) -> dict[str, float]:
    """Count nodes, edges, kilometres and components; share of nodes in the largest one."""
    parts = list(nx.connected_components(network.graph()))
    largest = max((len(p) for p in parts), default=0)
    return {
        "nodes": len(network.nodes),
        "edges": len(network.edges),
        "km": round(float(network.length_m.sum()) / 1000, 3),
        "components": len(parts),
        "largest_share": round(largest / len(network.nodes), 4) if len(network.nodes) else 0.0,
    }


def _layers(streets: gpd.GeoDataFrame) -> Ints:
    """Return a number per line: its layer, and apart what is on a bridge or in a tunnel."""

    def flag(name: str) -> npt.NDArray[np.bool_]:
        if name not in streets:
            return np.zeros(len(streets), dtype=bool)
        said = streets[name].fillna("").astype("str").isin(["", "no", "None", "0", "nan"])
        return np.asarray(~said.to_numpy(), dtype=bool)

    level = np.zeros(len(streets), dtype=np.int64)
    if "layer" in streets:
        text = streets["layer"].fillna("0").astype("str").str.extract(r"^(-?\d+)$")[0].fillna("0")
        level = text.astype(int).to_numpy(dtype=np.int64)
    level = np.where((level == 0) & flag("bridge"), 1, level)
    return np.where((level == 0) & flag("tunnel"), -1, level)


def _vertices(place: Ints, layer: Ints, ends: npt.NDArray[np.bool_]) -> Ints:
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
    xy: Floats, line: Ints, vertex: Ints, is_node: npt.NDArray[np.bool_], kind: str
) -> Network:
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
    return Network(
        xy[first[used]], edges.reshape(-1, 2).astype(np.int64), length, np.atleast_1d(shapes), kind
    )


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
