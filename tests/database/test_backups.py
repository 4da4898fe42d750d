"""A backup restored is the database it was made of; what is damaged or half is told, never used."""

import os
import shutil
from datetime import UTC, datetime, timedelta

import checked_gardu as drawn
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from rbmgeo.db.bulk import ensure_month
from rbmgeo.db.queries import manifest as queries
from rbmgeo.db.server import databases, dump
from rbmgeo.db.session import Database
from rbmgeo.errors import Conflict, NotThere, UsageError
from rbmgeo.intake.photo_store import PhotoStore
from rbmgeo.operations.manifest import differences
from rbmgeo.workflows import backups
from rbmgeo.workflows.backup_state import state
from rbmgeo.workflows.backups import complete, make_backup, opened
from rbmgeo.workflows.restores import facts, restore_backup, verify_backup

pytestmark = pytest.mark.database
AT = datetime(2026, 11, 26, 19, 0, tzinfo=UTC)


def build(session):
    drawn.build(session)
    for blth in ("202410", "202411"):
        ensure_month(session, blth=blth)
    session.execute(
        text(
            "INSERT INTO reading (ulp, blth, idpel, kwh, source) SELECT ulp, '202411', idpel, 12.5, 'uji' "
            "FROM customer"
        )
    )
    session.execute(text("UPDATE ulp SET name = E'Tab\\there\\nand a new line'"))


@pytest.fixture(scope="module")
def unit(make_database, tmp_path_factory):
    """Address of a filled database, its home with two photos and a key, a folder for backups."""
    home = tmp_path_factory.mktemp("home")
    store = PhotoStore.of(home, drawn.ULP)
    store.name([store.write(content, ".jpg")[1] for content in (b"satu", b"dua")])
    (home / "keys").mkdir()
    (home / "keys/51354.pem").write_text("secret")
    (home / "compiled").mkdir()
    (home / "compiled/x.nbi").write_text("made anew")
    return make_database("backups", filled=build), home, tmp_path_factory.mktemp("second") / "disk"


@pytest.fixture(scope="module")
def made(unit):
    url, home, to = unit
    return make_backup(url, home, to, keep=3, at=AT, who="uji")


@pytest.fixture
def target(make_database):
    """Addresses of databases of the test's own, gone afterwards with all that stood aside."""
    given = []

    def make(name, **told):
        given.append(make_database(name, **told))
        return given[-1]

    yield make
    for url in given:
        with databases._server(url) as server:
            names = server.scalars(
                text("SELECT datname FROM pg_database WHERE starts_with(datname, :n)"),
                {"n": databases.named(url)},
            ).all()
        for name in names:
            databases.drop(databases.address(url, name))


def trials(url):
    """Return the databases of trials; other tests make others on this server meanwhile."""
    with databases._server(url) as server:
        return set(server.scalars(text("SELECT datname FROM pg_database WHERE datname ~ '_trial_[0-9]'")))  # fmt: skip


def test_every_table_is_told_with_its_parts_and_nothing_else(made):
    tables = made.manifest.tables
    assert tables.loc["public.reading_202411", "rows"] == 50
    assert tables.loc["public.reading_202410", "rows"] == 0
    assert not {"public.reading", "public.customer", "public.spatial_ref_sys"} & {*tables.index}
    assert tables.loc["public.ulp", "rows"] == 1, "a new line in a value is no row"
    assert made.manifest.revision is not None


def test_a_restored_database_is_the_one_that_was_saved(unit, made, target, tmp_path):
    url, home, _ = unit
    empty = target("restored_empty", migrated=False)
    done = restore_backup(opened(made.folder), empty, tmp_path / "new", at=AT, who="uji")
    assert differences(facts(url), facts(empty)).empty
    assert done.files == 2 and done.aside == ""
    photos = [p.relative_to(home) for p in (home / "photos").rglob("*.jpg")]
    assert all((tmp_path / "new" / p).read_bytes() == (home / p).read_bytes() for p in photos)
    assert not (tmp_path / "new/keys").exists()
    with Database(empty).writing() as session:  # sequences go on where they were
        session.execute(text("INSERT INTO command_log (who, command) VALUES ('uji', 'x')"))


def test_a_database_with_data_is_replaced_only_by_name_and_then_stands_aside(unit, made, target, tmp_path):  # fmt: skip
    held = target("restored_held", filled=build)
    with Database(held).writing() as session:
        session.execute(text("UPDATE ulp SET name = 'Lama'"))
    Database(held).close()
    with pytest.raises(Conflict, match="holds data"):
        restore_backup(made, held, tmp_path, at=AT, who="uji")
    with pytest.raises(Conflict, match="holds data"):
        restore_backup(made, held, tmp_path, replace="rbmgeo", at=AT, who="uji")
    name = databases.named(held)
    _close_all(held)
    done = restore_backup(made, held, tmp_path, replace=name, at=AT, who="uji")
    assert differences(made.manifest.tables, facts(held)).empty
    with create_engine(databases.address(held, done.aside), poolclass=NullPool).connect() as old:
        assert old.scalar(text("SELECT name FROM ulp")) == "Lama"


