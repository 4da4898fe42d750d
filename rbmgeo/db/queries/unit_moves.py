"""Proposals to move a customer to another unit, and every step of both units; nothing is edited."""

from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from rbmgeo.db.models import UnitMove, UnitMoveStep
from rbmgeo.errors import NotThere, UnknownUlp

_MOVES = """
    SELECT m.ulp, m.move_id, m.idpel, m.other_ulp, m.gardu, m.own_m, m.other_gardu, m.other_m,
           m.reason, m.proposed_by, m.proposed_at,
           (SELECT array_agg(s.step ORDER BY s.step_id) FROM unit_move_step s
            WHERE s.ulp = m.ulp AND s.move_id = m.move_id) AS steps,
           l.done_by, l.done_at, l.reason AS said,
           COALESCE(there.active, false) AS seen, here.public_id::text AS public_id,
           there.public_id::text AS other_public_id
    FROM unit_move m
    LEFT JOIN LATERAL rbmgeo_elsewhere(m.ulp, m.idpel) here ON true
    LEFT JOIN LATERAL rbmgeo_elsewhere(m.other_ulp, m.idpel) there ON true
    LEFT JOIN LATERAL (SELECT done_by, done_at, reason FROM unit_move_step s
        WHERE s.ulp = m.ulp AND s.move_id = m.move_id ORDER BY step_id DESC LIMIT 1) l ON true
"""


def one_at_a_time(session: Session, *, ulp: str) -> None:
    """Let one transaction at a time propose for a unit or decide on its proposals."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('pindah:' || :u))"), {"u": ulp})


def add(session: Session, *, ulp: str, values: dict[str, Any]) -> int:
    """Keep one proposal; return its number."""
    row = insert(UnitMove).values(ulp=ulp, **values).returning(UnitMove.move_id)
    return int(session.execute(row).scalar_one())


def add_step(session: Session, *, ulp: str, move_id: int, step: str, reason: str, who: str) -> None:
    """Keep one step of a proposal."""
    session.execute(
        insert(UnitMoveStep).values(
            ulp=ulp, move_id=move_id, step=step, reason=reason or None, done_by=who
        )
    )


def of_unit(session: Session, *, ulp: str) -> list[dict[str, Any]]:
    """Return the proposals from and to a unit, newest first.

    Keys of `UnitMove`, ``steps`` (oldest first), the last step's ``done_by``, ``done_at`` and
    ``said``, ``seen`` (the other unit has the customer), public ids in both units.
    """
    asked = f"{_MOVES} WHERE m.ulp = :u OR m.other_ulp = :u ORDER BY m.move_id DESC"
    return [dict(r) for r in session.execute(text(asked), {"u": ulp}).mappings()]


def of_customer(session: Session, *, ulp: str, idpel: str) -> list[dict[str, Any]]:
    """Return the proposals of one customer from a unit, newest first."""
    asked = f"{_MOVES} WHERE m.ulp = :u AND m.idpel = :i ORDER BY m.move_id DESC"
    return [dict(r) for r in session.execute(text(asked), {"u": ulp, "i": idpel}).mappings()]


def one(session: Session, *, ulp: str, move_id: int) -> dict[str, Any]:
    """Return one proposal from or to a unit; raises `NotThere`."""
    asked = f"{_MOVES} WHERE m.move_id = :m AND (m.ulp = :u OR m.other_ulp = :u)"
    row = session.execute(text(asked), {"u": ulp, "m": move_id}).mappings().first()
    if row is None:
        raise NotThere(
            f"proposal {move_id} is not of unit {ulp}; look at the list again",
            f"usulan {move_id} bukan milik unit {ulp}; lihat lagi daftarnya",
        )
    return dict(row)


def in_unit(session: Session, *, ulp: str, idpel: str) -> bool:
    """Say whether a unit has a customer among its active ones."""
    asked = "SELECT COALESCE((SELECT active FROM rbmgeo_elsewhere(:u, :i)), false)"
    return bool(session.scalar(text(asked), {"u": ulp, "i": idpel}))


def there(session: Session, *, ulp: str) -> str:
    """Return a unit's code; raises `UnknownUlp`."""
    if ulp not in units_named(session, ulps=[ulp]):
        raise UnknownUlp(ulp)
    return ulp


def units_named(session: Session, *, ulps: list[str]) -> dict[str, str]:
    """Return the names of some units by code."""
    rows = session.execute(text("SELECT ulp, name FROM near.unit WHERE ulp = ANY(:u)"), {"u": ulps})
    return {row[0]: row[1] for row in rows}
