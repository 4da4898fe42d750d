"""SOP IV.4 and IV.6: take answers in, decide what they change."""

import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import Proposal
from rbmgeo.db.queries import survey, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, UsageError
from rbmgeo.intake.rules import gardu as normalised
from rbmgeo.survey.outcomes import change_of, contradicted
from rbmgeo.terms import ProposalState, Service

CONFLICT = "conflict"


@dataclass(frozen=True)
class AnswerSummary:
    """What became of some answers: ``good`` + ``skipped`` (known already) + ``unknown`` = read."""

    ulp: str
    read: int
    good: int
    skipped: int
    unknown: tuple[str, ...]
    conflicts: int
    proposals: int


def record_answers(session: Session, ulp: str, answers: pd.DataFrame, *, who: str) -> AnswerSummary:
    """Keep answers as facts (append-only) and what they would change as proposals.

    ``answers``: good rows of `rbmgeo.intake.answers.read_answers`. A known ``client_id``
    with the same content is skipped, with other content kept as a conflict (R-CH-03).
    Answers about customers that the unit does not have are returned, not kept.
    """
    units.unit(session, ulp=ulp)
    known = survey.known_idpels(session, ulp=ulp, idpels=answers["idpel"].unique().tolist())
    there = answers[answers["idpel"].isin(list(known))].drop(columns="row_no", errors="ignore")
    unknown = tuple(answers.loc[~answers["idpel"].isin(list(known)), "idpel"])
    there = there.assign(gardu=_normalised(there["gardu"]))
    before = survey.answers_touching(
        session, ulp=ulp, idpels=there["idpel"].unique().tolist(),
        client_ids=there["client_id"].unique().tolist(),
    )  # fmt: skip
    fresh = _fresh(there, before)
    met = survey.promises(session, ulp=ulp, idpels=fresh["idpel"].unique().tolist())
    survey.add_answers(session, ulp=ulp, rows=fresh.merge(met, on="idpel", how="left"))
    clashing = contradicted(_both(before[before["idpel"].isin(fresh["idpel"])], fresh))
    rows = _proposals(session, ulp, fresh, clashing, who)
    survey.add_proposals(session, ulp=ulp, rows=rows)
    survey.mark_conflicts(session, ulp=ulp, idpels=sorted(clashing))
    log_command(
        session, who=who, ulp=ulp, command="survey answers",
        after={"answers": len(fresh), "proposals": len(rows)},
    )  # fmt: skip
    units.bump(session, ulp=ulp)
    return AnswerSummary(
        ulp, len(answers), len(fresh), len(there) - len(fresh), unknown,
        int((fresh["conflict_no"] > 0).sum()) + len(clashing), len(rows),
    )  # fmt: skip


def decide(
    session: Session,
    ulp: str,
    proposal_id: int,
    decision: str,
    *,
    who: str,
    reason: str = "",
    on: date | None = None,
) -> Proposal:
    """Approve, reject or undo one proposal; what is approved becomes a dated record.

    ``on`` is the first day of the change (today where it is left out). Raises `NotAllowed`
    where proposer and approver are one person (R-CH-02), where the record no longer says
    what the proposal started from, or where the state does not fit the decision.
    """
    it = survey.proposal(session, ulp=ulp, proposal_id=proposal_id)
    _check(it, decision, who)
    was = it.state
    day = on or datetime.now(UTC).date()
    if decision == ProposalState.APPROVED:
        _still(session, it)
        it.effective_on = _apply(session, it, it.after, day)
    elif decision == ProposalState.UNDONE:
        it.effective_on = _take_back(session, it, day)
    it.state = decision
    survey.add_approval(
        session, ulp=ulp, proposal_id=proposal_id, decision=decision, who=who, reason=reason
    )
    log_command(
        session,
        who=who,
        ulp=ulp,
        command=f"proposal {decision}",
        before={"proposal_id": proposal_id, "state": was},
        after={"proposal_id": proposal_id, "state": decision},
    )
    units.bump(session, ulp=ulp)
    return it


def _normalised(codes: pd.Series) -> pd.Series:
    """Write gardu codes as the unit's lists do (R-IM-10); missing stays missing."""
    text = codes.astype("str")
    return normalised(text).where(codes.notna(), None)


