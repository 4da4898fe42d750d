"""How the tests serve pages and open them: every fault and every request is noted."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import small_unit as small
from werkzeug.serving import make_server

from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import create_app

SIZES = {"desk": (1366, 850), "phone": (390, 844)}


@contextlib.contextmanager
def served(database: Database, home: Path) -> Iterator[str]:
    """Serve the pages of a database and give their address."""
    server = make_server("127.0.0.1", 0, create_app(Settings(home=home), database), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def opened(browser, address, width, height):
    """Open a page as administrator; ``faults`` holds complaints, dialogs and foreign requests."""
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.faults = []
    page.on("console", lambda m: m.type in ("error", "warning") and page.faults.append(m.text))
    page.on("pageerror", lambda e: page.faults.append(str(e)))
    page.on("dialog", lambda d: (page.faults.append(d.message), d.dismiss()))
    page.on(
        "request",
        lambda r: (
            r.url.startswith((address, "data:", "blob:", "file:")) or page.faults.append(r.url)
        ),
    )
    page.goto(f"{address}/masuk")
    page.fill("#nama", "admin")
    page.fill("#sandi", small.PASSWORD)
    page.click("button.p")
    page.wait_for_url("**/bulan-ini" if page.url.endswith("bulan-ini") else "**/")
    return page
