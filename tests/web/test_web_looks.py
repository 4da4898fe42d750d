"""An answer at the door, and what becomes of two that contradict each other."""

import io
import re

import pytest
import small_unit as small
from pictures import jpeg
from sqlalchemy import text

from rbmgeo.db.session import Database
from rbmgeo.intake.pictures import drawn_anew
from rbmgeo.settings import Settings
from web import create_app

BASE = f"/{small.SMALL}/{small.BLTH}"
FORM = f"{BASE}/survei/jawab/{small.public_id(0)}"
LOOKS = f"{BASE}/survei/bertentangan"
JPEG = jpeg(3)


@pytest.fixture
def database(make_database):
    made = Database(make_database("answers", filled=small.build))
    yield made
    made.close()


@pytest.fixture
def client(database, tmp_path):
    app = create_app(Settings(home=tmp_path), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False

    def made(login):
        browser = app.test_client()
        browser.post("/masuk", data={"nama": login, "sandi": small.PASSWORD})
        return browser

    return made


def filled(page, **values):
    """Return what the form sends: its hidden fields and what was filled in."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    return hidden | values


def kept(database, columns="outcome, gardu, tiang, officer, given_by, control"):
    with database.reading() as session:
        rows = session.execute(text(f"SELECT {columns} FROM survey_answer ORDER BY received_at"))
        return [tuple(r) for r in rows]


def test_the_form_asks_the_pole_first_and_offers_the_nearest_gardu(client):
    page = client("surveyor").get(FORM).text
    assert page.index('name="tiang"') < page.index('value="cocok"') < page.index("gardu_lain:PD002")
    assert page.index("tidak_terlacak") < page.index("tidak_ditemukan")
    assert small.idpel(0) not in FORM


def test_one_form_sent_twice_is_one_answer(client, database):
    browser = client("surveyor")
    sent = filled(browser.get(FORM).text, pilih="gardu_lain:PD002", tiang="T9")
    for _ in range(2):
        assert browser.post(FORM, data=sent).status_code == 302
    assert kept(database) == [("gardu_lain", "PD002", "T9", "surveyor", "surveyor", False)]


def test_what_was_filled_in_stays_when_a_place_is_half_told(client, database):
    browser = client("surveyor")
    sent = filled(browser.get(FORM).text, pilih="cocok", house_lon="112.7", note="pagar biru")
    answer = browser.post(FORM, data=sent)
    assert answer.status_code == 422
    assert "isi bujur dan lintang" in answer.text
    assert 'value="pagar biru"' in answer.text and sent["client_id"] in answer.text
    assert kept(database) == []


def test_a_surveyor_opens_the_houses_of_a_list_only(client):
    other = f"{BASE}/survei/jawab/{small.public_id(3)}"
    assert client("surveyor").get(other).status_code == 403
    assert client("perencana").get(other).status_code == 200


def test_a_form_without_an_outcome_is_told_what_is_missing(client, database):
    browser = client("surveyor")
    answer = browser.post(FORM, data=filled(browser.get(FORM).text))
    assert (answer.status_code, kept(database)) == (422, [])


def test_somebody_on_no_list_is_kept_and_shown_to_the_office(client, database):
    browser = client("surveyor")
    page = browser.get(f"{BASE}/survei/jawab/baru").text
    empty = browser.post(f"{BASE}/survei/jawab/baru", data=filled(page))
    assert empty.status_code == 422
    sent = filled(page, meter_found="MX77", note="di belakang masjid")
    assert browser.post(f"{BASE}/survei/jawab/baru", data=sent).status_code == 302
    office = client("perencana")
    assert "MX77" in office.get(LOOKS).text
    assert "tidak di daftar" in office.get(f"{BASE}/survei").text
    with database.reading() as session:
        one = session.scalar(text("SELECT client_id::text FROM survey_stranger"))
    told = {"catatan": f"{one}/0", "hasil": "pasang baru"}
    assert office.post(f"{LOOKS}/tidak-di-daftar", data=told).status_code == 302
    assert "pasang baru" in office.get(LOOKS).text


def test_two_answers_are_shown_looked_at_again_and_decided_by_a_third(client, database):
    for login, choice in (("surveyor", "gardu_lain:PD002"), ("perencana", "cocok")):
        browser = client(login)
        browser.post(FORM, data=filled(browser.get(FORM).text, pilih=choice))
    head = client("pengawas")
    page = head.get(LOOKS).text
    assert "Minta lihat lagi" in page
    assert "Jawaban ini yang benar" not in page
    for counted in (f"{BASE}/survei", f"{BASE}/survei/usulan"):
        assert "Jawaban bertentangan" in head.get(counted).text
    assert head.post(f"{LOOKS}/minta/{small.public_id(0)}").status_code == 302
    with database.reading() as session:
        look = session.scalar(text("SELECT look_id FROM second_look"))
    first = kept(database, "client_id::text")[0][0]
    decide = {"jawaban": f"{first}/0"}
    assert head.post(f"{LOOKS}/putuskan/{look}", data=decide).status_code == 403

    browser = client("surveyor")
    sent = filled(browser.get(FORM).text, pilih="gardu_lain:PD002")
    assert browser.post(FORM, data=sent).status_code == 422, "a second look needs a photo"
    wrong = browser.post(FORM, data=sent | {"foto": (io.BytesIO(b"GIF89a"), "a.jpg")})
    assert wrong.status_code == 422
    photo = {"foto": (io.BytesIO(JPEG), "a.jpg")}
    assert browser.post(FORM, data=sent | photo).status_code == 302

    page = head.get(LOOKS).text
    link = re.search(r'<img src="([^"]+)"', page)[1]
    with head.get(link) as shown:
        assert shown.data == drawn_anew(drawn_anew(JPEG)[0])[0]
    assert "Jawaban ini yang benar" not in client("perencana").get(LOOKS).text
    assert client("perencana").post(f"{LOOKS}/putuskan/{look}", data=decide).status_code == 403
    assert head.post(f"{LOOKS}/putuskan/{look}", data=decide).status_code == 302
    page = head.get(LOOKS).text
    assert "Tidak ada jawaban yang bertentangan" in page and "Sudah diputuskan" in page
    assert head.post(f"{LOOKS}/urungkan/{look}").status_code == 302
    assert "Minta lihat lagi" in head.get(LOOKS).text


def test_lists_and_customer_lead_to_the_form(client, database):
    with database.reading() as session:
        run = session.scalar(text("SELECT max(run_id) FROM survey_task"))
    visits = client("surveyor").get(f"{BASE}/survei/{run}/1/1").text
    assert f"{FORM}?dari={run}-1-1" in visits
    assert FORM in client("perencana").get(f"{BASE}/pelanggan/{small.public_id(0)}").text


def test_the_page_of_stopping_names_the_gardu_and_the_houses_that_come_first(client, database):
    assert "Belum ada gardu" in client("pengawas").get(f"{BASE}/temuan/kapan-berhenti").text
    browser = client("surveyor")
    form = f"{BASE}/survei/jawab/{small.public_id(5)}"
    browser.post(form, data=filled(browser.get(form).text, pilih="gardu_lain:PD001"))
    head = client("pengawas")
    assert "lanjut" in head.get(f"{BASE}/temuan/kapan-berhenti").text
    with database.reading() as session:
        number = session.scalar(
            text("SELECT max(proposal_id) FROM proposal WHERE state IN ('open', 'conflict')")
        )
    head.post(f"{BASE}/survei/usulan/{number}", data={"putusan": "approved"})
    assert "lihat sekitarnya" in head.get(f"{BASE}/temuan/kapan-berhenti").text
    assert "Baru 0 rumah kontrol" in head.get(f"{BASE}/temuan/seberapa-yakin").text
