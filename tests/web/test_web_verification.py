"""Verifikasi gardu over HTTP: changed, drawn, answered at the door, decided, told everywhere."""

import io
import re

import checked_gardu as drawn
import pytest
from checked_gardu import PLANNER, ULP
from openpyxl import load_workbook
from pypdf import PdfReader

from rbmgeo.db.queries import people, units
from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import create_app

pytestmark = pytest.mark.database
U = f"/{ULP}/202501/verifikasi-gardu"
PASSWORD = "sandi-uji-panjang"


@pytest.fixture(scope="module")
def unit(make_database):
    def build(session):
        drawn.build(session)
        drawn.correct(session, 0, "PD2")
        roles = ((PLANNER, "perencana"), ("awas", "pengawas"), (drawn.FIRST, "surveyor"))
        for login, role in roles:
            people.add_user(session, login=login, password=PASSWORD, grants=[(ULP, role)])

    database = Database(make_database("checks", filled=build))
    yield database
    database.close()


@pytest.fixture(scope="module")
def enter(unit, tmp_path_factory):
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")), unit)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False

    def made(login):
        client = app.test_client()
        assert client.post("/masuk", data={"nama": login, "sandi": PASSWORD}).status_code == 302
        return client

    return made


@pytest.fixture(scope="module")
def client(enter):
    return enter(PLANNER)


@pytest.fixture(scope="module")
def at(client):
    """PD1 drawn through the page."""
    assert "usulan disetujui 1" in " ".join(client.get(U).text.split())
    sent = client.post(U, data={"gardu": "PD1", "benih": "grup-1"})
    assert sent.status_code == 302
    return sent.location


@pytest.fixture(scope="module")
def number(at):
    return int(at.rpartition("/")[2])


@pytest.fixture(scope="module")
def accepted(unit, client, at, number):
    """Its houses answered, one of them twice, and the gardu accepted."""
    with unit.writing() as session:
        odd = drawn.sampled(session, number)[0]
        drawn.answer(session, odd, "gardu_lain", "PD2")
        drawn.answer_rest(session, number)
    page = client.get(at).text
    assert "Minta lihat kedua (1 rumah)" in page
    assert client.post(at, data={"langkah": "terima"}).status_code == 403
    assert client.post(at, data={"langkah": "lihat_kedua"}).status_code == 302
    with unit.writing() as session:
        drawn.looked_again(session, odd, "cocok")
    assert "Terima gardu" in client.get(at).text
    assert client.post(at, data={"langkah": "terima"}).status_code == 302
    return client.get(at).text


def test_the_sheet_has_seed_hash_list_and_reserve_and_no_answer(client, at):
    paper = client.get(f"{at}.pdf")
    pages = [p.extract_text() for p in PdfReader(io.BytesIO(paper.data)).pages]
    said = " ".join(" ".join(pages).split())
    for words in ("VERIFIKASI GARDU PD1", "grup-1", "17 dari 39 rumah", "Sampel (17 rumah)",
                  "Cadangan: hanya menurut urutan", "orang kedua"):  # fmt: skip
        assert words in said, words
    assert re.search(r"sha256\) [0-9a-f]{64}", said)
    assert "PD2" not in said
    assert client.get(f"{at}.pdf").data == paper.data


def test_surveyors_see_the_list_and_not_the_decisions(enter, at):
    surveyor = enter(drawn.FIRST)
    field = surveyor.get(f"/{ULP}/202501/lapangan").text
    assert "Daftar verifikasi gardu" in field
    assert surveyor.get(at).status_code == 403


def test_lists_for_phones_go_to_two_people(client, at):
    both = {"petugas-1": drawn.FIRST, "petugas-2": drawn.FIRST}
    assert client.post(f"{at}/daftar", data=both).status_code == 422
    assert client.post(f"{at}/daftar", data={"petugas-1": drawn.FIRST}).status_code == 302
    lists = client.get(f"/{ULP}/202501/lapangan/daftar").text
    assert "surveyor 1, hari 1" in lists


def test_the_result_stands_in_words_on_its_page_the_gardu_card_and_in_english(client, accepted):
    words = "0 dari 17 beda: gardu diterima"
    assert words in accepted
    assert words in client.get(f"/{ULP}/202501/peta/gardu/PD1").text
    page = client.get(U).text
    assert "PD1" in page
    client.post("/bahasa", data={"lang": "en"})
    try:
        english = client.get(U).text
        assert "accepted" in english
        assert "diterima" not in english
    finally:
        client.post("/bahasa", data={"lang": "id"})


def test_the_loop_leads_from_each_number_to_its_houses(client, accepted):
    text = client.get(f"{U}/alur").text
    links = re.findall(r'href="([^"]*alur/rumah\?[^"]*)"', text)
    assert links
    for link in dict.fromkeys(links):
        page = client.get(link.replace("&amp;", "&"))
        assert page.status_code == 200
        assert 'data-table="alur-rumah"' in page.text
    answered = client.get(f"{U}/alur/rumah?langkah=jawaban&kode=PD1").text
    assert "17 rumah sampai langkah ini" in answered


def test_the_loop_as_a_workbook_has_the_same_numbers(client, accepted):
    file = client.get(f"{U}/alur?unduh=xlsx&tabel=alur")
    rows = [[c.value for c in r] for r in load_workbook(io.BytesIO(file.data)).active.iter_rows()]
    mine = next(r for r in rows if r[0] == "PD1")
    assert mine[1] == 17


def test_settings_hold_for_the_next_draw_and_are_logged(client, unit):
    assert client.post(f"{U}/setelan", data={"salah": "0", "risiko": "10", "kedua": "10"}).status_code == 422  # fmt: skip
    sent = {"salah": "5", "risiko": "10", "kedua": "20"}
    assert client.post(f"{U}/setelan", data=sent).status_code == 302
    with unit.reading() as session:
        now = units.unit_settings(session, ulp=ULP)
    assert (now.verify_share, now.verify_risk, now.verify_doubles) == (0.05, 0.1, 0.2)
    client.post(f"{U}/setelan", data={"salah": "10", "risiko": "10", "kedua": "10"})


def test_what_is_not_there_and_what_is_no_act_is_said(client, at):
    assert client.get(f"{U}/999999").status_code == 404
    assert client.post(at, data={"langkah": "apa"}).status_code == 422
    assert client.post(U, data={"gardu": "PD2", "benih": ""}).status_code == 422
