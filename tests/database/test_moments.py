"""What is kept of the data stays valid while people look, and not one write longer."""

import threading

import pytest
from sqlalchemy import text

from rbmgeo.db.queries import access, units
from rbmgeo.db.queries.moments import Snapshot

pytestmark = pytest.mark.database


def look(database):
    with database.asking() as connection:
        access.add(connection, user_id=1, login="a", ulp="51354", route="r", request_id="q",
                   kind="page", numbers=[513540000001])  # fmt: skip


def moment(database):
    with database.reading() as session:
        return units.moment(session)


def write(database):
    with database.writing() as session:
        session.execute(
            text("INSERT INTO app_secret (name, value) VALUES (gen_random_uuid()::text, 'x')")
        )


def unmoved_by_a_look(database):
    """Say whether a look leaves the moment as it was; whoever else writes on this server moves it too."""
    for _ in range(100):
        first = moment(database)
        look(database)
        if moment(database) == first:
            return True
    return False


def test_a_look_changes_nothing_and_every_write_does(fresh_database):
    assert unmoved_by_a_look(fresh_database)
    first = moment(fresh_database)
    write(fresh_database)
    second = moment(fresh_database)
    assert second != first
    look(fresh_database)
    write(fresh_database)
    look(fresh_database)
    assert moment(fresh_database) not in (first, second)


def test_a_write_that_began_before_and_ends_after_looks_is_noticed(fresh_database):
    begun, go = threading.Event(), threading.Event()

    def slow():
        with fresh_database.writing() as session:
            session.execute(text("INSERT INTO app_secret (name, value) VALUES ('slow', 'x')"))
            begun.set()
            go.wait(20)

    thread = threading.Thread(target=slow)
    thread.start()
    begun.wait(20)
    assert unmoved_by_a_look(fresh_database)
    before = moment(fresh_database)
    go.set()
    thread.join()
    look(fresh_database)
    assert moment(fresh_database) != before


def test_a_transaction_that_is_taken_back_is_at_worst_taken_for_a_change(fresh_database):
    before = moment(fresh_database)
    with fresh_database.engine.connect() as connection:
        connection.execute(text("INSERT INTO app_secret (name, value) VALUES ('back', 'x')"))
        connection.rollback()
    write(fresh_database)
    assert moment(fresh_database) != before


def test_a_snapshot_holds_an_earlier_one_only_where_nothing_runs_that_was_over():
    early, late = Snapshot.of("10:20:10,14"), Snapshot.of("14:30:14,25")
    assert late.holds(early) and not early.holds(late)
    assert (early.ended, late.ended) == (18, 28)
    assert not Snapshot.of("12:30:12").holds(early)
