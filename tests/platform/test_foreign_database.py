"""RBMGEO_DATABASE_URL: what it lacks is said in one sentence, and nothing is left behind."""

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from rbmgeo.db import roles
from rbmgeo.db.server import database_url, up
from rbmgeo.db.server.cluster import ServerError
from rbmgeo.settings import Settings

pytestmark = pytest.mark.database

USER = "tamu_tanpa_hak"


@pytest.fixture
def guest(make_database, server_url):
    """The address of an empty database whose owner is no superuser."""
    url = make_database("foreign", migrated=False)
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    name = make_url(url).database
    with engine.connect() as connection:
        connection.execute(text(f"DROP ROLE IF EXISTS {USER}"))
        connection.execute(text(f"CREATE ROLE {USER} LOGIN"))
        connection.execute(text(f'ALTER DATABASE "{name}" OWNER TO {USER}'))
    yield make_url(url).set(username=USER).render_as_string(hide_password=False), engine
    with engine.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" OWNER TO CURRENT_USER'))
        connection.execute(text(f"DROP OWNED BY {USER}"))
        connection.execute(text(f"DROP ROLE {USER}"))


def extensions(engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(text("SELECT extname FROM pg_extension")))


def test_an_owner_without_the_right_is_told_what_the_administrator_runs(guest, tmp_path):
    url, engine = guest
    with pytest.raises(ServerError, match="CREATE EXTENSION postgis in that database"):
        database_url(Settings(database_url=url, home=tmp_path / "home"))
    assert not extensions(engine) & {"postgis", "btree_gist"}
    assert not (tmp_path / "home").exists(), "no cluster of our own was begun"


def test_with_extension_and_roles_in_place_an_owner_is_enough(guest, tmp_path):
    """What the sentence names is enough, run by the administrator as it stands there."""
    url, engine = guest
    with engine.connect() as connection:
        connection.execute(text("CREATE EXTENSION postgis"))
        with pytest.raises(ServerError, match="may make no roles") as told:
            database_url(Settings(database_url=url, home=tmp_path))
        there = set(connection.scalars(text("SELECT rolname FROM pg_roles")))
        for said in roles.by_hand(USER).split("; "):
            assert said in str(told.value)
            if not (said.startswith("CREATE ROLE") and said.split()[2] in there):
                connection.execute(text(said))
    assert database_url(Settings(database_url=url, home=tmp_path)) == url


def test_a_user_who_may_make_no_table_is_told_so(guest):
    url, engine = guest
    with engine.connect() as connection:
        connection.execute(text("CREATE EXTENSION postgis"))
        connection.execute(text("CREATE EXTENSION btree_gist"))
        connection.execute(text("ALTER SCHEMA public OWNER TO CURRENT_USER"))
        connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
    with pytest.raises(ServerError, match="may not create tables"):
        up.check(url)


@pytest.mark.parametrize(
    "url",
    ["postgresql+psycopg2://a:b@127.0.0.1:1/c", "nonsense", "mysql://a@b/c", "postgresql+x://a"],
)
def test_an_address_that_leads_nowhere_is_one_sentence(url):
    with pytest.raises(ServerError, match="cannot be reached") as told:
        up.check(url)
    assert "\n" not in str(told.value)


def test_a_server_that_is_too_old_is_named(server_url, monkeypatch):
    monkeypatch.setattr(up, "OLDEST", 990_000)
    with pytest.raises(ServerError, match=r"PostgreSQL [0-9.]+.* is too old"):
        up.check(server_url)


@pytest.mark.parametrize(
    "given", ["postgres://u@h/d", "postgresql://u@h/d", " postgresql://u@h/d\n"]
)
def test_every_usual_spelling_takes_the_driver_of_our_copy(given):
    assert Settings(database_url=given).database_url == "postgresql+psycopg2://u@h/d"
