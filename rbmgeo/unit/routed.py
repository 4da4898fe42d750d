"""Who is routed and how today's list reads them: what designing, ordering and targets share."""

import geopandas as gpd
import pandas as pd

from rbmgeo.terms import ReadBy


def routed(customers: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the active customers that a vendor reads."""
    mine = customers["active"].astype(bool) & customers["dibaca_oleh"].eq(ReadBy.VENDOR)
    return customers[mine]


def today_list(rbm_list: pd.DataFrame) -> pd.DataFrame:
    """Return today's list with one row a customer, by idpel: of several lines the first."""
    first = rbm_list.sort_values(["idpel", "line"]).drop_duplicates("idpel")
    return first.set_index("idpel")


def in_walking_order(members: pd.DataFrame) -> pd.DataFrame:
    """Return members (index idpel) as they are walked: by rbm, urut, sisipan, idpel."""
    rows = members.rename_axis("idpel").reset_index()
    return rows.sort_values(["rbm", "urut", "sisipan", "idpel"]).set_index("idpel")


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
