"""The customer's card: a small map of what stands around it, and what else the lists know."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import surroundings, units
from rbmgeo.maps.small_map import SmallMap, small_map


@dataclass(frozen=True)
class Surroundings:
    """``map``: None without a position; ``known``: facts; metres to the nearest span, or None.

    ``own_m``: to the lines of the recorded gardu, ``other_m``: to those of any gardu.
    """

    map: SmallMap | None
    known: dict[str, Any]
    own_m: float | None
    other_m: float | None


def around_customer(
    session: Session, ulp: str, idpel: str, *, proposed: str | None, title: str
) -> Surroundings:
    """Look around one customer; ``proposed`` is the gardu that its finding names, if any."""
    srid = units.unit(session, ulp=ulp).utm_srid
    periods = units.unit_settings(session, ulp=ulp).code_d_periods
    facts = surroundings.known(session, ulp=ulp, idpel=idpel, periods=periods)
    places = surroundings.places(session, ulp=ulp, idpel=idpel, srid=srid)
    house = places["house"]
    if house is None or srid is None:
        return Surroundings(None, facts, None, None)
    spans = surroundings.lines(session, ulp=ulp, idpel=idpel, srid=srid)
    own = _nearest_m(spans[spans["gardu"].eq(facts["gardu"])], house)
    near = surroundings.neighbours(session, ulp=ulp, idpel=idpel, srid=srid)
    points = {n: (p.x, p.y) for n, p in places.items() if p is not None}
    drawn = small_map(
        points["house"],
        near.assign(kind=_kinds(near["gardu"], facts["gardu"], proposed)),
        spans.assign(kind=_kinds(spans["gardu"], facts["gardu"], proposed)),
        title=title, pole=points.get("pole"), recorded=points.get("recorded"),
        proposed=points.get("proposed"),
    )  # fmt: skip
    return Surroundings(drawn, facts, own, _nearest_m(spans, house))


def _kinds(gardu: pd.Series, recorded: str | None, proposed: str | None) -> Any:
    """Name what is recorded where the house is (ini), on the proposed gardu (itu), or elsewhere."""
    this = gardu.eq(recorded).fillna(False).astype(bool) if recorded else np.zeros(len(gardu), bool)
    that = gardu.eq(proposed).fillna(False).astype(bool) if proposed else np.zeros(len(gardu), bool)
    return np.select([this, that], ["ini", "itu"], default="lain")


def _nearest_m(spans: gpd.GeoDataFrame, house: Any) -> float | None:
    away = spans.geometry.distance(house).dropna()
    return float(away.min()) if len(away) else None
