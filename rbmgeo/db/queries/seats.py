"""The one seat of the worker: a lock that its connection holds, gone as soon as either is.

Where a whole machine vanished, or the worker was stopped without being ended, the connection may
stand for hours: then the lease of its job runs out, and whoever stands by ends the connection.
"""

import logging

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from rbmgeo.db.queries import jobs

_LOG = logging.getLogger(__name__)


def taken(connection: Connection) -> bool:
    """Take the seat for a connection, as long as that lives; False where another has it."""
    held = connection.scalar(text("SELECT pg_try_advisory_lock(hashtext('rbmgeo worker'))"))
    connection.commit()
    return bool(held)


def free_if_lapsed(connection: Connection) -> bool:
    """End the connection in the seat if a job's lease ran out; say whether that was done."""
    session = Session(connection)
    if not jobs.lapsed(session):
        connection.rollback()
        return False
    ended = connection.scalars(
        text(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
            "AND objsubid = 1 AND pid <> pg_backend_pid() "
            "AND ((classid::bigint << 32) | objid::bigint) = hashtext('rbmgeo worker')::bigint"
        )
    ).all()
    connection.commit()
    if ended:
        _LOG.warning("the worker in front let a lease run out; its seat is taken")
    return bool(ended)


def still_there(connection: Connection) -> None:
    """Ask the database anything; raises what the driver raises where the connection is gone."""
    connection.execute(text("SELECT 1"))
    connection.rollback()
