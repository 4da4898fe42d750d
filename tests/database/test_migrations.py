import pytest
from alembic import command

from rbmgeo.db import migrate

pytestmark = pytest.mark.database


@pytest.fixture
def empty_url(make_database):
    """A database of its own, without a table."""
    return make_database("migrations", migrated=False)


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
