"""The workbench over HTTP: If-Match and 409, what a role may, pasted text, pictures, Excel."""

import io
import json

import pytest
import small_unit as small
from openpyxl import load_workbook

from rbmgeo.db.queries import jobs, units, versions
from rbmgeo.db.session import Database
from rbmgeo.jobs.run import run_job
from rbmgeo.jobs.tasks import TASKS
from rbmgeo.settings import Settings
from rbmgeo.workflows.handoff import _made
from web import create_app
from web.exports.told import AT_ONCE

BASE = f"/{small.SMALL}/{small.BLTH}"


@pytest.fixture
def planner(make_database, tmp_path):
    """A planner on a unit of the test's own, its draft on the workbench."""
    database = Database(make_database("bench_web", filled=small.build))
    app = create_app(Settings(home=tmp_path), database)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False

    def client(login):
        made = app.test_client()
        assert made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD}).status_code == 302
        return made

    made = client("perencana")
    made.database = database
    made.bench = made.post(f"{BASE}/meja/mulai").headers["Location"]
    made.as_other = client
    yield made
    database.close()


def edit(client, bench, revision, **body):
    return client.post(f"{bench}/perintah", json=body, headers={"If-Match": f'"{revision}"'})


def move(number, rbm="51354BKB"):
    return {"aksi": "pindah", "id": [str(small.public_id(number))], "rbm": rbm, "cara": "end"}


def test_an_edit_answers_with_the_next_revision_and_what_it_costs(planner):
    answer = edit(planner, planner.bench, 0, **move(0), buka=["51354BKA"])
    assert answer.status_code == 200, answer.text
    assert answer.headers["ETag"] == '"1"'
    assert "1 pindah" in answer.json["words"] and "km" in answer.json["words"]
    assert [s[0] for s in answer.json["open"][0]["stops"]] == [
        str(small.public_id(n)) for n in (1, 2, 3)
    ]


def test_a_stale_editor_gets_409_with_who_when_and_what_and_nothing_changes(planner):
    other = planner.as_other("admin")
    assert edit(other, planner.bench, 0, **move(0)).status_code == 200
    answer = edit(planner, planner.bench, 0, **move(1))
    assert answer.status_code == 409
    (said,) = answer.json["since"]
    assert said["who"] == "admin" and "memindah 1 pelanggan" in said["words"] and said["at"]
    assert answer.json["revision"] == 1
    assert small.idpel(0) not in answer.text
    content = planner.get(f"{planner.bench}/isi?rbm=51354BKA").json
    assert len(content["open"][0]["stops"]) == 3


def test_an_edit_that_names_no_revision_is_refused(planner):
    answer = planner.post(f"{planner.bench}/perintah", json=move(0))
    assert answer.status_code == 422 and "If-Match" in answer.json["error"]


def test_a_supervisor_looks_and_does_not_edit(planner):
    other = planner.as_other("pengawas")
    page = other.get(planner.bench)
    assert page.status_code == 200 and 'id="move"' not in page.text
    assert edit(other, planner.bench, 0, **move(0)).status_code == 403
    assert planner.as_other("surveyor").get(planner.bench).status_code == 403


def test_pasted_text_names_whom_it_found_and_what_it_did_not(planner):
    text = f"{small.idpel(1)} dan 999999999999"
    found = planner.post(f"{planner.bench}/pilih", json={"teks": text}).json
    assert [r["id"] for r in found["rows"]] == [str(small.public_id(1))]
    assert found["unknown"] == ["999999999999"]


def test_a_workbook_goes_out_and_comes_back_as_one_edit(planner):
    content = planner.get(f"{planner.bench}.xlsx").data
    book = load_workbook(io.BytesIO(content))
    sheet = book.active
    row = next(r for r in sheet.iter_rows() if r[0].value == small.idpel(0))
    row[1].value, row[2].value = "51354BKB", 77
    edited = io.BytesIO()
    book.save(edited)
    edited.seek(0)
    answer = planner.post(f"{planner.bench}/excel", data={"revisi": "0", "berkas": (edited, "draf.xlsx")},
                          content_type="multipart/form-data", follow_redirects=True)  # fmt: skip
    assert answer.status_code == 200 and "51354BKB 077/00" in answer.text
    assert "1 pelanggan" in answer.text


