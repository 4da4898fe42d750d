"""Pindah ULP: a planner proposes, a planner of the other unit decides, PLN moves it in AP2T.

Nothing is edited here. An accepted proposal stands on the lists of both units until the other one's
own import shows the customer.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from rbmgeo.db.queries import border, pages, unit_moves
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, NotThere, UsageError
from rbmgeo.geo import metres_between
from rbmgeo.matching.unit_moves import (
    MoveState,
    MoveStep,
    may_step,
    move_state,
    tells_of_somebody,
)

LONGEST = 300


@dataclass(frozen=True)
class Move:
    """One proposal as a unit sees it; what is another unit's own is None.

    ``own`` says whether the unit that looks proposed it. A person of the other unit alone sees
    the codes of both gardu, both distances and the reason that was written for them.
    """

    move_id: int
    own: bool
    ulp: str
    other_ulp: str
    gardu: str | None
    own_m: float | None
    other_gardu: str | None
    other_m: float | None
    reason: str
    state: MoveState
    idpel: str | None
    public_id: str | None
    proposed_by: str | None
    proposed_at: datetime
    said: str | None
    done_at: datetime | None
    may: tuple[str, ...]


def moves(
    session: Session, ulp: str, *, who: str, both: frozenset[str] = frozenset()
) -> list[Move]:
    """Return the proposals from and to a unit, newest first, as ``who`` may see and act on them.

    ``both``: units whose own data the person may see as well.
    """
    return [_seen_from(row, ulp, who, both) for row in unit_moves.of_unit(session, ulp=ulp)]


def waiting(session: Session, ulp: str) -> tuple[int, int]:
    """Count accepted proposals out of and into a unit that no import shows yet."""
    rows = [r for r in unit_moves.of_unit(session, ulp=ulp) if _state(r) == MoveState.ACCEPTED]
    out = sum(r["ulp"] == ulp for r in rows)
    return out, len(rows) - out


def propose(
    session: Session, ulp: str, public_id: str, *, other_ulp: str, gardu: str, reason: str, who: str
) -> int:
    """Propose to move a customer to another unit; return the number of the proposal.

    ``gardu``: the other unit's, where one is known; its distance is measured.

    Raises
    ------
    UsageError
        If the reason is missing, too long or tells of a person; if the unit is the same.
    NotAllowed
        If a proposal of the customer is on its way, or the other unit has the customer already.
    """
    unit_moves.one_at_a_time(session, ulp=ulp)
    who_is = pages.customer(session, ulp=ulp, public_id=public_id)
    said = _checked(reason, who_is)
    other = unit_moves.there(session, ulp=other_ulp)
    if other == ulp:
        raise UsageError("choose another unit than the customer's own", "pilih unit lain, bukan unitnya sendiri")  # fmt: skip
    _refuse_twice(session, ulp, who_is["idpel"], other)
    move_id = unit_moves.add(
        session, ulp=ulp,
        values={"idpel": who_is["idpel"], "other_ulp": other, "reason": said, "proposed_by": who,
                **_distances(session, ulp, who_is, other, gardu.strip().upper())},
    )  # fmt: skip
    log_command(session, who=who, ulp=ulp, command="unit move proposed", after={"move": move_id})
    return move_id


def step(
    session: Session, ulp: str, move_id: int, what: MoveStep, *, who: str, reason: str = ""
) -> MoveState:
    """Take one step on a proposal from or to a unit, as somebody of that unit; return its state.

    Raises
    ------
    NotAllowed
        If it is not that unit's to take, not in this state, or the decider proposed it himself.
    UsageError
        If a rejection says no reason, or a reason tells of a person.
    """
    row = unit_moves.one(session, ulp=ulp, move_id=move_id)
    unit_moves.one_at_a_time(session, ulp=row["ulp"])
    row = unit_moves.one(session, ulp=ulp, move_id=move_id)
    state, by_other = _state(row), row["other_ulp"] == ulp
    if not may_step(state, what, by_other=by_other):
        raise NotAllowed(
            f"proposal {move_id} is {state}; this step is not open to unit {ulp}",
            f"usulan {move_id} sudah berubah; langkah ini tidak terbuka bagi unit {ulp}",
        )
    if by_other and who == row["proposed_by"]:
        raise NotAllowed(
            "who proposed a move does not decide on it; ask another planner of the other unit",
            "pengusul tidak memutuskan usulannya sendiri; minta perencana lain di unit tujuan",
        )
    said = " ".join(reason.split())[:LONGEST]
    if what == MoveStep.REJECTED and not said:
        raise UsageError("say why it is rejected", "tulis alasan penolakan")
    if said and tells_of_somebody(said, ()):
        raise _names_somebody()
    if what == MoveStep.REOPENED:
        _refuse_twice(session, row["ulp"], row["idpel"], row["other_ulp"], but=move_id)
    unit_moves.add_step(session, ulp=row["ulp"], move_id=move_id, step=what, reason=said, who=who)
    log_command(session, who=who, ulp=ulp, command=f"unit move {what}", after={"move": move_id})
    return _state(unit_moves.one(session, ulp=ulp, move_id=move_id))


def _seen_from(row: dict[str, Any], ulp: str, who: str, both: frozenset[str]) -> Move:
    own, state = row["ulp"] == ulp, _state(row)
    whole = own or row["ulp"] in both
    # Once it is on the other unit's list, it is that unit's own customer.
    theirs = row["other_public_id"] if not own and row["seen"] else None
    may = tuple(
        s for s in MoveStep
        if may_step(state, s, by_other=not own) and (own or who != row["proposed_by"])
    )  # fmt: skip
    return Move(
        row["move_id"], own, row["ulp"], row["other_ulp"], row["gardu"], row["own_m"],
        row["other_gardu"], row["other_m"], row["reason"], state,
        row["idpel"] if whole or theirs else None, row["public_id"] if own else theirs,
        row["proposed_by"] if whole else None, row["proposed_at"], row["said"], row["done_at"], may,
    )  # fmt: skip


def _state(row: dict[str, Any]) -> MoveState:
    return move_state(row["steps"] or (), seen=row["seen"])


def _checked(reason: str, who_is: dict[str, Any]) -> str:
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST:
        raise UsageError(f"write a reason, up to {LONGEST} letters", f"tulis alasan, sampai {LONGEST} huruf")  # fmt: skip
    if tells_of_somebody(said, (who_is["name"], who_is["address"])):
        raise _names_somebody()
    return said


def _names_somebody() -> UsageError:
    return UsageError(
        "the other unit reads this reason; leave out names, addresses and numbers of customers",
        "alasan dibaca unit lain; jangan tulis nama, alamat, atau nomor pelanggan",
    )


def _refuse_twice(
    session: Session, ulp: str, idpel: str, other: str, *, but: int | None = None
) -> None:
    rows = unit_moves.of_customer(session, ulp=ulp, idpel=idpel)
    known = [_state(row) for row in rows if row["move_id"] != but]
    if MoveState.OPEN in known or MoveState.ACCEPTED in known:
        raise NotAllowed(
            "this customer's move is proposed already; look under Border",
            "pindah pelanggan ini sudah diusulkan; lihat di Perbatasan",
        )
    if unit_moves.in_unit(session, ulp=other, idpel=idpel):
        raise NotAllowed(
            f"unit {other} has this customer already; see the changes of the month",
            f"unit {other} sudah punya pelanggan ini; lihat Mutasi",
        )


def _distances(
    session: Session, ulp: str, who_is: dict[str, Any], other: str, gardu: str
) -> dict[str, Any]:
    """Return both gardu and how far each is; the border pass's own measure where it spoke of them."""
    found = border.candidate(session, ulp=ulp, idpel=who_is["idpel"])
    if found and (found["other_ulp"], found["other_gardu"]) == (other, gardu):
        return {k: v for k, v in found.items() if k != "other_ulp"}
    told = border.gardu_point(session, ulp=other, gardu=gardu) if gardu else None
    if gardu and told is None:
        raise NotThere(
            f"gardu {gardu} is not among those of unit {other}; leave it empty if it is not known",
            f"gardu {gardu} tidak ada di unit {other}; kosongkan bila belum tahu",
        )
    recorded = border.gardu_point(session, ulp=ulp, gardu=who_is["gardu"]) if who_is["gardu"] else None  # fmt: skip
    return {
        "gardu": who_is["gardu"], "own_m": _far(who_is, recorded),
        "other_gardu": gardu or None, "other_m": _far(who_is, told),
    }  # fmt: skip


def _far(who_is: dict[str, Any], gardu: dict[str, Any] | None) -> float | None:
    if gardu is None or gardu["lon"] is None or who_is["lon"] is None:
        return None
    return round(metres_between(who_is["lon"], who_is["lat"], gardu["lon"], gardu["lat"]), 1)
