"""Who did what to which unit when; the table only grows."""

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
) -> None:
    """Add one line; no name, address or idpel belongs in it, only ids and counts."""
    session.execute(
        insert(CommandLog).values(
            who=who or "-", ulp=ulp, command=command, before=before, after=after
        )
    )
