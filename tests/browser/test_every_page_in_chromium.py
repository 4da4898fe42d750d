"""Every address of the product in a real browser: it is there, quiet, and everybody can use it."""

from collections.abc import Iterator

import pytest
import small_unit as small
import walked_unit as walked
from accessible import violations
from in_chromium import SIZES, opened, served
from playwright.sync_api import Error
from test_web_languages import INDONESIAN, Words, words
from walked_unit import Example, Filled

from rbmgeo.db.session import Database
from rbmgeo.maps.canvas import ready, standalone
from rbmgeo.settings import Settings
from rbmgeo.workflows.maps import energy_of_all, rbm_map
from web import create_app

pytestmark = pytest.mark.browser

#: The narrowest screen that WCAG (1.4.10) asks a page to fit: 1280 px seen four times as large.
NARROWEST = 320
#: Roles of the walk: who may do everything, then each with what it sees.
EVERYTHING = "kepala"
FILES = (".csv", ".xlsx", ".pdf", ".zip", ".png", ".gpkg", ".kml", ".gpx", ".geojson", ".mvt")
#: Each role's main pages, for the run of every day: what is hidden or shown differs there.
MAIN = {
    "perencana": ("board.page", "workbench.page", "findings.page", "mutations.page"),
    "pengawas": ("energy.page", "survey.proposals", "unit_map.page", "workbench.page"),
    "surveyor": ("field.page", "telusur.gardu", "answering.page", "own.form"),
}


@pytest.fixture(scope="module")
def unit(make_database, tmp_path_factory) -> Iterator[tuple[Filled, str]]:
    """A unit with something on every page, its addresses, and where it is served."""
    database = Database(make_database("every_page", filled=walked.build))
    home = tmp_path_factory.mktemp("home")
    app = create_app(Settings(home=home), database)
    filled = Filled(app, database, home)
    with served(database, home, app) as where:
        yield filled, where
    database.close()


def shown(page, where: str, example: Example) -> int | None:
    """Show an address; return its status where it is a page, None where it is a file.

    A file must be there; what a browser itself draws around one is no page of ours.
    """
    try:
        answer = page.goto(f"{where}{example.address}")
    except Error:
        answer = None
    if answer is not None and "html" in answer.headers.get("content-type", ""):
        return int(answer.status)
    told = answer if answer is not None else page.request.get(f"{where}{example.address}")
    foreign = [f for f in page.faults if f.startswith("http")]
    page.faults[:] = foreign
    if told.status not in (200, 403):
        page.faults.append(f"status {told.status}")
    return None


def faults(page, where: str, example: Example, *, axe: bool = True, own: bool = False) -> list[str]:
    """Return one line for everything that is wrong at an address, for who may see it.

    Where it is the person's ``own``, being turned away is wrong too.
    """
    status = shown(page, where, example)
    if status == 403 and not own:
        # Turned away, as the role is; the browser says so aloud.
        page.faults.clear()
        return []
    wrong = [*page.faults]
    page.faults.clear()
    if status is not None:
        if status != 200:
            wrong.append(f"status {status}")
        if axe:
            wrong += violations(page)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            wrong.append(f"scrolls sideways by {wide} px")
    return [f"{example.endpoint} {example.address}: {w}" for w in wrong]


def walk(
    browser, unit, size: tuple[int, int], login: str, lang: str, only=None, *, axe=True, once=False
):
    """Go to every address (of some routes, of each one) as somebody; complain of all at the end."""
    filled, where = unit
    page = opened(browser, where, *size, login=login, lang=lang)
    page.faults.clear()
    all_of_them = [
        e
        for e in filled.examples()
        if e.endpoint not in walked.LEADS_ON and (only is None or e.endpoint in only)
    ]
    if once:
        all_of_them = list({e.endpoint: e for e in reversed(all_of_them)}.values())[::-1]
    assert all_of_them
    wrong = [w for e in all_of_them for w in faults(page, where, e, axe=axe, own=only is not None)]
    page.context.close()
    assert not wrong, "\n".join(wrong)


