"""Who asks: sessions kept in the database, looked up by the token that a cookie carries."""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, login_user
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session

from rbmgeo.db.models import AppUser
from rbmgeo.db.queries import login_sessions, people
from rbmgeo.db.queries.people import EVERY_UNIT
from rbmgeo.errors import TooManyTries
from rbmgeo.terms import Role
from web.access import answers_no_page
from web.database import over_units, settings

#: A session's last use is written down no more often: each write makes kept counts stale.
TOUCH_S = 300.0
#: What of a session outlives the log-in and log-out of a browser.
_KEPT = ("lang", "theme")


class Person(UserMixin):  # type: ignore[misc]
    """One logged-in person with the roles held by unit."""

    def __init__(
        self, row: AppUser | people.KnownUser, grants: dict[str, set[str]], *,
        opened: login_sessions.OpenSession | None = None, token: str = "",
    ) -> None:  # fmt: skip
        self.user_id = row.user_id
        self.login = row.login
        self.display_name = row.display_name
        self.grants = grants
        # Whoever comes by the identity provider has no first password to change.
        self.must_change = row.must_change and (opened is None or opened.how == "password")
        self.session_id = opened.session_id if opened else 0
        self.token = token
        # What was found with an old password is not found with the new one (`web.basic`).
        self.stamp = hashlib.sha256(row.password_hash.encode()).hexdigest()[:16]

    def get_id(self) -> str:
        """Return what the cookie keeps of a person: the token of the session, nothing else."""
        return self.token

    def roles_in(self, ulp: str) -> set[str]:
        """Return the roles held in a unit."""
        return self.grants.get(ulp, set()) | self.grants.get(EVERY_UNIT, set())

    @property
    def is_admin(self) -> bool:
        """Whether the person is an administrator of anything."""
        return any(Role.ADMIN in held for held in self.grants.values())


class Nobody(AnonymousUserMixin):  # type: ignore[misc]
    """Whoever is not logged in."""

    grants: dict[str, set[str]] = {}  # noqa: RUF012
    login, must_change, token = "", False, ""


def load(user_id: int) -> Person | None:
    """Return an active person by id."""
    with over_units().asking() as asked:
        found = people.known(asked, user_id=user_id)
        return None if found is None else Person(*found)


def of_token(token: str) -> Person | None:
    """Return whose session a token opens: not ended, used lately enough, not too old, let in.

    ASVS 5.0 7.3.1 and 7.3.2: `Settings.session_idle_min`, ``admin_idle_min``, ``session_hours``.
    """
    with over_units().asking() as asked:
        found = login_sessions.known(asked, token=token)
    if found is None:
        return None
    row, grants, opened = found
    person = Person(row, grants, opened=opened, token=token)
    told = settings()
    idle_min = told.session_idle_min
    if person.is_admin:
        idle_min = min(idle_min, told.admin_idle_min)
    if opened.age_s > 3600 * told.session_hours or opened.idle_s > 60 * idle_min:
        return None
    if opened.idle_s > TOUCH_S:
        with over_units().writing() as writing:
            login_sessions.touch(writing, token=token)
    return person


def begin(writing: Session, user_id: int, *, how: str = "password") -> str:
    """Begin the session of this browser in the database; the one it had is over (ASVS 7.2.4)."""
    before = str(session.get("_user_id", ""))
    if before:
        login_sessions.end(writing, token=before, why="log in again")
    return login_sessions.begin(
        writing, user_id=user_id, how=how, told=browser(request.user_agent.string),
        address=request.remote_addr or "",
    )  # fmt: skip


def enter(token: str) -> None:
    """Give this browser the cookie of a session that is begun and committed."""
    forget()
    person = of_token(token)
    assert person is not None
    login_user(person)


def forget() -> None:
    """Take everything from this browser's cookie but what it chose to look at."""
    kept = {name: session[name] for name in _KEPT if name in session}
    session.clear()
    session.update(kept)


_FEW = threading.BoundedSemaphore(2)
#: Seconds that a try waits for one of the few places.
_PATIENCE_S = 3.0


@contextmanager
def one_of_few() -> Iterator[None]:
    """Let few passwords be checked at once: each takes 64 MiB, and pages must go on.

    Raises
    ------
    TooManyTries
        If none of the places is free in time.
    """
    if not _FEW.acquire(timeout=_PATIENCE_S):
        raise TooManyTries(
            "many people log in at this moment; try again in a minute",
            "banyak yang sedang masuk; coba lagi semenit lagi",
        )
    try:
        yield
    finally:
        _FEW.release()


_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
             ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip


def browser(told: str) -> str:
    """Return browser and system from what a browser says of itself; nothing else of it is kept."""
    found = [
        next((name for sign, name in known if sign in told), "") for known in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(f for f in found if f)


class Sessions(SecureCookieSessionInterface):
    """Flask's own sessions; the key of their signature is derived once, not for every answer."""

    def __init__(self) -> None:
        self._signing: dict[object, URLSafeTimedSerializer | None] = {}

    def get_cookie_name(self, app: Flask) -> str:
        """Return the cookie's name: over HTTPS one that only this host can have set (ASVS 3.3.3)."""
        plain = super().get_cookie_name(app)
        return f"__Host-{plain}" if request.is_secure else plain

    def get_cookie_secure(self, app: Flask) -> bool:
        """Keep a session that was opened over HTTPS from ever leaving without it."""
        return request.is_secure or super().get_cookie_secure(app)

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Send the cookie with every page; with tiles and data only where it changed."""
        if not session.modified and answers_no_page(app):
            return False
        return super().should_set_cookie(app, session)

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
        # What changes something, or holds people's data, asks each time.
        brief = answers_no_page(app) and request.method in ("GET", "HEAD")
        found = lately.find(kept) if brief else None
        if found is not None:
            return found
        person = of_token(kept)
        if brief and person is not None:
            lately.keep(kept, person)
        return person

    return manager
