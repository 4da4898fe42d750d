"""The phone's addresses: the app is everybody's and holds no data, lists are their officer's."""

import gzip
import json
import re
import uuid

import pandas as pd
import pytest
import small_unit as small
from sqlalchemy import text

from rbmgeo.db.queries import visits

HOME = f"/{small.SMALL}/hp"
PHONE = str(uuid.UUID(int=77))


@pytest.fixture(scope="module")
def listed(web_database):
    """A list of four houses for the surveyor, and a phone that the unit knows."""
    with web_database.writing() as session:
        orders = pd.DataFrame({"idpel": [small.idpel(n) for n in range(4)], "reason": "temuan"})
        made = visits.add_list(
            session, ulp=small.SMALL, job="survei", blth=small.BLTH, title="Hari 1", officer="surveyor",
            planned_on=None, content={}, orders=orders, who="perencana",
        )  # fmt: skip
        visits.seen_device(session, ulp=small.SMALL, device_id=PHONE, login="surveyor", told="HP", wrapped_key=None)  # fmt: skip
    yield str(made)
    with web_database.writing() as session:
        for table in ("visit_order", "visit_list", "field_device"):
            session.execute(text(f"DELETE FROM {table} WHERE ulp = :u"), {"u": small.SMALL})


def test_the_app_is_there_without_a_log_in_and_tells_nothing_of_anybody(app, web_database):
    client = app.test_client()
    for address in (HOME, f"{HOME}/sw.js", f"{HOME}/app.webmanifest", "/hp"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        for secret in (small.idpel(0), "Kenanga", "Nama 0", "surveyor"):
            assert secret not in answer.text


def test_the_worker_keeps_every_file_that_the_app_asks_for(app):
    client = app.test_client()
    answer = client.get(f"{HOME}/sw.js")
    assert answer.headers["Service-Worker-Allowed"] == HOME
    kept = json.loads(re.search(r"const FILES = (\[.*\]);", answer.text)[1])
    assert HOME in kept
    asked = set(re.findall(r'(?:src|href)="(/[^"]*)"', client.get(HOME).text))
    for path in list(kept):
        with client.get(path) as found:
            assert found.status_code == 200, path
            source = found.get_data().decode() if path.endswith(".js") else ""
        asked |= {f"/static/js/phone/{n}" for n in re.findall(r'from "\./(\w+\.js)"', source)}
        assert "://" not in source.replace("http://www.w3.org/2000/svg", ""), path
    assert asked <= set(kept)
    manifest = client.get(f"{HOME}/app.webmanifest").get_json(force=True)
    assert {i["src"] for i in manifest["icons"]} <= set(kept)
    assert manifest["scope"] == manifest["start_url"] == HOME


def test_an_officer_gets_his_lists_on_a_phone_that_the_unit_knows(as_role, listed):
    client = as_role("surveyor")
    (row,) = client.get(f"{HOME}/daftar?perangkat={PHONE}").get_json()["lists"]
    assert (row["list_id"], row["orders"]) == (listed, 4)
    answer = client.get(f"{HOME}/daftar/{listed}?perangkat={PHONE}")
    body = gzip.decompress(answer.data)
    assert len(body) == row["bytes"] and "no-store" in answer.headers["Cache-Control"]
    assert json.loads(body)["version"] == row["version"] == answer.headers["X-Version"]


def test_others_and_strange_phones_are_told_why_in_both_languages(as_role, listed):
    client = as_role("surveyor")
    for address, status in (
        (f"{HOME}/daftar", 422), (f"{HOME}/daftar?perangkat=x", 422),
        (f"{HOME}/daftar?perangkat={uuid.UUID(int=1)}", 409),
        (f"{HOME}/daftar/{uuid.UUID(int=1)}?perangkat={PHONE}", 404),
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == status, address
        assert set(answer.get_json()) == {"id", "en"}
    planner = as_role("perencana")
    assert planner.get(f"{HOME}/daftar/{listed}?perangkat={PHONE}").status_code == 404
    assert planner.get(f"{HOME}/daftar?perangkat={PHONE}").get_json() == {"lists": []}
    assert as_role("pengawas").get(f"{HOME}/daftar?perangkat={PHONE}").status_code == 403


def test_the_office_strikes_off_a_phone_and_it_gets_no_list(as_role, listed, web_database):
    client = as_role("surveyor")
    strike = "UPDATE field_device SET struck_off_at = {} WHERE ulp = :u"
    with web_database.writing() as session:
        session.execute(text(strike.format("now()")), {"u": small.SMALL})
    assert client.get(f"{HOME}/daftar?perangkat={PHONE}").status_code == 403
    assert client.get(f"{HOME}/daftar/{listed}?perangkat={PHONE}").status_code == 403
    with web_database.writing() as session:
        session.execute(text(strike.format("NULL")), {"u": small.SMALL})
    assert client.get(f"{HOME}/daftar?perangkat={PHONE}").status_code == 200
