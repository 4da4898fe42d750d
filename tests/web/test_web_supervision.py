"""Supervision over HTTP: facts of readers, its settings, the month signed and closed, a trial's report."""

import io
import re

import pytest
import small_unit as small
from PIL import Image
from sqlalchemy import text

from rbmgeo.db.queries import units
from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import create_app

pytestmark = pytest.mark.database
U = f"/{small.SMALL}/{small.BLTH}"
FACTS, SET = f"{U}/fakta-pembaca", f"{U}/setelan/pengawasan"
SUM, TRIAL = f"{U}/bulan-ini/ringkasan", f"{U}/laporan-uji-coba"


def build(session):
    """The small unit: half its readings by SITI with codes, half on the list alone; two photos looked at."""
    small.build(session)
    for n, code, stand in ((0, "Z", 4321), (1, "E", None), (2, "7", 4321)):
        session.execute(
            text("UPDATE reading SET officer = 'SITI', lbkb_code = :c, stand_kwh = :s, read_on = '2024-12-03', "
                 "kwh = CASE WHEN :s IS NULL THEN NULL ELSE kwh END WHERE ulp = :u AND blth = :b AND idpel = :i"),
            {"c": code, "s": stand, "u": small.SMALL, "b": small.BLTH, "i": small.idpel(n)},
        )  # fmt: skip
    session.execute(
        text("INSERT INTO photo_sample (ulp, sample_id, blth, scope, lot, size, seed, list_hash, drawn_by) "
             "VALUES (:u, gen_random_uuid(), :b, 'unit', 8, 2, 's', repeat('a', 64), 'uji')"),
        {"u": small.SMALL, "b": small.BLTH},
    )  # fmt: skip
    for place, n, verdict in ((1, 0, "sama"), (2, 2, "beda")):
        told = {"u": small.SMALL, "p": place, "i": small.idpel(n), "v": verdict}
        session.execute(text("INSERT INTO photo_sample_item (ulp, sample_id, place, idpel, stratum, reserve) "
                             "SELECT ulp, sample_id, :p, :i, 'x', false FROM photo_sample WHERE ulp = :u"), told)  # fmt: skip
        session.execute(text("INSERT INTO photo_check (ulp, sample_id, place, seen, recorded, verdict, checked_by) "
                             "SELECT ulp, sample_id, :p, '1', '1', :v, 'uji' FROM photo_sample WHERE ulp = :u"), told)  # fmt: skip


@pytest.fixture(scope="module")
def unit(make_database, tmp_path_factory):
    database = Database(make_database("supervision", filled=build))
    app = create_app(Settings(home=tmp_path_factory.mktemp("home")), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False

    def client(login, lang="id"):
        made = app.test_client()
        made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD})
        made.post("/bahasa", data={"lang": lang})
        return made

    client.database = database
    yield client
    database.close()


