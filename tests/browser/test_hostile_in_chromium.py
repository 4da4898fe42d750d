"""A unit whose every text is an attack, in a real browser: nothing runs, nothing leaves, all of it is read."""

from collections.abc import Iterator

import planted_unit as planted
import pytest
import small_unit as small
import walked_unit as walked
from attacks import ATTACKS, CODE
from in_chromium import SIZES, opened, served
from playwright.sync_api import Error, expect
from test_every_page_in_chromium import FILES
from walked_unit import Filled

from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import create_app

pytestmark = [pytest.mark.browser, pytest.mark.drill]

#: Counts every touch of the name that the attacks set, whoever sets it, in every frame.
HOOK = """
  let runs = 0;
  Object.defineProperty(window, "pwned", { get: () => undefined, set: () => { runs += 1; } });
  Object.defineProperty(window, "attackRuns", { get: () => runs });
  const refused = [];
  document.addEventListener("securitypolicyviolation", (e) => refused.push(`${e.violatedDirective} ${e.blockedURI}`));
  Object.defineProperty(window, "attackRefused", { get: () => refused });
"""
#: Where most texts of others stand: every day. All addresses: the drill.
RICH = (
    "customers.page", "maps.rbm", "maps.gardu", "visit_records.page", "telusur.gardu", "workbench.page",
    "visit_lists.one", "papers.one", "energy_map.page", "looks.page",
)  # fmt: skip
#: Where on the screen a place is drawn.
ON_SCREEN = """([lat, lon]) => {
  const at = map_kanvas.latLngToContainerPoint([lat, lon]);
  const box = document.getElementById("map_kanvas").getBoundingClientRect();
  return [box.x + at.x, box.y + at.y];
}"""
#: Letters that a browser takes as others before any script sees them.
SHOWN = [a for a in ATTACKS if "\r" not in a]


@pytest.fixture(scope="module")
def unit(make_database, tmp_path_factory) -> Iterator[tuple[Filled, str]]:
    """The planted unit, and where it is served."""
    database = Database(make_database("hostile_walk", filled=walked.build))
    home = tmp_path_factory.mktemp("home")
    app = create_app(Settings(home=home), database)
    filled = Filled(app, database, home)
    with database.writing() as session:
        planted.plant(session)
    with served(database, home, app) as where:
        yield filled, where
    database.close()


@pytest.fixture
def page(browser, unit):
    made = opened(browser, unit[1], *SIZES["desk"], login="kepala")
    made.add_init_script(HOOK)
    made.faults.clear()
    yield made
    made.context.close()


def complaints(page) -> list[str]:
    """Return what ran, what the policy had to stop, and what the page complained of."""
    runs, refused = page.evaluate("[window.attackRuns, window.attackRefused]")
    found = [*page.faults, *refused, *([f"ran {runs} times"] if runs else [])]
    page.faults.clear()
    return found


def touched(page) -> None:
    """Do what a person does: hover, focus, open what folds."""
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    page.evaluate("""document.querySelectorAll('main *').forEach((e) => {
        for (const kind of ["mouseover", "mouseenter", "focus", "toggle", "error", "load"]) e.dispatchEvent(new Event(kind));
    })""")


def looked_at(page, where: str, address: str) -> list[str]:
    """Go to an address as it is now; return what went wrong there."""
    try:
        answer = page.goto(f"{where}{address}")
    except Error:
        page.faults.clear()
        return []  # a file to keep: a browser draws no page of it
    if answer is None or "html" not in answer.headers.get("content-type", ""):
        page.faults.clear()
        return []
    touched(page)
    return [f"{address[:80]}: {f}" for f in complaints(page)]


def test_the_hook_sees_what_runs(browser):
    made = browser.new_page()
    made.add_init_script(HOOK)
    made.goto("data:text/html,<img src=x onerror=window.pwned=1><script>window.pwned=2</script>")
    made.wait_for_function("window.attackRuns === 2")
    made.close()


def test_the_richest_pages_run_nothing_and_show_every_letter(page, unit):
    filled, where = unit
    wrong, read = [], set()
    for example in {e.endpoint: e for e in filled.examples() if e.endpoint in RICH}.values():
        wrong += looked_at(page, where, planted.address(example.address))
        shown = page.evaluate("document.body.textContent")
        read |= {a for a in SHOWN if a in shown}
        assert "{{7*7}}" in shown or CODE in shown, example.endpoint
    assert not wrong, "\n".join(wrong)
    assert read == set(SHOWN)


def test_a_map_s_card_and_labels_are_text(page, unit):
    _, where = unit
    lat, lon = -7.65, 112.70
    page.goto(f"{where}/{small.SMALL}/{small.BLTH}/peta/unit#18/{lat}/{lon}//")
    page.wait_for_selector("[data-unit-map][data-loaded='18']")
    page.locator("#map_kanvas").scroll_into_view_if_needed()
    page.mouse.click(*page.evaluate(ON_SCREEN, [lat, lon]))
    card = page.locator("#map-card")
    card.wait_for(state="visible")
    assert CODE in card.text_content() and ATTACKS[0] in card.text_content()
    assert card.locator("script, svg[onload], img, iframe").count() == 0
    assert complaints(page) == []
    page.goto(f"{where}{planted.address(f'/{small.SMALL}/{small.BLTH}/peta/gardu/PD001')}")
    labels = page.locator(".map-label .code")
    expect(labels.first).to_have_text(CODE)
    assert labels.first.evaluate("(e) => e.children.length") == 0
    assert complaints(page) == []


def test_a_phone_shows_attacks_as_text(browser, unit):
    _, where = unit
    made = opened(browser, where, *SIZES["phone"], login="surveyor")
    made.add_init_script(HOOK)
    made.goto(f"{where}/{small.SMALL}/hp")
    made.fill("#p1", "284913")
    made.fill("#p2", "284913")
    made.get_by_role("button", name="Simpan PIN").click()
    made.get_by_role("button", name="Unduh").first.click()
    made.get_by_role("link", name="Mulai").first.click()
    expect(made.locator(".next h2")).to_contain_text("{{7*7}}")
    touched(made)
    assert made.locator("main script, main img[src=x], main iframe, main svg[onload]").count() == 0
    made.get_by_role("link", name="Kunjungi rumah ini").click()
    expect(made.locator("[data-outcome]").first).to_be_visible()
    touched(made)
    assert complaints(made) == []
    made.context.close()


@pytest.mark.drill
def test_no_address_runs_anything(page, unit):
    filled, where = unit
    wrong = []
    for example in filled.examples():
        if example.endpoint not in walked.LEADS_ON and not example.address.endswith(FILES):
            wrong += looked_at(page, where, planted.address(example.address))
    assert not wrong, "\n".join(wrong)
