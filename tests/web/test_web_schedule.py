"""Schedule and letters on their pages."""

import re

import small_unit as small
from sqlalchemy import text

PAGE = f"/{small.SMALL}/{small.BLTH}/jadwal-pemutakhiran"


def test_late_work_and_work_of_nobody_are_shown(as_role):
    shown = as_role("pengawas").get(PAGE).text
    assert re.search(r"terlambat, [\d.]+ hari", shown)
    assert "belum dibagi" in shown
    assert '<form class="row no-print" method="post"' not in shown, "a supervisor only reads"
    narrowed = as_role("pengawas").get(f"{PAGE}?petugas=P-01").text
    assert "PD001</td>" in narrowed and "PD002</td>" not in narrowed


def test_a_planner_moves_a_line(as_role, ids, web_database):
    client = as_role("perencana")
    line = f"{PAGE}/{ids['schedule_id']}"
    assert client.post(line, data={"petugas": "P-01", "tanggal": "2025-01-06"}).status_code == 302
    assert 'value="2025-01-06"' in client.get(PAGE).text
    assert client.post(line, data={"petugas": "P-01", "tanggal": "besok"}).status_code == 422
    client.post(line, data={"petugas": "P-01", "tanggal": "2024-12-03"})


def test_the_schedule_comes_as_a_file(as_role):
    answer = as_role("perencana").get(f"{PAGE}/daftar.csv")
    assert answer.mimetype == "text/csv"
    assert "PD001" in answer.text and "terlambat" in answer.text


def test_a_letter_is_the_same_when_it_is_printed_again(as_role, ids):
    client = as_role("perencana")
    address = f"/{small.SMALL}/{small.BLTH}/surat-tugas/{ids['year']}/{ids['number']}"

    def article():
        return re.search(r"<article.*</article>", client.get(address).text, re.S)[0]

    before = article()
    assert "001/ST/51354/XII/2024" in before and "Manajer Unit" in before and "seragam" in before
    assert "2 Desember 2024 sampai 7 Desember 2024" in before
    client.post(f"{PAGE}/{ids['schedule_id']}", data={"petugas": "", "tanggal": ""})
    client.post("/bahasa", data={"lang": "en"})
    assert article() == before
    client.post(f"{PAGE}/{ids['schedule_id']}", data={"petugas": "P-01", "tanggal": "2024-12-03"})


def test_a_letter_of_a_survey_list_counts_its_houses(as_role, ids, web_database):
    client = as_role("perencana")
    address = f"/{small.SMALL}/{small.BLTH}/surat-tugas/daftar/{ids['run_id']}/1/1"
    answer = client.post(address, data={"petugas": "P-01", "tanggal": "2024-12-05"})
    assert answer.status_code == 302
    shown = client.get(answer.location).text
    assert "5 Desember 2024" in shown and "PD001" in shown
    with web_database.writing() as session:
        kept = session.scalar(text("SELECT content->>'houses' FROM assignment_letter "
                                   "ORDER BY year DESC, number DESC LIMIT 1"))  # fmt: skip
        in_list = session.scalar(
            text(
                "SELECT count(*) FROM survey_task WHERE ulp = :u AND run_id = :r AND surveyor = 1"
            ),
            {"u": small.SMALL, "r": ids["run_id"]},
        )
    assert int(kept) == in_list
    assert client.post(address, data={"petugas": "", "tanggal": "2024-12-05"}).status_code >= 400
