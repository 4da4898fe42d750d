"""A person's word on records of the field, and what their job then makes of them.

A word is never overwritten: the newest counts, and ``dibuka`` takes the ones before back. What a
record became in its job stays a fact there, with its own ways of being decided and undone.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from rbmgeo.db.queries import units, visits
from rbmgeo.db.queries import visit_reviews as kept
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotThere, UsageError
from rbmgeo.fieldwork.receive import Mark, Ordered, marks
from rbmgeo.fieldwork.visit import visit_of
from rbmgeo.workflows.visit_jobs import apply
from rbmgeo.workflows.visit_photos import pictures_of

COUNTS, REFUSED, OPENED = "berlaku", "ditolak", "dibuka"


@dataclass(frozen=True)
class Decided:
    """What a word led to: ``effect``: ``masuk`` or ``menunggu``, None where nothing was tried."""

    visit_no: int
    verdict: str
    effect: str | None = None


def decide(
    session: Session, ulp: str, visit_no: int, *, verdict: str, note: str = "", who: str,
    now: datetime,
) -> Decided:  # fmt: skip
    """Say that a record counts (of two contents: this one), is refused, or is undecided again.

    What counts is given to its job, in the same transaction; a job that has it already changes
    nothing.

    Raises
    ------
    UsageError
        If the word is none, or a refusal has no reason.
    """
    if verdict not in (COUNTS, REFUSED, OPENED):
        raise UsageError(f"{verdict!r} is no decision", f"{verdict!r} bukan putusan")
    if verdict == REFUSED and not note.strip():
        raise UsageError(
            "a refusal needs a reason; write why", "penolakan perlu alasan; tulis sebabnya"
        )
    visits.lock(session, ulp=ulp)
    it = kept.record(session, ulp=ulp, visit_no=visit_no)
    same_person = verdict == COUNTS and it["word"] == COUNTS and it["chosen"]
    if not same_person:
        # Whose it is was said before; another word on it does not take that back.
        visits.review(
            session, ulp=ulp, client_id=it["client_id"], sha256=it["sha256"], verdict=verdict,
            note=note.strip()[:500] or None, who=who,
            idpel=None if it["sent_idpel"] or verdict != COUNTS else it["idpel"],
            order_id=None if it["order_id"] == it["sent_order"] or verdict != COUNTS else it["order_id"],
        )  # fmt: skip
    effect = again(session, ulp, visit_no, who=who, now=now) if verdict == COUNTS else None
    _noted(session, ulp, who, f"visit {verdict}", visit_no)
    return Decided(visit_no, verdict, effect)


def belongs_to(
    session: Session, ulp: str, visit_no: int, *, customer: str, order_id: str | None = None,
    note: str = "", who: str, now: datetime,
) -> Decided:  # fmt: skip
    """Say whose a record is that could not say it itself, and give it to its job.

    ``customer``: the public id; ``order_id``: the order of this customer that it answers, if any.
    """
    visits.lock(session, ulp=ulp)
    it = kept.record(session, ulp=ulp, visit_no=visit_no)
    if it["sent_idpel"]:
        raise UsageError(
            f"visit {visit_no} says itself whose it is; refuse it if that is wrong",
            f"kunjungan {visit_no} menyebut sendiri pelanggannya; tolak bila salah",
        )
    idpel = visits.known_customers(session, ulp=ulp, public_ids=[customer]).get(customer)
    if idpel is None:
        raise NotThere(
            "this customer is not in the unit; search again",
            "pelanggan ini tidak ada di unit ini; cari lagi",
        )
    known = {o["order_id"] for o in kept.orders_of(session, ulp=ulp, idpel=idpel, job=it["job"])}
    if order_id is not None and order_id not in known:
        raise UsageError(
            "this order is not about that customer; choose one of those shown",
            "perintah ini bukan tentang pelanggan itu; pilih salah satu yang tampil",
        )
    visits.review(
        session, ulp=ulp, client_id=it["client_id"], sha256=it["sha256"], verdict=COUNTS,
        note=note.strip()[:500] or None, who=who, idpel=idpel, order_id=order_id,
    )  # fmt: skip
    effect = again(session, ulp, visit_no, who=who, now=now)
    _noted(session, ulp, who, "visit told whose", visit_no)
    return Decided(visit_no, COUNTS, effect)


def again(session: Session, ulp: str, visit_no: int, *, who: str, now: datetime) -> str:
    """Give a record to its job once more; return what became of it (``masuk``, ``menunggu``).

    Raises `UsageError` for a record that a person refused.
    """
    visits.lock(session, ulp=ulp)
    it = kept.record(session, ulp=ulp, visit_no=visit_no)
    if it["chosen"] is False:
        raise UsageError(
            f"visit {visit_no} was refused or another content was chosen; open it again first",
            f"kunjungan {visit_no} sudah ditolak atau isi lain yang dipilih; buka lagi dulu",
        )
    content = next(
        c for c in kept.contents(session, ulp=ulp, client_id=it["client_id"])
        if c["visit_no"] == visit_no
    )  # fmt: skip
    # A person may have said since whose it is: its pictures are that customer's.
    pictures_of(session, ulp, [it["client_id"]])
    apply(session, ulp, [(visit_of(json.loads(content["content"])), it["idpel"])], who=who, now=now)
    units.bump(session, ulp=ulp)
    return str(kept.record(session, ulp=ulp, visit_no=visit_no)["effect"])


def marks_of(it: dict[str, Any]) -> tuple[Mark, ...]:
    """Return what is odd about a record of `visit_reviews`: facts for a person."""
    order = None
    if it["order_id"] is not None:
        order = Ordered(it["officer_then"], bool(it["cancelled"]))
    return marks(
        device_at=it["device_at"], received_at=it["received_at"], officer=it["officer"],
        accuracy_m=it["accuracy_m"], order=order,
    )  # fmt: skip


def _noted(session: Session, ulp: str, who: str, command: str, visit_no: int) -> None:
    log_command(session, who=who, ulp=ulp, command=command, after={"visit": visit_no})
    units.bump(session, ulp=ulp)
