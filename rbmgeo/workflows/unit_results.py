"""The results of one unit into the database: in place of the last ones, in one transaction."""

from typing import Any

from sqlalchemy.orm import Session

from rbmgeo.db.queries import imports, units, versions, work
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import Conflict
from rbmgeo.unit.matched import Doubted
from rbmgeo.unit.process import UnitResult

#: Of a draft that a run over many units made.
NOTE = "design"


def keep_result(session: Session, result: UnitResult, *, who: str) -> None:
    """Keep what was computed of a unit; other units are neither read nor locked.

    The caller commits, the ledger with it.

    Raises
    ------
    Conflict
        If the unit's data are others than those that were worked on.
    """
    ulp = result.ulp
    imports.lock_unit(session, ulp=ulp)
    now = units.mark_of_work(session, ulp=ulp)
    if now != result.mark:
        raise Conflict(
            f"unit {ulp} changed while it was worked on (files, decisions or routes came in); run it again",
            f"unit {ulp} berubah selagi dikerjakan (ada berkas, putusan, atau rute baru); jalankan lagi",
        )
    if "evaluate" in result.summaries:
        _run(session, result, "evaluate", {}, who)
    if "match" in result.summaries:
        _matches(session, result, who)
    if "members" in result.tables:
        _routes(session, result, who)
    if "report" in result.summaries:
        _run(session, result, "report", {"blth": result.blth}, who)
    log_command(
        session, who=who, ulp=ulp, command="unit processed", after={"sha256": result.sha256()}
    )
    units.bump(session, ulp=ulp)


def _matches(session: Session, result: UnitResult, who: str) -> None:
    run_id = _run(session, result, "match", {"detect": result.params.detect_errors}, who)
    ulp = result.ulp
    work.replace_matches(session, ulp=ulp, run_id=run_id, matches=result.tables["matches"])
    assert result.candidates is not None
    doubt = Doubted(result.candidates, result.tables.get("findings"))
    work.replace_candidates(session, ulp=ulp, run_id=run_id, candidates=doubt.candidates)
    if doubt.findings is not None:
        work.replace_findings(session, ulp=ulp, run_id=run_id, findings=doubt.findings)


def _routes(session: Session, result: UnitResult, who: str) -> None:
    ulp, told = result.ulp, result.summaries
    _run(session, result, "plans", {}, who, step="design_plans")
    version_id = versions.add_draft(session, ulp=ulp, note=NOTE, who=who)
    versions.replace_routes(
        session, ulp=ulp, version_id=version_id, routes=result.tables["routes"],
        members=result.tables["members"],
    )  # fmt: skip
    _run(session, result, "design", {"version_id": version_id, "plan": told["design"]["plan"]}, who)
    _run(session, result, "order", {"version_id": version_id}, who)


def _run(
    session: Session, result: UnitResult, name: str, params: dict[str, Any], who: str, *,
    step: str = "",
) -> int:  # fmt: skip
    summary = result.summaries[name]
    return work.add_run(session, ulp=result.ulp, step=step or name, params=params, summary=summary, who=who)  # fmt: skip
