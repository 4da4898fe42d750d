"""Mutasi bulan ini in the pages: seen, accepted by one or all, undone, handed over."""

import io
import re
import zipfile

import changed_unit as changed
import pytest
import small_unit as small
from reviewed import publish

from rbmgeo.db.queries import jobs, versions
from rbmgeo.db.session import Database
from rbmgeo.jobs.run import run_job
from rbmgeo.jobs.tasks import TASKS
from rbmgeo.settings import Settings
from web import create_app

HOME = f"/{small.SMALL}/{changed.NEXT}"


@pytest.fixture
def database(make_database):
    made = Database(make_database("changes", filled=changed.build))
    yield made
    made.close()


@pytest.fixture
def as_role(database, tmp_path):
    app = create_app(Settings(home=tmp_path), database)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False

    def client(login):
        made = app.test_client()
        made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD})
        return made

    return client


def numbers(page):
    return list(dict.fromkeys(re.findall(r'name="mutasi" value="(\d+)"', page)))


def test_the_page_says_what_changed_where_it_goes_and_why(as_role):
    page = as_role("perencana").get(f"{HOME}/mutasi?jenis=baru").text
    assert "Terima 6: pelanggan baru" in page
    assert "tetangga terdekat di RBM 51354BKA" in page
    assert "belum bisa diusulkan" in page  # house 30 has neither point nor RBM
    assert "Masukkan ke survei" in page
    assert len(numbers(page)) == 7
    assert "Mutasi bulan ini" in as_role("perencana").get(f"{HOME}/bulan-ini").text


def test_all_of_a_kind_change_exactly_so_many_rows(as_role, database):
    with database.reading() as session:
        before = changed.draft_rows(session)
    page = as_role("perencana").post(
        f"{HOME}/mutasi/terima", data={"semua": "baru", "jenis": "baru"}, follow_redirects=True
    )
    assert "6 mutasi diterima; 6 baris draf" in page.text
    with database.reading() as session:
        after = changed.draft_rows(session)
    assert before < after
    assert len(after - before) == 6


def test_one_is_accepted_and_undone_by_name(as_role, database):
    client = as_role("perencana")
    with database.reading() as session:
        before = changed.draft_rows(session)
    number = numbers(client.get(f"{HOME}/mutasi?jenis=hilang").text)[0]
    client.post(f"{HOME}/mutasi/terima", data={"mutasi": number, "jenis": "hilang"})
    accepted = client.get(f"{HOME}/mutasi?jenis=hilang&keadaan=accepted").text
    assert re.search(r"perencana, \d+ \w+ \d+", accepted)
    client.post(f"{HOME}/mutasi/urungkan", data={"mutasi": number, "jenis": "hilang"})
    with database.reading() as session:
        assert changed.draft_rows(session) == before
    assert number in numbers(client.get(f"{HOME}/mutasi?jenis=hilang").text)


@pytest.mark.parametrize("sent", [{}, {"mutasi": "x"}, {"semua": "tidakada"}])
def test_nonsense_is_refused_in_a_sentence(as_role, sent):
    assert as_role("perencana").post(f"{HOME}/mutasi/terima", data=sent).status_code == 422


def test_a_supervisor_reads_and_does_not_write(as_role):
    client = as_role("pengawas")
    page = client.get(f"{HOME}/mutasi?jenis=baru").text
    assert numbers(page) == []
    assert client.post(f"{HOME}/mutasi/terima", data={"semua": "baru"}).status_code == 403


def test_the_file_says_the_same(as_role):
    answer = as_role("perencana").get(f"{HOME}/mutasi/daftar.csv")
    assert answer.mimetype == "text/csv"
    assert answer.text.count("\n") == 10  # head, 7 new, 1 gone, 1 of other power


def test_reading_is_shown_against_its_day(as_role):
    page = as_role("perencana").get(f"{HOME}/terbaca").text
    assert "terlambat" in page
    assert re.search(r'data-k="terbaca">3<', page)


def work_off(database):
    with database.writing() as session:
        waiting = [j.job_id for j in jobs.jobs(session, ulp=small.SMALL) if j.state == "waiting"]
    return [run_job(database, ulp=small.SMALL, job_id=job_id, tasks=TASKS) for job_id in waiting]


def test_a_version_is_handed_over_and_taken_away(as_role, database):
    client = as_role("perencana")
    client.post(f"{HOME}/mutasi/terima", data={"semua": "baru"})
    client.post(f"{HOME}/mutasi/terima", data={"semua": "hilang"})
    with database.writing() as session:
        session.connection().exec_driver_sql(
            f"UPDATE customer SET active = false WHERE idpel = '{small.idpel(30)}'"
        )
        done = publish(session, small.SMALL, effective_blth=changed.NEXT, who="perencana")
        assert versions.in_force(session, ulp=small.SMALL, blth=changed.NEXT) == done.version_id
    for kind in ("cater", "ap2t"):
        answer = client.post(
            f"{HOME}/serah-terima/{done.version_id}", data={"untuk": kind, "bentuk": "csv"}
        )
        assert answer.status_code == 302
    assert work_off(database) == ["done", "done"]
    page = client.get(f"{HOME}/serah-terima").text
    found = re.findall(r"serah-terima/(\d+)\.zip", page)
    assert len(found) == 2
    one = client.get(f"{HOME}/serah-terima/{found[0]}.zip").data
    assert one == client.get(f"{HOME}/serah-terima/{found[0]}.zip").data
    names = zipfile.ZipFile(io.BytesIO(one)).namelist()
    assert any(n.startswith("RINGKASAN") for n in names)
    check = client.get(f"{HOME}/serah-terima/periksa")
    assert check.status_code == 200
    assert "impor DPM" in check.text


def test_one_is_dismissed_with_a_reason_and_waits_again_when_undone(as_role):
    browser = as_role("perencana")
    number = numbers(browser.get(f"{HOME}/mutasi?jenis=baru").text)[0]
    sent = {"mutasi": number, "jenis": "baru"}
    assert browser.post(f"{HOME}/mutasi/abaikan", data=sent).status_code == 422
    browser.post(f"{HOME}/mutasi/abaikan", data={**sent, "alasan": "salah ketik"})
    assert number not in numbers(browser.get(f"{HOME}/mutasi?jenis=baru").text)
    aside = browser.get(f"{HOME}/mutasi?jenis=baru&keadaan=dismissed").text
    assert "salah ketik" in aside and numbers(aside) == [number]
    assert as_role("pengawas").post(f"{HOME}/mutasi/tunggu-lagi", data=sent).status_code == 403
    browser.post(f"{HOME}/mutasi/tunggu-lagi", data=sent)
    assert number in numbers(browser.get(f"{HOME}/mutasi?jenis=baru").text)
