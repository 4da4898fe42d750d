"""An upgrade that fails leaves the database as it was, hash for hash, without anybody's help."""

import shutil
from datetime import UTC, datetime

import checked_gardu as drawn
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from rbmgeo.db import migrate
from rbmgeo.db.server import databases
from rbmgeo.errors import Conflict, UsageError
from rbmgeo.operations.manifest import differences
from rbmgeo.workflows import upgrades
from rbmgeo.workflows.backups import opened
from rbmgeo.workflows.restores import facts, verify_backup
from rbmgeo.workflows.upgrades import UpgradeFailed, upgrade

pytestmark = pytest.mark.database
AT = datetime(2026, 11, 26, 19, 0, tzinfo=UTC)
HEAD = migrate.head()
#: A new column, which is no harm to the old ones.
GOOD = "op.add_column('ulp', sa.Column('aside', sa.Text(), server_default='x'))"
WRITE = "op.execute(\"UPDATE ulp SET name = 'Lain'\")"


def build(session):
    drawn.build(session)


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """Offer a folder of migrations that has some more than the product's, by their bodies."""

    def make(*bodies, rewrites=()):
        folder = tmp_path_factory.mktemp("own") / "migrations"
        shutil.copytree(migrate.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        before = HEAD
        for n, body in enumerate(bodies, start=9001):
            lines = (
                '"""A migration of the test."""',
                "import sqlalchemy as sa",
                "from alembic import op",
                f"revision, down_revision = '{n}_test', '{before}'",
                "branch_labels = depends_on = None",
                f"rewrites = {rewrites!r}",
                "def upgrade():",
                *(f"    {line}" for line in body.splitlines()),
            )
            (folder / f"versions/{n}_test.py").write_text("\n".join(lines))
            before = f"{n}_test"
        return folder

    return make


@pytest.fixture
def url(make_database, request):
    made = make_database(f"upgraded_{len(request.node.name)}", filled=build)
    yield made
    make_database.drop(made)


def run(url, tmp_path, folder, **told):
    return upgrade(url, tmp_path / "home", tmp_path / "disk", keep=3, at=AT, who="uji", folder=folder, **told)  # fmt: skip


def databases_of(url):
    with databases._server(url) as server:
        query = text("SELECT datname FROM pg_database WHERE starts_with(datname, :n)")
        return server.scalars(query, {"n": databases.named(url)}).all()


def test_a_broken_migration_rolls_back_alone(url, own, tmp_path):
    """The first of three had been kept already when the second broke."""
    before = facts(url)
    broken = "op.execute('DELETE FROM pdpj')\nop.drop_column('ulp', 'up3')\nraise ValueError('513540000001')"  # fmt: skip
    with pytest.raises(UpgradeFailed, match=r"as it was, all \d+ tables") as told:
        run(url, tmp_path, own(WRITE, broken, GOOD))
    assert "ValueError" in str(told.value) and "513540000001" not in str(told.value)
    assert differences(before, facts(url)).empty
    assert migrate.current(url) == HEAD
    assert databases_of(url) == [databases.named(url)], "nothing is left beside it"
    assert run(url, tmp_path, migrate.MIGRATIONS).backup is None, "nothing is left to do"


def test_a_good_one_keeps_the_backup_and_says_what_is_the_same(url, own, tmp_path):
    before = facts(url)
    done = run(url, tmp_path, own(GOOD))
    assert (done.was, done.now) == (HEAD, "9001_test")
    assert done.same == len(before) - 1  # all but the revision itself
    assert verify_backup(opened(done.backup.folder), url, at=AT).well
    with create_engine(url, poolclass=NullPool).connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM ulp WHERE aside = 'x'")) == 1


@pytest.mark.drill
@pytest.mark.parametrize(
    ("body", "named"),
    [
        (WRITE, "public.ulp"),
        pytest.param("op.execute('DROP TABLE app_secret CASCADE')", "public.app_secret"),
        pytest.param(
            "op.execute('ALTER TABLE ulp ALTER COLUMN time_zone TYPE varchar(99)')\nop.execute('INSERT INTO ulp (ulp, name) VALUES (1, 2)')",
            "public.ulp",
        ),
    ],
    ids=["rows", "gone", "another type"],
)  # fmt: skip
def test_rows_that_no_migration_names_are_put_back(url, own, tmp_path, body, named):
    before = facts(url)
    with pytest.raises(UpgradeFailed, match=f"rows changed in {named},"):
        run(url, tmp_path, own(body))
    assert differences(before, facts(url)).empty


@pytest.mark.drill
def test_rows_that_a_migration_or_a_person_names_may_change(url, own, tmp_path):
    done = run(url, tmp_path, own(WRITE, rewrites=("public.ulp",)))
    assert done.now == "9001_test"
    with create_engine(url, poolclass=NullPool).connect() as connection:
        assert connection.scalar(text("SELECT name FROM ulp")) == "Lain"


def test_nobody_may_be_connected_and_the_migration_must_be_known(url, own, tmp_path):
    folder = own(GOOD)
    with create_engine(url, poolclass=NullPool).connect(), pytest.raises(Conflict, match="stop"):
        run(url, tmp_path, folder)
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_other'"))
    with pytest.raises(UsageError, match="9999_other"):
        run(url, tmp_path, folder)
    assert not (tmp_path / "disk").exists()


def test_a_way_back_that_fails_too_says_what_a_person_does(url, own, tmp_path, monkeypatch):
    def full(*args, **told):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(upgrades, "filled", full)
    with pytest.raises(UpgradeFailed, match=r"half migrated: do not use it; .*rbmgeo restore"):
        run(url, tmp_path, own(WRITE, "raise ValueError"))
