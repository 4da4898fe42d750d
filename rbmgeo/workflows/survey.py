"""SOP IV.4: plan visits; answers and decisions have files of their own."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import desk, lists, survey, units, work
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo
from rbmgeo.geo import coordinates
from rbmgeo.matching.evaluate import route_outliers
from rbmgeo.network.walking import Walker
from rbmgeo.routes.walkorder import order_route
from rbmgeo.survey.outcomes import settled
from rbmgeo.survey.tasks import PlanParams, choose_visits, split_lists
from rbmgeo.workflows.answers import AnswerSummary, record_answers
from rbmgeo.workflows.decisions import decide
from rbmgeo.workflows.network import unit_network

__all__ = ["AnswerSummary", "PlanSummary", "decide", "plan_survey", "record_answers"]

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class PlanSummary:
    """One plan: how many houses, of them controls, on how many lists, and the walk in km."""

    ulp: str
    run_id: int
    visits: int
    controls: int
    lists: int
    km: float


def plan_survey(
    session: Session,
    ulp: str,
    *,
    visits: int,
    surveyors: int = 2,
    days: int = 1,
    seed: int = 1,
    who: str = "",
    progress: Progress | None = None,
) -> PlanSummary:
    """Choose houses by doubt, add random controls, order each list on foot, keep the plan."""
    tell = progress or (lambda step, done, total: None)
    unit, settings = units.unit(session, ulp=ulp), units.unit_settings(session, ulp=ulp)
    params = PlanParams(
        visits, surveyors, days, settings.control_share, settings.finding_limit, seed
    )
    count = params.lists()
    matches = work.matches(session, ulp=ulp)
    if matches.empty:
        raise NothingToDo(
            f"the lists of unit {ulp} were not matched yet; match them first (SOP IV.3)",
            f"daftar unit {ulp} belum dicocokkan; cocokkan dulu (SOP IV.3)",
        )
    findings = _with_unfound(work.findings(session, ulp=ulp), matches)
    points = gpd.GeoSeries(lists.customers(session, ulp=ulp, srid=unit.utm_srid)["geometry"])
    chosen = choose_visits(
        findings, points, settled(survey.answers(session, ulp=ulp)) | desk.settled(session, ulp=ulp),
        params,
        reported=_strangers(matches, points, settings.route_outlier_m),
    )  # fmt: skip
    if chosen.empty:
        raise NothingToDo(
            f"every house of unit {ulp} that could be visited has its answer, or no position; "
            "import newer lists or positions",
            f"semua rumah di unit {ulp} yang bisa dikunjungi sudah dijawab, atau tanpa koordinat; "
            "impor daftar atau koordinat yang lebih baru",
        )
    chosen["list"] = split_lists(chosen, points, count)
    walker = Walker(unit_network(session, ulp), detour=settings.detour)
    length_m = 0.0
    chosen["stop"] = 0
    for number, rows in chosen.groupby("list"):
        tell("mengurutkan / ordering", int(str(number)), count)
        order, km = _walked(rows, points, walker)
        chosen.loc[order, "stop"] = range(1, len(order) + 1)
        length_m += km
    tell("mengurutkan / ordering", count, count)
    per_surveyor = count // surveyors
    chosen["surveyor"] = chosen["list"] // per_surveyor + 1
    chosen["day"] = chosen["list"] % per_surveyor + 1
    run_id = work.add_run(
        session, ulp=ulp, step="survey", params=asdict(params), summary={}, who=who
    )
    columns = ["surveyor", "day", "stop", "control", "patch", "question"]
    survey.add_tasks(session, ulp=ulp, run_id=run_id, tasks=chosen[columns].rename_axis("idpel"))
    done = PlanSummary(
        ulp, run_id, len(chosen), int(chosen["control"].sum()), int(chosen["list"].nunique()),
        round(length_m / 1000, 2),
    )  # fmt: skip
    work.set_summary(session, ulp=ulp, run_id=run_id, summary=asdict(done))
    log_command(session, who=who, ulp=ulp, command="survey plan", after={"run_id": run_id})
    units.bump(session, ulp=ulp)
    return done


def _with_unfound(findings: pd.DataFrame, matches: pd.DataFrame) -> pd.DataFrame:
    """Return the findings; where there are none, every matched customer as one without doubt."""
    if len(findings):
        return findings
    nothing = pd.DataFrame({"kind": "ok", "p": float("nan")}, index=matches.index)
    return nothing.assign(patch=None, question=None)


def _strangers(matches: pd.DataFrame, points: gpd.GeoSeries, limit_m: float) -> set[str]:
    """Return who stands on an RBM that a reader (R-MA-08) or the distance (R-MA-09) denies."""
    far = route_outliers(matches["rbm"], points, limit_m=limit_m)
    return set(far) | set(matches.index[matches["kode_d"].astype(bool)])


def _walked(rows: pd.DataFrame, points: gpd.GeoSeries, walker: Walker) -> tuple[list[str], float]:
    """Order one list on foot; houses without a point come last."""
    names = sorted(rows.index)
    has = pd.notna(coordinates(points.reindex(names))[:, 0])
    placed = [i for i, there in zip(names, has, strict=True) if there]
    blind = [i for i, there in zip(names, has, strict=True) if not there]
    done = order_route(placed, points, walker, known_order=False)
    return done.idpels + blind, done.length_m
