"""The map of a whole unit as Chromium opens it: when it was painted, when every first tile was there."""

import shutil
import sys
from collections.abc import Callable

from bench.load import Asker

CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser")
TIMES = 5
PAINTED = """() => Math.max(...performance.getEntriesByType("paint").map((p) => p.startTime))"""
LOADED = """() => new Promise((done) => {
  const frame = document.querySelector("[data-unit-map]");
  const look = () => (frame.dataset.loaded ? done(performance.now()) : requestAnimationFrame(look));
  look();
})"""

Show = Callable[[str, str, str, bool], None]


def seen(
    address: str, page: str, cookie: str, near: str, *, paint_s: float, tiles_s: float, show: Show
) -> None:
    """Open the whole unit and a place near, each a few times, and print the slowest of each."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        found = None
    if found is None:
        print("LEFT OUT, THE BROWSER: run make setup-browser", file=sys.stderr, flush=True)
        return
    name, _, value = cookie.partition("=")
    with sync_playwright() as started:
        chromium = started.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        for words, where in (("whole unit", ""), ("zoom 17", near)):
            times = []
            for _ in range(TIMES):
                # An empty browser each time: nothing is kept from the time before.
                context = chromium.new_context(viewport={"width": 1366, "height": 850})
                context.add_cookies([{"name": name, "value": value, "url": address}])
                tab = context.new_page()
                requests: list[str] = []
                tab.on("request", lambda r, to=requests: to.append(r.url))
                tab.goto(f"{address}{page}{where}", wait_until="commit")
                tab.wait_for_selector("[data-unit-map]")
                loaded = tab.evaluate(LOADED)
                tiles = sum(".mvt" in url for url in requests)
                times.append((tab.evaluate(PAINTED) / 1000, loaded / 1000, tiles))
                context.close()
            paint, tiles_at = max(t[0] for t in times), max(t[1] for t in times)
            show(
                f"{words}: first paint, slowest of {TIMES}",
                f"{paint:.2f} s",
                f"<= {paint_s:g} s",
                paint <= paint_s,
            )
            show(f"{words}: all {times[0][2]} first tiles, slowest of {TIMES}", f"{tiles_at:.2f} s",
                 f"<= {tiles_s:g} s", tiles_at <= tiles_s)  # fmt: skip
        chromium.close()


def warmed(path: str, address: str, headers: str, times: int) -> None:
    """Ask for an address some times, so that every process has loaded what it needs."""
    for _ in range(times):
        Asker(path, headers).get(address)
