"""What maps lie on, whose pictures a page may load, and the way out to Google Maps: only as set."""

import json
import re
import sqlite3
from html import unescape

import pytest
import small_unit as small

from rbmgeo.db.queries import units
from web.database import settings
from web.headers import POLICY

pytestmark = pytest.mark.database

BASE = f"/{small.SMALL}/{small.BLTH}/peta"
MAPS = (f"{BASE}/unit", f"{BASE}/rbm/51354BKA", f"{BASE}/gardu/PD001", f"{BASE}/energi")
TILES = "https://peta.contoh.id:8443/t/{z}/{x}/{y}.png?key=rahasia"
HOST = "https://peta.contoh.id:8443"
PNG = b"\x89PNG\r\n\x1a\n" + b"gambar"


@pytest.fixture(autouse=True)
def as_before(web_database):
    """The unit's own settings again: others share it."""
    with web_database.reading() as session:
        before = dict(units.unit(session, ulp=small.SMALL).settings)
    yield
    with web_database.writing() as session:
        units.unit(session, ulp=small.SMALL).settings = before


@pytest.fixture
def admin(as_role):
    return as_role("admin")


@pytest.fixture
def file(app):
    """The file of tiles where the product looks for it: one picture, at zoom 2."""
    with app.app_context():
        path = settings().home / "peta-dasar.mbtiles"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE metadata (name text, value text)")
        db.execute(
            "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)"
        )
        told = {"format": "png", "attribution": "<b>BIG</b>"}
        db.executemany("INSERT INTO metadata VALUES (?, ?)", told.items())
        db.execute("INSERT INTO tiles VALUES (2, 3, 0, ?)", (PNG,))
    db.close()
    yield path
    path.unlink()


def keep(client, **form):
    told = {"dasar": "url", "alamat": TILES, "sumber": "Peta Contoh", "zoom": "18", "google": "on"}
    return client.post(f"{BASE}/dasar", data={k: v for k, v in {**told, **form}.items() if v})


def policy(answer):
    """The policy of a page, its nonce left out, and where its pictures may come from."""
    told = re.sub(r" 'nonce-[^']+'", "", answer.headers["Content-Security-Policy"])
    return told, re.search(r"img-src ([^;]*)", told)[1].split()


def drawn(answer):
    found = re.search(r'id="map-(?:data|ground)">(.*?)</script>', answer.text, re.DOTALL)
    return json.loads(found[1])


def test_without_a_setting_no_page_may_load_from_another_host(admin):
    for address in (*MAPS, f"{BASE}/dasar", BASE):
        answer = admin.get(address)
        assert policy(answer)[0] == POLICY, address
        assert "map-data" not in answer.text or "base" not in drawn(answer)


def test_the_host_that_was_set_is_let_in_on_maps_alone_and_no_other(admin):
    assert keep(admin).status_code == 302
    for address in (*MAPS, f"{BASE}/dasar"):
        told, pictures = policy(admin.get(address))
        assert pictures == ["'self'", HOST, "data:"], address
        assert told.replace(f" {HOST}", "") == POLICY, address
    for address in (BASE, f"/{small.SMALL}/{small.BLTH}/bulan-ini", f"{BASE}/lapisan"):
        assert policy(admin.get(address))[0] == POLICY, address
    for address in MAPS:
        base = drawn(admin.get(address))["base"]
        assert (base["tiles"], base["by"], base["max"]) == (TILES, "Peta Contoh", 18)
    keep(admin, dasar="none")
    assert all(policy(admin.get(address))[0] == POLICY for address in MAPS)


def test_the_settings_page_tries_the_picture_of_the_units_middle(admin):
    keep(admin)
    page = admin.get(f"{BASE}/dasar").text
    tried = unescape(re.search(r'<img data-check[^>]* src="([^"]+)"', page)[1])
    assert re.fullmatch(re.escape(HOST) + r"/t/14/\d+/\d+\.png\?key=rahasia", tried)


