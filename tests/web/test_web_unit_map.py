"""The map of a whole unit: tiles add up to the table, hold no name, and open the right customer."""

import re
import time

import numpy as np
import pyogrio
import pytest
import small_unit as small
from sqlalchemy import text

from rbmgeo.db.queries import units
from rbmgeo.maps.layers import STATE_NAMES
from web.tile_cache import TileCache

pytestmark = pytest.mark.database

BASE = f"/{small.SMALL}/{small.BLTH}/peta/unit"
HALF = 20037508.342789244


@pytest.fixture
def planner(as_role):
    return as_role("perencana")


@pytest.fixture
def placed(web_database):
    """The unit's customers with a place: public id, position in EPSG:3857."""
    with web_database.reading() as session:
        return session.execute(
            text(
                "SELECT public_id::text AS id, idpel, name, ST_X(geom_3857) AS x, ST_Y(geom_3857) AS y "
                "FROM customer WHERE ulp = :u AND geom IS NOT NULL"
            ),
            {"u": small.SMALL},
        ).all()


def tile_of(x, y, zoom):
    """The tile in which a place in EPSG:3857 lies."""
    side = 2 * HALF / 2**zoom
    return int((x + HALF) // side), int((HALF - y) // side)


def layers(answer, tmp_path, name):
    """One layer of a tile, read by GDAL; None where the tile has no such layer."""
    assert answer.status_code == 200
    file = tmp_path / "0.pbf"
    file.write_bytes(answer.data)
    if not answer.data or name not in pyogrio.list_layers(f"MVT:{file}")[:, 0]:
        return None
    return pyogrio.read_dataframe(f"MVT:{file}", layer=name)


@pytest.mark.parametrize("zoom", [0, 8, 13, 15])
def test_the_counts_of_cells_sum_to_the_table(planner, placed, tmp_path, zoom):
    tiles = {tile_of(c.x, c.y, zoom) for c in placed}
    total = np.zeros(len(STATE_NAMES))
    for x, y in tiles:
        cells = layers(planner.get(f"{BASE}/tiles/{zoom}/{x}/{y}.mvt"), tmp_path, "cell")
        total += [cells.get(f"s{n}", np.zeros(1)).fillna(0).sum() if f"s{n}" in cells else 0
                  for n in range(len(STATE_NAMES))]  # fmt: skip
    assert total.sum() == len(placed)
    shown = re.findall(
        r'data-state="(\w+)"><span>[^<]*</span><span class="n">([0-9.]+)</span>',
        planner.get(BASE).text,
    )
    counted = zip(STATE_NAMES, total, strict=True)
    assert {name: int(n) for name, n in shown} == {name: n for name, n in counted if n}


def test_near_tiles_hold_every_customer_by_its_id_alone(planner, placed, tmp_path):
    found, text_of = set(), b""
    for x, y in {tile_of(c.x, c.y, 16) for c in placed}:
        answer = planner.get(f"{BASE}/tiles/16/{x}/{y}.mvt")
        people = layers(answer, tmp_path, "customer")
        assert set(people.columns) <= {"mvt_id", "s", "r", "geometry"}
        found |= {f"{int(n):013x}" for n in people["mvt_id"]}
        text_of += answer.data
    assert found == {c.id.replace("-", "")[:13] for c in placed}
    assert not any(c.idpel.encode() in text_of for c in placed)
    assert not any(c.name and c.name.encode() in text_of for c in placed)


def test_a_tile_that_still_holds_is_not_sent_again(planner, web_database, placed):
    x, y = tile_of(placed[0].x, placed[0].y, 16)
    first = planner.get(f"{BASE}/tiles/16/{x}/{y}.mvt")
    assert first.headers["Cache-Control"] == "private, no-cache"
    ask = {"If-None-Match": first.headers["ETag"]}
    again = planner.get(f"{BASE}/tiles/16/{x}/{y}.mvt", headers=ask)
    assert again.status_code == 304
    assert not again.data
    with web_database.writing() as session:
        units.bump(session, ulp=small.SMALL)
        # As if it had been written long ago: a map is not written anew with every change.
        session.execute(text("UPDATE map_state SET counted_at = now() - interval '1 hour'"))
    # A process takes what the database said to hold for a second, no longer.
    until, changed = time.monotonic() + 5, 304
    while changed == 304 and time.monotonic() < until:
        changed = planner.get(f"{BASE}/tiles/16/{x}/{y}.mvt", headers=ask).status_code
    assert changed == 200


def test_a_click_opens_the_customer_and_a_search_finds_places(planner, placed):
    who = placed[0]
    told = planner.get(f"{BASE}/kartu/{int(who.id.replace('-', '')[:13], 16)}").json
    assert [one["page"].rsplit("/", 1)[1] for one in told] == [who.id]
    assert dict(told[0]["lines"])["IDPEL"].replace(" ", "") == who.idpel
    assert planner.get(f"{BASE}/kartu/{2**52 - 1}").status_code == 404
    grouped = " ".join(who.idpel[i : i + 4] for i in (0, 4, 8))
    for words in (who.idpel, grouped, f"tolong cek {who.idpel}, segera"):
        hits = planner.post(f"{BASE}/cari", data={"kata": words}).json["found"]
        assert [h["kind"] for h in hits] == ["customer"]
        assert "key" not in hits[0]


def test_tiles_are_for_who_may_see_customers(as_role):
    assert as_role("surveyor").get(f"{BASE}/tiles/10/0/0.mvt").status_code == 403


def test_only_tiles_of_the_earth_are_there(planner):
    assert planner.get(f"{BASE}/tiles/3/8/0.mvt").status_code == 404
    assert planner.get(f"{BASE}/tiles/23/0/0.mvt").status_code == 404
    assert planner.get(f"{BASE}/tiles/3/7/0.mvt").status_code == 200


def test_tiles_that_are_remembered_stay_within_their_bytes():
    cache, made = TileCache(10), []
    for key in ("a", "b", "a", "c", "a", "b"):
        if cache.held(key) is None:
            made.append(key)
            cache.keep(key, "1", b"1234")
        assert cache.held(key) == ("1", b"1234")
    assert made == ["a", "b", "c", "b"]  # a was asked for between: b went first
    assert cache.bytes == 8
    cache.keep("a", "2", b"12")
    assert (cache.held("a"), cache.bytes) == (("2", b"12"), 6)


def test_a_tile_that_is_remembered_is_the_one_that_was_made(planner, placed):
    x, y = tile_of(placed[0].x, placed[0].y, 16)
    address = f"{BASE}/tiles/16/{x}/{y}.mvt"
    first = planner.get(address)
    again = planner.get(address)
    assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])
    # Another version in the browser's hands is told apart.
    assert planner.get(address, headers={"If-None-Match": '"0-0.1"'}).data == first.data


