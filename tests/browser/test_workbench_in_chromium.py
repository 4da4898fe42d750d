"""The workbench by a real mouse: lasso, move, undo, reload, submit, approve, publish."""

import pytest
import small_unit as small
from in_chromium import SIZES, opened, served

from rbmgeo.db.session import Database

pytestmark = pytest.mark.browser


@pytest.fixture
def bench(make_database, tmp_path, browser):
    """A served unit of its own: what is published here is published for good."""
    database = Database(make_database("bench", filled=small.build))
    with served(database, tmp_path) as where:
        page = opened(browser, where, *SIZES["desk"])
        page.goto(f"{where}/{small.SMALL}/{small.BLTH}/rute")
        page.click("button:has-text('Meja kerja')")
        page.wait_for_selector("[data-bench][data-ready='1']", state="attached")
        yield page, where, browser
        page.context.close()
    database.close()


def revision(page):
    return int(page.locator("[data-rev]").first.input_value())


def done(page, number):
    page.wait_for_selector(f"[data-bench][data-done='{number}']", state="attached")


def test_a_lasso_moves_houses_undo_survives_a_reload_and_another_person_approves(bench):
    page, where, browser = bench
    page.fill("#cari-rbm", "51354")
    page.click("[data-rbm='51354BKA'] [data-open]")
    page.wait_for_selector("[data-bench][data-drawn='4']", state="attached")
    page.click("#lasso")
    box = page.locator("#map_kanvas").bounding_box()
    corners = [(0.02, 0.02), (0.98, 0.02), (0.98, 0.98), (0.02, 0.98), (0.02, 0.02)]
    x, y = (box["x"] + box["width"] * corners[0][0], box["y"] + box["height"] * corners[0][1])
    page.mouse.move(x, y)
    page.mouse.down()
    for cx, cy in corners[1:]:
        page.mouse.move(box["x"] + box["width"] * cx, box["y"] + box["height"] * cy, steps=8)
    page.mouse.up()
    assert page.locator("#count").inner_text() == "4 dipilih"
    page.click("#clear")
    page.click("#walk li:nth-child(1) input[type=checkbox]")
    page.select_option("#ke", "51354BKB")
    page.click("#go")
    done(page, 1)
    assert "1 pindah" in page.locator("#told").inner_text()
    assert page.locator("#walk li").count() == 3
    page.reload()
    page.wait_for_selector("[data-bench][data-ready='1']", state="attached")
    assert revision(page) == 1
    page.click("#undo")
    done(page, 2)
    page.click("#redo")
    done(page, 3)
    assert page.faults == []
    page.click("button:has-text('Ajukan tinjauan')")
    assert "Orang lain" in page.locator("#terbit").inner_text()
    assert page.locator("button:has-text('Setujui')").count() == 0
    other = browser.new_context().new_page()
    other.goto(f"{where}/masuk")
    other.fill("#nama", "pengawas")
    other.fill("#sandi", small.PASSWORD)
    other.click("button.p")
    other.goto(page.url)
    other.click("button:has-text('Setujui')")
    other.wait_for_selector("text=Disetujui oleh pengawas")
    other.context.close()
    page.reload()
    page.click("button:has-text('Terbitkan')")
    page.wait_for_selector(".flash.ok")
    assert "berlaku mulai" in page.locator(".flash.ok").inner_text()
    assert page.faults == []


def test_a_place_in_the_walk_is_typed_stepped_by_keys_and_dragged(bench):
    page, _, _ = bench
    page.fill("#cari-rbm", "51354")
    page.click("[data-rbm='51354BKB'] [data-open]")
    page.wait_for_selector("#walk li")
    first = page.locator("#walk li").nth(0).get_attribute("data-id")
    field = page.locator("#walk li input[type=number]").nth(0)
    field.fill("3")
    field.press("Tab")
    done(page, 1)
    assert page.locator("#walk li").nth(2).get_attribute("data-id") == first
    page.locator("#walk li input[type=number]").nth(2).press("Alt+ArrowUp")
    done(page, 2)
    assert page.locator("#walk li").nth(1).get_attribute("data-id") == first
    grip = page.locator("#walk li .grip").nth(1)
    grip.scroll_into_view_if_needed()
    grip.hover()
    page.mouse.down()
    target = page.locator("#walk li").nth(3).bounding_box()
    page.mouse.move(target["x"] + 20, target["y"] + target["height"] - 4, steps=8)
    page.mouse.up()
    done(page, 3)
    assert page.locator("#walk li").nth(3).get_attribute("data-id") == first
    assert page.faults == []
    page.click("a:has-text('Beda')")
    page.wait_for_selector("[data-two][data-ready='1']", state="attached")
    page.click("[data-rbm='51354BKB'] [data-open]")
    page.wait_for_selector("#opened .chip")
    assert int(page.locator("[data-two]").get_attribute("data-drawn")) > 3
    page.click("#both")
    assert page.locator("#both").get_attribute("aria-pressed") == "false"
    assert page.faults == []
