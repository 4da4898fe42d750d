"""Tunggakan and what came of the field's jobs in the browser: who may, what is said, what is kept."""

import uuid
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import small_unit as small
from sqlalchemy import text

from rbmgeo.db.models import Receivable
from rbmgeo.db.queries import visits
from rbmgeo.db.session import Database
from rbmgeo.fieldwork.visit import visit_of
from rbmgeo.settings import Settings
from rbmgeo.workflows.forms import Choice, issue_forms
from rbmgeo.workflows.receive_visits import receive_visits
from web import create_app

BASE = f"/{small.SMALL}/{small.BLTH}"
PAGE = f"{BASE}/tunggakan"
DONE = f"{BASE}/hasil-lapangan"
PHOTO = "c" * 64


def built(session):
    """House 0 owes a sheet, house 1 two, house 2 paid; one print each of TUL VI-01 and information."""
    small.build(session)
    for n, month, paid in ((0, "202411", None), (1, "202410", None), (1, "202411", None),
                           (2, "202411", date(2024, 11, 9))):  # fmt: skip
        session.add(Receivable(ulp=small.SMALL, blth=month, idpel=small.idpel(n), paid_on=paid))
    session.flush()
    told = {"blth": small.BLTH, "on": date(2024, 12, 3), "who": "perencana"}
    people = tuple(small.idpel(n) for n in range(3))
    issue_forms(session, small.SMALL, kind="tul_vi_01", choice=Choice("idpel", people), **told)
    issue_forms(session, small.SMALL, kind="informasi", choice=Choice("rbm", ("51354BKA",)),
                subject="Brosur hemat", **told)  # fmt: skip
    visits.add_photo(session, ulp=small.SMALL, sha256=PHOTO, suffix=".jpg", size=9, who="siti")


@pytest.fixture
def database(make_database):
    made = Database(make_database("arrears", filled=built))
    yield made
    made.close()


@pytest.fixture
def client(database, tmp_path):
    app = create_app(Settings(home=tmp_path), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False

    def enter(login):
        made = app.test_client()
        assert made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD}).status_code == 302
        return made

    return enter


def one(database, sql, **values):
    with database.reading() as session:
        return session.scalar(text(sql), values)


def ordered(client, database):
    """Order the cuts of the print; return the planner's client."""
    planner = client("perencana")
    number = one(database, "SELECT print_id FROM form_print WHERE kind = 'tul_vi_01'")
    told = {"cetakan": number, "petugas": "surveyor", "tanggal": "2024-12-05", "penandatangan": "Manajer ULP"}  # fmt: skip
    assert planner.post(f"{PAGE}/perintah", data=told).status_code == 302
    return planner


def cut(database, at):
    order = one(database, "SELECT order_id::text FROM visit_order WHERE job = 'putus'")
    it = visit_of({
        "client_id": str(uuid.UUID(int=5)), "order_id": order, "customer": None, "job": "putus",
        "outcome": "diputus", "officer": "surveyor", "place": None,
        "device_id": str(uuid.UUID(int=9)), "device_at": at.isoformat(),
        "values": {"cek_waktu": f"{at - timedelta(minutes=1):%d-%m-%Y %H:%M}", "cek_sumber": "hp",
                   "cek_hasil": "belum_lunas", "cara": "mcb_off_segel", "nomor_segel": "SEGEL-9",
                   "stand_kwh": 1250, "lembar_kedua": True},
        "photos": [{"sha256": PHOTO, "kind": k, "bytes": 9} for k in ("kwh_diputus", "cek_layar")],
    })  # fmt: skip
    with database.writing() as session:
        receive_visits(session, small.SMALL, [it], who="surveyor", now=datetime.now(UTC))


def test_the_list_says_whose_each_is_and_surveyors_do_not_see_it(client):
    page = client("pengawas").get(PAGE).text
    assert "boleh diputus" in page and "Perusahaan lain" in page
    assert small.public_id(0).hex[:8] in page and small.idpel(2)[:4] + " 5400 0002" not in page
    assert client("surveyor").get(PAGE).status_code == 403
    assert "tanggung jawab perusahaan lain" in client("pengawas").get(f"{PAGE}?keadaan=perusahaan_lain").text  # fmt: skip


