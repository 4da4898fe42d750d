"""The backup of the night, beside the worker's jobs: it waits for none of them, nor they for it."""

import logging
import threading
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from rbmgeo.errors import RbmgeoError
from rbmgeo.operations.schedule import is_due
from rbmgeo.settings import Settings
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


def begin(url: str, settings: Settings, stop: threading.Event) -> threading.Thread:
    """Look at the clock every minute until told to stop; return what looks."""

    def look() -> None:
        while not stop.wait(_LOOK_S):
            back_up_if_due(url, settings, now=datetime.now(UTC))

    thread = threading.Thread(target=look, name="nightly backup", daemon=True)
    thread.start()
    return thread
