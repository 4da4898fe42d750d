"""Uji petik stand over HTTP: budget first, blind until kept, decided by Ac and Re, every word kept."""

import gzip
import json
import re
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import sampled_unit as sampled
import small_unit as small
from sqlalchemy import text

from rbmgeo.db.bulk import ensure_month
from rbmgeo.db.queries import own_readings, visits
from rbmgeo.db.session import Database
from rbmgeo.errors import UsageError
from rbmgeo.fieldwork.visit import visit_of
from rbmgeo.settings import Settings
from rbmgeo.workflows import phone_bundle
from rbmgeo.workflows.receive_visits import receive_visits
from rbmgeo.workflows.stand_checks import Found, check_stand, stand_sheet
from rbmgeo.workflows.visit_photos import picture_came
from web import create_app

pytestmark = pytest.mark.database
U = f"/{small.SMALL}/{small.BLTH}"
PAGE = f"{U}/uji-petik"
STANDS = [str(sampled.stand(n)) for n in range(7)]
PHONE = str(uuid.UUID(int=77))
NOW = datetime(2024, 12, 20, 9, tzinfo=UTC)
PLACE = {"lon": 112.7, "lat": -7.65, "accuracy_m": 6.0, "fixes": 3}


@pytest.fixture(scope="module")
def unit(make_database, tmp_path_factory):
    database = Database(make_database("sampling", filled=sampled.build))
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False
    clients = {}

    def client(login="pengawas"):
        if login not in clients:
            clients[login] = app.test_client()
            clients[login].post("/masuk", data={"nama": login, "sandi": small.PASSWORD})
        return clients[login]

    yield client, database
    database.close()


def drawn(client, seed, **told):
    asked = {"cara": "lapangan", "lot": "unit", "menurut": "anggaran", "jumlah": 4, "benih": seed}
    said = client.post(f"{PAGE}/undi", data=asked | told)
    assert said.status_code == 302, said.text
    return said.location


def sheet_of(database, address):
    with database.reading() as session:
        return stand_sheet(session, small.SMALL, address.rpartition("/")[2])


def house(sheet, place):
    """Return the number of the house at a place."""
    idpel = sheet.items.set_index("place").at[place, "idpel"]
    return int(idpel[-7:])


def check(client, address, place, stand, **told):
    asked = {"urut": place, "stand": stand, "tanggal": "2024-12-05", "jam": "00:00", "kode": "Z"}
    return client.post(f"{address}/cek", data=asked | told)


def right(sheet, place):
    return sampled.stand(house(sheet, place))


# ---- budget and turns


def test_the_page_says_what_the_budget_buys_and_whose_turn_it_is(unit):
    client, _ = unit
    page = client().get(f"{PAGE}?foto=0&lapangan=4").text
    assert "Anggaran cukup: sampai 1 RBM" in page and "1 RBM perlu dilihat bulan ini" in page
    assert "cek lapangan: 7 dari 8 bacaan" in page.lower()
    few = client().get(f"{PAGE}?foto=0&lapangan=3").text
    assert "Anggaran tidak cukup: hanya 0 dari 1 RBM. Perlu 4 cek sebulan" in few
    assert "cukup 7 cek acak" in page
    empty = client().get(f"/{small.SMALL}/202001/uji-petik").text
    assert "Belum ada bacaan bulan ini" in empty


def test_the_units_budget_is_kept_and_another_aql_refused(unit):
    client, _ = unit
    asked = {"foto": "120", "lapangan": "30", "per_rbm": "4", "aql": "2.5", "lot_per": "rbm"}
    assert client().post(f"{PAGE}/anggaran", data=asked).status_code == 302
    page = client().get(PAGE).text
    assert 'name="foto" type="number" min="0" max="2000" value="120"' in page
    assert "paling sedikit 4 bacaan" in page
    assert client().post(f"{PAGE}/anggaran", data={**asked, "aql": "4.0"}).status_code == 422
    assert client().post(f"{PAGE}/anggaran", data={**asked, "aql": "1.0", "lot_per": "petugas"}).status_code == 302  # fmt: skip
    assert client("perencana").post(f"{PAGE}/anggaran", data=asked).status_code == 403


# ---- the draw


def test_a_seed_draws_one_list_and_its_sheet_is_the_same_to_the_byte(unit):
    client, database = unit
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
def test_what_cannot_be_drawn_is_said(unit, told, status):
    client, _ = unit
    asked = {"cara": "lapangan", "lot": "unit", "menurut": "anggaran", "jumlah": 4, "benih": "b"}
    assert client().post(f"{PAGE}/undi", data=asked | told).status_code == status


def test_only_the_supervisor_draws_and_surveyors_do_not_see_it(unit):
    client, _ = unit
    at = drawn(client(), "siapa")
    assert client("perencana").get(at).status_code == 200
    assert client("perencana").post(f"{PAGE}/undi", data={}).status_code == 403
    assert client("surveyor").get(at).status_code == 403
    assert client("surveyor").get(PAGE).status_code == 403


