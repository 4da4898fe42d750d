"""Daftar kerja in the browser: made, moved, taken back, carried away, filled in, decided."""

import io
import json
import uuid
from datetime import UTC, datetime

import pytest
import small_unit as small
from sqlalchemy import text

from rbmgeo.db.queries import people
from rbmgeo.fieldwork.visit import visit_of
from rbmgeo.settings import Settings
from rbmgeo.workflows.receive_visits import receive_visits
from web import create_app

U = f"/{small.SMALL}/{small.BLTH}/lapangan"


@pytest.fixture(scope="module")
def filled(make_database):
    from rbmgeo.db.session import Database

    def built(session):
        small.build(session)
        people.add_user(session, login="siti", password=small.PASSWORD, grants=[(small.SMALL, "surveyor")])  # fmt: skip

    database = Database(make_database("web_visits", filled=built))
    yield database
    database.close()


@pytest.fixture(scope="module")
def enter(filled, tmp_path_factory):
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")), filled)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False

    def client(login):
        made = app.test_client()
        assert made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD}).status_code == 302
        return made

    return client


@pytest.fixture(scope="module")
def planner(enter):
    return enter("perencana")


def asked(database, sql, **values):
    with database.reading() as session:
        return session.execute(text(sql), values).all()


def made(planner, numbers, **more):
    """Make a list of some houses for the surveyor; return its id."""
    sent = {"pekerjaan": "survei", "untuk": "idpel", "petugas": "surveyor", "mulai": "2024-12-03",
            "idpel": " ".join(small.idpel(n) for n in numbers), **more}  # fmt: skip
    answer = planner.post(f"{U}/daftar/baru/pilihan", data=sent)
    assert answer.status_code == 302, answer.text
    return answer.location.rpartition("/")[2]


def sent(order_id, number, **other):
    return visit_of({
        "client_id": str(uuid.UUID(int=number)), "order_id": order_id, "customer": None, "job": "survei",
        "outcome": "cocok", "values": {}, "photos": [], "officer": "surveyor", "place": None,
        "device_id": str(uuid.UUID(int=7)), "device_at": "2024-12-03T09:00:00+07:00", **other,
    })  # fmt: skip


def receive(database, *those):
    with database.writing() as session:
        receive_visits(session, small.SMALL, those, who="surveyor", now=datetime(2024, 12, 3, 3, tzinfo=UTC))  # fmt: skip


def test_the_survey_plan_becomes_lists_once_and_without_a_hint_at_controls(planner, filled, enter):
    page = planner.get(f"{U}/daftar/baru").text
    assert "Buat daftar survei" in page
    for word in ("1 daftar dibuat, 2 perintah", "1 sudah ada sebelumnya"):
        answer = planner.post(f"{U}/daftar/baru/rencana", data={"surveyor-1": "surveyor", "mulai": "2024-12-02"}, follow_redirects=True)  # fmt: skip
        assert answer.status_code == 200 and word in answer.text
    rows = asked(filled, "SELECT l.list_id, o.reason FROM visit_list l JOIN visit_order o USING (ulp, list_id) "
                 "WHERE l.source IS NOT NULL ORDER BY o.stop")  # fmt: skip
    assert [r.reason for r in rows] == ["temuan", "kontrol"]
    gpx = enter("surveyor").get(f"{U}/daftar/{rows[0].list_id}/berkas.gpx")
    assert gpx.status_code == 200 and "kontrol" not in gpx.text and gpx.text.count("<wpt") == 2


def test_an_officer_gets_his_own_lists_and_nobody_elses(planner, enter):
    mine = made(planner, [1])
    assert enter("surveyor").get(f"{U}/daftar/{mine}/berkas.pdf").data.startswith(b"%PDF")
    assert enter("siti").get(f"{U}/daftar/{mine}/berkas.pdf").status_code == 403
    assert enter("siti").get(f"{U}/daftar/{mine}").status_code == 403


def test_orders_move_to_another_officer_and_what_the_first_still_sends_is_taken(planner, filled):
    one = made(planner, [2])
    (order,) = asked(filled, "SELECT order_id::text FROM visit_order WHERE list_id = :l", l=one)[0]
    answer = planner.post(f"{U}/daftar/{one}/perintah", data={"aksi": "pindah", "petugas": "siti", "semua": "1"})  # fmt: skip
    other = answer.location.rpartition("/")[2]
    assert other != one
    assert asked(filled, "SELECT from_list::text, to_list::text FROM visit_move") == [(one, other)]
    receive(filled, sent(order, 40, device_at=datetime.now(UTC).isoformat()))
    page = planner.get(f"{U}/daftar/{other}").text
    assert "selesai" in page and "Semuanya dipindahkan" in planner.get(f"{U}/daftar/{one}").text
    (number,) = asked(filled, "SELECT visit_no FROM field_visit WHERE order_id = :o", o=order)[0]
    page = planner.get(f"{U}/kunjungan/{number}").text
    assert "dikerjakan petugas lain" in page.lower() and "bukan tuduhan" in page
    done = planner.post(f"{U}/daftar/{other}/perintah", data={"aksi": "pindah", "petugas": "surveyor", "semua": "1"})  # fmt: skip
    assert done.status_code >= 400, "what is done stays with who did it"


def test_an_order_is_taken_back_with_a_reason_and_stands_again(planner, filled):
    one = made(planner, [3])
    (order,) = asked(filled, "SELECT order_id::text FROM visit_order WHERE list_id = :l", l=one)[0]
    assert planner.post(f"{U}/daftar/{one}/perintah", data={"aksi": "batal", "id": order}).status_code >= 400  # fmt: skip
    for act, said in (("batal", "pelanggan pindah"), ("pulihkan", "")):
        planner.post(f"{U}/daftar/{one}/perintah", data={"aksi": act, "id": order, "alasan": said})
        page = planner.get(f"{U}/daftar/{one}").text
        assert ("pelanggan pindah" in page) is bool(said)


