"""A database with data of another version is never migrated by merely starting the program."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from rbmgeo.db import migrate
from rbmgeo.db.queries import units
from rbmgeo.db.server import database_url
from rbmgeo.db.server.newest import UpgradeNeeded
from rbmgeo.db.session import Database
from rbmgeo.settings import Settings

pytestmark = pytest.mark.database
BEFORE = "0057_month_kept"


def held(session):
    units.ensure_unit(session, ulp="51354")


def test_data_of_an_older_version_wait_for_an_upgrade(make_database, tmp_path):
    url = make_database("old_with_data", filled=held)
    settings = Settings(database_url=url, home=tmp_path)
    assert database_url(settings) == url, "at the newest migration it starts"
    migrate.downgrade(url, BEFORE)
    with pytest.raises(UpgradeNeeded, match="rbmgeo upgrade") as said:
        database_url(settings)
    assert "Jalankan `rbmgeo upgrade`" in said.value.indonesian
    assert migrate.current(url) == BEFORE, "nothing was changed"


def test_an_older_database_with_nothing_in_it_is_brought_up(make_database, tmp_path):
    url = make_database("old_and_empty")
    database = Database(url)
    with database.writing() as session:
        assert session.scalar(text("SELECT count(*) FROM ulp")) == 0
    database.close()
    migrate.downgrade(url, BEFORE)
    assert database_url(Settings(database_url=url, home=tmp_path)) == url
    assert migrate.current(url) == migrate.head()


def test_a_newer_database_is_left_alone(make_database, tmp_path):
    url = make_database("newer_than_we", filled=held)
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))
    with pytest.raises(UpgradeNeeded, match="does not know"):
        database_url(Settings(database_url=url, home=tmp_path))
