"""SOP III: a visit to a prepaid meter becomes a check; its place flows back as a proposal."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from rbmgeo.db.queries.visit_jobs import OrderFacts
from rbmgeo.fieldwork.jobs import pra
from rbmgeo.fieldwork.record import Record, Refusal
from rbmgeo.survey.observations import Observation, place_text
from rbmgeo.terms import Seen
from rbmgeo.workflows.visit_jobs.common import About, facts_of, propose
from rbmgeo.workflows.visit_jobs.readings import take_each
from rbmgeo.workflows.visit_jobs.uji_petik import drawn, take_checks


def take(
    session: Session, ulp: str, mine: Sequence[About], *, who: str, now: datetime
) -> dict[int, list[Refusal]]:
    """Keep the checks that stand against an order, and propose where their meters hang (R-PR-01)."""
    refused = take_each(session, ulp, mine, _read, who=who, now=now)
    sampled = drawn(facts_of(session, ulp, mine), mine)
    taken = {at: of for at, of in sampled.items() if at not in refused}
    refused |= take_checks(session, ulp, mine, taken, who=who)
    seen = [
        (it, idpel, Observation(Seen.POINT, place_text(it.place.lon, it.place.lat), None, it.place.accuracy_m))
        for at, (it, idpel) in enumerate(mine)
        if at not in refused and it.place is not None
    ]  # fmt: skip
    propose(session, ulp, seen, who=who)
    return refused


def _read(one: About, order: OrderFacts | None, zone: ZoneInfo) -> Record | list[Refusal]:
    it, idpel = one
    number = str(order.content["order_no"]) if order and order.content.get("order_no") else None
    if found := pra.rules(it, number):
        return found
    assert order is not None
    assert number is not None
    return pra.record_of(it, idpel, order.blth, zone, number)