def test_a_tile_holds_the_layers_asked_for(planner, placed, tmp_path):
    x, y = tile_of(placed[0].x, placed[0].y, 16)
    address = f"{BASE}/tiles/16/{x}/{y}.mvt"
    assert layers(planner.get(address), tmp_path, "gardu") is not None
    people = planner.get(f"{address}?lapisan=customer")
    assert layers(people, tmp_path, "gardu") is None
    assert layers(people, tmp_path, "customer") is not None
    assert planner.get(f"{address}?lapisan=gardu,rahasia").status_code == 400


def test_a_pasted_list_finds_officers_by_their_whole_name_and_counts_what_is_unknown(
    planner, placed, web_database
):
    with web_database.writing() as session:
        session.execute(
            text("INSERT INTO officer (ulp, officer) VALUES (:u, 'Budi Santoso') ON CONFLICT DO NOTHING"),
            {"u": small.SMALL},
        )  # fmt: skip
        session.execute(
            text("UPDATE rbm_list SET officer = 'Budi Santoso' WHERE ulp = :u"), {"u": small.SMALL}
        )
    try:
        told = f"petugas:\tbudi  santoso; {placed[0].idpel}\n999999999999, PD001"
        hits = planner.post(f"{BASE}/cari", data={"kata": told}).json
    finally:
        with web_database.writing() as session:
            session.execute(
                text("UPDATE rbm_list SET officer = 'P-01' WHERE ulp = :u"), {"u": small.SMALL}
            )
    assert {h["kind"] for h in hits["found"]} == {"customer", "gardu", "officer"}
    assert (hits["unknown"], hits["more"]) == (1, False)


def test_what_lies_on_the_map_is_in_its_legend_and_its_table(planner, web_database):
    with web_database.reading() as session:
        gardu, spans, streets = session.execute(
            text(
                "SELECT (SELECT count(geom) FROM gardu WHERE ulp = :u), (SELECT count(*) FROM jtr_span WHERE ulp = :u), "
                "(SELECT count(*) FROM street WHERE ulp = :u)"
            ),
            {"u": small.SMALL},
        ).one()  # fmt: skip
    page = planner.get(BASE).text
    shown = re.findall(
        r'data-layer="(\w+)"><span>[^<]*</span><span class="n">([0-9.]+)</span>', page
    )
    counted = {"gardu": gardu, "jtr": spans, "street": streets}
    assert {name: int(n) for name, n in shown} == {name: n for name, n in counted.items() if n}
    table = page[page.index('id="tabel"') :]
    for n in counted.values():
        assert f'<td class="num">{n}</td>' in table
