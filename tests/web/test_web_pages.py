"""Every page of the product, with data and without, in both languages."""

import io
import re

import pytest
import small_unit as small
from sqlalchemy import text
from test_web_access import EVERYBODY, routes

from rbmgeo.db.queries import pages, units
from rbmgeo.jobs.run import run_job
from rbmgeo.jobs.tasks import TASKS
from web.words import WORDS

#: The one address of another host on any page: followed on tap, it holds a coordinate.
WAY_OUT = re.compile(
    r"https://www\.google\.com/maps/search/\?api=1&amp;query=-?\d+\.\d{6},-?\d+\.\d{6}"
)
PAGES = [
    "bulan-ini", "impor", "lembar-pertama", "lembar-pertama/pelanggan?bagian=hanya_rbm",
    "evaluasi", "evaluasi?lihat=gardu", "evaluasi?lihat=matriks", "temuan",
    "temuan?jenis=hanya_rbm", "rute/tidak-terjangkau", "survei", "survei/usulan", "survei/usulan?keadaan=approved", "rute",
    "jadwal", "serah-terima", "energi", "energi?lihat=gardu", "peta", "peta/energi", "peta/unit", "lapangan", "laporan",
    "jadwal-pemutakhiran", "jadwal-pemutakhiran?petugas=P-01&tanggal=2024-12-03", "surat-tugas",
    "pekerjaan", "mutasi", "mutasi?jenis=hilang&keadaan=accepted", "terbaca", "serah-terima/periksa",
    "uji-petik", "uji-petik/rencana", "uji-petik/buku", "perbatasan", "perbatasan?lihat=masuk",
]  # fmt: skip


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("ulp", [small.EMPTY, small.SMALL])
def test_each_page_stands_on_its_own_feet(as_role, ulp, lang):
    client = as_role("admin")
    client.post("/bahasa", data={"lang": lang})
    for page in PAGES:
        answer = client.get(f"/{ulp}/{small.BLTH}/{page}")
        assert answer.status_code == 200, page
        check_page(answer.text, lang)


def test_every_page_with_an_id_shows_the_small_unit(app, ids, as_role):
    client = as_role("admin")
    for endpoint, method, address in routes(app, ids):
        if method != "GET" or endpoint in EVERYBODY or small.SMALL not in address:
            continue
        if endpoint.startswith("workbench.") and endpoint != "workbench.page":
            continue  # the draft is not on the bench yet: test_web_workbench
        if endpoint in ("vendor.page", "vendor.one", "vendor.sheet"):
            continue  # of a vendor alone: test_web_vendor
        if endpoint.startswith("wizard."):
            continue  # of files that were sent: test_web_wizard looks at each of them
        if endpoint.startswith(("events.", "event_map.")) and "peristiwa/1" in address:
            continue  # the unit has no event: test_web_events
        if endpoint.startswith("deeds.") and endpoint != "deeds.page":
            continue  # none is issued: test_web_deeds
        answer = client.get(address)
        if endpoint in (
            "jobs.one",
            "jobs.state",
            "routes.targets_file",
            "routes.apart_file",  # no streets
            "change_sets.differ_walks",
            "change_sets.of_month",  # leads on
            "change_sets.differ_file",  # of two versions: test_web_workbench
            "change_sets.picture",
            "change_sets.one_edit",  # no edit yet: test_web_workbench
            "front.unit",
            "handoff.file",
            "handoff.check_file",
            "customers.photo",  # test_web_photos
            "layers.one",  # in formats of its own: test_web_layers
            "ogc.item",
            "sheets.made",  # no job made any: test_web_sheets
            "tables.made",  # test_web_exports
            "papers.made",  # test_web_papers
            "papers.one",
            "visit_lists.one",  # no list was made: test_web_visits
            "visit_lists.file",
            "visit_records.page",
            "pictures.show",  # none came: test_web_wire
            "phone_lists.page",  # of a phone: test_web_phone
            "phone_lists.one",
            "photo_test.look",  # no sample was drawn: test_web_photo_test
            "photo_test.result",
            "stand_samples.page",  # test_web_sampling
            "stand_samples.paper",
            "verification.show",  # no gardu was drawn: test_web_verification
            "verification.paper",
            "month_summary.paper",  # nobody signed: test_web_supervision
            "month_summary.scan",
            "base_maps.tile",  # no file of tiles is there: test_web_base_maps
        ):
            continue
        assert answer.status_code == 200, (endpoint, answer.status_code)
        if answer.mimetype == "text/html":
            check_page(answer.text, "id")


