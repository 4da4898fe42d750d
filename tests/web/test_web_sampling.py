"""Uji petik stand over HTTP: budget first, blind until kept, decided by Ac and Re, every word kept."""

import re

import pytest
import sampled_unit as sampled
import small_unit as small
from sampled_unit import PAGE, U, check, drawn, house, right, sheet_of
from sqlalchemy import text

from rbmgeo.db.bulk import ensure_month

pytestmark = pytest.mark.database
STANDS = [str(sampled.stand(n)) for n in range(7)]


def test_the_page_says_what_the_budget_buys_and_whose_turn_it_is(sampled_pages):
    client, _ = sampled_pages
    page = client().get(f"{PAGE}?foto=0&lapangan=4").text
    assert "Anggaran cukup: sampai 1 RBM" in page and "1 RBM perlu dilihat bulan ini" in page
    assert "cek lapangan: 7 dari 8 bacaan" in page.lower()
    few = client().get(f"{PAGE}?foto=0&lapangan=3").text
    assert "Anggaran tidak cukup: hanya 0 dari 1 RBM. Perlu 4 cek sebulan" in few
    assert "cukup 7 cek acak" in page
    empty = client().get(f"/{small.SMALL}/202001/uji-petik").text
    assert "Belum ada bacaan bulan ini" in empty


def test_the_units_budget_is_kept_and_another_aql_refused(sampled_pages):
    client, _ = sampled_pages
    asked = {"foto": "120", "lapangan": "30", "per_rbm": "4", "aql": "2.5", "lot_per": "rbm"}
    assert client().post(f"{PAGE}/anggaran", data=asked).status_code == 302
    page = client().get(PAGE).text
    assert 'name="foto" type="number" min="0" max="2000" value="120"' in page
    assert "paling sedikit 4 bacaan" in page
    assert client().post(f"{PAGE}/anggaran", data={**asked, "aql": "4.0"}).status_code == 422
    assert client().post(f"{PAGE}/anggaran", data={**asked, "aql": "1.0", "lot_per": "petugas"}).status_code == 302  # fmt: skip
    assert client("perencana").post(f"{PAGE}/anggaran", data=asked).status_code == 403


# ---- the draw


def test_a_seed_draws_one_list_and_its_sheet_is_the_same_to_the_byte(sampled_pages):
    client, database = sampled_pages
    one, same = drawn(client(), "rapat-1"), drawn(client(), "rapat-1")
    lists = [sheet_of(database, at).items[["idpel", "stratum", "reserve"]].values.tolist() for at in (one, same)]  # fmt: skip
    assert lists[0] == lists[1] and len(lists[0]) == 5
    papers = [client().get(f"{one}/lembar.pdf").data for _ in range(2)]
    assert papers[0] == papers[1] and papers[0].startswith(b"%PDF")
    page = client().get(one).text
    assert "rapat-1" in page and sheet_of(database, one).sample.list_hash in page


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"benih": " "}, 422), ({"benih": "x" * 61}, 422), ({"jumlah": "0"}, 422),
        ({"cara": "tebak"}, 422), ({"lot": "gardu:PD001"}, 422), ({"lot": "petugas:"}, 422),
        ({"menurut": "rencana"}, 422), ({"lot": "rbm:TIDAK"}, 409),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_said(sampled_pages, told, status):
    client, _ = sampled_pages
    asked = {"cara": "lapangan", "lot": "unit", "menurut": "anggaran", "jumlah": 4, "benih": "b"}
    assert client().post(f"{PAGE}/undi", data=asked | told).status_code == status


def test_only_the_supervisor_draws_and_surveyors_do_not_see_it(sampled_pages):
    client, _ = sampled_pages
    at = drawn(client(), "siapa")
    assert client("perencana").get(at).status_code == 200
    assert client("perencana").post(f"{PAGE}/undi", data={}).status_code == 403
    assert client("surveyor").get(at).status_code == 403
    assert client("surveyor").get(PAGE).status_code == 403


