"""Uji petik stand: visits of a drawn sample become checks, never readings of the month (R-SA-17)."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from rbmgeo.db.queries import stand_samples
from rbmgeo.db.queries.visit_jobs import OrderFacts
from rbmgeo.errors import RbmgeoError
from rbmgeo.fieldwork.jobs import pasca, pra
from rbmgeo.fieldwork.record import Refusal
from rbmgeo.fieldwork.visit import Visit
from rbmgeo.terms import FieldJob
from rbmgeo.workflows.stand_checks import Found, check_stand
from rbmgeo.workflows.stand_orders import MARK
from rbmgeo.workflows.visit_jobs.common import About, photos_to_come


def drawn(facts: dict[str, OrderFacts], mine: Sequence[About]) -> dict[int, tuple[str, int]]:
    """Return which visits answer orders of a sample: its id and the house's place in it."""
    out: dict[int, tuple[str, int]] = {}
    for at, (it, _) in enumerate(mine):
        order = facts.get(it.order_id or "")
        if order is not None and order.shared.get(MARK) and "place" in order.content:
            out[at] = str(order.shared[MARK]), int(order.content["place"])
    return out


def take_checks(
    session: Session, ulp: str, mine: Sequence[About], of: dict[int, tuple[str, int]], *, who: str
) -> dict[int, list[Refusal]]:
    """Keep the checks of some visits (places in ``mine``); return why the others wait."""
    places = list(of)
    waits = photos_to_come(session, ulp, [mine[at] for at in places])
    refused = {places[k]: told for k, told in waits.items()}
    for at, (sample_id, place) in of.items():
        it = mine[at][0]
        if at in refused:
            continue
        if found := _faults(it):
            refused[at] = found
        elif not stand_samples.known_visit(session, ulp=ulp, client_id=it.client_id, sha256=it.sha256):  # fmt: skip
            try:
                check_stand(session, ulp, sample_id, place, _found(it, who))
            except RbmgeoError as why:
                refused[at] = [Refusal("sample", "R-SA-18", why.indonesian, str(why))]
    return refused


def _faults(it: Visit) -> list[Refusal]:
    """Return where a postpaid check contradicts itself; one told by the customer is no check."""
    if it.job != FieldJob.PASCA:
        return []
    if it.outcome == pasca.TOLD:
        return [Refusal("outcome", "R-SA-19", "uji petik dibaca petugas sendiri, bukan dari pelanggan",
                        "a check is read by the officer, not told by the customer")]  # fmt: skip
    return pasca.rules(it)


def _found(it: Visit, who: str) -> Found:
    stand = it.values.get("stand_kwh") if it.job == FieldJob.PASCA else None
    code = pasca.code_of(it) if it.job == FieldJob.PASCA else pra.code_of(it)
    return Found(
        it.device_at, None if stand is None else Decimal(str(stand)), code, it.officer or who,
        str(it.values.get("note") or ""), it.client_id, it.sha256,
    )  # fmt: skip