def test_what_is_wrong_with_a_page_is_found(browser):
    page = browser.new_page()
    page.set_content(
        '<html lang="id"><title>a</title><main><h1>a</h1><p style="color:#aaa">pudar</p><button></button>'
    )
    found = " ".join(violations(page))
    page.close()
    assert "color-contrast" in found and "button-name" in found


@pytest.mark.drill  # minutes; the daily walk of pages is test_pages_in_chromium
def test_every_route_is_there_quiet_and_open_to_everybody(browser, unit):
    # One address a route here; every view of it, for every role and in English: the drill.
    walk(browser, unit, SIZES["desk"], EVERYTHING, "id", once=True)


@pytest.mark.parametrize("login", MAIN)
def test_the_main_pages_of_a_role_on_a_phone_in_english(browser, unit, login):
    walk(browser, unit, SIZES["phone"], login, "en", MAIN[login])


def test_who_is_not_let_in_or_lost_has_a_page_for_everybody_too(browser, unit):
    _, where = unit
    page = browser.new_page()
    for address, status in (("/masuk", 200), (f"/{small.SMALL}", 200), ("/tidak-ada", 404)):
        assert page.goto(f"{where}{address}").status == status
        assert violations(page) == [], address
    page.close()
    turned_away = opened(browser, where, *SIZES["phone"], login="surveyor")
    assert turned_away.goto(f"{where}/{small.SMALL}/{small.BLTH}/impor").status == 403
    assert violations(turned_away) == []
    turned_away.context.close()


def test_a_map_kept_as_a_file_asks_nobody_and_can_be_used_by_everybody(browser, unit, tmp_path):
    filled, where = unit
    if not ready():
        pytest.skip("BROWSER LIBRARIES ABSENT: run make setup")
    with filled.database.reading() as session:
        kept = [
            rbm_map(session, small.SMALL, "51354BKA"),
            energy_of_all(session, small.SMALL, blth_from=small.BLTH, blth_to=small.BLTH),
        ]
    page = opened(browser, where, *SIZES["desk"], login=EVERYTHING)
    for number, drawn in enumerate(kept):
        file = tmp_path / f"{number}.html"
        file.write_text(standalone(drawn.data, drawn.bounds, title="Peta", lang="id"))
        page.goto(file.as_uri())
        page.wait_for_selector("#map_kanvas canvas")
        assert violations(page) == []
    assert page.faults == []
    page.context.close()


@pytest.mark.drill  # minutes; the daily walk of pages is test_pages_in_chromium
def test_no_english_page_shows_an_indonesian_sentence(unit):
    filled, _ = unit
    strayed = []
    with filled.unguarded():
        client = filled.enter(EVERYTHING)
        client.post("/bahasa", data={"lang": "en"})
    for example in filled.examples():
        if example.address.endswith(FILES) or example.endpoint in walked.LEADS_ON:
            continue
        answer = client.get(example.address)
        if answer.mimetype == "text/html":
            parser = Words()
            parser.feed(answer.text)
            strayed += [
                (example.address, t.strip()) for t in parser.found if INDONESIAN & set(words(t))
            ]
        answer.close()
    assert not strayed, "\n".join(map(str, strayed))


@pytest.mark.drill
@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("login", [EVERYTHING, *MAIN])
def test_every_address_for_every_role_in_both_languages(browser, unit, login, size, lang):
    walk(browser, unit, SIZES[size], login, lang)


@pytest.mark.drill
def test_every_page_fits_a_screen_of_320_px(browser, unit):
    walk(browser, unit, (NARROWEST, 640), EVERYTHING, "id", axe=False)


@pytest.mark.drill
@pytest.mark.parametrize("size", SIZES)
def test_the_dark_look_can_be_read_as_well(browser, unit, size):
    filled, where = unit
    page = opened(browser, where, *SIZES[size], login=EVERYTHING)
    # Who is logged in already stands on no page yet.
    page.goto(where)
    page.click(".who summary")
    page.click(".who button[name=tema][value=gelap]")
    page.wait_for_selector("html[data-tema=gelap]")
    wrong = [
        w
        for e in filled.examples()
        if e.endpoint not in walked.LEADS_ON
        for w in faults(page, where, e)
    ]
    page.context.close()
    assert not wrong, "\n".join(wrong)
