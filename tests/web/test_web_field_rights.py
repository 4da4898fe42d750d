"""What a surveyor's own work needs of what the field does not see, and no more of it: over the door, as surveyor."""

import gzip
import json

import pandas as pd
import phone_kit as kit
import pytest
import small_unit as small
from sqlalchemy import text

from rbmgeo.db.queries import visits
from rbmgeo.settings import Settings
from web import create_app

pytestmark = pytest.mark.database
HP = f"/{small.SMALL}/hp"
OWN = f"/{small.SMALL}/{small.BLTH}/baca-ulang"


@pytest.fixture
def walked(fresh_database, tmp_path):
    """A unit with an open list to read two houses, and clients by login."""
    with fresh_database.writing() as session:
        small.build(session)
        visits.seen_device(session, ulp=small.SMALL, device_id=kit.DEVICE, login="surveyor", told="HP", wrapped_key=None)  # fmt: skip
        visits.add_list(
            session, ulp=small.SMALL, job="pasca", blth=small.BLTH, title="baca", officer="surveyor",
            planned_on=None, content={}, who="uji",
            orders=pd.DataFrame({"idpel": [small.idpel(0), small.idpel(1)], "reason": ["baca_ulang"] * 2}),
        )  # fmt: skip
    app = create_app(Settings(home=tmp_path), fresh_database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False
    return fresh_database, lambda login: kit.enter(app, login)


def test_a_list_to_read_reaches_the_phone_with_what_a_stand_is_held_against(walked):
    """It was 500 for every list of who had one: the field's role does not read consumption."""
    _, client = walked
    phone = client("surveyor")
    lists = phone.get(f"{HP}/daftar?perangkat={kit.DEVICE}")
    assert lists.status_code == 200, lists.text
    (one,) = lists.json["lists"]
    got = phone.get(f"{HP}/daftar/{one['list_id']}?perangkat={kit.DEVICE}")
    assert got.status_code == 200
    told = json.loads(gzip.decompress(got.data))
    assert len(told["orders"]) == 2 and "before_kwh" in json.dumps(told["orders"])


def test_a_visit_whose_picture_comes_last_is_worked_on(walked):
    """It waited for the office for ever: with its picture it was worked on without the rights."""
    database, client = walked
    phone = client("surveyor")
    with database.reading() as session:
        order = session.scalar(text("SELECT order_id::text FROM visit_order WHERE idpel = :i"), {"i": small.idpel(0)})  # fmt: skip
    content, sha256 = kit.picture(5)
    one = kit.visit(
        71, order_id=order, job="pasca", outcome="terbaca", values={"stand_kwh": 1250, "didampingi": "pelanggan", "kml_paraf": True},
        photos=[{"sha256": sha256, "kind": "stand", "bytes": len(content)}],
    )  # fmt: skip
    sent = phone.post(f"{HP}/kunjungan", json=kit.envelope(one))
    assert sent.json["receipts"][0]["missing"] == [sha256], sent.text
    put = phone.put(f"{HP}/foto/{sha256}?mulai=0&seluruhnya={len(content)}", data=content)
    assert put.json == {"have": len(content), "whole": True}
    with database.reading() as session:
        state, refusals = session.execute(text("SELECT state, refusals FROM visit_effect")).one()
        kept = session.execute(text("SELECT idpel, stand_kwh, officer FROM own_reading")).all()
    assert (state, refusals or []) == ("masuk", [])
    assert kept == [(small.idpel(0), 1250, "surveyor")]


def test_what_was_used_is_shown_to_the_office_and_not_to_who_reads(walked):
    _, client = walked
    address = f"{OWN}/{small.public_id(0)}"
    sent = {"client_id": "00000000-0000-0000-0000-000000000009", "layanan": "pasca", "lbkb_code": "Z",
            "stand_kwh": "1250", "at": "2024-12-26T08:30"}  # fmt: skip
    assert client("surveyor").post(address, data=sent).status_code == 302
    for page in (address, OWN):
        office, field = (client(who).get(page).text for who in ("perencana", "surveyor"))
        assert 'data-k="kWh"' in office and 'data-k="kWh"' not in field
        assert "kWh tiga bulan" not in field
    assert "kWh tiga bulan" in client("perencana").get(address).text
    assert "Stand lalu" in client("surveyor").get(address).text


def test_a_map_of_houses_is_a_look_at_each_of_them(walked):
    database, client = walked
    looked = "SELECT count(*) FROM access_log a WHERE a.login = 'pengawas' AND a.route LIKE 'visit_lists.%'"
    with database.reading() as session:
        before = session.scalar(text(looked))
    assert client("pengawas").get(f"/{small.SMALL}/{small.BLTH}/lapangan/daftar").status_code == 200
    with database.reading() as session:
        assert session.scalar(text(looked)) == before + 1
