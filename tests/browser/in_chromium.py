"""How the tests serve pages and open them: every fault and every request is noted."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import small_unit as small
from apiflask import APIFlask
from werkzeug.serving import make_server

from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import create_app

SIZES = {"desk": (1366, 850), "phone": (390, 844)}
#: What a browser keeps after the log-in, by address, size, person and language: the form is gone through once each.
_LOGGED_IN: dict[tuple[str, int, int, str, str], object] = {}


@contextlib.contextmanager
def served(database: Database, home: Path, app: APIFlask | None = None) -> Iterator[str]:
    """Serve the pages of a database (by an application of the caller's) and give their address."""
    app = app or create_app(Settings(home=home), database)
    server = make_server("127.0.0.1", 0, whole(app), threaded=True)
    # The server looks so often, in seconds, whether it is to end.
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield address
    finally:
        for key in [k for k in _LOGGED_IN if k[0] == address]:
            del _LOGGED_IN[key]
        server.shutdown()
        thread.join()
        server.server_close()


def whole(app):
    """Read every answer of an application to its end, and close it, before any of it is sent.

    A page that is left drops its connection, and this server then never closes what it was
    sending: a file stays open, and the collector complains in whichever test runs then.
    """

    def call(environ, start_response):
        with contextlib.closing(app(environ, start_response)) as answer:
            return [b"".join(answer)]

    return call


def opened(browser, address, width, height, *, touch=False, mobile=False, login="admin", lang="id"):
    """Open a page, logged in; ``faults`` holds complaints, dialogs and foreign requests."""
    known = _LOGGED_IN.get((address, width, height, login, lang))
    context = browser.new_context(
        viewport={"width": width, "height": height},
        storage_state=known,
        has_touch=touch,
        is_mobile=mobile,
    )
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
    if known is not None:
        return page
    page.goto(f"{address}/masuk")
    page.fill("#nama", login)
    page.fill("#sandi", small.PASSWORD)
    page.click("button.p")
    page.wait_for_url(lambda url: not url.endswith("/masuk"))
    if lang != "id":
        page.click(".who summary")
        page.click(f".who button[name=lang][value={lang}]")
        page.wait_for_selector(f"html[lang={lang}]")
    _LOGGED_IN[address, width, height, login, lang] = context.storage_state()
    return page
