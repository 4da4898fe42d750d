"""Commands of the phones and of the office's certificate: what they say, and what they leave."""

import base64
import json
import os
import uuid

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from typer.testing import CliRunner

from rbmgeo.cli.main import app
from rbmgeo.db.queries import units, visits
from rbmgeo.keys.certificates import TlsFiles, certified
from rbmgeo.keys.unit_key import UnitKey

pytestmark = pytest.mark.database
ULP, DEVICE = "T0044", str(uuid.UUID(int=3))


@pytest.fixture
def said(monkeypatch, tmp_path):
    """Offer a function that runs a command in a home of its own and returns what it said as JSON."""
    monkeypatch.setenv("RBMGEO_HOME", str(tmp_path))

    def run(*argv):
        done = CliRunner().invoke(app, [*argv, "--json"], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return run


def test_the_office_makes_its_certificate_renews_it_and_prints_the_steps(said, tmp_path):
    made = said("tls", "init", "192.168.1.10")
    assert made["fingerprint"] == certified(TlsFiles.of(tmp_path)).fingerprint
    assert made["door"] == "http://192.168.1.10:8080/hp/ca"
    assert said("tls", "renew")["fingerprint"] == said("tls", "show")["fingerprint"] == made["fingerprint"]  # fmt: skip
    said("tls", "steps", str(tmp_path / "langkah.pdf"))
    assert (tmp_path / "langkah.pdf").read_bytes().startswith(b"%PDF")


def test_a_phone_is_listed_struck_off_and_its_rescue_file_brought_in(
    said, fresh_database, monkeypatch, tmp_path
):
    monkeypatch.setenv("RBMGEO_DATABASE_URL", fresh_database.url)
    with fresh_database.writing() as session:
        units.ensure_unit(session, ulp=ULP)
        visits.seen_device(session, ulp=ULP, device_id=DEVICE, login="siti", told="HP", wrapped_key=None)  # fmt: skip
    assert [p["login"] for p in said("phone", "list")["phones"]] == ["siti"]
    assert said("phone", "strike-off", DEVICE, "--who", "budi")["changed"]
    assert said("phone", "list")["phones"][0]["struck_off_by"] == "budi"
    assert said("phone", "strike-off", DEVICE, "--who", "budi", "--back")["changed"]
    visit = {
        "client_id": str(uuid.UUID(int=1)), "order_id": None, "customer": None, "job": "survei",
        "outcome": "cocok", "device_at": "2026-11-26T09:00:00+07:00", "device_id": DEVICE,
        "officer": "siti",
    }  # fmt: skip
    own, iv = os.urandom(32), os.urandom(12)
    code = lambda data: base64.b64encode(data).decode()  # noqa: E731
    sealed = AESGCM(own).encrypt(iv, json.dumps(visit).encode(), None)
    file = tmp_path / "antrean.json"
    file.write_text(json.dumps({
        "v": 1, "ulp": ULP, "device_id": DEVICE, "key_id": "",
        "wrapped_key": code(UnitKey.of(tmp_path.resolve(), ULP).locked(own)),
        "records": [{"iv": code(iv), "data": code(sealed)}],
    }))  # fmt: skip
    looked = said("phone", "rescue", str(file), "--who", "budi", "--look")
    assert (looked["visits"], looked["brought_in"]) == (1, False)
    done = said("phone", "rescue", str(file), "--who", "budi")
    assert (done["new"], done["again"]) == (1, 0)
    assert said("phone", "rescue", str(file), "--who", "budi")["again"] == 1
    assert said("phone", "list")["phones"][0]["records"] == 1
