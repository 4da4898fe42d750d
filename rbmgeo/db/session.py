"""The database as the rest of the house sees it: a session is for reading or for writing."""

import copy
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
from sqlalchemy import Connection, Dialect, create_engine, event, make_url, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session, sessionmaker

from rbmgeo.db.scope import Scope

#: Where a session, and a connection for single questions, keep their scope.
SCOPE = "rbmgeo_scope"
#: Seconds in which a server on another machine takes a connection, where a page waits for it.
_KNOCK_S = 0.5
#: Seconds after which a connection that nobody used is asked whether its server is still there.
REST_S = 1.0
_USED, _ONLY_READS = "rbmgeo_used", "rbmgeo_only_reads"
_READ_ONLY = text("SET TRANSACTION READ ONLY")


@dataclass(frozen=True)
class Patience:
    """How long a process waits for its database.

    ``statement_s``: seconds that one question may take, 0 for any; ``pool_s``: seconds for one of
    the process's connections to be free; ``overflow``: connections beyond those kept open;
    ``quick``: a server that does not answer at once counts as down; ``name``: as the server lists
    its connections.
    """

    statement_s: float = 0
    pool_s: float = 30.0
    overflow: int = 10
    quick: bool = False
    name: str = "rbmgeo"

    @classmethod
    def of_pages(cls, statement_s: float) -> "Patience":
        """Return that of a process whose answer a person waits for."""
        return cls(statement_s=statement_s, pool_s=0.6, quick=True, name="rbmgeo web")

    @classmethod
    def of_worker(cls, statement_s: float) -> "Patience":
        """Return that of the worker, whose questions are long."""
        return cls(statement_s=statement_s, name="rbmgeo worker")


class Database:
    """One PostGIS database; `reading` and `writing` open sessions on it.

    Parameters
    ----------
    url
        SQLAlchemy URL with the psycopg2 driver.
    pool_size
        Connections kept open; commands need few.
    patience
        How long is waited for it; without end for a command that a person watches.
    """

    def __init__(
        self, url: str, *, pool_size: int = 5, patience: Patience | None = None
    ) -> None:  # fmt: skip
        self.url = url
        waits = patience or Patience()
        self.engine = create_engine(
            url, pool_size=pool_size, pool_timeout=waits.pool_s,
            max_overflow=waits.overflow, connect_args=_arguments(url, waits),
        )  # fmt: skip
        if waits.quick:
            event.listen(self.engine, "do_connect", _knock)
        for moment in ("connect", "checkin"):
            event.listen(self.engine, moment, _note_use)
        event.listen(self.engine, "checkout", _ask_after_rest(self.engine.dialect))
        self._plain = self.engine.execution_options()
        event.listen(self._plain, "before_cursor_execute", _say_before, retval=True)
        self._sessions = sessionmaker(self.engine)
        event.listen(self._sessions, "after_begin", _say_first)
        self.scope: Scope | None = None

    def within(self, scope: Scope) -> "Database":
        """Return the same database, its connections shared, for sessions that see one scope.

        Without one a session sees what its log-in may: the owner's everything, the pages' nothing.
        """
        made = copy.copy(self)
        made.scope = scope
        return made

    def _session(self) -> Session:
        return self._sessions(info={} if self.scope is None else {SCOPE: self.scope})

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that the database itself keeps from writing."""
        with self._session() as session:
            session.info[_ONLY_READS] = True
            yield session

    @contextmanager
    def asking(self, *, writes: bool = False) -> Iterator[Connection]:
        """Open a connection for single questions, each seen for itself; within a scope they only read.

        No transaction begins and ends around them, and no session keeps what they gave: for what
        is asked many times a second. ``writes``: each may write, and is committed at once.
        """
        with self._plain.connect() as connection, _each_for_itself(connection):
            yield connection.execution_options(**{SCOPE: self.scope, _ONLY_READS: not writes})

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a session that commits when the block ends well, and leaves nothing if not."""
        with self._session() as session, session.begin():
            yield session

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


@contextmanager
def _each_for_itself(connection: Connection) -> Iterator[None]:
    """Begin no transaction on a connection.

    The driver's own switch costs nothing; the isolation level of the library, set and set back,
    asks the server each time.
    """
    driver: Any = connection.connection.dbapi_connection
    driver.autocommit = True
    try:
        yield
    finally:
        if not driver.closed:
            driver.autocommit = False


def _say_first(session: Session, transaction: Any, connection: Connection) -> None:
    """Say what a session may, first in every transaction, the one after a commit or an error too."""
    if transaction.nested:
        return
    scope, only_reads = session.info.get(SCOPE), _ONLY_READS in session.info
    if scope is not None:
        scope.say(connection, only_reads=only_reads)
    elif only_reads:
        connection.execute(_READ_ONLY)


def _say_before(
    connection: Connection, cursor: Any, statement: str, values: Any, context: Any, many: bool
) -> tuple[str, Any]:
    """Send a scope together with the single question that it is for."""
    told = context.execution_options if context is not None else {}
    scope = told.get(SCOPE)
    if scope is None:
        return statement, values
    return f"{scope.before(only_reads=told[_ONLY_READS])}; {statement}", values


def _note_use(connection: Any, record: Any) -> None:
    """Remember when a connection was last of use; it may be gone by the time it comes back."""
    record.info[_USED] = time.monotonic()


def _ask_after_rest(dialect: Dialect) -> Callable[[Any, Any, Any], None]:
    """Return what asks a rested connection for its server before it is used.

    The library's own way asks before every use: a quarter of the time of a short answer. What was
    of use within the last second is taken to be there; where it is not, the answer that finds out
    is 503 and the whole pool is made anew.
    """

    def ask(connection: Any, record: Any, fairy: Any) -> None:
        if time.monotonic() - record.info.get(_USED, -REST_S) < REST_S:
            return
        try:
            dialect.do_ping(connection)
        except psycopg2.Error as error:
            if dialect.is_disconnect(error, connection, None):  # type: ignore[arg-type]
                raise InvalidatePoolError from error
            raise

    return ask


def _arguments(url: str, waits: Patience) -> dict[str, Any]:
    """Return what every connection is told, beside what its address says."""
    told: dict[str, Any] = {"application_name": waits.name}
    if waits.statement_s:
        given = make_url(url).query.get("options", "")
        limit = f"-c statement_timeout={round(1000 * waits.statement_s)}"
        told["options"] = f"{given} {limit}".strip()
    if waits.quick:
        # A machine that vanished answers nothing at all: what is sent to it is not waited for long.
        told |= {"connect_timeout": 2, "tcp_user_timeout": 3000}
    return told


def _knock(dialect: Any, record: Any, arguments: Any, told: dict[str, Any]) -> None:
    """Raise the driver's error at once where a server on the network does not take a connection.

    The driver itself waits two seconds at least.
    """
    host = str(told.get("host") or "")
    if not host or host.startswith("/") or "," in host:
        return
    try:
        socket.create_connection((host, int(told.get("port") or 5432)), _KNOCK_S).close()
    except OSError as error:
        raise psycopg2.OperationalError("the server does not take a connection") from error
