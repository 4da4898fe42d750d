"""R-PO, R-PR, R-IN, R-AR-02 ... 04 at their boundaries: what each job's visit must hold."""

import re
import uuid
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.db.models import Base
from rbmgeo.fieldwork.job_form import refusals
from rbmgeo.fieldwork.jobs import FORMS, informasi, pasca, pra, putus, sambung
from rbmgeo.fieldwork.jobs.putus import Notice, PaymentCheck, check_moment, check_refusals
from rbmgeo.fieldwork.visit import visit_of
from rbmgeo.terms import FieldJob, OrderState

ROOT = Path(__file__).resolve().parents[3]
WIB = ZoneInfo("Asia/Jakarta")
AT = datetime(2026, 11, 26, 10, 0, tzinfo=WIB)
PLACE = {"lon": 112.7, "lat": -7.65, "accuracy_m": 6.0, "fixes": 3}


def visit(job, outcome, photos=(), at=AT, place=None, **values):
    return visit_of({
        "client_id": str(uuid.UUID(int=1)), "order_id": None, "customer": None, "job": job,
        "outcome": outcome, "values": values, "officer": "siti", "device_id": str(uuid.UUID(int=2)),
        "device_at": at.isoformat(), "place": place,
        "photos": [{"sha256": f"{n:064x}", "kind": kind, "bytes": 9} for n, kind in enumerate(photos)],
    })  # fmt: skip


def columns(found):
    return {r.column for r in found}


READ = {"stand_kwh": 1250, "didampingi": "pelanggan", "kml_paraf": True}
CUT = {"cara": "mcb_off_segel", "nomor_segel": "S-77", "stand_kwh": 1250, "lembar_kedua": True}
OWN = {"cek_waktu": "09.15", "cek_sumber": "hp", "cek_hasil": "belum_lunas"}
NOTICE = Notice("00001/TUL-VI-01/51354/XI/2026", date(2026, 11, 25), "Manajer ULP")


def test_a_stand_is_read_with_its_photo_its_witness_and_the_meter_card():
    """SOP II, R-PO-01."""
    form = FORMS[FieldJob.PASCA]
    assert refusals(form, visit("pasca", "terbaca", ["stand"], **READ)) == []
    assert columns(refusals(form, visit("pasca", "terbaca"))) == {"stand_kwh", "stand", "didampingi", "kml_paraf"}  # fmt: skip
    assert columns(refusals(form, visit("pasca", "terbaca", ["stand"], **{**READ, "stand_kwh": -1}))) == {"stand_kwh"}  # fmt: skip
    one = pasca.record_of(visit("pasca", "terbaca", ["stand"], **READ), "1" * 12, None, WIB)
    assert (one.lbkb_code, str(one.stand_kwh), one.blth) == ("Z", "1250", "202611")
    assert one.photo_sha256 == f"{0:064x}"


@pytest.mark.parametrize("code", sorted("EF34IUWCH"))
def test_no_access_has_a_code_of_no_access_and_no_stand(code):
    """R-PO-01."""
    assert columns(pasca.rules(visit("pasca", "tanpa_akses", lbkb_code=code, tul_ii_04=True))) == set()  # fmt: skip
    told = visit("pasca", "tanpa_akses", lbkb_code="Z", stand_kwh=5)
    assert columns(pasca.rules(told)) == {"lbkb_code", "stand_kwh"}


def test_a_closed_house_says_whether_a_notice_was_left():
    """R-PO-02: code E, and no other, asks for TUL II-04."""
    assert columns(pasca.rules(visit("pasca", "tanpa_akses", lbkb_code="E"))) == {"tul_ii_04"}
    assert pasca.rules(visit("pasca", "tanpa_akses", lbkb_code="E", tul_ii_04=False)) == []
    assert pasca.rules(visit("pasca", "tanpa_akses", lbkb_code="3")) == []


def test_a_stand_told_by_the_customer_has_code_seven():
    told = visit("pasca", "swabaca", stand_kwh=1250)
    assert pasca.rules(told) == [] and pasca.code_of(told) == "7"
    assert columns(pasca.rules(visit("pasca", "swabaca", stand_kwh=1, lbkb_code="Z"))) == {"lbkb_code"}  # fmt: skip


def test_a_prepaid_check_needs_its_order_token_photo_and_place():
    """R-PR-01."""
    form = FORMS[FieldJob.PRA]
    whole = visit("pra", "diperiksa", ["token"], place=PLACE, sisa_token_kwh=0, tegangan=221.5, lcd="baik")  # fmt: skip
    assert refusals(form, whole) == [] and pra.rules(whole, "PB00001") == []
    assert columns(refusals(form, visit("pra", "diperiksa"))) == {"sisa_token_kwh", "token", "titik"}  # fmt: skip
    assert columns(pra.rules(whole, None)) == {"order_no"}
    assert columns(refusals(form, visit("pra", "diperiksa", ["token"], place=PLACE, sisa_token_kwh=-0.1))) == {"sisa_token_kwh"}  # fmt: skip
    assert columns(pra.rules(visit("pra", "diperiksa", lbkb_code="E"), "1")) == {"lbkb_code"}
    assert columns(pra.rules(visit("pra", "tanpa_akses", lbkb_code="Z"), "1")) == {"lbkb_code"}
    one = pra.record_of(whole, "1" * 12, "202412", WIB, "PB00001")
    assert one.checks == {"tegangan": "221.5", "lcd": "baik"} and one.accuracy_m == 6.0


