"""Take the pictures of the help pages: `make help-pictures`, on the invented unit of the demo.

Each topic of `web.help` has one place here. Small PNG of 64 colours are written to
web/static/img/help/<topic>-<language>.png; a picture over 60 kB stops the work.
"""

import csv
import io
import itertools
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from web.help import TOPICS

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "web/static/img/help"
LARGEST = 60_000
PASSWORD = "contoh-rekaan"
DESK, PHONE = (1120, 620), (390, 620)
#: Topic: (login, page of the month, size, what is pressed first).
PLACES: dict[str, tuple[str, str, tuple[int, int], str]] = {
    "mulai": ("perencana", "bulan-ini", DESK, ""),
    "impor": ("perencana", "impor", DESK, ""),
    "pekerjaan": ("perencana", "pekerjaan", DESK, ""),
    "mutasi": ("perencana", "mutasi", DESK, ""),
    "temuan": ("perencana", "temuan", DESK, ""),
    "survei": ("perencana", "survei", DESK, ""),
    "jadwal": ("perencana", "jadwal-pemutakhiran", DESK, ""),
    "rencana-rute": ("perencana", "rute/rencana", DESK, ""),
    "meja-kerja": (
        "perencana",
        "rute",
        DESK,
        "form[action$='/meja/mulai'] button >> #only >> tr[data-rbm]:nth-child(2) [data-open]",
    ),
    "verifikasi-gardu": ("perencana", "verifikasi-gardu", DESK, ""),
    "serah-terima": ("perencana", "serah-terima", DESK, ""),
    "hp-lapangan": ("perencana", "lapangan/hp", DESK, ""),
    "cetak": ("perencana", "lembar", DESK, ""),
    "kunjungan": ("surveyor", "lapangan", PHONE, ".field-list a"),
    "telusur": ("surveyor", "survei/telusur", PHONE, ".field-list a >> .jurusan a >> @[data-pole]"),
    "baca-ulang": ("surveyor", "baca-ulang", PHONE, ""),
    "daftar-kerja": ("perencana", "lapangan/daftar", DESK, ""),
    "kiriman": ("pengawas", "lapangan/tinjau", DESK, ""),
    "formulir-kunjungan": ("surveyor", "lapangan/formulir", PHONE, ""),
    "energi": ("pengawas", "energi?lihat=gardu", DESK, "tbody th a, tbody td a"),
    "uji-petik": ("pengawas", "uji-petik", DESK, ""),
    "pengawasan": ("pengawas", "bulan-ini/ringkasan", DESK, ""),
    "usulan": ("pengawas", "survei/usulan", DESK, ""),
    "peta-unit": ("pengawas", "peta/unit", DESK, ""),
    "tinjauan": ("pengawas", "meja/beda", DESK, ""),
    "tunggakan": ("perencana", "tunggakan", DESK, ""),
    "hasil-lapangan": ("perencana", "hasil-lapangan/putus", DESK, "tbody a"),
    "wilayah": ("admin", "/wilayah", DESK, ""),
    "perbatasan": ("perencana", "perbatasan", DESK, ""),
    "pengguna": ("admin", "/pengguna", DESK, ""),
}
#: What is shown once the routes are published; the others show the draft before.
LAST = {"serah-terima", "verifikasi-gardu"}


def main(address: str) -> int:
    """Take every picture from the demo, fresh and served at an address."""
    TARGET.mkdir(parents=True, exist_ok=True)
    if unplaced := {t.key for t in TOPICS} ^ set(PLACES):
        print(f"no place for the pictures of {sorted(unplaced)}", file=sys.stderr)
        return 1
    browser_path = next(
        filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome")))
    )
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        _work(browser, address)
        people = dict.fromkeys(p[0] for k, p in PLACES.items() if k not in LAST)
        for login, lang in itertools.product(people, ("id", "en")):
            _of_person(browser, address, login, lang, set(PLACES) - LAST)
        _publish(browser, address)
        for lang in ("id", "en"):
            _of_person(browser, address, "perencana", lang, LAST)
        browser.close()
    return 0


