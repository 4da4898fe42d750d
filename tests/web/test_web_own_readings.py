"""Baca ulang in the browser: one customer, a photo, a file; who may, what is said at once."""

import io
import re
import uuid

import pytest
import small_unit as small
from pictures import jpeg
from sqlalchemy import text

from rbmgeo.db.queries import jobs
from rbmgeo.settings import Settings
from web import create_app

PAGE = f"/{small.SMALL}/{small.BLTH}/baca-ulang"
JPEG = jpeg(4)


@pytest.fixture
def filled(fresh_database):
    with fresh_database.writing() as session:
        small.build(session)
        session.execute(
            text("UPDATE customer SET jenis_layanan = 'pra', tarif = 'R1T', dibaca_oleh = 'tidak' "
                 "WHERE idpel = ANY(:i)"),
            {"i": [small.idpel(6), small.idpel(7)]},
        )  # fmt: skip
        session.execute(
            text("INSERT INTO prepaid_order (ulp, order_no, idpel) VALUES (:u, 'PRA-1', :i)"),
            {"u": small.SMALL, "i": small.idpel(6)},
        )
    return fresh_database


@pytest.fixture
def client(filled, tmp_path):
    app = create_app(Settings(home=tmp_path), filled)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False

    def enter(login):
        made = app.test_client()
        assert made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD}).status_code == 302
        return made

    return enter


def form_of(n):
    return f"{PAGE}/{small.public_id(n)}"


def values(**more):
    return {"client_id": str(uuid.uuid4()), "layanan": "pasca", "lbkb_code": "Z", "stand_kwh": "1250",
            "at": "2024-12-26T08:30", **more}  # fmt: skip


def rows(database):
    with database.reading() as session:
        found = session.execute(text("SELECT * FROM own_reading ORDER BY reading_no")).mappings()
        return [dict(r) for r in found]


def test_a_surveyor_keeps_a_stand_with_its_photo_and_hears_its_marks(client, filled):
    browser = client("surveyor")
    sent = values(foto=(io.BytesIO(JPEG), "stand.jpg"), lbkb_code="7")
    answer = browser.post(form_of(0), data=sent, follow_redirects=True)
    assert answer.status_code == 200 and "1 bacaan disimpan" in answer.text
    assert "R-PO-03" in answer.text and "R-EN-07" in answer.text
    (kept,) = rows(filled)
    assert (kept["officer"], kept["idpel"], kept["stand_kwh"]) == ("surveyor", small.idpel(0), 1250)
    assert len(kept["photo_sha256"]) == 64 and "tanpa_foto" not in kept["marks"]
    card = client("perencana").get(f"/{small.SMALL}/{small.BLTH}/pelanggan/{small.public_id(0)}")
    assert "Bacaan sendiri" in card.text and "stand 1.250" in card.text and "<img src" in card.text


def test_a_form_sent_twice_is_kept_once(client, filled):
    browser, sent = client("perencana"), values()
    browser.post(form_of(0), data=sent)
    again = browser.post(form_of(0), data=sent, follow_redirects=True)
    assert "sudah pernah disimpan" in again.text and len(rows(filled)) == 1


def test_what_is_missing_is_said_beside_the_form_and_nothing_is_kept(client, filled):
    browser = client("surveyor")
    answer = browser.post(form_of(0), data=values(stand_kwh="", note="pagar tinggi"))
    assert answer.status_code == 422 and "R-PO-01" in answer.text and "pagar tinggi" in answer.text
    assert browser.post(form_of(0), data=values(stand_kwh="1.250")).status_code == 422
    assert browser.post(form_of(0), data=values(foto=(io.BytesIO(b"bukan"), "a.jpg"))).status_code >= 400  # fmt: skip
    assert rows(filled) == []


def test_a_prepaid_check_needs_its_order(client, filled):
    browser = client("surveyor")
    assert "R-PR-01" in browser.get(form_of(7)).text
    assert "PRA-1" in browser.get(form_of(6)).text
    check = values(layanan="pra", order_no="PRA-1", sisa_token_kwh="12,5", lon="112.7058",
                   lat="-7,6512", accuracy_m="6", tegangan="221")  # fmt: skip
    del check["stand_kwh"]
    refused = browser.post(form_of(6), data=check)
    assert refused.status_code == 422 and "foto sisa token" in refused.text
    check["foto"] = (io.BytesIO(JPEG), "token.jpg")
    assert browser.post(form_of(6), data=check).status_code == 302
    (kept,) = rows(filled)
    assert (kept["service"], kept["checks"], kept["lat"]) == ("pra", {"tegangan": "221"}, -7.6512)


def test_a_number_opens_the_form_and_stays_out_of_the_address(client):
    browser = client("surveyor")
    found = browser.post(f"{PAGE}/cari", data={"nomor": small.idpel(2)})
    assert found.status_code == 302 and found.location.endswith(str(small.public_id(2)))
    assert browser.post(f"{PAGE}/cari", data={"nomor": "1"}).location.endswith("/baca-ulang")


def test_a_file_is_taken_in_whole_or_its_faults_are_named(client, filled):
    browser = client("perencana")
    head = "idpel,blth,service,at,stand_kwh,lbkb_code,client_id"
    good = f"{small.idpel(1)},202412,pasca,2024-12-26T08:30,90,Z,{uuid.uuid4()}"
    bad = f"{small.idpel(2)},202412,pasca,2024-12-26T08:30,,Z,{uuid.uuid4()}"

    def send(*lines):
        body = io.BytesIO("\n".join((head, *lines)).encode())
        return browser.post(
            f"{PAGE}/berkas", data={"berkas": (body, "b.csv")}, follow_redirects=True
        )

    answer = send(good, bad)
    assert answer.status_code == 422 and re.search(
        r'class="num">3</td>.*stand_kwh', answer.text, re.S
    )
    assert "R-PO-01" in answer.text and rows(filled) == []
    assert "1 bacaan disimpan" in send(good).text and len(rows(filled)) == 1


def test_the_hand_over_page_asks_for_the_files_of_own_readings(client, filled):
    browser = client("perencana")
    page = f"/{small.SMALL}/{small.BLTH}/serah-terima"
    assert "pembacaan sendiri" not in browser.get(page).text
    browser.post(form_of(0), data=values())
    assert "pembacaan sendiri" in browser.get(page).text
    asked = browser.post(f"{page}/bacaan", data={"untuk": "readings", "bentuk": "csv"})
    assert asked.status_code == 302
    with filled.reading() as session:
        newest = jobs.jobs(session, ulp=small.SMALL)[0]
        assert (newest.task, newest.args["kind"]) == ("handoff", "readings")
    assert browser.post(f"{page}/bacaan", data={"untuk": "lain"}).status_code == 422


def test_a_supervisor_does_not_read_meters(client):
    assert client("pengawas").get(PAGE).status_code == 403