@pytest.mark.parametrize(
    ("outcome", "lacks"),
    [
        ("tersampaikan_langsung", {"penerima", "tanda_tangan"}),
        ("tutup_tersampaikan", {"penerima", "tempat"}),
        ("tutup_tidak_tersampaikan", {"keterangan"}), ("alamat_tidak_ketemu", {"keterangan"}),
        ("kwh_diputus", {"keterangan"}), ("kwh_dibongkar", {"keterangan"}),
        ("belum_disampaikan", {"keterangan"}), ("lain", {"keterangan"}),
    ],
)  # fmt: skip
def test_each_outcome_of_information_needs_what_the_sop_says(outcome, lacks):
    """R-IN-01, R-IN-02."""
    form = FORMS[FieldJob.INFORMASI]
    assert columns(refusals(form, visit("informasi", outcome))) == lacks
    assert [o.code for o in form.outcomes] == list(informasi.OUTCOMES)


def test_another_place_is_told_in_words():
    left = {"tempat": "lain"}
    assert columns(informasi.rules(visit("informasi", "tutup_tersampaikan", **left))) == {"keterangan"}  # fmt: skip
    assert informasi.rules(visit("informasi", "tutup_tersampaikan", tempat="pagar")) == []


OUTCOME = st.sampled_from([*informasi.OUTCOMES, None])
ORDER = st.tuples(st.sampled_from("xyz"), st.sampled_from(list(map(str, OrderState))), OUTCOME)


@given(st.lists(ORDER, min_size=1))
def test_orders_are_the_sum_of_their_outcomes(orders):
    """R-IN-03, with what nobody brought out among them."""
    frame = pd.DataFrame(orders, columns=["list_id", "state", "outcome"])
    found = informasi.totals(frame)
    assert (found[list(informasi.OUTCOMES)].sum(axis=1) == found["orders"]).all()
    assert found[["orders", "taken_back"]].to_numpy().sum() == len(orders)
    assert (found["conflict"] <= found["belum_disampaikan"]).all()


def cut(photos=("kwh_diputus", "cek_layar"), at=AT, **values):
    return visit("putus", "diputus", photos, at=at, **{**CUT, **OWN, **values})


def rules(it, notice=NOTICE, checks=()):
    return columns(putus.rules(it, notice, checks, WIB))


def test_a_cut_that_keeps_to_the_sop_is_taken():
    assert refusals(FORMS[FieldJob.PUTUS], cut()) == []
    assert rules(cut()) == set()


def test_a_cut_needs_a_signed_notice():
    """R-AR-02: number, date and signer; of the order, or written off the paper."""
    assert rules(cut(), notice=None) == {"tul_vi_01_no"}
    assert rules(cut(), notice=Notice("7", NOTICE.dated_on, "")) == {"tul_vi_01_no"}
    assert rules(cut(), notice=Notice("7", date(2026, 11, 26), "M")) == set()
    assert rules(cut(), notice=Notice("7", date(2026, 11, 27), "M")) == {"tul_vi_01_tanggal"}
    paper = {"tul_vi_01_no": "7", "tul_vi_01_tanggal": "25-11-2026", "tul_vi_01_penandatangan": "M"}
    assert rules(cut(**paper), notice=None) == set()
    assert rules(cut(**{**paper, "tul_vi_01_tanggal": "31-11-2026"}), notice=None) == {"tul_vi_01_no"}  # fmt: skip


@pytest.mark.parametrize(
    ("checked", "paid", "lacks"),
    [
        (AT - timedelta(minutes=1), False, set()),
        (AT, False, {"cek_waktu"}),
        (AT + timedelta(minutes=1), False, {"cek_waktu"}),
        (AT.replace(hour=0, minute=0), False, set()),
        (AT.replace(hour=0, minute=0) - timedelta(seconds=1), False, {"cek_waktu"}),
        (AT - timedelta(minutes=1), True, {"cek_hasil"}),
    ],
)
def test_a_check_of_the_same_day_before_the_cut_allows_it(checked, paid, lacks):
    """R-AR-02: after the cut it is too late, yesterday's too old, "paid" forbids."""
    assert columns(check_refusals(AT, [PaymentCheck(checked, paid, "berkas")], WIB)) == lacks


def test_the_last_check_before_the_cut_decides():
    early, late = AT - timedelta(hours=2), AT - timedelta(hours=1)
    unpaid, paid = PaymentCheck(early, False, "berkas"), PaymentCheck(late, True, "hp")
    assert columns(check_refusals(AT, [paid, unpaid], WIB)) == {"cek_hasil"}
    assert check_refusals(AT, [PaymentCheck(early, True, "hp"), PaymentCheck(late, False, "hp")], WIB) == []  # fmt: skip


