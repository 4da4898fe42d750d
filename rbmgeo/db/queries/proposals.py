"""Proposals on single fields, and the approvals of another person."""

from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from rbmgeo.db.models import Approval, Proposal
from rbmgeo.errors import NothingToDo


def add_proposals(session: Session, *, ulp: str, rows: list[dict[str, Any]]) -> int:
    """Keep proposals for another person to decide; return how many."""
    if rows:
        session.execute(insert(Proposal), [{"ulp": ulp, **row} for row in rows])
    return len(rows)


def add_numbered_proposals(
    session: Session, *, ulp: str, rows: list[dict[str, Any]]
) -> dict[str, int]:
    """Keep proposals, one a customer at most; return their numbers by idpel."""
    if not rows:
        return {}
    made = session.execute(
        insert(Proposal).returning(Proposal.idpel, Proposal.proposal_id),
        [{"ulp": ulp, **row} for row in rows],
    )
    return {row[0]: int(row[1]) for row in made}


def mark_conflicts(session: Session, *, ulp: str, idpels: list[str], fields: list[str]) -> None:
    """Mark the undecided proposals about what answers say different things of.

    ``idpels`` and ``fields`` are pairs.
    """
    session.execute(
        text(
            "UPDATE proposal p SET state = 'conflict' "
            "FROM unnest(CAST(:ids AS text[]), CAST(:fields AS text[])) AS w(idpel, field) "
            "WHERE p.ulp = :ulp AND p.state = 'open' AND p.idpel = w.idpel AND p.field = w.field"
        ),
        {"ulp": ulp, "ids": idpels, "fields": fields},
    )


def proposals(session: Session, *, ulp: str, state: str | None = None) -> list[Proposal]:
    """Return proposals, newest first, of one state or of all; those of an event or of a spelling go with it."""
    query = select(Proposal).where(
        Proposal.ulp == ulp, Proposal.event_id.is_(None), Proposal.spelling_id.is_(None)
    )
    if state:
        query = query.where(Proposal.state == state)
    return list(session.scalars(query.order_by(Proposal.proposal_id.desc())))


def undecided(session: Session, *, ulp: str, idpels: list[str]) -> list[Proposal]:
    """Return the proposals about some customers that wait for a person."""
    query = select(Proposal).where(
        Proposal.ulp == ulp,
        Proposal.idpel.in_(idpels),
        Proposal.state.in_(["open", "conflict"]),
    )
    return list(session.scalars(query.order_by(Proposal.proposal_id)))


def proposal(session: Session, *, ulp: str, proposal_id: int) -> Proposal:
    """Return one proposal, locked for a decision; raises `NothingToDo`."""
    found = session.scalar(
        select(Proposal)
        .where(Proposal.ulp == ulp, Proposal.proposal_id == proposal_id)
        .with_for_update()
    )
    if found is None:
        raise NothingToDo(
            f"proposal {proposal_id} is not in unit {ulp}; list them with `rbmgeo survey proposals`",
            f"usulan {proposal_id} tidak ada di unit {ulp}; lihat `rbmgeo survey proposals`",
        )
    return found


def add_approval(
    session: Session, *, ulp: str, proposal_id: int, decision: str, who: str, reason: str
) -> None:
    """Append a decision."""
    session.execute(
        insert(Approval).values(
            ulp=ulp, proposal_id=proposal_id, decision=decision, decided_by=who, reason=reason
        )
    )


def add_approvals(
    session: Session, *, ulp: str, proposals: list[int], decision: str, who: str, reason: str
) -> None:
    """Append one decision on many proposals."""
    rows = [
        {"ulp": ulp, "proposal_id": n, "decision": decision, "decided_by": who, "reason": reason}
        for n in proposals
    ]
    if rows:
        session.execute(insert(Approval), rows)
