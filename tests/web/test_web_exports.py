"""Every table of every page as Excel, CSV and PDF, read back by programs of others."""

import csv
import io
import re
from pathlib import Path

import openpyxl
import pytest
import small_unit as small
from lxml import html
from pypdf import PdfReader
from test_web_access import routes
from werkzeug.exceptions import HTTPException

from rbmgeo.db.queries import jobs
from rbmgeo.errors import NotAllowed
from rbmgeo.jobs.run import Cancelled, run_job
from rbmgeo.jobs.tasks import TASKS
from rbmgeo.workflows import table_files
from web.exports import answer
from web.exports import job as program
from web.exports.told import Told
from web.language import num
from web.pages import first

pytestmark = pytest.mark.database
TEMPLATES = Path(__file__).resolve().parents[2] / "web/templates"
U = f"/{small.SMALL}/{small.BLTH}"
#: Tables that are no list of data, and why they have no files of their own.
WITHOUT = {
    "audit.html": "the answer to a form has no address",
    "rights.html": "the same",
    "accounts.html": "faults of a file just sent, and the columns of the template",
    "accounts_made.html": "first passwords: shown once, printed, in no file",
    "answers.html": "faults of a file just sent: the answer to a form has no address",
    "own.html": "the same",
    "api.html": "documentation of addresses",
    "letter.html": "a letter; it has its own PDF",
    "plans.html": "the three cards say what the table below them says of all plans",
    "route_settings.html": "a form",
    "wizard_map.html": "the first lines of a file being sent",
    "wizard_mapping.html": "the same, and a form",
}


def test_every_table_of_the_templates_has_a_name_or_a_reason_to_have_none():
    bare = set()
    for path in TEMPLATES.glob("*.html"):
        for tag in re.findall(r"<table[^>]*>", path.read_text()):
            name = re.search(r'data-table="([^"]+)"', tag)
            if name is None:
                bare.add(path.name)
    assert bare == set(WITHOUT)


def pages_with_tables(app, client, ids):
    for endpoint, method, address in routes(app, ids):
        plain = method == "GET" and not re.search(r"[.]\w+$|^/(api|static)/", address)
        if not plain:
            continue
        page = client.get(address)
        if page.status_code == 200 and page.mimetype == "text/html" and "<table" in page.text:
            yield endpoint, html.fromstring(page.text)


def test_every_table_that_is_shown_offers_its_files_and_they_hold_its_rows(app, ids, as_role):
    client, seen = as_role("perencana"), 0
    for endpoint, page in pages_with_tables(app, client, ids):
        for table in page.xpath("//table[@data-table]"):
            name, rows = table.get("data-table"), len(table.xpath("./tbody/tr"))
            links = {a.text: a.get("href") for a in page.xpath('//p[contains(@class,"exports")]/a')
                     if f"tabel={name}&" in a.get("href") + "&"}  # fmt: skip
            assert set(links) == {"Excel", "CSV", "PDF"}, (endpoint, name)
            got = client.get(links["CSV"])
            assert got.status_code == 200, (endpoint, name, got.text)
            lines = list(csv.reader(io.StringIO(got.text)))
            assert len(lines) == rows + 1, (endpoint, name)
            assert len({len(line) for line in lines}) == 1, (endpoint, name)
            assert "\ue0a0" not in got.text, (endpoint, name)
            seen += 1
    assert seen > 25


def got(client, address, kind):
    file = client.get(f"{address}{'&' if '?' in address else '?'}unduh={kind}")
    assert file.status_code == 200, file.text
    return file


def test_excel_csv_and_pdf_hold_the_same_rows_sums_and_idpel(as_role):
    client = as_role("perencana")
    address = f"{U}/lembar-pertama/pelanggan?tabel=pelanggan"
    told = list(csv.reader(io.StringIO(got(client, address, "csv").text)))
    sheet = openpyxl.load_workbook(io.BytesIO(got(client, address, "xlsx").data)).active
    grid = [[c.value for c in row] for row in sheet.iter_rows()]
    head = next(n for n, row in enumerate(grid) if row[0] == "IDPEL")
    assert sheet.freeze_panes == f"A{head + 2}"
    idpels = [row[0] for row in grid[head + 1 :]]
    assert idpels == [line[0] for line in told[1:]] and all(isinstance(i, str) for i in idpels)
    assert sum(row[4] for row in grid[head + 1 :]) == sum(float(line[4]) for line in told[1:])
    paper = PdfReader(io.BytesIO(got(client, address, "pdf").data))
    words = " ".join(p.extract_text() for p in paper.pages)
    assert all(f"{i[:4]} {i[4:8]} {i[8:]}" in words for i in idpels)
    assert "ULP 51354 Pandaan" in words and "halaman 1 dari" in words


def test_every_page_of_a_list_is_in_the_file_in_order_and_once(as_role, monkeypatch):
    client = as_role("perencana")
    address = f"{U}/lembar-pertama/pelanggan?tabel=pelanggan"
    whole = got(client, address, "csv").text
    monkeypatch.setattr(answer, "SIZE", 3)
    assert got(client, address, "csv").text == whole
    assert len(whole.splitlines()) == 1 + 8


