"""People who log in, what each may do in which unit, and the secret that signs a session."""

import base64
import secrets
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from argon2.low_level import ARGON2_VERSION
from sqlalchemy import Connection, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from rbmgeo.db.models import AppSecret, AppSession, AppUser, Ulp, UserRole
from rbmgeo.errors import NotAllowed, UsageError
from rbmgeo.keys import passwords
from rbmgeo.keys.common_passwords import PUBLISHED
from rbmgeo.terms import Role

#: Stands for every unit.
EVERY_UNIT = "*"
#: Said on the log-in page and by `rbmgeo demo`; only a unit of invented data ever gets it.
DEMO_PASSWORD = PUBLISHED

#: Argon2id with 64 MiB and three passes: RFC 9106, above what OWASP asks for (19 MiB, two).
_HASHER = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)


def _nobody(hasher: PasswordHasher) -> str:
    """Return a hash that no password has: random bytes, written as the hasher writes its own."""
    salt, made = (
        base64.b64encode(secrets.token_bytes(n)).decode().rstrip("=")
        for n in (hasher.salt_len, hasher.hash_len)
    )
    return (
        f"$argon2id$v={ARGON2_VERSION}$m={hasher.memory_cost},t={hasher.time_cost},"
        f"p={hasher.parallelism}${salt}${made}"
    )


# Checked where a login is unknown, so that the answer takes as long as for a known one.
_NOBODY = _nobody(_HASHER)


def ensure_secret(session: Session, *, name: str = "session") -> str:
    """Return a secret of this database, made at random when first asked for."""
    session.execute(
        insert(AppSecret)
        .values(name=name, value=secrets.token_hex(32))
        .on_conflict_do_nothing(index_elements=["name"])
    )
    return session.execute(select(AppSecret.value).where(AppSecret.name == name)).scalar_one()


def anybody(session: Session) -> bool:
    """Say whether there is any user yet."""
    return session.scalar(select(AppUser.user_id).limit(1)) is not None


@dataclass(frozen=True)
class KnownUser:
    """Who asks, as every request looks it up."""

    user_id: int
    login: str
    display_name: str
    password_hash: str
    must_change: bool


_KNOWN = text(
    """
    SELECT u.user_id, u.login, u.display_name, u.password_hash, u.must_change, r.ulp, r.role
    FROM app_user u LEFT JOIN user_role r USING (user_id) WHERE user_id = :id AND u.active
    """
)


def known(
    session: Session | Connection, *, user_id: int
) -> tuple[KnownUser, dict[str, set[str]]] | None:
    """Return one active user with the roles by unit, in one question."""
    rows = session.execute(_KNOWN, {"id": user_id}).all()
    if not rows:
        return None
    found: dict[str, set[str]] = {}
    for row in rows:
        if row[5] is not None:
            found.setdefault(row[5], set()).add(row[6])
    return KnownUser(*rows[0][:5]), found


def users(session: Session) -> list[AppUser]:
    """Return everybody, by login."""
    return list(session.scalars(select(AppUser).order_by(AppUser.login)))


def logins(session: Session) -> list[str]:
    """Return the logins of everybody whom the session may see, by login."""
    return list(session.scalars(select(AppUser.login).order_by(AppUser.login)))


def roles(session: Session, *, user_id: int) -> dict[str, set[str]]:
    """Return the roles of one person by unit; ``*`` stands for every unit."""
    found: dict[str, set[str]] = {}
    for ulp, role in session.execute(
        select(UserRole.ulp, UserRole.role).where(UserRole.user_id == user_id)
    ):
        found.setdefault(ulp, set()).add(role)
    return found


def all_roles(session: Session) -> dict[int, list[tuple[str, str]]]:
    """Return (unit, role) of everybody, by user."""
    found: dict[int, list[tuple[str, str]]] = {}
    for row in session.execute(
        select(UserRole.user_id, UserRole.ulp, UserRole.role).order_by(UserRole.ulp, UserRole.role)
    ):
        found.setdefault(row.user_id, []).append((row.ulp, row.role))
    return found


def units_of(session: Session, *, user_id: int) -> list[Ulp]:
    """Return the units in which a person has a role, by code."""
    known = roles(session, user_id=user_id)
    query = select(Ulp).order_by(Ulp.ulp)
    if EVERY_UNIT not in known:
        query = query.where(Ulp.ulp.in_(list(known)))
    return list(session.scalars(query))


def check_password(session: Session, *, login: str, password: str) -> AppUser | None:
    """Return the active user whose login and password these are, else None.

    It takes as long for a login that nobody has; a hash of older parameters is made anew.
    """
    found = session.scalar(select(AppUser).where(AppUser.login == login.strip().lower()))
    readable = found is not None and len(password) <= passwords.LONGEST
    try:
        kept = found.password_hash if found is not None and readable else _NOBODY
        _HASHER.verify(kept, password[: passwords.LONGEST])
    except (Argon2Error, InvalidHashError):
        return None
    if found is None or not found.active:
        return None
    if _HASHER.check_needs_rehash(found.password_hash):
        found.password_hash = _HASHER.hash(password)
    return found


