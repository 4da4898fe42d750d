"""Wilayah, Perbatasan and pindah ULP through the pages: who sees what, and the whole loop."""

import re

import pytest
import region_units as made
import small_unit as small
from sqlalchemy import text

from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import create_app

U, V = f"/{made.A}/{small.BLTH}", f"/{made.B}/{small.BLTH}"
SIX = small.public_id(6)


@pytest.fixture(scope="module")
def pages(make_database, tmp_path_factory):
    """The units of `region_units`: a function that gives a client by log-in, and the database."""
    database = Database(make_database("region", filled=made.build))
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False
    clients = {}

    def client(login):
        if login not in clients:
            clients[login] = app.test_client()
            clients[login].post("/masuk", data={"nama": login, "sandi": small.PASSWORD})
        return clients[login]

    yield client, database
    database.close()


def words(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_region_shows_only_units_where_the_person_has_a_role(pages):
    client, _ = pages
    both, one, every = (client(w).get("/wilayah").text for w in ("dua", "tujuan", "kepala"))
    assert f"/{made.A}" in both and f"/{made.B}" in both and f"/{small.EMPTY}" not in both
    assert made.A not in words(one) and "1 unit yang boleh" in words(one)
    assert small.EMPTY in words(every)


def test_a_surveyor_sees_no_figures(pages):
    client, _ = pages
    assert "Tidak ada unit untuk Anda" in client("surveyor").get("/wilayah").text


def test_a_up3_sums_its_units_and_names_who_is_missing(pages):
    client, _ = pages
    page = words(client("kepala").get("/wilayah/up3/Pasuruan").text)
    assert "703,5 dari 1 dari 2 unit" in page and f"Tanpa kWh bulan ini: {small.EMPTY}" in page
    assert client("tujuan").get("/wilayah/up3/Pasuruan").status_code == 404
    assert client("kepala").get("/wilayah/uid/Jawa Timur").status_code == 200


@pytest.mark.parametrize("sort", ["kwh", "alignment", "place", "nonsense"])
def test_units_can_be_sorted_and_downloaded(pages, sort):
    client, _ = pages
    assert client("kepala").get(f"/wilayah?urut={sort}&naik=1").status_code == 200
    answer = client("kepala").get(f"/wilayah?urut={sort}&unduh=csv&tabel=unit")
    lines = answer.get_data(as_text=True).splitlines()
    assert answer.status_code == 200 and len(lines) >= 4


def test_the_map_draws_no_place_of_a_customer(pages):
    client, database = pages
    page = client("kepala").get("/wilayah/peta?warna=temuan")
    assert page.status_code == 200 and "112.70" not in page.text
    with database.reading() as session:
        drawn = session.scalar(text("SELECT count(area) FROM unit_figures"))
    assert drawn == 0  # under twenty points nothing is drawn
    assert "cukup koordinat" in page.text or "Pustaka peta" in page.text


def test_search_finds_in_all_units_by_right_and_nothing_elsewhere(pages):
    client, _ = pages
    found = words(client("dua").post("/wilayah/cari", data={"kata": "0001"}).text)
    assert f"{made.A} Pandaan" in found and f"{made.B} Lain" in found
    assert "5299 9000 0001" in found
    alone = words(client("tujuan").post("/wilayah/cari", data={"kata": small.idpel(1)}).text)
    assert "Tidak ketemu" in alone and small.idpel(1)[:4] + " " not in alone
    assert "MG001" in client("dua").post("/wilayah/cari", data={"kata": "mg0"}).text
    assert "51354BKA" in client("dua").post("/wilayah/cari", data={"kata": "BKA"}).text
    assert client("dua").post("/wilayah/cari", data={"kata": "%_%"}).status_code == 200


def test_a_search_across_units_is_written_down_in_each_of_them(pages):
    client, database = pages
    client("dua").post("/wilayah/cari", data={"kata": "0001"})
    with database.reading() as session:
        rows = session.execute(
            text("SELECT ulp, kind, numbers FROM access_log WHERE route = 'region.find' AND login = 'dua' "
                 "ORDER BY at DESC, ulp LIMIT 2")
        ).all()  # fmt: skip
    assert sorted(map(tuple, rows)) == [
        (made.A, "search", [int(small.idpel(1))]), (made.B, "search", [529990000001]),
    ]  # fmt: skip


def test_a_role_in_a_whole_up3_is_given_and_taken_at_once(pages):
    client, database = pages
    with database.reading() as session:
        who = session.scalar(text("SELECT user_id FROM app_user WHERE login = 'lihat_b'"))
    form = {"orang": str(who), "wilayah": "up3:Pasuruan", "peran": "pengawas"}

    def held():
        with database.reading() as session:
            asked = text("SELECT array_agg(ulp ORDER BY ulp) FROM user_role WHERE user_id = :w")
            return session.scalar(asked, {"w": who})

    assert client("kepala").post("/pengguna/wilayah", data=form).status_code == 302
    assert held() == [small.EMPTY, made.A, made.B]
    client("kepala").post("/pengguna/wilayah", data={**form, "cabut": "1"})
    assert held() == [made.B]
    assert client("dua").post("/pengguna/wilayah", data=form).status_code == 403
    assert client("kepala").get("/pengguna/wilayah").status_code == 200
    bad = client("kepala").post(f"/unit/{made.B}/wilayah", data={"up3": "<b>", "uid": ""})
    assert bad.status_code == 422


def test_the_border_asks_about_who_is_nearer_to_the_neighbour(pages):
    client, _ = pages
    done = client("dua").post(f"{U}/perbatasan/cari-calon")
    assert done.status_code == 302
    page = client("dua").get(f"{U}/perbatasan").text
    assert "MG001" in page and f"/pelanggan/{SIX}" in page and "28 m" in page
    # House 7 hangs on no gardu: nothing to measure by, no candidate.
    assert f"/pelanggan/{small.public_id(7)}" not in page
    assert "7 dari 8 pelanggan bisa diukur" in words(page)


def test_a_move_goes_from_proposal_to_what_the_other_unit_shows(pages):
    client, database = pages
    client("dua").post(f"{U}/perbatasan/cari-calon")
    form = {"unit": made.B, "gardu": "MG001", "alasan": "sambungan dari gardu sebelah"}
    assert "Nama 6" not in client("dua").get(f"{U}/perbatasan/usul/{SIX}").text
    for told in ("Nama 6 pindah", "telepon 0812 3456 7890", "", small.idpel(6), "Jl. Kenanga 6"):
        refused = client("dua").post(f"{U}/perbatasan/usul/{SIX}", data={**form, "alasan": told})
        assert refused.status_code == 422, told
    assert client("tujuan").post(f"{U}/perbatasan/usul/{SIX}", data=form).status_code == 403
    assert client("dua").post(f"{U}/perbatasan/usul/{SIX}", data=form).status_code == 302
    assert client("dua").post(f"{U}/perbatasan/usul/{SIX}", data=form).status_code == 403

    theirs = client("tujuan").get(f"{V}/perbatasan?lihat=masuk").text
    shown = words(theirs)
    for secret in (small.idpel(6), "5135 4000 0006", "Nama 6", "Kenanga", str(SIX), ">M6<", "dua,"):
        assert secret not in theirs and secret not in shown, secret
    assert "PD002" in shown and "MG001" in shown and "28 m" in shown
    number = re.search(r"/perbatasan/usulan/(\d+)", theirs)[1]
    # Neither who proposed it, nor who only looks, nor the unit that proposed decides.
    act = f"/perbatasan/usulan/{number}"
    assert client("dua").post(V + act, data={"langkah": "accepted"}).status_code == 403
    assert client("lihat_b").post(V + act, data={"langkah": "accepted"}).status_code == 403
    assert client("perencana").post(U + act, data={"langkah": "accepted"}).status_code == 403
    assert client("tujuan").post(V + act, data={"langkah": "rejected"}).status_code == 422
    assert client("tujuan").post(V + act, data={"langkah": "accepted"}).status_code == 302

    for who, unit in (("tujuan", V), ("dua", U)):
        assert "usulan" in client(who).get(f"{unit}/perbatasan?lihat=ap2t").text
        assert "Pindah ULP yang diterima" in client(who).get(f"{unit}/serah-terima").text
    with database.reading() as session:
        told = session.execute(
            text("SELECT active, (SELECT gardu FROM pdpj WHERE idpel = c.idpel AND valid_to IS NULL) "
                 "FROM customer c WHERE idpel = :i"), {"i": small.idpel(6)}).all()  # fmt: skip
    assert told == [(True, "PD002")]  # accepted, and no record was edited

    client("tujuan2").post(V + act, data={"langkah": "reopened"})
    assert "Pindah ULP yang diterima" not in client("dua").get(f"{U}/serah-terima").text
    client("tujuan2").post(V + act, data={"langkah": "accepted"})
    with database.writing() as session:
        made.arrive(session, 6)
    seen = words(client("tujuan").get(f"{V}/perbatasan?lihat=masuk").text)
    assert "terlihat di unit tujuan" in seen and "5135 4000 0006" in seen
    assert "Pindah ULP yang diterima" not in client("dua").get(f"{U}/serah-terima").text
    assert client("tujuan").post(V + act, data={"langkah": "reopened"}).status_code == 403
    with database.reading() as session:
        steps = session.scalars(
            text("SELECT step FROM unit_move_step WHERE move_id = :m ORDER BY step_id"),
            {"m": number},
        ).all()
    assert steps == ["accepted", "reopened", "accepted"]


def test_limits_of_the_border_are_kept(pages):
    client, _ = pages
    page = f"{U}/perbatasan/setelan"
    assert client("dua").post(page, data={"jarak": "200", "selisih": "20"}).status_code == 302
    assert 'value="200"' in client("dua").get(f"{U}/perbatasan").text
    assert client("dua").post(page, data={"jarak": "", "selisih": "20"}).status_code == 422
    client("dua").post(page, data={"jarak": "350", "selisih": "10"})


def test_figures_of_units_are_asked_for_as_jobs(pages):
    client, database = pages
    with database.writing() as session:
        session.execute(text("UPDATE unit_figures SET mark = 'other'"))
    assert client("dua").post("/wilayah/hitung").status_code == 302
    with database.reading() as session:
        told = session.execute(text("SELECT ulp, task FROM job")).all()
    assert told == [(made.A, "months")]  # B has no month


@pytest.mark.parametrize("lang", ["id", "en"])
def test_each_page_of_it_speaks_both_languages(pages, lang):
    client, _ = pages
    someone = client("kepala")
    someone.post("/bahasa", data={"lang": lang})
    for page in ("/wilayah", "/wilayah/peta", "/pengguna/wilayah", f"{U}/perbatasan",
                 f"{U}/perbatasan?lihat=keluar", f"{U}/perbatasan/usul/{SIX}"):  # fmt: skip
        assert someone.get(page).status_code == 200, page
    someone.post("/bahasa", data={"lang": "id"})
