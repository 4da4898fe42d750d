"""A visit whose picture has not come waits, and becomes with its last one what it would have been with it."""

import itertools
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pandas as pd
import pytest
from sqlalchemy import text

from rbmgeo.db.queries import units, visits
from rbmgeo.fieldwork.job_form import Field, JobForm, Outcome
from rbmgeo.fieldwork.jobs import FORMS
from rbmgeo.fieldwork.record import Record
from rbmgeo.fieldwork.visit import visit_of
from rbmgeo.terms import FieldJob, Service
from rbmgeo.workflows.own_readings import take_readings
from rbmgeo.workflows.receive_visits import receive_visits
from rbmgeo.workflows.visit_jobs import JOBS
from rbmgeo.workflows.visit_photos import picture_came

pytestmark = pytest.mark.database
ULP, MONTH, HOUSE = "T0043", "202412", "513540000001"
NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
STAND, OTHER = "a" * 64, "b" * 64


def take(session, ulp, mine, *, who, now):
    """A reading of the visit's stand, under the rules of every own reading (R-PO-01)."""
    out = {}
    for place, (it, idpel) in enumerate(mine):
        record = Record(
            client_id=it.client_id, idpel=idpel, blth=MONTH, service=Service.PASCA,
            read_at=it.device_at, officer=it.officer, lbkb_code="Z",
            stand_kwh=Decimal(it.values["stand"]), photo_sha256=it.photo("stand_foto").sha256,
        )  # fmt: skip
        if done := take_readings(session, ulp, [record], who=who, now=now).refused:
            out[place] = [refusal for _, refusal in done]
    return out


@pytest.fixture
def order(session, monkeypatch):
    """A customer with an order of a job that needs its picture; returns the order's id."""
    form = JobForm(
        FieldJob.PASCA, (Outcome("terbaca"),),
        (Field("stand", "whole", "SOP II"), Field("stand_foto", "photo", "SOP II"),
         Field("paraf", "signature", "SOP II")),
    )  # fmt: skip
    monkeypatch.setitem(FORMS, FieldJob.PASCA, form)
    monkeypatch.setitem(JOBS, FieldJob.PASCA, take)
    units.ensure_unit(session, ulp=ULP)
    session.execute(
        text("INSERT INTO customer (ulp, idpel, tarif, daya_va, jenis_layanan, dibaca_oleh) "
             "VALUES (:u, :i, 'R1', 1300, 'pasca', 'vendor')"), {"u": ULP, "i": HOUSE},
    )  # fmt: skip
    visits.add_list(
        session, ulp=ULP, job="pasca", blth=MONTH, title="1", officer="siti", planned_on=None,
        content={}, orders=pd.DataFrame({"idpel": [HOUSE], "reason": ["ulang"]}), who="rencana",
    )  # fmt: skip
    return session.scalar(text("SELECT order_id::text FROM visit_order WHERE ulp = :u"), {"u": ULP})


def sent(number, order, *photos, stand=120, **other):
    named = [{"sha256": s, "kind": k, "bytes": 9} for k, s in photos]
    return visit_of({
        "client_id": str(uuid.UUID(int=number)), "order_id": order, "customer": None, "job": "pasca",
        "outcome": "terbaca", "values": {"stand": stand}, "photos": named, "officer": "siti",
        "device_id": str(uuid.UUID(int=9)), "device_at": "2026-11-26T09:00:00+07:00", "place": None,
        **other,
    })  # fmt: skip


def receive(session, *those):
    return receive_visits(session, ULP, those, who="siti", now=NOW)


def came(session, sha256):
    return picture_came(session, ULP, sha256, suffix=".jpg", size=9, who="siti", now=NOW)


def told(session):
    effects = session.execute(
        text("SELECT client_id::text, state, refusals FROM visit_effect WHERE ulp = :u ORDER BY 1"), {"u": ULP}
    ).all()  # fmt: skip
    readings = session.execute(
        text("SELECT client_id::text, stand_kwh, photo_sha256 FROM own_reading WHERE ulp = :u ORDER BY 1"), {"u": ULP}
    ).all()  # fmt: skip
    photos = session.execute(
        text("SELECT idpel, blth, sha256 FROM photo WHERE ulp = :u ORDER BY 3"), {"u": ULP}
    ).all()
    return effects, readings, photos


def test_whatever_comes_first_the_reading_is_there_once_and_its_picture_is_the_customers(
    session, order
):
    visit = sent(1, order, ("stand_foto", STAND), ("paraf", OTHER))
    acts = (
        lambda: receive(session, visit), lambda: came(session, STAND), lambda: came(session, OTHER),
    )  # fmt: skip
    seen = []
    for turn in itertools.permutations(acts):
        with session.begin_nested() as point:
            for act in (*turn, *turn):
                act()
            seen.append(told(session))
            point.rollback()
    assert all(one == seen[0] for one in seen)
    effects, readings, photos = seen[0]
    assert [e.state for e in effects] == ["masuk"]
    assert [(str(r.stand_kwh), r.photo_sha256) for r in readings] == [("120", STAND)]
    assert photos == [(HOUSE, MONTH, STAND)], "a signature is no picture of the house"


def test_until_the_picture_comes_it_is_said_what_is_missing(session, order):
    (receipt,) = receive(session, sent(1, order, ("stand_foto", STAND)))
    assert receipt.missing == (STAND,)
    ((_, state, refusals),) = told(session)[0]
    assert (state, refusals[0]["column"]) == ("menunggu", "photo")
    assert came(session, OTHER) == 0
    assert came(session, STAND) == 1
    assert came(session, STAND) == 0, "what is in waits no more"


def test_what_a_person_rejected_is_not_tried_again(session, order):
    one = sent(1, order, ("stand_foto", STAND))
    other = sent(1, order, ("stand_foto", STAND), stand=125)
    receive(session, one, other)
    visits.review(session, ulp=ULP, client_id=one.client_id, sha256=other.sha256,
                  verdict="berlaku", note=None, who="rencana")  # fmt: skip
    assert came(session, STAND) == 1
    assert [str(r.stand_kwh) for r in told(session)[1]] == ["125"]


def test_a_visit_that_its_job_falls_over_waits_and_takes_no_other_with_it(
    session, order, monkeypatch, caplog
):
    def falling(session, ulp, mine, *, who, now):
        divisors = [int(it.values["stand"]) - 13 for it, _ in mine]
        session.execute(text("SELECT 1 / unnest(CAST(:d AS int[]))"), {"d": divisors}).all()
        return {}

    monkeypatch.setitem(JOBS, FieldJob.PASCA, falling)
    those = [sent(n, order, stand=n) for n in range(10, 15)]
    assert [r.came.value for r in receive(session, *those)] == ["diterima"] * 5
    waiting = [e.client_id for e in told(session)[0] if e.state == "menunggu"]
    assert waiting == [str(uuid.UUID(int=13))]
    assert "DataError" in caplog.text and "siti" not in caplog.text
