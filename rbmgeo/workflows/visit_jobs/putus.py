"""SOP VI: a cut is held to its notice and payment check; what follows from it is ordered at once."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from rbmgeo.db.queries import arrears as kept
from rbmgeo.db.queries import units
from rbmgeo.db.queries.visit_jobs import OrderFacts
from rbmgeo.fieldwork.jobs import putus
from rbmgeo.fieldwork.jobs.putus import Notice, PaymentCheck
from rbmgeo.fieldwork.record import Refusal
from rbmgeo.survey.observations import Observation
from rbmgeo.terms import Seen
from rbmgeo.workflows.arrears import follow_payments
from rbmgeo.workflows.visit_jobs.common import About, facts_of, photos_to_come, propose

#: What a meter found in another state proposes for the record.
STATUS = {"sudah_diputus": "putus", "kwh_dibongkar": "bongkar"}


def take(
    session: Session, ulp: str, mine: Sequence[About], *, who: str, now: datetime
) -> dict[int, list[Refusal]]:
    """Hold cuts to R-AR-02 ... R-AR-04; keep the officers' own payment checks.

    A cut that is refused here waits for a person, yet counts as a dark house (`arrears.ledger`).
    """
    zone = ZoneInfo(units.unit(session, ulp=ulp).time_zone)
    facts = facts_of(session, ulp, mine)
    checks = _checks(session, ulp, [idpel for _, idpel in mine])
    refused = photos_to_come(session, ulp, mine)
    for at, (it, idpel) in enumerate(mine):
        # Its own check, kept when it was tried before, is told by the visit itself.
        others = [c for c, told_by in checks.get(idpel, ()) if told_by != it.client_id]
        found = putus.rules(it, notice_of(facts.get(it.order_id or "")), others, zone)
        if found:
            refused[at] = [*refused.get(at, []), *found]
    _keep_checks(session, ulp, mine, refused, zone)
    seen = [
        (it, idpel, Observation(Seen.STATUS, STATUS[it.outcome]))
        for at, (it, idpel) in enumerate(mine)
        if at not in refused and it.outcome in STATUS
    ]
    propose(session, ulp, seen, who=who)
    follow_payments(session, ulp, who=who, now=now)
    return refused


def notice_of(order: OrderFacts | None) -> Notice | None:
    """Return the TUL VI-01 that an order was made of, None without one."""
    told = order.content if order else {}
    if not told.get("tul_no") or not told.get("tul_on"):
        return None
    on = date.fromisoformat(str(told["tul_on"]))
    return Notice(str(told["tul_no"]), on, str(told.get("tul_signer") or ""))


def _checks(
    session: Session, ulp: str, idpels: list[str]
) -> dict[str, list[tuple[PaymentCheck, str | None]]]:
    out: dict[str, list[tuple[PaymentCheck, str | None]]] = {}
    for row in kept.checks_of(session, ulp=ulp, idpels=sorted(set(idpels))).itertuples():
        check = PaymentCheck(row.checked_at, bool(row.paid), str(row.source))  # type: ignore[arg-type]
        out.setdefault(str(row.idpel), []).append((check, row.client_id))  # type: ignore[arg-type]
    return out


def _keep_checks(
    session: Session, ulp: str, mine: Sequence[About], refused: dict[int, list[Refusal]],
    zone: ZoneInfo,
) -> None:  # fmt: skip
    """Keep what officers saw on a screen, where the visit that says so is in order."""
    rows = [
        {"idpel": idpel, "checked_at": check.at, "paid": check.paid, "source": "layar",
         "told": check.source, "client_id": uuid.UUID(it.client_id), "sha256": it.sha256,
         "checked_by": it.officer}
        for at, (it, idpel) in enumerate(mine)
        if at not in refused and it.outcome in (putus.CUT, putus.PAID)
        and (check := putus.own_check(it, zone)) is not None
    ]  # fmt: skip
    kept.add_checks(session, ulp=ulp, rows=rows)
