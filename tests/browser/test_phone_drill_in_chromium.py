"""Six hundred visits on a slow phone that dies at random, sent to a unit that loses every third reply."""

import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import time

import phone_unit as drawn
import pytest
import small_unit as small
from playwright.sync_api import Error, sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.drill]
PIN = "284913"
HOUSES, SLOWER = drawn.MANY, int(os.environ.get("RBMGEO_DRILL_SLOWER", "6"))
HOME = f"/{drawn.ULP}/hp"
#: One visit after another as a thumb does it; each that the app says is kept is told aloud.
_WALK = """(most) => { (async () => {
    const until = async (find) => { for (;;) { const found = find(); if (found) return found; await new Promise((ok) => setTimeout(ok, 5)); } };
    for (let n = 0; n < most; n += 1) {
        const button = await until(() => location.hash.startsWith("#jalan") && (document.querySelector(".foot a.p") || document.querySelector(".page .note.ok")));
        if (!button.href) break;
        const order = button.href.split("/").pop();
        button.click();
        const outcome = await until(() => location.hash.startsWith("#kunjungan") && document.querySelector(".outcome"));
        const input = document.querySelector("#f-rumah");
        if (input && Math.random() < 0.05) {
            const canvas = new OffscreenCanvas(900, 700), pen = canvas.getContext("2d");
            for (let i = 0; i < 4000; i += 1) { pen.fillStyle = `hsl(${Math.random() * 360} 80% 50%)`; pen.fillRect(Math.random() * 900, Math.random() * 700, 30, 30); }
            const files = new DataTransfer();
            files.items.add(new File([await canvas.convertToBlob({ type: "image/jpeg" })], "f.jpg", { type: "image/jpeg" }));
            input.files = files.files;
            input.dispatchEvent(new Event("change"));
            await until(() => document.querySelector(".shot img"));
        }
        outcome.click();
        await until(() => location.hash.startsWith("#jalan") && document.querySelector(".next, .page .note.ok"));
        console.log(`kept ${order}`);
    }
    console.log("through");
})(); }"""


