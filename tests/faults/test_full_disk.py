"""A full disk and a dead connection are said in one sentence, and nothing half done stays."""

import errno

import psycopg2
import pytest
from forked import command
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from rbmgeo.db import bulk, failures
from rbmgeo.errors import DatabaseFailed
from rbmgeo.workflows.import_files import import_files

pytestmark = pytest.mark.database
ULP = "51354"
BODY = (
    "BLTH;UNITUP;IDPEL;NAMA;TARIF;DAYA;KODERBM;PEMKWH\n"
    "202405;51354;513540000001;A;R1;900;51354BAA;10\n"
)


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "dpm.csv"
    made.write_text(BODY, encoding="utf-8")
    return made


def rows(database):
    with database.reading() as session:
        return [
            session.scalar(text(f"SELECT count(*) FROM {t}"))
            for t in ("import_batch", "customer", "rbm_list")
        ]


def test_the_servers_own_word_for_a_full_disk(fresh_database, file, tmp_path):
    """The server raises 53100 while rows arrive, as it does where a table cannot grow."""
    with fresh_database.writing() as session:
        session.execute(
            text(
                """
                CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION 'could not extend file "base/1/2": No space left on device'
                USING ERRCODE = 'disk_full'; END $$
                """
            )
        )
        session.execute(
            text(
                "CREATE TRIGGER disk BEFORE INSERT ON rbm_list FOR EACH ROW EXECUTE FUNCTION full_disk()"
            )
        )
    env = {"RBMGEO_DATABASE_URL": fresh_database.url}
    importer = command(
        ["import", str(file), "--ulp", ULP, "--lang", "id"], env=env, out=tmp_path / "said"
    )
    importer.join(60)
    said = (tmp_path / "said").read_text()
    assert importer.exitcode == 1
    assert "disk penuh" in said and "tidak ada baris" in said and "lalu impor" in said
    assert said.count("\n") == 1 and "Traceback" not in said
    assert rows(fresh_database) == [0, 0, 0]
    with fresh_database.writing() as session:
        session.execute(text("DROP TRIGGER disk ON rbm_list"))
    assert import_files(fresh_database, [file], ulp=ULP).complete


@pytest.mark.parametrize(
    ("raised", "free", "says"),
    [
        (psycopg2.InterfaceError("connection already closed"), 0, "the disk is full"),
        (
            psycopg2.OperationalError("server closed the connection unexpectedly"),
            10**12,
            "broke off",
        ),
        (psycopg2.errors.DiskFull("could not extend file"), 10**12, "the disk is full"),
        (OSError(errno.ENOSPC, "No space left on device", "/tmp/x"), 10**12, "/tmp/x"),
    ],
)
def test_what_the_driver_may_raise(fresh_database, file, monkeypatch, raised, free, says):
    """The driver may say only that the connection is closed: the server's disk is looked at."""
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr(failures.shutil, "disk_usage", lambda folder: usage)

    def copy(session, table, frame, **how):
        raise raised

    monkeypatch.setattr("rbmgeo.db.incoming.copy_written", copy)
    with pytest.raises(DatabaseFailed, match=says) as caught:
        import_files(fresh_database, [file], ulp=ULP)
    assert "\n" not in str(caught.value) and "dpm.csv" in str(caught.value)
    assert rows(fresh_database) == [0, 0, 0]


def test_a_connection_that_is_ended_while_rows_arrive(fresh_database, file, monkeypatch):
    ended = []
    real = bulk.copy_written

    def copy(session, table, frame, **how):
        if not ended:
            pid = session.scalar(text("SELECT pg_backend_pid()"))
            engine = create_engine(fresh_database.url, poolclass=NullPool)
            with engine.connect() as other:
                ended.append(
                    other.scalar(text("SELECT pg_terminate_backend(:p, 5000)"), {"p": pid})
                )
        return real(session, table, frame, **how)

    monkeypatch.setattr("rbmgeo.db.incoming.copy_written", copy)
    with pytest.raises(DatabaseFailed, match="broke off") as caught:
        import_files(fresh_database, [file], ulp=ULP)
    assert ended == [True]
    assert "terputus" in caught.value.indonesian
    assert rows(fresh_database) == [0, 0, 0]
    assert import_files(fresh_database, [file], ulp=ULP).complete
