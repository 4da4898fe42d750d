"""Decisions at the desk: findings settled with a reason, and those that still stand."""

from typing import Any

import pandas as pd
from sqlalchemy import bindparam, insert, text
from sqlalchemy.orm import Session

from rbmgeo.db.models import DeskDecision
from rbmgeo.db.queries.lists import read

#: A decision stands while nobody undid it and the record is what it was; ``f`` is a finding.
STANDS = """
    EXISTS (SELECT FROM desk_decision d WHERE d.ulp = f.ulp AND d.idpel = f.idpel
            AND d.undone_at IS NULL AND d.recorded_gardu IS NOT DISTINCT FROM f.gardu)
"""


def open_findings(session: Session, *, ulp: str, lines: list[str]) -> pd.DataFrame:
    """Return the findings that some lines of the page stand for, by idpel.

    A line is the name of a patch or the public id of a customer. Settled ones are left out.
    Columns idpel, p, gardu, proposed_gardu.
    """
    return read(
        session,
        f"""
        SELECT f.idpel, f.p, f.gardu, f.proposed_gardu
        FROM finding f JOIN customer c ON c.ulp = f.ulp AND c.idpel = f.idpel
        WHERE f.ulp = :ulp AND f.kind <> 'ok' AND NOT {STANDS}
          AND (f.patch = ANY(:lines) OR c.public_id::text = ANY(:lines))
        ORDER BY f.idpel
        """,
        ulp=ulp,
        lines=lines,
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
    """Return the customers whose finding a decision at the desk stands for."""
    rows = session.execute(
        text(f"SELECT f.idpel FROM finding f WHERE f.ulp = :ulp AND {STANDS}"), {"ulp": ulp}
    )
    return {row[0] for row in rows}


def decisions(
    session: Session, *, ulp: str, first: int = 0, size: int = 50
) -> list[dict[str, Any]]:
    """Return decisions, newest first, undone ones too; ``standing`` says which still count."""
    rows = session.execute(
        text(
            """
            SELECT d.decision_id, d.idpel, c.public_id::text AS public_id, d.verdict,
                   d.recorded_gardu, d.gardu, d.p, d.reason, d.decided_by, d.decided_at,
                   d.undone_by,
                   d.undone_at IS NULL
                   AND d.recorded_gardu IS NOT DISTINCT FROM f.gardu AS standing
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


def undo(session: Session, *, ulp: str, ids: list[int], who: str) -> list[str]:
    """Mark decisions as undone; return the customers of those that were not yet."""
    rows = session.execute(
        text(
            "UPDATE desk_decision SET undone_by = :who, undone_at = now() WHERE ulp = :ulp "
            "AND decision_id IN :ids AND undone_at IS NULL RETURNING idpel"
        ).bindparams(bindparam("ids", expanding=True)),
        {"ulp": ulp, "ids": ids, "who": who},
    )
    return sorted(row[0] for row in rows)


def drop_proposals(session: Session, *, ulp: str, idpels: list[str], who: str) -> None:
    """Reject the open proposals that a desk made for some customers."""
    session.execute(
        text(
            "UPDATE proposal SET state = 'rejected' WHERE ulp = :ulp AND idpel = ANY(:ids) "
            "AND client_id IS NULL AND state = 'open' AND proposed_by = :who"
        ),
        {"ulp": ulp, "ids": idpels, "who": who},
    )