def test_the_day_is_that_of_the_unit():
    """A check at 23:30 UTC of the day before is of the same day in Java."""
    before = datetime.fromisoformat("2026-11-25T23:30:00+00:00")
    assert check_refusals(AT, [PaymentCheck(before, False, "berkas")], WIB) == []


def test_without_a_check_a_cut_is_refused_and_a_file_of_the_office_is_one():
    bare = visit("putus", "diputus", ["kwh_diputus"], **CUT)
    assert rules(bare) == {"cek_waktu"}
    assert rules(bare, checks=[PaymentCheck(AT - timedelta(hours=1), False, "berkas")]) == set()


def test_an_officers_own_check_needs_time_source_result_and_screenshot():
    assert rules(cut(photos=("kwh_diputus",))) == {"cek_layar"}
    assert rules(cut(cek_waktu="pagi")) == {"cek_waktu"}
    assert rules(cut(cek_waktu="10.01")) == {"cek_waktu"}
    assert rules(cut(cek_waktu="25-11-2026 09.15")) == {"cek_waktu"}
    assert rules(cut(cek_hasil="lunas")) == {"cek_hasil"}
    assert rules(cut(cek_sumber=None)) == {"cek_waktu"}


@pytest.mark.parametrize("told", ["9.15", "09:15", "26-11-2026 09.15", "26/11/2026 9:15", "2026-11-26 09:15", "2026-11-26T09:15"])  # fmt: skip
def test_the_time_of_a_check_is_read_as_people_write_it(told):
    assert check_moment(told, AT, WIB) == AT.replace(hour=9, minute=15)


@pytest.mark.parametrize("told", ["", "24.00", "9.60", "besok 9.15", "31-11-2026 9.15", None, 915])
def test_what_is_no_time_is_none(told):
    assert check_moment(told, AT, WIB) is None


@pytest.mark.parametrize("way", ["segel_oa_kas", "putus_sr", "", "lain"])
def test_no_other_way_of_cutting_is_taken(way):
    """R-AR-03: the OA cash seal and the service drop stay as they are."""
    found = refusals(FORMS[FieldJob.PUTUS], cut(cara=way))
    assert [(r.column, r.rule) for r in found] == [("cara", "R-AR-03")]


@pytest.mark.parametrize("name", ["nomor_segel", "stand_kwh", "lembar_kedua"])
def test_a_cut_without_seal_stand_or_second_sheet_is_not_whole(name):
    """R-AR-03, R-AR-04, SOP VI."""
    assert columns(refusals(FORMS[FieldJob.PUTUS], cut(**{name: None}))) == {name}


def test_a_cut_and_a_reconnection_need_a_photo_and_a_stand():
    """R-AR-04."""
    assert columns(refusals(FORMS[FieldJob.PUTUS], cut(photos=("cek_layar",)))) == {"kwh_diputus"}
    form = FORMS[FieldJob.SAMBUNG]
    assert refusals(form, visit("sambung", "disambung", ["kwh_disambung"], stand_kwh=1250)) == []
    assert columns(refusals(form, visit("sambung", "disambung"))) == {"kwh_disambung", "stand_kwh"}
    assert {"disambung", "sudah_menyala"} == sambung.LIT


def test_who_is_found_paid_is_not_cut_and_that_is_a_check():
    found = visit("putus", "lunas", cek_waktu="09.15", cek_sumber="ppob")
    assert refusals(FORMS[FieldJob.PUTUS], found) == [] and rules(found, notice=None) == set()
    assert putus.own_check(found, WIB) == PaymentCheck(AT.replace(hour=9, minute=15), True, "ppob")


def test_the_checklist_of_conduct_stands_in_every_form_and_makes_no_exception():
    """SOP I: the source breaks off in its exception to the rule of fences; it is not completed."""
    for form in FORMS.values():
        assert {"seragam", "tanda_pengenal", "surat_tugas", "izin_pemilik", "tidak_lompat_pagar"} <= set(form.conduct)  # fmt: skip
    assert "kecuali" not in (ROOT / "rbmgeo/labels/visits.py").read_text("utf-8")


#: What money taken at a door would be called; bills that a source told are in idr and no field.
CASH = re.compile(r"uang|tunai|cash|setor|titipan|nominal|kembalian", re.IGNORECASE)


def test_nothing_anywhere_asks_for_cash():
    """R-AR-09: over forms, tables and what pages ask for."""
    fields = [f.name for form in FORMS.values() for f in form.fields]
    held = [f"{t.name}.{c.name}" for t in Base.metadata.tables.values() for c in t.columns]
    asked = [
        name
        for path in (ROOT / "web/templates").rglob("*.html")
        for name in re.findall(r'\bname="([^"{]+)', path.read_text("utf-8"))
    ]
    assert len(asked) > 100 and len(held) > 300
    assert [n for n in (*fields, *held, *asked) if CASH.search(n)] == []
    assert [n for n in held if n.endswith("_idr")] == ["receivable.amount_idr"]
