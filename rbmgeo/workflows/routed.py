"""Who is routed and how today's list reads them: what designing, ordering and targets share."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import lists, units
from rbmgeo.terms import ReadBy


@dataclass(frozen=True)
class VersionSummary:
    """Which draft was written, and what it costs."""

    ulp: str
    version_id: int
    summary: dict[str, Any]


def routed_customers(session: Session, ulp: str) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return active vendor-read customers, and today's list with one row each."""
    unit = units.unit(session, ulp=ulp)
    customers = lists.customers(session, ulp=ulp, srid=unit.utm_srid)
    routed = customers["active"].astype(bool) & customers["dibaca_oleh"].eq(ReadBy.VENDOR)
    today = lists.rbm_list(session, ulp=ulp)
    today = today.sort_values(["idpel", "line"]).drop_duplicates("idpel").set_index("idpel")
    return customers[routed], today


def today_position(members: pd.DataFrame, today: pd.DataFrame) -> pd.Series:
    """Order each RBM as today: its own customers first, newcomers grouped behind them."""
    order = today.reindex(members.index).reset_index()
    order["stays"] = ~members["rbm"].eq(members["from_rbm"]).to_numpy()
    order = order.sort_values(["stays", "rbm", "urut", "sisipan", "idpel"], na_position="last")
    return pd.Series(range(len(order)), index=order["idpel"]).reindex(members.index)


def schedule_today(today: pd.DataFrame) -> pd.DataFrame:
    """Return each RBM's reading day and officer: what most of its customers' rows say."""
    if today.empty:
        return pd.DataFrame(
            {"hari_baca": [], "officer": []}, index=pd.Index([], name="rbm"), dtype="str"
        )

    def most(column: pd.Series) -> object:
        said = column.dropna().mode()
        return said.iloc[0] if len(said) else None

    return today.groupby("rbm")[["hari_baca", "officer"]].agg(most)
