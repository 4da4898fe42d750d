"""From the empty product to the first sheet with a kit of files as offices keep them."""

import json
import threading

import pytest
from in_chromium import SIZES, served

from rbmgeo.db.session import Database
from rbmgeo.jobs.worker import work
from rbmgeo.sample import SampleParams
from rbmgeo.sample.messy import make_messy

pytestmark = [pytest.mark.browser, pytest.mark.database]

#: Clicks, typed fields and choices of files that the whole way may take.
ACTIONS = 40
PASSWORD = "kata-sandi-panjang-1"


class Person:
    """Someone at the screen: every act is counted."""

    def __init__(self, page):
        self.page, self.actions = page, 0

    def type(self, where, what):
        self.actions += 1
        self.page.fill(where, what)

    def click(self, where):
        self.actions += 1
        self.page.click(where)

    def choose(self, where, files):
        self.actions += 1
        self.page.set_input_files(where, files)


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kit")
    return folder, make_messy(folder, SampleParams(customers=2400, seed=3))


@pytest.fixture
def empty_product(make_database, tmp_path):
    """Serve the product as `make start` does: migrated, without anybody, a worker beside."""
    database = Database(make_database("kit"))
    ended = threading.Event()

    def keep_working():
        while not ended.is_set():
            work(database.url, wait=False)
            ended.wait(0.2)

    worker = threading.Thread(target=keep_working)
    worker.start()
    with served(database, tmp_path / "home") as address:
        yield address
    ended.set()
    worker.join()
    database.close()


@pytest.mark.drill
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_messy_kit_becomes_a_first_sheet(browser, empty_product, kit):
    folder, holds = kit
    page = browser.new_context(
        viewport=dict(zip(("width", "height"), SIZES["desk"], strict=True))
    ).new_page()
    page.set_default_timeout(120_000)
    faults = []
    page.on("pageerror", lambda e: faults.append(str(e)))
    page.on("console", lambda m: m.type == "error" and faults.append(m.text))
    someone = Person(page)

    page.goto(f"{empty_product}/")
    someone.type("#nama", "ratna")
    someone.type("#sandi", PASSWORD)
    someone.type("#ulang", PASSWORD)
    someone.type("#kode", "51354")
    someone.click("button.p")
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and "truth" not in p.parts]
    someone.choose("#kiriman", files)
    someone.click("[data-send]")

    # What was seen: three questions for eighteen tables, each answered as it is shown.
    page.wait_for_selector(".ask-card")
    questions = page.locator(".ask-card")
    assert questions.count() == 3
    text = page.locator("main").inner_text()
    assert "51354BAA" in text, "samples are the user's own"
    assert page.locator(".seen tbody tr").count() == len(holds.tables)
    someone.click("form .row.end button.p")

    page.wait_for_selector("[data-read]")
    counted = {n: int(page.locator(f"[data-{n}]").first.get_attribute(f"data-{n}"))
               for n in ("read", "good", "skipped", "rejected")}  # fmt: skip
    refused = sum(t.spoiled + t.totals for t in holds.tables)
    assert counted["read"] == holds.rows
    assert counted["rejected"] == refused
    assert counted["skipped"] == sum(t.structure for t in holds.tables)
    assert counted["read"] == counted["good"] + counted["skipped"] + counted["rejected"]
    spoiled = page.locator(".problems li", has_text="R-IM-02")
    assert spoiled.count() == 1, "equal problems are one line"
    assert page.locator(".problems li", has_text="TOTAL_ROW").count() == 1
    someone.click("button[value=baik]")

    page.wait_for_selector("text=Buka lembar pertama")
    for table in holds.tables:
        row = page.locator(
            f'tr[data-file="{_safe(table.file)}"][data-sheet="{table.sheet}"] td.num'
        )
        said = [int(c.replace(".", "")) for c in row.all_inner_texts()]
        assert said == [
            table.rows, table.records - table.spoiled, table.structure, table.totals + table.spoiled
        ], table  # fmt: skip
    someone.click("text=Buka lembar pertama")
    page.wait_for_selector("h1:has-text('Lembar pertama')")
    shown = page.locator(".tile dd").all_inner_texts()
    assert shown[0] == f"{holds.customers:,}".replace(",", ".")
    assert shown[1].split()[0] == str(holds.rbms)
    assert shown[2] == str(holds.gardu)
    assert page.locator(".alike li").count() == 1, "the code with a letter O is found"
    assert "huruf O di tempat angka 0" in page.locator(".alike li").inner_text()
    assert faults == []
    print(json.dumps({"actions": someone.actions}))
    assert someone.actions <= ACTIONS


def _safe(name):
    return name.replace(" ", "_")
