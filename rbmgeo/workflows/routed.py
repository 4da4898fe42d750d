"""Who is routed and how today's list reads them, loaded; what a draft that was written costs."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import lists, units
from rbmgeo.unit.routed import routed, today_list


@dataclass(frozen=True)
class VersionSummary:
    """Which draft was written, and what it costs."""

    ulp: str
    version_id: int
    summary: dict[str, Any]


def routed_customers(session: Session, ulp: str) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return active vendor-read customers, and today's list with one row each."""
    srid = units.unit(session, ulp=ulp).utm_srid
    customers = lists.customers(session, ulp=ulp, srid=srid)
    return routed(customers), today_list(lists.rbm_list(session, ulp=ulp))
