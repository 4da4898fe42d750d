"""SOP IV.4, looked ahead: what so many visits would find, played on a unit's own lists."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import lists, units, work
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo
from rbmgeo.matching.calibrate import expected_error
from rbmgeo.matching.detector.detect import Context
from rbmgeo.matching.detector.plant import Mix
from rbmgeo.survey.rehearsal import WAYS, RehearsalParams, part_of, rehearsed, staged
from rbmgeo.unit.matched import reading_order, undisputed

STEP = "survey_rehearsal"
#: Customers of a unit that take part; more would only take longer.
MOST = 12_000
#: Visits between two points of the curve that is kept.
EVERY = 10
#: Share of the records into which an error is planted.
PLANTED = 0.05


@dataclass(frozen=True)
class RehearsalSummary:
    """What a rehearsal came to: ``errors`` were planted among ``customers``; ``visits`` in all.

    ``found``: errors found at the end, by way to choose.
    """

    run_id: int
    customers: int
    errors: int
    visits: int
    found: dict[str, int]


def rehearse_ulp(
    session: Session,
    ulp: str,
    *,
    seed: int = 1,
    who: str = "",
    progress: Callable[[str, int, int], None] | None = None,
) -> RehearsalSummary:
    """Play five rounds of a hundred visits on the unit's own places with planted errors; keep it.

    The records as they are count as true, and a twentieth is made wrong. Lines and reading
    order are known as they are; the recorded pole is not told, since it would be wrong along
    with its record. Raises `NothingToDo` where there is too little to learn from.
    """
    unit = units.unit(session, ulp=ulp)
    if unit.utm_srid is None:
        raise NothingToDo(
            f"unit {ulp} has no position yet; import customer points first",
            f"unit {ulp} belum punya koordinat; impor titik pelanggan dulu",
        )
    customers = lists.customers(session, ulp=ulp, srid=unit.utm_srid)
    recorded = undisputed(lists.pdpj_lines(session, ulp=ulp), customers)
    points = gpd.GeoSeries(customers["geometry"]).reindex(recorded.index)
    part = part_of(points, recorded, MOST, seed)
    context = Context(
        walk=reading_order(lists.rbm_list(session, ulp=ulp)),
        jtr=lists.jtr(session, ulp=ulp, srid=unit.utm_srid),
        load=customers["daya_va"].astype(float),
    )
    gardu = lists.gardu(session, ulp=ulp, srid=unit.utm_srid)
    stage = staged(
        points[part], recorded[part], gardu, context, mix=Mix(PLANTED), seed=seed
    )  # fmt: skip
    params = RehearsalParams(seed=seed)
    done = rehearsed(stage, params, progress)
    curve = done.found.iloc[EVERY - 1 :: EVERY]
    summary: dict[str, Any] = {
        "customers": done.customers, "of": len(recorded), "errors": done.errors,
        "visits": [0, *map(int, curve.index)],
        "found": {way: [0, *map(int, curve[way])] for way in WAYS},
        "rounds": [
            {"promised": round(float(r["promised"]), 1), "found": int(r["found"])}
            for r in done.rounds.to_dict("records")
        ],
        "error": round(expected_error(done.answers["p"].to_numpy(float), done.answers["wrong"].to_numpy(bool)), 4),
    }  # fmt: skip
    told = {"seed": seed, "planted": PLANTED, "wrong_answers": params.wrong_answers,
            "cannot_trace": params.cannot_trace, "rounds": params.rounds,
            "visits": params.visits, "controls": params.controls}  # fmt: skip
    run_id = work.add_run(session, ulp=ulp, step=STEP, params=told, summary=summary, who=who)
    log_command(session, who=who, ulp=ulp, command="survey rehearse", after={"run_id": run_id})
    ends = {way: line[-1] for way, line in summary["found"].items()}
    return RehearsalSummary(
        run_id, done.customers, done.errors, params.rounds * params.visits, ends
    )
