"""The phones' protocol over the pages' own door: greeting, phone, visits, pictures, and what is no such thing."""

import base64
import contextlib
import json
import os
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import phone_kit as kit
import pytest
import small_unit as small
from sqlalchemy import text

from rbmgeo.db.queries import visits
from rbmgeo.intake.arriving_photos import MOST_BYTES, MOST_CHUNK
from rbmgeo.intake.pictures import drawn_anew
from rbmgeo.keys.unit_key import UnitKey
from web.phone import pictures

pytestmark = pytest.mark.database
HP = f"/{small.SMALL}/hp"


@pytest.fixture
def phone(as_role):
    return as_role("surveyor")


def send(client, *visits):
    return client.post(f"{HP}/kunjungan", json=kit.envelope(*visits))


def put(client, sha256, content, start=0, total=None, ulp=small.SMALL):
    total = len(content) if total is None else total
    return client.put(f"/{ulp}/hp/foto/{sha256}?mulai={start}&seluruhnya={total}", data=content)


def rows(database, sql, **values):
    with database.reading() as session:
        return session.execute(text(sql), values).all()


def test_a_phone_is_greeted_and_its_key_is_the_units(phone, app):
    told = phone.get(f"{HP}/sapa").json
    assert (told["login"], told["ulp"], told["unit"]) == ("surveyor", small.SMALL, "Pandaan")
    assert told["csrf"] and told["now"].endswith("+00:00")
    home = app.extensions["rbmgeo"][0].home.resolve()
    assert told["key"] == {"id": UnitKey.of(home, small.SMALL).key_id, "jwk": UnitKey.of(home, small.SMALL).jwk}  # fmt: skip
    path = home / "keys" / f"{small.SMALL}.pem"
    assert oct(path.stat().st_mode)[-3:] == "600"
    assert phone.get(f"{HP}/sapa").json["key"] == told["key"]


def test_a_phone_tells_of_itself_and_is_heard_also_when_struck_off(phone, app, web_database):
    key = UnitKey.of(app.extensions["rbmgeo"][0].home.resolve(), small.SMALL)
    wrapped = key.locked(os.urandom(32))
    told = {"device_id": kit.DEVICE, "told": "Android 14", "wrapped_key": base64.b64encode(wrapped).decode()}  # fmt: skip
    assert phone.post(f"{HP}/perangkat", json=told).json == {"ok": True, "struck_off": False}
    with web_database.writing() as session:
        session.execute(text("UPDATE field_device SET struck_off_at = now()"))
    answer = phone.post(f"{HP}/perangkat", json={**told, "wrapped_key": None}).json
    assert answer == {"ok": True, "struck_off": True}
    assert send(phone, kit.visit(900)).json["receipts"][0]["came"] == "diterima"
    ((kept,),) = rows(web_database, "SELECT wrapped_key FROM field_device")
    assert bytes(kept) == wrapped, "a key once told stays"
    with web_database.writing() as session:
        session.execute(text("DELETE FROM field_device"))


def test_receipts_name_what_was_kept_and_what_is_missing(phone, web_database):
    content, sha256 = kit.picture(1)
    one = kit.visit(1, photos=[{"sha256": sha256, "kind": "rumah", "bytes": len(content)}])
    other = {**one, "outcome": "dibongkar"}
    told = send(phone, one, other, {"client_id": "x"}, 7).json
    assert [r["came"] for r in told["receipts"]] == ["diterima", "konflik"]
    assert told["receipts"][0]["missing"] == [sha256]
    assert [(r["client_id"], r["at"]) for r in told["refused"]] == [("x", 2), (None, 3)]
    assert "bukan kunjungan" in told["refused"][0]["id"] and "no visit" in told["refused"][0]["en"]
    assert put(phone, sha256, content).json == {"have": 900, "whole": True}
    again = send(phone, one).json["receipts"][0]
    assert (again["came"], again["missing"]) == ("sudah_ada", [])
    found = rows(web_database, "SELECT count(*) FROM field_visit WHERE client_id = :c", c=one["client_id"])  # fmt: skip
    assert found == [(2,)]