# ---- blind entry, judgement, substitution


def test_no_page_or_paper_tells_a_stand_before_one_is_kept(unit):
    """R-SA-19."""
    client, database = unit
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


def test_a_check_is_judged_with_the_direction_of_time(unit):
    """R-SA-17: 900 VA, 48 hours from the beginning of its day: 43.2 kWh at most."""
    client, database = unit
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


def test_a_sample_whose_reserve_is_used_up_says_so_and_is_not_decided(unit):
    client, database = unit
    at = drawn(client(), "habis", jumlah=6)
    for place in (1, 2):
        check(client(), at, place, "", kode="F")
        assert sheet_of(database, at).short == (place == 2)
    assert "Cadangan habis" in client().get(at).text


def test_closed_houses_are_replaced_in_order_and_by_nobodys_choice(unit):
    """R-SA-18."""
    client, database = unit
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
def test_what_is_no_check_is_not_kept(unit, told):
    client, database = unit
    at = drawn(client(), "bukan")
    assert check(client(), at, 1, "1", **{}).status_code == 302
    before = sheet_of(database, at).shown
    asked = {"urut": 2, "stand": "5", "tanggal": "2024-12-05", "jam": "08:00", "kode": "Z"}
    assert client().post(f"{at}/cek", data=asked | told).status_code == 422
    assert sheet_of(database, at).shown == before
    assert check(client(), at, 1, "2").status_code == 422, "checked once"


def test_what_is_only_odd_waits_for_a_persons_word(unit):
    client, database = unit
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


def test_a_lot_is_decided_once_its_sample_is_read_and_the_ledger_says_why(unit):
    """R-SA-11 to R-SA-13; seven houses at AQL 1.0: all of them (R-SA-12)."""
    client, database = unit
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


def test_a_stopped_ledger_asks_for_everything_until_a_person_begins_anew(unit):
    """R-SA-13."""
    client, database = unit
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


def test_a_photo_lot_is_read_by_the_blind_photo_test(unit):
    client, database = unit
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


# ---- the field


def bundle_of(client, list_id):
    phone_bundle._KEPT.clear()
    answer = client("surveyor").get(f"/{small.SMALL}/hp/daftar/{list_id}?perangkat={PHONE}")
    assert answer.status_code == 200, answer.text
    return gzip.decompress(answer.data).decode()


def order_of(database, idpel):
    with database.reading() as session:
        return session.execute(
            text("SELECT order_id::text, content FROM visit_order WHERE ulp = :u AND idpel = :i "
                 "ORDER BY (content ->> 'place') IS NULL, order_id DESC LIMIT 1"),
            {"u": small.SMALL, "i": idpel},
        ).one()  # fmt: skip


def visit(order, number, job, outcome, values, photos=()):
    return visit_of({
        "client_id": str(uuid.UUID(int=number)), "order_id": order, "customer": None, "job": job,
        "outcome": outcome, "values": values, "officer": "surveyor", "place": PLACE,
        "device_id": PHONE, "device_at": "2024-12-05T00:00:00+07:00",
        "photos": [{"sha256": sha, "kind": kind, "bytes": 9} for kind, sha in photos],
    })  # fmt: skip


def came(database, *sent):
    with database.writing() as session:
        receive_visits(session, small.SMALL, sent, who="surveyor", now=NOW)
        return dict(session.execute(text("SELECT client_id::text, state FROM visit_effect WHERE ulp = :u"), {"u": small.SMALL}).all())  # fmt: skip


def list_made(client, at):
    assert client().post(f"{at}/daftar", data={"petugas": "surveyor", "tanggal": "2024-12-05"}).status_code == 302  # fmt: skip
    return re.findall(r"/lapangan/daftar/([0-9a-f-]{36})", client().get(at).text)[-1]


