"""Stands before AP2T: what was decided of a month, who read himself, who signed."""

from typing import Any

import pandas as pd
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from rbmgeo.db import bulk
from rbmgeo.db.models import StandReady
from rbmgeo.db.queries.lists import read_exact

#: LBKB 7: the customer told the stand (domain 1.7).
TOLD_BY_CUSTOMER = "7"


def decisions(session: Session, *, ulp: str, blth: str) -> pd.DataFrame:
    """Return the newest decision of each line, as `rbmgeo.supervision.stands.to_decide` takes it."""
    return read_exact(
        session,
        """
        SELECT DISTINCT ON (idpel, line) idpel, line, mark, verdict, reason, decided_by, decided_at
        FROM stand_decision WHERE ulp = :ulp AND blth = :blth
        ORDER BY idpel, line, decision_id DESC
        """,
        ulp=ulp, blth=blth,
    )  # fmt: skip


def latest(session: Session, *, ulp: str) -> int:
    """Return the number of the newest decision of a unit, 0 before any."""
    found = session.scalar(text("SELECT max(decision_id) FROM stand_decision WHERE ulp = :u"), {"u": ulp})  # fmt: skip
    return int(found or 0)


def read_by_customer(session: Session, *, ulp: str, blth: str) -> set[str]:
    """Return whose stand of a month came from the customer."""
    rows = session.execute(
        text(
            "SELECT DISTINCT idpel FROM reading WHERE ulp = :u AND blth = :b "
            "AND lbkb_code = :code AND source <> 'token'"
        ),
        {"u": ulp, "b": blth, "code": TOLD_BY_CUSTOMER},
    )
    return {row[0] for row in rows}


def add_decisions(session: Session, *, ulp: str, rows: pd.DataFrame) -> None:
    """Append decisions: ``blth``, ``idpel``, ``line``, ``mark``, ``why``, ``verdict``, ``reason``, ``decided_by``."""
    bulk.copy_rows(session, "stand_decision", rows.assign(ulp=ulp))


def sign(session: Session, *, ulp: str, **values: Any) -> int:
    """Keep a signature; return its number."""
    made = session.execute(
        insert(StandReady).values(ulp=ulp, **values).returning(StandReady.ready_id)
    )
    return int(made.scalar_one())


def signatures(session: Session, *, ulp: str, blth: str) -> list[StandReady]:
    """Return who signed a month, the newest first."""
    asked = select(StandReady).where(StandReady.ulp == ulp, StandReady.blth == blth)
    return list(session.scalars(asked.order_by(StandReady.ready_id.desc())))
