"""Gather what a map of work lists shows, and the small map of one visit."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import map_data, surroundings, units
from rbmgeo.db.queries import visit_lists as kept
from rbmgeo.geo import metres_xy
from rbmgeo.maps.event_layers import frame_of
from rbmgeo.maps.small_map import SmallMap, small_map
from rbmgeo.maps.visit_layers import visit_map
from rbmgeo.privacy import seen
from rbmgeo.workflows.maps import Drawn

#: Houses up to which lists are drawn together; more are a matter of choosing an officer or a list.
DRAWN = 3_000


def lists_map(
    session: Session, ulp: str, list_ids: Sequence[str], states: pd.DataFrame, *, lang: str
) -> Drawn:
    """Draw the houses of some lists, the walk too where it is one; ``states``: index ``order_id``, ``state``."""
    points = kept.points(session, ulp=ulp, list_ids=list_ids).join(states[["state"]], how="inner")
    # A place on a map is whose it is, though no number stands beside it.
    seen.note(points.pop("idpel"))
    box = frame_of(points, points.iloc[:0])
    streets = map_data.streets(session, ulp=ulp, box=box or (0.0, 0.0, 0.0, 0.0))
    data = visit_map(points, streets, walk=len(list_ids) == 1, lang=lang)
    return Drawn(data, box, len(points))


def where_it_was(session: Session, ulp: str, it: dict[str, Any], *, title: str) -> tuple[SmallMap | None, float | None]:  # fmt: skip
    """Draw where a visit took place beside the recorded house; return it and the metres between both.

    Without a position of the house, or of the phone, there is nothing to draw beside the other.
    """
    srid = units.unit(session, ulp=ulp).utm_srid
    if srid is None or it["idpel"] is None or it["house_lon"] is None:
        return None, None
    places = surroundings.places(session, ulp=ulp, idpel=it["idpel"], srid=srid)
    house = places["house"]
    if house is None:
        return None, None
    stood, away = None, None
    if it["lon"] is not None:
        x, y = (float(v[0]) for v in metres_xy(it["lon"], it["lat"], srid))
        stood = (x, y, float(it["accuracy_m"] or 0.0))
        away = float(((x - house.x) ** 2 + (y - house.y) ** 2) ** 0.5)
    near = surroundings.neighbours(session, ulp=ulp, idpel=it["idpel"], srid=srid)
    lines = surroundings.lines(session, ulp=ulp, idpel=it["idpel"], srid=srid)
    drawn = small_map(
        (house.x, house.y), near.assign(kind="lain"), lines.assign(kind="lain"), title=title, stood=stood,
    )  # fmt: skip
    return drawn, away
