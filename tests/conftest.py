"""A PostGIS of the tests' own, real data where it lies beside the project, a real browser."""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import examples  # noqa: F401 - before any property is drawn up
import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from rbmgeo.db import migrate
from rbmgeo.db.queries import people
from rbmgeo.db.server import ensure_cluster
from rbmgeo.db.server.up import ensure_database
from rbmgeo.db.session import Database
from rbmgeo.intake import readers
from rbmgeo.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser")
#: Files that take long are begun first: at the end of a run no worker waits for one of them.
LONG = (
    "test_many_units.py", "test_web_matrix.py", "test_web_sinks.py", "test_web_access_log.py", "test_hostile_in_chromium.py",
    "test_notebook.py", "test_every_page_in_chromium.py", "test_messy_kit_in_chromium.py", "test_pages_in_chromium.py",
    "test_kill_matrix.py", "test_killed_import.py", "test_wrong_records.py", "test_serving.py",
    "test_web_events.py", "test_bad_inputs.py", "test_sop_on_a_sample.py", "test_undo.py",
    "test_maps_in_chromium.py", "test_mutations_in_chromium.py", "test_matching_properties.py",
    "test_launcher.py", "test_web_wizard.py", "test_phones_that_fail.py", "test_web_exports.py",
    "test_utility_town.py", "test_web_access.py", "test_unit_map_in_chromium.py", "test_phone_in_chromium.py",
    "test_keyboard_in_chromium.py",
)  # fmt: skip
# Compiled once for all runs of the tests, not once a process.
os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".rbmgeo-test" / "compiled"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files in front; the others keep their order."""
    rank = {name: at for at, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))


@pytest.fixture(scope="session", autouse=True)
def product_hasher() -> Iterator[PasswordHasher]:
    """The product's own hasher; what the tests hash costs as little as argon2 allows.

    It takes a quarter of a second by design, and the tests log in some hundred times.
    """
    own, nobody = people._HASHER, people._NOBODY
    people._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    people._NOBODY = people._nobody(people._HASHER)
    yield own
    people._HASHER, people._NOBODY = own, nobody


@pytest.fixture(scope="session", autouse=True)
def product_wait() -> Iterator[float]:
    """The product's own wait before it looks again at a file of this moment, as all of ours are."""
    own = readers.LOOK_AGAIN_S
    readers.LOOK_AGAIN_S = 0.001
    yield own
    readers.LOOK_AGAIN_S = own


@pytest.fixture(scope="session")
def server_url() -> str:
    """Address of the test server's own database ``rbmgeo_test``; never the product's."""
    given = os.environ.get("RBMGEO_TEST_DATABASE_URL")
    if given:
        return Settings(database_url=given).database_url
    cluster = ensure_cluster(ROOT / ".rbmgeo-test", durable=False)
    return ensure_database(cluster, "rbmgeo_test")


@pytest.fixture(scope="session")
def make_database(server_url: str) -> Iterator[object]:
    """Offer a function that makes a database at the newest migration, by name.

    The migrations run once; every further database is a copy of that first one. So it is with
    what ``filled`` writes into one: a function of a module that takes a session.
    """
    admin = create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    made: list[str] = []

    def create(name: str, template: str) -> str:
        full = f"rbmgeo_test_{name}_{os.getpid()}"
        with admin.connect() as connection:
            version = connection.dialect.server_version_info or (0,)
            # Files copied as they are cost half of what writing every page to the log does,
            # where nothing waits for the disk; before 15 there was no other way.
            how = "STRATEGY FILE_COPY" if version >= (15,) else ""
            connection.execute(text(f'DROP DATABASE IF EXISTS "{full}" WITH (FORCE)'))
            connection.execute(text(f'CREATE DATABASE "{full}" TEMPLATE "{template}" {how}'))
        made.append(full)
        return full

    def address(full: str) -> str:
        return admin.url.set(database=full).render_as_string(hide_password=False)

    @cache
    def newest() -> str:
        full = create("newest", "template1")
        migrate.upgrade(address(full))
        return full

    @cache
    def holding(fill: Callable[[Session], None]) -> str:
        full = create(f"of_{fill.__module__}_{fill.__name__}", newest())
        database = Database(address(full))
        with database.writing() as session:
            fill(session)
        database.close()  # a database that somebody is connected to cannot be copied
        return full

    def make(
        name: str, *, migrated: bool = True, filled: Callable[[Session], None] | None = None
    ) -> str:
        like = "template1" if not migrated else newest() if filled is None else holding(filled)
        return address(create(name, like))

    def drop(*names: str) -> None:
        with admin.connect() as connection:
            for full in names:
                connection.execute(text(f'DROP DATABASE IF EXISTS "{full}" WITH (FORCE)'))

    make.drop = lambda url: drop(make_url(url).database)
    yield make
    drop(*made)
    admin.dispose()


@pytest.fixture(scope="session")
def database_url(make_database) -> str:
    """A migrated database that every test leaves as it found it."""
    return make_database("shared")


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    made = create_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session whose every commit is undone when the test ends."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as open_session:
            yield open_session
        outer.rollback()


@pytest.fixture
def fresh_database(make_database, request) -> Iterator[Database]:
    """A database of the test's own, for what commits."""
    name = "".join(c if c.isalnum() else "_" for c in request.node.name.lower())[:30]
    database = Database(make_database(name))
    yield database
    database.close()
    # At once: files that have reached the disk by the end take seconds to remove.
    make_database.drop(database.url)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data beside the project; its absence is said aloud."""
    folder = Path(os.environ.get("RBMGEO_SHARED_DATA", ROOT.parent / "shared/data"))
    if not folder.is_dir():
        pytest.skip(f"REAL DATA ABSENT: {folder}")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a real Chromium; on CI its absence is a failure."""
    named = os.environ.get("RBMGEO_CHROMIUM")
    # The shell draws the same without a window's own parts: a third of the work.
    found = named or next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on CI: run make setup-browser")
        pytest.skip("NO CHROMIUM: run make setup-browser")
    return found
