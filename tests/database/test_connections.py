"""Connections of the pool: asked after rest, read-only where a session only reads, single questions."""

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, OperationalError

from rbmgeo.db import session as sessions
from rbmgeo.db.scope import OVER_UNITS, UNIT, Scope
from rbmgeo.db.session import Database

MINE = text("SELECT pg_backend_pid()")


@pytest.fixture
def pool(database_url):
    database = Database(database_url, pool_size=1)
    yield database
    database.close()


@pytest.fixture
def pings(pool, monkeypatch):
    asked = []
    ping = pool.engine.dialect.do_ping
    monkeypatch.setattr(pool.engine.dialect, "do_ping", lambda c: asked.append(c) or ping(c))
    return asked


def backend(database):
    with database.reading() as session:
        return session.scalar(MINE)


def end(database_url, pid):
    other = Database(database_url, pool_size=1)
    with other.asking() as asked:
        assert asked.scalar(text("SELECT pg_terminate_backend(:p, 5000)"), {"p": pid})
    other.close()


def test_a_connection_is_asked_after_rest_alone(pool, pings, monkeypatch):
    first = backend(pool)
    assert backend(pool) == first and not pings
    monkeypatch.setattr(sessions, "REST_S", 0.0)
    assert backend(pool) == first and len(pings) == 1


def test_one_that_died_at_rest_is_replaced_unseen(pool, pings, database_url, monkeypatch):
    first = backend(pool)
    end(database_url, first)
    monkeypatch.setattr(sessions, "REST_S", 0.0)
    assert backend(pool) != first


def test_one_that_died_in_use_fails_one_answer_and_no_more(pool, database_url):
    first = backend(pool)
    end(database_url, first)
    with pytest.raises(OperationalError):
        backend(pool)
    assert backend(pool) != first


@pytest.mark.parametrize("scope", [None, Scope(UNIT, "51354", 1)])
def test_a_session_for_reading_cannot_write_nor_allow_itself_to(pool, scope):
    within = pool if scope is None else pool.within(scope)
    with within.reading() as session:
        assert session.scalar(text("SHOW transaction_read_only")) == "on"
    with within.reading() as session:
        session.execute(MINE)
        with pytest.raises(DBAPIError):
            session.execute(text("SET TRANSACTION READ WRITE"))
    with pool.reading() as session, pytest.raises(DBAPIError, match="read-only"):
        session.execute(text("DELETE FROM ulp"))
    with within.writing() as session:
        assert session.scalar(text("SHOW transaction_read_only")) == "off"


def test_a_session_for_reading_stays_so_after_a_rollback(pool):
    with pool.reading() as session:
        session.rollback()
        assert session.scalar(text("SHOW transaction_read_only")) == "on"


def test_a_single_question_is_one_statement_and_leaves_the_connection_as_it_was(pool):
    with pool.reading():
        pass
    sent = []
    event.listen(pool.engine, "before_cursor_execute", lambda c, k, said, *rest: sent.append(said))
    with pool.asking() as asked:
        first = asked.scalar(MINE)
        driver = asked.connection.dbapi_connection
        assert driver.autocommit
    assert not driver.autocommit and len(sent) == 1
    with pool.writing() as session:
        assert session.scalar(MINE) == first
        session.execute(text("CREATE TEMPORARY TABLE gone (a int)"))
        session.rollback()
    with pool.asking() as asked:
        assert asked.scalar(text("SELECT to_regclass('pg_temp.gone')")) is None


def test_single_questions_of_a_scope_write_only_where_it_is_said(pool):
    write = text("UPDATE app_user SET active = active WHERE false")
    within = pool.within(OVER_UNITS)
    with within.asking() as asked, pytest.raises(DBAPIError, match="read-only"):
        asked.execute(write)
    with within.asking(writes=True) as asked:
        assert asked.execute(write).rowcount == 0


def test_a_question_that_fails_leaves_the_connection_as_it_was(pool):
    with pytest.raises(DBAPIError), pool.asking() as asked:
        asked.execute(text("SELECT 1 / 0"))
    with pool.writing() as session:
        assert not session.connection().connection.dbapi_connection.autocommit