def test_a_number_said_in_words_among_given_values_is_written_out(as_role, monkeypatch):
    """Found on a unit of 150,000: a mark stood in the file where a cell joined number and word."""
    monkeypatch.setattr(first, "_cells", lambda rows: [[f"{num(1234)} lain", *"abcdef"]])
    text = got(as_role("perencana"), f"{U}/lembar-pertama/pelanggan?tabel=pelanggan", "csv").text
    assert text.splitlines()[1:] == ["1.234 lain,a,b,c,d,e,f"]


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize(
    "address", ["lembar-pertama/pelanggan?tabel=pelanggan", "energi/dlpd?tabel=dlpd"]
)
def test_rows_given_as_values_are_those_that_the_page_writes(as_role, monkeypatch, address, lang):
    client = as_role("perencana")
    client.post("/bahasa", data={"lang": lang})
    given = got(client, f"{U}/{address}", "csv").text
    monkeypatch.setattr(answer, "Told", lambda *a, **k: Told(*a, **{**k, "direct": False}))
    read = got(client, f"{U}/{address}", "csv").text
    assert given == read
    assert len(given.splitlines()) > 1


def test_filters_and_language_of_the_page_are_those_of_the_file(as_role):
    client = as_role("perencana")
    address = f"{U}/temuan?jenis=hanya_rbm&tabel=temuan"
    assert len(got(client, address, "csv").text.splitlines()) == 1 + 1
    assert got(client, address, "csv").text.startswith("IDPEL,Jenis,RBM")
    client.post("/bahasa", data={"lang": "en"})
    assert got(client, address, "csv").text.startswith("IDPEL,Kind,RBM")


def test_whoever_may_not_see_a_page_gets_no_file_of_it(as_role):
    client = as_role("surveyor")
    assert client.get(f"{U}/temuan?tabel=temuan&unduh=csv").status_code == 403
    assert client.get(f"{U}/survei?tabel=daftar&unduh=csv").status_code == 403


def test_a_file_or_table_that_is_none_is_said_so(as_role):
    client = as_role("perencana")
    assert client.get(f"{U}/rute?tabel=versi&unduh=doc").status_code == 422
    assert client.get(f"{U}/rute?tabel=tidak-ada&unduh=csv").status_code == 409


def asked_for(client, address):
    said = client.get(f"{address}&unduh=csv")
    assert said.status_code == 302
    return int(said.location.rpartition("/")[2])


def run(database, job_id):
    return run_job(database, ulp=small.SMALL, job_id=job_id, tasks=TASKS)


@pytest.fixture
def long_table(as_role, monkeypatch):
    """A table that is long by decree: its file in one go, and the job that was asked for."""
    client = as_role("perencana")
    address = f"{U}/lembar-pertama/pelanggan?tabel=pelanggan"
    whole = got(client, address, "csv").text
    monkeypatch.setitem(answer.AT_ONCE, "csv", 5)
    return client, whole, asked_for(client, address)


def test_what_a_job_writes_is_the_same_file_whoever_asked_still_being_allowed(
    long_table, web_database, tmp_path, monkeypatch
):
    _, whole, job_id = long_table
    monkeypatch.setattr(program, "SIZE", 3)
    with web_database.reading() as session:
        args = jobs.job(session, ulp=small.SMALL, job_id=job_id).args
    order = {**args, "database": web_database.url, "file": str(tmp_path / "t.csv")}
    assert program.written({**order, "who": "perencana"}) == 8
    assert (tmp_path / "t.csv").read_text() == whole
    for who in ("surveyor", "tidak-ada"):
        with pytest.raises((HTTPException, NotAllowed)):
            program.written({**order, "who": who})


#: Stands for the program that asks the page: it takes its order and tells what is done.
WRITES = (
    "import json,sys; o=json.loads(sys.stdin.readline()); open(o['file'],'w').write('IDPEL\\n1\\n');"
    "print(json.dumps({'done':1,'total':2}),flush=True); %s; print(json.dumps({'rows':1}),flush=True)"
)


def test_a_long_table_is_a_job_with_its_file_for_those_who_may_see_the_page(
    long_table, web_database, as_role, monkeypatch
):
    client, _, job_id = long_table
    monkeypatch.setattr(table_files, "PROGRAM", ("-c", WRITES % "0"))
    assert run(web_database, job_id) == jobs.DONE
    assert "Unduh pelanggan-51354-202412.csv" in client.get(f"{U}/pekerjaan/{job_id}").text
    assert client.get(f"{U}/tabel/{job_id}").text == "IDPEL\n1\n"
    assert as_role("surveyor").get(f"{U}/tabel/{job_id}").status_code == 403


def test_a_cancelled_table_leaves_nothing_and_can_be_asked_for_again(
    long_table, web_database, monkeypatch
):
    client, _, job_id = long_table
    monkeypatch.setattr(table_files, "PROGRAM", ("-c", WRITES % "input()"))

    def stop(step, done, total):
        raise Cancelled

    with web_database.reading() as session:
        job = jobs.job(session, ulp=small.SMALL, job_id=job_id)
        room = Path(job.args["home"]) / "tables"
        before = sorted(room.rglob("*"))
        with pytest.raises(Cancelled):
            TASKS["table"](web_database, job, stop)
    assert sorted(p for p in room.rglob("*") if p.is_file()) == [p for p in before if p.is_file()]
    client.post(f"{U}/pekerjaan/{job_id}/batal")
    again = client.post(f"{U}/pekerjaan/{job_id}/ulang")
    assert again.status_code == 302
    assert not again.location.endswith(f"/{job_id}")


@pytest.mark.drill
def test_the_program_itself_writes_the_file(long_table, web_database):
    client, whole, job_id = long_table
    assert run(web_database, job_id) == jobs.DONE
    assert client.get(f"{U}/tabel/{job_id}").text == whole
