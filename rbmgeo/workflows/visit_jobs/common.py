"""What several jobs do alike: wait for photos, propose what was seen at a house."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from rbmgeo.db.queries import proposals, records, visits
from rbmgeo.db.queries.visit_jobs import OrderFacts, order_facts
from rbmgeo.fieldwork.record import Refusal
from rbmgeo.fieldwork.visit import Visit
from rbmgeo.survey.observations import Observation, seen_changes

About = tuple[Visit, str]
#: Column of a refusal that passes by itself: the visit is tried again when the picture comes.
PHOTO = "photo"


def facts_of(session: Session, ulp: str, mine: Sequence[About]) -> dict[str, OrderFacts]:
    """Return what the orders of some visits say, by the order's id."""
    return order_facts(session, ulp=ulp, order_ids=sorted({v.order_id for v, _ in mine if v.order_id}))  # fmt: skip


def photos_to_come(session: Session, ulp: str, mine: Sequence[About]) -> dict[int, list[Refusal]]:
    """Return which visits name pictures that have not come whole yet; a matter of time only."""
    named = sorted({p.sha256 for it, _ in mine for p in it.photos})
    there = visits.photos_there(session, ulp=ulp, hashes=named)
    waits = Refusal(
        PHOTO, "SOP", "fotonya belum sampai; dicoba lagi begitu sampai",
        "its photo has not come yet; it is tried again once it has",
    )  # fmt: skip
    return {
        at: [waits]
        for at, (it, _) in enumerate(mine)
        if any(p.sha256 not in there for p in it.photos)
    }


def propose(
    session: Session, ulp: str, seen: Sequence[tuple[Visit, str, Observation]], *, who: str
) -> int:
    """Propose what visits saw and the record does not say; of equal wishes one is enough.

    Another person decides, as over what a survey proposes (R-CH-02). Returns how many are new.
    """
    idpels = sorted({idpel for _, idpel, _ in seen})
    if not idpels:
        return 0
    standing = records.standing(session, ulp=ulp, idpels=idpels)
    asked = {
        (p.idpel, p.field, p.subject, p.after)
        for p in proposals.undecided(session, ulp=ulp, idpels=idpels)
    }
    rows: list[dict[str, Any]] = []
    for it, idpel, observation in seen:
        for change in seen_changes((observation,), standing.loc[idpel], {}):
            key = (idpel, change.field, change.subject, change.after)
            if key not in asked:
                asked.add(key)
                rows.append({"idpel": idpel, **asdict(change), "client_id": uuid.UUID(it.client_id),
                             "proposed_by": it.officer or who})  # fmt: skip
    return proposals.add_proposals(session, ulp=ulp, rows=rows)
