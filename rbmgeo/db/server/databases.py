"""Databases of a server as wholes: made, exchanged, removed; nothing is exchanged half."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from rbmgeo.db.server.cluster import ServerError
from rbmgeo.errors import Conflict

#: Databases that stand on every server, to speak from.
_STANDING = ("postgres", "template1")
#: Bytes of a name that PostgreSQL keeps.
_LONGEST = 63


def named(url: str) -> str:
    """Return the name of the database of an address."""
    return str(make_url(url).database)


def address(url: str, name: str) -> str:
    """Return the address of another database of the same server."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def beside(url: str, what: str, stamp: str) -> str:
    """Return the address of a database named after another one, what it is and when."""
    tail = f"_{what}_{stamp}"
    return address(url, named(url)[: _LONGEST - len(tail)] + tail)


@contextmanager
def _server(url: str) -> Iterator[Connection]:
    for at, name in enumerate(_STANDING):
        engine = create_engine(address(url, name), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        try:
            connection = engine.connect()
        except OperationalError:
            if at + 1 == len(_STANDING):
                raise
            continue
        with connection:
            yield connection
        return


def exists(url: str) -> bool:
    """Say whether the database of an address is there."""
    with _server(url) as server:
        return _there(server, named(url))


def make_like(url: str, like: str) -> None:
    """Make an empty database, its words sorted as in another one of the server, if that is there.

    Raises
    ------
    ServerError
        If the user may make none.
    """
    with _server(url) as server:
        found = server.execute(
            text("SELECT datcollate, datctype FROM pg_database WHERE datname = :n"),
            {"n": named(like)},
        ).one_or_none()
        sorting = f"LC_COLLATE '{found.datcollate}' LC_CTYPE '{found.datctype}'" if found else ""
        try:
            server.execute(
                text(
                    f"CREATE DATABASE {_q(named(url))} TEMPLATE template0 ENCODING 'UTF8' {sorting}"
                )
            )
        except DBAPIError as error:
            reason = str(error.__cause__ or error).strip().splitlines()[0]
            raise ServerError(
                f"no database can be made beside {named(like)} ({reason}); its administrator runs "
                "ALTER ROLE the user CREATEDB",
                f"tidak bisa membuat basis data di samping {named(like)} ({reason}); "
                "administratornya menjalankan ALTER ROLE user itu CREATEDB",
            ) from error


def drop(url: str) -> None:
    """Remove the database of an address, if it is there, ending what is connected to it."""
    with _server(url) as server:
        server.execute(text(f"DROP DATABASE IF EXISTS {_q(named(url))} WITH (FORCE)"))


def exchange(url: str, made: str, *, aside: str | None, force: bool = False) -> None:
    """Let a made database take the place of the one of ``url``.

    That one gets the name of ``aside``, or is removed where there is none. ``force``: who is
    connected to it is cut off. If anything fails, all names are as they were.

    Raises
    ------
    Conflict
        If somebody is connected to it.
    """
    old = named(aside) if aside else named(beside(url, "old", "x"))
    with _server(url) as server:
        there = _there(server, named(url))
        if there:
            if force:
                _cut_off(server, named(url))
            else:
                alone(url)
            server.execute(text(f"ALTER DATABASE {_q(named(url))} RENAME TO {_q(old)}"))
        try:
            server.execute(text(f"ALTER DATABASE {_q(named(made))} RENAME TO {_q(named(url))}"))
        except DBAPIError:
            if there:
                server.execute(text(f"ALTER DATABASE {_q(old)} RENAME TO {_q(named(url))}"))
            raise
        if there and aside is None:
            server.execute(text(f"DROP DATABASE {_q(old)} WITH (FORCE)"))


def alone(url: str) -> None:
    """Raise `Conflict` if a client is connected to the database of an address."""
    with _server(url) as server:
        others = server.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = :n "
                "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            ),
            {"n": named(url)},
        )
    if others:
        raise Conflict(
            f"{others} connections use {named(url)}; stop pages and worker first "
            "(`rbmgeo stop`, or systemctl stop rbmgeo-web rbmgeo-worker), then run again",
            f"{others} koneksi memakai {named(url)}; hentikan halaman dan pekerja dulu "
            "(`rbmgeo stop`, atau systemctl stop rbmgeo-web rbmgeo-worker), lalu ulangi",
        )


def may_make(url: str) -> bool:
    """Say whether the user of an address may make databases."""
    with _server(url) as server:
        query = text("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(server.scalar(query))


def _cut_off(server: Connection, name: str) -> None:
    server.execute(
        text(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = :n AND pid <> pg_backend_pid()"
        ),
        {"n": name},
    )


def _there(server: Connection, name: str) -> bool:
    query = text("SELECT EXISTS (SELECT FROM pg_database WHERE datname = :n)")
    return bool(server.scalar(query, {"n": name}))


def _q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
