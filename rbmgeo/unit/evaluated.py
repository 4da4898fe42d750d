"""SOP IV.1 of one unit, tables in and tables out."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd

from rbmgeo.matching.evaluate import (
    NO_GARDU,
    NO_RBM,
    alignment,
    alignment_summary,
    completeness,
    pairs,
    point_shares,
    route_outliers,
)


@dataclass(frozen=True)
class Evaluation:
    """Tables of SOP IV.1 and their summary; every table's customers sum to the same number."""

    ulp: str
    summary: dict[str, Any]
    per_rbm: pd.DataFrame
    per_gardu: pd.DataFrame
    matrix: pd.DataFrame
    points: pd.DataFrame

    @property
    def kept(self) -> dict[str, Any]:
        """Return the summary as it is kept: what is not a number is None."""
        return {k: (None if v != v else v) for k, v in self.summary.items()}


def evaluated(
    ulp: str, customers: gpd.GeoDataFrame, rbm_list: pd.DataFrame, pdpj: pd.DataFrame,
    gardu: pd.DataFrame, *, outlier_m: float,
) -> Evaluation:  # fmt: skip
    """Evaluate both lists of a unit (contracts in `rbmgeo.frames`); ``outlier_m``: R-MA-09."""
    joined = pairs(customers, rbm_list, pdpj)
    matrix = alignment(joined)
    far = route_outliers(joined["rbm"], gpd.GeoSeries(customers["geometry"]), limit_m=outlier_m)
    per_gardu = completeness(joined, "gardu")
    # A gardu without a customer is a fact of the network and stays in sight.
    everyone = per_gardu.index.union(gardu.index).sort_values().rename("gardu")
    per_gardu = per_gardu.reindex(everyone, fill_value=0)
    summary = {
        "customers": len(joined),
        "active": int(customers["active"].sum()),
        "rbm": int((joined["rbm"] != NO_RBM).groupby(joined["rbm"]).any().sum()),
        "gardu": len(everyone.drop(NO_GARDU, errors="ignore")),
        "gardu_without_customers": int((per_gardu["customers"] == 0).sum()),
        "without_rbm": int((joined["rbm"] == NO_RBM).sum()),
        "without_gardu": int((joined["gardu"] == NO_GARDU).sum()),
        "with_point": int(joined["has_point"].sum()),
        "route_outliers": len(far),
        **alignment_summary(matrix),
    }
    return Evaluation(
        ulp, summary, completeness(joined, "rbm"), per_gardu, matrix, point_shares(customers)
    )
