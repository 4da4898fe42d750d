"""The database as the rest of the house sees it: a session is for reading or for writing."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine
from sqlalchemy.orm import Session, sessionmaker


class Database:
    """One PostGIS database; `reading` and `writing` open sessions on it.

    Parameters
    ----------
    url
        SQLAlchemy URL with the psycopg2 driver.
    pool_size
        Connections kept open; commands need few.
    """

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        self.url = url
        self.engine = create_engine(url, pool_size=pool_size, pool_pre_ping=True)
        self._plain = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._sessions = sessionmaker(self.engine)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that the database itself keeps from writing."""
        with self._sessions() as session:
            # Said as the transaction begins: no question of its own to the database.
            session.connection(execution_options={"postgresql_readonly": True})
            yield session

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """Open a connection for single questions that only read, each seen for itself.

        No transaction begins and ends around them, and no session keeps what they gave: for what
        is asked many times a second.
        """
        with self._plain.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a session that commits when the block ends well, and leaves nothing if not."""
        with self._sessions.begin() as session:
            yield session

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
