"""Base maps in a real browser: pictures come from the one host that was set, and from no other."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import small_unit as small
from in_chromium import SIZES, opened, served

from rbmgeo.db.queries import units
from rbmgeo.db.session import Database
from rbmgeo.maps.canvas import ready
from web.pages.base_maps import NOTHING

pytestmark = pytest.mark.browser

UNIT = f"/{small.SMALL}/{small.BLTH}/peta/unit"


@pytest.fixture
def elsewhere():
    """Another host with pictures; ``asked`` notes what it was sent."""
    asked = []

    class Tiles(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, dict(self.headers)))
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(NOTHING)))
            self.end_headers()
            self.wfile.write(NOTHING)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    server.asked = asked
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def unit(make_database, tmp_path):
    """A unit of its own: its settings are changed."""
    database = Database(make_database("base_maps_browser", filled=small.build))
    with served(database, tmp_path) as address:
        yield database, address
    database.close()


def test_pictures_come_from_the_host_that_was_set_and_from_no_other(browser, unit, elsewhere):
    if not ready():
        pytest.skip("BROWSER LIBRARIES ABSENT: run make setup")
    database, address = unit
    page = opened(browser, address, *SIZES["desk"])

    def shown():
        page.goto(f"{address}{UNIT}")
        page.wait_for_selector('[data-unit-map][data-loaded]:not([data-loaded=""])')

    def picture(host):
        """Say whether a picture of a host loads on the page, or is refused."""
        return page.evaluate(
            """(src) => new Promise((done) => { const one = new Image();
                one.onload = () => done(true); one.onerror = () => done(false); one.src = src; })""",
            f"http://{host}:{elsewhere.server_port}/uji.png",
        )

    shown()
    assert page.faults == []
    assert not picture("127.0.0.1")
    assert elsewhere.asked == []
    told = {
        "base_map": "url", "base_map_attribution": "Peta <b>Contoh</b>",
        "base_map_url": f"http://localhost:{elsewhere.server_port}/{{z}}/{{x}}/{{y}}.png",
    }  # fmt: skip
    with database.writing() as session:
        units.set_unit(session, ulp=small.SMALL, settings=told)
    shown()
    assert page.locator(".map-source").inner_text() == "Peta <b>Contoh</b>"
    assert picture("localhost")
    assert not picture("127.0.0.1")
    paths = [path for path, _ in elsewhere.asked]
    assert sum(path.count("/") == 3 for path in paths) >= 2
    # The other host learns which area is looked at: no page's address, no cookie.
    assert not any({"Referer", "Cookie"} & set(headers) for _, headers in elsewhere.asked)
    assert page.locator('[data-layer="base"]').is_checked()
    page.locator('[data-layer="base"]').uncheck()
    assert page.locator(".map-source").count() == 0
    assert page.url.endswith("/base")
    page.context.close()
