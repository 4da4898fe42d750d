"""People who log in, what each may do in which unit, and the secret that signs a session."""

import base64
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from argon2.low_level import ARGON2_VERSION
from sqlalchemy import Connection, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from rbmgeo.db.models import AppSecret, AppUser, LoginTry, Ulp, UserRole
from rbmgeo.errors import NotAllowed, TooManyTries, UsageError
from rbmgeo.terms import Role

#: Stands for every unit.
EVERY_UNIT = "*"
SHORTEST_PASSWORD = 10
#: So many wrong passwords within so many minutes, and each further try waits.
TRIES, TRIES_MINUTES, WAIT_SECONDS = 10, 10, 60
#: Said on the log-in page and by `rbmgeo demo`; only a unit of invented data ever gets it.
DEMO_PASSWORD = "contoh-rekaan"

_HASHER = PasswordHasher()


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


_KNOWN = text(
    """
    SELECT u.user_id, u.login, u.display_name, u.password_hash, r.ulp, r.role
    FROM app_user u LEFT JOIN user_role r USING (user_id) WHERE user_id = :id AND u.active
    """
)


def known(
    session: Session | Connection, *, user_id: int
) -> tuple[KnownUser, dict[str, set[str]]] | None:
    """Return one active user with the roles by unit, in one question: every request asks it."""
    rows = session.execute(_KNOWN, {"id": user_id}).all()
    if not rows:
        return None
    found: dict[str, set[str]] = {}
    for row in rows:
        if row[4] is not None:
            found.setdefault(row[4], set()).add(row[5])
    return KnownUser(*rows[0][:4]), found


def users(session: Session) -> list[AppUser]:
    """Return everybody, by login."""
    return list(session.scalars(select(AppUser).order_by(AppUser.login)))


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


def log_in(session: Session, *, login: str, password: str) -> AppUser | None:
    """Return who logs in, else None; raises `TooManyTries` where guessing has to wait.

    After `TRIES` wrong passwords for one login within `TRIES_MINUTES`, a try waits until
    `WAIT_SECONDS` have passed since the last wrong one, right or wrong, known or not. Tries
    that have to wait count for nothing, so that nobody can keep an owner out for long.
    """
    key = hashlib.sha256(login.strip().lower().encode()).hexdigest()
    # Tries at once for one login come one after another.
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:k))"), {"k": f"log in {key}"})
    session.execute(
        text("DELETE FROM login_try WHERE at < now() - make_interval(mins => :m)"),
        {"m": TRIES_MINUTES},
    )
    wrong, since = session.execute(
        text(
            "SELECT count(*), extract(epoch FROM clock_timestamp() - max(at)) "
            "FROM login_try WHERE login_hash = :k"
        ),
        {"k": key},
    ).one()
    if wrong >= TRIES and since < WAIT_SECONDS:
        raise TooManyTries(
            f"too many wrong passwords; try again in {WAIT_SECONDS} seconds",
            f"terlalu banyak kata sandi salah; coba lagi dalam {WAIT_SECONDS} detik",
        )
    found = check_password(session, login=login, password=password)
    if found is None:
        session.execute(insert(LoginTry).values(login_hash=key))
    else:
        session.execute(delete(LoginTry).where(LoginTry.login_hash == key))
    return found


def check_password(session: Session, *, login: str, password: str) -> AppUser | None:
    """Return the active user whose login and password these are, else None."""
    found = session.scalar(select(AppUser).where(AppUser.login == login.strip().lower()))
    try:
        _HASHER.verify(found.password_hash if found else _NOBODY, password)
    except (Argon2Error, InvalidHashError):
        return None
    return found if found is not None and found.active else None


def add_user(
    session: Session,
    *,
    login: str,
    password: str,
    display_name: str = "",
    grants: Iterable[tuple[str, str]] = (),
) -> AppUser:
    """Add a person; raises `UsageError` for a poor password or a login that is taken."""
    login = login.strip().lower()
    _check_login(login)
    _check_length(password)
    if session.scalar(select(AppUser.user_id).where(AppUser.login == login)) is not None:
        raise UsageError(
            f"login {login!r} is taken; choose another",
            f"nama masuk {login!r} sudah dipakai; pilih yang lain",
        )
    made = AppUser(
        login=login,
        display_name=display_name.strip() or login,
        password_hash=_HASHER.hash(password),
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


def set_password(session: Session, *, login: str, password: str) -> int:
    """Give a person a new password and return the id; raises `UsageError` for an unknown login."""
    _check_length(password)
    done = session.execute(
        update(AppUser)
        .where(AppUser.login == login.strip().lower())
        .values(password_hash=_HASHER.hash(password))
        .returning(AppUser.user_id)
    )
    user_id = done.scalar()
    if user_id is None:
        raise UsageError(
            f"nobody logs in as {login!r}; see `rbmgeo user list`",
            f"nama masuk {login!r} tidak ada; lihat `rbmgeo user list`",
        )
    return int(user_id)


def set_active(session: Session, *, user_id: int, active: bool) -> None:
    """Let a person in or keep him out; what he did stays."""
    session.execute(update(AppUser).where(AppUser.user_id == user_id).values(active=active))


def ensure_demo_users(session: Session, *, ulp: str) -> dict[str, str]:
    """Make one user for each role of the invented unit; return login -> password.

    The stated password is given only in a unit of invented data; raises `NotAllowed` else.
    """
    unit = session.get(Ulp, ulp)
    if unit is None or not unit.sample:
        raise NotAllowed(
            f"unit {ulp} is not invented; demo users are for the demo only",
            f"unit {ulp} bukan data rekaan; pengguna contoh hanya untuk demo",
        )
    names = {
        "perencana": "Perencana",
        "surveyor": "Surveyor",
        "pengawas": "Pengawas",
        "admin": "Admin",
    }
    for login, name in names.items():
        found = session.scalar(select(AppUser).where(AppUser.login == login))
        if found is None:
            add_user(
                session,
                login=login,
                password=DEMO_PASSWORD,
                display_name=name,
                grants=[(EVERY_UNIT if login == "admin" else ulp, login)],
            )
    return dict.fromkeys(names, DEMO_PASSWORD)


def _administrators(session: Session) -> int:
    query = (
        select(func.count())
        .select_from(UserRole)
        .join(AppUser, AppUser.user_id == UserRole.user_id)
        .where(UserRole.ulp == EVERY_UNIT, UserRole.role == Role.ADMIN, AppUser.active)
    )
    return session.scalar(query) or 0


def _check_login(login: str) -> None:
    if not login or len(login) > 40 or any(c.isspace() for c in login):
        raise UsageError(
            f"login {login!r} is not 1 to 40 signs without a space; choose another",
            f"nama masuk {login!r} bukan 1 sampai 40 huruf tanpa spasi; pilih yang lain",
        )


def _check_length(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise UsageError(
            f"the password has {len(password)} signs; take {SHORTEST_PASSWORD} or more",
            f"kata sandi hanya {len(password)} huruf; pakai {SHORTEST_PASSWORD} atau lebih",
        )
