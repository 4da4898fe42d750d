"""Berita acara: issued once with a number, the same bytes ever after, closed by the signed scan."""

import io
from datetime import date

import pytest
import small_unit as small
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from rbmgeo.db.queries import deeds, jobs, versions
from rbmgeo.db.session import Database
from rbmgeo.errors import NotAllowed
from rbmgeo.jobs.run import run_job
from rbmgeo.jobs.tasks import TASKS
from rbmgeo.settings import Settings, UnitSettings
from rbmgeo.workflows.deeds import issue_deeds
from rbmgeo.workflows.handoff import hand_over
from web import create_app

U = f"/{small.SMALL}/{small.BLTH}/berita-acara"
pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def handed(make_database):
    """The small unit with its draft published and handed over to AP2T."""
    database = Database(make_database("deeds", filled=small.build))
    with database.writing() as session:
        number = small.facts(session)["version_id"]
        versions.publish(
            session, ulp=small.SMALL, version_id=number, effective_blth=small.BLTH, who="a"
        )
    with database.writing() as session:
        hand_over(session, small.SMALL, "ap2t", small.BLTH, who="a", version_id=number)
    yield database, number
    database.close()


@pytest.fixture(scope="module")
def client(handed, tmp_path_factory):
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")), handed[0])
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False
    made = app.test_client()
    assert (
        made.post("/masuk", data={"nama": "perencana", "sandi": small.PASSWORD}).status_code == 302
    )
    return made


@pytest.fixture(scope="module")
def issued(handed, client):
    database, number = handed
    asked = client.post(U, data={"versi": number, "tanggal": "2024-12-23"})
    job_id = int(asked.headers["Location"].rpartition("/")[2])
    assert run_job(database, ulp=small.SMALL, job_id=job_id, tasks=TASKS) == jobs.DONE
    with database.reading() as session:
        found = deeds.deeds(session, ulp=small.SMALL)
        session.expunge_all()
    return found


def test_every_rbm_has_one_deed_with_a_number_of_its_own(issued):
    assert [(d.rbm, d.full_number) for d in reversed(issued)] == [
        ("51354BKA", "001/BA-RBM/51354/XII/2024"), ("51354BKB", "002/BA-RBM/51354/XII/2024"),
    ]  # fmt: skip


def test_the_numbers_are_those_of_the_version_that_was_handed_over(handed, issued):
    database, number = handed
    with database.reading() as session:
        whole = versions.members(session, ulp=small.SMALL, version_id=number)
        kwh = session.scalar(text("SELECT kwh FROM handoff ORDER BY handoff_id DESC LIMIT 1"))
    assert sum(d.content["customers"] for d in issued) == len(whole)
    told = [d.content["kwh"] for d in issued if d.content["kwh"] is not None]
    assert (sum(map(float, told)) if told else None) == (None if kwh is None else float(kwh))


def test_the_paper_says_it_in_words_and_the_workbook_lists_everybody(client, issued):
    first = issued[-1]
    paper = client.get(f"{U}/{first.year}/{first.number}.pdf")
    said = " ".join(
        " ".join(p.extract_text() for p in PdfReader(io.BytesIO(paper.data)).pages).split()
    )
    for words in (
        first.full_number, first.sha256, "Senin, tanggal dua puluh tiga bulan Desember",
        "4 (empat) pelanggan", "PIHAK PERTAMA", "Manajer ULP", "belum diverifikasi", "PD001",
        "Peta sebelum dan sesudah", "Nomor: ",
    ):  # fmt: skip
        assert words in said, words
    assert "Nama 0" not in said
    book = load_workbook(io.BytesIO(client.get(f"{U}/{first.year}/{first.number}.xlsx").data))
    listed = [r[0].value for r in book["Pelanggan"].iter_rows(min_row=3)]
    assert listed == [small.idpel(n) for n in range(4)]


def test_issued_again_nothing_is_new_and_the_bytes_stay(handed, client, issued):
    database, number = handed
    first = issued[-1]
    before = client.get(f"{U}/{first.year}/{first.number}.pdf").data
    with database.writing() as session:
        again = issue_deeds(session, small.SMALL, small.BLTH, on=date(2024, 12, 24), who="a", version_id=number)  # fmt: skip
    assert (again.deeds, again.known) == (0, 2)
    assert client.get(f"{U}/{first.year}/{first.number}.pdf").data == before
    assert client.get(f"{U}/versi-{number}.zip").data[:2] == b"PK"


