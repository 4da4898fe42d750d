"""SOP IV.1: how complete both lists are, and how well RBM and gardu lie on each other."""

from typing import Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd

from rbmgeo.frames import CUSTOMERS, PDPJ_LINES, RBM_LIST
from rbmgeo.geo import coordinates, require_metres
from rbmgeo.matching.lines import everybody, first_line

NO_RBM, NO_GARDU = "tanpa RBM", "tanpa gardu"


def pairs(
    customers: pd.DataFrame, rbm_list: pd.DataFrame, pdpj_lines: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per active customer or listed idpel with its ``rbm`` and ``gardu``.

    Missing ones are named `NO_RBM` and `NO_GARDU`, so that every sum keeps its customers; a
    customer with several lines takes the first that names one, by line.
    """
    CUSTOMERS.check(customers)
    RBM_LIST.check(rbm_list)
    PDPJ_LINES.check(pdpj_lines)
    rbm = first_line(rbm_list, "rbm")["rbm"]
    gardu = first_line(pdpj_lines, "gardu")["gardu"]
    active = customers.index[customers["active"].astype(bool)]
    everyone = everybody(active, rbm.index, gardu.index)
    return pd.DataFrame(
        {
            "rbm": rbm.reindex(everyone).fillna(NO_RBM),
            "gardu": gardu.reindex(everyone).fillna(NO_GARDU),
            "has_point": customers["geometry"].notna().reindex(everyone, fill_value=False),
            "point_source": customers["point_source"].reindex(everyone),
            "jenis_layanan": customers["jenis_layanan"].reindex(everyone),
            "daya": customers["daya_va"].reindex(everyone).notna(),
            "meter": customers["meter_number"].reindex(everyone).notna(),
        }
    )


def completeness(joined: pd.DataFrame, by: str) -> pd.DataFrame:
    """Count per ``rbm`` or ``gardu`` how many customers have what; sums equal the input.

    Returns index ``by``; columns ``customers``, ``with_point``, ``with_daya``,
    ``with_meter``, ``prepaid`` and ``without_other`` (no gardu, or no RBM).
    """
    other, missing = ("gardu", NO_GARDU) if by == "rbm" else ("rbm", NO_RBM)
    groups = joined.assign(
        without=joined[other].eq(missing), prepaid=joined["jenis_layanan"].eq("pra")
    ).groupby(by)
    return groups.agg(
        customers=("has_point", "size"),
        with_point=("has_point", "sum"),
        with_daya=("daya", "sum"),
        with_meter=("meter", "sum"),
        prepaid=("prepaid", "sum"),
        without_other=("without", "sum"),
    ).sort_index()


def alignment(joined: pd.DataFrame) -> pd.DataFrame:
    """Return the RBM x gardu matrix, one row per pair that occurs.

    Columns ``customers``, ``share_of_gardu`` and ``share_of_rbm``: a gardu is *whole* if
    one RBM reads all of it, its other pairs are fragments.
    """
    counts = joined.groupby(["rbm", "gardu"]).size().rename("customers").reset_index()
    counts["share_of_gardu"] = counts["customers"] / counts.groupby("gardu")["customers"].transform(
        "sum"
    )
    counts["share_of_rbm"] = counts["customers"] / counts.groupby("rbm")["customers"].transform(
        "sum"
    )
    return counts.sort_values(["rbm", "gardu"], ignore_index=True)


def alignment_summary(matrix: pd.DataFrame) -> dict[str, float]:
    """Sum the matrix up: purity (customers read with most of their gardu), fragments, whole."""
    known = matrix[(matrix["rbm"] != NO_RBM) & (matrix["gardu"] != NO_GARDU)]
    if known.empty:
        return {"purity": float("nan"), "whole_gardu": 0, "fragments": 0}
    best = known.groupby("gardu")["customers"].max()
    pieces = known.groupby("gardu").size()
    return {
        "purity": round(float(best.sum() / known["customers"].sum()), 4),
        "whole_gardu": int((pieces == 1).sum()),
        "fragments": int((pieces - 1).sum()),
    }


def point_shares(customers: pd.DataFrame) -> pd.DataFrame:
    """Count active customers by the source and quality of their position."""
    CUSTOMERS.check(customers)
    active = customers[customers["active"].astype(bool)]
    keys = {
        "point_source": active["point_source"].fillna("tidak ada"),
        "coordinate_quality": active["coordinate_quality"],
    }
    counted = pd.DataFrame(keys).value_counts().rename("customers").reset_index()
    return counted.sort_values(["point_source", "coordinate_quality"], ignore_index=True)


def route_outliers(rbm: pd.Series, points: gpd.GeoSeries, *, limit_m: float = 2000) -> pd.Index:
    """Return who lies more than ``limit_m`` from the median point of his RBM (R-MA-09).

    The median, so that one bad point does not shift the middle. ``rbm``: index idpel,
    `NO_RBM` or missing where there is none; ``points``: metres, index idpel.
    """
    require_metres(points)
    read = rbm[rbm.notna() & (rbm != NO_RBM)].sort_index()
    xy = pd.DataFrame(coordinates(points.reindex(read.index)), read.index)
    middle = xy.groupby(read).transform("median")
    away = np.hypot(*(xy - middle).to_numpy().T)
    return cast("pd.Index[Any]", read.index[away > limit_m])
