"""An import that is killed leaves whole files or nothing, and is finished by running it again."""

import os
import time
from pathlib import Path

import pytest
from forked import command
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from rbmgeo.db.session import Database
from rbmgeo.sample import SampleParams, make_sample
from rbmgeo.workflows.import_files import import_files

pytestmark = pytest.mark.database
ULP = "51354"
#: Tables that hold a batch's rows, and what identifies one row in them.
HELD = ("reading", "customer_point", "pdpj", "rbm_list", "receivable", "prepaid_order")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("ulp")
    make_sample(where, SampleParams(customers=300, seed=4))
    return where


@pytest.fixture(scope="module")
def whole(make_database, folder):
    """What an import that nobody disturbs leaves behind."""
    url = make_database("whole")
    database = Database(url)
    import_files(database, [folder], ulp=ULP, accept_good=True)
    database.close()
    return state(url)


def state(url):
    """Rows of every table that an import fills, as numbers and a checksum."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        found = {
            table: connection.scalar(text(f"SELECT count(*) FROM {table}"))
            for table in (*HELD, "customer", "gardu", "tiang", "jtr_span", "street", "import_batch")
        }
        found["kwh"] = connection.scalar(text("SELECT sum(kwh) FROM reading"))
        found["rejects"] = connection.scalar(text("SELECT count(*) FROM import_reject"))
    return found


def torn(url):
    """Batches whose rows are not all there: none may ever be."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return connection.execute(
            text(
                """
                SELECT b.file_name FROM import_batch b
                WHERE b.read <> b.good + b.rejected + b.skipped
                   OR (b.kind = 'dpm' AND b.good > (SELECT count(*) FROM reading r
                                                    WHERE r.ulp = b.ulp AND r.batch_id = b.batch_id))
                """
            )
        ).all()


def orphans(url):
    """Rows that name a batch which does not exist."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return sum(
            connection.scalar(
                text(
                    f"SELECT count(*) FROM {table} t WHERE batch_id IS NOT NULL AND NOT EXISTS "
                    "(SELECT FROM import_batch b WHERE b.ulp = t.ulp AND b.batch_id = t.batch_id)"
                )
            )
            for table in HELD
        )


def importing(url, folder):
    argv = ["import", str(folder), "--ulp", ULP, "--accept-good", "--json"]
    return command(argv, env={"RBMGEO_DATABASE_URL": url}, out=Path(os.devnull))


def finished(url, folder, seconds):
    process = importing(url, folder)
    process.join(seconds)
    return process.exitcode == 0


def killed_after(url, folder, batches):
    """Start an import and kill it without warning as soon as so many files are in."""
    engine = create_engine(url, poolclass=NullPool)
    process = importing(url, folder)
    with engine.connect() as connection:
        while process.is_alive():
            if connection.scalar(text("SELECT count(*) FROM import_batch")) >= batches:
                process.kill()
                break
            connection.rollback()
            time.sleep(0.002)
    process.join()


@pytest.mark.parametrize("batches", [1, pytest.param(12, marks=pytest.mark.drill)])
def test_killed_between_files_it_leaves_whole_files_and_goes_on(
    make_database, folder, whole, batches
):
    url = make_database(f"killed{batches}")
    killed_after(url, folder, batches)
    assert not torn(url)
    assert orphans(url) == 0
    assert finished(url, folder, 120)
    assert state(url) == whole


@pytest.mark.drill
def test_killed_after_each_file_and_at_many_moments(make_database, folder, whole):
    for batches in range(1, whole["import_batch"] + 1):
        url = make_database("drill")
        killed_after(url, folder, batches)
        assert not torn(url) and orphans(url) == 0, batches
        assert finished(url, folder, 300)
        assert state(url) == whole, batches
    # Killed again and again on the way: what is in stays in.
    url = make_database("drill")
    for number in range(20):
        process = importing(url, folder)
        time.sleep(0.1 + number * 0.25)
        process.kill()
        process.join()
        assert not torn(url) and orphans(url) == 0, number
    assert finished(url, folder, 300)
    assert state(url) == whole
