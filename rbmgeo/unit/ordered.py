"""SOP IV.5 of one unit: every RBM of a set of routes is ordered on the streets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from rbmgeo.network.walking import Walker
from rbmgeo.routes.codes import SISIPAN_MAX, URUT_MAX, numbered
from rbmgeo.routes.walkorder import Gain, OrderedRoute, order_route
from rbmgeo.settings import UnitSettings
from rbmgeo.unit.routed import today_list
from rbmgeo.unit.starts import Starts

Progress = Callable[[str, int, int], None]
MEASURED = ["length_m", "length_before_m", "length_estimated", "reordered"]


@dataclass(frozen=True)
class Routes:
    """``members`` (index idpel): ``rbm``, ``urut``, ``sisipan``; ``routes`` (index rbm) and figures."""

    members: pd.DataFrame
    routes: pd.DataFrame
    summary: dict[str, Any]


def ordered(
    members: pd.DataFrame, routes: pd.DataFrame, points: gpd.GeoSeries, walker: Walker,
    begin: Starts, *, listed: pd.DataFrame, known: set[str], settings: UnitSettings,
    progress: Progress | None = None,
) -> Routes:  # fmt: skip
    """Order every RBM; today's order stays where it is fine.

    An RBM that nobody read before has no order of today: there the shortest found stands.

    Parameters
    ----------
    members
        Index idpel, ``rbm``, in walking order.
    routes
        Index rbm, ``customers``, ``hari_baca``, ``officer``.
    points
        Where customers are, by idpel, in metres.
    listed
        The newest list (`rbmgeo.frames.RBM_LIST`), whose numbers stay where they can.
    known
        RBM that have an order already.
    """
    tell = progress or (lambda step, done, total: None)
    at = {str(i): (p.x, p.y) for i, p in points.reindex(members.index).dropna().items()}
    gain, had = Gain(settings.min_gain_share, settings.min_gain_m), _numbers(listed)
    placed, lengths, kept_urut = [], {}, 0
    by_code = {str(code): group for code, group in members.groupby("rbm", sort=True)}
    groups = [(code, by_code[code]) for code in begin.turn(list(by_code))]
    for number, (code, group) in enumerate(groups):
        tell("mengurutkan / ordering", number, len(groups))
        done = order_route(
            group.index.to_list(), points, walker, gain=gain, known_order=code in known,
            places={i: had[code][i] for i in group.index if i in had.get(code, {})},
            start=begin.of(code),
        )  # fmt: skip
        begin.ended(code, done.idpels, at)
        placed.append(_members(code, done))
        kept_urut += done.kept_urut
        lengths[code] = _measured(done, known=code in known)
    tell("mengurutkan / ordering", len(groups), len(groups))
    frame = pd.concat(placed).rename_axis("idpel")
    measured = pd.DataFrame.from_dict(lengths, orient="index", columns=MEASURED)
    kept = routes.drop(columns=[c for c in MEASURED if c in routes]).join(measured)
    kept["minutes"] = _minutes(kept, settings)
    summary = {
        "rbm": len(kept),
        "customers": len(frame),
        "km": _km(kept["length_m"]),
        "km_before": _km_before(kept),
        "reordered": int(kept["reordered"].sum()),
        "kept_urut": kept_urut,
        "estimated": int(kept["length_estimated"].sum()),
        "network": walker.network.kind if walker.network else "perkiraan",
    }
    return Routes(frame, kept.rename_axis("rbm"), summary)


def _measured(done: OrderedRoute, *, known: bool) -> tuple[float | None, float | None, bool, bool]:
    # Houses that nobody can place are a walk that nobody can measure, not one of 0 m.
    if done.estimated and done.length_before_m == 0 and len(done.idpels) > 1:
        return None, None, done.estimated, done.changed
    # Nobody walked a route that no list and no version had: it has no length before.
    return done.length_m, done.length_before_m if known else None, done.estimated, done.changed


def _numbers(listed: pd.DataFrame) -> dict[str, dict[str, tuple[int, int]]]:
    """Return urut and sisipan that the newest list gives, by RBM and idpel."""
    told = today_list(listed).reset_index().dropna(subset=["rbm", "urut"])
    out: dict[str, dict[str, tuple[int, int]]] = {}
    sisipan = told["sisipan"].fillna(0)
    for rbm, idpel, u, s in zip(told["rbm"], told["idpel"], told["urut"], sisipan, strict=True):
        if 1 <= u <= URUT_MAX and 0 <= s <= SISIPAN_MAX:
            out.setdefault(rbm, {})[idpel] = (int(u), int(s))
    return out


def _members(rbm: str, done: OrderedRoute) -> pd.DataFrame:
    """Return the rows of an ordered RBM: who can keeps his number, else all are numbered anew."""
    index = pd.Index(done.idpels, name="idpel")
    if not done.places:
        position = pd.Series(range(len(index)), index=index)
        return numbered(pd.Series(rbm, index=index), position)
    told = [done.places[i] for i in done.idpels]
    return pd.DataFrame(told, columns=["urut", "sisipan"], index=index).assign(rbm=rbm)[
        ["rbm", "urut", "sisipan"]
    ]


def _km(length_m: pd.Series) -> float | None:
    """Sum metres to kilometres; None where no length is known, which is not zero."""
    total = length_m.astype(float).sum(min_count=1)
    return None if pd.isna(total) else round(float(total) / 1000, 2)


def _km_before(routes: pd.DataFrame) -> float | None:
    """Return the kilometres walked before, None unless every measured route was walked before."""
    measured = routes[routes["length_m"].notna()]
    return _km(measured["length_before_m"]) if measured["length_before_m"].notna().all() else None


def _minutes(routes: pd.DataFrame, settings: UnitSettings) -> pd.Series:
    """Return the minutes of each route (R-RO-07); a length on streets needs no detour.

    Where no length is known the minutes are those of the service alone.
    """
    seconds = (
        routes["customers"] * settings.service_s
        + routes["length_m"].astype(float).fillna(0) / settings.walking_m_per_s
    )
    return (seconds / 60).astype(float).round(1)