def test_an_excel_form_is_carried_away_filled_in_and_taken_in_once(planner, filled, tmp_path):
    from openpyxl import load_workbook

    one = made(planner, [4, 6])
    book = load_workbook(io.BytesIO(planner.get(f"{U}/daftar/{one}/berkas.xlsx").data))
    sheet = book.worksheets[0]
    head = next(r for r in range(1, 9) if sheet.cell(r, 1).value == "No")
    at = {sheet.cell(head, c).value: c for c in range(1, sheet.max_column + 1)}
    assert sheet.column_dimensions[sheet.cell(head, at["client_id"]).column_letter].hidden
    assert len(sheet.data_validations.dataValidation) >= 3

    def write(row, **values):
        for words, value in values.items():
            sheet.cell(head + row, at[words.replace("_", " ")]).value = value
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    def send(content):
        return planner.post(f"{U}/formulir", data={"berkas": (io.BytesIO(content), "dari petugas.xlsx")})  # fmt: skip

    bad = write(1, Waktu_kunjungan=datetime.fromisoformat("2024-12-03T09:30"), Hasil="Gardu lain")
    answer = send(bad)
    assert answer.status_code == 422
    assert "tidak ada yang dimuat" in answer.text and "dari petugas.xlsx" in answer.text
    good = write(1, Gardu="PD002")
    before = asked(filled, "SELECT count(*) FROM field_visit")[0][0]
    assert "1 kunjungan baru, 0 sudah pernah dimuat, 1 baris belum diisi" in send(good).text
    assert "0 kunjungan baru, 1 sudah pernah dimuat" in send(good).text
    assert asked(filled, "SELECT count(*) FROM field_visit")[0][0] == before + 1
    answer = send(write(1, Gardu="PD001"))
    assert "kedua isinya disimpan" in answer.text
    page = planner.get(f"{U}/tinjau?jenis=konflik").text
    numbers = [n for (n,) in asked(filled, "SELECT visit_no FROM field_visit WHERE client_id = (SELECT "
                                   "client_id FROM field_visit GROUP BY 1 HAVING count(*) > 1) ORDER BY 1")]  # fmt: skip
    assert len(numbers) == 2 and all(f"kunjungan {n}" in page for n in numbers)
    back = planner.post(f"{U}/kunjungan/{numbers[0]}/putusan", data={"putusan": "berlaku", "dari": "tinjau"})  # fmt: skip
    assert back.status_code == 302
    assert "Tidak ada yang menunggu" in planner.get(f"{U}/tinjau?jenis=konflik").text
    planner.post(f"{U}/kunjungan/{numbers[0]}/putusan", data={"putusan": "dibuka"})
    assert f"kunjungan {numbers[1]}" in planner.get(f"{U}/tinjau?jenis=konflik").text


def test_a_visit_of_nobody_is_given_to_a_customer_and_answers_his_order(planner, filled):
    one = made(planner, [7])
    receive(filled, sent(str(uuid.uuid4()), 50))
    page = planner.get(f"{U}/tinjau?jenis=tanpa-pelanggan").text
    (number,) = asked(filled, "SELECT visit_no FROM field_visit WHERE idpel IS NULL")[0]
    assert f"Kunjungan {number}" in page
    for _ in range(2):
        planner.post(f"{U}/kunjungan/{number}/pelanggan", data={"nomor": small.idpel(7), "perintah": "1"})  # fmt: skip
    told = asked(filled, "SELECT count(*) FROM survey_answer WHERE idpel = :i", i=small.idpel(7))
    assert told == [(1,)], "taken once, however often it is said"
    assert "Gardu benar" in planner.get(f"{U}/daftar/{one}").text
    planner.post(f"{U}/kunjungan/{number}/putusan", data={"putusan": "dibuka"})
    assert f"Kunjungan {number}" in planner.get(f"{U}/tinjau?jenis=tanpa-pelanggan").text


def test_what_cannot_be_taken_up_says_why_and_what_to_do(planner, filled):
    with filled.reading() as session:
        (order,) = session.execute(text("SELECT order_id::text FROM visit_order LIMIT 1")).one()
    receive(filled, sent(order, 60, outcome="gardu_lain", values={}))
    page = planner.get(f"{U}/tinjau?jenis=menunggu").text
    assert "wajib diisi untuk hasil ini" in page and "Hubungi petugasnya" in page
    (number,) = asked(filled, "SELECT visit_no FROM field_visit WHERE client_id = :c", c=uuid.UUID(int=60))[0]  # fmt: skip
    planner.post(f"{U}/kunjungan/{number}/putusan", data={"putusan": "ditolak", "alasan": "salah isi"})  # fmt: skip
    assert "Tidak ada yang menunggu" in planner.get(f"{U}/tinjau?jenis=menunggu").text


def test_late_orders_and_progress_are_shown_without_a_ranking(planner):
    late = planner.get(f"{U}/daftar/terlambat").text
    assert "Hari lewat" in late
    page = planner.get(f"{U}/daftar").text
    assert "bukan peringkat" in page and "map-data" in page
    data = json.loads(page.split('id="map-data">')[1].split("</script>")[0])
    assert {p["s"] for p in data["points"]} <= {f"order_{s}" for s in ("belum", "selesai", "perlu_ulang", "konflik", "batal")}  # fmt: skip
    for name in ("petugas", "daftar-kerja"):
        assert planner.get(f"{U}/daftar?unduh=csv&tabel={name}").status_code == 200
