"""Visits of postpaid, prepaid and information on a real database: readings, proposals, what waits."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pandas as pd
import pytest
from sqlalchemy import text

from rbmgeo.db.bulk import ensure_month
from rbmgeo.db.queries import own_readings, units, visits
from rbmgeo.fieldwork.visit import visit_of
from rbmgeo.workflows.decisions import decide
from rbmgeo.workflows.receive_visits import receive_visits
from rbmgeo.workflows.visit_jobs import apply
from rbmgeo.workflows.visit_photos import picture_came

pytestmark = pytest.mark.database
ULP, MONTH = "T0045", "202411"
NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
HOUSE, PREPAID = "513540000001", "513540000002"
PHOTO = "a" * 64
PLACE = {"lon": 112.7, "lat": -7.65, "accuracy_m": 6.0, "fixes": 3}


@pytest.fixture
def unit(session):
    """A postpaid house with a stand of 1000, and a prepaid one."""
    units.ensure_unit(session, ulp=ULP)
    units.set_unit(session, ulp=ULP, utm_srid=32749)
    ensure_month(session, blth="202410")
    for idpel, tarif, service in ((HOUSE, "R1", "pasca"), (PREPAID, "R1T", "pra")):
        session.execute(
            text("INSERT INTO customer (ulp, idpel, tarif, daya_va, jenis_layanan, dibaca_oleh) "
                 "VALUES (:u, :i, :t, 1300, :s, 'vendor')"),
            {"u": ULP, "i": idpel, "t": tarif, "s": service},
        )  # fmt: skip
    session.execute(
        text("INSERT INTO reading (ulp, blth, idpel, source, kwh, stand_kwh) "
             "VALUES (:u, '202410', :i, 'dpm', 100, 1000)"),
        {"u": ULP, "i": HOUSE},
    )  # fmt: skip
    return session


def order(session, job, idpel, content=None):
    """Keep a list of one order and return the order's id."""
    rows = pd.DataFrame({"idpel": [idpel], "reason": "order_pln", "content": [content or {}]})
    listed = visits.add_list(
        session, ulp=ULP, job=job, blth=MONTH, title=job, officer="siti", planned_on=None,
        content={"materi": "Brosur"}, orders=rows, who="rencana",
    )  # fmt: skip
    return session.scalar(
        text("SELECT order_id::text FROM visit_order WHERE ulp = :u AND list_id = :l"),
        {"u": ULP, "l": listed},
    )


def sent(job, outcome, order_id, photos=(), number=1, **values):
    return visit_of({
        "client_id": str(uuid.UUID(int=number)), "order_id": order_id, "customer": None, "job": job,
        "outcome": outcome, "values": values, "officer": "siti", "place": PLACE,
        "device_id": str(uuid.UUID(int=99)), "device_at": "2026-11-26T09:00:00+07:00",
        "photos": [{"sha256": sha, "kind": kind, "bytes": 9} for kind, sha in photos],
    })  # fmt: skip


def receive(session, *those):
    receive_visits(session, ULP, those, who="siti", now=NOW)
    rows = session.execute(
        text("SELECT state, refusals FROM visit_effect WHERE ulp = :u ORDER BY client_id"), {"u": ULP}
    ).all()  # fmt: skip
    return [(r.state, {one["column"] for one in r.refusals}) for r in rows]


def photo_comes(session, *hashes):
    for sha in hashes or (PHOTO,):
        picture_came(session, ULP, sha, suffix=".jpg", size=9, who="siti", now=NOW)


def proposed(session):
    return session.execute(
        text("SELECT idpel, field, after, proposed_by, proposal_id FROM proposal WHERE ulp = :u ORDER BY proposal_id"),
        {"u": ULP},
    ).all()  # fmt: skip


STAND = {"stand_kwh": 1100, "didampingi": "pelanggan", "kml_paraf": True}


def test_a_stand_becomes_a_reading_of_the_lists_month_once_its_photo_is_there(unit):
    photo_comes(unit)
    one = sent("pasca", "terbaca", order(unit, "pasca", HOUSE), [("stand", PHOTO)], **STAND)
    assert receive(unit, one) == [("masuk", set())]
    (row,) = own_readings.of_customer(unit, ulp=ULP, idpel=HOUSE)
    assert (row["blth"], row["stand_kwh"], row["kwh"], row["lbkb_code"]) == (MONTH, 1100, 100, "Z")
    assert (str(row["client_id"]), row["officer"]) == (one.client_id, "siti")


