"""Log-in by user name and password with each request, for programs that know no form.

Map programs (QGIS, ArcGIS) send them so (RFC 7617). Only the read-only addresses below
`OPEN` take it; wrong ones are counted and shut out as on the page of the log-in.
"""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flask import Request

from rbmgeo.db.queries import people
from rbmgeo.workflows.signing_in import sign_in
from web.database import over_units, settings
from web.login import Person, load, one_of_few

OPEN = "/api/ogc/"
#: A password that was right is not hashed again for so long: a map asks many times a minute.
SECONDS = 300.0
_MOST = 1000


@dataclass
class Remembered:
    """Who was let in lately, by a digest that no one else can make."""

    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    known: dict[bytes, tuple[int, str, float]] = field(default_factory=dict)

    def digest(self, login: str, password: str) -> bytes:
        """Return what stands for a name and a password."""
        told = f"{len(login)}:{login}{password}".encode()
        return hmac.digest(self.secret, told, hashlib.sha256)

    def keep(self, digest: bytes, person: Person) -> None:
        """Remember one who was let in; the oldest gives way."""
        while len(self.known) >= _MOST:
            del self.known[next(iter(self.known))]
        self.known[digest] = (person.user_id, person.stamp, time.monotonic() + SECONDS)

    def find(self, digest: bytes) -> Person | None:
        """Return who was let in with it, unless too long ago, closed since, or by an old password."""
        user_id, stamp, until = self.known.get(digest, (0, "", 0.0))
        person = load(user_id) if time.monotonic() < until else None
        if person is None or person.stamp != stamp or person.must_change:
            self.known.pop(digest, None)
            return None
        return person


_REMEMBERED = Remembered()


def from_request(request: Request) -> Person | None:
    """Return who asks by name and password; None where nobody does or they are wrong."""
    told = request.authorization
    if not request.path.startswith(OPEN) or told is None or told.type != "basic":
        return None
    login, password = told.username or "", told.password or ""
    digest = _REMEMBERED.digest(login, password)
    found = _REMEMBERED.find(digest)
    if found is not None:
        return found
    with one_of_few(), over_units().writing() as session:
        row = sign_in(
            session, login=login, password=password, now=datetime.now(UTC),
            address=request.remote_addr or "", local=settings().local_login,
        )  # fmt: skip
        person = None if row is None else Person(row, people.roles(session, user_id=row.user_id))
    if person is None or person.must_change:
        return None  # a first password opens the page on which it is changed, nothing else
    _REMEMBERED.keep(digest, person)
    return person