def table(page, name):
    """Return the cells of a page's table as plain words, a list a row."""
    found = re.search(rf'<table[^>]*data-table="{name}".*?</table>', page, re.S)
    assert found, name
    body = found[0].partition("<tbody>")[2]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.S)
    return [[" ".join(re.sub(r"<[^>]+>", " ", c).split()) for c in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", r, re.S)] for r in rows]  # fmt: skip


def scan():
    held = io.BytesIO()
    Image.new("L", (60, 80), 255).save(held, "PDF")
    return io.BytesIO(held.getvalue())


def test_each_reader_has_his_shares_with_their_number_and_no_rank(unit):
    rows = table(unit("pengawas").get(FACTS).text, "fakta-pembaca")
    assert [r[0] for r in rows] == ["P-01", "SITI"], "in the order of the codes"
    siti = rows[1]
    assert siti[1].startswith("66,7 % 2 dari 3") and "(" in siti[1]
    assert siti[3].startswith("33,3 % 1 dari 3"), "closed house"
    assert siti[5].startswith("50,0 % 1 dari 2"), "told by the customer"
    assert siti[6].startswith("50,0 % 1 dari 2"), "of two photos one differs"
    assert rows[0][6] == "–" and siti[7] == "–", "nobody looked: no share"


def test_the_page_is_the_same_for_who_plans_and_closed_to_who_surveys(unit):
    assert unit("perencana").get(FACTS).status_code == 200
    assert unit("surveyor").get(FACTS).status_code == 403
    page = unit("pengawas", "en").get(FACTS).text
    assert "there is no rank" in page and "It may be because of" in page


def test_one_reader_has_his_year_and_too_few_months_have_no_limits(unit):
    page = unit("pengawas").get(f"{FACTS}?petugas=SITI").text
    assert "terlalu sedikit untuk batas" in page
    assert {r[-1] for r in table(page, "tahun-pembaca")} == {"tanpa batas"}
    assert "Tidak ada bacaan petugas ini" in unit("pengawas").get(f"{FACTS}?petugas=X").text


def test_without_readings_the_page_says_what_comes_next(unit):
    assert "Impor DPM" in unit("pengawas").get(f"/{small.SMALL}/202001/fakta-pembaca").text


GOOD = {
    "tutup": "25", "toleransi": "1", "selang_min": "27", "selang_maks": "34", "jam_awal": "6",
    "jam_akhir": "19", "laju": "36", "teliti": "20", "langkah": "150", "jauh": "80", "naik": "60",
    "turun": "40", "jam_nyala": "30", "swabaca_awal": "22", "swabaca_akhir": "26",
}  # fmt: skip


def test_supervision_is_set_by_the_unit_and_a_range_the_wrong_way_round_is_refused(unit):
    awas = unit("pengawas")
    for wrong in ({"selang_min": "35"}, {"jam_awal": "19"}, {"swabaca_awal": "27"}, {"tutup": "32"}, {"jauh": ""}):  # fmt: skip
        assert awas.post(SET, data={**GOOD, **wrong}).status_code == 422, wrong
    assert unit("surveyor").post(SET, data=GOOD).status_code == 403
    assert awas.post(SET, data=GOOD).status_code == 302
    with unit.database.reading() as session:
        now = units.unit_settings(session, ulp=small.SMALL)
        told = session.scalar(text("SELECT before->>'reading_away_m' FROM command_log WHERE command = 'supervision settings'"))  # fmt: skip
    assert (now.closing_day, now.reading_away_m, now.self_read_days) == (25, 80, (22, 26))
    assert now.reading_speed_m_per_s == 10 and now.dlpd_rise == 0.6
    assert float(told) == 100, "the log says what it was"
    assert "Sampai tutup" in awas.get(f"{U}/meja-stand").text
    assert awas.post(SET, data={**GOOD, "tutup": ""}).status_code == 302
    with unit.database.reading() as session:
        assert units.unit_settings(session, ulp=small.SMALL).closing_day is None


def sentence(page, topic):
    return next(r[2] for r in table(page, "ringkasan") if r[1] == topic)


def test_the_summary_has_ten_sentences_at_most_and_each_number_is_that_of_the_page_it_opens(unit):
    awas = unit("pengawas")
    page = awas.get(SUM).text
    rows = table(page, "ringkasan")
    assert 1 <= len(rows) <= 10
    opens = re.findall(r'class="btn sm" href="([^"]+)"', page)
    assert len(opens) >= len(rows)
    assert all(awas.get(a).status_code == 200 for a in opens)
    read = awas.get(f"{U}/terbaca").text
    told = re.search(r"Terbaca ([\d.]+) dari ([\d.]+)", sentence(page, "Jadwal"))
    assert told and all(n in read for n in told.groups())
    stands = awas.get(f"{U}/meja-stand").text
    told = re.search(r"([\d.]+) dari ([\d.]+)", sentence(page, "Meja stand"))
    assert told and f"{told[1]} <small>dari {told[2]}</small>" in stands
    found = re.search(r"([\d.]+) temuan", sentence(page, "Temuan"))
    assert found and found[1] == re.search(r"([\d.]+) temuan perlu dilihat", awas.get(f"{U}/bulan-ini").text)[1]  # fmt: skip
    photos = re.search(r"([\d.]+) dari ([\d.]+) foto", sentence(page, "Keakuratan"))
    facts = [r[6] for r in table(awas.get(FACTS).text, "fakta-pembaca")]
    pairs = [re.search(r"(\d+) dari (\d+)", f) for f in facts]
    assert photos and tuple(map(int, photos.groups())) == tuple(sum(int(p[k]) for p in pairs if p) for k in (1, 2))  # fmt: skip
    kwh = re.search(r"kWh terjual ([\d.,]+);", sentence(page, "kWh"))
    assert kwh and kwh[1] in awas.get(f"{U}/energi").text


def test_the_month_is_signed_as_read_then_closed_by_its_scan_and_nothing_changes_after(unit):
    awas = unit("pengawas")
    page = awas.get(SUM).text
    told = {"nama": "Manajer Contoh", "jabatan": "Manajer ULP"}
    seen = re.search(r'name="dibaca" value="(\w{64})"', page)[1]
    assert unit("perencana").post(SUM, data={**told, "dibaca": seen}).status_code == 403
    assert awas.post(SUM, data={**told, "dibaca": "0" * 64}).status_code == 422, "not what was read"
    assert awas.post(SUM, data={"nama": " ", "jabatan": "x", "dibaca": seen}).status_code == 422
    assert awas.post(f"{SUM}/pindaian", data={"pindaian": (scan(), "s.pdf")}).status_code == 422
    assert awas.post(SUM, data={**told, "dibaca": seen}).status_code == 302
    with unit.database.reading() as session:
        number, sha256, pdf = session.execute(text("SELECT signed_id, sha256, pdf FROM month_signed")).one()  # fmt: skip
    paper = awas.get(f"{SUM}/{number}.pdf")
    assert paper.data == bytes(pdf) and paper.data[:5] == b"%PDF-"
    page = awas.get(SUM).text
    assert "Manajer Contoh" in page and sha256[:16] in page
    assert "Tidak ada yang berubah" in page
    assert "menunggu pindaian" in awas.get(f"{U}/bulan-ini").text

    signed = sentence(page, "Jadwal")
    with unit.database.writing() as session:
        session.execute(text("UPDATE reading SET kwh = 7, stand_kwh = 9 WHERE ulp = :u AND blth = :b AND idpel = :i"),
                        {"u": small.SMALL, "b": small.BLTH, "i": small.idpel(3)})  # fmt: skip
    page = awas.get(SUM).text
    assert "Sejak ditandatangani berubah" in page
    assert sentence(page, "Jadwal") == signed
    assert any(r[0] == "Jadwal" and r[1] == signed != r[2] for r in table(page, "ringkasan-berubah"))  # fmt: skip

    assert awas.post(f"{SUM}/pindaian", data={"pindaian": (io.BytesIO(b"teks"), "s.pdf")}).status_code == 422  # fmt: skip
    assert awas.post(f"{SUM}/pindaian", data={"pindaian": (scan(), "s.pdf")}).status_code == 302
    page = awas.get(SUM).text
    assert sentence(page, "Jadwal") == signed and 'name="dibaca"' not in page
    assert awas.get(f"{SUM}/pindaian.pdf").data[:5] == b"%PDF-"
    assert "bulan ditutup" in awas.get(f"{U}/bulan-ini").text
    seen = {"dibaca": "0" * 64}
    for path, data in ((SUM, {**told, **seen}), (f"{SUM}/pindaian", {"pindaian": (scan(), "s.pdf")})):  # fmt: skip
        answer = awas.post(path, data=data)
        assert answer.status_code == 422 and "ditutup" in answer.text


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE month_signed SET sha256 = repeat('0', 64)",
        "DELETE FROM month_closed",
        "INSERT INTO month_signed (ulp, blth, content, sha256, pdf, signer_name, signer_position, signed_by, signed_at) "
        "SELECT ulp, blth, content, sha256, pdf, 'x', 'x', 'x', now() FROM month_signed",
    ],
    ids=["changed", "opened", "again"],
)
def test_the_database_itself_keeps_a_closed_month(unit, change):
    """After the test above: signed and closed."""
    with (
        pytest.raises(Exception, match=r"(?i)append|closed|refuse|change"),
        unit.database.writing() as session,
    ):
        session.execute(text(change))


def test_a_month_that_nobody_closed_says_so(unit):
    awas = unit("pengawas")
    other = f"/{small.SMALL}/202401/bulan-ini/ringkasan"
    assert "Belum ditandatangani" in awas.get(other).text
    assert awas.get(f"{other}/pindaian.pdf").status_code == 404
    assert awas.get(f"{other}/999999.pdf").status_code == 404


def test_the_trial_report_is_read_and_taken_away_in_three_parts(unit):
    from pypdf import PdfReader

    page = unit("perencana").get(TRIAL).text
    assert page.count("<h2>") == 3 and "Yang tidak bisa dikatakan" in page
    assert "tidak diukur" in page, "no visit of a phone yet"
    answer = unit("perencana").get(f"{TRIAL}/laporan.pdf")
    assert len(PdfReader(io.BytesIO(answer.data)).pages) == 3
    assert "What cannot be said" in unit("perencana", "en").get(TRIAL).text
    assert "Impor" in unit("perencana").get(f"/{small.EMPTY}/{small.BLTH}/laporan-uji-coba").text
    assert unit("surveyor").get(TRIAL).status_code == 403
