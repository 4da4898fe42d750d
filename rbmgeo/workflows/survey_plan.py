"""SOP IV.4: plan the visits that bring most corrections for the way that is walked."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import Ulp
from rbmgeo.db.queries import desk, lists, looks, survey, units, work
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo
from rbmgeo.matching.evaluate import route_outliers
from rbmgeo.matching.trace import recorded_poles
from rbmgeo.network.walking import Walker
from rbmgeo.settings import UnitSettings
from rbmgeo.survey.outcomes import settled
from rbmgeo.survey.plan import Ground, Plan, by_walk, with_seconds
from rbmgeo.survey.tasks import PlanParams
from rbmgeo.workflows.network import unit_network
from rbmgeo.workflows.stopping import first_next

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class PlanSummary:
    """One plan: houses, of them controls, on how many lists, the walk, and what it promises.

    ``visits`` counts the second visits to ``doubles`` of the controls too. ``expected``:
    corrections that p promises; ``per_km`` of them a kilometre, beside ``per_km_by_p`` of the
    most certain houses in as many visits. ``parts``: one dict a list: surveyor, day, houses,
    expected, km, minutes. ``estimated``: some of the walk is guessed.
    """

    ulp: str
    run_id: int
    visits: int
    controls: int
    doubles: int
    lists: int
    km: float
    expected: float
    per_km: float | None
    per_km_by_p: float | None
    estimated: bool
    asked: int
    parts: list[dict[str, Any]]


def plan_survey(
    session: Session,
    ulp: str,
    *,
    visits: int,
    surveyors: int = 2,
    days: int = 1,
    seed: int = 1,
    walk_km: float = 0,
    minutes: float = 0,
    first: Iterable[str] = (),
    who: str = "",
    progress: Progress | None = None,
) -> PlanSummary:
    """Choose houses by doubt and way, add random controls, order each list on foot, keep it.

    ``walk_km`` and ``minutes``: the most for one surveyor in a day (0: no limit); a plan that
    would be longer has fewer visits. ``first``: idpels to visit before any other, beside those
    that errors confirmed so far lead to (R-SB-03) and those asked for a second look (R-SB-02).
    """
    tell = progress or (lambda step, done, total: None)
    unit, settings = units.unit(session, ulp=ulp), units.unit_settings(session, ulp=ulp)
    params = PlanParams(
        visits, surveyors, days, settings.control_share, settings.finding_limit, seed,
        walk_m=walk_km * 1000, minutes=minutes, visit_s=settings.survey_visit_s,
        look_s=settings.service_s, m_per_s=settings.walking_m_per_s,
    )  # fmt: skip
    count = params.lists()
    tell("membaca / loading", 0, 3)
    ground = _ground(session, unit, settings, count, set(first))
    walker = Walker(unit_network(session, ulp), detour=settings.detour)
    tell("memilih dan mengurutkan / choosing and ordering", 1, 3)
    plan, certain = by_walk(ground, walker, params)
    if plan.visits.empty:
        raise NothingToDo(
            f"every house of unit {ulp} that could be visited has its answer, or no position; "
            "import newer lists or positions",
            f"semua rumah di unit {ulp} yang bisa dikunjungi sudah dijawab, atau tanpa koordinat; "
            "impor daftar atau koordinat yang lebih baru",
        )
    tell("menyimpan / keeping", 2, 3)
    places = _places(plan, ground, count // surveyors)
    plan = with_seconds(plan, ground, walker, params, places["surveyor"])
    return _kept(session, ulp, plan, certain, places, params, who)


def _ground(
    session: Session, unit: Ulp, settings: UnitSettings, count: int, first: set[str]
) -> Ground:
    ulp = unit.ulp
    matches = work.matches(session, ulp=ulp)
    if matches.empty:
        raise NothingToDo(
            f"the lists of unit {ulp} were not matched yet; match them first (SOP IV.3)",
            f"daftar unit {ulp} belum dicocokkan; cocokkan dulu (SOP IV.3)",
        )
    customers = lists.customers(session, ulp=ulp, srid=unit.utm_srid)
    points = gpd.GeoSeries(customers["geometry"])
    again = set(looks.not_looked_at(session, ulp=ulp))
    answered = settled(survey.answers(session, ulp=ulp)) | desk.settled(session, ulp=ulp)
    return Ground(
        _with_unfound(work.findings(session, ulp=ulp), matches), points,
        answered - again, _strangers(matches, points, settings.route_outlier_m),
        first | again | set(first_next(session, ulp)),
        recorded_poles(lists.pdpj_lines(session, ulp=ulp), customers["tiang"]), count,
    )  # fmt: skip


def _kept(
    session: Session, ulp: str, plan: Plan, certain: Plan, places: pd.DataFrame,
    params: PlanParams, who: str,
) -> PlanSummary:  # fmt: skip
    tasks = plan.visits.assign(
        surveyor=plan.visits["list"].map(places["surveyor"]),
        day=plan.visits["list"].map(places["day"]),
    )
    run_id = work.add_run(
        session, ulp=ulp, step="survey", params=asdict(params), summary={}, who=who
    )
    columns = ["surveyor", "day", "stop", "control", "second", "patch", "question"]
    survey.add_tasks(session, ulp=ulp, run_id=run_id, tasks=tasks[columns].rename_axis("idpel"))
    done = PlanSummary(
        ulp, run_id, len(tasks), int(tasks["control"].sum() - tasks["second"].sum()),
        int(tasks["second"].sum()), len(places), round(plan.walk_m / 1000, 2),
        round(float(tasks.loc[~tasks["second"], "p"].fillna(0).sum()), 1), _rounded(plan.per_km()), _rounded(certain.per_km()),
        bool(plan.lists["estimated"].any()), params.visits, _parts(plan, places),
    )  # fmt: skip
    work.set_summary(session, ulp=ulp, run_id=run_id, summary=asdict(done))
    log_command(session, who=who, ulp=ulp, command="survey plan", after={"run_id": run_id})
    units.bump(session, ulp=ulp)
    return done


def _places(plan: Plan, ground: Ground, days: int) -> pd.DataFrame:
    """Give each list its surveyor and day: neighbours to one surveyor, what comes first first."""
    rows = pd.DataFrame(index=plan.lists.index)
    rows["surveyor"] = rows.index // days + 1
    wanted = plan.visits[plan.visits.index.isin(list(ground.first))]["list"].value_counts()
    rows["first"] = wanted.reindex(rows.index).fillna(0)
    order = rows.reset_index().sort_values(
        ["surveyor", "first", "list"], ascending=[True, False, True]
    )
    rows["day"] = (order.groupby("surveyor").cumcount() + 1).set_axis(order["list"])
    return rows


def _parts(plan: Plan, places: pd.DataFrame) -> list[dict[str, Any]]:
    rows = plan.lists.join(places).sort_values(["surveyor", "day"])
    return [
        {"surveyor": int(r["surveyor"]), "day": int(r["day"]), "houses": int(r["houses"]),
         "expected": round(float(r["expected"]), 1), "km": round(float(r["walk_m"]) / 1000, 2),
         "minutes": round(float(r["minutes"]))}
        for _, r in rows.iterrows()
    ]  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


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