@pytest.mark.parametrize(
    ("form", "indonesian", "english"),
    [
        ({"alamat": "https://{s}.peta.id/{z}/{x}/{y}"}, "satu host", "one host"),
        ({"alamat": "http://peta.id/"}, "{z}, {x}, dan {y}", "{z}, {x} and {y}"),
        ({"sumber": ""}, "sumber petanya", "whose map"),
        ({"zoom": "40"}, "1 sampai 22", "1 to 22"),
        ({"dasar": "lain"}, "pilih dasar peta", "choose what maps lie on"),
        ({"dasar": "file"}, "peta-dasar.mbtiles tidak ada", "no base map file peta-dasar.mbtiles"),
    ],
)
def test_what_cannot_be_used_is_said_and_not_kept(admin, form, indonesian, english):
    answer = keep(admin, **form)
    assert answer.status_code == 422
    assert indonesian in unescape(answer.text)
    admin.post("/bahasa", data={"lang": "en"})
    assert english in unescape(keep(admin, **form).text)
    admin.post("/bahasa", data={"lang": "id"})
    assert policy(admin.get(MAPS[0]))[0] == POLICY


def test_a_setting_that_came_another_way_opens_nothing(admin, web_database):
    evil = {"base_map": "url", "base_map_url": "https://a.id; script-src *//{z}/{x}/{y}"}
    with web_database.writing() as session:
        units.set_unit(session, ulp=small.SMALL, settings=evil)
    for address in MAPS:
        answer = admin.get(address)
        assert answer.status_code == 200
        assert policy(answer)[0] == POLICY
        assert "spasi" in drawn(answer)["base_missing"]


def test_the_log_holds_the_host_and_no_key(admin, web_database):
    keep(admin)
    with web_database.reading() as session:
        told = session.connection().exec_driver_sql(
            "SELECT after::text FROM command_log WHERE command = 'base map' ORDER BY log_id DESC LIMIT 1"
        ).scalar()  # fmt: skip
    assert HOST in told
    assert "rahasia" not in told


def test_a_file_on_the_server_is_given_by_the_product_itself(admin, as_role, file):
    assert keep(admin, dasar="file", alamat="", sumber="").status_code == 302
    answer = admin.get(MAPS[0])
    assert policy(answer)[0] == POLICY
    base = drawn(answer)["base"]
    assert (base["by"], base["min"], base["max"]) == ("BIG", 2, 2)
    address = base["tiles"].replace("{z}/{x}/{y}", "2/3/3")
    first = admin.get(address)
    assert (first.data, first.mimetype) == (PNG, "image/png")
    again = admin.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    empty = admin.get(base["tiles"].replace("{z}/{x}/{y}", "2/0/0"))
    assert empty.data.startswith(b"\x89PNG")
    assert empty.data != PNG
    assert admin.get(base["tiles"].replace("{z}/{x}/{y}", "2/4/0")).status_code == 404
    assert as_role("surveyor").get(address).status_code == 403


def test_a_file_that_went_away_leaves_the_map_and_says_so(admin, file):
    keep(admin, dasar="file")
    hidden = file.rename(file.with_suffix(".lain"))
    answer = admin.get(MAPS[0])
    assert "peta-dasar.mbtiles tidak ada" in drawn(answer)["base_missing"]
    assert "peta-dasar.mbtiles tidak ada" in admin.get(f"{BASE}/dasar").text
    hidden.rename(file)


def test_google_maps_gets_a_coordinate_on_tap_or_nothing_at_all(admin, ids):
    who = small.public_id(0)
    pages = (
        f"/{small.SMALL}/{small.BLTH}/pelanggan/{who}", f"{BASE}/gardu/PD001",
        f"/{small.SMALL}/{small.BLTH}/survei/{ids['run_id']}/1/1",
    )  # fmt: skip
    for address in pages:
        links = re.findall(r'<a [^>]*href="(https?:[^"]+)"([^>]*)>', admin.get(address).text)
        assert links, address
        for href, rest in links:
            assert re.fullmatch(
                r"https://www\.google\.com/maps/search/\?api=1&query=-?\d+\.\d{6},-?\d+\.\d{6}", unescape(href)
            )  # fmt: skip
            assert 'rel="noreferrer noopener"' in rest
    assert drawn(admin.get(MAPS[0]))["outside"].startswith("https://www.google.com/maps/")
    keep(admin, dasar="none", google="")
    for address in (*pages, *MAPS):
        assert "google" not in admin.get(address).text.lower(), address