def check_page(text: str, lang: str) -> None:
    assert f'<html lang="{lang}"' in text
    assert len(re.findall(r"<h1[ >]", text)) == 1
    assert 'class="skip" href="#isi"' in text
    assert not re.search(r"<[^>]+ style=", text), "the policy forbids inline style"
    inline = re.findall(r"<script(?![^>]* src=)([^>]*)>", text)
    said = [kind for kind in inline if 'type="application/json"' not in kind]
    own = r'( type="importmap")? nonce="[\w-]{24}"'
    assert all(re.fullmatch(own, kind) for kind in said), (
        "no inline script but the map's shell and what its modules are called"
    )
    assert sum("importmap" not in kind for kind in said) <= 1
    assert not re.search(r"<[^>]+ on[a-z]+=", text)
    for address in re.findall(r'(?:href|src|action)="([^"]*)"', text):
        if WAY_OUT.fullmatch(address):
            continue
        assert address.startswith(("/", "#")), address
        assert not address.startswith("//"), address
        assert not re.search(
            r"(?<![-0-9a-f])\d{12}(?![-0-9a-f])", address.split("/pelanggan/")[0]
        ), address


def test_english_has_no_indonesian_menu(as_role):
    client = as_role("admin")
    client.post("/bahasa", data={"lang": "en"})
    text = client.get(f"/{small.SMALL}/{small.BLTH}/bulan-ini").text
    assert "This month" in text
    for word in ("Bulan ini", "Temuan", "Laporan", "Lapangan", "selesai", "sebelum"):
        assert word not in text


def test_no_address_carries_an_idpel(as_role):
    client = as_role("admin")
    for page in PAGES:
        text = client.get(f"/{small.SMALL}/{small.BLTH}/{page}").text
        for address in re.findall(r'(?:href|src|action)="([^"]*)"', text):
            assert all(small.idpel(n) not in address for n in range(8)), address


def test_search_goes_to_the_customer_without_its_number(as_role):
    client = as_role("perencana")
    address = f"/{small.SMALL}/{small.BLTH}/cari"
    typed = f"{small.idpel(2)[:4]} {small.idpel(2)[4:8]} {small.idpel(2)[8:]}"
    answer = client.post(address, data={"kata": typed})
    assert answer.status_code == 302
    assert answer.location.endswith(f"/pelanggan/{small.public_id(2)}")
    many = client.post(address, data={"kata": "PD0"})
    assert many.status_code == 200
    assert "PD001" in many.text
    assert "PD002" in many.text


def test_the_sums_of_the_energy_page_are_those_of_the_source(as_role):
    text = as_role("pengawas").get(f"/{small.SMALL}/{small.BLTH}/energi").text
    assert "703,5" in text  # seven of eight houses read, 100.5 kWh each
    assert "jumlah cocok" in text
    assert "jumlah tidak cocok" not in text


def test_months_that_take_long_are_summed_by_a_job_and_then_open_at_once(
    web_database, as_role, monkeypatch
):
    client, address = as_role("pengawas"), f"/{small.SMALL}/{small.BLTH}"
    span = {"dari": small.BLTH, "sampai": small.BLTH}
    try:
        with web_database.writing() as session:
            session.execute(text("DELETE FROM kwh_month"))
        monkeypatch.setattr("web.pages.energy.AT_ONCE", 0)
        page = client.get(f"{address}/energi", query_string=span)
        assert "1 bulan perlu dijumlah dulu" in page.text
        assert client.get(f"{address}/peta/energi", query_string=span).location.startswith(
            f"{address}/energi?"
        )
        asked = client.post(f"{address}/energi/hitung", data=span)
        job_id = int(asked.location.rsplit("/", 1)[1])
        assert run_job(web_database, ulp=small.SMALL, job_id=job_id, tasks=TASKS) == "done"
        assert f"/energi?dari={small.BLTH}" in client.get(asked.location).text
        assert "jumlah cocok" in client.get(f"{address}/energi", query_string=span).text
        assert client.get(f"{address}/peta/energi", query_string=span).status_code == 200
    finally:
        with web_database.writing() as session:
            session.execute(text("DELETE FROM job"))
            session.execute(text("DELETE FROM procrastinate_jobs"))
            session.execute(text("DELETE FROM kwh_month"))


def test_only_an_invented_unit_is_marked(web_database, as_role):

    client, address = as_role("perencana"), f"/{small.EMPTY}/{small.BLTH}/bulan-ini"
    assert "REKAAN" not in client.get(address).text
    with web_database.writing() as session:
        units.set_unit(session, ulp=small.EMPTY, sample=True)
    try:
        text = client.get(address).text
        assert text.count("DATA CONTOH (REKAAN)") == 2  # on the screen and on paper
    finally:
        with web_database.writing() as session:
            units.set_unit(session, ulp=small.EMPTY, sample=False)


def test_refused_rows_come_as_a_file_that_no_spreadsheet_runs(ids, as_role):
    answer = as_role("perencana").get(
        f"/{small.SMALL}/{small.BLTH}/berkas/{ids['batch_id']}/ditolak.csv"
    )
    assert answer.mimetype == "text/csv"
    assert "'=1+1" in answer.text
    assert "IDPEL harus 12 angka" in answer.text


def test_a_survey_list_gains_a_customer(as_role, web_database):
    client = as_role("perencana")
    page = f"/{small.SMALL}/{small.BLTH}/pelanggan/{small.public_id(6)}"
    assert client.post(f"{page}/survei").status_code == 302
    with web_database.reading() as session:
        assert pages.in_latest_plan(session, ulp=small.SMALL, idpel=small.idpel(6))


