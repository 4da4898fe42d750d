"""What every page tells an administrator: there was no backup for more than two days."""

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from rbmgeo.db.queries import units
from rbmgeo.operations.schedule import is_late
from rbmgeo.terms import Role
from rbmgeo.workflows.backup_state import state
from web.database import over_units, settings


@dataclass(frozen=True)
class Late:
    """The last good backup, None if never; the last failure after it, None if none."""

    good_at: datetime | None
    failed_at: datetime | None


def late() -> Late | None:
    """Return what an administrator is to be told; None for others, and while all is well.

    A product that holds invented units alone needs no backup.
    """
    if not any(Role.ADMIN in roles for roles in current_user.grants.values()):
        return None
    known = state(settings().home.resolve())
    since = None
    if known.good_at is None:
        try:
            with over_units().reading() as session:
                since = units.first_real_at(session)
        except SQLAlchemyError:
            return None
    if not is_late(datetime.now(UTC), good_at=known.good_at, since=since):
        return None
    return Late(known.good_at, known.failed_at)


def register(app: Flask) -> None:
    """Give it to the templates."""
    app.jinja_env.globals["backup_late"] = late
