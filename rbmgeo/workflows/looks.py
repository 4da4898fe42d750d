"""Answers that contradict: looked at again with a photo of the line, then decided (R-SB-02)."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import SecondLook
from rbmgeo.db.queries import looks, observations, proposals, survey, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, NothingToDo
from rbmgeo.survey.observations import contradicted_fields
from rbmgeo.survey.outcomes import SETTLING, contradicted
from rbmgeo.terms import ProposalState, Seen
from rbmgeo.workflows.answers import CONFLICT, OUTCOME_FIELDS, clashes, wishes


@dataclass(frozen=True)
class House:
    """One house whose answers contradict: which fields, who said what, what was asked.

    ``answers``: one dict an answer, oldest first; columns of `survey.answers_touching` and
    ``seen`` (field, value) and ``photo`` (public id of the photo of the line, None).
    ``look_id`` is None until a second look is asked for; ``looked``: it came, with a photo.
    """

    idpel: str
    public_id: str
    address: str | None
    meter_number: str | None
    tiang: str | None
    gardu: str | None
    fields: tuple[str, ...]
    answers: tuple[dict[str, Any], ...]
    look_id: int | None
    asked_by: str | None
    looked: bool
    said_by: frozenset[str] = field(default_factory=frozenset)


def contradicting(session: Session, ulp: str, *, idpels: list[str] | None = None) -> list[House]:
    """Return the houses that wait because their answers contradict, those looked at again first."""
    told = looks.told_twice(session, ulp=ulp) if idpels is None else idpels
    doubts = clashes(session, ulp, told) | {
        pair for pair in looks.in_conflict(session, ulp=ulp) if pair[0] in set(told)
    }
    fields = {i: tuple(f for _, f in pairs) for i, pairs in groupby(sorted(doubts), lambda p: p[0])}
    if not fields:
        return []
    names = sorted(fields)
    table = looks.houses(session, ulp=ulp, idpels=names)
    answers = _answers(session, ulp, names)
    found = [
        _house(idpel, {str(k): v for k, v in row.items()}, fields[idpel], answers.get(idpel, []))
        for idpel, row in zip(table.index.astype("str"), table.to_dict("records"), strict=True)
    ]
    return sorted(found, key=lambda h: (not h.looked, h.look_id is None, h.idpel))


def ask_again(session: Session, ulp: str, idpel: str, *, who: str) -> int | None:
    """Ask for a second look at a house; None where one is asked for already.

    Raises `NothingToDo` where no answers contradict.
    """
    observations.lock_answers(session, ulp=ulp)
    if not contradicting(session, ulp, idpels=[idpel]):
        raise NothingToDo(
            "the answers of this house do not contradict each other any more; look at the list again",
            "jawaban rumah ini tidak bertentangan lagi; lihat lagi daftarnya",
        )
    made = looks.ask(session, ulp=ulp, idpel=idpel, who=who)
    if made is not None:
        _noted(session, ulp, who, "second look asked", {"look": made})
    return made


def add_photo(
    session: Session, ulp: str, client_id: str, *, idpel: str, photo: dict[str, Any], who: str
) -> None:
    """Keep a photo of the line with an answer, once.

    ``photo``: ``sha256``, ``suffix``, ``size_bytes``, ``blth``; its file lies in the home.
    """
    looks.add_photo(session, ulp=ulp, row={"idpel": idpel, **photo})
    known = observations.of_answers(session, ulp=ulp, client_ids=[client_id])
    if (known["field"] == Seen.PHOTO).any():
        return
    row = {"client_id": client_id, "conflict_no": 0, "field": Seen.PHOTO.value,
           "value": photo["sha256"], "subject": None, "accuracy_m": None,
           "observed_by": who}  # fmt: skip
    observations.add(session, ulp=ulp, rows=pd.DataFrame([row]))


def believe(
    session: Session, ulp: str, look_id: int, answer: tuple[str, int], *, who: str, reason: str = ""
) -> SecondLook:
    """Decide which answer of a house counts, after a second look with a photo (R-SB-02).

    Answers that contradict it count no more, what they proposed is rejected; what the believed
    one proposed waits for an approval as any proposal.

    Raises
    ------
    NotAllowed
        If nobody looked again with a photo, or ``who`` answered about this house.
    NothingToDo
        If the answer is none of the house's.
    """
    observations.lock_answers(session, ulp=ulp)
    it = looks.look(session, ulp=ulp, look_id=look_id)
    if it.state != "asked":
        raise NotAllowed(
            f"second look {look_id} is {it.state} already; look at the list again",
            f"lihat ulang {look_id} sudah {it.state}; lihat lagi daftarnya",
        )
    answers = _answers(session, ulp, [it.idpel]).get(it.idpel, [])
    _check(it, answers, who)
    chosen = next((a for a in answers if (a["client_id"], a["conflict_no"]) == answer), None)
    if chosen is None:
        raise NothingToDo(
            "this answer is not about this house; choose one of those shown",
            "jawaban ini bukan tentang rumah ini; pilih salah satu yang tampil",
        )
    if chosen["outcome"] not in SETTLING:
        raise NotAllowed(
            "an answer that found nothing settles nothing; choose another",
            "jawaban yang tidak menemukan apa-apa tidak memutuskan; pilih yang lain",
        )
    others = [a for a in answers if a is not chosen and not a["refused"]]
    against = [a for a in others if _contradict(chosen, a)]
    it.state, it.decided_by, it.decided_at = "decided", who, datetime.now(UTC)
    it.client_id, it.conflict_no = uuid.UUID(answer[0]), answer[1]
    it.overruled = json.loads(looks.keys([(a["client_id"], a["conflict_no"]) for a in against]))
    it.reason = reason or None
    session.flush()
    it.opened, it.rejected = _settle(session, ulp, it, chosen, who)
    _noted(session, ulp, who, "second look decided", {"look": look_id})
    return it


def undo(session: Session, ulp: str, look_id: int, *, who: str) -> None:
    """Take a decision back: the answers contradict again, their proposals wait again.

    Raises `NotAllowed` where one of its proposals was approved since: that is undone first.
    """
    observations.lock_answers(session, ulp=ulp)
    it = looks.look(session, ulp=ulp, look_id=look_id)
    waiting = {p.proposal_id for p in proposals.undecided(session, ulp=ulp, idpels=[it.idpel])}
    if it.state != "decided" or not set(it.opened) <= waiting:
        raise NotAllowed(
            f"the decision of second look {look_id} was acted on; undo its approved proposals first",
            f"putusan lihat ulang {look_id} sudah ditindaklanjuti; urungkan dulu usulan yang disetujui",
        )
    it.state, it.undone_by, it.undone_at = "undone", who, datetime.now(UTC)
    session.flush()
    looks.set_states(session, ulp=ulp, numbers=[*it.opened, *it.rejected], state=CONFLICT)
    _noted(session, ulp, who, "second look undone", {"look": look_id})


def _noted(session: Session, ulp: str, who: str, command: str, after: dict[str, Any]) -> None:
    log_command(session, who=who, ulp=ulp, command=command, after=after)
    units.bump(session, ulp=ulp)


def _check(it: SecondLook, answers: list[dict[str, Any]], who: str) -> None:
    if not any(_looked(a, it.look_id) for a in answers):
        raise NotAllowed(
            f"second look {it.look_id} has no answer with a photo of the line yet (R-SB-02)",
            f"lihat ulang {it.look_id} belum punya jawaban dengan foto saluran (R-SB-02)",
        )
    if not who or who.casefold() in _said_by(answers):
        raise NotAllowed(
            "who answered about this house does not decide about it; another person does",
            "yang menjawab tentang rumah ini tidak memutuskannya; orang lain yang memutuskan",
        )


def _looked(answer: dict[str, Any], look_id: int | None) -> bool:
    return look_id is not None and answer["look_id"] == look_id and bool(answer["photo"])


def _said_by(answers: list[dict[str, Any]]) -> frozenset[str]:
    told = (a[name] for a in answers for name in ("given_by", "officer"))
    return frozenset(t.strip().casefold() for t in told if isinstance(t, str))


def _house(
    idpel: str, row: dict[str, Any], fields: tuple[str, ...], answers: list[dict[str, Any]]
) -> House:
    look_id = None if pd.isna(row["look_id"]) else int(row["look_id"])
    text = {k: v if isinstance(v, str) else None for k, v in row.items() if k != "look_id"}
    return House(
        idpel, str(text["public_id"]), text["address"], text["meter_number"], text["tiang"],
        text["gardu"], fields, tuple(answers), look_id, text["asked_by"],
        any(_looked(a, look_id) for a in answers), _said_by(answers),
    )  # fmt: skip


def _answers(session: Session, ulp: str, idpels: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the answers of some houses by idpel, each with what it saw beside the outcome."""
    told = survey.answers_touching(session, ulp=ulp, idpels=idpels, client_ids=[])
    seen = observations.of_answers(session, ulp=ulp, client_ids=told["client_id"].tolist())
    photos = looks.photo_ids(session, ulp=ulp, idpels=idpels)
    beside: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for row in seen.to_dict("records"):
        beside.setdefault((row["client_id"], row["conflict_no"]), []).append(
            (row["field"], row["value"])
        )
    out: dict[str, list[dict[str, Any]]] = {}
    for row in told.astype(object).where(told.notna(), None).to_dict("records"):
        idpel = str(row["idpel"])
        there = beside.get((row["client_id"], row["conflict_no"]), [])
        photo = next((photos.get((idpel, v)) for f, v in there if f == Seen.PHOTO), None)
        rest = [(f, v) for f, v in there if f != Seen.PHOTO]
        out.setdefault(idpel, []).append(
            {str(k): v for k, v in row.items()} | {"seen": rest, "photo": photo}
        )
    return out


