"""Bring a database to the newest migration."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool

from rbmgeo.db.rights import secure

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def config(url: str, folder: Path = MIGRATIONS) -> Config:
    """Return alembic's configuration for one database."""
    done = Config()
    done.set_main_option("script_location", str(folder))
    # ConfigParser reads % as its own; a URL-encoded socket folder is full of them.
    done.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return done


def upgrade(url: str, revision: str = "head", *, folder: Path = MIGRATIONS) -> None:
    """Run every migration up to ``revision``, then make rights and row security good."""
    command.upgrade(config(url, folder), revision)
    secure(url)


def downgrade(url: str, revision: str) -> None:
    """Step back to ``revision`` (``base`` for an empty database)."""
    command.downgrade(config(url), revision)


def current(url: str) -> str | None:
    """Return the revision a database stands at, None for an empty one."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return current_of(connection)


def current_of(connection: Connection) -> str | None:
    """Return the revision that a connection sees, None for an empty database."""
    return MigrationContext.configure(connection).get_current_revision()


def head(folder: Path = MIGRATIONS) -> str:
    """Return the newest revision there is."""
    newest = ScriptDirectory(str(folder)).get_current_head()
    assert newest is not None
    return newest


def known(revision: str, folder: Path = MIGRATIONS) -> bool:
    """Say whether a revision is one of ours."""
    try:
        return ScriptDirectory(str(folder)).get_revision(revision) is not None
    except CommandError:
        return False


def rewritten(since: str | None, folder: Path = MIGRATIONS) -> set[str]:
    """Return the tables (schema.name) whose old rows the migrations after ``since`` change.

    A migration names them itself, in ``rewrites``; none need be named where columns came or went.
    """
    scripts = ScriptDirectory(str(folder)).iterate_revisions("head", since or "base")
    return {t for s in scripts for t in getattr(s.module, "rewrites", ())}
