"""Lembar pertama: a person says whether codes are one gardu; another one approves uniting."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from rbmgeo.db.models import Proposal, SpellingDecision
from rbmgeo.db.queries import proposals, records, spelling, survey, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, UsageError
from rbmgeo.terms import ProposalState

UNITE, DIFFERENT = "satukan", "berbeda"
_REASON_MOST = 500


def judge_spelling(
    session: Session, ulp: str, codes: list[str], verdict: str, *, gardu: str = "",
    reason: str = "", who: str,
) -> SpellingDecision:  # fmt: skip
    """Say of codes that they are one gardu (``satukan``, right is ``gardu``) or ``berbeda``.

    Uniting waits for another person (R-CH-02) and changes nothing yet; that codes are
    different changes nothing ever and holds at once. The caller commits.

    Raises
    ------
    UsageError
        If a verdict, codes of the unit, or the right code among them are missing.
    NotAllowed
        If a decision on one of the codes waits or holds.
    """
    units.unit(session, ulp=ulp)
    spelling.lock(session, ulp=ulp)
    codes = sorted(set(codes))
    unknown = [c for c in codes if not survey.has_gardu(session, ulp=ulp, gardu=c)]
    if len(codes) < 2 or unknown:
        raise UsageError(
            f"name two or more codes of gardu of unit {ulp}; unknown: {', '.join(unknown) or '-'}",
            f"sebutkan dua kode gardu atau lebih dari unit {ulp}; tidak dikenal: "
            f"{', '.join(unknown) or '-'}",
        )
    if verdict not in (UNITE, DIFFERENT) or (verdict == UNITE and gardu not in codes):
        raise UsageError(
            f"choose {UNITE} with the right code among {', '.join(codes)}, or {DIFFERENT}",
            f"pilih {UNITE} dengan kode yang benar di antara {', '.join(codes)}, atau {DIFFERENT}",
        )
    for before in spelling.standing(session, ulp=ulp):
        if set(before.codes) & set(codes):
            raise NotAllowed(
                f"decision {before.decision_id} on {', '.join(before.codes)} stands; undo it first",
                f"keputusan {before.decision_id} atas {', '.join(before.codes)} masih berlaku; "
                "urungkan dulu",
            )
    others = [c for c in codes if c != gardu]
    made = SpellingDecision(
        ulp=ulp, verdict=verdict, codes=codes, gardu=gardu if verdict == UNITE else None,
        reason=reason.strip()[:_REASON_MOST] or None, proposed_by=who or "-",
        state="open" if verdict == UNITE else "approved",
        customers=len(spelling.members(session, ulp=ulp, codes=others)) if verdict == UNITE else 0,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _log(session, made, verdict, who)
    return made


def decide_spelling(
    session: Session, ulp: str, decision_id: int, said: str, *, who: str, on: date | None = None
) -> SpellingDecision:
    """Approve, reject or undo a decision on spellings; the caller commits.

    Approved: each customer under another of the codes gets a dated PDPJ record under the right
    one, by a proposal of its own that names the decision, and later imports read the other
    codes as it. Undone: those records are followed by the old ones, all or none.

    Raises
    ------
    NotAllowed
        If approver and proposer are one person, the state does not fit, or a record was
        changed again since.
    """
    spelling.lock(session, ulp=ulp)
    it = spelling.decision(session, ulp=ulp, decision_id=decision_id)
    fits = {"approved": "open", "rejected": "open", "undone": "approved"}
    if fits.get(said) != it.state:
        raise NotAllowed(
            f"decision {decision_id} is {it.state}; it cannot become {said}",
            f"keputusan {decision_id} sudah {it.state}; tidak bisa menjadi {said}",
        )
    if said == "approved" and (not who or who == it.proposed_by):
        raise NotAllowed(
            f"decision {decision_id} was made by {it.proposed_by}; another person approves it",
            f"keputusan {decision_id} dibuat oleh {it.proposed_by}; orang lain yang menyetujui",
        )
    day = on or datetime.now(UTC).date()
    if said == "approved":
        _unite(session, it, who, day)
    elif said == "undone":
        _take_back(session, it, who, day)
    it.state = said
    session.flush()
    _log(session, it, said, who)
    return it


def _unite(session: Session, it: SpellingDecision, who: str, day: date) -> None:
    assert it.gardu is not None
    others = [c for c in it.codes if c != it.gardu]
    rows = spelling.members(session, ulp=it.ulp, codes=others)
    for row in rows:
        made = Proposal(
            ulp=it.ulp, idpel=row["idpel"], field="gardu", before=row["gardu"], after=it.gardu,
            state=ProposalState.APPROVED.value, proposed_by=it.proposed_by,
            spelling_id=it.decision_id,
        )  # fmt: skip
        session.add(made)
        session.flush()
        made.effective_on = records.move_to_gardu(
            session, ulp=it.ulp, idpel=row["idpel"], gardu=it.gardu, on=day,
            proposal_id=made.proposal_id,
        )  # fmt: skip
        proposals.add_approval(
            session, ulp=it.ulp, proposal_id=made.proposal_id, decision="approved", who=who,
            reason=f"ejaan {it.decision_id}",
        )  # fmt: skip
    spelling.add_aliases(
        session, ulp=it.ulp, codes=others, gardu=it.gardu, decision_id=it.decision_id
    )
    it.customers, it.effective_on = len(rows), day
    it.decided_by, it.decided_at = who, datetime.now(UTC)


def _take_back(session: Session, it: SpellingDecision, who: str, day: date) -> None:
    for row in spelling.moved(session, ulp=it.ulp, decision_id=it.decision_id):
        proposal = proposals.proposal(session, ulp=it.ulp, proposal_id=row["proposal_id"])
        first = records.undo_move(
            session, ulp=it.ulp, idpel=row["idpel"], on=day, proposal_id=row["proposal_id"]
        )
        if first is None:
            raise NotAllowed(
                f"the record of proposal {row['proposal_id']} was changed again; undo the later "
                "one first",
                f"catatan usulan {row['proposal_id']} sudah diubah lagi; urungkan yang terakhir dulu",
            )
        proposal.state, proposal.effective_on = ProposalState.UNDONE.value, first
        proposals.add_approval(
            session, ulp=it.ulp, proposal_id=row["proposal_id"], decision="undone", who=who or "-",
            reason=f"ejaan {it.decision_id}",
        )  # fmt: skip
    spelling.drop_aliases(session, ulp=it.ulp, decision_id=it.decision_id)
    it.undone_by, it.undone_at = who or "-", datetime.now(UTC)


def _log(session: Session, it: SpellingDecision, what: str, who: str) -> None:
    log_command(
        session, who=who, ulp=it.ulp, command=f"spelling {what}",
        after={"decision": it.decision_id, "codes": it.codes, "gardu": it.gardu},
    )  # fmt: skip
    units.bump(session, ulp=it.ulp)
