"""The app of the field on a phone of 390 px: set up once, then without a network; nothing lost, nothing told twice."""

import base64
import contextlib
import hashlib
import io
import json
import os
from pathlib import Path

import phone_unit as drawn
import pytest
import small_unit as small
from accessible import TAGS, library
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from in_chromium import SIZES
from PIL import Image
from playwright.sync_api import expect
from sqlalchemy import text

from rbmgeo.fieldwork.job_form import Field, JobForm, Outcome
from rbmgeo.fieldwork.jobs import FORMS
from rbmgeo.terms import FieldJob

#: Other tests use the machine too.
expect.set_options(timeout=30_000)
pytestmark = pytest.mark.browser
PIN = "284913"
HOME = f"/{drawn.ULP}/hp"


@pytest.fixture
def office(make_database, tmp_path):
    with drawn.office(make_database, tmp_path, "phone", drawn.build) as made:
        yield made


def picture(side: int = 1600) -> dict:
    """Return a photo as a camera gives it: large, with a position in its EXIF."""
    made, raw = Image.effect_noise((side, side * 3 // 4), 90).convert("RGB"), io.BytesIO()
    exif = Image.Exif()
    exif[0x8825] = {1: "S", 2: (7.0, 39.0, 36.0), 3: "E", 4: (112.0, 42.0, 36.0)}
    made.save(raw, "JPEG", exif=exif, quality=92)
    return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": raw.getvalue()}


def context_of(browser, **more):
    return browser.new_context(
        viewport=dict(zip(("width", "height"), SIZES["phone"], strict=True)), has_touch=True,
        is_mobile=True, permissions=["geolocation"],
        geolocation={"longitude": drawn.LON, "latitude": drawn.LAT - 0.0003, "accuracy": 6}, **more,
    )  # fmt: skip


def signed_in(context, where: str):
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda e: page.faults.append(str(e)))
    page.on("request", lambda r: r.url.startswith((where, "data:", "blob:")) or page.faults.append(r.url))  # fmt: skip
    page.goto(f"{where}/masuk?next={HOME}")
    page.fill("#nama", drawn.OFFICER)
    page.fill("#sandi", small.PASSWORD)
    page.click("button.p")
    page.wait_for_url(f"{where}{HOME}*")
    return page


def set_up(page, pin: str = PIN) -> None:
    """Choose a PIN and take the list along."""
    page.fill("#p1", pin)
    page.fill("#p2", pin)
    page.get_by_role("button", name="Simpan PIN").click()
    page.get_by_role("button", name="Unduh").click()
    page.get_by_role("link", name="Mulai").click()
    expect(page.locator(".next h2")).to_have_text("Jl. Melati 1")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def unlock(page, pin: str = PIN) -> None:
    page.fill("#p1", pin)
    page.get_by_role("button", name="Buka", exact=True).click()


def band(page):
    return page.locator(".band b")


def visit(page, outcome: str = "cocok") -> None:
    page.get_by_role("link", name="Kunjungi rumah ini").click()
    page.locator(f"[data-outcome={outcome}]").click()


def shot(page, name: str) -> None:
    folder = os.environ.get("RBMGEO_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"hp-{name}.png")


def stored(page) -> dict:
    """Return how many of what lie on the phone, and their bytes as text."""
    return page.evaluate(
        """() => new Promise((done) => {
            const asked = indexedDB.open("rbmgeo-hp-51354");
            asked.onsuccess = async () => {
                const out = {};
                for (const name of asked.result.objectStoreNames) {
                    const all = asked.result.transaction(name).objectStore(name).getAll();
                    await new Promise((ok) => { all.onsuccess = ok; });
                    const plain = (v) => v instanceof ArrayBuffer ? new TextDecoder("latin1").decode(v)
                        : ArrayBuffer.isView(v) ? "" : v && typeof v === "object" ? Object.values(v).map(plain).join(" ") : String(v);
                    out[name] = [all.result.length, all.result.map(plain).join(" ")];
                }
                asked.result.close();
                done(out);
            };
        })"""
    )


def test_set_up_once_then_visits_without_a_network_arrive_once_though_replies_are_lost(browser, office):  # fmt: skip
    where = office.serve()
    with contextlib.closing(context_of(browser)) as context:
        page = signed_in(context, where)
        set_up(page)
        office.vanish()
        page.reload()  # a cold start without a network: the worker gives the app
        unlock(page)
        for done in range(20):
            expect(page.locator(".next h2")).to_have_text(f"Jl. Melati {done + 1}")
            if done == 2:
                page.get_by_role("link", name="Kunjungi rumah ini").click()
                page.set_input_files("#f-rumah", picture())
                expect(page.locator(".shot img")).to_be_visible()
                page.locator("[data-outcome=cocok]").click()
            else:
                visit(page)
            if done in (7, 13):
                # Reloaded before it went on, the app would rightly stand at the same house again.
                expect(page.locator(".next h2")).to_have_text(f"Jl. Melati {done + 2}")
                page.reload()
                unlock(page)
        expect(band(page)).to_have_text("20 belum terkirim")
        shot(page, "belum-terkirim")
        told = stored(page)
        assert told["records"][0] == 20 and told["photos"][0] == 1
        for secret in ("Melati", "cocok", "14000000", drawn.OFFICER):
            for name, (_, content) in told.items():
                assert secret not in content, f"{secret} lies open in {name}"
        office.lose_every = 3
        office.serve()
        page.goto(f"{where}{HOME}#antrean")
        for _ in range(60):
            if page.get_by_text("20 dari 20 terkirim").count():
                break
            page.get_by_role("button", name="Kirim sekarang").click()
            page.wait_for_timeout(250)
        expect(band(page)).to_have_text("20 dari 20 terkirim")
        assert office.lost >= 1
        kept = office.kept()
        assert len(kept) == len({k[0] for k in kept}) == len({k[1] for k in kept}) == 20
        (photo,) = office.whole_photos()
        if not office.own_wire:
            raw = bytes(office.photos[photo])
            assert hashlib.sha256(raw).hexdigest() == photo and len(raw) <= 200_000
            assert not Image.open(io.BytesIO(raw)).getexif()
        told = stored(page)
        assert told["records"][0] == told["photos"][0] == 0 and told["receipts"][0] == 20
        assert page.faults == []


@pytest.mark.drill
def test_the_office_opens_the_rescue_file_without_the_pin(browser, office, tmp_path):
    where = office.serve()
    with contextlib.closing(context_of(browser)) as context:
        page = signed_in(context, where)
        set_up(page)
        office.vanish()
        page.get_by_role("link", name="Kunjungi rumah ini").click()
        page.set_input_files("#f-rumah", picture())
        page.locator("[data-outcome=gardu_lain]").click()
        page.get_by_role("button", name="Simpan", exact=True).click()
        expect(page.locator("[role=alert]")).to_contain_text("Gardu: wajib diisi")
        page.locator("[data-field=gardu] [data-code=PD002]").click()
        page.get_by_role("button", name="Simpan", exact=True).click()
        expect(page.locator(".next h2")).to_have_text("Jl. Melati 2")
        page.reload()
        page.locator("summary").click()
        with page.expect_download() as got:
            page.get_by_role("button", name="Ekspor antrean").click()
        got.value.save_as(tmp_path / "antrean.json")
    told = json.loads((tmp_path / "antrean.json").read_text())
    assert (told["v"], told["ulp"], len(told["records"])) == (1, drawn.ULP, 2)
    if office.own_wire:
        return
    key = AESGCM(office.opened(base64.b64decode(told["wrapped_key"])))
    plain = [key.decrypt(base64.b64decode(r["iv"]), base64.b64decode(r["data"]), None)
             for r in told["records"]]  # fmt: skip
    sent = json.loads(plain[0])
    assert (sent["outcome"], sent["values"], sent["officer"]) == ("gardu_lain", {"gardu": "PD002"}, drawn.OFFICER)  # fmt: skip
    assert sent["place"]["accuracy_m"] == 6 and sent["device_id"] == told["device_id"]
    assert sent["photos"] == [{"sha256": hashlib.sha256(plain[1]).hexdigest(), "kind": "rumah", "bytes": len(plain[1])}]  # fmt: skip


@pytest.mark.drill
def test_a_wrong_pin_opens_nothing_and_waits_longer_each_time(browser, office):
    where = office.serve()
    with contextlib.closing(context_of(browser)) as context:
        page = signed_in(context, where)
        page.fill("#p1", "123456")
        page.fill("#p2", "123456")
        page.get_by_role("button", name="Simpan PIN").click()
        expect(page.locator("[role=alert]")).to_contain_text("mudah ditebak")
        set_up(page)
        page.reload()
        for _ in range(3):
            unlock(page, "999999")
            expect(page.locator("[role=alert]")).to_contain_text("PIN salah")
            expect(page.locator("#p1")).to_have_value("")
        expect(page.get_by_role("button", name="Buka", exact=True)).to_be_disabled()
        page.reload()  # no reload shortens it
        expect(page.get_by_role("button", name="Buka", exact=True)).to_be_disabled()
        assert "detik" in page.locator("[role=alert]").inner_text()


@pytest.mark.drill
def test_a_full_phone_keeps_the_record_and_says_what_it_dropped(browser, office):
    where = office.serve()
    with contextlib.closing(context_of(browser)) as context:
        page = signed_in(context, where)
        set_up(page)
        office.vanish()
        page.get_by_role("link", name="Kunjungi rumah ini").click()
        # From here on the phone takes nothing over 100 kB, as one does that is nearly full.
        page.evaluate(
            """() => { const put = IDBObjectStore.prototype.put;
                window.most = 100_000;
                const heavy = (v) => v?.data?.byteLength || 0;
                IDBObjectStore.prototype.put = function (value, ...more) {
                    if (heavy(value) > window.most) throw new DOMException("full", "QuotaExceededError");
                    return put.call(this, value, ...more); };
                const add = IDBObjectStore.prototype.add;
                IDBObjectStore.prototype.add = function (value, ...more) {
                    if (window.most < 1) throw new DOMException("full", "QuotaExceededError");
                    return add.call(this, value, ...more); }; }"""
        )
        page.set_input_files("#f-rumah", picture())
        expect(page.locator(".note.warn")).to_contain_text("foto diperkecil")
        page.locator("[data-outcome=cocok]").click()
        expect(band(page)).to_have_text("1 belum terkirim")
        page.get_by_role("link", name="Kunjungi rumah ini").click()
        page.evaluate("window.most = 10")
        page.set_input_files("#f-rumah", picture())
        expect(page.locator(".note.bad")).to_contain_text("foto tidak tersimpan")
        page.locator("[data-outcome=cocok]").click()
        expect(band(page)).to_have_text("2 belum terkirim")
        # No room at all: it is in memory, said loudly, and sent first.
        page.get_by_role("link", name="Kunjungi rumah ini").click()
        page.evaluate("window.most = 0")
        page.locator("[data-outcome=cocok]").click()
        expect(page.locator(".band")).to_contain_text("HANYA DI MEMORI")
        shot(page, "penuh")
        office.serve()
        page.evaluate("window.most = 1e9")
        page.locator(".band").click()
        page.get_by_role("button", name="Kirim sekarang").click()
        expect(band(page)).to_have_text("3 dari 3 terkirim", timeout=90_000)
    assert len(office.kept()) == 3


@pytest.mark.drill
def test_any_house_beside_the_walk_is_found_by_its_last_digits_without_a_network(browser, office):
    where = office.serve()
    with contextlib.closing(context_of(browser)) as context:
        page = signed_in(context, where)
        set_up(page)
        office.vanish()
        page.get_by_role("link", name="Cari").click()
        page.fill("#digits", "00027")
        page.locator(".rows a").click()
        expect(page.locator(".bar h1")).to_have_text("Rumah di luar daftar")
        page.locator("[data-outcome=dibongkar]").click()
        page.get_by_role("button", name="Simpan", exact=True).click()
        # A signed-out phone with an unsent queue would lose it: refused.
        page.locator(".band").click()
        page.get_by_role("button", name="Keluar").click()
        expect(page.locator(".note.bad").first).to_contain_text("Belum bisa keluar: 1 kunjungan")
        office.serve()
        page.get_by_role("button", name="Kirim sekarang").click()
        expect(band(page)).to_have_text("1 dari 1 terkirim", timeout=90_000)
        page.get_by_role("button", name="Keluar").click()
        expect(page.locator("h1")).to_have_text("Siapkan HP ini", timeout=90_000)
        assert stored(page)["lists"][0] == 0
    ((_, order, outcome),) = office.kept()
    assert (order, outcome) == (None, "dibongkar")


#: A form with a field of each kind, as the job of SOP II has them.
ANY = JobForm(
    FieldJob.PASCA,
    outcomes=(Outcome("terbaca", usual=True), Outcome("tanpa_akses", closes=False)),
    fields=(
        Field("stand_kwh", "number", "R-PO-01", needed=frozenset({"terbaca"}), shown=frozenset({"terbaca"}), low=0, high=999_999_999),
        Field("lbkb_code", "choice", "R-PO-01", needed=frozenset({"tanpa_akses"}), choices=tuple("Z12347ABCDEF")),
        Field("didampingi", "choice", "SOP II", needed=frozenset({"terbaca"}), shown=frozenset({"terbaca"}), choices=("pelanggan", "tidak_ada")),
        Field("kml_paraf", "flag", "SOP II", needed=frozenset({"terbaca"}), shown=frozenset({"terbaca"})),
        Field("paraf", "signature", "SOP II", needed=frozenset({"terbaca"}), shown=frozenset({"terbaca"})),
        Field("stand", "photo", "SOP II", needed=frozenset({"terbaca"}), shown=frozenset({"terbaca"})),
        Field("note", "text", "SOP II"),
        Field("titik", "place", "SOP II"),
    ),
)  # fmt: skip


@pytest.mark.drill
@pytest.mark.parametrize("lang", ["id", "en"])
def test_any_job_is_drawn_from_its_form_and_an_odd_stand_is_said_at_once(browser, office, monkeypatch, lang):  # fmt: skip
    monkeypatch.setitem(FORMS, FieldJob.PASCA, ANY)
    before = {
        "previous_stand_kwh": 1000,
        "multiplier": 1,
        "daya_va": 900,
        "before_kwh": [100, 90, 95],
    }
    with office.database.writing() as session:
        session.execute(text("UPDATE visit_list SET closed_at = now()"))
        drawn.one_list(session, [f"{drawn.ULP}5000000"], job="pasca", title="Baca ulang", content=before)  # fmt: skip
    where = office.serve()
    with contextlib.closing(context_of(browser)) as context:
        page = signed_in(context, where)
        set_up(page)
        if lang == "en":
            page.goto(f"{where}{HOME}#daftar")
            page.locator(".lang").click()
            page.locator(".card a.p").click()
        page.locator(".foot a.p").click()
        page.locator("[data-outcome=terbaca]").click()
        page.fill("#f-stand_kwh", "900")
        expect(page.locator(".note.warn")).to_contain_text("R-EN-04")
        assert page.locator(".note.warn").count() == 1, "backwards, yet said to have passed zero"
        page.fill("#f-stand_kwh", "1250,5")
        expect(page.locator(".note.warn")).to_contain_text("naik" if lang == "id" else "up by")
        assert ("250,5 kWh" if lang == "id" else "250.5 kWh") in page.locator("main").inner_text()
        page.locator(".save .p").click()
        expect(page.locator("[role=alert]")).to_be_visible()
        page.locator("[data-field=didampingi] [data-code=pelanggan]").click()
        page.locator("[data-field=kml_paraf] [data-code=false]").click()
        page.set_input_files("#f-stand", picture())
        expect(page.locator(".shot img")).to_be_visible()
        page.locator(".sign").scroll_into_view_if_needed()
        box = page.locator(".sign").bounding_box()
        page.mouse.move(box["x"] + 20, box["y"] + 40)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + 60, steps=5)
        page.mouse.up()
        page.select_option("#f-lbkb_code", "A")
        # The camera pushed the app out of memory: all of it is open again.
        for _ in range(50):
            if stored(page)["photos"][0] == 2:
                break
            page.wait_for_timeout(100)
        page.wait_for_timeout(600)
        page.reload()
        page.fill("#p1", PIN)
        page.locator(".foot .p").click()
        expect(page.locator("#f-stand_kwh")).to_have_value("1250,5" if lang == "id" else "1250.5")
        _looked_at(page, f"formulir-{lang}", lang)
        if folder := os.environ.get("RBMGEO_PICTURES"):
            page.screenshot(path=Path(folder) / f"hp-formulir-penuh-{lang}.png", full_page=True)
        page.locator(".save .p").click()
        expect(band(page)).to_have_text("1 dari 1 terkirim" if lang == "id" else "1 of 1 sent", timeout=90_000)  # fmt: skip
        assert page.faults == []
    with office.database.reading() as session:
        given = session.scalar(text("SELECT given FROM field_visit"))
    assert given == {"stand_kwh": 1250.5, "lbkb_code": "A", "didampingi": "pelanggan", "kml_paraf": False}  # fmt: skip
    assert len(office.whole_photos()) == 2


#: What everybody's pages are held to, and text of 7:1 beside it (WCAG AAA): it is read in the sun.
_AXE = """(tags) => axe.run(document, {runOnly: {type: "tag", values: tags}, rules: {"color-contrast-enhanced": {enabled: true}},
    resultTypes: ["violations"]}).then((told) => told.violations.flatMap((v) => v.nodes.map((n) =>
    `${v.id}: ${n.target.join(" ")}: ${n.html.slice(0, 120)}: ${n.failureSummary || ""}`)))"""
#: Whatever is tapped is at least 48 px each way; a link within a sentence is not meant.
_SMALL = """() => [...document.querySelectorAll("a, button, summary, input, textarea, label[for]")].filter((e) => {
    const box = (e.type === "checkbox" ? e.closest("label") : e).getBoundingClientRect();
    return !e.matches(".hidden-name, .lab, .fields > label, .field > label, p a") && box.width && (box.width < 47.9 || box.height < 47.9);
}).map((e) => e.outerHTML.slice(0, 100))"""


def _looked_at(page, name: str, lang: str) -> None:
    """Hold a screen to what everybody needs: axe-core, 7:1, 48 px, no way sideways."""
    page.wait_for_timeout(200)
    assert page.locator("html").get_attribute("lang") == lang
    if not page.evaluate("'axe' in window"):
        page.evaluate(library())
    assert page.evaluate(_AXE, TAGS) == [], name
    assert page.evaluate(_SMALL) == [], name
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{name} scrolls sideways by {wide} px"
    shot(page, name)


@pytest.mark.parametrize("lang", ["id", pytest.param("en", marks=pytest.mark.drill)])
def test_each_screen_is_open_to_everybody_in_both_languages(browser, office, lang):
    where = office.serve()
    with contextlib.closing(context_of(browser)) as context:
        page = signed_in(context, where)

        def looked_at(name: str) -> None:
            _looked_at(page, f"{name}-{lang}", lang)

        page.wait_for_selector("#p1")
        if lang == "en":
            page.locator(".lang").click()
        page.wait_for_selector("#p1")
        looked_at("siapkan")
        page.fill("#p1", PIN)
        page.fill("#p2", PIN)
        page.locator(".foot button").click()
        page.locator(".card button.p").first.wait_for()
        looked_at("daftar")
        page.locator(".card button.p").first.click()
        page.locator(".card a.p").first.click()
        page.wait_for_selector(".next")
        looked_at("jalan")
        page.locator(".foot a.p").click()
        looked_at("kunjungan")
        page.locator("[data-outcome=gardu_lain]").click()
        page.set_input_files("#f-rumah", picture())
        page.wait_for_selector(".shot img")
        page.locator(".save .p").click()
        looked_at("kunjungan-kurang")
        page.locator("[data-code=PD001]").click()
        page.locator(".save .p").click()
        page.wait_for_selector(".next")
        looked_at("jalan-sesudah")
        page.goto(f"{where}{HOME}#cari/" + page.evaluate("location.hash.split('/')[1]"))
        page.fill("#digits", "000")
        looked_at("cari")
        page.goto(f"{where}{HOME}#antrean")
        looked_at("antrean")
        page.reload()
        page.locator("summary").click()
        looked_at("kunci")
        page.goto(f"{where}/hp")
        if lang == "en":
            page.locator(".lang").click()
        page.locator("[data-start=gps]").click()
        page.set_input_files("#shot", picture())
        page.wait_for_timeout(800)
        looked_at("periksa")
        assert page.faults == []
