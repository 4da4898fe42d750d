"""Wrong passwords of the last day: how long guessing waits, who is shut out, and letting him in."""

import hashlib
from typing import Any

import pandas as pd
from sqlalchemy import delete, insert, text
from sqlalchemy.orm import Session

from rbmgeo.db.models import LoginTry
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import TooManyTries
from rbmgeo.keys import tries

_OWN = text(
    """
    SELECT count(*), COALESCE(extract(epoch FROM clock_timestamp() - max(at)), 0)
    FROM login_try WHERE login_hash = :k
    """
)
_OLDEST_HERE = text(
    """
    SELECT extract(epoch FROM now() - at) FROM login_try
    WHERE address = :a AND at > now() - make_interval(mins => :m)
    ORDER BY at DESC OFFSET :n LIMIT 1
    """
)
_OLDEST = text(
    """
    SELECT extract(epoch FROM now() - at) FROM login_try
    WHERE at > now() - make_interval(mins => :m) ORDER BY at DESC OFFSET :n LIMIT 1
    """
)
_KNOWN_HERE = text(
    """
    SELECT EXISTS (SELECT FROM app_session s JOIN app_user u USING (user_id)
                   WHERE u.login = :l AND s.address = :a
                     AND s.made_at > now() - make_interval(days => :d))
    """
)
#: What stands for no machine in particular: this one, or a proxy that nobody told us of.
_OF_NOBODY = ("", "127.0.0.1", "::1")


def key_of(login: str) -> str:
    """Return what a login is counted under."""
    return hashlib.sha256(login.strip().lower().encode()).hexdigest()


def refuse_guessing(session: Session, *, login: str, address: str) -> None:
    """Raise `TooManyTries` where a try has to wait; one try of a login comes after another.

    Tries that have to wait count for nothing, so that nobody can keep an owner out for long.
    """
    key = key_of(login)
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:k))"), {"k": f"log in {key}"})
    session.execute(
        text("DELETE FROM login_try WHERE at < now() - make_interval(hours => :h)"),
        {"h": tries.LOGIN_HOURS},
    )
    wrong, since = session.execute(_OWN, {"k": key}).one()
    wait = tries.login_wait_s(wrong, float(since))
    if wait > 0:
        raise _wait(wait)
    wait = max(_here(session, address), _everywhere(session))
    if wait > 0 and not _known_here(session, login, address):
        raise _wait(wait)


def note_wrong(session: Session, *, login: str, address: str) -> None:
    """Count a wrong password; the log says when a login begins to wait."""
    key = key_of(login)
    session.execute(insert(LoginTry).values(login_hash=key, address=address))
    wrong = int(session.execute(_OWN, {"k": key}).one()[0])
    if wrong == tries.LOGIN_TRIES:
        whose = session.scalar(
            text("SELECT user_id FROM app_user WHERE login = :l"), {"l": login.strip().lower()}
        )
        log_command(session, who="-", ulp=None, command="log-in locked", after={"user": whose, "wrong": wrong})  # fmt: skip


def forget(session: Session, *, login: str) -> int:
    """Let a login try again at once; return how many wrong passwords are forgotten."""
    done = session.execute(
        delete(LoginTry).where(LoginTry.login_hash == key_of(login)).returning(LoginTry.try_id)
    )
    return len(done.all())


def forget_address(session: Session, *, address: str) -> int:
    """Let a machine try again at once; what was wrong still counts for each login."""
    return len(
        session.execute(
            text("UPDATE login_try SET address = '' WHERE address = :a RETURNING try_id"),
            {"a": address},
        ).all()
    )


def locked_logins(session: Session) -> list[dict[str, Any]]:
    """Return the people who have to wait now: user_id, login, wrong passwords, seconds, machines."""
    rows = session.execute(
        text(
            """
            SELECT login_hash, count(*) AS wrong, array_agg(DISTINCT address) AS addresses,
                   extract(epoch FROM now() - max(at)) AS since
            FROM login_try GROUP BY login_hash HAVING count(*) >= :n
            """
        ),
        {"n": tries.LOGIN_TRIES},
    ).all()
    waiting = {r.login_hash: r for r in rows if tries.login_wait_s(r.wrong, float(r.since)) > 0}
    if not waiting:
        return []
    people = session.execute(text("SELECT user_id, login FROM app_user ORDER BY login")).all()
    return [
        {"user_id": p.user_id, "login": p.login, "wrong": (r := waiting[key_of(p.login)]).wrong,
         "minutes": tries.minutes(tries.login_wait_s(r.wrong, float(r.since))),
         "addresses": sorted(a for a in r.addresses if a)}
        for p in people if key_of(p.login) in waiting
    ]  # fmt: skip


def locked_addresses(session: Session) -> list[dict[str, Any]]:
    """Return the machines that have to wait now: address, wrong passwords of the last minutes."""
    found = pd.read_sql(
        text(
            "SELECT address, count(*) AS wrong FROM login_try "
            "WHERE at > now() - make_interval(mins => :m) AND address <> ALL(:none) "
            "GROUP BY address HAVING count(*) >= :n ORDER BY address"
        ),
        session.connection(),
        params={"m": tries.MINUTES, "n": tries.ADDRESS_TRIES, "none": list(_OF_NOBODY)},
    )
    return [{str(k): v for k, v in row.items()} for row in found.to_dict("records")]


def _here(session: Session, address: str) -> float:
    if address in _OF_NOBODY:
        return 0.0
    asked = {"a": address, "m": tries.MINUTES, "n": tries.ADDRESS_TRIES - 1}
    return tries.recent_wait_s(_seconds(session.scalar(_OLDEST_HERE, asked)))


def _everywhere(session: Session) -> float:
    asked = {"m": tries.MINUTES, "n": tries.SERVICE_TRIES - 1}
    return tries.recent_wait_s(_seconds(session.scalar(_OLDEST, asked)))


def _seconds(found: Any) -> float | None:
    return None if found is None else float(found)


def _known_here(session: Session, login: str, address: str) -> bool:
    asked = {"l": login.strip().lower(), "a": address, "d": tries.KNOWN_DAYS}
    return bool(session.scalar(_KNOWN_HERE, asked))


def _wait(seconds: float) -> TooManyTries:
    n = tries.minutes(seconds)
    return TooManyTries(
        f"too many wrong passwords; try again in {n} minute{'s' if n > 1 else ''}",
        f"terlalu banyak kata sandi salah; coba lagi dalam {n} menit",
    )
