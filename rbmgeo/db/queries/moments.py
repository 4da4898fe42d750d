"""Whether anything but looks was written: what is kept of the data stays valid while people look.

Every look writes one row of the access log in a transaction of its own, and every transaction moves
the database's snapshot. So transactions are counted: those that ended since the last question, less
those that wrote a look. Where none is left, the data are what they were.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Snapshot:
    """What a question sees: all transactions below ``end``, but for those ``running``."""

    end: int
    running: frozenset[int]

    @classmethod
    def of(cls, told: str) -> "Snapshot":
        """Read PostgreSQL's own words.

        >>> Snapshot.of("10:20:10,14")
        Snapshot(end=20, running=frozenset({10, 14}))
        """
        _, end, running = told.split(":")
        return cls(int(end), frozenset(int(x) for x in running.split(",") if x))

    @property
    def ended(self) -> int:
        """Return how many transactions are over, counted from the first there ever was."""
        return self.end - len(self.running)

    def holds(self, earlier: "Snapshot") -> bool:
        """Say whether whatever was over in an earlier one is over here too."""
        still = {x for x in self.running if x < earlier.end}
        return self.end >= earlier.end and still <= earlier.running


@dataclass(frozen=True)
class _Known:
    snapshot: Snapshot
    name: str
    at: datetime


_LAST: dict[str, _Known] = {}
_LOCK = Lock()
_FIRST = text("SELECT pg_current_snapshot()::text, now(), 0")
# A look is one transaction of one row: each that was not over then and is now counts once.
_NEXT = text(
    "SELECT pg_current_snapshot()::text, now(), (SELECT count(*) FROM access_log "
    "WHERE at >= :since AND at < :until AND xid >= :least "
    "AND (xid >= :end OR xid = ANY(:running)))"
)


def now(session: Session) -> str:
    """Return a text that differs once anything but looks was committed since. Uses ``ix_access_log_xid``."""
    key = str(session.get_bind().engine.url)
    known = _LAST.get(key)
    if known is None:
        told, at, looks = session.execute(_FIRST).one()
    else:
        was = known.snapshot
        told, at, looks = session.execute(_NEXT, {
            # A look takes far less than an hour, and nobody asks again after a month.
            "since": known.at - timedelta(hours=1), "until": known.at + timedelta(days=40),
            "least": min(was.running, default=was.end), "end": was.end, "running": sorted(was.running),
        }).one()  # fmt: skip
    seen, name = Snapshot.of(told), str(told)
    if known is not None:
        if not seen.holds(known.snapshot):
            return name  # an older question, still under way
        if seen.ended - known.snapshot.ended == looks:
            name = known.name
    with _LOCK:
        newest = _LAST.get(key)
        if newest is known or newest is None:
            _LAST[key] = _Known(seen, name, at)
    return name
