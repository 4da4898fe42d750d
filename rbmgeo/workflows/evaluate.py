"""SOP IV.1: evaluate both lists; load, compute, keep."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import lists, units, work
from rbmgeo.db.queries.log import log_command
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


def evaluation(session: Session, ulp: str) -> Evaluation:
    """Compute the evaluation without keeping it (pages)."""
    unit = units.unit(session, ulp=ulp)
    customers = lists.customers(session, ulp=ulp, srid=unit.utm_srid)
    rbm_list = lists.rbm_list(session, ulp=ulp)
    gardu = lists.gardu(session, ulp=ulp, srid=unit.utm_srid)
    joined = pairs(customers, rbm_list, lists.pdpj_lines(session, ulp=ulp))
    matrix = alignment(joined)
    limit_m = units.unit_settings(session, ulp=ulp).route_outlier_m
    far = route_outliers(joined["rbm"], gpd.GeoSeries(customers["geometry"]), limit_m=limit_m)
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


def evaluate_ulp(
    session: Session,
    ulp: str,
    *,
    who: str = "",
    progress: Callable[[str, int, int], None] | None = None,
) -> Evaluation:
    """Evaluate a unit and keep the summary; the caller commits."""
    done = evaluation(session, ulp)
    kept = {k: (None if v != v else v) for k, v in done.summary.items()}
    run_id = work.add_run(session, ulp=ulp, step="evaluate", params={}, summary=kept, who=who)
    log_command(session, who=who, ulp=ulp, command="evaluate", after={"run_id": run_id})
    return done
