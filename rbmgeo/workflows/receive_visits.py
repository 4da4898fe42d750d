"""SOP II to VI: take in what phones send, whatever it is and whenever it comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from rbmgeo.db.queries import units, visits
from rbmgeo.db.queries.log import log_command
from rbmgeo.fieldwork.receive import Came, came
from rbmgeo.fieldwork.visit import Visit
from rbmgeo.workflows.visit_jobs import apply
from rbmgeo.workflows.visit_photos import pictures_of


@dataclass(frozen=True)
class Receipt:
    """What the office says of one record: the phone deletes exactly what is named here.

    ``missing``: photos that the record names and that have not come yet (sha256).
    """

    client_id: str
    sha256: str
    came: Came
    missing: tuple[str, ...] = ()


def receive_visits(
    session: Session, ulp: str, sent: Sequence[Visit], *, who: str, now: datetime
) -> list[Receipt]:
    """Keep records as they came and return a receipt for each, in their order.

    Nothing that is a visit is turned away: what is late, answers an order taken back, or no
    order at all, is kept with its marks. What its job makes of it happens in the same
    transaction; where the job cannot take it yet it waits for a person (`VisitEffect`). The
    caller commits before it answers: a receipt is a promise.
    """
    visits.lock(session, ulp=ulp)
    kept = visits.kept(session, ulp=ulp, client_ids=sorted({v.client_id for v in sent}))
    orders = visits.ordered(
        session, ulp=ulp, order_ids=sorted({v.order_id for v in sent if v.order_id})
    )
    people = visits.known_customers(
        session, ulp=ulp, public_ids=sorted({v.customer for v in sent if v.customer})
    )
    receipts, fresh = [], []
    for it in sent:
        told = came(it.sha256, kept.get(it.client_id, ()))
        kept.setdefault(it.client_id, set()).add(it.sha256)
        receipts.append((it, told))
        if told != Came.AGAIN:
            order = orders.get(it.order_id or "")
            # Whom the order names stands before whom the phone found under it.
            fresh.append((it, order[1] if order else people.get(it.customer or "")))
    visits.add(session, ulp=ulp, visits=fresh, who=who, now=now)
    pictures_of(session, ulp, [it.client_id for it, _ in fresh if it.photos])
    apply(session, ulp, fresh, who=who, now=now)
    if fresh:
        log_command(
            session, who=who, ulp=ulp, command="visits received",
            after={"visits": len(fresh), "again": len(sent) - len(fresh)},
            customers=[whose for _, whose in fresh if whose],
        )  # fmt: skip
        units.bump(session, ulp=ulp)
    named = sorted({p.sha256 for it, _ in receipts for p in it.photos})
    there = visits.photos_there(session, ulp=ulp, hashes=named)
    return [
        Receipt(it.client_id, it.sha256, told,
                tuple(p.sha256 for p in it.photos if p.sha256 not in there))
        for it, told in receipts
    ]  # fmt: skip
