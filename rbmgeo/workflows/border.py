"""The border pass: customers of a unit nearer to a neighbour unit's gardu, as questions for people."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError
from sqlalchemy.orm import Session

from rbmgeo.db.queries import border, units, work
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import UsageError
from rbmgeo.geo import metres_xy, utm_srid
from rbmgeo.matching.border import BorderParams, border_candidates
from rbmgeo.settings import UnitSettings

#: Degrees of a metre, with room: a box is only where gardu are looked for.
_DEGREES_A_M = 1 / 100_000


@dataclass(frozen=True)
class BorderPass:
    """What one pass found: ``asked`` of the customers have a place and a placed gardu."""

    ulp: str
    customers: int
    asked: int
    foreign: int
    candidates: int


def border_pass(session: Session, ulp: str, *, who: str) -> BorderPass:
    """Look for a unit's customers near other units' gardu, and keep them as candidates.

    Each customer is looked at once, however many units there are; nothing moves by itself.
    """
    settings = units.unit_settings(session, ulp=ulp)
    params = BorderParams(settings.border_within_m, settings.border_margin_m)
    people = border.customers(session, ulp=ulp)
    found, others = _found(session, ulp, people, params)
    told = BorderPass(
        ulp, border.active_customers(session, ulp=ulp), len(people), len(others), len(found)
    )
    asked = {"within_m": params.within_m, "margin_m": params.margin_m}
    summary = {k: v for k, v in vars(told).items() if k != "ulp"}
    run = work.add_run(session, ulp=ulp, step=border.STEP, params=asked, summary=summary, who=who)
    border.replace_candidates(session, ulp=ulp, run_id=run, found=found)
    log_command(session, who=who, ulp=ulp, command="border pass", after={"run": run, **summary})
    return told


def _found(
    session: Session, ulp: str, people: pd.DataFrame, params: BorderParams
) -> tuple[pd.DataFrame, pd.DataFrame]:
    if people.empty:
        return border_candidates(_empty(people), _empty(people), params), people
    reach = params.within_m * _DEGREES_A_M
    lon, lat = people["lon"].to_numpy(float), people["lat"].to_numpy(float)
    box = (lon.min() - reach, lat.min() - reach, lon.max() + reach, lat.max() + reach)
    others = border.foreign_gardu(session, ulp=ulp, box=tuple(map(float, box)))  # type: ignore[arg-type]
    srid = units.unit(session, ulp=ulp).utm_srid or utm_srid(
        float(np.median(lon)), float(np.median(lat))
    )
    x, y = metres_xy(lon, lat, srid)
    gx, gy = metres_xy(people["gardu_lon"], people["gardu_lat"], srid)
    ox, oy = metres_xy(others["lon"], others["lat"], srid)
    at = people.assign(x=x, y=y, gardu_x=gx, gardu_y=gy)
    return border_candidates(at, others.assign(x=ox, y=oy), params), others


def _empty(people: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {c: pd.Series(dtype=float if c[-1] in "xy" else object)
         for c in ("ulp", "gardu", "x", "y", "gardu_x", "gardu_y")},
        index=pd.Index([], name="idpel"),
    )  # fmt: skip


def set_border(
    session: Session, ulp: str, *, within_m: float, margin_m: float, who: str
) -> UnitSettings:
    """Keep from when on a unit's customers are asked about; the log says both sides."""
    was = units.unit_settings(session, ulp=ulp)
    told: dict[str, Any] = {"border_within_m": within_m, "border_margin_m": margin_m}
    try:
        now = UnitSettings.of({**was.model_dump(), **told})
    except ValidationError as fault:
        raise UsageError(
            "a distance is out of its bounds; correct it and keep again",
            "jarak di luar batasnya; betulkan lalu simpan lagi",
        ) from fault
    before = {n: getattr(was, n) for n in told}
    if before != told:
        units.set_unit(session, ulp=ulp, settings=told)
        log_command(session, who=who, ulp=ulp, command="border settings", before=before, after=told)
    return now
