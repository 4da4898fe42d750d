"""Accounts that the office's identity provider opens, and the one that a password opens besides."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from rbmgeo.db.models import AppUser
from rbmgeo.db.queries import people
from rbmgeo.db.queries.people import EVERY_UNIT
from rbmgeo.errors import NotAllowed
from rbmgeo.terms import Role


def add_without_password(
    session: Session, *, login: str, subject: str, display_name: str
) -> AppUser:
    """Add a person whom the office's identity provider vouches for, without a role (yet).

    No password opens the account: its hash is one that none has.
    """
    people.check_login(login.strip().lower())
    made = AppUser(
        login=login.strip().lower(), display_name=display_name.strip() or login,
        password_hash=people.no_password(), oidc_subject=subject,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def by_subject(session: Session, *, subject: str) -> AppUser | None:
    """Return who an identity provider knows by a subject, active or not."""
    return session.scalar(select(AppUser).where(AppUser.oidc_subject == subject))


def break_glass(session: Session) -> str | None:
    """Return the login that opens by password whatever is set, if there is one and it is active."""
    return session.scalar(select(AppUser.login).where(AppUser.break_glass, AppUser.active))


def set_break_glass(session: Session, *, login: str, on: bool) -> int:
    """Let one administrator of the product in by password whatever is set; return the id.

    Raises
    ------
    NotAllowed
        If the person is none, or another one has it.
    """
    person = people.by_login(session, login=login)
    if person is None or Role.ADMIN not in people.roles(session, user_id=person.user_id).get(EVERY_UNIT, set()):  # fmt: skip
        raise NotAllowed(
            f"{login!r} is no administrator of every unit; name one, see `rbmgeo user list`",
            f"{login!r} bukan administrator semua unit; sebutkan yang benar, lihat `rbmgeo user list`",
        )
    other = session.scalar(select(AppUser.login).where(AppUser.break_glass, AppUser.user_id != person.user_id))  # fmt: skip
    if on and other is not None:
        raise NotAllowed(
            f"{other!r} has it; take it back first with `rbmgeo user break-glass {other} --off`",
            f"{other!r} memilikinya; cabut dulu dengan `rbmgeo user break-glass {other} --off`",
        )
    person.break_glass = on
    return person.user_id