def test_cuts_are_ordered_of_a_print_and_the_others_are_left_with_their_reason(client, database):
    planner = ordered(client, database)
    page = planner.get(f"{PAGE}/perintah").text
    assert "1 pemutusan diperintahkan" in page and "Tidak diperintahkan: 1 tanggung jawab perusahaan lain" in page  # fmt: skip
    assert "sudah diperintahkan" in page
    assert "TUL-VI-01" in planner.get(f"{PAGE}?keadaan=putus_diperintahkan").text
    nobody = {"cetakan": "1", "petugas": "kepala", "tanggal": "2024-12-05", "penandatangan": "M"}
    assert planner.post(f"{PAGE}/perintah", data=nobody).status_code == 422
    assert client("pengawas").post(f"{PAGE}/perintah", data=nobody).status_code == 403


def test_notices_are_printed_for_whom_may_be_cut_and_nobody_else(client, database):
    planner = client("perencana")
    assert "Cetak TUL VI-01 untuk 1 pelanggan" in planner.get(PAGE).text
    assert planner.post(f"{PAGE}/cetak").status_code == 302
    args = one(database, "SELECT args FROM job ORDER BY job_id DESC LIMIT 1")
    assert (args["by"], args["codes"]) == ("boleh_diputus", [small.idpel(0)])


def test_a_cut_is_reported_and_removal_is_approved_by_another_person(client, database):
    planner = ordered(client, database)
    at = datetime.now(ZoneInfo("Asia/Jakarta")) - timedelta(days=61)
    cut(database, at.replace(hour=10, minute=30))
    page = planner.get(f"{PAGE}/laporan").text
    assert "SEGEL-9" in page and "terlambat dilaporkan" in page
    on = one(database, "SELECT (device_at AT TIME ZONE 'Asia/Jakarta')::date FROM field_visit")
    assert planner.post(f"{PAGE}/laporan", data={"tanggal": on.isoformat()}).status_code == 302
    assert "dilaporkan, terlambat" in planner.get(f"{PAGE}/laporan").text
    assert "layar petugas: hp" in planner.get(f"{PAGE}/cek").text

    early = planner.post(f"{PAGE}/bongkar", data={"pelanggan": str(small.public_id(0))})
    assert early.status_code == 403, "one sheet is too few"
    with database.writing() as session:
        for month in ("202409", "202410"):
            session.add(Receivable(ulp=small.SMALL, blth=month, idpel=small.idpel(0)))
    assert "Boleh diusulkan" in planner.get(f"{PAGE}/bongkar").text
    planner.post(f"{PAGE}/bongkar", data={"pelanggan": str(small.public_id(0))})
    number = one(database, "SELECT max(proposal_id) FROM proposal")
    approve = {"putusan": "approved"}
    assert planner.post(f"{PAGE}/bongkar/{number}", data=approve).status_code == 403
    head = client("pengawas")
    assert head.post(f"{PAGE}/bongkar/{number}", data=approve).status_code == 302
    assert "Disetujui" in head.get(f"{PAGE}/bongkar").text
    assert one(database, "SELECT active FROM customer WHERE idpel = :i", i=small.idpel(0)) is False


def test_a_file_is_no_check_of_a_moment_after_it_was_made(client, database):
    planner = ordered(client, database)
    assert planner.post(f"{PAGE}/cek", data={"berkas": "1", "jam": "kapan saja"}).status_code == 422
    assert planner.post(f"{PAGE}/cek", data={"berkas": "1", "jam": "2024-12-03T08:00"}).status_code == 422  # fmt: skip
    assert one(database, "SELECT count(*) FROM payment_check") == 0


def test_thresholds_are_kept_where_they_hold_together(client, database):
    planner = client("perencana")
    told = {"putus": "2", "lain": "2", "nama_lain": "PT Rekanan", "kode_lunas": "lunas, 1"}
    assert planner.post(f"{PAGE}/setelan", data=told).status_code == 422
    assert planner.post(f"{PAGE}/setelan", data={**told, "lain": "3"}).status_code == 302
    page = planner.get(f"{PAGE}/setelan").text
    assert 'value="PT Rekanan"' in page and 'value="LUNAS, 1"' in page
    assert "disabled" in client("pengawas").get(f"{PAGE}/setelan").text


