"""A border and a circle drawn on the map of an event: what the map counts is what is kept."""

import os
from datetime import date
from pathlib import Path

import pytest
import telusur_unit as drawn
from in_chromium import SIZES, opened, served
from playwright.sync_api import expect
from small_unit import BLTH, SMALL

from rbmgeo.db.session import Database
from rbmgeo.maps.canvas import ready
from rbmgeo.workflows.events import Asked, draft_event

pytestmark = pytest.mark.browser

#: Corners around houses 1 and 2, in (lon, lat); house 5 stands on the other gardu.
ROUND_TWO = [(112.7001, -7.6499), (112.7005, -7.6499), (112.7005, -7.6501), (112.7001, -7.6501)]


@pytest.fixture
def event(make_database, tmp_path_factory):
    if not ready():
        pytest.skip("BROWSER LIBRARIES ABSENT: run make setup")
    database = Database(make_database("lasso_browser", filled=drawn.build))
    with database.writing() as session:
        asked = Asked("sisipan", "PD0999", "PD001", date(2025, 1, 15), "1", "", 100, (112.7004, -7.6503))  # fmt: skip
        number = draft_event(session, SMALL, asked, who="perencana")
    with served(database, tmp_path_factory.mktemp("home")) as where:
        yield f"{where}/{SMALL}/{BLTH}/peristiwa/{number}", where
    database.close()


def on_screen(page, corners):
    """Return where some places (lon, lat) of the map lie in the window, scrolled into view."""
    page.locator("#map_kanvas").scroll_into_view_if_needed()
    return page.evaluate(
        """(corners) => { const box = document.getElementById("map_kanvas").getBoundingClientRect();
            return corners.map(([x, y]) => { const p = map_kanvas.latLngToContainerPoint([y, x]);
                return [box.x + p.x, box.y + p.y]; }); }""",
        corners,
    )


def shot(page, name):
    if os.environ.get("RBMGEO_PICTURES"):
        page.screenshot(path=Path(os.environ["RBMGEO_PICTURES"]) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("size", [pytest.param("desk", marks=pytest.mark.drill), "phone"])
def test_a_drawn_border_counts_what_the_preview_then_lists(browser, event, size):
    address, where = event
    page = opened(browser, where, *SIZES[size])
    page.goto(f"{address}/anggota?cara=batas")
    expect(page.locator("[data-map][data-points='7']")).to_be_visible()
    told, undo = page.locator("[data-told]"), page.get_by_role("button", name="Urungkan titik")
    # Corner by corner: one too many is undone, the first one tapped again closes the line.
    for x, y in on_screen(page, [*ROUND_TWO, (112.7011, -7.6501)]):
        page.mouse.click(x, y)
    expect(told).to_contain_text("5 titik")
    undo.click()
    expect(told).to_contain_text("4 titik")
    page.mouse.click(*on_screen(page, ROUND_TWO[:1])[0])
    expect(told).to_have_text("2 pelanggan di dalam: 2 tercatat di gardu lama")
    shot(page, f"{size}-lasso-taps")
    page.get_by_role("button", name="Bersihkan").click()
    expect(told).to_be_empty()
    assert page.locator("#batas").input_value() == ""
    # The same with one stroke, from which the map itself must not move.
    page.get_by_role("button", name="Gambar dengan menyeret").click()
    spots = on_screen(page, [*ROUND_TWO, ROUND_TWO[0]])
    middle = page.evaluate("map_kanvas.getCenter()")
    page.mouse.move(*spots[0])
    page.mouse.down()
    for x, y in spots[1:]:
        page.mouse.move(x, y, steps=6)
    page.mouse.up()
    expect(told).to_have_text("2 pelanggan di dalam: 2 tercatat di gardu lama")
    assert page.evaluate("map_kanvas.getCenter()") == middle
    page.get_by_role("button", name="Lanjut: lihat pratinjau").click()
    expect(page.locator("dt", has_text="Dipilih").locator("+ dd")).to_have_text("2")
    expect(page.locator("#tabel tbody tr")).to_have_count(2)
    expect(page.locator("#legend li", has_text="terpilih")).to_contain_text("2")
    shot(page, f"{size}-event")
    # The border stands on the map when the choice is opened again; the circle takes its centre there.
    page.get_by_role("link", name="Ubah pilihan").click()
    page.get_by_role("link", name="Lingkaran").click()
    expect(page.locator("[data-map][data-points='7']")).to_be_visible()
    page.locator("#jarak").fill("15")
    page.mouse.click(*on_screen(page, [(112.7003, -7.65)])[0])
    expect(page.locator("[data-told]")).to_contain_text("2 pelanggan di dalam")
    shot(page, f"{size}-circle")
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"scrolls sideways by {wide} px"
    assert page.faults == []
    page.context.close()


def test_a_finger_draws_and_a_line_that_crosses_itself_is_said(browser, event):
    address, where = event
    page = opened(browser, where, *SIZES["phone"], touch=True)
    page.goto(f"{address}/anggota?cara=batas")
    expect(page.locator("[data-map][data-points='7']")).to_be_visible()
    told = page.locator("[data-told]")
    for x, y in on_screen(page, [ROUND_TWO[i] for i in (0, 2, 1, 3)]):
        page.touchscreen.tap(x, y)
    page.get_by_role("button", name="Tutup garis").tap()
    expect(told).to_contain_text("Garis batas memotong dirinya sendiri")
    page.get_by_role("button", name="Bersihkan").tap()
    page.get_by_role("button", name="Gambar dengan menyeret").tap()
    finger = page.context.new_cdp_session(page)
    spots = on_screen(page, [*ROUND_TWO, ROUND_TWO[0]])
    for n, (x, y) in enumerate(spots):
        kind = "touchStart" if n == 0 else "touchMove"
        a = spots[max(0, n - 1)]
        for part in (0.25, 0.5, 0.75, 1) if n else (1,):
            at = {"x": a[0] + part * (x - a[0]), "y": a[1] + part * (y - a[1])}
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(told).to_have_text("2 pelanggan di dalam: 2 tercatat di gardu lama")
    assert not [f for f in page.faults if "422" not in f]
    page.context.close()
