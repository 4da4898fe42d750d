"""Users of an invented unit, with the password that the log-in page itself says."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from rbmgeo.db.models import AppUser, Ulp
from rbmgeo.db.queries import people
from rbmgeo.db.queries.people import DEMO_PASSWORD, EVERY_UNIT
from rbmgeo.errors import NotAllowed
from rbmgeo.terms import Role


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
            people.add_user(
                session,
                login=login,
                password=DEMO_PASSWORD,
                display_name=name,
                grants=[(EVERY_UNIT if login == "admin" else ulp, login)],
                checked=False,
            )
    return dict.fromkeys(names, DEMO_PASSWORD)


def published_passwords(session: Session) -> list[str]:
    """Return the logins that the published password opens though there is a unit of real data.

    Only the logins of the sample are tried, and only where they reach such a unit.
    """
    real = set(session.scalars(select(Ulp.ulp).where(Ulp.sample.is_(False))))
    if not real:
        return []
    found = session.scalars(
        select(AppUser).where(AppUser.login.in_([str(r) for r in Role]), AppUser.active)
    ).all()
    open_now = []
    for person in sorted(found, key=lambda p: p.login):
        held = set(people.roles(session, user_id=person.user_id))
        reaches = EVERY_UNIT in held or bool(held & real)
        if reaches and people.opens(person, DEMO_PASSWORD):
            open_now.append(person.login)
    return open_now