def test_an_order_of_another_unit_is_an_orphan_and_tells_nothing(phone, as_role, web_database):
    with web_database.writing() as session:
        visits.add_list(
            session, ulp=small.OTHER, job="survei", blth=small.BLTH, title="x", officer="tamu",
            planned_on=None, content={}, who="uji",
            orders=pd.DataFrame({"idpel": ["529990000001"], "reason": ["temuan"]}),
        )  # fmt: skip
    ((order,),) = rows(web_database, "SELECT order_id::text FROM visit_order WHERE ulp = :u", u=small.OTHER)  # fmt: skip
    answer = send(phone, kit.visit(2, order_id=order))
    assert answer.json["receipts"][0]["came"] == "diterima"
    assert "52999" not in answer.text
    found = rows(web_database, "SELECT ulp, idpel FROM field_visit WHERE order_id = CAST(:o AS uuid)", o=order)  # fmt: skip
    assert found == [(small.SMALL, None)]
    assert phone.post(f"/{small.OTHER}/hp/kunjungan", json=kit.envelope()).status_code == 403
    assert phone.get(f"/{small.OTHER}/hp/sapa").json["en"]


def test_a_picture_comes_in_pieces_again_and_from_two_sides(phone, app, as_role):
    content, sha256 = kit.picture(3, 300_000)
    assert phone.get(f"{HP}/foto/{sha256}").json == {"have": 0, "whole": False}
    assert put(phone, sha256, content[:100_000], 0, 300_000).json == {"have": 100_000, "whole": False}  # fmt: skip
    assert put(phone, sha256, content[:100_000], 0, 300_000).json["have"] == 100_000
    assert put(phone, sha256, content[200_000:], 200_000, 300_000).json["have"] == 100_000
    cookie = phone.get_cookie("rbmgeo").value

    def piece(_):
        mine = app.test_client()
        mine.set_cookie("rbmgeo", cookie)
        return put(mine, sha256, content[100_000:], 100_000, 300_000)

    with ThreadPoolExecutor(4) as pool:
        assert {a.status_code for a in pool.map(piece, range(8))} == {200}
    assert phone.get(f"{HP}/foto/{sha256}").json == {"have": 300_000, "whole": True}
    assert put(phone, sha256, content[:10], 0, 300_000).json == {"have": 300_000, "whole": True}
    store = app.extensions["rbmgeo"][0].home.resolve() / "photos" / small.SMALL
    assert (store / sha256[:2] / f"{sha256}.jpg").read_bytes() == content
    assert not list((store / ".datang").iterdir())


def test_the_office_sees_a_picture_and_a_surveyor_or_another_unit_does_not(
    app, without_csrf, web_database
):
    content, sha256 = kit.picture(4)
    phone = kit.enter(app, "surveyor")
    put(phone, sha256, content)
    ((public,),) = rows(web_database, "SELECT public_id::text FROM visit_photo WHERE sha256 = :h", h=sha256)  # fmt: skip
    address = f"/{small.SMALL}/lapangan/foto/{public}"
    with contextlib.closing(kit.enter(app, "perencana").get(address)) as seen:
        assert (seen.data, seen.mimetype) == (drawn_anew(content)[0], "image/jpeg")
        assert seen.headers["X-Content-Type-Options"] == "nosniff"
    assert phone.get(address).status_code == 403
    assert kit.enter(app, "kepala").get(f"/{small.OTHER}/lapangan/foto/{public}").status_code == 404


def test_a_picture_that_was_written_and_not_noted_is_noted_when_it_is_asked_for(
    phone, web_database, monkeypatch
):
    content, sha256 = kit.picture(5)

    def killed(*_, **__):
        raise SystemExit

    monkeypatch.setattr(pictures, "picture_came", killed)
    with pytest.raises(SystemExit):
        put(phone, sha256, content)
    monkeypatch.undo()
    sql = "SELECT count(*) FROM visit_photo WHERE sha256 = :h"
    assert rows(web_database, sql, h=sha256) == [(0,)]
    assert phone.get(f"{HP}/foto/{sha256}").json["whole"]
    assert rows(web_database, sql, h=sha256) == [(1,)]


NO_PICTURE = b"<script>alert(1)</script>" * 9


