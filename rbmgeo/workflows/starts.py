"""Where the walk of each RBM begins (R-RO-05), loaded."""

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import lists, mutation_facts, units
from rbmgeo.unit.starts import Starts, asked_for, starts_of


def starts(session: Session, ulp: str, members: pd.DataFrame, routes: pd.DataFrame) -> Starts:
    """Load where the walks of a version may begin; nothing is loaded that no RBM asks for.

    See `rbmgeo.unit.starts.starts_of`.
    """
    settings = units.unit_settings(session, ulp=ulp)
    srid = units.unit(session, ulp=ulp).utm_srid
    gardu, sites = pd.Series(dtype="str"), gpd.GeoSeries()
    if srid is not None and "gardu" in asked_for(settings):
        gardu = mutation_facts.lines_to_gardu(session, ulp=ulp)["gardu"]
        sites = gpd.GeoSeries(lists.gardu(session, ulp=ulp, srid=srid)["geometry"])
    return starts_of(settings, srid, members, routes, gardu=gardu, sites=sites)
