"""Tier TX: service drops or recorded poles tie a customer to the spans: a walk, not a guess."""

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from rbmgeo.frames import DROPS, JTR, among

#: So near to a pole a gardu stands on it.
AT_POLE_M = 5.0


def gardu_of_nodes(jtr: pd.DataFrame, lv_node: pd.Series) -> pd.Series:
    """Return the gardu that feeds each node of the low-voltage network.

    ``lv_node`` maps gardu to the node of its low-voltage side. A part of the network with
    no gardu, or with more than one, feeds nobody surely and is left out.
    """
    JTR.check(jtr)
    spans = jtr.dropna(subset=["node_1", "node_2"])
    nodes = pd.Index(pd.unique(pd.concat([spans["node_1"], spans["node_2"], lv_node.dropna()])))
    if nodes.empty:
        return pd.Series(dtype="str")
    a, b = nodes.get_indexer(spans["node_1"]), nodes.get_indexer(spans["node_2"])
    graph = sparse.coo_matrix((np.ones(len(a)), (a, b)), shape=(len(nodes), len(nodes)))
    _, part = connected_components(graph, directed=False)
    parts = pd.Series(part, index=nodes)
    feeding = lv_node.dropna()
    fed_by = pd.DataFrame({"gardu": feeding.index, "part": parts[feeding].to_numpy()})
    alone = fed_by[~fed_by["part"].duplicated(keep=False)].set_index("part")["gardu"]
    return parts.map(alone).dropna()


def trace_drops(
    service_point: pd.Series, drops: pd.DataFrame, jtr: pd.DataFrame, lv_node: pd.Series
) -> pd.Series:
    """Walk service point, drop, spans to the gardu; index idpel, only those that arrive."""
    DROPS.check(drops)
    node = drops.dropna(subset=["service_point", "node"]).sort_values(["service_point", "node"])
    fed = node.assign(gardu=node["node"].map(gardu_of_nodes(jtr, lv_node))).dropna(subset=["gardu"])
    # A point with drops from two gardu says nothing.
    sure = fed.groupby("service_point")["gardu"].nunique()
    single = fed.drop_duplicates("service_point").set_index("service_point")["gardu"]
    single = single[among(single.index, sure.index[sure == 1])]
    return service_point.map(single).dropna().rename("connected")


def trace_poles(tiang: pd.Series, jtr: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Look up which gardu's spans end at the recorded pole.

    Returns the gardu where the pole carries one only (index idpel), and for poles with
    several the set of them as a tuple: there only a record outside the set is wrong.
    """
    ends = carried(jtr)
    carrying = ends.groupby("tiang")["gardu"].agg(tuple)
    found = tiang.dropna().map(carrying).dropna()
    one = found[found.map(len) == 1].map(lambda g: g[0])
    return one.rename("connected"), found[found.map(len) > 1]


def carried(
    jtr: pd.DataFrame, poles: gpd.GeoSeries | None = None, gardu: gpd.GeoSeries | None = None
) -> pd.DataFrame:
    """Return which gardu's lines end at which pole: unique rows ``tiang``, ``gardu``, in order.

    With positions in metres of poles and gardu, a gardu that stands at a pole is carried too:
    who hangs on the gardu's own pole has no span between.
    """
    JTR.check(jtr)
    tagged = jtr.dropna(subset=["gardu"])
    parts = [tagged[[c, "gardu"]].rename(columns={c: "tiang"}) for c in ("tiang_1", "tiang_2")]
    if poles is not None and gardu is not None and len(poles) and len(gardu):
        poles, gardu = poles[~poles.isna()], gardu[~gardu.isna()]
        pole, site = poles.sindex.query(gardu, predicate="dwithin", distance=AT_POLE_M)[::-1]
        parts.append(pd.DataFrame({"tiang": poles.index[pole], "gardu": gardu.index[site]}))
    ends = pd.concat(parts).dropna().drop_duplicates()
    return ends.sort_values(["tiang", "gardu"], ignore_index=True)


def recorded_poles(pdpj_lines: pd.DataFrame, own: pd.Series) -> pd.Series:
    """Return the pole each customer is recorded on: the PDPJ's, else that of another list.

    Of several lines of one customer the first that names a pole, by line. ``own``: the pole
    that a list without a gardu told of the customer (index idpel).
    """
    told = pdpj_lines.dropna(subset=["tiang"]).sort_values(["idpel", "line"])
    poles = told.drop_duplicates("idpel").set_index("idpel")["tiang"]
    return poles.combine_first(own.dropna()).rename("tiang")


def walk_length_m(jtr: pd.DataFrame, lv_node: str, node: str) -> float:
    """Return the length along the spans from a gardu's node to another, inf if none leads there."""
    graph: nx.Graph[str] = nx.Graph()
    for a, b, length in jtr[["node_1", "node_2", "length_m"]].dropna().itertuples(index=False):
        graph.add_edge(a, b, length_m=float(length))
    if lv_node not in graph or node not in graph:
        return float("inf")
    try:
        return float(nx.shortest_path_length(graph, lv_node, node, weight="length_m"))
    except nx.NetworkXNoPath:
        return float("inf")
