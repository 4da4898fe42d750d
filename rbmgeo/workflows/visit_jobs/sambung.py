"""SOP VI: a reconnection with stand and photo; its order is done, further ones are taken back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from rbmgeo.fieldwork.record import Refusal
from rbmgeo.workflows.arrears import follow_payments
from rbmgeo.workflows.visit_jobs.common import About, photos_to_come


def take(
    session: Session, ulp: str, mine: Sequence[About], *, who: str, now: datetime
) -> dict[int, list[Refusal]]:
    """Hold reconnections to R-AR-04; whoever has power again needs no further order."""
    refused = photos_to_come(session, ulp, mine)
    follow_payments(session, ulp, who=who, now=now)
    return refused
