"""Decisions at the desk: findings settled with a reason, and those that still stand."""

from typing import Any

import pandas as pd
from sqlalchemy import bindparam, insert, text
from sqlalchemy.orm import Session

from rbmgeo.db.models import DeskDecision
from rbmgeo.db.queries.events import WAITS
from rbmgeo.db.queries.lists import read

#: Whether decision ``d`` stands for finding ``f``: nobody undid it, the record is what it was, no
#: survey spoke since (R-MA-10), and what it proposed was not refused.
STILL = """
    (d.undone_at IS NULL AND d.recorded_gardu IS NOT DISTINCT FROM f.gardu AND f.tier <> 'SV'
     AND (d.verdict = 'catatan_benar'
          OR EXISTS (SELECT FROM proposal o WHERE o.ulp = d.ulp AND o.idpel = d.idpel
                     AND o.field = 'gardu' AND o.after = d.gardu
                     AND o.state IN ('open', 'conflict', 'approved')
                     AND o.proposal_id = COALESCE(d.proposal_id, o.proposal_id))))
"""
#: Whether finding ``f`` asks nothing more of its own: settled here, or waiting in an open event.
STANDS = f"""
    (EXISTS (SELECT FROM desk_decision d
             WHERE d.ulp = f.ulp AND d.idpel = f.idpel AND {STILL})
     OR {WAITS})
"""


def open_findings(
    session: Session, *, ulp: str, lines: list[str], limit: float = 0.0, rbm: str = ""
) -> pd.DataFrame:
    """Return the findings that some lines of the page stand for, by idpel.

    A line is the name of a patch or the public id of a customer; of a patch only who is on
    ``rbm``, where the page was narrowed to one, and at or above the page's limit. Settled ones are left out.
    Columns idpel, p, gardu, proposed_gardu.
    """
    return read(
        session,
        f"""
        SELECT f.idpel, f.p, f.gardu, f.proposed_gardu
        FROM finding f JOIN customer c ON c.ulp = f.ulp AND c.idpel = f.idpel
        LEFT JOIN match_row m ON m.ulp = f.ulp AND m.idpel = f.idpel
        WHERE f.ulp = :ulp AND f.kind <> 'ok' AND f.p >= :limit AND NOT {STANDS}
          AND (:rbm = '' OR m.rbm = :rbm)
          AND (f.patch = ANY(:lines) OR c.public_id::text = ANY(:lines))
        ORDER BY f.idpel
        """,
        ulp=ulp,
        lines=lines,
        limit=limit,
        rbm=rbm,
    )


def of_customers(session: Session, *, ulp: str, idpels: list[str]) -> pd.DataFrame:
    """Return the open findings of some customers, as `open_findings` does."""
    return read(
        session,
        f"SELECT f.idpel, f.p, f.gardu, f.proposed_gardu FROM finding f "
        f"WHERE f.ulp = :ulp AND f.kind <> 'ok' AND f.idpel = ANY(:ids) AND NOT {STANDS} "
        "ORDER BY f.idpel",
        ulp=ulp,
        ids=idpels,
    )


def add(session: Session, *, ulp: str, rows: list[dict[str, Any]]) -> None:
    """Append decisions."""
    session.execute(insert(DeskDecision), [{"ulp": ulp, **row} for row in rows])


def settled(session: Session, *, ulp: str) -> set[str]:
    """Return the customers whose finding a decision at the desk, or an open event, stands for."""
    rows = session.execute(
        text(f"SELECT f.idpel FROM finding f WHERE f.ulp = :ulp AND {STANDS}"), {"ulp": ulp}
    )
    return {row[0] for row in rows}


def latest_match(session: Session, *, ulp: str) -> int:
    """Return the run that made the findings, 0 if there are none."""
    found = session.scalar(
        text("SELECT run_id FROM finding WHERE ulp = :ulp LIMIT 1"), {"ulp": ulp}
    )
    return int(found or 0)


def decisions(
    session: Session, *, ulp: str, first: int = 0, size: int = 50
) -> list[dict[str, Any]]:
    """Return decisions, newest first, undone ones too; ``standing`` says which still count."""
    rows = session.execute(
        text(
            f"""
            SELECT d.decision_id, d.idpel, c.public_id::text AS public_id, d.verdict,
                   d.recorded_gardu, d.gardu, d.p, d.reason, d.decided_by, d.decided_at,
                   d.undone_by,
                   COALESCE({STILL}, false) AS standing
            FROM desk_decision d
            LEFT JOIN customer c ON c.ulp = d.ulp AND c.idpel = d.idpel
            LEFT JOIN finding f ON f.ulp = d.ulp AND f.idpel = d.idpel
            WHERE d.ulp = :ulp ORDER BY d.decision_id DESC LIMIT :size OFFSET :first
            """
        ),
        {"ulp": ulp, "first": first, "size": size},
    ).mappings()
    return [dict(r) for r in rows]


def count(session: Session, *, ulp: str) -> int:
    """Count all decisions ever made."""
    return int(
        session.scalar(text("SELECT count(*) FROM desk_decision WHERE ulp = :ulp"), {"ulp": ulp})
        or 0
    )


def undo(session: Session, *, ulp: str, ids: list[int], who: str) -> list[int | None]:
    """Mark decisions as undone; return the proposal of each that was not yet, None without."""
    rows = session.execute(
        text(
            "UPDATE desk_decision SET undone_by = :who, undone_at = now() WHERE ulp = :ulp "
            "AND decision_id IN :ids AND undone_at IS NULL RETURNING proposal_id"
        ).bindparams(bindparam("ids", expanding=True)),
        {"ulp": ulp, "ids": ids, "who": who},
    )
    return [row[0] for row in rows]
