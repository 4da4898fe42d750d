"""Bring a database to the newest migration."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def config(url: str) -> Config:
    """Return alembic's configuration for one database."""
    done = Config()
    done.set_main_option("script_location", str(MIGRATIONS))
    # ConfigParser reads % as its own; a URL-encoded socket folder is full of them.
    done.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return done


def upgrade(url: str, revision: str = "head") -> None:
    """Run every migration up to ``revision``; a database already there is left alone."""
    command.upgrade(config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Step back to ``revision`` (``base`` for an empty database)."""
    command.downgrade(config(url), revision)


def current(url: str) -> str | None:
    """Return the revision a database stands at, None for an empty one."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """Return the newest revision there is."""
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert newest is not None
    return newest
