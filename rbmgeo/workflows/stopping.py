"""SOP IV.4: when a gardu is surveyed enough, and which houses come first next (R-SA-20, R-SB-03)."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import lists, survey, units
from rbmgeo.geo import metres_xy
from rbmgeo.survey.outcomes import found_wrong
from rbmgeo.survey.stopping import after_errors, stopping


@dataclass(frozen=True)
class Stopping:
    """What is known of each gardu, and whom to visit first.

    ``gardu``: `rbmgeo.survey.stopping.stopping`, those with an answer, what is urgent first.
    ``untouched``: gardu where nobody was yet. ``first``: `after_errors`. ``share`` and ``risk``
    are the unit's settings.
    """

    gardu: pd.DataFrame
    untouched: int
    first: pd.DataFrame
    share: float
    risk: float


_URGENT = {"seluruh": 0, "sekitar": 1, "lanjut": 2, "cukup": 3}


def when_to_stop(session: Session, ulp: str) -> Stopping:
    """Say of every gardu whether enough was seen, and where errors that were found lead."""
    settings = units.unit_settings(session, ulp=ulp)
    told = found_wrong(survey.answered_promises(session, ulp=ulp))
    houses = houses_in_metres(session, ulp)
    table = stopping(told, houses, share=settings.stop_share, risk=settings.stop_risk)
    seen = table[table["surveyed"] > 0]
    order = seen["next"].map(_URGENT).sort_values(kind="stable").index
    return Stopping(
        seen.loc[order], len(table) - len(seen), after_errors(told, houses),
        settings.stop_share, settings.stop_risk,
    )  # fmt: skip


def first_next(session: Session, ulp: str) -> list[str]:
    """Return the houses that the next plan should take first, the most urgent first (R-SB-03)."""
    told = found_wrong(survey.answered_promises(session, ulp=ulp))
    return [str(i) for i in after_errors(told, houses_in_metres(session, ulp)).index]


def houses_in_metres(session: Session, ulp: str) -> pd.DataFrame:
    """Return ``gardu``, ``tiang``, ``x`` and ``y`` (metres) of active customers, by idpel."""
    houses = survey.houses(session, ulp=ulp)
    srid = units.unit(session, ulp=ulp).utm_srid or lists.NO_POSITIONS
    houses["x"], houses["y"] = metres_xy(houses.pop("lon"), houses.pop("lat"), srid)
    return houses
