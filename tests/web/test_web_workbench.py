"""The workbench over HTTP: If-Match and 409, what a role may, pasted text, pictures, Excel."""

import io

import pytest
import small_unit as small
from openpyxl import load_workbook

from rbmgeo.db.queries import versions
from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from rbmgeo.workflows.handoff import _made
from web import create_app

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
