"""Findings are settled from their page, with a reason, and taken back from the list of decisions."""

import re

import pytest
import small_unit as small
from sqlalchemy import text

from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import create_app

HOME = f"/{small.SMALL}/{small.BLTH}/temuan"


def doubted(session):
    small.build(session)
    session.execute(
        text("UPDATE finding SET kind = 'gardu_diragukan', p = 0.9, proposed_gardu = 'PD0002' "
             "WHERE ulp = :u AND idpel = :i"),
        {"u": small.SMALL, "i": small.idpel(1)},
    )  # fmt: skip


@pytest.fixture
def client(make_database, tmp_path):
    database = Database(make_database("desk", filled=doubted))
    app = create_app(Settings(home=tmp_path), database)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False

    def logged_in(login):
        made = app.test_client()
        made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD})
        return made

    yield logged_in
    database.close()


def sent(planner, **more):
    page = planner.get(HOME).text
    matched = re.search(r'name="pencocokan" value="(\d+)"', page)
    return {"baris": str(small.public_id(1)), "putusan": "catatan_benar",
            "pencocokan": matched[1] if matched else "0", **more}  # fmt: skip


def test_a_planner_settles_with_a_reason_and_takes_it_back(client):
    planner = client("perencana")
    assert "Keputusan meja" in planner.get(HOME).text
    said = planner.post(
        f"{HOME}/meja", data=sent(planner, alasan="gambar JTR"), follow_redirects=True
    ).text
    assert "1 temuan diputus di meja" in said
    listed = planner.get(f"{HOME}/meja").text
    assert "gambar JTR" in listed
    number = re.search(r'name="nomor" value="(\d+)"', listed)[1]
    back = planner.post(f"{HOME}/meja/urungkan", data={"nomor": number}, follow_redirects=True).text
    assert "terbuka lagi" in back
    assert "diurungkan perencana" in back


def test_without_a_reason_nothing_is_settled(client):
    planner = client("perencana")
    refused = planner.post(f"{HOME}/meja", data=sent(planner, alasan=" "))
    assert refused.status_code == 422
    assert "alasan" in refused.text
    assert "Belum ada keputusan meja" in planner.get(f"{HOME}/meja").text


def test_a_supervisor_reads_and_does_not_settle(client):
    supervisor = client("pengawas")
    assert supervisor.get(f"{HOME}/meja").status_code == 200
    assert "baris" not in re.findall(r'name="(\w+)"', supervisor.get(HOME).text)
    assert supervisor.post(f"{HOME}/meja", data=sent(supervisor, alasan="x")).status_code == 403


def test_a_hostile_reason_is_shown_as_text(client):
    planner = client("perencana")
    planner.post(f"{HOME}/meja", data=sent(planner, alasan="<script>x</script>{{7*7}}"))
    listed = planner.get(f"{HOME}/meja").text
    assert "<script>x" not in listed
    assert "{{7*7}}" in listed


def test_a_page_from_before_the_last_matching_settles_nobody(client):
    planner = client("perencana")
    refused = planner.post(f"{HOME}/meja", data=sent(planner, alasan="x") | {"pencocokan": "1"})
    assert refused.status_code == 422
    assert "dicocokkan ulang" in refused.text
