"""The work of the night (a backup, then what is kept long enough goes), beside the worker's jobs: it waits for none of them, nor they for it."""

import logging
import threading
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from rbmgeo.db.queries import units
from rbmgeo.db.session import Database
from rbmgeo.errors import RbmgeoError
from rbmgeo.operations.schedule import is_due
from rbmgeo.settings import Settings
from rbmgeo.workflows import retention
from rbmgeo.workflows.backup_state import state
from rbmgeo.workflows.backups import make_backup

_LOG = logging.getLogger(__name__)
#: Seconds between two looks at the clock.
_LOOK_S = 60.0
WHO = "malam"


def back_up_if_due(url: str, settings: Settings, *, now: datetime) -> bool:
    """Make the backup of the night if it is due and a second path is set; return whether it was made.

    Whatever goes wrong is noted in the home and tried again later: no job of the worker may fail
    over it.
    """
    if settings.backup_to is None:
        return False
    home, known = settings.home.resolve(), state(settings.home.resolve())
    due = is_due(
        now, good_at=known.good_at, failed_at=known.failed_at, hour=settings.backup_hour,
        zone=settings.time_zone,
    )  # fmt: skip
    if not due:
        return False
    try:
        make_backup(url, home, settings.backups, keep=settings.backup_keep, at=now, who=WHO)
    except (RbmgeoError, SQLAlchemyError, OSError) as error:
        _LOG.error("the backup of the night failed: %s", type(error).__name__)
        return False
    return True


def tidy(url: str, settings: Settings, *, now: datetime) -> int:
    """Delete what is kept long enough in every unit, and begin the next months of the access log.

    Returns the photos that went. A unit that fails is noted and tried again the next night.
    """
    database, gone = Database(url, pool_size=1), 0
    try:
        with database.writing() as session:
            retention.begin_months(session, now=now)
            codes = [u.ulp for u in units.units(session)]
        for ulp in codes:
            with database.reading() as session:
                rule = retention.rules(session, ulp, settings)
            gone += retention.delete_due(database, settings.home, ulp, rule, now=now, who=WHO)
    except (RbmgeoError, SQLAlchemyError, OSError) as error:
        _LOG.error("deleting what is too old failed: %s", type(error).__name__)
    finally:
        database.close()
    return gone


def begin(url: str, settings: Settings, stop: threading.Event) -> threading.Thread:
    """Look at the clock every minute until told to stop; return what looks."""

    def look() -> None:
        tidied = None
        while not stop.wait(_LOOK_S):
            now = datetime.now(UTC)
            back_up_if_due(url, settings, now=now)
            here = now.astimezone(ZoneInfo(settings.time_zone))
            # Once a night, after the backup: what goes is in it once more.
            if here.hour > settings.backup_hour and tidied != here.date():
                tidied = here.date()
                tidy(url, settings, now=now)

    thread = threading.Thread(target=look, name="nightly backup", daemon=True)
    thread.start()
    return thread
