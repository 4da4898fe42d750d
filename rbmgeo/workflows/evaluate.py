"""SOP IV.1: evaluate both lists; load, compute, keep."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from rbmgeo.db.queries import lists, units, work
from rbmgeo.db.queries.log import log_command
from rbmgeo.unit.evaluated import Evaluation, evaluated


def evaluation(session: Session, ulp: str) -> Evaluation:
    """Compute the evaluation without keeping it (pages)."""
    srid = units.unit(session, ulp=ulp).utm_srid
    return evaluated(
        ulp, lists.customers(session, ulp=ulp, srid=srid), lists.rbm_list(session, ulp=ulp),
        lists.pdpj_lines(session, ulp=ulp), lists.gardu(session, ulp=ulp, srid=srid),
        outlier_m=units.unit_settings(session, ulp=ulp).route_outlier_m,
    )  # fmt: skip


def evaluate_ulp(
    session: Session,
    ulp: str,
    *,
    who: str = "",
    progress: Callable[[str, int, int], None] | None = None,
) -> Evaluation:
    """Evaluate a unit and keep the summary; the caller commits."""
    done = evaluation(session, ulp)
    keep_evaluation(session, ulp, done, who=who)
    return done


def keep_evaluation(session: Session, ulp: str, done: Evaluation, *, who: str) -> None:
    """Keep the summary of an evaluation."""
    run_id = work.add_run(session, ulp=ulp, step="evaluate", params={}, summary=done.kept, who=who)
    log_command(session, who=who, ulp=ulp, command="evaluate", after={"run_id": run_id})
