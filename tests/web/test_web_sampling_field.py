"""Uji petik at the house: a blind phone, visits that become checks and no readings, prepaid samples."""

import gzip
import json
import re
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import sampled_unit as sampled
import small_unit as small
from sampled_unit import check, drawn, right, sheet_of
from sqlalchemy import text

from rbmgeo.db.queries import own_readings, visits
from rbmgeo.errors import UsageError
from rbmgeo.fieldwork.visit import visit_of
from rbmgeo.workflows import phone_bundle
from rbmgeo.workflows.receive_visits import receive_visits
from rbmgeo.workflows.stand_checks import Found, check_stand
from rbmgeo.workflows.visit_photos import picture_came

pytestmark = pytest.mark.database
STANDS = [str(sampled.stand(n)) for n in range(7)]
PHONE = str(uuid.UUID(int=77))
NOW = datetime(2024, 12, 20, 9, tzinfo=UTC)
PLACE = {"lon": 112.7, "lat": -7.65, "accuracy_m": 6.0, "fixes": 3}


def bundle_of(client, list_id):
    phone_bundle._KEPT.clear()
    answer = client("surveyor").get(f"/{small.SMALL}/hp/daftar/{list_id}?perangkat={PHONE}")
    assert answer.status_code == 200, answer.text
    return gzip.decompress(answer.data).decode()


def order_of(database, idpel):
    with database.reading() as session:
        return session.execute(
            text("SELECT order_id::text, content FROM visit_order WHERE ulp = :u AND idpel = :i "
                 "ORDER BY (content ->> 'place') IS NULL, order_id DESC LIMIT 1"),
            {"u": small.SMALL, "i": idpel},
        ).one()  # fmt: skip


def visit(order, number, job, outcome, values, photos=()):
    return visit_of({
        "client_id": str(uuid.UUID(int=number)), "order_id": order, "customer": None, "job": job,
        "outcome": outcome, "values": values, "officer": "surveyor", "place": PLACE,
        "device_id": PHONE, "device_at": "2024-12-05T00:00:00+07:00",
        "photos": [{"sha256": sha, "kind": kind, "bytes": 9} for kind, sha in photos],
    })  # fmt: skip


def came(database, *sent):
    with database.writing() as session:
        receive_visits(session, small.SMALL, sent, who="surveyor", now=NOW)
        return dict(session.execute(text("SELECT client_id::text, state FROM visit_effect WHERE ulp = :u"), {"u": small.SMALL}).all())  # fmt: skip


def list_made(client, at):
    assert client().post(f"{at}/daftar", data={"petugas": "surveyor", "tanggal": "2024-12-05"}).status_code == 302  # fmt: skip
    return re.findall(r"/lapangan/daftar/([0-9a-f-]{36})", client().get(at).text)[-1]


