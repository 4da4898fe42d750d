"""SOP II: a visit with a stand or a code of no access becomes a reading of our own.

One that answers a drawn sample is a check of the month's stand (`visit_jobs.uji_petik`).
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from rbmgeo.db.queries.visit_jobs import OrderFacts
from rbmgeo.fieldwork.jobs import pasca
from rbmgeo.fieldwork.record import Record, Refusal
from rbmgeo.workflows.visit_jobs.common import About, facts_of
from rbmgeo.workflows.visit_jobs.readings import take_each
from rbmgeo.workflows.visit_jobs.uji_petik import drawn, take_checks


def take(
    session: Session, ulp: str, mine: Sequence[About], *, who: str, now: datetime
) -> dict[int, list[Refusal]]:
    """Keep the readings; an estimate is marked and never counted as read (R-PO-04)."""
    sampled = drawn(facts_of(session, ulp, mine), mine)
    own = [at for at in range(len(mine)) if at not in sampled]
    told = take_each(session, ulp, [mine[at] for at in own], _read, who=who, now=now) if own else {}
    refused = {own[k]: why for k, why in told.items()}
    return refused | take_checks(session, ulp, mine, sampled, who=who)


def _read(one: About, order: OrderFacts | None, zone: ZoneInfo) -> Record | list[Refusal]:
    it, idpel = one
    return pasca.rules(it) or pasca.record_of(it, idpel, order.blth if order else None, zone)