def test_a_draft_has_no_deeds(handed):
    database, _ = handed
    with database.writing() as session:
        draft = versions.add_draft(session, ulp=small.SMALL, note="uji", who="a")
        with pytest.raises(NotAllowed):
            issue_deeds(session, small.SMALL, small.BLTH, on=date(2024, 12, 23), who="a", version_id=draft)  # fmt: skip
        session.rollback()


def test_the_signed_scan_closes_a_deed_for_good(handed, client, issued):
    database, _ = handed
    first = issued[-1]
    address = f"{U}/{first.year}/{first.number}/tanda-tangan"
    held = io.BytesIO()
    Image.new("RGB", (200, 300)).save(held, "JPEG")
    refused = client.post(address, data={"pindaian": (io.BytesIO(b"<script>"), "ttd.jpg")})
    assert refused.status_code == 422
    assert client.get(f"{address}.pdf").status_code == 404
    done = client.post(address, data={"pindaian": (io.BytesIO(held.getvalue()), "ttd.jpg")})
    assert done.status_code == 302
    assert "ditandatangani" in client.get(f"{U}/{first.year}/{first.number}").text
    assert len(PdfReader(io.BytesIO(client.get(f"{address}.pdf").data)).pages) == 1
    again = client.post(address, data={"pindaian": (io.BytesIO(held.getvalue()), "ttd.jpg")})
    assert again.status_code == 403
    for sql in ("UPDATE handover_deed SET signed_by = 'x'", "UPDATE handover_deed SET rbm = 'x'", "DELETE FROM handover_deed"):  # fmt: skip
        with pytest.raises(DBAPIError), database.writing() as session:
            session.execute(text(sql))


def test_a_pattern_that_numbers_nothing_is_refused():
    for pattern in ("BA/{ulp}", "{number}/{nama}", "{number"):
        with pytest.raises(ValueError, match="deed_number"):
            UnitSettings(deed_number=pattern)


def test_all_deeds_of_a_version_are_one_file_with_a_bookmark_each(handed, client, issued):
    database, version = handed
    asked = client.post(f"{U}/versi-{version}")
    job_id = int(asked.headers["Location"].rpartition("/")[2])
    assert run_job(database, ulp=small.SMALL, job_id=job_id, tasks=TASKS) == jobs.DONE
    book = PdfReader(io.BytesIO(client.get(f"{U}/berkas-{job_id}.pdf").data))
    with database.reading() as session:
        known = [d for d in deeds.summaries(session, ulp=small.SMALL) if d["version_id"] == version]
        parts = [PdfReader(io.BytesIO(pdf)) for _, _, pdf, _ in
                 deeds.files_of(session, ulp=small.SMALL, version_id=version)]  # fmt: skip
    tops = [o.title for o in book.outline if not isinstance(o, list)]
    assert sorted(tops) == sorted(f"RBM {d['rbm']}, {d['full_number']}" for d in known)
    issued_pages = [p.extract_text() for part in parts for p in part.pages]
    assert [p.extract_text() for p in book.pages] == issued_pages, "nothing is drawn anew"
    below = [o.title for part in book.outline if isinstance(part, list) for o in part]
    assert "Lampiran 1. Peta sebelum dan sesudah" in below
    assert f"berita-acara-{small.SMALL}-versi-{version}.pdf" in client.get(f"/{small.SMALL}/{small.BLTH}/pekerjaan/{job_id}").text  # fmt: skip
    assert client.get(f"{U}/berkas-999999.pdf").status_code == 404


def test_a_version_without_deeds_cannot_be_bound(handed, client):
    database, _ = handed
    job_id = int(client.post(f"{U}/versi-99").headers["Location"].rpartition("/")[2])
    assert run_job(database, ulp=small.SMALL, job_id=job_id, tasks=TASKS) == jobs.FAILED
    assert "belum punya berita acara" in client.get(f"/{small.SMALL}/{small.BLTH}/pekerjaan/{job_id}").text  # fmt: skip
