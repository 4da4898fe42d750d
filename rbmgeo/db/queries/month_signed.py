"""Who signed a month's summary, what was signed, and whether the month is closed."""

from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session, undefer

from rbmgeo.db.models import MonthClosed, MonthSigned
from rbmgeo.errors import NotThere


def one_signer(session: Session, *, ulp: str, blth: str) -> None:
    """Let those who sign or close one month wait for each other."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('tutup:' || :u || :b))"), {"u": ulp, "b": blth}
    )


def sign(session: Session, *, ulp: str, **values: Any) -> int:
    """Keep a signature; return its number."""
    made = session.execute(
        insert(MonthSigned).values(ulp=ulp, **values).returning(MonthSigned.signed_id)
    )
    return int(made.scalar_one())


def signatures(session: Session, *, ulp: str, blth: str) -> list[MonthSigned]:
    """Return who signed a month, the newest first."""
    asked = select(MonthSigned).where(MonthSigned.ulp == ulp, MonthSigned.blth == blth)
    return list(session.scalars(asked.order_by(MonthSigned.signed_id.desc())))


def signature(session: Session, *, ulp: str, blth: str, signed_id: int) -> MonthSigned:
    """Return one signature with its page; raises `NotThere`."""
    found = session.scalar(
        select(MonthSigned)
        .where(MonthSigned.ulp == ulp, MonthSigned.blth == blth, MonthSigned.signed_id == signed_id)
        .options(undefer(MonthSigned.pdf))
    )
    if found is None:
        raise NotThere(
            f"there is no signature {signed_id} of {blth}; see the summary of the month",
            f"tanda tangan {signed_id} untuk {blth} tidak ada; lihat ringkasan bulannya",
        )
    return found


def close(session: Session, *, ulp: str, **values: Any) -> None:
    """Close a month with its scan."""
    session.execute(insert(MonthClosed).values(ulp=ulp, **values))


def closed(session: Session, *, ulp: str, blth: str) -> MonthClosed | None:
    """Return how a month was closed, None while it is open."""
    return session.get(MonthClosed, (ulp, blth))


def states(session: Session, *, ulp: str, months: list[str]) -> dict[str, str]:
    """Return of each month that somebody signed whether it is ``signed`` or ``closed``."""
    rows = session.execute(
        text(
            "SELECT s.blth, bool_or(c.blth IS NOT NULL) FROM month_signed s "
            "LEFT JOIN month_closed c USING (ulp, blth) "
            "WHERE s.ulp = :u AND s.blth = ANY(:m) GROUP BY 1"
        ),
        {"u": ulp, "m": months},
    )
    return {blth: "closed" if there else "signed" for blth, there in rows}