def _contradict(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Say whether two answers of one house cannot both be right."""
    both = pd.DataFrame([one, other])
    # Two answers are held together here whenever they were given.
    if contradicted(both.assign(answered_at=None, refused=False)):
        return True
    rows = [
        {"idpel": a["idpel"], "field": f, "value": v}
        for a in (one, other)
        for f, v in [*a["seen"], *([(Seen.TIANG.value, a["tiang"])] if a["tiang"] else [])]
    ]
    return bool(rows) and bool(contradicted_fields(pd.DataFrame(rows)))


def _settle(
    session: Session, ulp: str, it: SecondLook, chosen: dict[str, Any], who: str
) -> tuple[list[int], list[int]]:
    """Let go on what the believed answer proposes, refuse what contradicts it; return both."""
    wanted = wishes(session, ulp, it.idpel, (chosen["client_id"], chosen["conflict_no"]))
    told = {*OUTCOME_FIELDS, *(f for f, _ in chosen["seen"])} | (
        {"tiang"} if chosen["tiang"] else set()
    )
    still = {f for _, f in clashes(session, ulp, [it.idpel])}
    opened, rejected = [], []
    for p in proposals.undecided(session, ulp=ulp, idpels=[it.idpel]):
        if p.state != CONFLICT:
            continue
        if (p.field, p.subject, p.after) in wanted or p.field not in told | still:
            p.state = ProposalState.OPEN
            opened.append(p.proposal_id)
        elif p.field in told:
            p.state = ProposalState.REJECTED
            rejected.append(p.proposal_id)
            proposals.add_approval(
                session, ulp=ulp, proposal_id=p.proposal_id, decision=ProposalState.REJECTED,
                who=who, reason=f"lihat ulang {it.look_id}",
            )  # fmt: skip
    session.flush()
    return opened, rejected
