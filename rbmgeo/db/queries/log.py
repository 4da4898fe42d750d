"""Who did what to which unit when; the table only grows."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from rbmgeo.db.models import CommandLog


def log_command(
    session: Session,
    *,
    who: str,
    ulp: str | None,
    command: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    customers: Iterable[str] | None = None,
) -> None:
    """Add one line; no name, address or idpel belongs in its words, only ids and counts.

    ``customers``: the idpel whose data it changed; kept apart, as whole numbers, for "who changed
    whose data".
    """
    numbers = sorted({int(one) for one in customers}) if customers is not None else None
    session.execute(
        insert(CommandLog).values(
            who=who or "-", ulp=ulp, command=command, before=before, after=after, numbers=numbers
        )
    )
