"""Walking along a gardu with one thumb: a tap, its undo, an exception, an answer on leaving."""

import os
from pathlib import Path

import pytest
import small_unit as small
import telusur_unit as drawn
from in_chromium import SIZES, opened, served
from playwright.sync_api import expect
from sqlalchemy import text

from rbmgeo.db.session import Database
from rbmgeo.intake.answers import read_answers

pytestmark = pytest.mark.browser


@pytest.fixture
def walked(make_database, tmp_path_factory):
    database = Database(make_database("telusur_browser", filled=drawn.build))
    with served(database, tmp_path_factory.mktemp("home")) as where:
        yield database, where
    database.close()


def kept(database):
    with database.reading() as session:
        rows = session.execute(
            text("SELECT idpel, outcome, gardu, tiang FROM survey_answer ORDER BY idpel")
        )
        return [tuple(r) for r in rows]


def until(page, database, count):
    for _ in range(40):
        if len(kept(database)) >= count:
            break
        page.wait_for_timeout(250)
    return kept(database)


def pole(page, code):
    return page.locator("[data-pole]", has=page.get_by_role("heading", name=f"Tiang {code}"))


def test_tap_undo_exception_and_leaving_on_a_phone(browser, walked):
    database, where = walked
    page = opened(browser, where, *SIZES["phone"])
    page.clock.install()
    page.goto(f"{where}/{small.SMALL}/{small.BLTH}/survei/telusur/{drawn.HERE}")
    first, end = pole(page, "T1"), pole(page, "T4")
    tap = first.get_by_role("button", name="2 rumah di tiang ini: semua PD001")
    tap.click()
    expect(first.locator("[data-undo]")).to_have_text("Urungkan (10)")
    page.clock.run_for(4000)
    expect(first.locator("[data-undo]")).to_have_text("Urungkan (6)")
    first.locator("[data-undo]").click()
    page.clock.run_for(15000)
    expect(tap).to_be_visible()
    assert kept(database) == [], "what was undone was sent"
    # Tapped again and left alone it is sent after ten seconds, not before.
    tap.click()
    page.clock.run_for(9000)
    assert kept(database) == []
    page.clock.run_for(2000)
    expect(first.locator("[data-held-words]")).to_have_text("tersimpan")
    told = [(small.idpel(n), "cocok", None, "T1") for n in (0, 1)]
    assert until(page, database, 2) == told
    expect(page.locator("[data-count]")).to_have_text("2 dari 5 rumah dijawab")
    # The exception: one house answered singly, and the page left before its ten seconds are over.
    end.locator("summary").click()
    end.get_by_role("button", name="tidak ditemukan").click()
    page.goto(f"{where}/{small.SMALL}/{small.BLTH}/lapangan", wait_until="commit")
    assert until(page, database, 3) == [*told, (small.idpel(4), "tidak_ditemukan", None, "T4")]
    assert page.faults == []
    page.context.close()


def test_without_signal_an_answer_waits_on_the_phone_and_is_sent_once(browser, walked):
    database, where = walked
    page = opened(browser, where, *SIZES["phone"])
    page.clock.install()
    page.goto(f"{where}/{small.SMALL}/{small.BLTH}/survei/telusur/{drawn.HERE}")
    page.context.set_offline(True)
    pole(page, "T2").get_by_role("button", name="semua PD001").click()
    page.clock.run_for(11000)
    expect(page.locator("[data-unsent]")).to_contain_text("1 jawaban belum terkirim")
    page.context.set_offline(False)
    # A try that leaves before the line is up again fails, and the next comes half a minute later.
    for _ in range(5):
        page.clock.run_for(31000)
        page.wait_for_timeout(500)
        if not page.locator("[data-unsent]").inner_text():
            break
    expect(page.locator("[data-unsent]")).to_be_empty()
    assert until(page, database, 1) == [(small.idpel(2), "cocok", None, "T2")]
    page.context.close()


@pytest.mark.parametrize("status", [400, 403])
def test_what_the_server_refuses_is_said_and_kept_while_others_go_on(browser, walked, status, tmp_path):  # fmt: skip
    database, where = walked
    page = opened(browser, where, *SIZES["phone"])
    page.clock.install()
    page.goto(f"{where}/{small.SMALL}/{small.BLTH}/survei/telusur/{drawn.HERE}")
    tries = []

    def turn_down(route):
        # The whole field: a moment of the evening holds "T2" too (2026-11-26T20:15).
        if 'name="tiang"\r\n\r\nT2\r\n' not in (route.request.post_data or ""):
            return route.continue_()
        tries.append(1)
        why = (
            "<main><p class=muted>0</p><h1>Tidak boleh</h1><p>Minta administrator unit.</p></main>"
        )
        return route.fulfill(status=status, content_type="text/html", body=why)

    page.route("**/jawaban", turn_down)
    pole(page, "T2").get_by_role("button", name="semua PD001").click()
    pole(page, "T1").get_by_role("button", name="semua PD001").click()
    page.clock.run_for(11000)
    # The other pole's answers are in, though they stood behind the refused one.
    assert [k[3] for k in until(page, database, 2)] == ["T1", "T1"]
    told = page.locator("[data-turned-down] li")
    expect(told).to_contain_text("Tiang T2, 1 jawaban: ditolak: Tidak boleh. Minta administrator unit.")  # fmt: skip
    expect(page.locator("[data-unsent]")).to_be_empty()
    page.clock.run_for(120_000)
    page.reload()
    page.clock.run_for(120_000)
    assert len(tries) == 1, "a refused answer was sent again by itself"
    with page.expect_download() as got:
        page.get_by_role("button", name="Unduh untuk kantor").click()
    got.value.save_as(tmp_path / "ditolak.csv")
    good, bad = read_answers(tmp_path / "ditolak.csv", time_zone="Asia/Jakarta")
    assert bad == []
    assert good[["idpel", "outcome", "tiang"]].to_numpy().tolist() == [[small.idpel(2), "cocok", "T2"]]  # fmt: skip
    if os.environ.get("RBMGEO_PICTURES"):
        page.screenshot(path=Path(os.environ["RBMGEO_PICTURES"]) / f"ditolak-{status}.png")
    # By hand it goes again, with the same id, and is in.
    page.unroute("**/jawaban")
    page.get_by_role("button", name="Kirim lagi").click()
    assert len(until(page, database, 3)) == 3
    expect(page.locator("[data-turned-down]")).to_be_hidden()
    page.context.close()


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_fit_and_are_quiet(browser, walked, size):
    _, where = walked
    page = opened(browser, where, *SIZES[size])
    pictures = os.environ.get("RBMGEO_PICTURES")
    names = ("survei/telusur", f"survei/telusur/{drawn.HERE}", f"survei/telusur/{drawn.HERE}/cetak",
             f"pelanggan/{small.public_id(4)}", f"pelanggan/{small.public_id(7)}")  # fmt: skip
    for name in names:
        assert page.goto(f"{where}/{small.SMALL}/{small.BLTH}/{name}").status == 200
        if name == names[1]:
            page.locator("summary", has_text="Jawab satu per satu").first.click()
            page.get_by_role("button", name="semua PD001").nth(1).click()
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{name} scrolls sideways by {wide} px"
        if pictures:
            shot = "".join(c if c.isalnum() else "-" for c in name)
            page.screenshot(path=Path(pictures) / f"{size}-{shot}.png", full_page=True)
    assert page.faults == []
    page.context.close()
