"""A proposed order for one RBM, beside today's; who has no point keeps his neighbours."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from rbmgeo.geo import coordinates
from rbmgeo.network.walking import Walk, Walker
from rbmgeo.routes.codes import renumbered
from rbmgeo.routes.order import OrderParams, order, path_length_m
from rbmgeo.routes.saving import number_saving

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Places = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class Gain:
    """What a new order must save to be proposed (R-RO-06), and what it may give for numbers.

    ``keep_share``: how much longer than the best a walk may be on which more customers keep
    their urut.
    """

    share: float = 0.05
    least_m: float = 200
    keep_share: float = 0.01

    def most_m(self, before_m: float) -> float:
        """Return how long a new walk may be at most beside one of today."""
        return before_m - max(self.least_m, self.share * before_m)


@dataclass(frozen=True)
class Start:
    """Where a walk must begin (R-RO-05): at a place in metres, or with today's first house."""

    at: tuple[float, float] | None = None
    first: bool = False


@dataclass(frozen=True)
class OrderedRoute:
    """One RBM in walking order: idpels first to last, and the lengths before and after.

    Lengths are those from the first house to the last; ``lead_before_m`` and ``lead_m`` are the
    way to the first from where the walk must begin (0 where it is free).
    ``estimated`` says that some of the length is a guess (no street, or no point, R-LO-02);
    ``changed`` is False where today's order stays. ``places``: urut and sisipan of everybody,
    of whom ``kept_urut`` keep theirs; empty where nobody had one, or no number is left between
    those that are kept (then only a new numbering helps, R-RO-03).
    """

    idpels: list[str]
    length_before_m: float
    length_m: float
    estimated: bool
    changed: bool
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    kept_urut: int = 0
    lead_before_m: float = 0.0
    lead_m: float = 0.0


def order_route(
    today: "list[str]",
    points: gpd.GeoSeries,
    walker: Walker,
    *,
    params: OrderParams | None = None,
    gain: Gain | None = None,
    known_order: bool = True,
    places: Places | None = None,
    start: Start | None = None,
) -> OrderedRoute:
    """Order one RBM.

    ``today``: idpels in today's order (``known_order`` False: just a set, any order is
    better). ``points``: positions in metres, index idpel, None where missing. Customers
    without a point follow the one they followed today. ``places``: urut and sisipan of those
    who have one today. Of walks nearly as short as the best that is proposed on which most
    customers keep their number; every length is of the walk proposed. ``start``: where it must
    begin; the way from there counts where an order is compared with today's.
    """
    gain = gain or Gain()
    places = places or {}
    where = points.reindex(today)
    has = ~np.isnan(coordinates(where)[:, 0])
    placed = [i for i, there in zip(today, has, strict=True) if there]
    missing = len(placed) < len(today)
    if len(placed) < 2:
        return _numbered(list(today), 0.0, 0.0, True, False, places)
    rows = sorted(placed)
    begin = start or Start()
    walk, leg = _walked(points.loc[rows], walker, begin.at)
    now = pd.Index(rows).get_indexer(pd.Index(placed)).astype(np.int64)
    before = path_length_m(walk.matrix_m, now)
    fixed = int(now[0]) if begin.first and known_order else None
    best = _best(walk.matrix_m, leg, fixed, params)
    today_m = before + leg[now[0]]
    if known_order and path_length_m(walk.matrix_m, best) + leg[best[0]] > gain.most_m(today_m):
        guessed = missing or _guessed(walk, now)
        same = _numbered(list(today), before, before, guessed, False, places)
        return replace(same, lead_before_m=float(leg[now[0]]), lead_m=float(leg[now[0]]))
    most_m = gain.most_m(today_m) if known_order else np.inf
    best = _saving(walk, leg, best, _rank(rows, placed, places, known_order), most_m, gain, params, fixed)  # fmt: skip
    new = _reinserted([rows[k] for k in best], today, set(placed))
    after = path_length_m(walk.matrix_m, best)
    done = _numbered(new, before, after, missing or _guessed(walk, best), True, places)
    return replace(done, lead_before_m=float(leg[now[0]]), lead_m=float(leg[best[0]]))


def _walked(
    points: gpd.GeoSeries, walker: Walker, at: "tuple[float, float] | None"
) -> tuple[Walk, Floats]:
    """Return the distances of the houses, and the way to each from where the walk begins."""
    if at is None:
        return walker.walk(gpd.GeoSeries(points)), np.zeros(len(points))
    begins = gpd.GeoSeries(gpd.points_from_xy([at[0]], [at[1]]), crs=points.crs)
    walk = walker.walk(pd.concat([gpd.GeoSeries(points), begins]))
    n = len(points)
    return Walk(walk.matrix_m[:n, :n], walk.estimated[:n, :n]), walk.matrix_m[n, :n]


def _best(matrix: Floats, leg: Floats, fixed: int | None, params: OrderParams | None) -> Ints:
    """Return a short order, from the fixed first house or from where ``leg`` begins."""
    if fixed is not None or not leg.any():
        return order(matrix, start=fixed, params=params)
    n = len(matrix)
    whole = np.zeros((n + 1, n + 1))
    whole[:n, :n], whole[n, :n], whole[:n, n] = matrix, leg, leg
    return order(whole, start=n, params=params)[1:]


def _numbered(
    idpels: "list[str]", before: float, after: float, estimated: bool, changed: bool, had: Places
) -> OrderedRoute:
    given = renumbered(idpels, dict(had)) if had else {}
    kept = sum(given.get(i) == place for i, place in had.items())
    return OrderedRoute(idpels, before, after, estimated, changed, given, kept)


def _guessed(walk: Walk, steps: Ints) -> bool:
    return bool(walk.estimated[steps[:-1], steps[1:]].any())


def _rank(rows: "list[str]", placed: "list[str]", places: Places, known_order: bool) -> Ints:
    """Return today's turn of each row among those who have a number, -1 for the others.

    Where nobody has one it is the turn itself, if there is one.
    """
    turn = dict.fromkeys(rows, -1)
    if places:
        had = sorted((i for i in placed if i in places), key=lambda i: (places[i], i))
    else:
        had = placed if known_order else []
    turn |= {idpel: k for k, idpel in enumerate(had)}
    return np.array([turn[i] for i in rows], dtype=np.int64)


def _saving(
    walk: Walk, leg: Floats, best: Ints, rank: Ints, most_m: float, gain: Gain,
    params: OrderParams | None, fixed: int | None,
) -> Ints:  # fmt: skip
    """Return a walk that keeps more numbers; the best where that one begins elsewhere or too far."""
    shortest = path_length_m(walk.matrix_m, best)
    limit = min(shortest * (1 + gain.keep_share), most_m)
    found = number_saving(walk.matrix_m, best, rank, limit_m=limit, params=params)
    if fixed is not None and found[0] != fixed:
        return best
    farthest = min((shortest + leg[best[0]]) * (1 + gain.keep_share), most_m)
    return found if path_length_m(walk.matrix_m, found) + leg[found[0]] <= farthest else best


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
