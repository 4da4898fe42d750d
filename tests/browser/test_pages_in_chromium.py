"""A real browser on real pages: nothing from another host, no complaint, no sideways scroll."""

import pytest
import small_unit as small

pytestmark = pytest.mark.browser

PAGES = [
    "bulan-ini", "impor", "evaluasi", "evaluasi?lihat=matriks", "temuan", "temuan/seberapa-yakin", "temuan?jenis=hanya_rbm",
    "survei", "survei/usulan", "rute", "jadwal", "serah-terima", "energi", "energi?lihat=gardu",
    "peta", "peta/energi", "peta/rbm/51354BKA", "peta/gardu/PD001", "lapangan", "laporan", "pekerjaan",
    "mutasi", "terbaca", "serah-terima/periksa",
]  # fmt: skip


def test_each_page_is_quiet_and_fits(page, address):
    # A filled unit's pages at the size of a desk are walked, all of them, by another test.
    narrow = page.viewport_size["width"] < 600
    for ulp in (small.SMALL, small.EMPTY) if narrow else (small.EMPTY,):
        for name in [
            n for n in PAGES if ulp == small.SMALL or ("/rbm/" not in n and "/gardu/" not in n)
        ]:
            answer = page.goto(f"{address}/{ulp}/{small.BLTH}/{name}")
            assert answer.status == 200, name
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert wide <= 0, f"{name} scrolls sideways by {wide} px"
            assert page.locator("h1").count() == 1
    assert page.faults == []


def test_the_menu_leads_through_every_page(desk, address):
    page = desk
    page.goto(f"{address}/{small.SMALL}/{small.BLTH}/bulan-ini")
    links = page.locator("#nav a").evaluate_all("all => all.map(a => a.href)")
    assert len(links) >= 14
    for link in links:
        assert page.goto(link).status == 200
        if "/pengguna" not in link:
            assert page.locator('#nav a[aria-current="page"]').count() == 1, link
    assert page.faults == []


def test_the_first_tab_offers_to_skip_the_menu(page, address):
    page.goto(f"{address}/{small.SMALL}/{small.BLTH}/temuan")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "isi"


def test_language_and_theme_are_kept(page, address):
    page.goto(f"{address}/{small.SMALL}/{small.BLTH}/laporan")
    page.click(".who summary")
    page.click("text=English")
    assert page.locator("h1").inner_text() == "Reports"
    page.click(".who summary")
    page.click("text=Dark")
    assert page.locator("html").get_attribute("data-tema") == "gelap"
    page.goto(f"{address}/{small.SMALL}/{small.BLTH}/temuan")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.faults == []


def test_a_month_is_chosen_and_the_page_stays(page, address):
    page.goto(f"{address}/{small.SMALL}/{small.BLTH}/energi")
    page.click('a[aria-label="Bulan sebelumnya"]')
    assert page.url.endswith("/202411/energi")
    assert "Belum ada pembacaan" in page.locator("main").inner_text()
    assert page.faults == []
