"""A proposed order for one RBM, beside today's; who has no point keeps his neighbours."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from rbmgeo.geo import coordinates
from rbmgeo.network.walking import Walker
from rbmgeo.routes.order import OrderParams, order, path_length_m


@dataclass(frozen=True)
class Gain:
    """What a new order must save to be proposed (R-RO-06)."""

    share: float = 0.05
    least_m: float = 200


@dataclass(frozen=True)
class OrderedRoute:
    """One RBM in walking order: idpels first to last, and the lengths before and after.

    ``estimated`` says that some of the length is a guess (no street, or no point, R-LO-02);
    ``changed`` is False where today's order stays.
    """

    idpels: list[str]
    length_before_m: float
    length_m: float
    estimated: bool
    changed: bool


def order_route(
    today: "list[str]",
    points: gpd.GeoSeries,
    walker: Walker,
    *,
    params: OrderParams | None = None,
    gain: Gain | None = None,
    known_order: bool = True,
) -> OrderedRoute:
    """Order one RBM.

    ``today``: idpels in today's order (``known_order`` False: just a set, any order is
    better). ``points``: positions in metres, index idpel, None where missing. Customers
    without a point follow the one they followed today.
    """
    gain = gain or Gain()
    where = points.reindex(today)
    has = ~np.isnan(coordinates(where)[:, 0])
    placed = [i for i, there in zip(today, has, strict=True) if there]
    missing = len(placed) < len(today)
    if len(placed) < 2:
        return OrderedRoute(list(today), 0.0, 0.0, estimated=True, changed=False)
    rows = sorted(placed)
    walk = walker.walk(gpd.GeoSeries(points.loc[rows]))
    now = (
        np.array([rows.index(i) for i in placed])
        if len(rows) < 50
        else pd.Index(rows).get_indexer(pd.Index(placed))
    )
    before = path_length_m(walk.matrix_m, now)
    best = order(walk.matrix_m, params=params)
    after = path_length_m(walk.matrix_m, best)
    saves = before - after
    if known_order and (saves < gain.least_m or saves < gain.share * before):
        guessed = bool(walk.estimated[now[:-1], now[1:]].any())
        return OrderedRoute(list(today), before, before, missing or guessed, changed=False)
    new = [rows[k] for k in best]
    guessed = bool(walk.estimated[best[:-1], best[1:]].any())
    return OrderedRoute(
        _reinserted(new, today, set(placed)), before, after, missing or guessed, changed=True
    )


def _reinserted(new: "list[str]", today: "list[str]", placed: "set[str]") -> "list[str]":
    """Put customers without a point behind the one they followed (or first, as today)."""
    followers: dict[str, list[str]] = {}
    leader = ""
    for idpel in today:
        if idpel in placed:
            leader = idpel
        else:
            followers.setdefault(leader, []).append(idpel)
    out = list(followers.get("", []))
    for idpel in new:
        out += [idpel, *followers.get(idpel, [])]
    return out