def test_a_photo_that_has_not_come_makes_it_wait_and_nothing_else(unit):
    one = sent("pasca", "terbaca", order(unit, "pasca", HOUSE), [("stand", PHOTO)], **STAND)
    assert receive(unit, one) == [("menunggu", {"photo"})]
    assert own_readings.of_customer(unit, ulp=ULP, idpel=HOUSE) == []
    photo_comes(unit)
    for _ in range(2):
        apply(unit, ULP, [(one, HOUSE)], who="siti", now=NOW)
    assert len(own_readings.of_customer(unit, ulp=ULP, idpel=HOUSE)) == 1
    assert receive(unit) == [("masuk", set())]


def test_one_at_fault_waits_and_the_others_are_readings(unit):
    photo_comes(unit)
    listed = order(unit, "pasca", HOUSE)
    good = sent("pasca", "terbaca", listed, [("stand", PHOTO)], number=1, **STAND)
    closed = sent("pasca", "tanpa_akses", listed, number=2, lbkb_code="E")
    told = sent("pasca", "tanpa_akses", listed, number=3, lbkb_code="E", tul_ii_04=True)
    assert receive(unit, good, closed, told) == [("masuk", set()), ("menunggu", {"tul_ii_04"}), ("masuk", set())]  # fmt: skip
    rows = {str(r["client_id"]): r for r in own_readings.of_customer(unit, ulp=ULP, idpel=HOUSE)}
    assert set(rows) == {good.client_id, told.client_id}
    assert "tul_ii_04" in rows[told.client_id]["marks"]


def test_a_prepaid_check_needs_an_order_and_its_place_is_proposed(unit):
    photo_comes(unit)
    values = {"sisa_token_kwh": 7.5, "tegangan": 221}
    bare = sent("pra", "diperiksa", order(unit, "pra", PREPAID), [("token", PHOTO)], **values)
    assert receive(unit, bare) == [("menunggu", {"order_no"})]
    assert proposed(unit) == []
    asked = order(unit, "pra", PREPAID, {"order_no": "SAMPEL-1"})
    whole = sent("pra", "diperiksa", asked, [("token", PHOTO)], number=2, **values)
    assert receive(unit, whole)[1] == ("masuk", set())
    (row,) = own_readings.of_customer(unit, ulp=ULP, idpel=PREPAID)
    assert (row["order_no"], row["sisa_token_kwh"], row["checks"]) == ("SAMPEL-1", Decimal("7.5"), {"tegangan": "221"})  # fmt: skip
    (wish,) = proposed(unit)
    assert (wish.idpel, wish.field, wish.after, wish.proposed_by) == (PREPAID, "point", "112.700000,-7.650000", "siti")  # fmt: skip
    decide(unit, ULP, wish.proposal_id, "approved", who="rencana")
    accuracy = unit.scalar(text("SELECT accuracy_m FROM customer_point WHERE ulp = :u"), {"u": ULP})
    assert accuracy == 6.0


def test_a_postpaid_tariff_in_a_prepaid_check_is_marked(unit):
    """R-PR-02; code X, migration, explains it."""
    photo_comes(unit)
    asked = order(unit, "pra", HOUSE, {"order_no": "SAMPEL-2"})
    for number, code in ((1, "Z"), (2, "X")):
        receive(unit, sent("pra", "diperiksa", asked, [("token", PHOTO)], number=number, sisa_token_kwh=1, lbkb_code=code))  # fmt: skip
    rows = own_readings.of_customer(unit, ulp=ULP, idpel=HOUSE)
    assert {r["lbkb_code"]: "lain_layanan" in r["marks"] for r in rows} == {"Z": True, "X": False}


def test_a_meter_found_cut_off_or_removed_is_proposed_once(unit):
    listed = order(unit, "informasi", HOUSE)
    seen = [
        sent("informasi", "kwh_diputus", listed, number=n, keterangan="MCB mati") for n in (1, 2)
    ]
    gone = sent("informasi", "kwh_dibongkar", order(unit, "informasi", PREPAID), number=3, keterangan="kosong")  # fmt: skip
    assert receive(unit, *seen, gone) == [("masuk", set())] * 3
    assert [(p.idpel, p.field, p.after) for p in proposed(unit)] == [
        (HOUSE, "status", "putus"), (PREPAID, "status", "bongkar"),
    ]  # fmt: skip


def test_information_without_photo_and_signature_waits(unit):
    one = sent("informasi", "tersampaikan_langsung", order(unit, "informasi", HOUSE))
    assert receive(unit, one) == [("menunggu", {"penerima", "tanda_tangan"})]
