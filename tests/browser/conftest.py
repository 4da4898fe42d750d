import sys
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from rbmgeo.db.session import Database

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "web"))
import small_unit as small
from in_chromium import SIZES, opened, served

#: No name is known but that of this machine: what asks for another host gets nothing, and is told.
ONLY_HERE = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"


@pytest.fixture(scope="session")
def address(make_database, tmp_path_factory):
    database = Database(make_database("browser", filled=small.build))
    with served(database, tmp_path_factory.mktemp("home")) as where:
        yield where
    database.close()


# Of a module, not of the session: while it lives, its event loop holds the whole thread.
@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as started:
        made = started.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", ONLY_HERE],
        )
        yield made
        made.close()


@pytest.fixture(params=SIZES)
def page(request, browser, address):
    made = opened(browser, address, *SIZES[request.param])
    yield made
    made.context.close()


@pytest.fixture
def desk(browser, address):
    made = opened(browser, address, *SIZES["desk"])
    yield made
    made.context.close()