# ---- blind entry, judgement, substitution


def test_no_page_or_paper_tells_a_stand_before_one_is_kept(sampled_pages):
    """R-SA-19."""
    client, database = sampled_pages
    at = drawn(client(), "buta")
    for address in (at, PAGE, f"{PAGE}/rencana"):
        assert not [s for s in STANDS if s in client().get(address).text], address
    sheet = sheet_of(database, at)
    recorded = right(sheet, 1)
    assert check(client(), at, 1, recorded - 1).status_code == 302
    page = client().get(at).text
    told = [s for s in STANDS if re.search(rf">\s*{int(s):,}<".replace(",", r"\."), page)]
    assert told == [str(recorded)]
    assert sheet_of(database, at).shown.wrong == 1


def test_a_check_is_judged_with_the_direction_of_time(sampled_pages):
    """R-SA-17: 900 VA, 48 hours from the beginning of its day: 43.2 kWh at most."""
    client, database = sampled_pages
    at = drawn(client(), "waktu", jumlah=5)
    sheet = sheet_of(database, at)
    for place, more in ((1, -1), (2, 0), (3, 43), (4, 44)):
        assert check(client(), at, place, right(sheet, place) + more).status_code == 302
    after = sheet_of(database, at).items.set_index("place")["verdict"]
    assert after.loc[1:4].tolist() == ["salah", "benar", "benar", "salah"]
    early = check(client(), at, 5, right(sheet, 5), tanggal="2024-12-02")
    assert early.status_code == 422 and "sebelum pembacaannya" in early.text
    assert check(client(), at, 5, 1, kode="2").status_code == 302
    assert sheet_of(database, at).items.set_index("place").at[5, "verdict"] == "tidak_dinilai"


def test_a_sample_whose_reserve_is_used_up_says_so_and_is_not_decided(sampled_pages):
    client, database = sampled_pages
    at = drawn(client(), "habis", jumlah=6)
    for place in (1, 2):
        check(client(), at, place, "", kode="F")
        assert sheet_of(database, at).short == (place == 2)
    assert "Cadangan habis" in client().get(at).text


def test_closed_houses_are_replaced_in_order_and_by_nobodys_choice(sampled_pages):
    """R-SA-18."""
    client, database = sampled_pages
    at = drawn(client(), "tutup")
    sheet = sheet_of(database, at)
    assert check(client(), at, 5, right(sheet, 5)).status_code == 422, "a reserve before its turn"
    assert check(client(), at, 2, "", kode="E").status_code == 302
    assert sheet_of(database, at).waiting == [1, 3, 4, 5]
    assert check(client(), at, 5, right(sheet, 5)).status_code == 302
    late = check(client(), at, 2, right(sheet, 2))
    assert late.status_code == 422 and "cadangannya sudah dicek" in late.text
    undo = {"urut": 2, "putusan": "dibuka", "alasan": "salah ketik"}
    assert client().post(f"{at}/putus", data=undo).status_code == 422
    assert client().post(f"{at}/putus", data=undo | {"urut": 5}).status_code == 302
    assert check(client(), at, 2, right(sheet, 2)).status_code == 302, "somebody was at home after all"  # fmt: skip
    assert sheet_of(database, at).waiting == [1, 3, 4]
    assert sheet_of(database, at).shown.lost == 0


@pytest.mark.parametrize("told", [{"stand": ""}, {"stand": "seribu"}, {"stand": "-4"}, {"jam": "pagi"},
                                  {"tanggal": ""}, {"kode": "Q"}, {"stand": "1" * 12}])  # fmt: skip
