"""Decisions on codes that may be one gardu, and the aliases that imports read."""

from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from rbmgeo.db.models import GarduAlias, SpellingDecision
from rbmgeo.errors import NotThere


def lock(session: Session, *, ulp: str) -> None:
    """Let two people who decide on spellings of one unit wait for each other."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('ejaan:' || :u))"), {"u": ulp})


def standing(session: Session, *, ulp: str) -> list[SpellingDecision]:
    """Return the decisions that wait or hold, newest first."""
    return list(
        session.scalars(
            select(SpellingDecision)
            .where(SpellingDecision.ulp == ulp, SpellingDecision.state.in_(["open", "approved"]))
            .order_by(SpellingDecision.decision_id.desc())
        )
    )


def decision(session: Session, *, ulp: str, decision_id: int) -> SpellingDecision:
    """Return one decision, locked; raises `NotThere`."""
    found = session.scalar(
        select(SpellingDecision)
        .where(SpellingDecision.ulp == ulp, SpellingDecision.decision_id == decision_id)
        .with_for_update()
    )
    if found is None:
        raise NotThere(
            f"decision {decision_id} on spellings is not in unit {ulp}; open the first sheet again",
            f"keputusan ejaan {decision_id} tidak ada di unit {ulp}; buka lagi lembar pertama",
        )
    return found


def members(session: Session, *, ulp: str, codes: list[str]) -> list[dict[str, Any]]:
    """Return ``idpel`` and ``gardu`` of the records in force under some codes, in order."""
    rows = session.execute(
        text(
            "SELECT DISTINCT ON (idpel) idpel, gardu FROM pdpj WHERE ulp = :u "
            "AND valid_to IS NULL AND active AND NOT conflict AND gardu = ANY(:c) "
            "ORDER BY idpel, line"
        ),
        {"u": ulp, "c": codes},
    ).mappings()
    return [dict(r) for r in rows]


def moved(session: Session, *, ulp: str, decision_id: int) -> list[dict[str, Any]]:
    """Return ``proposal_id`` and ``idpel`` of the approved proposals of a decision."""
    rows = session.execute(
        text(
            "SELECT proposal_id, idpel FROM proposal WHERE ulp = :u AND spelling_id = :d "
            "AND state = 'approved' ORDER BY proposal_id"
        ),
        {"u": ulp, "d": decision_id},
    ).mappings()
    return [dict(r) for r in rows]


def aliases(session: Session, *, ulp: str) -> dict[str, str]:
    """Return the code that stands for each alias."""
    rows = session.execute(select(GarduAlias.alias, GarduAlias.gardu).where(GarduAlias.ulp == ulp))
    return {row[0]: row[1] for row in rows}


def add_aliases(
    session: Session, *, ulp: str, codes: list[str], gardu: str, decision_id: int
) -> None:
    """Have later imports read some codes as one."""
    session.add_all(
        [GarduAlias(ulp=ulp, alias=c, gardu=gardu, decision_id=decision_id) for c in codes]
    )


def drop_aliases(session: Session, *, ulp: str, decision_id: int) -> None:
    """Have later imports read the codes of a decision as they are written."""
    session.execute(
        delete(GarduAlias).where(GarduAlias.ulp == ulp, GarduAlias.decision_id == decision_id)
    )
