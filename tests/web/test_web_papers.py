"""Forms in batch: numbered once, printed as one PDF, printed again the same, nobody named by a code."""

import io
import re
from datetime import date

import pytest
import small_unit as small
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rbmgeo.db.models import Receivable
from rbmgeo.db.queries import forms, jobs
from rbmgeo.db.session import Database
from rbmgeo.jobs.run import Cancelled, run_job
from rbmgeo.jobs.tasks import TASKS
from rbmgeo.settings import Settings
from rbmgeo.sheets import form_parts
from web import create_app

U = f"/{small.SMALL}/{small.BLTH}/formulir"
pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def database(make_database):
    made = Database(make_database("papers", filled=small.build))
    with made.writing() as session:
        session.add(Receivable(ulp=small.SMALL, blth="202411", idpel=small.idpel(0)))
        session.add(Receivable(ulp=small.SMALL, blth=small.BLTH, idpel=small.idpel(0)))
        session.add(Receivable(ulp=small.SMALL, blth="202411", idpel=small.idpel(1), paid_on=date(2024, 11, 9)))  # fmt: skip
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(database, tmp_path_factory):
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False
    made = app.test_client()
    assert made.post("/masuk", data={"nama": "perencana", "sandi": small.PASSWORD}).status_code == 302  # fmt: skip
    return made


@pytest.fixture
def links(monkeypatch):
    """What the QR codes said."""
    said, draw = [], form_parts.Paper.qr
    monkeypatch.setattr(form_parts.Paper, "qr", lambda *a: (said.append(a[-1]), draw(*a))[1])
    return said


def asked(client, address=U, **data):
    answer = client.post(address, data=data)
    assert answer.status_code == 302, answer.text
    return int(answer.headers["Location"].rpartition("/")[2])


def done(client, database, job_id):
    state = run_job(database, ulp=small.SMALL, job_id=job_id, tasks=TASKS)
    with database.reading() as session:
        job = jobs.job(session, ulp=small.SMALL, job_id=job_id)
        assert state == jobs.DONE, job.error
        return job.result, PdfReader(io.BytesIO(client.get(f"{U}/berkas-{job_id}.pdf").data))


def words(book):
    return " ".join(p.extract_text() for p in book.pages)


def test_a_form_a_customer_of_an_rbm_in_walking_order_with_numbers(client, database, links):
    result, book = done(client, database, asked(client, jenis="kml", untuk="rbm", rbm="51354BKA", tanggal="2024-12-03"))  # fmt: skip
    assert (result["forms"], result["customers"], result["pages"]) == (4, 4, 2)
    said = words(book)
    assert [said.index(f"5135 4000 000{n}") for n in range(4)] == sorted(said.index(f"5135 4000 000{n}") for n in range(4))  # fmt: skip
    assert "00001/KML/51354/XII/2024" in said and "Nama 0" in said
    assert [o.title for o in book.outline if not isinstance(o, list)] == ["RBM 51354BKA"]
    assert links and all(re.fullmatch(r"http://localhost/51354/202412/formulir/[0-9a-f-]{36}", x) for x in links)  # fmt: skip
    assert client.get(links[0].removeprefix("http://localhost")).text.count("00001/KML/51354/XII/2024")  # fmt: skip


def test_numbers_go_on_within_a_kind_and_are_printed_again_the_same(client, database):
    first, book = done(client, database, asked(client, jenis="tul_ii_04", untuk="gardu", gardu="PD002", tanggal="2024-12-03"))  # fmt: skip
    then, _ = done(client, database, asked(client, jenis="tul_ii_04", untuk="idpel", idpel="5135 4000 0007", tanggal="2024-12-04"))  # fmt: skip
    assert int(then["first"][:5]) == int(first["last"][:5]) + 1
    again, same = done(client, database, asked(client, f"{U}/{first['print_id']}/cetak"))
    assert again["file"] == first["file"]
    assert words(same) == words(book)
    assert f"{first['customers']}" in client.get(U).text