def test_a_long_draft_becomes_a_workbook_by_a_job_for_those_who_may_open_the_draft(
    planner, monkeypatch
):
    short = planner.get(f"{planner.bench}.xlsx").data
    monkeypatch.setitem(AT_ONCE, "xlsx", 1)
    said = planner.get(f"{planner.bench}.xlsx")
    assert said.status_code == 302
    number = int(said.location.rpartition("/")[2])
    assert run_job(planner.database, ulp=small.SMALL, job_id=number, tasks=TASKS) == jobs.DONE
    made = planner.get(f"{BASE}/tabel/{number}")
    rows = [[[c.value for c in r] for r in load_workbook(io.BytesIO(b)).active.iter_rows()] for b in (short, made.data)]  # fmt: skip
    assert rows[0] == rows[1]
    assert planner.as_other("surveyor").get(f"{BASE}/tabel/{number}").status_code == 403


def test_a_picture_is_small_and_the_page_of_differences_fits(planner):
    edit(planner, planner.bench, 0, **move(0))
    png = planner.get(f"{planner.bench}/gambar/51354BKB.png")
    assert png.status_code == 200 and png.data[:4] == b"\x89PNG" and len(png.data) <= 300_000
    for wrong in (
        {"aksi": "x"},
        {"aksi": "pindah", "id": ["x"]},
        {"aksi": "nomor", "id": "x", "nomor": 1},
    ):
        assert edit(planner, planner.bench, 1, **wrong).status_code == 422
    assert planner.get(f"{BASE}/meja/beda").status_code == 200


def test_a_version_used_again_hands_over_the_same_bytes(planner):
    boss = planner.as_other("pengawas")

    def publish(bench, month):
        page = boss.get(bench).text
        seen = page.split('data-revision="')[1].split('"')[0]
        boss.post(f"{bench}/tinjau", data={"revisi": seen, "putusan": "setuju"})
        answer = planner.post(
            f"{bench}/terbit", data={"revisi": str(int(seen) + 1), "mulai": month}
        )
        assert answer.status_code == 302, answer.text
        return int(bench.rsplit("/", 1)[1])

    def handed(version_id):
        database = planner.application.extensions["rbmgeo"][1]
        with database.reading() as session:
            version = versions.version(session, ulp=small.SMALL, version_id=version_id)
            files, _, _ = _made(session, small.SMALL, "cater", small.BLTH, version, "umum", "csv")
        return [(f.name, f.content) for f in files]

    planner.post(f"{planner.bench}/ajukan", data={"revisi": "0"})
    first = publish(planner.bench, small.BLTH)
    bytes_first = handed(first)
    second = planner.post(f"{BASE}/meja/mulai").headers["Location"]
    edit(planner, second, 0, **move(0))
    planner.post(f"{second}/ajukan", data={"revisi": "1"})
    changed = publish(second, small.BLTH)
    assert handed(changed) != bytes_first
    back = planner.post(f"{BASE}/meja/{first}/pakai-lagi").headers["Location"]
    assert handed(publish(back, small.BLTH)) == bytes_first
    again = planner.post(f"{BASE}/meja/{changed}/pakai-lagi").headers["Location"]
    assert handed(publish(again, small.BLTH)) == handed(changed)


def test_customers_are_pinned_by_what_was_chosen_and_seen_so_in_the_list(planner):
    chosen = [str(small.public_id(n)) for n in (0, 1)]
    answer = edit(planner, planner.bench, 0, aksi="pin", id=chosen, buka=["51354BKA"])
    assert answer.status_code == 200, answer.text
    assert [s[7] for s in answer.json["open"][0]["stops"]] == [1, 1, 0, 0]
    refused = edit(planner, planner.bench, 1, **move(0))
    assert refused.status_code == 403 and "dikunci" in refused.json["error"]
    assert edit(planner, planner.bench, 1, aksi="unpin", id=chosen).status_code == 200
    assert edit(planner, planner.bench, 2, **move(0)).status_code == 200


