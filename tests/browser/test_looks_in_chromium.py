"""Answers that contradict: the photo that decides is there with the page, not after a scroll."""

import io
import os
import re
import time
from pathlib import Path

import pytest
import small_unit as small
from in_chromium import SIZES, opened, served
from PIL import Image

from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import create_app

pytestmark = pytest.mark.browser

BASE = f"/{small.SMALL}/{small.BLTH}"
LOOKS = f"{BASE}/survei/bertentangan"
#: So many that the last photo lies far below what a phone shows.
HOUSES = range(4)


@pytest.fixture
def looked_again(make_database, tmp_path):
    """Give the address of a unit where one house was looked at again with a photo."""
    database = Database(make_database("looks_browser", filled=small.build))
    app = create_app(Settings(home=tmp_path), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False

    def client(login):
        made = app.test_client()
        made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD})
        return made

    people = {login: client(login) for login in ("perencana", "admin", "pengawas")}

    def answer(login, house, **values):
        form = f"{BASE}/survei/jawab/{small.public_id(house)}"
        page = people[login].get(form).text
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
        assert people[login].post(form, data=dict(hidden) | values).status_code == 302

    picture = io.BytesIO()
    Image.new("RGB", (640, 480), (40, 120, 90)).save(picture, "JPEG")
    for house in HOUSES:
        answer("admin", house, pilih="gardu_lain:PD002")
        answer("perencana", house, pilih="cocok")
        people["pengawas"].post(f"{LOOKS}/minta/{small.public_id(house)}")
        photo = io.BytesIO(picture.getvalue())
        answer("admin", house, pilih="gardu_lain:PD002", foto=(photo, "a.jpg"))
    with served(database, tmp_path) as where:
        yield where
    database.close()


def test_the_photo_of_a_second_look_comes_with_the_page_on_a_slow_line(browser, looked_again):
    page = opened(browser, looked_again, *SIZES["phone"])

    def slowly(route):
        time.sleep(1)
        route.continue_()

    page.route("**/foto/*", slowly)
    page.goto(f"{looked_again}{LOOKS}")  # returns once the page says that it is loaded
    photos = page.locator(".said img")
    widths = photos.evaluate_all("all => all.map((img) => img.complete && img.naturalWidth)")
    assert widths == [640] * len(HOUSES)
    assert photos.first.evaluate("(img) => img.getBoundingClientRect().height") > 100
    if os.environ.get("RBMGEO_PICTURES"):
        page.screenshot(path=Path(os.environ["RBMGEO_PICTURES"]) / "looks.png", full_page=True)
    assert page.faults == []
    page.context.close()
