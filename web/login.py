"""Who asks: the session of flask-login over the users of the database."""

import hashlib
import time

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from flask_login import AnonymousUserMixin, LoginManager, UserMixin
from itsdangerous import URLSafeTimedSerializer

from rbmgeo.db.models import AppUser
from rbmgeo.db.queries import people
from rbmgeo.db.queries.people import EVERY_UNIT
from web.access import answers_no_page
from web.database import over_units


class Person(UserMixin):  # type: ignore[misc]
    """One logged-in person with the roles held by unit."""

    def __init__(self, row: AppUser | people.KnownUser, grants: dict[str, set[str]]) -> None:
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
    with over_units().asking() as session:
        found = people.known(session, user_id=user_id)
        return None if found is None else Person(*found)


class Sessions(SecureCookieSessionInterface):
    """Flask's own sessions; the key of their signature is derived once, not for every answer."""

    def __init__(self) -> None:
        self._signing: dict[object, URLSafeTimedSerializer | None] = {}

    def get_cookie_secure(self, app: Flask) -> bool:
        """Keep a session that was opened over HTTPS from ever leaving without it."""
        return request.is_secure or super().get_cookie_secure(app)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs and reads cookies with the application's secret."""
        if app.secret_key not in self._signing:
            self._signing = {app.secret_key: super().get_signing_serializer(app)}
        return self._signing[app.secret_key]


class Lately:
    """Who was looked up in the last second: a map asks for twenty tiles at once.

    Only answers that are no page look here; who is shut out may get a tile for so long.
    """

    SECONDS, MOST = 1.0, 200

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Person]] = {}

    def find(self, kept: str) -> Person | None:
        """Return who was looked up for a session just now."""
        until, person = self._known.get(kept, (0.0, None))
        return person if time.monotonic() < until else None

    def keep(self, kept: str, person: Person) -> None:
        """Remember somebody for a second."""
        if len(self._known) >= self.MOST:
            self._known.clear()
        self._known[kept] = (time.monotonic() + self.SECONDS, person)


def register(app: Flask) -> LoginManager:
    """Keep the log-in of a session; return what keeps it."""
    app.session_interface = Sessions()
    manager = LoginManager(app)
    lately = Lately()
    manager.session_protection = "basic"
    manager.anonymous_user = Nobody

    @manager.user_loader  # type: ignore[untyped-decorator]
    def from_session(kept: str) -> Person | None:
        brief = answers_no_page(app)
        found = lately.find(kept) if brief else None
        if found is not None:
            return found
        user_id, _, stamp = kept.partition(".")
        person = load(int(user_id)) if user_id.isdigit() else None
        if person is None or person.stamp != stamp:
            return None
        if brief:
            lately.keep(kept, person)
        return person

    return manager
