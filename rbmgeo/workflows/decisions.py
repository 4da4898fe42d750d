"""SOP IV.6: decide proposals; what is approved becomes a dated record and can be undone."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from rbmgeo.db.models import Proposal
from rbmgeo.db.queries import observations, proposals, records, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, UsageError
from rbmgeo.terms import ProposalState, Seen
from rbmgeo.workflows.answers import CONFLICT
from rbmgeo.workflows.applying import apply, take_back


def decide(
    session: Session,
    ulp: str,
    proposal_id: int,
    decision: str,
    *,
    who: str,
    reason: str = "",
    on: date | None = None,
    withdrawn: bool = False,
) -> Proposal:
    """Approve, reject or undo one proposal; what is approved becomes a dated record.

    ``on`` is the first day of the change (today where it is left out). ``withdrawn``: who made
    the proposal takes it back, which needs no second look. Raises `NotAllowed`
    where proposer and approver are one person (R-CH-02), where answers contradict and nobody
    looked again (R-SB-02), where the record no longer says what the proposal started from, or
    where the state does not fit the decision.
    """
    it = proposals.proposal(session, ulp=ulp, proposal_id=proposal_id)
    _check(it, decision, who, withdrawn)
    was = it.state
    day = on or datetime.now(UTC).date()
    if decision == ProposalState.APPROVED:
        _still(session, it, it.before)
        it.effective_on = apply(session, it, day, who)
    elif decision == ProposalState.UNDONE:
        if it.field != Seen.POINT and it.field != "gardu":
            _still(session, it, it.after)
        it.effective_on = take_back(session, it, day, who)
    it.state = decision
    proposals.add_approval(
        session, ulp=ulp, proposal_id=proposal_id, decision=decision, who=who, reason=reason
    )
    log_command(
        session,
        who=who,
        ulp=ulp,
        command=f"proposal {decision}",
        before={"proposal_id": proposal_id, "state": was},
        after={"proposal_id": proposal_id, "state": decision},
        customers=[it.idpel] if it.idpel.isdigit() else None,
    )
    units.bump(session, ulp=ulp)
    return it


def _check(it: Proposal, decision: str, who: str, withdrawn: bool) -> None:
    if it.event_id is not None:
        raise NotAllowed(
            f"proposal {it.proposal_id} is part of event {it.event_id}; decide the event as a whole",
            f"usulan {it.proposal_id} bagian dari peristiwa {it.event_id}; putuskan peristiwanya",
        )
    if it.spelling_id is not None:
        raise NotAllowed(
            f"proposal {it.proposal_id} is part of spelling decision {it.spelling_id}; undo that "
            "as a whole on Lembar pertama",
            f"usulan {it.proposal_id} bagian dari keputusan ejaan {it.spelling_id}; urungkan "
            "seluruhnya di Lembar pertama",
        )
    allowed = {
        ProposalState.APPROVED: (ProposalState.OPEN, CONFLICT),
        ProposalState.REJECTED: (ProposalState.OPEN, CONFLICT),
        ProposalState.UNDONE: (ProposalState.APPROVED,),
    }
    if decision not in allowed:
        raise UsageError(
            f"{decision!r} is no decision; it is approved, rejected or undone",
            f"{decision!r} bukan putusan; pilih approved, rejected atau undone",
        )
    if it.state not in allowed[ProposalState(decision)]:
        raise NotAllowed(
            f"proposal {it.proposal_id} is {it.state}; it cannot become {decision}",
            f"usulan {it.proposal_id} sudah {it.state}; tidak bisa menjadi {decision}",
        )
    if it.state == CONFLICT and not withdrawn:
        raise NotAllowed(
            f"the answers behind proposal {it.proposal_id} contradict each other; it is decided on "
            "the page of contradicting answers, after a second look with a photo of the line "
            "(R-SB-02)",
            f"jawaban di balik usulan {it.proposal_id} bertentangan; putuskan di halaman Jawaban "
            "bertentangan, sesudah dilihat lagi dengan foto saluran (R-SB-02)",
        )
    if decision == ProposalState.APPROVED and (not who or who == it.proposed_by):
        raise NotAllowed(
            f"proposal {it.proposal_id} was made by {it.proposed_by}; another person approves it",
            f"usulan {it.proposal_id} dibuat oleh {it.proposed_by}; orang lain yang menyetujui",
        )


def _still(session: Session, it: Proposal, wanted: str | None) -> None:
    """Refuse what started from a record that has changed since."""
    now = _now(session, it)
    if now != wanted:
        raise NotAllowed(
            f"proposal {it.proposal_id} started from {wanted or '-'}, the record says "
            f"{now or '-'} now; reject it and survey again, or undo the later change first",
            f"usulan {it.proposal_id} berangkat dari {wanted or '-'}, catatan sekarang "
            f"{now or '-'}; tolak lalu survei lagi, atau urungkan perubahan terakhir dulu",
        )


def _now(session: Session, it: Proposal) -> str | None:
    """Return what the record says now of the field of a proposal."""
    if it.field in observations.TABLES:
        code = it.subject or ""
        return observations.places(session, ulp=it.ulp, kind=it.field, codes=[code]).get(code)
    row = records.standing(session, ulp=it.ulp, idpels=[it.idpel]).loc[it.idpel]
    if it.field == "jenis_layanan":
        return f"{row['jenis_layanan']}/{row['dibaca_oleh']}"
    value = row[it.field]
    return value if isinstance(value, str) else None