def test_information_becomes_lists_whose_totals_add_up(client, database):
    planner = client("perencana")
    number = one(database, "SELECT print_id FROM form_print WHERE kind = 'informasi'")
    told = {"cetakan": number, "petugas": "surveyor", "tanggal": "2024-12-05"}
    assert planner.post(f"{DONE}/informasi/daftar", data=told).status_code == 302
    assert planner.post(f"{DONE}/informasi/daftar", data=told).status_code == 422
    listed = one(database, "SELECT list_id::text FROM visit_list WHERE job = 'informasi'")
    page = planner.get(f"{DONE}/informasi?daftar={listed}").text
    assert "Brosur hemat, RBM 51354BKA" in page
    order = one(database, "SELECT order_id::text FROM visit_order WHERE job = 'informasi' AND stop = 1")  # fmt: skip
    it = visit_of({
        "client_id": str(uuid.UUID(int=6)), "order_id": order, "customer": None, "job": "informasi",
        "outcome": "kwh_diputus", "officer": "surveyor", "place": None, "photos": [],
        "device_id": str(uuid.UUID(int=9)), "device_at": "2024-12-05T09:00:00+07:00",
        "values": {"keterangan": "MCB mati", "pesan_pelanggan": "minta <b>disambung</b>"},
    })  # fmt: skip
    with database.writing() as session:
        receive_visits(session, small.SMALL, [it], who="surveyor", now=datetime.now(UTC))
    page = planner.get(f"{DONE}/informasi?daftar={listed}").text
    assert "minta &lt;b&gt;disambung&lt;/b&gt;" in page and "kWh meter diputus" in page
    number = one(database, "SELECT visit_no FROM field_visit WHERE outcome = 'kwh_diputus'")
    assert f'/lapangan/kunjungan/{number}"' in page
    assert one(database, "SELECT after FROM proposal WHERE field = 'status'") == "putus"


def test_prepaid_lists_are_made_of_orders_and_of_a_drawn_sample(client, database):
    planner = client("perencana")
    assert planner.post(f"{DONE}/pra/order", data={}).status_code == 409
    with database.writing() as session:
        session.execute(text("UPDATE customer SET jenis_layanan = 'pra', tarif = 'R1T' WHERE idpel = ANY(:i)"),
                        {"i": [small.idpel(6), small.idpel(7)]})  # fmt: skip
        session.execute(text("INSERT INTO prepaid_order (ulp, order_no, idpel) VALUES (:u, 'PB1', :i)"),
                        {"u": small.SMALL, "i": small.idpel(6)})  # fmt: skip
    assert planner.post(f"{DONE}/pra/order", data={"tanggal": "2024-12-05"}).status_code == 302
    assert planner.post(f"{DONE}/pra/order", data={}).status_code == 409
    drawn = {"banyak": "1", "benih": "acara 5 Desember", "tanggal": "2024-12-05"}
    assert planner.post(f"{DONE}/pra/sampel", data=drawn).status_code == 302
    assert planner.post(f"{DONE}/pra/sampel", data=drawn).status_code == 422
    with database.reading() as session:
        rows = session.execute(text("SELECT content ->> 'order_no' FROM visit_order WHERE job = 'pra' ORDER BY 1"))  # fmt: skip
        assert [r[0] for r in rows] == ["PB1", "SAMPEL/202412/acara 5 Desember/0001"]
    assert "acara 5 Desember" in planner.get(f"{DONE}/pra?daftar={one(database, _SAMPLE)}").text


_SAMPLE = "SELECT list_id::text FROM visit_list WHERE content ? 'seed'"


def test_no_job_and_no_list_of_another_job_is_found(client, database):
    planner = ordered(client, database)
    listed = one(database, "SELECT list_id::text FROM visit_list WHERE job = 'putus'")
    for address in ("dansa", f"informasi?daftar={listed}", "informasi?daftar=x"):
        assert planner.get(f"{DONE}/{address}").status_code == 404
