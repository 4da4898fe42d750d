"""Roles of the database: they belong to the whole server, and no dump carries them."""

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from rbmgeo.db.scope import GROUPS, WEB
from rbmgeo.errors import RbmgeoError


class RolesMissing(RbmgeoError):
    """The roles of the database are not there, and this user may not make them."""


def by_hand(owner: str) -> str:
    """Return what an administrator of the server runs where the owner may make no roles."""
    made = "; ".join(f"CREATE ROLE {name} NOLOGIN" for name in GROUPS)
    return (
        f"{made}; CREATE ROLE {WEB} LOGIN NOINHERIT PASSWORD '...'; "
        f'GRANT {", ".join(GROUPS)} TO {WEB}; GRANT {", ".join((*GROUPS, WEB))} TO "{owner}"'
    )


_NOT_HELD = (
    "SELECT name FROM unnest(CAST(:names AS text[])) AS name LEFT JOIN pg_roles ON rolname = name "
    "WHERE rolname IS NULL OR NOT pg_has_role(current_user, oid, 'MEMBER') "
    "OR (name <> :web AND NOT pg_has_role(:web, oid, 'MEMBER')) ORDER BY name"
)


def missing(connection: Connection) -> list[str]:
    """Return the roles that are not there, or that the owner could not take on."""
    if not _there(connection, WEB):
        return sorted((*GROUPS, WEB))
    rows = connection.execute(text(_NOT_HELD), {"names": [*GROUPS, WEB], "web": WEB})
    return [str(name) for (name,) in rows]


def may_make(connection: Connection) -> bool:
    """Say whether this user may make roles."""
    query = text("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user")
    return bool(connection.scalar(query))


def make_roles(connection: Connection) -> None:
    """Make the roles that are not there yet; many may do so at once.

    Raises
    ------
    RolesMissing
        If this user may make none: names the SQL for its administrator.
    """
    if not missing(connection):
        return
    owner = str(connection.scalar(text("SELECT current_user")))
    if not may_make(connection):
        sql = by_hand(owner)
        raise RolesMissing(
            f"the user {owner} may make no roles; the server's administrator runs once: {sql}",
            f"user {owner} tidak boleh membuat role; administrator server menjalankan sekali: {sql}",
        )
    for name in GROUPS:
        _at_once(connection, f"CREATE ROLE {name} NOLOGIN NOINHERIT", name)
    _at_once(connection, f"CREATE ROLE {WEB} LOGIN NOINHERIT", WEB)
    for name in GROUPS:
        _member(connection, name, WEB)
    for name in (*GROUPS, WEB):
        _member(connection, name, owner)


def _there(connection: Connection, role: str) -> bool:
    query = text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :r)")
    return bool(connection.scalar(query, {"r": role}))


def _at_once(connection: Connection, make: str, role: str) -> None:
    """Make a role; that another process makes it at this moment is as good."""
    if _there(connection, role):
        return
    attempt = connection.begin_nested()
    try:
        connection.execute(text(make))
        attempt.commit()
    except DBAPIError:
        attempt.rollback()
        if not _there(connection, role):
            raise


def _member(connection: Connection, group: str, role: str) -> None:
    """Let a role take on another one; that another process does so at this moment is as good."""
    has = text("SELECT pg_has_role(CAST(:r AS name), CAST(:g AS name), 'MEMBER')")
    for last in (False, False, True):
        if group == role or connection.scalar(has, {"r": role, "g": group}):
            return
        attempt = connection.begin_nested()
        try:
            connection.execute(text(f'GRANT {group} TO "{role}"'))
            attempt.commit()
        except DBAPIError:
            attempt.rollback()
            if last:
                raise