def _fresh(answers: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Keep what was not said before under the same id; other content gets the next number."""
    content = ["idpel", "outcome", "gardu", "tiang", "control", "officer", "answered_at"]
    said: dict[str, list[tuple[Any, ...]]] = {}
    for row in before[["client_id", *content]].itertuples(index=False, name=None):
        said.setdefault(row[0], []).append(_plain(row[1:]))
    rows = []
    for values in answers[["client_id", *content]].itertuples(index=False, name=None):
        known = said.setdefault(values[0], [])
        told = _plain(values[1:])
        if told not in known:
            rows.append((*values, len(known)))
            known.append(told)
    return pd.DataFrame(rows, columns=["client_id", *content, "conflict_no"])


def _plain(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        None if pd.isna(v) else pd.Timestamp(v).tz_convert("UTC") if isinstance(v, datetime) else v
        for v in values
    )


def _both(before: pd.DataFrame, fresh: pd.DataFrame) -> pd.DataFrame:
    columns = ["idpel", "outcome", "gardu", "answered_at"]
    parts = [t[columns].astype(object) for t in (before, fresh) if len(t)]
    return pd.concat(parts) if parts else fresh[columns]


def _proposals(
    session: Session, ulp: str, fresh: pd.DataFrame, clashing: set[str], who: str
) -> list[dict[str, Any]]:
    """Turn answers into proposals; of equal wishes about one customer one is enough."""
    standing = survey.standing(session, ulp=ulp, idpels=fresh["idpel"].unique().tolist())
    asked = {
        (p.idpel, p.field, p.after)
        for p in survey.undecided(session, ulp=ulp, idpels=fresh["idpel"].unique().tolist())
    }
    rows = []
    answers: list[Any] = list(fresh.itertuples())
    for answer in answers:
        change = change_of(answer, standing.loc[answer.idpel])
        if change is None or (answer.idpel, change.field, change.after) in asked:
            continue
        asked.add((str(answer.idpel), change.field, change.after))
        doubtful = answer.idpel in clashing or answer.conflict_no > 0
        rows.append(
            {"idpel": answer.idpel, **asdict(change), "client_id": uuid.UUID(str(answer.client_id)),
             "state": CONFLICT if doubtful else ProposalState.OPEN.value,
             "proposed_by": who or str(answer.officer or "-")}
        )  # fmt: skip
    return rows


def _check(it: Proposal, decision: str, who: str) -> None:
    if it.event_id is not None:
        raise NotAllowed(
            f"proposal {it.proposal_id} is part of event {it.event_id}; decide the event as a whole",
            f"usulan {it.proposal_id} bagian dari peristiwa {it.event_id}; putuskan peristiwanya",
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
    if decision == ProposalState.APPROVED and (not who or who == it.proposed_by):
        raise NotAllowed(
            f"proposal {it.proposal_id} was made by {it.proposed_by}; another person approves it",
            f"usulan {it.proposal_id} dibuat oleh {it.proposed_by}; orang lain yang menyetujui",
        )


def _still(session: Session, it: Proposal) -> None:
    """Refuse a proposal that started from a record which has changed since."""
    row = survey.standing(session, ulp=it.ulp, idpels=[it.idpel]).loc[it.idpel]
    now = {
        "gardu": row["gardu"] if isinstance(row["gardu"], str) else None,
        "status": "aktif" if row["active"] else "bongkar",
        "jenis_layanan": f"{row['jenis_layanan']}/{row['dibaca_oleh']}",
    }[it.field]
    if now != it.before:
        raise NotAllowed(
            f"proposal {it.proposal_id} started from {it.before or '-'}, the record says "
            f"{now or '-'} now; reject it and survey again",
            f"usulan {it.proposal_id} berangkat dari {it.before or '-'}, catatan sekarang "
            f"{now or '-'}; tolak lalu survei lagi",
        )


def _apply(session: Session, it: Proposal, value: str | None, day: date) -> date:
    if it.field == "gardu":
        if value is not None and not survey.has_gardu(session, ulp=it.ulp, gardu=value):
            raise NotAllowed(
                f"gardu {value} is not among the gardu of unit {it.ulp}; import it first, or reject",
                f"gardu {value} tidak ada di daftar gardu unit {it.ulp}; impor dulu, atau tolak",
            )
        return survey.move_to_gardu(
            session, ulp=it.ulp, idpel=it.idpel, gardu=value, on=day, proposal_id=it.proposal_id
        )
    if it.field == "status":
        survey.set_customer(session, ulp=it.ulp, idpel=it.idpel, active=value == "aktif")
    else:
        service, _, read_by = (value or f"{Service.PASCA}/vendor").partition("/")
        survey.set_customer(
            session, ulp=it.ulp, idpel=it.idpel, jenis_layanan=service, dibaca_oleh=read_by
        )
    return day


def _take_back(session: Session, it: Proposal, day: date) -> date:
    if it.field != "gardu":
        return _apply(session, it, it.before, day)
    first = survey.undo_move(
        session, ulp=it.ulp, idpel=it.idpel, on=day, proposal_id=it.proposal_id
    )
    if first is None:
        raise NotAllowed(
            f"the record of proposal {it.proposal_id} was changed again; undo the later one first",
            f"catatan usulan {it.proposal_id} sudah diubah lagi; urungkan yang terakhir dulu",
        )
    return first