def test_what_is_no_check_is_not_kept(sampled_pages, told):
    client, database = sampled_pages
    at = drawn(client(), "bukan")
    assert check(client(), at, 1, "1", **{}).status_code == 302
    before = sheet_of(database, at).shown
    asked = {"urut": 2, "stand": "5", "tanggal": "2024-12-05", "jam": "08:00", "kode": "Z"}
    assert client().post(f"{at}/cek", data=asked | told).status_code == 422
    assert sheet_of(database, at).shown == before
    assert check(client(), at, 1, "2").status_code == 422, "checked once"


def test_what_is_only_odd_waits_for_a_persons_word(sampled_pages):
    client, database = sampled_pages
    with database.writing() as session:
        for month in ("202409", "202410", "202411"):
            _month(session, month)
    at = drawn(client(), "janggal", jumlah=7)
    sheet = sheet_of(database, at)
    # 30 kWh a month are about 1 a day: 40 in two days are possible and far above the usual.
    assert check(client(), at, 1, right(sheet, 1) + 40).status_code == 302
    assert sheet_of(database, at).shown.to_see == 1
    word = {"urut": 1, "putusan": "benar", "alasan": "hajatan"}
    assert client().post(f"{at}/putus", data=word | {"alasan": ""}).status_code == 422
    assert client().post(f"{at}/putus", data=word).status_code == 302
    assert sheet_of(database, at).shown.to_see == 0
    assert client().post(f"{at}/putus", data=word).status_code == 422
    page = client().get(at).text
    assert "hajatan" in page and "perlu dilihat" in page, "every word stays"


def _month(session, month):
    ensure_month(session, blth=month)
    for n in range(7):
        session.execute(
            text("INSERT INTO reading (ulp, blth, idpel, source, line, kwh) VALUES (:u, :b, :i, 'dpm', '', 30)"),
            {"u": small.SMALL, "b": month, "i": small.idpel(n)},
        )  # fmt: skip


# ---- lots by a plan


def test_a_lot_is_decided_once_its_sample_is_read_and_the_ledger_says_why(sampled_pages):
    """R-SA-11 to R-SA-13; seven houses at AQL 1.0: all of them (R-SA-12)."""
    client, database = sampled_pages
    plans = client().get(f"{PAGE}/rencana?per=petugas&cara=lapangan").text
    assert "A → E" in plans and '<span class="tag">100 %</span>' in plans
    asked = {"menurut": "rencana", "lot": "petugas:P-01"}
    at = drawn(client(), "lot-1", **asked)
    sheet = sheet_of(database, at)
    assert (sheet.sample.size, sheet.sample.accept, sheet.sample.lot) == (7, 0, 7)
    again = client().post(f"{PAGE}/undi", data={"cara": "lapangan", "benih": "lain", **asked})
    assert again.status_code == 422 and "sudah diundi bulan ini" in again.text
    for place in range(1, 7):
        check(client(), at, place, right(sheet, place))
    assert client().post(f"{at}/tutup").status_code == 422, "not read whole"
    check(client(), at, 7, right(sheet, 7) - 5)
    assert "Lot tidak diterima menurut Re" in client().get(at).text
    assert client().post(f"{at}/tutup").status_code == 302
    assert client().post(f"{at}/tutup").status_code == 422
    assert check(client(), at, 7, right(sheet, 7)).status_code == 422, "closed"
    book = client().get(f"{PAGE}/buku?per=petugas&lot=P-01").text
    assert "tidak diterima" in book and "1 / 7" in book
    assert client().post(f"{at}/buka", data={"alasan": ""}).status_code == 422
    assert client().post(f"{at}/buka", data={"alasan": "stand diperbaiki"}).status_code == 302
    assert "Belum ada lot yang ditutup" in client().get(f"{PAGE}/buku?per=petugas").text
    client().post(f"{at}/tutup")