def test_the_phone_checks_blind_and_its_visit_is_a_check_and_no_reading(unit):
    """R-SA-19: neither the recorded stand nor the one before lies in the bundle."""
    client, database = unit
    with database.writing() as session:
        visits.seen_device(session, ulp=small.SMALL, device_id=PHONE, login="surveyor", told="HP", wrapped_key=None)  # fmt: skip
        session.execute(text("UPDATE reading SET stand_kwh = 71234 WHERE blth = '202411'"))
    at = drawn(client(), "lapangan-1", lot="rbm:51354BKA", jumlah=3)
    list_id = list_made(client, at)
    told = bundle_of(client, list_id)
    assert len(json.loads(told)["orders"]) == 3
    for secret in (*STANDS, "71234", "previous_stand_kwh", "before_kwh", "recorded_stand"):
        assert secret not in told, secret
    sheet = sheet_of(database, at)
    with database.writing() as session:
        picture_came(session, small.SMALL, "a" * 64, suffix=".jpg", size=9, who="surveyor", now=NOW)
    before = _own(database, sheet.items["idpel"][0])
    stand = {"stand_kwh": right(sheet, 1) + 2, "didampingi": "pelanggan", "kml_paraf": True}
    order, content = order_of(database, sheet.items["idpel"][0])
    assert content == {"place": 1}
    one = visit(order, 501, "pasca", "terbaca", stand, [("stand", "a" * 64)])
    assert came(database, one, one)[one.client_id] == "masuk"
    after = sheet_of(database, at)
    assert after.items.loc[0, ["verdict", "checked_by"]].tolist() == ["benar", "surveyor"]
    assert _own(database, sheet.items["idpel"][0]) == before, "a check is no reading of the month"
    # A second content for a house that was checked waits for a person.
    other = visit(order, 502, "pasca", "terbaca", {**stand, "stand_kwh": 5}, [("stand", "a" * 64)])
    assert came(database, other)[other.client_id] == "menunggu"
    told_by = visit(order_of(database, sheet.items["idpel"][1])[0], 503, "pasca", "swabaca", {"stand_kwh": 5, "lbkb_code": "7"})  # fmt: skip
    assert came(database, told_by)[told_by.client_id] == "menunggu"
    shut = visit(order_of(database, sheet.items["idpel"][2])[0], 504, "pasca", "tanpa_akses", {"lbkb_code": "E", "tul_ii_04": True})  # fmt: skip
    assert came(database, shut)[shut.client_id] == "masuk"
    assert sheet_of(database, at).waiting == [2, 4]
    again = list_made(client, at)
    assert [o["content"] for o in json.loads(bundle_of(client, again))["orders"]] == [{"place": 4}]
    assert client().post(f"{at}/daftar", data={}).status_code == 409, "everybody is on a list"


def _own(database, idpel):
    with database.reading() as session:
        return len(own_readings.of_customer(session, ulp=small.SMALL, idpel=idpel))


def test_prepaid_checks_are_drawn_by_the_same_sampler_against_an_order(unit):
    """R-PR-01, SOP III: of one gardu; a closed house gives its turn to the reserve."""
    client, database = unit
    at = drawn(client(), "pra-1", cara="pra", gardu="PD001", jumlah=2)
    sheet = sheet_of(database, at)
    assert (sheet.sample.lot_by, sheet.sample.lot_of, sheet.sample.lot) == ("gardu", "PD001", 3)
    assert set(sheet.items["idpel"]) == set(sampled.PREPAID[:3])
    assert check(client(), at, 1, "5").status_code == 422, "only against its order"
    list_made(client, at)
    order, content = order_of(database, sheet.items["idpel"][0])
    assert content["order_no"].startswith("SAMPEL/202412/pra-1/") and content["place"] == 1
    with database.writing() as session:
        picture_came(session, small.SMALL, "b" * 64, suffix=".jpg", size=9, who="surveyor", now=NOW)
    done = visit(order, 601, "pra", "diperiksa", {"sisa_token_kwh": 7.5}, [("token", "b" * 64)])
    shut = visit(order_of(database, sheet.items["idpel"][1])[0], 602, "pra", "tanpa_akses", {"lbkb_code": "E"})  # fmt: skip
    states = came(database, done, shut)
    assert states[done.client_id] == states[shut.client_id] == "masuk"
    after = sheet_of(database, at)
    assert (after.shown.seen, after.shown.lost, after.waiting) == (1, 1, [3])
    assert _own(database, sheet.items["idpel"][0]) == 1, (
        "the check itself is kept as SOP III has it"
    )
    assert "1 dari 2 diperiksa, 1 tutup" in client().get(at).text
    assert client().get(f"{at}/lembar.pdf").status_code == 200


def test_two_who_check_one_house_at_one_moment_keep_it_once(unit):
    client, database = unit
    at = drawn(client(), "berdua")
    both = threading.Barrier(2)

    def look():
        found = Found(datetime(2024, 12, 5, 3, tzinfo=UTC), Decimal(5), "Z", "uji")
        both.wait()
        try:
            with database.writing() as session:
                check_stand(session, small.SMALL, at.rpartition("/")[2], 1, found)
        except UsageError:
            return "said"
        return "kept"

    with ThreadPoolExecutor(2) as pool:
        said = [f.result() for f in [pool.submit(look) for _ in range(2)]]
    assert sorted(said) == ["kept", "said"]


def test_the_list_of_risks_stands_apart_and_hides_who_is_not_checked_yet(unit):
    client, database = unit
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


def test_in_english_too(unit):
    client, _ = unit
    at = drawn(client(), "bahasa")
    check(client(), at, 1, "3")
    client().post("/bahasa", data={"lang": "en"})
    page = client().get(at).text
    client().post("/bahasa", data={"lang": "id"})
    assert "1 of 1 differ" in page and "does not prove fewer than 0.30 %" in page
    assert "accuses nobody" in page and "An estimate only" in page
