"""Customers lie unit by unit: what is stored survives the change, a large first list has a part."""

import pandas as pd
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from rbmgeo.db import incoming, migrate
from rbmgeo.db.incoming import Incoming
from rbmgeo.db.queries import units

pytestmark = pytest.mark.database


def test_stored_customers_and_points_survive_the_step_and_the_step_back(make_database):
    url = make_database("parts", migrated=False)
    migrate.upgrade(url, "0013_refused_years")
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO ulp (ulp, name) VALUES ('51354', 'a')"))
        connection.execute(
            text("INSERT INTO customer (ulp, idpel, geom) VALUES ('51354', '513540000001', "
                 "'SRID=4326;POINT(112.7 -7.6)')")
        )  # fmt: skip
        for _ in range(3):
            connection.execute(
                text("INSERT INTO customer_point (ulp, idpel, source, quality) "
                     "VALUES ('51354', '513540000001', 'gis', 'ok')")
            )  # fmt: skip
    stored = _stored(engine)
    migrate.upgrade(url)
    assert _stored(engine) == stored
    with engine.begin() as connection:  # numbers go on behind those that are there
        connection.execute(
            text("INSERT INTO customer_point (ulp, idpel, source, quality) "
                 "VALUES ('51354', '513540000001', 'gis', 'ok')")
        )  # fmt: skip
    migrate.downgrade(url, "0013_refused_years")
    assert _stored(engine)[0] == stored[0]
    assert len(_stored(engine)[1]) == 4


def _stored(engine):
    with engine.connect() as connection:
        people = connection.execute(
            text("SELECT ulp, idpel, public_id, ST_AsText(geom_3857, 0) FROM customer")
        ).all()
        points = connection.execute(text("SELECT ulp, point_id FROM customer_point ORDER BY 2"))
        return people, points.all()


@pytest.fixture
def unit(session):
    units.ensure_unit(session, ulp="51354")
    return "51354"


def people(first: int, many: int) -> pd.DataFrame:
    idpels = [f"{513540000000 + n}" for n in range(first, first + many)]
    return pd.DataFrame({"idpel": idpels, "name": "x"}, dtype="str")


def test_a_large_first_list_gets_a_part_and_later_rows_find_it(session, unit, monkeypatch):
    monkeypatch.setattr(incoming, "PART_ROWS", 5)
    first = Incoming(session, ulp=unit, batch_id=1)
    first.upsert("customer", people(0, 6), key=("ulp", "idpel"))
    first.upsert("customer", people(6, 2), key=("ulp", "idpel"))
    first.add("customer_point", people(0, 6)[["idpel"]].assign(source="gis", quality="ok"))
    first.finish()
    for table in ("customer", "customer_point"):
        assert session.scalar(text(f"SELECT count(*) FROM ONLY part_{table}")) == 0
    assert session.scalar(text("SELECT count(*) FROM customer WHERE ulp = '51354'")) == 8
    again = Incoming(session, ulp=unit, batch_id=2)
    written = again.upsert("customer", people(7, 2).assign(name="y"), key=("ulp", "idpel"))
    again.add("customer_point", people(0, 1)[["idpel"]].assign(source="gis", quality="ok"))
    again.finish()
    assert written == 2
    assert session.scalar(text("SELECT count(*) FROM customer WHERE name = 'y'")) == 2
    numbers = session.scalars(text("SELECT point_id FROM customer_point ORDER BY 1")).all()
    assert len(set(numbers)) == 7


def test_a_unit_that_has_rows_among_the_others_stays_there(session, unit, monkeypatch):
    monkeypatch.setattr(incoming, "PART_ROWS", 5)
    small = Incoming(session, ulp=unit, batch_id=1)
    small.upsert("customer", people(0, 2), key=("ulp", "idpel"))
    small.finish()
    large = Incoming(session, ulp=unit, batch_id=2)
    large.upsert("customer", people(0, 9), key=("ulp", "idpel"))
    large.finish()
    assert session.scalar(text("SELECT count(*) FROM ONLY part_customer")) == 9


def test_two_units_have_a_part_each_and_keep_apart(session, monkeypatch):
    monkeypatch.setattr(incoming, "PART_ROWS", 1)
    for ulp in ("51354", "A1b"):
        units.ensure_unit(session, ulp=ulp)
        into = Incoming(session, ulp=ulp, batch_id=1)
        into.upsert("customer", people(0, 3), key=("ulp", "idpel"))
        into.finish()
    found = session.execute(text("SELECT ulp, count(*) FROM customer GROUP BY 1 ORDER BY 1")).all()
    assert [tuple(row) for row in found] == [("51354", 3), ("A1b", 3)]


@pytest.mark.parametrize("few_first", [False, True])
def test_rows_written_out_ahead_arrive_whole(session, unit, monkeypatch, few_first):
    """Also where the first rows were too few for a part: those that come with them are known by idpel alone."""
    monkeypatch.setattr(incoming, "PART_ROWS", 5)
    first, key = Incoming(session, ulp=unit, batch_id=1), ("ulp", "idpel")
    if few_first:
        first.upsert("customer", people(90, 2), key=key)
    rows = people(0, 6)
    ahead = first.written_out("customer", rows)
    assert ahead is not None and first.written_out("customer", people(0, 4)) is None
    assert first.upsert("customer", rows[["idpel"]], key=key, written=ahead) == 6
    first.finish()
    kept = session.execute(
        text(
            "SELECT count(*), min(name), min(batch_id), count(public_id) FROM customer WHERE idpel < :i"
        ),
        {"i": "513540000080"},
    ).one()
    assert tuple(kept) == (6, "x", 1, 6)
