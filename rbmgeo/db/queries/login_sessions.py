"""Sessions of people who are logged in: begun, looked up by every request, ended for good."""

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, text, true, update
from sqlalchemy.orm import Session

from rbmgeo.db.models import AppSession
from rbmgeo.db.queries.people import KnownUser

#: Ended or not, a session is listed no longer than that.
KEPT_DAYS = 90

_KNOWN = text(
    """
    SELECT u.user_id, u.login, u.display_name, u.password_hash, u.must_change, s.session_id, s.how,
           extract(epoch FROM now() - s.seen_at), extract(epoch FROM now() - s.made_at),
           r.ulp, r.role
    FROM app_session s JOIN app_user u USING (user_id) LEFT JOIN user_role r USING (user_id)
    WHERE s.token_hash = :h AND s.ended_at IS NULL AND u.active
    """
)


@dataclass(frozen=True)
class OpenSession:
    """A session as a request finds it: ``idle_s`` since it was last used, ``age_s`` since log-in."""

    session_id: int
    how: str
    idle_s: float
    age_s: float


def begin(
    session: Session, *, user_id: int, how: str = "password", told: str = "", address: str = ""
) -> str:
    """Begin a session and return its token: 256 bits, known to the browser alone (ASVS 7.2.3)."""
    token = secrets.token_urlsafe(32)
    session.execute(
        delete(AppSession).where(
            AppSession.made_at < func.now() - func.make_interval(0, 0, 0, KEPT_DAYS)
        )
    )
    session.execute(
        insert(AppSession).values(
            token_hash=_hash(token), user_id=user_id, how=how, told=told[:80], address=address
        )
    )
    return token


def known(
    session: Session | Connection, *, token: str
) -> tuple[KnownUser, dict[str, set[str]], OpenSession] | None:
    """Return who a token belongs to, the roles by unit and the session, in one question.

    None where it is ended or unknown or the person is shut out. Uses ``pk_app_session``.
    """
    rows = session.execute(_KNOWN, {"h": _hash(token)}).all()
    if not rows:
        return None
    roles: dict[str, set[str]] = {}
    for row in rows:
        if row[9] is not None:
            roles.setdefault(row[9], set()).add(row[10])
    first = rows[0]
    opened = OpenSession(first[5], first[6], float(first[7]), float(first[8]))
    return KnownUser(*first[:5]), roles, opened


def touch(session: Session, *, token: str) -> None:
    """Note that a session was used."""
    session.execute(
        update(AppSession)
        .where(AppSession.token_hash == _hash(token), AppSession.ended_at.is_(None))
        .values(seen_at=func.now())
    )


def end(session: Session, *, token: str, why: str) -> None:
    """End one session; its token opens nothing any more (ASVS 7.4.1)."""
    _end(session, AppSession.token_hash == _hash(token), why)


def end_one(session: Session, *, user_id: int, session_id: int, why: str) -> int:
    """End one session of a person by its number; return whether it was open (1 or 0)."""
    mine = (AppSession.user_id == user_id) & (AppSession.session_id == session_id)
    return _end(session, mine, why)


def end_all(session: Session, *, user_id: int, why: str, but: str = "") -> int:
    """End the sessions of a person, but for the one with a token; return how many were open."""
    others = (AppSession.user_id == user_id) & (AppSession.token_hash != _hash(but))
    return _end(session, others, why)


def end_everybodys(session: Session, *, why: str) -> int:
    """End every session of everybody; return how many were open."""
    return _end(session, true(), why)


def of_person(session: Session, *, user_id: int) -> list[AppSession]:
    """Return the sessions of a person that are not ended, the last used first."""
    return list(
        session.scalars(
            select(AppSession)
            .where(AppSession.user_id == user_id, AppSession.ended_at.is_(None))
            .order_by(AppSession.seen_at.desc(), AppSession.session_id.desc())
        )
    )


def _end(session: Session, which: object, why: str) -> int:
    done = session.execute(
        update(AppSession)
        .where(which, AppSession.ended_at.is_(None))  # type: ignore[arg-type]
        .values(ended_at=func.now(), ended_why=why)
        .returning(AppSession.session_id)
    )
    return len(done.all())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
