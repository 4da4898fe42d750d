"""SOP II and III: visits become readings of our own, through the rules that those have."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from rbmgeo.db.queries import units
from rbmgeo.db.queries.visit_jobs import OrderFacts
from rbmgeo.fieldwork.record import Record, Refusal
from rbmgeo.workflows.own_readings import take_readings
from rbmgeo.workflows.visit_jobs.common import About, facts_of, photos_to_come

#: ``read(visit, idpel, order, zone)`` -> the record, or why there is none.
Reading = Callable[[About, OrderFacts | None, ZoneInfo], Record | list[Refusal]]


def take_each(
    session: Session, ulp: str, mine: Sequence[About], read: Reading, *, who: str, now: datetime
) -> dict[int, list[Refusal]]:
    """Keep the readings of visits whose photos are there and that keep to the rules.

    Returns why the others wait, by their place in ``mine``. Their ids are the visits', so that
    none is ever kept twice.
    """
    zone = ZoneInfo(units.unit(session, ulp=ulp).time_zone)
    facts = facts_of(session, ulp, mine)
    refused = photos_to_come(session, ulp, mine)
    records: dict[int, Record] = {}
    for at, (it, idpel) in enumerate(mine):
        if at in refused:
            continue
        told = read((it, idpel), facts.get(it.order_id or ""), zone)
        if isinstance(told, list):
            refused[at] = told
        else:
            records[at] = told
    return refused | _kept(session, ulp, records, who=who, now=now)


def _kept(
    session: Session, ulp: str, records: dict[int, Record], *, who: str, now: datetime
) -> dict[int, list[Refusal]]:
    """Keep records; those at fault are told and the rest kept all the same."""
    places = list(records)
    done = take_readings(session, ulp, list(records.values()), who=who, now=now)
    refused: dict[int, list[Refusal]] = {}
    for place, refusal in done.refused:
        refused.setdefault(places[place], []).append(refusal)
    if refused:
        good = [r for at, r in records.items() if at not in refused]
        if good:
            take_readings(session, ulp, good, who=who, now=now)
    return refused