def test_a_stopped_ledger_asks_for_everything_until_a_person_begins_anew(sampled_pages):
    """R-SA-13."""
    client, database = sampled_pages
    told = {"u": small.SMALL, "b": "rbm", "o": "51354BKB"}
    anew = {"per": "rbm", "lot": "51354BKB", "alasan": "bertemu vendor"}
    assert client().post(f"{PAGE}/buku", data=anew).status_code == 409, "nothing is stopped"
    with database.writing() as session:
        for _ in range(7):
            session.execute(
                text("INSERT INTO stand_lot_word (ulp, lot_by, lot_of, word, accepted, said_by) "
                     "VALUES (:u, :b, :o, 'ditutup', false, 'uji')"), told)  # fmt: skip
    plans = client().get(f"{PAGE}/rencana?per=rbm&cara=lapangan").text
    assert plans.count("<td>100 %</td>") == 1
    at = drawn(client(), "penuh", menurut="rencana", lot="rbm:51354BKB")
    sheet = sheet_of(database, at)
    assert (sheet.sample.severity, sheet.sample.accept, sheet.sample.size) == ("penuh", None, 3)
    assert "Sampel dihentikan" in client().get(f"{PAGE}/buku?per=rbm").text
    assert client().post(f"{PAGE}/buku", data={**anew, "alasan": ""}).status_code == 422
    assert client().post(f"{PAGE}/buku", data=anew).status_code == 302
    book = client().get(f"{PAGE}/buku?per=rbm&lot=51354BKB").text
    assert "dimulai lagi oleh pengawas" in book and "Sampel dihentikan" not in book


def test_a_photo_lot_is_read_by_the_blind_photo_test(sampled_pages):
    client, database = sampled_pages
    at = drawn(client(), "foto-1", cara="foto", menurut="rencana", lot="petugas:P-01")
    sheet = sheet_of(database, at)
    photo = f"{U}/uji-foto/{sheet.sample.photo_sample_id}"
    assert photo in client().get(at).text
    assert sheet.sample.size == 6
    assert check(client(), at, 1, 5).status_code == 422, "it is read from photos"
    for place, idpel in zip(sheet.items["place"], sheet.items["idpel"], strict=True):
        said = client().post(photo, data={"urut": place, "angka": sampled.stand(int(idpel[-7:]))})
        assert said.status_code == 302
    page = client().get(at).text
    assert "0 dari 6 beda" in page and "Lot diterima menurut Ac" in page
    assert client().post(f"{at}/tutup").status_code == 302
    assert client().get(f"{at}/lembar.pdf").status_code == 200


def test_the_list_of_risks_stands_apart_and_hides_who_is_not_checked_yet(sampled_pages):
    client, database = sampled_pages
    with database.writing() as session:
        session.execute(text("UPDATE reading SET dlpd_code = 'K' WHERE blth = :b AND idpel = :i"),
                        {"b": small.BLTH, "i": small.idpel(0)})  # fmt: skip
    seen = {}
    for n in range(12):
        at = drawn(client(), f"risiko-{n}", jumlah=1)
        drawn_one = 0 in [house(sheet_of(database, at), place) for place in (1, 2)]
        seen.setdefault(drawn_one, []).append(client().get(f"{at}?lihat=risiko").text)
    number = " ".join(re.findall("....", small.idpel(0)))
    assert number not in client().get(at).text.partition("DLPD lot ini")[2]
    for page in seen[False]:
        assert "DLPD lot ini: daftar risiko" in page and number in page
        assert "tidak berkata apa pun tentang bagian yang beda" in page
    for page in seen[True]:
        risks = page.partition("DLPD lot ini")[2]
        assert number not in risks


def test_in_english_too(sampled_pages):
    client, _ = sampled_pages
    at = drawn(client(), "bahasa")
    check(client(), at, 1, "3")
    client().post("/bahasa", data={"lang": "en"})
    page = client().get(at).text
    client().post("/bahasa", data={"lang": "id"})
    assert "1 of 1 differ" in page and "does not prove fewer than 0.30 %" in page
    assert "accuses nobody" in page and "An estimate only" in page
