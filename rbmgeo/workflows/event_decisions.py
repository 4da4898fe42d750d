"""One decision on an event: all its members move at its date, or come back, by another person."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import GarduEvent
from rbmgeo.db.queries import event_moves, events, survey, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed
from rbmgeo.labels import text as words
from rbmgeo.survey.outcomes import surveyed_gardu
from rbmgeo.survey.sisipan import answers_since, left_behind
from rbmgeo.terms import EventState, ProposalState
from rbmgeo.workflows.events import today_in

#: Customers that an error names; the page shows them all.
NAMED = 5


@dataclass(frozen=True)
class Decided:
    """What a decision did: members = ``moved`` + ``refused`` (idpel to reason).

    ``also_asked`` counts moved ones for whom a proposal of its own still waits for a decision;
    ``later`` counts those whose record began after the event's date: they move the day after it.
    """

    ulp: str
    event_id: int
    moved: int
    refused: dict[str, str]
    later: int = 0
    new_in_list: bool = False
    also_asked: int = 0


def refusals(session: Session, it: GarduEvent, people: pd.DataFrame) -> pd.Series:
    """Say which members of an open event cannot move now and why, index idpel.

    ``people``: rows of `rbmgeo.db.queries.events.people` that are taken. Only what was answered
    since the event's date speaks against it.
    """
    return left_behind(people.assign(surveyed=found_since(session, it, people)), it.new_gardu)


def found_since(session: Session, it: GarduEvent, people: pd.DataFrame) -> pd.Series:
    """Return the gardu that a survey found at each member since the event, missing without."""
    told = survey.told_gardu(session, ulp=it.ulp)
    mine = told[told["idpel"].isin(people.index)]
    since = answers_since(mine, pd.Series(it.happened_on, index=people.index))
    return surveyed_gardu(since).reindex(people.index)


def approve_event(
    session: Session, ulp: str, event_id: int, *, who: str, leaving: int = 0, reason: str = ""
) -> Decided:
    """Move all members of an event to its new gardu at its date, in one transaction.

    ``leaving``: how many members the approver agrees to leave where they are. It must be as
    many as cannot move now, or nothing happens.

    Raises
    ------
    NotAllowed
        If who made the event approves it (R-CH-02), if it is not open, if other members than
        agreed cannot move, or if none can.
    """
    events.one_keeper(session, ulp=ulp)
    it = events.event(session, ulp=ulp, event_id=event_id, lock=True)
    _open(it)
    if not who or who == it.made_by:
        raise NotAllowed(
            f"event {event_id} was made by {it.made_by}; another person approves it",
            f"peristiwa {event_id} dibuat oleh {it.made_by}; orang lain yang menyetujui",
        )
    people = _taken(session, ulp, event_id)
    left = refusals(session, it, people)
    _agreed(it, left, leaving)
    moving = people.drop(index=left.index)
    if moving.empty:
        raise NotAllowed(
            f"no member of event {event_id} can be moved any more; reject it",
            f"tidak ada anggota peristiwa {event_id} yang masih bisa dipindahkan; tolak saja",
        )
    new_in_list = events.add_gardu(session, ulp=ulp, event_id=event_id)
    numbers = {str(i): int(n) for i, n in moving["proposal_id"].items()}
    firsts = event_moves.move_many(
        session, ulp=ulp, gardu=it.new_gardu, on=it.happened_on, proposals=numbers
    )
    event_moves.decide_many(
        session, ulp=ulp, firsts={numbers[i]: day for i, day in firsts.items()},
        decision=ProposalState.APPROVED.value, who=who, reason=reason,
    )  # fmt: skip
    _leave(session, ulp, people, left, who)
    why = {str(i): str(r) for i, r in left.items()}
    events.set_outcomes(
        session, ulp=ulp, event_id=event_id,
        outcomes={**dict.fromkeys(firsts, ("moved", None)), **{i: ("refused", r) for i, r in why.items()}},
    )  # fmt: skip
    later = sum(day > it.happened_on for day in firsts.values())
    asked = int(moving["proposed"].notna().sum())
    done = Decided(ulp, event_id, len(firsts), why, later, new_in_list, asked)
    return _decided(session, it, EventState.APPROVED, done, who, reason)


def reject_event(
    session: Session, ulp: str, event_id: int, *, who: str, reason: str = ""
) -> Decided:
    """Close an open event, or drop a draft, without moving anybody; who made it may do so too."""
    it = events.event(session, ulp=ulp, event_id=event_id, lock=True)
    if it.state != EventState.DRAFT:
        _open(it)
    people = _taken(session, ulp, event_id)
    waiting = people[people["proposal_state"].isin(["open", "conflict"])]
    event_moves.decide_many(
        session, ulp=ulp, firsts={int(n): None for n in waiting["proposal_id"]},
        decision=ProposalState.REJECTED.value, who=who, reason=reason,
    )  # fmt: skip
    events.set_outcomes(session, ulp=ulp, event_id=event_id, outcomes={})
    return _decided(session, it, EventState.REJECTED, Decided(ulp, event_id, 0, {}), who, reason)


def undo_event(
    session: Session,
    ulp: str,
    event_id: int,
    *,
    who: str,
    leaving: int = 0,
    reason: str = "",
    on: date | None = None,
) -> Decided:
    """Bring all moved members back to the records that the event closed, as one act.

    History is kept: the records of the event get an end (today, or ``on``), those before get
    successors. ``leaving``: how many the person agrees to leave, since their record was changed
    again; otherwise nothing happens. The new gardu stays in the list.
    """
    events.one_keeper(session, ulp=ulp)
    it = events.event(session, ulp=ulp, event_id=event_id, lock=True)
    if it.state != EventState.APPROVED:
        raise NotAllowed(
            f"event {event_id} is {it.state}; only an approved one is undone",
            f"peristiwa {event_id} {it.state}; hanya yang disetujui bisa diurungkan",
        )
    people = _taken(session, ulp, event_id)
    moved = people[people["outcome"] == "moved"]
    numbers = {str(i): int(n) for i, n in moved["proposal_id"].items()}
    firsts = event_moves.undo_many(
        session, ulp=ulp, on=on or today_in(session, ulp), proposals=numbers
    )
    kept = pd.Series("record", index=[i for i in numbers if i not in firsts], dtype="str")
    _agreed(it, kept, leaving)
    event_moves.decide_many(
        session, ulp=ulp, firsts={numbers[i]: day for i, day in firsts.items()},
        decision=ProposalState.UNDONE.value, who=who, reason=reason,
    )  # fmt: skip
    why = {str(i): str(r) for i, r in kept.items()}
    events.set_outcomes(
        session, ulp=ulp, event_id=event_id,
        outcomes={**dict.fromkeys(firsts, ("undone", None)), **{i: ("kept", r) for i, r in why.items()}},
    )  # fmt: skip
    done = Decided(ulp, event_id, len(firsts), why)
    return _decided(session, it, EventState.UNDONE, done, who, reason)


def _taken(session: Session, ulp: str, event_id: int) -> pd.DataFrame:
    people = events.people(session, ulp=ulp, event_id=event_id)
    return people[people["taken"].astype(bool)]


def _open(it: GarduEvent) -> None:
    if it.state != EventState.OPEN:
        raise NotAllowed(
            f"event {it.event_id} is {it.state}; only an open one is decided",
            f"peristiwa {it.event_id} {it.state}; hanya yang terbuka bisa diputuskan",
        )


def _agreed(it: GarduEvent, left: pd.Series, leaving: int) -> None:
    """Refuse to leave members behind whom the person did not agree to leave."""
    if len(left) == leaving:
        return
    said = [f"{i} ({{}})" for i in list(left.index)[:NAMED]]

    def named(lang: str) -> str:
        reasons = [words(f"left.{r}", lang) for r in list(left)[:NAMED]]
        return ", ".join(s.format(r) for s, r in zip(said, reasons, strict=True)) + (
            ", ..." if len(left) > NAMED else ""
        )

    raise NotAllowed(
        f"{len(left)} members of event {it.event_id} cannot be moved now and {leaving} were agreed "
        f"to: {named('en') or '-'}; look at them, then agree to leave {len(left)}",
        f"{len(left)} anggota peristiwa {it.event_id} sekarang tidak bisa dipindahkan, yang "
        f"disetujui {leaving}: {named('id') or '-'}; lihat dulu, lalu setujui {len(left)} "
        "ditinggalkan",
    )


def _leave(session: Session, ulp: str, people: pd.DataFrame, left: pd.Series, who: str) -> None:
    """Close the proposals of those who stay, each with its reason."""
    waiting = people.loc[left.index, "proposal_state"].isin(["open", "conflict"])
    for why, rows in left[waiting].groupby(left[waiting]):
        event_moves.decide_many(
            session, ulp=ulp,
            firsts={int(n): None for n in people.loc[rows.index, "proposal_id"]},
            decision=ProposalState.REJECTED.value, who=who, reason=words(f"left.{why}", "id"),
        )  # fmt: skip


def _decided(
    session: Session, it: GarduEvent, state: EventState, done: Decided, who: str, reason: str
) -> Decided:
    was, it.state = it.state, state.value
    session.flush()
    events.add_decision(
        session, ulp=it.ulp, event_id=it.event_id, decision=state.value, moved=done.moved,
        refused=len(done.refused), reason=reason, who=who,
    )  # fmt: skip
    log_command(
        session, who=who, ulp=it.ulp, command=f"event {state.value}",
        before={"event_id": it.event_id, "state": was},
        after={"event_id": it.event_id, "state": state.value, "moved": done.moved,
               "refused": len(done.refused)},
    )  # fmt: skip
    units.bump(session, ulp=it.ulp)
    return done
