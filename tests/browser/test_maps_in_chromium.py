"""Maps as a browser draws them: what is there, what a click opens, what an attack cannot do."""

import hostile_unit as hostile
import pytest
import small_unit as small
from attacks import ATTACKS
from in_chromium import opened, served

from rbmgeo.db.session import Database
from rbmgeo.maps.canvas import ready, standalone
from rbmgeo.workflows.maps import energy_of_all, rbm_map

pytestmark = pytest.mark.browser

UNIT = f"/{small.SMALL}/{small.BLTH}"


@pytest.fixture(autouse=True)
def library():
    if not ready():
        pytest.skip("BROWSER LIBRARIES ABSENT: run make setup")


def test_a_rbm_is_drawn_whole_with_its_legend(page, address):
    page.goto(f"{address}{UNIT}/peta/rbm/51354BKA")
    frame = page.locator("[data-map]")
    assert frame.get_attribute("data-points") == "4"
    legend = page.locator("#legend").inner_text()
    for words in ("urut baca", "mulai", "selesai", "gardu"):
        assert words in legend
    inked = page.evaluate(
        """() => [...document.querySelectorAll("#map_kanvas canvas")].some((c) =>
            c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some((v) => v > 0))"""
    )
    assert inked
    assert page.locator("#tabel tbody tr").count() == 4
    assert page.faults == []


def test_a_click_on_a_customer_opens_the_card_by_public_id(desk, address):
    desk.goto(f"{address}{UNIT}/peta/rbm/51354BKB")
    at = desk.evaluate(
        """() => { const p = JSON.parse(document.getElementById("map-data").textContent).points[1];
            const at = map_kanvas.latLngToContainerPoint([p.y, p.x]);
            const box = document.getElementById("map_kanvas").getBoundingClientRect();
            return { x: box.x + at.x, y: box.y + at.y, id: p.id }; }"""
    )
    desk.mouse.click(at["x"], at["y"])
    desk.wait_for_url(f"**/pelanggan/{at['id']}")
    assert desk.locator("h1").count() == 1
    assert desk.faults == []


def test_attacks_are_drawn_and_run_nowhere(browser, make_database, tmp_path):
    database = Database(make_database("hostile_browser", filled=hostile.build))
    with database.reading() as session:
        alone = [
            rbm_map(session, hostile.HOSTILE, ATTACKS[5]),
            energy_of_all(session, hostile.HOSTILE, blth_from=small.BLTH, blth_to=small.BLTH),
        ]
    for number, drawn in enumerate(alone):
        file = tmp_path / f"{number}.html"
        file.write_text(
            standalone(drawn.data, drawn.bounds, title=ATTACKS[5], lang="id", note=ATTACKS[1])
        )
    with served(database, tmp_path) as address:
        page = opened(browser, address, 1366, 850)
        pages = ["bulan-ini", "temuan", "energi", "evaluasi?lihat=matriks", "peta", "peta/energi"]
        links = [f"{address}{UNIT}/{p}" for p in pages]
        page.goto(f"{address}{UNIT}/peta")
        links += page.locator("tbody a").evaluate_all("all => all.slice(0, 12).map(a => a.href)")
        links += [f"{address}{UNIT}/pelanggan/{hostile.public_id(n)}" for n in range(0, 42, 7)]
        links += [f"file://{tmp_path}/{n}.html" for n in range(len(alone))]
        for link in links:
            page.goto(link)
            if page.locator("[data-map]").count():
                page.locator("#map_kanvas").hover()
            assert page.evaluate("window.pwned") is None, link
        shown = page.locator(".map-label .code").all_text_contents()
        assert "{{7*7}}" in shown
        assert ATTACKS[0] in shown
        assert page.faults == []
        page.context.close()
    database.close()
