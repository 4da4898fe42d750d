"""Which position of each customer is in use (R-LO-01): chosen anew whenever one was told."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.incoming import Incoming
from rbmgeo.db.models import Ulp
from rbmgeo.db.queries import imports, units
from rbmgeo.frames import stacked
from rbmgeo.intake import tables
from rbmgeo.intake.places import Places, moved_places, places_in_use
from rbmgeo.settings import UnitSettings
from rbmgeo.terms import CoordinateQuality


def place_customers(session: Session, ulp: str) -> None:
    """Choose the position in use of every customer anew and the unit's UTM zone."""
    unit = units.unit(session, ulp=ulp)
    told = imports.told_points(session, ulp=ulp)
    places = places_in_use(
        told,
        UnitSettings.of(unit.settings),
        unit.utm_srid,
        boundary=units.outline(session, ulp=ulp),
    )
    _keep(session, unit, places, moved_places(places, told))


def place_customer(session: Session, ulp: str, idpel: str) -> str:
    """Choose the position in use of one customer anew; return its quality.

    Where the unit has no outline, its own customers say what lies too far away (R-IM-08).
    """
    unit = units.unit(session, ulp=ulp)
    told = imports.told_points(session, ulp=ulp, idpel=idpel)
    if told.empty:
        return CoordinateQuality.TANPA_KOORDINAT
    boundary = units.outline(session, ulp=ulp) or imports.around_customers(session, ulp=ulp)
    places = places_in_use(told, UnitSettings.of(unit.settings), unit.utm_srid, boundary=boundary)
    _keep(session, unit, places, moved_places(places, told))
    return str(places.frame.loc[idpel, "coordinate_quality"])


class FirstPlaces:
    """The places of a unit's very first customers, who are written with them.

    They need not be read back: they are weighed against each other while the database makes
    its indexes.
    """

    def __init__(self, unit: Ulp, boundary: Any) -> None:
        self.unit, self.boundary = unit, boundary
        self.told: list[pd.DataFrame] = []

    def add(self, people: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
        """Return the customers of one piece with the place that each would have by itself."""
        self.told.append(tables.told_briefly(told))
        return people.join(tables.first_places(told), on="idpel").fillna(
            {"coordinate_quality": tables.NOWHERE}
        )

    def finish(self, session: Session, incoming: Incoming) -> None:
        """Complete the tables, and correct the places that the unit as a whole does not allow."""
        with ThreadPoolExecutor(1) as beside:
            weighed = beside.submit(self._weigh)
            incoming.finish()
            places, moved = weighed.result()
        _keep(session, self.unit, places, moved)

    def _weigh(self) -> tuple[Places, pd.DataFrame]:
        told = tables.with_first_places(stacked(self.told))
        self.told.clear()
        places = places_in_use(
            told, UnitSettings.of(self.unit.settings), self.unit.utm_srid, boundary=self.boundary
        )
        return places, moved_places(places, told)


def _keep(session: Session, unit: Ulp, places: Places, moved: pd.DataFrame) -> None:
    if unit.utm_srid is None and places.srid is not None:
        units.set_unit(session, ulp=unit.ulp, utm_srid=places.srid)
    imports.set_places(session, ulp=unit.ulp, places=moved)
    units.bump(session, ulp=unit.ulp)
