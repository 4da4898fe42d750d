"""Gather what a map shows; one RBM or gardu at most, or the energy of all gardu."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import map_data, units
from rbmgeo.errors import NotThere
from rbmgeo.maps.canvas import Bounds
from rbmgeo.maps.layers import box_of, customer_map, energy_map
from rbmgeo.workflows.energy import KwhReport, kwh_report
from rbmgeo.workflows.kwh_kept import KeptKwh, kept_report, stale_months

#: Customers of a unit up to which a map of the whole unit shows every street.
ALL_STREETS = 30_000


@dataclass(frozen=True)
class Drawn:
    """What to draw and where; ``bounds`` (west, south, east, north) is None without a place.

    ``report`` is what a map of energy was drawn from.
    """

    data: dict[str, Any]
    bounds: Bounds | None
    customers: int
    report: KwhReport | KeptKwh | None = None


def rbm_map(
    session: Session, ulp: str, rbm: str, *, version_id: int | None = None, lang: str = "id"
) -> Drawn:
    """Draw one RBM of a version, or of the newest list; raises `NotThere`."""
    points = map_data.rbm_points(session, ulp=ulp, rbm=rbm, version_id=version_id)
    if points.empty:
        raise NotThere(f"RBM {rbm} is not in unit {ulp}", f"RBM {rbm} tidak ada di unit {ulp}")
    codes = [str(code) for code in points["gardu"].dropna().unique()]
    own = map_data.gardu_places(session, ulp=ulp, codes=codes)
    return _customers(session, ulp, points, own, "", lang)


def gardu_map(session: Session, ulp: str, gardu: str, *, lang: str = "id") -> Drawn:
    """Draw one gardu with the customers that the records put on it; raises `NotThere`."""
    own = map_data.gardu_places(session, ulp=ulp, codes=[gardu])
    points = map_data.gardu_points(session, ulp=ulp, gardu=gardu)
    if own.empty and points.empty:
        raise NotThere(
            f"gardu {gardu} is not in unit {ulp}", f"gardu {gardu} tidak ada di unit {ulp}"
        )
    return _customers(session, ulp, points, own, gardu, lang)


def energy_of_all(
    session: Session, ulp: str, *, blth_from: str, blth_to: str, lang: str = "id", number: Any = str
) -> Drawn:
    """Draw the kWh of every gardu over some months."""
    span = {"blth_from": blth_from, "blth_to": blth_to}
    kept = not stale_months(session, ulp, blth_from, blth_to)
    report: KwhReport | KeptKwh = (
        kept_report(session, ulp, **span) if kept else kwh_report(session, ulp, **span)
    )
    places = map_data.gardu_places(session, ulp=ulp)
    known = report.per_gardu.reindex(columns=["kwh", "token_kwh", "customers", "mark"])
    # A gardu without customers has no kWh to know: nothing is not zero.
    table = places.join(known[known["customers"] > 0], on="gardu")
    box = box_of(table)
    many = report.totals.customers > ALL_STREETS * len(report.months)
    lines = map_data.streets(session, ulp=ulp, box=box or (0, 0, 0, 0), main_only=many)
    data = energy_map(table, lines, months=len(report.months), lang=lang, number=number)
    return Drawn(data, box, int(report.totals.customers), report)


def _customers(
    session: Session, ulp: str, points: pd.DataFrame, own: pd.DataFrame, gardu: str, lang: str
) -> Drawn:
    limit = units.unit_settings(session, ulp=ulp).finding_limit
    box = box_of(points) or box_of(own)
    around = box or (0.0, 0.0, 0.0, 0.0)
    data = customer_map(
        points, own, map_data.streets(session, ulp=ulp, box=around),
        map_data.spans(session, ulp=ulp, box=around), own_gardu=gardu, limit=limit, lang=lang,
    )  # fmt: skip
    return Drawn(data, box, len(points))
