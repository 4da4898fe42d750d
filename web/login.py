"""Who asks: the session of flask-login over the users of the database."""

import hashlib

from flask import Flask
from flask_login import AnonymousUserMixin, LoginManager, UserMixin

from rbmgeo.db.models import AppUser
from rbmgeo.db.queries import people
from rbmgeo.db.queries.people import EVERY_UNIT
from web.database import database


class Person(UserMixin):  # type: ignore[misc]
    """One logged-in person with the roles held by unit."""

    def __init__(self, row: AppUser, grants: dict[str, set[str]]) -> None:
        self.user_id = row.user_id
        self.login = row.login
        self.display_name = row.display_name
        self.grants = grants
        # A new password ends every session that was opened with the old one.
        self.stamp = hashlib.sha256(row.password_hash.encode()).hexdigest()[:16]

    def get_id(self) -> str:
        """Return what the session keeps of a person."""
        return f"{self.user_id}.{self.stamp}"

    def roles_in(self, ulp: str) -> set[str]:
        """Return the roles held in a unit."""
        return self.grants.get(ulp, set()) | self.grants.get(EVERY_UNIT, set())


class Nobody(AnonymousUserMixin):  # type: ignore[misc]
    """Whoever is not logged in."""

    grants: dict[str, set[str]] = {}  # noqa: RUF012
    login = ""


def load(user_id: int) -> Person | None:
    """Return an active person by id."""
    with database().reading() as session:
        found = people.known(session, user_id=user_id)
        return None if found is None else Person(*found)


def register(app: Flask) -> LoginManager:
    """Keep the log-in of a session; return what keeps it."""
    manager = LoginManager(app)
    manager.session_protection = "basic"
    manager.anonymous_user = Nobody

    @manager.user_loader  # type: ignore[untyped-decorator]
    def from_session(kept: str) -> Person | None:
        user_id, _, stamp = kept.partition(".")
        person = load(int(user_id)) if user_id.isdigit() else None
        return person if person is not None and person.stamp == stamp else None

    return manager
