"""Phones at the office: struck off and taken back, a rescue file opened without the PIN, the certificate's steps."""

import base64
import io
import json
import os
import uuid
from datetime import UTC, datetime

import phone_kit as kit
import pytest
import small_unit as small
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import text

from rbmgeo.db.queries.field_devices import may_hold_lists
from rbmgeo.keys.certificates import TlsFiles, ca_as_der, make
from rbmgeo.keys.unit_key import UnitKey

pytestmark = pytest.mark.database
PAGE = f"/{small.SMALL}/{small.BLTH}/lapangan/hp"


def home(app):
    return app.extensions["rbmgeo"][0].home.resolve()


def code(data):
    return base64.b64encode(data).decode()


def rescue(key, *plain, ulp=small.SMALL, **other):
    """A file as a phone exports it, its queue's key locked for the office."""
    own, records = os.urandom(32), []
    for one in plain:
        iv = os.urandom(12)
        records.append({"iv": code(iv), "data": code(AESGCM(own).encrypt(iv, one, None))})
    told = {"v": 1, "ulp": ulp, "device_id": kit.DEVICE, "key_id": key.key_id,
            "wrapped_key": code(key.locked(own)), "records": records, **other}  # fmt: skip
    return json.dumps(told).encode()


def upload(client, data):
    return client.post(f"{PAGE}/penyelamatan", data={"berkas": (io.BytesIO(data), "antrean.json")})


def count(database, client_id):
    with database.reading() as session:
        return session.scalar(
            text("SELECT count(*) FROM field_visit WHERE client_id = CAST(:c AS uuid)"),
            {"c": client_id},
        )


def test_a_rescue_file_is_opened_without_the_pin_and_twice_is_as_once(app, as_role, web_database):
    client, key = as_role("perencana"), UnitKey.of(home(app), small.SMALL)
    content, sha256 = kit.picture(40)
    photos = [{"sha256": sha256, "kind": "rumah", "bytes": len(content)}]
    alone, beside = kit.visit(4001), kit.visit(4002, photos=photos, outcome="kode_aneh")
    file = rescue(
        key, json.dumps(alone).encode(), json.dumps({"visit": beside, "photos": []}).encode(),
        content, json.dumps({"sha256": "x", "data": code(content)}).encode(), b"nonsense", b'{"a": 1}',
    )  # fmt: skip
    said = upload(client, file)
    assert said.status_code == 200
    assert "Baru diterima</dt><dd>2" in said.text and "catatan nomor 5, 6" in said.text
    assert "kode_aneh" in said.text
    again = upload(client, file).text
    assert "Baru diterima</dt><dd>0" in again and "Sudah ada</dt><dd>2" in again
    assert count(web_database, alone["client_id"]) == count(web_database, beside["client_id"]) == 1
    phone = as_role("surveyor").post(f"/{small.SMALL}/hp/kunjungan", json=kit.envelope(beside))
    assert phone.json["receipts"][0] == {**phone.json["receipts"][0], "came": "sudah_ada", "missing": []}  # fmt: skip


def test_a_file_whose_own_key_is_another_is_opened_with_the_one_that_the_phone_told_of(
    app, as_role, tmp_path
):
    client, key = as_role("perencana"), UnitKey.of(home(app), small.SMALL)
    own, iv = os.urandom(32), os.urandom(12)
    told = {"device_id": kit.DEVICE, "told": "HP", "wrapped_key": code(key.locked(own))}
    assert client.post(f"/{small.SMALL}/hp/perangkat", json=told).status_code == 200
    record = {"iv": code(iv), "data": code(AESGCM(own).encrypt(iv, json.dumps(kit.visit(4003)).encode(), None))}  # fmt: skip
    other = UnitKey.of(tmp_path, small.SMALL)
    said = upload(client, rescue(other, records=[record]))
    assert said.status_code == 200 and "Baru diterima</dt><dd>1" in said.text


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "bukan JSON"), (b"[" * 100_000, "bukan JSON"), (b'{"v": 2}', "bukan versi 1"),
        (b'{"v": 1, "records": 7}', "tanpa daftar"), (b'{"v": 1, "records": []}', "device_id"),
        ("other", "unit lain"), ("unknown", "kantor"), ("records", "kantor"),
    ],
)  # fmt: skip
def test_what_is_no_rescue_file_of_the_unit_is_said(app, as_role, data, why, tmp_path):
    key = UnitKey.of(home(app), small.SMALL)
    stranger = str(uuid.UUID(int=5))
    if data == "other":
        data = rescue(key, ulp=small.OTHER)
    elif data == "unknown":
        data = rescue(UnitKey.of(tmp_path, small.SMALL), b"{}", device_id=stranger)
        why = "pemasangan lain"
    elif data == "records":
        data = rescue(key, records=[7, {}, {"iv": "ä", "data": None}], device_id=stranger)
    said = upload(as_role("perencana"), data)
    assert said.status_code == 422 and why in said.text


def test_a_phone_is_struck_off_and_taken_back_by_a_planner_alone(app, without_csrf, web_database):
    planner, surveyor = kit.enter(app, "perencana"), kit.enter(app, "surveyor")
    told = {"device_id": kit.DEVICE, "told": "<b>HP</b>", "wrapped_key": None}
    assert surveyor.post(f"/{small.SMALL}/hp/perangkat", json=told).status_code == 200
    assert "&lt;b&gt;HP&lt;/b&gt;" in planner.get(PAGE).text

    def allowed():
        with web_database.reading() as session:
            return may_hold_lists(session, ulp=small.SMALL, device_id=kit.DEVICE)

    address = f"{PAGE}/{kit.DEVICE}"
    assert surveyor.post(address, data={"coret": "1"}).status_code == 403 and allowed()
    planner.post(address, data={"coret": "1"})
    assert not allowed() and "dicoret" in planner.get(PAGE).text
    planner.post(address, data={"coret": "0"})
    assert allowed()
    assert planner.post(f"{PAGE}/{uuid.UUID(int=1)}", data={"coret": "1"}).status_code == 404
    with web_database.writing() as session:
        session.execute(text("DELETE FROM field_device"))


def test_the_certificate_and_its_steps_are_for_everybody(app):
    client = app.test_client()
    files = TlsFiles.of(home(app))
    assert "tls init" in client.get("/hp/ca").text
    assert client.get("/hp/ca.crt").status_code == 409
    made = make(files, ["10.1.2.3"], now=datetime.now(UTC))
    page = client.get("/hp/ca").text
    assert made.fingerprint in page and "10.1.2.3" in page and "Android" in page
    given = client.get("/hp/ca.crt")
    assert given.data == ca_as_der(files) and given.mimetype == "application/x-x509-ca-cert"
    for file in files.folder.iterdir():
        file.unlink()
