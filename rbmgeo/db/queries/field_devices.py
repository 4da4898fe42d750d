"""Phones that work for a unit: who holds them, when they were there, which were struck off."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

#: Phones that one log-in may tell a unit of: a bound for what makes them up.
MOST_OF_ONE = 200


def may_hold_lists(session: Session, *, ulp: str, device_id: str) -> bool | None:
    """Say whether a phone may hold lists: None where the unit does not know it, False if struck off."""
    row = session.execute(
        text("SELECT struck_off_at IS NULL FROM field_device WHERE ulp = :u AND device_id = CAST(:d AS uuid)"),
        {"u": ulp, "d": device_id},
    ).one_or_none()  # fmt: skip
    return None if row is None else bool(row[0])


def count_of(session: Session, *, ulp: str, login: str, but: str) -> int:
    """Count the phones of a log-in, one of them apart."""
    found = session.scalar(
        text(
            "SELECT count(*) FROM field_device WHERE ulp = :u AND login = :l "
            "AND device_id <> CAST(:d AS uuid)"
        ),
        {"u": ulp, "l": login, "d": but},
    )
    return int(found or 0)


def was_there(session: Session, *, ulp: str, device_id: str) -> None:
    """Note that a known phone was there just now."""
    session.execute(
        text(
            "UPDATE field_device SET last_seen_at = now() "
            "WHERE ulp = :u AND device_id = CAST(:d AS uuid)"
        ),
        {"u": ulp, "d": device_id},
    )


def wrapped_key(session: Session, *, ulp: str, device_id: str) -> bytes | None:
    """Return the locked key of a phone's queue as it was told last, None without one."""
    found = session.scalar(
        text("SELECT wrapped_key FROM field_device WHERE ulp = :u AND device_id = CAST(:d AS uuid)"),
        {"u": ulp, "d": device_id},
    )  # fmt: skip
    return None if found is None else bytes(found)


def devices(session: Session, *, ulp: str) -> list[dict[str, Any]]:
    """Return every phone, working ones and the newest seen first.

    ``device_id``, ``login``, ``told`` (the phone's own words), ``has_key``, the moments
    ``first_seen_at``, ``last_seen_at``, ``struck_off_at`` (None: not), ``struck_off_by``,
    ``records`` that came from it, and ``lists`` that are open for its log-in.
    """
    rows = session.execute(
        text(
            """
            SELECT d.device_id::text AS device_id, d.login, d.told, d.wrapped_key IS NOT NULL AS has_key,
                   d.first_seen_at, d.last_seen_at, d.struck_off_at, d.struck_off_by,
                   (SELECT count(*) FROM field_visit v
                    WHERE v.ulp = d.ulp AND v.device_id = d.device_id) AS records,
                   (SELECT count(*) FROM visit_list l WHERE l.ulp = d.ulp AND l.officer = d.login
                    AND l.closed_at IS NULL) AS lists
            FROM field_device d WHERE d.ulp = :u
            ORDER BY d.struck_off_at IS NOT NULL, d.last_seen_at DESC, d.device_id
            """
        ),
        {"u": ulp},
    ).mappings()
    return [dict(r) for r in rows]


def strike_off(session: Session, *, ulp: str, device_id: str, who: str, off: bool) -> bool:
    """Strike a phone off, or take it back; return whether that changed anything."""
    done = session.execute(
        text(
            """
            UPDATE field_device SET struck_off_at = CASE WHEN :off THEN now() END,
                                    struck_off_by = CASE WHEN :off THEN CAST(:who AS text) END
            WHERE ulp = :u AND device_id = CAST(:d AS uuid) AND (struck_off_at IS NULL) = :off
            """
        ),
        {"u": ulp, "d": device_id, "who": who, "off": off},
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]