def test_a_pasted_number_that_is_none_is_named_and_an_unknown_one_counted(client, database):
    said = client.post(U, data={"jenis": "kml", "untuk": "idpel", "idpel": "12345"})
    assert said.status_code == 422 and "5 angka" in said.text
    result, _ = done(client, database, asked(client, jenis="kml", untuk="idpel", idpel=f"{small.idpel(1)} 999999999999"))  # fmt: skip
    assert (result["forms"], result["unknown"]) == (1, 1)
    assert client.post(U, data={"jenis": "kml", "untuk": "rbm"}).status_code == 422


def test_who_has_paid_gets_no_notice_of_disconnection(client, database):
    result, book = done(client, database, asked(client, jenis="tul_vi_01", untuk="semua"))
    assert result["paid"] == 1 and result["forms"] == 7
    said = words(book)
    assert "5135 4000 0001" not in said
    assert "2 lembar" in said and "November 2024 sampai Desember 2024" in said
    result, _ = done(client, database, asked(client, jenis="tul_vi_01", untuk="tunggakan", lembar=2))  # fmt: skip
    assert result["forms"] == 1


def test_information_is_a_list_an_rbm_and_work_sheets_say_no_more_than_the_question(client, database):  # fmt: skip
    result, book = done(client, database, asked(client, jenis="informasi", untuk="semua", informasi="Pemadaman 12 Desember"))  # fmt: skip
    assert (result["forms"], result["customers"]) == (2, 8)
    assert "Pemadaman 12 Desember" in words(book)
    run = client.get(U).text.split('name="rencana"><option>')[1].split("<")[0]
    result, book = done(client, database, asked(client, jenis="lembar_kerja", untuk="rencana", rencana=run))  # fmt: skip
    assert (result["forms"], result["customers"]) == (1, 2)
    assert "Nama 0" not in words(book) and "kontrol" not in words(book)


def test_letters_of_all_officers_are_one_file_and_nobody_gets_a_second_number(client, database):
    days = {"dari": "2024-12-01", "sampai": "2024-12-08"}
    result, book = done(client, database, asked(client, f"{U}/surat-tugas", **days))
    assert (result["forms"], result["new"]) == (1, 1)
    assert "SURAT TUGAS" in words(book) and "PD001" in words(book) and "P-01" in words(book)
    again, _ = done(client, database, asked(client, f"{U}/surat-tugas", **days))
    assert (again["forms"], again["new"]) == (1, 0)
    assert again["file"] == result["file"]


def test_a_cancelled_print_gives_no_number(client, database):
    with database.reading() as session:
        before = forms.last_numbers(session, ulp=small.SMALL, year=2024)
    job_id = asked(client, jenis="kml", untuk="semua", tanggal="2024-12-03")

    def stop(step, done, total):
        if "drawing" in step and done > 2:
            raise Cancelled

    with database.reading() as session:
        job = jobs.job(session, ulp=small.SMALL, job_id=job_id)
        with pytest.raises(Cancelled):
            TASKS["forms"](database, job, stop)
    with database.reading() as session:
        assert forms.last_numbers(session, ulp=small.SMALL, year=2024) == before
    with database.writing() as session:
        jobs.cancel(session, ulp=small.SMALL, job_id=job_id)
    assert client.post(f"/{small.SMALL}/{small.BLTH}/pekerjaan/{job_id}/ulang").status_code == 302


def test_a_printed_form_is_never_changed(database):
    for change in ("UPDATE printed_form SET number = number + 100", "DELETE FROM form_print"):
        with pytest.raises(DBAPIError), database.writing() as session:
            session.execute(text(change))


def test_what_is_no_form_or_nobody_is_said_so(client, database):
    assert client.post(U, data={"jenis": "surat", "untuk": "rbm"}).status_code == 422
    assert client.get(f"{U}/berkas-999999.pdf").status_code == 404
    job_id = asked(client, jenis="kml", untuk="gardu", gardu="TIDAKADA")
    assert run_job(database, ulp=small.SMALL, job_id=job_id, tasks=TASKS) == jobs.FAILED
