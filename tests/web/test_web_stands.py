"""Meja periksa sebelum AP2T over HTTP: decided with a reason, re-reads ordered, the month signed."""

import re

import pytest
import small_unit as small
from sqlalchemy import text

from rbmgeo.db.session import Database
from rbmgeo.settings import Settings
from web import create_app

pytestmark = pytest.mark.database
PAGE = f"/{small.SMALL}/{small.BLTH}/meja-stand"


@pytest.fixture
def unit(make_database, tmp_path):
    """The small unit with two odd stands: one thrice the month before, one backwards."""

    def build(session):
        small.build(session)
        for n, before, now in ((0, 1000, 1400), (1, 1000, 990)):
            session.execute(
                text("UPDATE reading SET previous_stand_kwh = :before, stand_kwh = :now, kwh = :now - :before "
                     "WHERE ulp = :u AND blth = :b AND idpel = :i AND source = 'dpm'"),
                {"u": small.SMALL, "b": small.BLTH, "i": small.idpel(n), "before": before, "now": now},
            )  # fmt: skip

    database = Database(make_database("stands", filled=build))
    app = create_app(Settings(home=tmp_path), database)
    app.testing, app.config["WTF_CSRF_ENABLED"] = True, False

    def client(login):
        made = app.test_client()
        made.post("/masuk", data={"nama": login, "sandi": small.PASSWORD})
        return made

    yield client, database
    database.close()


def chosen(page, n):
    """Return what the box of one customer's line holds."""
    row = next(r for r in re.findall(r"<tr>.*?</tr>", page, re.S) if small.idpel(n)[8:] in r and 'name="baris"' in r)  # fmt: skip
    return re.search(r'name="baris" value="([^"]+)"', row)[1]


def test_a_line_is_decided_with_a_reason_and_a_re_read_becomes_an_order(unit):
    client, database = unit
    awas = client("pengawas")
    page = awas.get(PAGE).text
    assert "stand mundur" in page
    box = chosen(page, 1)
    assert awas.post(PAGE, data={"baris": box, "putusan": "baca_ulang", "alasan": " "}).status_code == 422  # fmt: skip
    assert awas.post(PAGE, data={"baris": box, "putusan": "baca_ulang", "alasan": "foto kabur"}).status_code == 302  # fmt: skip
    assert "foto kabur" in awas.get(f"{PAGE}?lihat=diputus").text
    with database.reading() as session:
        orders = session.execute(text("SELECT o.idpel, o.job, o.reason FROM visit_order o")).all()
    assert orders == [(small.idpel(1), "pasca", "baca_ulang")]


def test_a_reading_that_changed_meanwhile_is_not_decided_and_a_decided_one_opens_again(unit):
    client, database = unit
    awas = client("pengawas")
    box = chosen(awas.get(PAGE).text, 0)

    def read(stand):
        with database.writing() as session:
            session.execute(
                text("UPDATE reading SET stand_kwh = :s, kwh = :s - 1000 WHERE ulp = :u AND idpel = :i AND blth = :b"),
                {"s": stand, "u": small.SMALL, "i": small.idpel(0), "b": small.BLTH},
            )  # fmt: skip
            session.execute(
                text("INSERT INTO import_batch (ulp, sha256, file_name, kind, profile, read, good, rejected, skipped) "
                     "VALUES (:u, :h, 'dpm.csv', 'dpm', 'dpm', 1, 1, 0, 0)"),
                {"u": small.SMALL, "h": f"{stand:064d}"},
            )  # fmt: skip

    told = {"putusan": "terima", "alasan": "toko baru"}
    read(1401)
    assert awas.post(PAGE, data={"baris": box, **told}).status_code == 422
    assert awas.post(PAGE, data={"baris": chosen(awas.get(PAGE).text, 0), **told}).status_code == 302  # fmt: skip
    assert "toko baru" not in awas.get(PAGE).text
    read(1402)
    assert "berubah sesudah diputus" in awas.get(PAGE).text


def test_the_month_is_signed_by_its_supervisor_and_a_change_afterwards_is_seen(unit):
    client, _ = unit
    assert client("perencana").post(f"{PAGE}/siap", data={"catatan": "x"}).status_code == 403
    awas = client("pengawas")
    assert awas.post(f"{PAGE}/siap", data={}).status_code == 422
    assert awas.post(f"{PAGE}/siap", data={"catatan": "menunggu foto vendor"}).status_code == 302
    page = awas.get(PAGE).text
    assert "masih sama" in page and "menunggu foto vendor" in page
    told = {"baris": chosen(page, 1), "putusan": "perbaiki", "alasan": "salah ketik"}
    assert awas.post(PAGE, data=told).status_code == 302
    assert "data berubah sesudahnya" in awas.get(PAGE).text


def test_before_any_reading_the_page_says_what_comes_next(unit):
    client, _ = unit
    page = client("pengawas").get(f"/{small.SMALL}/202001/meja-stand")
    assert page.status_code == 200 and "Impor DPM" in page.text
