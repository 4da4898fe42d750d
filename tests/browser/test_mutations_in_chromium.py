"""Mutasi bulan ini by keyboard, at a desk and on a phone."""

import os
from pathlib import Path

import changed_unit as changed
import pytest
import small_unit as small
from in_chromium import SIZES, opened, served
from playwright.sync_api import expect

from rbmgeo.db.session import Database

pytestmark = pytest.mark.browser

PAGES = ("mutasi?jenis=baru", "mutasi?jenis=ubah_daya", "terbaca", "serah-terima", "bulan-ini")


@pytest.fixture
def changed_address(make_database, tmp_path_factory):
    database = Database(make_database("changes_browser", filled=changed.build))
    with served(database, tmp_path_factory.mktemp("home")) as where:
        yield where
    database.close()


@pytest.fixture
def handed_address(make_database, tmp_path_factory):
    database = Database(make_database("handed_browser", filled=changed.build_handed_over))
    with served(database, tmp_path_factory.mktemp("home")) as where:
        yield where
    database.close()


@pytest.mark.parametrize("size", SIZES)
def test_pages_fit_and_are_quiet(browser, changed_address, size):
    page = opened(browser, changed_address, *SIZES[size])
    pictures = os.environ.get("RBMGEO_PICTURES")
    for name in PAGES:
        answer = page.goto(f"{changed_address}/{small.SMALL}/{changed.NEXT}/{name}")
        assert answer.status == 200, name
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name} scrolls sideways by {wide} px"
        if pictures:
            shot = name.replace("?", "-").replace("=", "-")
            page.screenshot(path=Path(pictures) / f"{size}-{shot}.png", full_page=True)
    assert page.faults == []
    page.context.close()


@pytest.mark.parametrize("size", SIZES)
def test_what_was_handed_over_is_shown(browser, handed_address, size):
    page = opened(browser, handed_address, *SIZES[size])
    pictures = os.environ.get("RBMGEO_PICTURES")
    for name in ("serah-terima", "serah-terima/periksa", "mutasi?jenis=baru&keadaan=accepted"):
        assert page.goto(f"{handed_address}/{small.SMALL}/{changed.NEXT}/{name}").status == 200
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name} scrolls sideways by {wide} px"
        if pictures:
            shot = "".join(c if c.isalnum() else "-" for c in name)
            page.screenshot(path=Path(pictures) / f"{size}-after-{shot}.png", full_page=True)
    page.goto(f"{handed_address}/{small.SMALL}/{changed.NEXT}/serah-terima/periksa")
    assert "AP2T sudah menerapkan" in page.locator("main").inner_text()
    assert page.faults == []
    page.context.close()


def test_arrows_choose_and_enter_accepts(browser, changed_address):
    page = opened(browser, changed_address, *SIZES["desk"])
    page.goto(f"{changed_address}/{small.SMALL}/{changed.NEXT}/mutasi?jenis=baru")
    rows = page.locator("table[data-walk] tbody tr")
    assert rows.count() == 7
    second = rows.nth(1).locator("td").first.inner_text()
    page.keyboard.press("ArrowDown")
    assert rows.nth(1).get_attribute("class") == "on"
    page.keyboard.press("Enter")
    page.wait_for_selector(".note.ok")
    assert "1 mutasi diterima" in page.locator(".note.ok").inner_text()
    assert rows.count() == 6
    assert second not in page.locator("table[data-walk]").inner_text()
    # The next one is chosen where the hand already is: Enter again accepts it.
    assert rows.nth(1).get_attribute("class") == "on"
    page.keyboard.press("Enter")
    expect(rows).to_have_count(5)
    assert page.faults == []
    page.context.close()