def test_the_phone_checks_blind_and_its_visit_is_a_check_and_no_reading(sampled_pages):
    """R-SA-19: neither the recorded stand nor the one before lies in the bundle."""
    client, database = sampled_pages
    with database.writing() as session:
        visits.seen_device(session, ulp=small.SMALL, device_id=PHONE, login="surveyor", told="HP", wrapped_key=None)  # fmt: skip
        session.execute(text("UPDATE reading SET stand_kwh = 71234 WHERE blth = '202411'"))
    at = drawn(client(), "lapangan-1", lot="rbm:51354BKA", jumlah=3)
    list_id = list_made(client, at)
    told = bundle_of(client, list_id)
    assert len(json.loads(told)["orders"]) == 3
    for secret in (*STANDS, "71234", "previous_stand_kwh", "before_kwh", "recorded_stand"):
        assert secret not in told, secret
    sheet = sheet_of(database, at)
    with database.writing() as session:
        picture_came(session, small.SMALL, "a" * 64, suffix=".jpg", size=9, who="surveyor", now=NOW)
    before = _own(database, sheet.items["idpel"][0])
    stand = {"stand_kwh": right(sheet, 1) + 2, "didampingi": "pelanggan", "kml_paraf": True}
    order, content = order_of(database, sheet.items["idpel"][0])
    assert content == {"place": 1}
    one = visit(order, 501, "pasca", "terbaca", stand, [("stand", "a" * 64)])
    assert came(database, one, one)[one.client_id] == "masuk"
    after = sheet_of(database, at)
    assert after.items.loc[0, ["verdict", "checked_by"]].tolist() == ["benar", "surveyor"]
    assert _own(database, sheet.items["idpel"][0]) == before, "a check is no reading of the month"
    # A second content for a house that was checked waits for a person.
    other = visit(order, 502, "pasca", "terbaca", {**stand, "stand_kwh": 5}, [("stand", "a" * 64)])
    assert came(database, other)[other.client_id] == "menunggu"
    told_by = visit(order_of(database, sheet.items["idpel"][1])[0], 503, "pasca", "swabaca", {"stand_kwh": 5, "lbkb_code": "7"})  # fmt: skip
    assert came(database, told_by)[told_by.client_id] == "menunggu"
    shut = visit(order_of(database, sheet.items["idpel"][2])[0], 504, "pasca", "tanpa_akses", {"lbkb_code": "E", "tul_ii_04": True})  # fmt: skip
    assert came(database, shut)[shut.client_id] == "masuk"
    assert sheet_of(database, at).waiting == [2, 4]
    again = list_made(client, at)
    assert [o["content"] for o in json.loads(bundle_of(client, again))["orders"]] == [{"place": 4}]
    assert client().post(f"{at}/daftar", data={}).status_code == 409, "everybody is on a list"


def _own(database, idpel):
    with database.reading() as session:
        return len(own_readings.of_customer(session, ulp=small.SMALL, idpel=idpel))


def test_prepaid_checks_are_drawn_by_the_same_sampler_against_an_order(sampled_pages):
    """R-PR-01, SOP III: of one gardu; a closed house gives its turn to the reserve."""
    client, database = sampled_pages
    at = drawn(client(), "pra-1", cara="pra", gardu="PD001", jumlah=2)
    sheet = sheet_of(database, at)
    assert (sheet.sample.lot_by, sheet.sample.lot_of, sheet.sample.lot) == ("gardu", "PD001", 3)
    assert set(sheet.items["idpel"]) == set(sampled.PREPAID[:3])
    assert check(client(), at, 1, "5").status_code == 422, "only against its order"
    list_made(client, at)
    order, content = order_of(database, sheet.items["idpel"][0])
    assert content["order_no"].startswith("SAMPEL/202412/pra-1/") and content["place"] == 1
    with database.writing() as session:
        picture_came(session, small.SMALL, "b" * 64, suffix=".jpg", size=9, who="surveyor", now=NOW)
    done = visit(order, 601, "pra", "diperiksa", {"sisa_token_kwh": 7.5}, [("token", "b" * 64)])
    shut = visit(order_of(database, sheet.items["idpel"][1])[0], 602, "pra", "tanpa_akses", {"lbkb_code": "E"})  # fmt: skip
    states = came(database, done, shut)
    assert states[done.client_id] == states[shut.client_id] == "masuk"
    after = sheet_of(database, at)
    assert (after.shown.seen, after.shown.lost, after.waiting) == (1, 1, [3])
    assert _own(database, sheet.items["idpel"][0]) == 1, (
        "the check itself is kept as SOP III has it"
    )
    assert "1 dari 2 diperiksa, 1 tutup" in client().get(at).text
    assert client().get(f"{at}/lembar.pdf").status_code == 200


def test_two_who_check_one_house_at_one_moment_keep_it_once(sampled_pages):
    client, database = sampled_pages
    at = drawn(client(), "berdua")
    both = threading.Barrier(2)

    def look():
        found = Found(datetime(2024, 12, 5, 3, tzinfo=UTC), Decimal(5), "Z", "uji")
        both.wait()
        try:
            with database.writing() as session:
                check_stand(session, small.SMALL, at.rpartition("/")[2], 1, found)
        except UsageError:
            return "said"
        return "kept"

    with ThreadPoolExecutor(2) as pool:
        said = [f.result() for f in [pool.submit(look) for _ in range(2)]]
    assert sorted(said) == ["kept", "said"]
