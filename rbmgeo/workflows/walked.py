"""Metres of a walk at once: only pairs of houses that were never neighbours are asked anew."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy.orm import Session

from rbmgeo.db.queries import drafts, units
from rbmgeo.network.crossing import Crossing
from rbmgeo.network.walking import Walker
from rbmgeo.unit.walker import walker_of
from rbmgeo.workflows.network import unit_network

Point = tuple[float, float]
#: Units whose network is held, and pairs of houses held of each.
UNITS, PAIRS = 8, 400_000


@dataclass
class Paces:
    """Walking distances of one unit, kept by the places of the houses (metres), not by who."""

    mark: str
    srid: int
    walker: Walker
    known: dict[tuple[Point, Point], tuple[float, bool]] = field(default_factory=dict)

    def measure(self, walks: "list[list[Point]]") -> list[tuple[float, bool]]:
        """Return of each walk its metres, and whether any part of them is guessed."""
        if self.walker.network is None:
            # Guessed along neighbours: of a walk alone, as ordering guesses it.
            return [self._guessed(walk) for walk in walks]
        legs = [[_pair(a, b) for a, b in pairwise(walk)] for walk in walks]
        new = sorted({leg for walk in legs for leg in walk if leg not in self.known})
        if len(self.known) + len(new) > PAIRS:
            self.known.clear()
            new = sorted({leg for walk in legs for leg in walk})
        for at in range(0, len(new), 200):
            self._ask(new[at : at + 200])
        return [
            (
                float(sum(self.known[leg][0] for leg in walk)),
                any(self.known[leg][1] for leg in walk),
            )
            for walk in legs
        ]

    def _guessed(self, walk: "list[Point]") -> tuple[float, bool]:
        if len(walk) < 2:
            return 0.0, False
        spots = gpd.GeoSeries(shapely.points(np.array(walk)), crs=self.srid)
        matrix = self.walker.walk(spots).matrix_m
        step = np.arange(len(walk) - 1)
        return float(matrix[step, step + 1].sum()), True

    def _ask(self, new: "list[tuple[Point, Point]]") -> None:
        spots = sorted({p for pair in new for p in pair})
        at = {p: n for n, p in enumerate(spots)}
        walk = self.walker.walk(gpd.GeoSeries(shapely.points(np.array(spots)), crs=self.srid))
        for a, b in new:
            i, j = at[a], at[b]
            self.known[a, b] = (float(walk.matrix_m[i, j]), bool(walk.estimated[i, j]) and i != j)


_HELD: "OrderedDict[tuple[int, str], Paces]" = OrderedDict()
_GUARD = threading.Lock()


def paces(session: Session, ulp: str) -> Paces | None:
    """Return the unit's distances, held in this process; None without any position."""
    unit = units.unit(session, ulp=ulp)
    if unit.utm_srid is None:
        return None
    settings = units.unit_settings(session, ulp=ulp)
    mark = (
        f"{drafts.network_mark(session, ulp=ulp)} {unit.utm_srid} {settings.detour} "
        f"{settings.street_limit_m} {Crossing.of(settings)}"
    )
    key = (id(session.get_bind().engine), ulp)
    with _GUARD:
        held = _HELD.get(key)
        if held is None or held.mark != mark:
            held = Paces(mark, unit.utm_srid, unit_walker(session, ulp))
            _HELD[key] = held
        _HELD.move_to_end(key)
        while len(_HELD) > UNITS:
            _HELD.popitem(last=False)
    return held


def unit_walker(session: Session, ulp: str) -> Walker:
    """Return who measures walks in a unit: its network, its detour, what a crossing costs."""
    return walker_of(unit_network(session, ulp), units.unit_settings(session, ulp=ulp))


def points_of(idpels: "list[str]", at: "dict[str, Point]") -> list[Point]:
    """Return the places of those of a walk who have one, in its order."""
    return [at[i] for i in idpels if i in at]


def known_points(xy: pd.DataFrame) -> "dict[str, Point]":
    """Return the place of each customer who has one (index idpel; ``x``, ``y`` in metres)."""
    there = xy.dropna()
    return {str(i): (float(x), float(y)) for i, x, y in zip(there.index, there["x"], there["y"], strict=True)}  # fmt: skip


def _pair(a: Point, b: Point) -> tuple[Point, Point]:
    return (a, b) if a <= b else (b, a)
