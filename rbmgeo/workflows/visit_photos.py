"""SOP II to VI: a picture of the field is whole: its customer has it, and who waited for it goes on."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from rbmgeo.db.queries import units, visit_photos, visits
from rbmgeo.db.queries.log import log_command
from rbmgeo.fieldwork.jobs import FORMS
from rbmgeo.fieldwork.visit import visit_of
from rbmgeo.workflows.visit_jobs import apply


def picture_came(
    session: Session, ulp: str, sha256: str, *, suffix: str, size: int, who: str, now: datetime
) -> int:
    """Note a picture that lies in the store, whole; return how many waiting visits were tried again.

    The same again changes nothing. A visit is tried once its last picture is there; what it
    becomes is then what it would have become with all of them there before it (R-PO-01, R-PR-01).
    """
    # Beside a visit that comes at this moment neither would see the other.
    visits.lock(session, ulp=ulp)
    visits.add_photo(session, ulp=ulp, sha256=sha256, suffix=suffix, size=size, who=who)
    told = visit_photos.of_customers(session, ulp=ulp, sha256=sha256, not_kinds=_signatures())
    again = visit_photos.waiting_for(session, ulp=ulp, sha256=sha256)
    apply(session, ulp, [(visit_of(json.loads(w.content)), w.idpel) for w in again], who=who, now=now)  # fmt: skip
    if again:
        log_command(
            session, who=who, ulp=ulp, command="visits tried again", after={"visits": len(again)}
        )
    if told or again:
        units.bump(session, ulp=ulp)
    return len(again)


def pictures_of(session: Session, ulp: str, client_ids: Sequence[str]) -> None:
    """Give customers the pictures that came before the visits that name them."""
    visit_photos.of_customers(session, ulp=ulp, client_ids=client_ids, not_kinds=_signatures())


def _signatures() -> list[str]:
    """Return the kinds of pictures that are no picture of a house."""
    return sorted({f.name for form in FORMS.values() for f in form.fields if f.kind == "signature"})