def hashes(drawn: Sequence[str]) -> list[str]:
    """Return the hashes of many passwords, two at a time: each takes 64 MiB."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(_HASHER.hash, drawn))


def opens(person: AppUser, password: str) -> bool:
    """Say whether a password is somebody's; counts and changes nothing."""
    try:
        return _HASHER.verify(person.password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False


def add_user(
    session: Session,
    *,
    login: str,
    password: str,
    display_name: str = "",
    grants: Iterable[tuple[str, str]] = (),
    first: bool = False,
    checked: bool = True,
    hashed: str = "",
) -> AppUser:
    """Add a person; raises `UsageError` for a poor password or a login that is taken.

    ``first``: somebody else chose the password, see `set_password`; ``checked``: False for what
    the product draws or publishes itself; ``hashed``: its hash where it is there already.
    """
    login, grants = login.strip().lower(), list(grants)
    check_login(login)
    if checked:
        own = [login, display_name, *_names(session, (ulp for ulp, _ in grants))]
        passwords.check_password(password, own=own, admin=any(r == Role.ADMIN for _, r in grants))
    if session.scalar(select(AppUser.user_id).where(AppUser.login == login)) is not None:
        raise UsageError(
            f"login {login!r} is taken; choose another",
            f"nama masuk {login!r} sudah dipakai; pilih yang lain",
        )
    made = AppUser(
        login=login,
        display_name=display_name.strip() or login,
        password_hash=hashed or _HASHER.hash(password),
        must_change=first,
        password_until=datetime.now(UTC) + passwords.FIRST_LASTS if first else None,
    )
    session.add(made)
    session.flush()
    for ulp, role in grants:
        grant(session, user_id=made.user_id, ulp=ulp, role=role)
    return made


def add_first_administrator(
    session: Session, *, login: str, password: str, display_name: str = ""
) -> AppUser:
    """Add the administrator of an empty product; raises `NotAllowed` if anybody is there."""
    # Two first visitors at once: the second waits here and then finds the first.
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('rbmgeo first user'))"))
    if anybody(session):
        raise NotAllowed(
            "there is an administrator already; log in instead",
            "administrator sudah ada; silakan masuk",
        )
    return add_user(
        session,
        login=login,
        password=password,
        display_name=display_name,
        grants=[(EVERY_UNIT, Role.ADMIN)],
    )


def grant(session: Session, *, user_id: int, ulp: str, role: str) -> None:
    """Let a person do what a role may in a unit."""
    session.execute(
        insert(UserRole)
        .values(user_id=user_id, ulp=ulp, role=str(Role(role)))
        .on_conflict_do_nothing()
    )


def revoke(session: Session, *, user_id: int, ulp: str, role: str) -> None:
    """Take a role back; the last administrator of the product keeps his."""
    if (ulp, role) == (EVERY_UNIT, Role.ADMIN) and _administrators(session) <= 1:
        raise NotAllowed(
            "this is the last administrator; name another one first",
            "ini administrator terakhir; tetapkan yang lain lebih dulu",
        )
    session.execute(
        delete(UserRole).where(
            UserRole.user_id == user_id, UserRole.ulp == ulp, UserRole.role == role
        )
    )


def set_password(
    session: Session, *, login: str, password: str, first: bool = False, why: str = "password"
) -> int:
    """Give a person a new password, end every session of the old one, and return the id.

    ``first``: somebody else chose it, so that the person must take another one at the log-in and
    it ends by itself (ASVS 6.4.1).

    Raises
    ------
    UsageError
        For an unknown login or a poor password.
    """
    person = by_login(session, login=login)
    if person is None:
        raise UsageError(
            f"nobody logs in as {login!r}; see `rbmgeo user list`",
            f"nama masuk {login!r} tidak ada; lihat `rbmgeo user list`",
        )
    held = roles(session, user_id=person.user_id)
    own = [person.login, person.display_name, *_names(session, held)]
    admin = any(Role.ADMIN in of_unit for of_unit in held.values())
    passwords.check_password(password, own=own, admin=admin)
    person.password_hash = _HASHER.hash(password)
    person.must_change = first
    person.password_until = datetime.now(UTC) + passwords.FIRST_LASTS if first else None
    session.flush()
    _end_sessions(session, person.user_id, why)
    return person.user_id


def no_password() -> str:
    """Return a hash that no password has, for accounts that none opens."""
    return _nobody(_HASHER)


def by_login(session: Session, *, login: str) -> AppUser | None:
    """Return who has a login, active or not."""
    return session.scalar(select(AppUser).where(AppUser.login == login.strip().lower()))


def set_active(session: Session, *, user_id: int, active: bool) -> None:
    """Let a person in or keep him out; what he did stays, his sessions end (ASVS 7.4.2)."""
    session.execute(update(AppUser).where(AppUser.user_id == user_id).values(active=active))
    if not active:
        _end_sessions(session, user_id, "shut out")


def _administrators(session: Session) -> int:
    query = (
        select(func.count())
        .select_from(UserRole)
        .join(AppUser, AppUser.user_id == UserRole.user_id)
        .where(UserRole.ulp == EVERY_UNIT, UserRole.role == Role.ADMIN, AppUser.active)
    )
    return session.scalar(query) or 0


def check_login(login: str) -> None:
    """Raise `UsageError` where a text cannot be a login."""
    if not login or len(login) > 40 or any(c.isspace() for c in login):
        raise UsageError(
            f"login {login!r} is not 1 to 40 signs without a space; choose another",
            f"nama masuk {login!r} bukan 1 sampai 40 huruf tanpa spasi; pilih yang lain",
        )


def _names(session: Session, ulps: Iterable[str]) -> list[str]:
    """Return codes and names of units: none of them is a password."""
    found = session.scalars(select(Ulp).where(Ulp.ulp.in_(list(ulps))))
    return [word for unit in found for word in (unit.ulp, unit.name)]


def _end_sessions(session: Session, user_id: int, why: str) -> None:
    session.execute(
        update(AppSession)
        .where(AppSession.user_id == user_id, AppSession.ended_at.is_(None))
        .values(ended_at=func.now(), ended_why=why)
    )
