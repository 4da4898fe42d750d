"""Logging in by password: the limits, the check, and what a password that is right may still lack."""

from datetime import datetime

from sqlalchemy.orm import Session

from rbmgeo.db.models import AppUser
from rbmgeo.db.queries import login_limits, people
from rbmgeo.errors import UsageError
from rbmgeo.keys.passwords import SHORTEST_OF_ADMIN
from rbmgeo.terms import Role


def sign_in(
    session: Session, *, login: str, password: str, now: datetime, address: str = "",
    local: bool = True,
) -> AppUser | None:  # fmt: skip
    """Return who logs in, else None; the caller commits, for wrong passwords are counted.

    ``address``: the machine that asks; ``local``: whether passwords open anything here, or only
    those of accounts for an emergency.

    Raises
    ------
    TooManyTries
        Where guessing has to wait: of a login, a machine or the whole service.
    UsageError
        Where the password was right, and is a first one that ended.
    """
    login_limits.refuse_guessing(session, login=login, address=address)
    found = people.check_password(session, login=login, password=password)
    # Where passwords are off a right one is told like a wrong one: nothing can be guessed here.
    if found is None or not (local or found.break_glass):
        login_limits.note_wrong(session, login=login, address=address)
        return None
    if found.password_until is not None and found.password_until < now:
        raise UsageError(
            "this first password has ended; ask the administrator for a new one",
            "kata sandi awal ini sudah berakhir; minta yang baru kepada administrator",
        )
    login_limits.forget(session, login=login)
    held = people.roles(session, user_id=found.user_id)
    if len(password) < SHORTEST_OF_ADMIN and any(Role.ADMIN in r for r in held.values()):
        found.must_change = True  # it was long enough before the person became an administrator
    session.flush()
    return found


def change_password(
    session: Session, *, login: str, old: str, new: str, address: str = ""
) -> str | None:
    """Give a person another password; return None, or the reason ("wrong") it was not.

    The old one is asked for (ASVS 6.2.3) and a wrong one counts as at the log-in; every session
    of the person ends.

    Raises
    ------
    TooManyTries, UsageError
        As `sign_in`; a poor new password; the old one again.
    """
    login_limits.refuse_guessing(session, login=login, address=address)
    if people.check_password(session, login=login, password=old) is None:
        login_limits.note_wrong(session, login=login, address=address)
        return "wrong"
    if old == new:
        raise UsageError(
            "the new password is the old one; take another", "kata sandi baru sama dengan yang lama; pakai yang lain"
        )  # fmt: skip
    people.set_password(session, login=login, password=new)
    return None
