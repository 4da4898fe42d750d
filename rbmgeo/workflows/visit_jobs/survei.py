"""SOP IV.4: a visit of the survey becomes an answer, and what it would change a proposal."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.fieldwork.record import Refusal
from rbmgeo.fieldwork.visit import Visit
from rbmgeo.survey.observations import Observation, place_text
from rbmgeo.terms import Seen
from rbmgeo.workflows.answers import record_answers


def take(
    session: Session, ulp: str, mine: Sequence[tuple[Visit, str]], *, who: str, now: datetime
) -> dict[int, list[Refusal]]:
    """Keep the answers; their ids are the visits', so that none is ever told twice."""
    rows = [
        {
            "client_id": it.client_id, "idpel": idpel, "outcome": it.outcome,
            "gardu": it.values.get("gardu") or None, "tiang": it.values.get("tiang") or None,
            "control": False, "officer": it.officer, "answered_at": it.device_at,
            "observed": observed(it),
        }
        for it, idpel in mine
    ]  # fmt: skip
    record_answers(session, ulp, pd.DataFrame(rows), who=who)
    return {}


def observed(it: Visit) -> tuple[Observation, ...]:
    """Return what was seen beside the outcome; a photo is told by its hash."""
    seen = []
    if it.place is not None:
        where = place_text(it.place.lon, it.place.lat)
        seen.append(Observation(Seen.POINT, where, None, it.place.accuracy_m))
    for name in (Seen.METER_NUMBER, Seen.NOTE):
        if told := it.values.get(name.value):
            seen.append(Observation(name, str(told)))
    if (photo := it.photo("rumah")) is not None:
        seen.append(Observation(Seen.PHOTO, photo.sha256))
    return tuple(seen)
