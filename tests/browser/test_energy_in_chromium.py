"""The map of energy in a browser: another month without a request, one number, keys alone."""

from decimal import Decimal

import pytest
import small_unit as small
from in_chromium import SIZES, opened, served
from sqlalchemy import text

from rbmgeo.db.bulk import ensure_month
from rbmgeo.db.models import Reading
from rbmgeo.db.session import Database
from rbmgeo.maps.canvas import ready
from rbmgeo.workflows.kwh_kept import keep_kwh

pytestmark = pytest.mark.browser

UNIT = f"/{small.SMALL}/{small.BLTH}"
BEFORE = "202411"


@pytest.fixture(scope="module")
def year(make_database, tmp_path_factory):
    """The small unit with a month before, in which PD002 was not read and the others used half."""
    if not ready():
        pytest.skip("BROWSER LIBRARIES ABSENT: run make setup")
    database = Database(make_database("energy_browser", filled=small.build))
    with database.writing() as session:
        ensure_month(session, blth=BEFORE)
        for n in range(4):
            session.add(Reading(ulp=small.SMALL, blth=BEFORE, idpel=small.idpel(n), source="dpm",
                                line="", kwh=Decimal("50.25")))  # fmt: skip
        session.flush()
        session.execute(text("UPDATE gardu SET penyulang = 'P1'"))
        keep_kwh(session, small.SMALL, blth_from=BEFORE, blth_to=small.BLTH)
    with served(database, tmp_path_factory.mktemp("home")) as address:
        yield address
    database.close()


def energy_page(browser, address, size="desk"):
    page = opened(browser, address, *SIZES[size])
    page.goto(f"{address}{UNIT}/peta/energi")
    page.wait_for_selector("[data-ready='1']", state="attached")
    return page


def cell(page, gardu, figure):
    return page.locator(f"#tabel tr:has(a:text-is('{gardu}')) [data-f={figure}]")


@pytest.mark.parametrize("size", SIZES)
def test_another_month_restyles_in_place_without_a_request(browser, year, size):
    page = energy_page(browser, year, size)
    asked = []
    page.on("request", lambda r: asked.append(r.url))
    assert cell(page, "PD001", "kwh").inner_text() == "301,5"
    at_first = page.locator("#classes").inner_text()
    # By keys alone: the slider takes the focus, Home is the oldest month.
    page.locator("#month").focus()
    page.keyboard.press("Home")
    assert page.locator("#month").get_attribute("aria-valuetext") == "November 2024"
    assert page.locator("[data-energy]").get_attribute("data-shown") == BEFORE
    assert cell(page, "PD001", "kwh").inner_text() == "201"
    assert cell(page, "PD002", "state").inner_text() == "tidak ada data"
    assert "hatched" in cell(page, "PD002", "kwh").get_attribute("class")
    assert page.locator("#classes").inner_text() != at_first
    assert page.locator("[data-total]").inner_text() == "201 kWh"
    link = page.locator(".map-panel a[data-of-month]")
    assert link.get_attribute("href").endswith(f"bulan={BEFORE}&warna=jam")
    page.keyboard.press("End")
    assert cell(page, "PD001", "change").inner_text() == "+50,0 %"
    page.locator("input[name=warna][value=ubah]").check(force=True)
    assert page.locator("#measure-title").inner_text() == "Perubahan"
    assert asked == []
    assert page.evaluate("document.documentElement.scrollWidth") == SIZES[size][0]
    assert page.faults == []
    page.context.close()


def test_the_table_that_a_browser_writes_is_the_one_that_the_server_wrote(browser, year):
    page = energy_page(browser, year)

    cells = """(html) => {
        const made = html ? new DOMParser().parseFromString(html, "text/html") : document;
        return [...made.querySelectorAll("#tabel td, #tabel th, [data-class-words], [data-class]")]
            .map((c) => [c.textContent.trim(), c.classList.contains("hatched")]); }"""
    for month in (BEFORE, small.BLTH):
        page.goto(f"{year}{UNIT}/peta/energi?bulan={month}")
        page.wait_for_selector("[data-ready='1']", state="attached")
        plain = page.request.get(f"{year}{UNIT}/peta/energi?bulan={month}").text()
        assert page.evaluate(cells) == page.evaluate(cells, plain), month
    assert page.faults == []
    page.context.close()


def test_a_click_on_a_circle_shows_its_card_and_the_way_to_its_rows(browser, year):
    page = energy_page(browser, year)
    assert page.locator("[data-map]").get_attribute("data-gardus") == "2"
    at = page.evaluate(
        """() => { const { map, data } = document.querySelector("[data-map]").drawnMap;
            const g = data.gardu.find((one) => one.code === "PD001");
            const at = map.latLngToContainerPoint([g.y, g.x]);
            const box = document.getElementById("map_kanvas").getBoundingClientRect();
            return { x: box.x + at.x, y: box.y + at.y }; }"""
    )
    page.mouse.click(at["x"], at["y"])
    card = page.locator("#gardu-card")
    assert "301,5" in card.inner_text()
    assert card.locator(".year-bars span").count() == 2
    page.keyboard.press("Escape")
    assert card.is_hidden()
    page.select_option("#pick", label="PD002")
    card.get_by_role("link", name="Rinci").click()
    page.wait_for_url("**/energi/rinci?*gardu=PD002")
    assert "jumlah cocok" in page.content()
    assert page.faults == []
    page.context.close()
