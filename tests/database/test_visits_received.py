"""Visits on a real database: kept whatever they are, told once, an answer of the survey in the same step."""

import itertools
import json
import uuid
from datetime import UTC, datetime

import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rbmgeo.db.queries import units, visits
from rbmgeo.fieldwork.receive import Came
from rbmgeo.fieldwork.visit import visit_of
from rbmgeo.workflows.receive_visits import receive_visits

pytestmark = pytest.mark.database
ULP, MONTH = "T0041", "202412"
NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
FIRST, SECOND, NOBODY = "513540000001", "513540000002", str(uuid.UUID(int=99))


@pytest.fixture
def orders(session):
    """Two customers, each with an order of the survey; returns the orders' ids by idpel."""
    units.ensure_unit(session, ulp=ULP)
    for idpel in (FIRST, SECOND):
        session.execute(
            text("INSERT INTO customer (ulp, idpel, tarif, daya_va, jenis_layanan, dibaca_oleh) "
                 "VALUES (:u, :i, 'R1', 1300, 'pasca', 'vendor')"),
            {"u": ULP, "i": idpel},
        )  # fmt: skip
    visits.add_list(
        session, ulp=ULP, job="survei", blth=MONTH, title="Hari 1", officer="siti", planned_on=None,
        content={}, orders=pd.DataFrame({"idpel": [FIRST, SECOND], "reason": "temuan"}), who="rencana",
    )  # fmt: skip
    return dict(
        session.execute(
            text("SELECT idpel, order_id::text FROM visit_order WHERE ulp = :u"), {"u": ULP}
        ).all()
    )


def sent(number, order_id, **other):
    return visit_of({
        "client_id": str(uuid.UUID(int=number)), "order_id": order_id, "customer": None,
        "job": "survei", "outcome": "cocok", "values": {}, "photos": [], "officer": "siti",
        "device_id": NOBODY, "device_at": "2026-11-26T09:00:00+07:00",
        "place": {"lon": 112.7, "lat": -7.65, "accuracy_m": 6.0, "fixes": 3}, **other,
    })  # fmt: skip


def receive(session, *those):
    return receive_visits(session, ULP, those, who="siti", now=NOW)


def count(session, table):
    return session.scalar(text(f"SELECT count(*) FROM {table} WHERE ulp = :u"), {"u": ULP})


def test_sent_twice_it_is_kept_once_and_said_so(session, orders):
    one = sent(1, orders[FIRST])
    assert [r.came for r in receive(session, one, one)] == [Came.NEW, Came.AGAIN]
    assert [r.came for r in receive(session, one)] == [Came.AGAIN]
    assert count(session, "field_visit") == count(session, "survey_answer") == 1


def test_other_content_under_one_id_is_a_conflict_whichever_came_first(session, orders):
    one, other = sent(1, orders[FIRST]), sent(1, orders[FIRST], outcome="dibongkar")
    for pair in itertools.permutations((one, other)):
        with session.begin_nested() as point:
            assert [r.came for r in receive(session, *pair)] == [Came.NEW, Came.CONFLICT]
            rows = visits.records(session, ulp=ULP)
            assert sorted(rows["sha256"]) == sorted([one.sha256, other.sha256])
            assert rows["chosen"].isna().all()
            visits.review(session, ulp=ULP, client_id=one.client_id, sha256=other.sha256,
                          verdict="berlaku", note=None, who="rencana")  # fmt: skip
            said = visits.records(session, ulp=ULP).set_index("sha256")["chosen"]
            assert bool(said[other.sha256]) and not bool(said[one.sha256])
            point.rollback()


def test_what_nobody_ordered_is_kept_and_waits_for_a_person(session, orders):
    strange = sent(2, NOBODY)
    assert [r.came for r in receive(session, strange)] == [Came.NEW]
    state, refusals = session.execute(
        text("SELECT state, refusals FROM visit_effect WHERE ulp = :u"), {"u": ULP}
    ).one()
    assert state == "menunggu"
    assert [r["column"] for r in refusals] == ["customer"]
    assert count(session, "survey_answer") == 0


def test_a_fault_of_the_form_waits_and_the_others_are_taken(session, orders):
    good, bad = sent(3, orders[FIRST]), sent(4, orders[SECOND], outcome="gardu_lain")
    receive(session, bad, good)
    rows = session.execute(
        text("SELECT client_id::text, state FROM visit_effect WHERE ulp = :u"), {"u": ULP}
    ).all()
    assert dict(rows) == {good.client_id: "masuk", bad.client_id: "menunggu"}


def test_a_record_never_changes(session, orders):
    receive(session, sent(1, orders[FIRST]))
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("UPDATE field_visit SET outcome = 'x' WHERE ulp = :u"), {"u": ULP})


def test_photos_that_have_not_come_are_named(session, orders):
    photo = {"sha256": "a" * 64, "kind": "rumah", "bytes": 9}
    other = {"sha256": "b" * 64, "kind": "tiang_foto", "bytes": 9}
    visits.add_photo(session, ulp=ULP, sha256="b" * 64, suffix=".jpg", size=9, who="siti")
    (receipt,) = receive(session, sent(5, orders[FIRST], photos=[photo, other]))
    assert receipt.missing == ("a" * 64,)
    kept = session.scalar(text("SELECT content FROM field_visit WHERE ulp = :u"), {"u": ULP})
    assert json.loads(kept)["photos"] == [photo, other]
