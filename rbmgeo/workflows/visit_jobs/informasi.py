"""SOP V: what became of information handed out; a meter found cut off or removed is proposed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from rbmgeo.fieldwork.jobs import informasi
from rbmgeo.fieldwork.record import Refusal
from rbmgeo.survey.observations import Observation
from rbmgeo.terms import Seen
from rbmgeo.workflows.visit_jobs.common import About, photos_to_come, propose


def take(
    session: Session, ulp: str, mine: Sequence[About], *, who: str, now: datetime
) -> dict[int, list[Refusal]]:
    """Hold visits to R-IN-02; what the customer said and the note stay in the visit itself."""
    refused = photos_to_come(session, ulp, mine)
    for at, (it, _) in enumerate(mine):
        if found := informasi.rules(it):
            refused[at] = [*refused.get(at, []), *found]
    seen = [
        (it, idpel, Observation(Seen.STATUS, informasi.STATUS[it.outcome]))
        for at, (it, idpel) in enumerate(mine)
        if at not in refused and it.outcome in informasi.STATUS
    ]
    propose(session, ulp, seen, who=who)
    return refused
