"""Sheets from the pages: one at once, all as a job whose file holds the whole version."""

import io
from datetime import UTC, datetime

import pytest
import small_unit as small
from pypdf import PdfReader

from rbmgeo.db.queries import jobs, versions
from rbmgeo.jobs.run import Cancelled, run_job
from rbmgeo.jobs.tasks import TASKS
from rbmgeo.workflows.sheet_files import KEPT, SheetFiles, make_book

U = f"/{small.SMALL}/{small.BLTH}/lembar"
pytestmark = pytest.mark.database


def pdf(answer):
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/pdf"
    return PdfReader(io.BytesIO(answer.data))


def test_one_rbm_and_one_gardu_come_as_a_sheet_with_its_table(as_role, ids):
    client = as_role("pengawas")
    pages = pdf(client.get(f"{U}/rbm/51354BKA.pdf?versi={ids['version_id']}")).pages
    assert "Peta RBM 51354BKA" in pages[0].extract_text()
    assert "DRAF" in pages[0].extract_text()
    listed = pages[1].extract_text()
    assert [f"5135 4000 {n:04d}" in listed for n in range(8)] == [True] * 4 + [False] * 4
    gardu = pdf(client.get(f"{U}/gardu/PD002.pdf")).pages
    assert "Peta Gardu PD002" in gardu[0].extract_text()
    assert client.get(f"{U}/rbm/TIDAKADA.pdf").status_code == 404


def test_no_name_of_a_customer_is_printed(as_role):
    pages = pdf(as_role("pengawas").get(f"{U}/rbm/51354BKA.pdf")).pages
    assert not any("Nama 0" in p.extract_text() for p in pages)


def test_all_sheets_are_one_job_and_hold_the_version_whole(as_role, web_database, ids):
    client = as_role("perencana")
    asked = client.post(U, data={"jenis": "rbm", "versi": ids["version_id"]})
    job_id = int(asked.headers["Location"].rpartition("/")[2])
    assert run_job(web_database, ulp=small.SMALL, job_id=job_id, tasks=TASKS) == jobs.DONE
    with web_database.reading() as session:
        result = jobs.job(session, ulp=small.SMALL, job_id=job_id).result
        whole = versions.members(session, ulp=small.SMALL, version_id=ids["version_id"])
    assert result["listed"] == result["drawn"] == len(whole)
    book = pdf(client.get(f"{U}/{job_id}.pdf"))
    assert [o.title for o in book.outline] == ["Peta RBM 51354BKA", "Peta RBM 51354BKB"]
    assert len(book.pages) == result["pages"]
    text = " ".join(p.extract_text() for p in book.pages)
    assert all(text.count(f"{i[:4]} {i[4:8]} {i[8:]}") == 1 for i in whole.index)
    assert f"{job_id}.pdf" in client.get(U).text
    with web_database.writing() as session:
        session.delete(jobs.job(session, ulp=small.SMALL, job_id=job_id))


def test_a_cancelled_job_keeps_no_file(web_database, tmp_path):
    def stop(step, done, total):
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        make_book(
            web_database, tmp_path, small.SMALL, kind="rbm", blth=small.BLTH,
            at=datetime(2024, 12, 1, tzinfo=UTC), version_id=None, address="", progress=stop,
        )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_only_the_newest_files_are_kept(tmp_path):
    files = SheetFiles.of(tmp_path, small.SMALL)
    names = [files.keep(str(n).encode()) for n in range(KEPT + 2)]
    assert sum(files.has(n) for n in names) == KEPT
    assert files.read(names[-1]) == str(KEPT + 1).encode()


def test_a_kind_that_is_none_and_a_file_that_is_not_there_are_said_so(as_role):
    client = as_role("perencana")
    assert client.post(U, data={"jenis": "unit"}).status_code == 422
    assert client.get(f"{U}/999999.pdf").status_code == 404