@pytest.mark.parametrize("page", ["/kata-sandi", "/pengguna", "/api/v1/docs", "/tidak-ada"])
def test_what_is_invented_is_marked_away_from_units_too(web_database, as_role, page):
    client = as_role("admin")
    assert "REKAAN" not in client.get(page).text
    with web_database.writing() as session:
        before = {u.ulp: u.sample for u in units.units(session)}
        for ulp in before:
            units.set_unit(session, ulp=ulp, sample=True)
    try:
        assert "DATA CONTOH (REKAAN)" in client.get(page).text
    finally:
        with web_database.writing() as session:
            for ulp, sample in before.items():
                units.set_unit(session, ulp=ulp, sample=sample)


def test_another_month_is_the_same_page_and_never_a_forbidden_one(ids, as_role):
    client = as_role("surveyor")
    visits = f"/survei/{ids['run_id']}/1/1"
    text = client.get(f"/{small.SMALL}/{small.BLTH}{visits}").text
    months = re.findall(r'href="([^"]*)" aria-label="Bulan [sb]', text)
    assert months == [f"/{small.SMALL}/{m}{visits}" for m in ("202411", "202501")]
    assert all(client.get(address).status_code == 200 for address in months)


def test_whoever_is_turned_away_is_told_the_number_of_the_request(as_role):
    answer = as_role("surveyor").get(f"/{small.SMALL}/{small.BLTH}/bulan-ini")
    assert answer.status_code == 403
    assert re.search(r"Nomor permintaan [0-9a-f]{8}<", answer.text)


def test_a_page_without_a_unit_leads_back(as_role):
    text = as_role("surveyor").get("/kata-sandi").text
    assert re.search(r'<nav class="nav".*?href="/".*?</nav>', text, re.S)


def test_a_month_without_data_points_to_the_newest(as_role):
    client = as_role("perencana")
    assert "Belum ada pembacaan Maret 2026" in client.get(f"/{small.SMALL}/202603/bulan-ini").text
    text = client.get(f"/{small.SMALL}/202603/bulan-ini").text
    assert f'href="/{small.SMALL}/{small.BLTH}/bulan-ini">Buka Desember 2024' in text
    assert "Belum ada pembacaan" not in client.get(f"/{small.SMALL}/{small.BLTH}/bulan-ini").text


def test_reasons_of_the_lists_are_words(as_role):
    client = as_role("perencana")
    for kind in pages.LIST_CLASSES:
        text = client.get(f"/{small.SMALL}/{small.BLTH}/temuan?jenis={kind}").text
        assert "wajar_pra" not in text
        assert "wajar_pln" not in text
    assert {f"why.{kind}" for kind in pages.LIST_CLASSES} <= WORDS.keys()
    assert {f"why.{code}" for code in ("R-PR-02", "pln_di_rbm", "wajar_pra", "wajar_pln")} <= (
        WORDS.keys()
    )


def test_a_draft_has_its_buttons_in_the_list(as_role, ids):
    text = as_role("perencana").get(f"/{small.SMALL}/{small.BLTH}/rute").text
    version = f"/{small.SMALL}/{small.BLTH}/rute/{ids['version_id']}"
    assert f'action="{version}/urutkan"' in text
    assert f'href="{version}"' in text
    bench = f"/{small.SMALL}/{small.BLTH}/meja/{ids['version_id']}"
    assert f'href="{bench}#terbit"' in text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("idpel,outcome,client_id\n12,cocok,x\n513540000001,entah,y\n", "IDPEL harus 12 angka"),
        ("nomor,jawaban\n1,2\n", "kolom idpel, outcome, client_id tidak ada"),
    ],
)
def test_answers_at_fault_are_shown_beside_the_form(as_role, body, said):
    for role in ("perencana", "surveyor"):
        sent = {"berkas": (io.BytesIO(body.encode()), "jawaban pagi.csv")}
        answer = as_role(role).post(f"/{small.SMALL}/{small.BLTH}/survei/jawaban", data=sent)
        assert answer.status_code == 422
        assert said in answer.text and "jawaban pagi.csv" in answer.text
        assert 'name="berkas"' in answer.text, "the form is still there"


def test_the_rings_of_the_field_page_differ(as_role, web_database):
    with web_database.writing() as session:
        session.execute(
            text(
                "INSERT INTO survey_task (ulp, run_id, idpel, surveyor, day, stop, control) "
                "SELECT t.ulp, t.run_id, c.idpel, 2, 1, 1, false FROM survey_task t "
                "JOIN customer c USING (ulp) WHERE t.ulp = :u AND NOT EXISTS (SELECT FROM "
                "survey_task o WHERE o.ulp = t.ulp AND o.run_id = t.run_id AND o.idpel = c.idpel) "
                "ORDER BY c.idpel LIMIT 1"
            ),
            {"u": small.SMALL},
        )
    page = as_role("surveyor").get(f"/{small.SMALL}/{small.BLTH}/lapangan").text
    with web_database.writing() as session:
        session.execute(text("DELETE FROM survey_task WHERE surveyor = 2"))
    assert re.findall(r'class="ring[^"]*">(\d+)<', page) == ["1", "2"]
