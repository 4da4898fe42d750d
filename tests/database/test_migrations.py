import pytest
from alembic import command
from sqlalchemy import create_engine, text

from rbmgeo.db import migrate

pytestmark = pytest.mark.database


@pytest.fixture
def empty_url(database_url):
    """A database of its own, without a table."""
    admin = create_engine(database_url, isolation_level="AUTOCOMMIT")
    name = "rbmgeo_test_migrations"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name}"))
    admin.dispose()


def test_from_empty_to_head_down_and_up_again(empty_url):
    migrate.upgrade(empty_url)
    assert migrate.current(empty_url) == migrate.head()
    migrate.downgrade(empty_url, "base")
    assert migrate.current(empty_url) is None
    migrate.upgrade(empty_url)
    assert migrate.current(empty_url) == migrate.head()


def test_models_and_database_are_equal(empty_url):
    migrate.upgrade(empty_url)
    command.check(migrate.config(empty_url))  # raises if a migration is missing


def test_there_is_one_newest_migration():
    assert migrate.head().startswith("00")
