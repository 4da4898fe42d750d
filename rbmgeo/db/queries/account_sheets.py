"""Checked files of accounts that wait for their administrator's word."""

import uuid
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from rbmgeo.db.models import AccountSheet
from rbmgeo.errors import NotThere

#: A file waits no longer than that: its check is of that day.
WAITS_HOURS = 24


def keep(session: Session, *, file: str, rows: list[dict[str, Any]], who: str) -> uuid.UUID:
    """Keep the rows of a checked file; return its id."""
    made = AccountSheet(sheet_id=uuid.uuid4(), file=file, rows=rows, made_by=who)
    session.add(made)
    session.flush()
    return made.sheet_id


def waiting(session: Session, *, sheet_id: uuid.UUID, who: str) -> list[dict[str, Any]]:
    """Return the rows of a file that waits for this administrator; raises `NotThere` if none does."""
    rows = session.scalar(
        select(AccountSheet.rows).where(
            AccountSheet.sheet_id == sheet_id,
            AccountSheet.made_by == who,
            AccountSheet.done_at.is_(None),
            AccountSheet.made_at > func.now() - func.make_interval(0, 0, 0, 0, WAITS_HOURS),
        )
    )
    if rows is None:
        raise NotThere(
            "this file was used already or waited too long; send it again",
            "berkas ini sudah dipakai atau terlalu lama menunggu; kirim lagi",
        )
    return list(rows)


def done(session: Session, *, sheet_id: uuid.UUID) -> None:
    """Note that a file is used; raises `NotThere` if another click did so first."""
    used = session.scalar(
        update(AccountSheet)
        .where(AccountSheet.sheet_id == sheet_id, AccountSheet.done_at.is_(None))
        .values(done_at=func.now())
        .returning(AccountSheet.sheet_id)
    )
    if used is None:
        raise NotThere("these accounts are made already", "akun dari berkas ini sudah dibuat")
