"""SOP II: a visit with a stand or a code of no access becomes a reading of our own."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from rbmgeo.db.queries.visit_jobs import OrderFacts
from rbmgeo.fieldwork.jobs import pasca
from rbmgeo.fieldwork.record import Record, Refusal
from rbmgeo.workflows.visit_jobs.common import About
from rbmgeo.workflows.visit_jobs.readings import take_each


def take(
    session: Session, ulp: str, mine: Sequence[About], *, who: str, now: datetime
) -> dict[int, list[Refusal]]:
    """Keep the readings; an estimate is marked and never counted as read (R-PO-04)."""
    return take_each(session, ulp, mine, _read, who=who, now=now)


def _read(one: About, order: OrderFacts | None, zone: ZoneInfo) -> Record | list[Refusal]:
    it, idpel = one
    return pasca.rules(it) or pasca.record_of(it, idpel, order.blth if order else None, zone)
