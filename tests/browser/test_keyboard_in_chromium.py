"""Each main task without a mouse: nothing but keys, a ring at every stop, no trap."""

import threading

import pytest
import small_unit as small
import walked_unit as walked
from by_keys import press, tab_to
from in_chromium import SIZES, opened, served

from rbmgeo.db.session import Database
from rbmgeo.jobs.worker import work

pytestmark = pytest.mark.browser
U = f"/{small.SMALL}/{small.BLTH}"


@pytest.fixture(scope="module")
def where(make_database, tmp_path_factory):
    """A unit of these tests' own, with a worker for its jobs."""
    database = Database(make_database("keyboard", filled=walked.build))
    ended = threading.Event()

    def keep_working():
        while not ended.is_set():
            work(database.url, wait=False)
            ended.wait(0.2)

    worker = threading.Thread(target=keep_working)
    worker.start()
    with served(database, tmp_path_factory.mktemp("home")) as address:
        yield address
    ended.set()
    worker.join()
    database.close()


@pytest.fixture
def person(browser, where):
    """Open a page as somebody, without a mouse; at the end nothing was complained about."""
    pages = []

    def enter(login, page, size="desk"):
        made = opened(browser, where, *SIZES[size], login=login)
        pages.append(made)
        made.goto(f"{where}{U}/{page}")
        return made

    yield enter
    for made in pages:
        assert made.faults == []
        made.context.close()


def test_a_planner_moves_a_house_takes_it_back_and_hands_the_draft_in(person):
    page = person("perencana", "rute")
    press(page, "form[action$='/meja/mulai'] button")
    page.wait_for_selector("[data-bench][data-ready='1']", state="attached")
    press(page, "#only", "Space")
    tab_to(page, "#cari-rbm")
    page.keyboard.type("51354BKA")
    press(page, "[data-rbm='51354BKA'] [data-open]")
    page.wait_for_selector("#walk li")
    press(page, "#walk li:first-child input[type=checkbox]", "Space")
    tab_to(page, "#ke", back=True)
    page.keyboard.type("51354BKB")
    assert page.locator("#ke").input_value() == "51354BKB"
    press(page, "#go")
    page.wait_for_selector("[data-bench][data-done='1']", state="attached")
    assert page.locator("#walk li").count() == 3
    page.keyboard.press("Control+z")
    page.wait_for_selector("[data-bench][data-done='2']", state="attached")
    assert page.locator("#walk li").count() == 4
    page.keyboard.press("Control+y")
    page.wait_for_selector("[data-bench][data-done='3']", state="attached")
    tab_to(page, "#walk li:first-child input[type=number]")
    page.keyboard.press("Alt+ArrowDown")
    page.wait_for_selector("[data-bench][data-done='4']", state="attached")
    press(page, "form[action$='/ajukan'] button")
    page.wait_for_selector("#terbit >> text=Orang lain")


def test_a_surveyor_answers_a_house_and_walks_a_gardu(person):
    page = person("surveyor", "lapangan", "phone")
    press(page, "a[href*='/survei/'][href$='/1/1']")
    page.wait_for_selector("h1:has-text('surveyor')")
    press(page, "a[href*='/survei/jawab/']")
    page.wait_for_selector("form.answer")
    tab_to(page, "#tiang")
    page.keyboard.type("T1")
    press(page, "input[name=pilih]", "Space")
    assert page.locator("input[name=pilih][value=cocok]").is_checked()
    press(page, "form.answer button.big")
    page.wait_for_url(lambda url: "/jawab/" not in url)
    page.goto(f"{page.url.split('/survei')[0].split('/lapangan')[0]}/lapangan")
    press(page, "a[href$='/survei/telusur']")
    page.wait_for_url("**/survei/telusur")
    press(page, ".field-list a[href$='/PD002']")
    page.wait_for_selector("[data-pole]")
    press(page, "[data-pole] form.tap button")
    page.wait_for_selector("[data-undo]:not([hidden])")
    press(page, "[data-undo]:not([hidden])")
    page.wait_for_selector("[data-pole] form.tap button")


def test_a_supervisor_reads_a_gardu_approves_a_proposal_and_finds_a_house_on_the_map(person):
    page = person("pengawas", "energi?lihat=gardu")
    press(page, "main tbody a[href*='/PD001']")
    page.wait_for_selector("h1:has-text('PD001')")
    page.goto(page.url.partition("/energi")[0] + "/survei/usulan")
    press(page, "button[name=putusan][value=setuju], button[name=putusan][value=approved]")
    page.wait_for_selector(".flash.ok")
    page.goto(page.url.partition("/survei")[0] + "/peta/unit")
    page.wait_for_selector("[data-unit-map][data-loaded]:not([data-loaded=''])")
    tab_to(page, "#map_kanvas")
    before = page.url
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(was) => location.href !== was", arg=before)
    tab_to(page, "#map-words")
    page.keyboard.type(small.idpel(2))
    press(page, "#map-search button")
    page.wait_for_selector("#map-results a")
    tab_to(page, "#tabel .scroll")
    press(page, "#map-results a", back=True)
    page.wait_for_url(f"**/pelanggan/{small.public_id(2)}")


def test_files_are_taken_in_from_the_choice_to_the_load(person, tmp_path):
    file = tmp_path / "rbm.csv"
    rows = "".join(f"{small.idpel(n)};Orang;{n},50\n" for n in range(3))
    file.write_text(f"RBM 51354BKA periode 112024;;\nIDPEL;NAMA;PEMKWH\n{rows}")
    page = person("perencana", "impor")
    tab_to(page, "#kiriman")
    with page.expect_file_chooser() as chosen:
        page.keyboard.press("Space")
    chosen.value.set_files(file)
    press(page, "[data-send]")
    page.wait_for_selector("input[type=radio][value=ya]", timeout=60_000)
    press(page, "main form button.p")
    page.wait_for_selector("button[name=cara], form[action$='/muat'] button", timeout=60_000)
    press(page, "form[action$='/muat'] button, button[name=cara]")
    page.wait_for_selector("main >> text=Buka lembar pertama", timeout=60_000)
    assert page.locator("main tbody td[data-k=baik]").first.inner_text().strip() == "3"


def test_arrows_pass_over_months_and_enter_opens_the_one_chosen(person):
    page = person("pengawas", "energi")
    tab_to(page, "[aria-label='Pilih bulan']")
    here = page.url
    page.keyboard.press("ArrowUp")
    page.wait_for_timeout(300)
    assert page.url == here, "a step with an arrow left the page"
    page.keyboard.press("Enter")
    page.wait_for_url("**/202501/energi*")


@pytest.mark.parametrize("size", SIZES)
def test_tab_goes_round_a_page_and_out_of_it(person, size):
    page = person("perencana", "peta/unit", size)
    page.wait_for_selector("[data-unit-map][data-loaded]:not([data-loaded=''])")
    tab_to(page, "a.skip")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "isi"
    tab_to(page, "#tabel .scroll")
    tab_to(page, "a.skip, .brand")