def test_today_is_drawn_beside_the_draft_and_two_states_on_one_map(planner):
    edit(planner, planner.bench, 0, **move(0))
    today = planner.get(f"{planner.bench}/isi?rbm=51354BKA&lalu=1").json["today"]
    assert len(today["51354BKA"]) == 4
    page = planner.get(f"{BASE}/meja/beda").text
    assert "data-two" in page and small.idpel(0)[:4] in page
    version = planner.bench.rsplit("/", 1)[1]
    before = page.split('name="dari"')[1].split(" selected")[0].rsplit('value="', 1)[1].rstrip('"')
    walks = planner.get(f"{BASE}/meja/beda/isi?dari={before}&ke={version}&rbm=51354BKB").json
    assert [s[3] for s in walks["rbm"][0]["after"]].count("moved") == 1
    assert small.idpel(0) not in json.dumps(walks)
    png = planner.get(f"{BASE}/meja/beda/gambar?dari={before}&ke={version}&rbm=51354BKB")
    assert png.data[:4] == b"\x89PNG" and "51354BKB.png" in png.headers["Content-Disposition"]
    assert planner.get(f"{BASE}/meja/beda.xlsx?dari={before}&ke={version}").status_code == 200
    month = planner.get(f"{BASE}/meja/bulan", follow_redirects=True).text
    assert "Rute digambar" in month and 'data-rbm="51354BKA"' in month
    assert planner.get(f"/{small.SMALL}/199901/meja/bulan").status_code == 409
    for wrong in ("x", "d200001", "999999"):
        assert planner.get(f"{BASE}/meja/beda?dari={wrong}&ke={version}").status_code in (404, 409, 422)  # fmt: skip


def test_settings_of_routes_are_kept_by_a_planner_and_read_by_a_supervisor(planner):
    home = f"{BASE}/rute/setelan"
    assert "Menyeberang jalan" in planner.get(home).text
    sent = {"kecil": "7,5", "besar": "30", "persimpangan": "1", "jalan:residential": "2", "jalan:service": ""}  # fmt: skip
    page = planner.post(f"{home}/menyeberang", data=sent, follow_redirects=True).text
    assert 'value="7.5"' in page and 'name="jalan:residential"' in page
    assert planner.post(f"{home}/menyeberang", data=sent | {"kecil": "-1"}).status_code == 422
    assert planner.post(f"{home}/awal", data={"awal": "office"}).status_code == 422
    at = {"awal": "office", "lintang": "-7,65", "bujur": "112.69"}
    assert 'value="-7.65"' in planner.post(f"{home}/awal", data=at, follow_redirects=True).text
    own = planner.post(f"{home}/awal-rbm", data={"rbm": "51354BKA", "awal": "gardu"}, follow_redirects=True)  # fmt: skip
    assert own.text.count("gardu dengan pelanggan terbanyak") > 2
    assert planner.post(f"{home}/awal-rbm", data={"rbm": "51354BKA"}).status_code == 302
    load = {"laju": "1,1", "layan": "50", "memutar": "1,3", "hemat": "4", "hemat_m": "100", "min": "100", "maks": "500", "geser": "2"}  # fmt: skip
    assert planner.post(f"{home}/beban", data=load).status_code == 302
    assert planner.post(f"{home}/beban", data=load | {"min": "600"}).status_code == 422
    assert 'value="41500"' in planner.post(f"{home}/daya", data={"daya": "41500"}, follow_redirects=True).text  # fmt: skip
    assert planner.post(f"{home}/daya", data={"daya": "-1"}).status_code == 422
    database = planner.application.extensions["rbmgeo"][1]
    with database.reading() as session:
        kept = units.unit_settings(session, ulp=small.SMALL)
    assert kept.pln_read_over_va == 41_500
    assert (kept.crossing_m, kept.large_at_junctions, kept.crossing_by_road) == (7.5, True, {"residential": 2})  # fmt: skip
    assert (kept.walk_start, kept.office, kept.walk_start_by_rbm) == ("office", (112.69, -7.65), {})
    assert (kept.min_gain_share, kept.capacity_max) == (0.04, 500)
    boss = planner.as_other("pengawas")
    assert "Simpan" not in boss.get(home).text
    assert boss.post(f"{home}/awal", data=at).status_code == 403


def test_reading_days_on_days_off_are_said_and_moved(planner):
    home = f"{BASE}/jadwal-baca"
    planner.post(f"{home}/tanggal", data={"hari": "Z", "tanggal": "2024-12-22"})
    page = planner.get(home).text
    assert "Hari baca Z jatuh pada 22 Des 2024 (hari Minggu)" in page
    page = planner.post(f"{home}/tanggal/geser", follow_redirects=True).text
    assert "digeser" in page and "jatuh pada" not in page
    assert planner.post(f"{home}/tanggal", data={"hari": "Z", "tanggal": "1999-01-01"}).status_code == 422  # fmt: skip
    assert planner.as_other("pengawas").post(f"{home}/tanggal/geser").status_code == 403
