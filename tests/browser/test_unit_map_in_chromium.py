"""A click on the map of the unit opens the customer that was clicked, near and far, mouse or finger."""

import pytest
import small_unit as small
from in_chromium import SIZES, opened, served
from sqlalchemy import text

from rbmgeo.db.session import Database
from rbmgeo.maps.canvas import ready

pytestmark = pytest.mark.browser
PAGE = f"/{small.SMALL}/{small.BLTH}/peta/unit"
#: Houses that stand close: 22 m apart in the unit, and two of them 2 m apart, as in a row of houses.
CLOSE = 0.00002


def rows_of_houses(session):
    """Write the small unit, with houses 5 and 6 two metres apart."""
    small.build(session)
    session.execute(
        text(
            "UPDATE customer SET geom = ST_SetSRID(ST_MakePoint(:x, -7.65), 4326) WHERE idpel = :i"
        ),
        {"x": 112.70 + 5 * 0.0002 + CLOSE, "i": small.idpel(6)},
    )


@pytest.fixture(scope="module")
def where(make_database, tmp_path_factory):
    if not ready():
        pytest.skip("BROWSER LIBRARIES ABSENT: run make setup")
    database = Database(make_database("unit_map_browser", filled=rows_of_houses))
    with served(database, tmp_path_factory.mktemp("home")) as address:
        yield address
    database.close()


def place(number):
    """Longitude and latitude of a house."""
    return (
        (112.70 + 5 * 0.0002 + CLOSE, -7.65) if number == 6 else (112.70 + number * 0.0002, -7.65)
    )


def on_screen(page, number):
    """Pixels of the screen where a house is drawn."""
    lon, lat = place(number)
    return page.evaluate(
        """([lat, lon]) => { const at = map_kanvas.latLngToContainerPoint([lat, lon]);
            const box = document.getElementById("map_kanvas").getBoundingClientRect();
            return [box.x + at.x, box.y + at.y]; }""",
        [lat, lon],
    )


def shown_at(page, address, zoom, number):
    """Show the map at a zoom with a house beside its middle, all tiles there."""
    lon, lat = place(number)
    page.goto(f"{address}{PAGE}#{zoom}/{lat:.5f}/{lon:.5f}//")
    page.reload()
    page.wait_for_selector(f"[data-unit-map][data-loaded='{zoom}']")
    page.locator("#map_kanvas").scroll_into_view_if_needed()


@pytest.mark.parametrize("zoom", [16, 18, 20])
@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "finger"])
def test_a_click_opens_the_customer_that_was_clicked(browser, where, zoom, touch):
    page = opened(browser, where, *SIZES["phone" if touch else "desk"], touch=touch, mobile=touch)
    close_houses = [5, 6] if zoom == 20 else []  # nearer than a finger is wide at the others
    for number in [0, 3, *close_houses]:
        shown_at(page, where, zoom, number)
        x, y = on_screen(page, number)
        (page.touchscreen.tap if touch else page.mouse.click)(x, y)
        card = page.locator("#map-card")
        card.wait_for(state="visible")
        link = card.locator("a.p").first.get_attribute("href")
        assert card.locator("a.p").count() == 1
        assert link.endswith(f"/pelanggan/{small.public_id(number)}"), f"house {number} at z{zoom}"
        assert small.idpel(number) in card.inner_text().replace(" ", "")
    card.locator("a.p").click()
    page.wait_for_url(f"**/pelanggan/{small.public_id(number)}")
    assert page.faults == []
    page.context.close()


def test_beside_every_house_nothing_opens_and_a_cell_comes_nearer(browser, where):
    page = opened(browser, where, *SIZES["desk"])
    shown_at(page, where, 18, 3)
    x, y = on_screen(page, 3)
    page.mouse.click(x, y + 60)
    page.wait_for_timeout(300)
    assert page.locator("#map-card").is_hidden()
    shown_at(page, where, 14, 3)
    page.mouse.click(*on_screen(page, 3))
    page.wait_for_selector("[data-unit-map][data-loaded='16']")
    assert page.faults == []
    page.context.close()


def test_the_card_goes_to_the_keyboard_and_back_to_the_map(browser, where):
    page = opened(browser, where, *SIZES["desk"])
    shown_at(page, where, 18, 0)
    page.mouse.click(*on_screen(page, 0))
    page.locator("#map-card").wait_for(state="visible")
    assert page.evaluate("document.activeElement.id") == "map-card"
    page.keyboard.press("Escape")
    page.locator("#map-card").wait_for(state="hidden")
    assert page.evaluate("document.activeElement.id") == "map_kanvas"
    page.context.close()