@pytest.mark.parametrize(
    ("name", "data", "asked"),
    [
        ("a" * 64, NO_PICTURE, "mulai=0&seluruhnya=225"), ("A" * 64, b"x", "mulai=0&seluruhnya=9"),
        ("b" * 64, b"x", "mulai=-1&seluruhnya=9"), ("b" * 64, b"x", "mulai=1"),
        ("b" * 64, b"x", "mulai=²&seluruhnya=9"), ("b" * 64, b"xx", "mulai=8&seluruhnya=9"),
        ("b" * 64, b"x", f"mulai=0&seluruhnya={MOST_BYTES + 1}"),
        ("b" * 64, b"x" * (MOST_CHUNK + 1), f"mulai=0&seluruhnya={MOST_BYTES}"),
        ("c" * 64, kit.picture(6)[0], "mulai=0&seluruhnya=900"),
        ("%2e%2e%2f" * 9, b"x", "mulai=0&seluruhnya=9"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_said_in_both_languages_and_leaves_nothing(phone, app, name, data, asked):  # fmt: skip
    answer = phone.put(f"{HP}/foto/{name}?{asked}", data=data)
    assert answer.status_code in (404, 413, 422) and answer.json["id"] and answer.json["en"]
    store = app.extensions["rbmgeo"][0].home.resolve() / "photos" / small.SMALL / ".datang"
    assert not store.is_dir() or not list(store.iterdir())


LONG = "[" * 90_000 + "]" * 90_000
HOSTILE = [
    b"", b"nul\x00", b"7", b"[]", b"{}", LONG.encode(), b'{"visits": "' + b"a" * 4_000_001 + b'"}',
    json.dumps({**kit.envelope(), "visits": [kit.visit(1)] * 51}).encode(),
    json.dumps({**kit.envelope(), "device_id": "x"}).encode(), b"\xff\xfe{",
]  # fmt: skip


@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_no_request_is_said_in_both_languages(phone, data):
    for path in ("kunjungan", "perangkat"):
        answer = phone.post(f"{HP}/{path}", data=data, content_type="application/json")
        assert 400 <= answer.status_code < 500
        assert answer.json["id"] and answer.json["en"] and "<" not in answer.text


ODD = [
    {"values": {"tiang": "\ud800"}}, {"values": {"tiang": "a\x00"}}, {"outcome": "\ud83d"},
    {"place": {"lon": 10**400, "lat": 1, "accuracy_m": 1}}, {"values": {"gardu": {"a": [1]}}},
    {"device_at": "0001-01-01T00:00:00+14:00"}, {"device_at": "9999-12-31T23:59:59-14:00"},
    {"device_at": "2024-12-20T09:00:00+07:00:30.5"}, {"device_at": "1970-01-01T00:00:00Z"},
    {"values": {"n": 10**4000}}, {"values": {"n": 1e308}}, {"outcome": "gardu_lain", "values": {"gardu": 5}},
    {"photos": [{"sha256": "a" * 64, "kind": "x", "bytes": 10**30}]}, {"values": {"note": "\\u0000"}},
    {"customer": str(small.public_id(1)), "values": {"tiang": "'; DROP TABLE field_visit; --"}},
    {"customer": str(small.public_id(1)), "outcome": "gardu_lain", "values": {"gardu": "x" * 30}},
    {"place": {"lon": 180, "lat": 90, "accuracy_m": 1e300, "fixes": 10**40}},
]  # fmt: skip


@pytest.mark.parametrize("other", ODD, ids=range(len(ODD)))
def test_an_odd_record_is_kept_or_refused_and_takes_no_other_with_it(phone, other):
    number = 10_000 + ODD.index(other)
    good = kit.visit(number + 500)
    sent = json.dumps(kit.envelope(kit.visit(number, **other), good))
    answer = phone.post(f"{HP}/kunjungan", data=sent, content_type="application/json")
    assert answer.status_code == 200
    named = [r["client_id"] for r in answer.json["receipts"] + answer.json["refused"]]
    assert sorted(named) == sorted([str(uuid.UUID(int=number)), good["client_id"]])
    assert good["client_id"] in [r["client_id"] for r in answer.json["receipts"]]


def test_who_is_not_logged_in_or_has_no_token_is_told_so_as_a_program_is(app):
    client = app.test_client()
    for answer in (client.get(f"{HP}/sapa"), client.get(f"{HP}/foto/{'a' * 64}")):
        assert answer.status_code == 401 and answer.json["en"]
    answer = client.post(f"{HP}/kunjungan", json=kit.envelope())
    assert answer.status_code == 400 and answer.json["code"] == "csrf"
    page = client.get("/masuk").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    told = {"nama": "surveyor", "sandi": small.PASSWORD, "csrf_token": token}
    assert client.post("/masuk", data=told).status_code == 302
    token = client.get(f"{HP}/sapa").json["csrf"]
    answer = client.post(f"{HP}/kunjungan", json=kit.envelope(), headers={"X-CSRFToken": token})
    assert answer.json == {"receipts": [], "refused": []}
    assert client.delete(f"{HP}/kunjungan", headers={"X-CSRFToken": token}).json["id"]


def test_a_session_opened_over_https_never_leaves_without_it(app):
    client = app.test_client()
    assert "Secure" not in client.get("/masuk").headers["Set-Cookie"]
    safe = app.test_client().get("/masuk", base_url="https://localhost")
    assert "Secure" in safe.headers["Set-Cookie"]