def _close_all(url):
    with databases._server(url) as server:
        server.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :n "
                "AND pid <> pg_backend_pid()"
            ),
            {"n": databases.named(url)},
        )


def test_nothing_is_exchanged_while_somebody_is_connected(made, target, tmp_path):
    held = target("restored_busy", migrated=False)
    engine = create_engine(held, poolclass=NullPool)
    with engine.connect(), pytest.raises(Conflict, match="connections use"):
        restore_backup(made, held, tmp_path, at=AT, who="uji")


def test_a_trial_says_what_is_damaged_and_leaves_no_database(unit, made, tmp_path):
    url, _, _ = unit
    copy = tmp_path / made.folder.name
    shutil.copytree(made.folder, copy)
    assert not trials(url)
    photo = next((copy / "files").rglob("*.jpg"))
    photo.write_bytes(b"lain")
    text_of = (copy / "manifest.json").read_text()
    row = made.manifest.tables.loc["public.ulp", "sha256"]
    (copy / "manifest.json").write_text(text_of.replace(row, "0" * 64))
    told = verify_backup(opened(copy), url, at=AT)
    assert not told.well
    assert told.tables["what"].to_dict() == {"public.ulp": "content"}
    assert list(told.files.index) == [str(photo.relative_to(copy / "files"))]
    with (copy / "database.dump").open("ab") as file:
        file.write(b"x")
    with pytest.raises(Conflict, match="not the file"):
        verify_backup(opened(copy), url, at=AT)
    assert not trials(url)


def test_a_backup_is_complete_or_not_there(unit, made, monkeypatch, tmp_path):
    url, home, _ = unit
    to = tmp_path / "disk"

    def full(*args, **told):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups.backup_files, "take", full)
    with pytest.raises(OSError, match="No space"):
        make_backup(url, home, to, keep=1, at=AT, who="uji")
    assert [p.name for p in to.iterdir()] == [".lock"]
    assert state(home).failed_at is not None and state(home).why == "OSError"
    with pytest.raises(NotThere, match="no backup"):
        opened(to)


def test_photos_are_there_once_and_the_newest_backups_stay(unit, made):
    url, home, to = unit
    for days in (1, 2):
        make_backup(url, home, to, keep=2, at=AT + timedelta(days=days), who="uji", keys=days == 2)
    kept = complete(to)
    assert [p.name for p in kept] == [f"rbmgeo-202611{d}T190000Z" for d in (27, 28)]
    first, last = (list(k.rglob("*.jpg")) for k in (kept[0], kept[-1]))
    assert {p.stat().st_ino for p in first} == {p.stat().st_ino for p in last}
    assert oct(kept[-1].stat().st_mode)[-3:] == "700"
    assert (kept[-1] / "files/keys/51354.pem").exists() and not (kept[0] / "files/keys").exists()
    assert any("private keys" in s for s in opened(kept[-1]).manifest.secrets)
    assert not (kept[-1] / "files/compiled").exists()
    assert state(home).good_at == AT + timedelta(days=2)


def test_two_backups_at_once_are_one(unit, tmp_path):
    url, home, _ = unit
    with backups._alone_in(tmp_path / "d"), pytest.raises(Conflict, match="another backup"):
        make_backup(url, home, tmp_path / "d", keep=1, at=AT, who="uji")
    with pytest.raises(UsageError, match="--keep"):
        make_backup(url, home, tmp_path / "d", keep=0, at=AT, who="uji")


@pytest.mark.drill
def test_what_others_write_meanwhile_is_not_in_it_and_harms_nothing(target, unit, monkeypatch, tmp_path):  # fmt: skip
    """Rows are hashed and dumped in one snapshot, however long either takes."""
    url, real = target("written_meanwhile", filled=build), queries.table_facts

    def slowly(connection, **told):
        with Database(url).writing() as session:
            session.execute(text("UPDATE ulp SET name = 'Sementara'"))
        return real(connection, **told)

    monkeypatch.setattr(queries, "table_facts", slowly)
    made = make_backup(url, tmp_path / "h", tmp_path / "d", keep=1, at=AT, who="uji")
    monkeypatch.undo()
    assert verify_backup(made, url, at=AT).well
    told = differences(made.manifest.tables, facts(url))
    assert told["what"].to_dict() == {"public.ulp": "content"}


def test_a_password_is_no_argument_of_a_program():
    url = "postgresql+psycopg2://u:rahasia@h:5433/d?sslmode=require"
    told = dump._environ(dump.programs(13), url)
    assert told["PGPASSWORD"] == "rahasia" and told["PGSSLMODE"] == "require"
    assert told["PGPORT"] == "5433" and os.environ.get("PGPASSWORD") is None
