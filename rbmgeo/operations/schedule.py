"""When a backup is due, and when there was none for too long."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

#: Without a backup for longer, every page tells the administrator.
LATE = timedelta(days=2)
#: After a failure the next try waits for so long.
AGAIN = timedelta(minutes=30)


def last_due(now: datetime, *, hour: int, zone: str) -> datetime:
    """Return the last moment, up to now, at which the office's clock said the hour of the backup."""
    local = now.astimezone(ZoneInfo(zone))
    due = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return due if due <= local else due - timedelta(days=1)


def is_due(
    now: datetime, *, good_at: datetime | None, failed_at: datetime | None, hour: int, zone: str
) -> bool:
    """Say whether a backup is to be made now: none since the last due moment.

    A machine that was off at that hour makes up for it. ``failed_at``: the last failure after the
    last good one.
    """
    if failed_at is not None and now - failed_at < AGAIN:
        return False
    return good_at is None or good_at < last_due(now, hour=hour, zone=zone)


def is_late(now: datetime, *, good_at: datetime | None, since: datetime | None) -> bool:
    """Say whether there was no backup for more than two days; ``since``: when there was first data."""
    last = good_at or since
    return last is not None and now - last > LATE