def _work(browser: Browser, address: str) -> None:
    """Let the planner do what the pages show: mutations, a schedule, a draft, a proposal."""
    page, home = _enter(browser, address, "perencana")
    for where, press in (
        ("mutasi", "form[action$='/hitung'] button"),
        ("jadwal-pemutakhiran", "form[action$='/usul'] button"),
        ("rute", "form[action$='/meja/mulai'] button"),
        ("lapangan/daftar/baru", "form[action$='/baru/rencana'] button"),
    ):
        page.goto(f"{home}/{where}")
        _press(page, press)
        page.wait_for_function("!document.querySelector('[data-watch]')", timeout=120_000)
    _filled_form(page, home)
    page.goto(f"{home}/temuan")
    if page.locator("tbody input[type=checkbox]").count():
        for n in range(3):
            page.locator("tbody input[type=checkbox]").nth(n).check()
        page.fill("#alasan", "gambar JTR terbaru")
        _press(page, "button[name=putusan][value=gardu_lain]")
    page.context.close()


def _filled_form(page: Page, home: str) -> None:
    """Take a filled-in form of a work list in, and once more after a row was edited."""
    page.goto(f"{home}/lapangan/daftar")
    one = page.locator("table[data-table=daftar-kerja] tbody a").first.get_attribute("href")
    told = page.request.get(
        f"{page.url.split('/lapangan')[0].rsplit('/', 2)[0]}{one}/berkas.csv"
    ).text()
    heads, *rows = list(csv.reader(io.StringIO(told)))
    for note in ("pagar hijau", "pagar biru"):
        said = {"visited_at": "2024-12-03 09:30", "outcome": "cocok", "officer": "surveyor", "note": note}  # fmt: skip
        out = io.StringIO()
        csv.writer(out).writerows([heads, [said.get(h, c) for h, c in zip(heads, rows[0], strict=True)]])  # fmt: skip
        page.goto(f"{home}/lapangan/formulir")
        sent = {"name": "hari 1.csv", "mimeType": "text/csv", "buffer": out.getvalue().encode()}
        page.set_input_files("#berkas", sent)  # type: ignore[arg-type]
        _press(page, "form[enctype] button.p")


def _publish(browser: Browser, address: str) -> None:
    """Hand the draft in, let the supervisor approve it, publish it and hand it over."""
    for login, press in (
        ("perencana", "form[action$='/ajukan'] button"),
        ("pengawas", "button[name=putusan][value=setuju]"),
        ("perencana", "form[action$='/terbit'] button"),
    ):
        page, home = _enter(browser, address, login)
        page.goto(f"{home}/meja")
        _press(page, press)
        page.context.close()


def _enter(browser: Browser, address: str, login: str) -> tuple[Page, str]:
    """Log in; return the page and the address of the unit's month."""
    page = browser.new_context(reduced_motion="reduce", color_scheme="light").new_page()
    page.goto(f"{address}/masuk")
    page.fill("#nama", login)
    page.fill("#sandi", PASSWORD)
    page.click("button.p")
    page.wait_for_url(lambda url: not url.endswith("/masuk"))
    return page, page.url.rpartition("/")[0]


def _press(page: Page, what: str) -> None:
    """Press what there is; behind an @ stands what is only scrolled to."""
    if what.startswith("@"):
        page.locator(what[1:]).first.scroll_into_view_if_needed()
        page.evaluate("(s) => document.querySelector(s).scrollIntoView()", what[1:])
        return
    if page.locator(what).count():
        page.locator(what).first.click()
        page.wait_for_load_state("networkidle")


def _of_person(browser: Browser, address: str, login: str, lang: str, keys: set[str]) -> None:
    page, home = _enter(browser, address, login)
    if lang == "en":
        page.click(".who summary")
        page.click(".who button[name=lang]")
        page.wait_for_selector("html[lang=en]")
    for key, (who, where, size, press) in PLACES.items():
        if who == login and key in keys:
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.goto(f"{address}{where}" if where.startswith("/") else f"{home}/{where}")
            for one in filter(None, press.split(" >> ")):
                _press(page, one)
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(700)
            _keep(page, f"{key}-{lang}.png")
    page.context.close()


def _keep(page: Page, name: str) -> None:
    made = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours in (64, 32, 16):
        out = io.BytesIO()
        made.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= LARGEST:
            break
    else:
        raise SystemExit(f"{name} has {out.tell()} bytes, over {LARGEST}")
    (TARGET / name).write_bytes(out.getvalue())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python scripts/help_pictures.py http://127.0.0.1:8000")
    sys.exit(main(sys.argv[1]))
