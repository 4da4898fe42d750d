"""Data that are kept long enough: listed first, then deleted, counted, written down; never silently."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from rbmgeo.db.queries import access, units
from rbmgeo.db.queries import photo_retention as kept
from rbmgeo.db.queries.log import log_command
from rbmgeo.db.session import Database
from rbmgeo.errors import UsageError
from rbmgeo.intake.photo_store import PhotoStore
from rbmgeo.privacy.retention import Retention, access_parts_to_go, last_month_to_go
from rbmgeo.settings import Settings

WHO = "malam"


@dataclass(frozen=True)
class Due:
    """What would go of a unit: photos by month, bytes, and how many stay for which reason.

    ``last``: the newest month that is old enough, None where photos are kept without end.
    """

    last: str | None
    photos: int = 0
    size_bytes: int = 0
    stays: dict[str, int] = field(default_factory=dict)
    by_month: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    logins: int = 0
    parts: tuple[str, ...] = ()


def rules(session: Session, ulp: str, settings: Settings) -> Retention:
    """Return how long data of a unit are kept."""
    own = units.unit_settings(session, ulp=ulp)
    return Retention(own.photo_keep_months, settings.access_keep_months, settings.login_keep_days)


def due(
    session: Session, ulp: str, rule: Retention, *, now: datetime, over: Session | None = None
) -> Due:
    """Say what would go now; nothing is changed.

    ``over``: sees what is over all units, where ``session`` sees one alone.
    """
    marked = len(kept.marked(session, ulp=ulp))
    logins = kept.old_logins(over or session, days=rule.login_days, delete=False)
    parts = tuple(access_parts_to_go(access.parts(session), rule.access_months, now.astimezone(UTC)))  # fmt: skip
    if rule.photo_months is None:
        return Due(None, waiting=marked, logins=logins, parts=parts)
    last = last_month_to_go(rule.photo_months, now.date())
    found = kept.due(session, ulp=ulp, last=last)
    goes = [f for f in found if f["stays"] is None]
    return Due(
        last, len(goes), sum(int(f["bytes"]) for f in goes),
        dict(Counter(f["stays"] for f in found if f["stays"])),
        dict(Counter(f["blth"] for f in goes)), marked, logins, parts,
    )  # fmt: skip


def delete_due(
    database: Database, home: Path, ulp: str, rule: Retention, *, now: datetime, who: str = WHO
) -> int:
    """Delete the photos of a unit that are kept long enough; return how many went.

    Marked first; a machine that dies in between goes on where it was the next time.
    """
    with database.writing() as session:
        if rule.photo_months is not None:
            found = kept.due(session, ulp=ulp, last=last_month_to_go(rule.photo_months, now.date()))
            goes = [f for f in found if f["stays"] is None]
            kept.mark(session, ulp=ulp, photos=goes, why="masa_simpan", who=who)
        logins = kept.old_logins(session, days=rule.login_days, delete=True)
    gone = finish(database, home, ulp)
    if gone or logins:
        with database.writing() as session:
            log_command(session, who=who, ulp=ulp, command="retention",
                        after={"photos": gone, "login_tries": logins})  # fmt: skip
    return gone


def finish(database: Database, home: Path, ulp: str) -> int:
    """Let the files of all marked photos go, then their rows; return how many photos went."""
    store = PhotoStore.of(home.resolve(), ulp)
    with database.reading() as session:
        marked = kept.marked(session, ulp=ulp)
    for one in marked:
        store.path(one["sha256"], one["suffix"]).unlink(missing_ok=True)
        with database.writing() as session:
            kept.forget(session, ulp=ulp, gone_id=one["gone_id"], sha256=one["sha256"])
    if marked:
        with database.writing() as session:
            units.bump(session, ulp=ulp)
    return len(marked)


def drop_access_months(
    session: Session, rule: Retention, *, now: datetime, who: str
) -> dict[str, int]:
    """Drop the months of the access log that are old enough, whole; return rows by month.

    Only the owner of the tables can. Raises `UsageError` where nobody is named.
    """
    if not who:
        raise UsageError("say who orders it: --who NAME", "sebutkan siapa yang memerintah: --who NAMA")  # fmt: skip
    parts = access_parts_to_go(access.parts(session), rule.access_months, now.astimezone(UTC))
    gone = {part: access.drop_part(session, part=part) for part in parts}
    log_command(session, who=who, ulp=None, command="access log retention", after=gone)
    return gone


def begin_months(session: Session, *, now: datetime) -> None:
    """Make the parts of the access log for this month and the next two."""
    count = now.year * 12 + now.month - 1
    for n in range(3):
        at = datetime((count + n) // 12, (count + n) % 12 + 1, 2, tzinfo=UTC)
        access.begin_month(session, at=at)