class Phone:
    """A browser of its own on a folder of its own, killed as a phone without power is."""

    def __init__(self, playwright, chromium: str, folder, where: str) -> None:
        self.playwright, self.chromium, self.folder, self.where = (
            playwright,
            chromium,
            folder,
            where,
        )
        self.kept: set[str] = set()
        self.through = False
        self.process = self.page = None

    def on(self, slower: int = SLOWER) -> None:
        self.process = subprocess.Popen(
            [self.chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--remote-debugging-port=0", f"--user-data-dir={self.folder}", "about:blank"],
            stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip
        for line in self.process.stderr:
            if found := re.search(r"ws://\S+", line):
                break
        browser = self.playwright.chromium.connect_over_cdp(found[0])
        context = browser.contexts[0]
        context.grant_permissions(["geolocation"])
        context.set_geolocation({"longitude": drawn.LON, "latitude": drawn.LAT, "accuracy": 7})
        self.page = context.pages[0] if context.pages else context.new_page()
        self.page.set_viewport_size({"width": 390, "height": 844})
        self.page.on("console", lambda m: self._heard(m.text))
        context.new_cdp_session(self.page).send("Emulation.setCPUThrottlingRate", {"rate": slower})

    def _heard(self, words: str) -> None:
        if words.startswith("kept "):
            self.kept.add(words[5:])
        self.through |= words == "through"

    def die(self) -> None:
        if self.process is None:
            return
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stderr.close()
        self.process = None

    def start(self) -> float:
        """Open the app at its address and give the PIN; return seconds until the next house stands there."""
        began = time.perf_counter()
        self.page.goto(f"{self.where}{HOME}", wait_until="commit")
        self.page.wait_for_selector("#p1")
        self.page.fill("#p1", PIN)
        self.page.click(".foot .p")
        self.page.wait_for_selector(".next h2, .page .note.ok")
        return time.perf_counter() - began

    def log_in_again(self) -> None:
        """Do as the app says where the log-in did not outlive the kill."""
        self.page.fill("#nama", drawn.OFFICER)
        self.page.fill("#sandi", small.PASSWORD)
        self.page.click("button.p")
        self.page.wait_for_selector("#p1")
        self.page.fill("#p1", PIN)
        self.page.click(".foot .p")
        self.page.wait_for_selector(".band")

    def wait(self, seconds: float) -> None:
        # Told to the browser's own loop, so that what it says is heard meanwhile.
        with contextlib.suppress(Error):
            self.page.wait_for_timeout(seconds * 1000)


def _note(words: str) -> None:
    """Say how far it is where somebody watches (``RBMGEO_DRILL_LOG``: a file)."""
    if path := os.environ.get("RBMGEO_DRILL_LOG"):
        with open(path, "a", encoding="utf-8") as log:
            log.write(words + "\n")


@pytest.fixture
def office(make_database, tmp_path):
    with drawn.office(make_database, tmp_path / "home", "phone_drill", drawn.build_large) as made:
        yield made


def test_six_hundred_visits_survive_kills_and_lost_replies(office, chromium, tmp_path, capsys):
    # The shell keeps no folder of its own between two starts; the whole browser does.
    whole = shutil.which("chromium") or shutil.which("chromium-browser") or chromium
    dice = random.Random(41)
    with sync_playwright() as playwright, contextlib.ExitStack() as end_of_it:
        phone = Phone(playwright, whole, tmp_path / "phone", office.serve())
        end_of_it.callback(phone.die)
        phone.on(slower=1)
        page = phone.page
        page.goto(f"{phone.where}/masuk?next={HOME}")
        page.fill("#nama", drawn.OFFICER)
        page.fill("#sandi", small.PASSWORD)
        page.click("button.p")
        page.fill("#p1", PIN)
        page.fill("#p2", PIN)
        page.click(".foot .p")
        page.click(".card button.p")
        page.click(".card a.p")
        page.wait_for_selector(".next h2")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        size = page.evaluate("document.querySelectorAll('.rows li').length")
        office.vanish()
        page.evaluate(_WALK, 40)
        while not phone.through:
            phone.wait(0.2)
        took = sorted(
            page.evaluate("performance.getEntriesByName('simpan').map((e) => e.duration)")
        )
        phone.die()
        kills, starts = 0, []
        phone.through = False
        while not phone.through:
            phone.on()
            starts.append(phone.start())
            phone.page.evaluate(_WALK, HOUSES)
            last = time.monotonic() + dice.uniform(2, 60)
            while not phone.through and time.monotonic() < last:
                phone.wait(0.2)
            _note(f"{len(phone.kept)} heard as kept, start {starts[-1]:.2f} s")
            if not phone.through:
                phone.die()
                kills += 1
        phone.die()
        # Now there is a network, of a kind, and the phone dies while it sends.
        office.lose_every = 3
        office.serve()
        for again in range(200):
            phone.on()
            phone.start()
            phone.page.goto(f"{phone.where}{HOME}#antrean")
            end = time.monotonic() + (dice.uniform(2, 12) if again < 3 else 60)
            while time.monotonic() < end:
                if phone.page.locator(".band.ok").count():
                    break
                with contextlib.suppress(Error):
                    out = phone.page.locator(".note a[href^='/masuk']")
                    if out.count():
                        out.click(timeout=2000)
                        phone.log_in_again()
                        phone.page.goto(f"{phone.where}{HOME}#antrean")
                    phone.page.get_by_role("button", name="Kirim sekarang").click(timeout=500)
                phone.wait(1)
            # It may stand at the log-in when its time is over.
            said = phone.page.locator(".band b")
            done = said.inner_text() if said.count() else "at the log-in"
            phone.die()
            kills += 1
            _note(done)
            if done == f"{HOUSES} dari {HOUSES} terkirim":
                break
    kept = office.kept()
    told = f"{len(kept)} records of {HOUSES}, {len(phone.kept)} heard as kept, {kills} kills, {office.lost} of {office.replies} replies lost"
    with capsys.disabled():
        print(
            f"\n{told}; cold start to the first house, {SLOWER} times slower: worst {max(starts):.2f} s, median {sorted(starts)[len(starts) // 2]:.2f} s; "
            f"save unthrottled: worst {took[-1]:.0f} ms, median {took[len(took) // 2]:.0f} ms; rows drawn at once {size}; photos whole {len(office.whole_photos())}"
        )
    assert len(kept) == len({k[0] for k in kept}) == len({k[1] for k in kept}) == HOUSES, told
    assert phone.kept <= {k[1] for k in kept}
    assert done == f"{HOUSES} dari {HOUSES} terkirim"
