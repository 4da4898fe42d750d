"""Which addresses of tiles are taken, how they are spelled, and what a file of tiles may hold."""

import sqlite3
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.errors import NotThere, UsageError
from rbmgeo.maps import mbtiles
from rbmgeo.maps.base_map import checked_address

PNG = b"\x89PNG\r\n\x1a\n" + b"gambar"


@pytest.mark.parametrize(
    ("told", "tiles", "origin"),
    [
        ("https://peta.contoh.id/{z}/{x}/{y}.png", "https://peta.contoh.id/{z}/{x}/{y}.png", "https://peta.contoh.id"),
        ("http://10.20.1.5:8080/t/{z}/{x}/{-y}.jpg?key=a%20b", "http://10.20.1.5:8080/t/{z}/{x}/{-y}.jpg?key=a%20b", "http://10.20.1.5:8080"),
        (
            "https://GIS.contoh.id:443/wmts/d/default/GoogleMapsCompatible/{TileMatrix}/{TileRow}/{TileCol}.png",
            "https://GIS.contoh.id:443/wmts/d/default/GoogleMapsCompatible/{z}/{y}/{x}.png",
            "https://gis.contoh.id",
        ),
        (
            "https://g.id/wmts?SERVICE=WMTS&TILEMATRIX=EPSG:900913:{TileMatrix}&TILEROW={tilerow}&TILECOL={TILECOL}",
            "https://g.id/wmts?SERVICE=WMTS&TILEMATRIX=EPSG:900913:{z}&TILEROW={y}&TILECOL={x}",
            "https://g.id",
        ),
        (
            "https://g.id/arcgis/rest/services/Dasar/MapServer/?token=t",
            "https://g.id/arcgis/rest/services/Dasar/MapServer/tile/{z}/{y}/{x}?token=t",
            "https://g.id",
        ),
        (
            "https://g.id/arcgis/rest/services/Dasar/MapServer/tile/{level}/{row}/{col}",
            "https://g.id/arcgis/rest/services/Dasar/MapServer/tile/{z}/{y}/{x}",
            "https://g.id",
        ),
    ],
)  # fmt: skip
def test_xyz_wmts_and_arcgis_addresses_are_taken(told, tiles, origin):
    assert checked_address(f" {told} ") == (tiles, origin)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("", "alamat"),
        ("peta.contoh.id/{z}/{x}/{y}.png", "https://"),
        ("javascript:alert(1)//{z}{x}{y}", "https://"),
        ("data:image/png,{z}{x}{y}", "https://"),
        ("//peta.contoh.id/{z}/{x}/{y}", "https://"),
        ("https://{s}.peta.id/{z}/{x}/{y}.png", "satu host"),
        ("https://peta.id/{z}/{x}/{y}/{s}.png", "{s}"),
        ("https://*.peta.id/{z}/{x}/{y}.png", "satu host"),
        ("https://ani:rahasia@peta.id/{z}/{x}/{y}.png", "sandi"),
        ("https://[::1]/{z}/{x}/{y}.png", "satu host"),
        ("https://peta.id:99999/{z}/{x}/{y}.png", "port"),
        ("https://peta.id:0/{z}/{x}/{y}.png", "port"),
        ("https://peta id/{z}/{x}/{y}.png", "spasi"),
        ("https://peta.id/{z}/{x}/{y}.png\r\nX: 1", "spasi"),
        ("https://peta.id;script-src/{z}/{x}/{y}", "satu host"),
        ("https://peta.id/{z}/{x}.png", "{z}, {x}, dan {y}"),
        ("https://peta.id/{z}/{x}/{y}/{y}.png", "{z}, {x}, dan {y}"),
        ("https://peta.id/{z}/{x}/{y}/{", "{z}, {x}, dan {y}"),
        ("https://peta.id/{z}/{x}/{y}#a", "#"),
        ("https://peta.id/" + "a" * 1000 + "{z}/{x}/{y}", "spasi"),
    ],
)
def test_what_names_no_single_host_or_no_tile_is_refused_in_both_languages(told, why):
    with pytest.raises(UsageError) as refused:
        checked_address(told)
    assert why in refused.value.in_language("id")
    assert refused.value.in_language("en") != refused.value.in_language("id")


def test_a_key_in_an_address_is_not_said_again():
    with pytest.raises(UsageError) as refused:
        checked_address("https://peta.id/{z}/{x}?key=rahasia")
    assert "rahasia" not in str(refused.value) + refused.value.indonesian


@given(
    st.text(max_size=60),
    st.sampled_from(["{z}/{x}/{y}", "{TileMatrix}/{TileRow}/{TileCol}", "MapServer"]),
)
def test_whatever_is_taken_has_one_plain_origin(host, rest):
    try:
        tiles, origin = checked_address(f"https://{host}/{rest}")
    except UsageError:
        return
    assert not set(origin) & set(" ;,'\"*{}\r\n")
    assert urlsplit(origin).path == ""
    # A browser goes to the very host that the policy names.
    assert urlsplit(tiles).hostname == urlsplit(origin).hostname


@pytest.fixture
def file(tmp_path):
    """A file of tiles: zooms 0 and 2, of the world; what a test adds goes in before."""

    def made(*, metadata=(), tiles=((0, 0, 0, PNG), (2, 3, 0, PNG))):
        path = tmp_path / "peta dasar?.mbtiles"
        path.unlink(missing_ok=True)
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE metadata (name text, value text)")
            db.execute(
                "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)"
            )
            told = {"name": "Jawa", "format": "png", "bounds": "105,-9,115,-5", **dict(metadata)}
            db.executemany("INSERT INTO metadata VALUES (?, ?)", told.items())
            db.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", tiles)
        db.close()
        return path

    return made


def test_rows_of_a_file_are_counted_from_the_south(file):
    path = file()
    assert mbtiles.tile(path, 2, 3, 3) == (PNG, "image/png")
    assert mbtiles.tile(path, 2, 3, 0) is None


def test_a_file_says_its_zooms_bounds_and_source_as_plain_text(file):
    told = mbtiles.sheet(
        file(metadata={"attribution": '<a href="x" onclick="y">BIG</a> <script>1</script>'})
    )
    assert (told.min_zoom, told.max_zoom, told.bounds) == (0, 2, (105, -9, 115, -5))
    assert told.attribution == "BIG 1"
    assert mbtiles.sheet(file(metadata={"bounds": "x"})).bounds is None


def test_another_file_has_another_mark(file):
    before = mbtiles.sheet(file()).mark
    assert mbtiles.sheet(file(tiles=((1, 0, 0, PNG + b"lain"),))).mark != before


@pytest.mark.parametrize("bad", [b"<svg onload=alert(1)>", b"<html>", b"", "PNG"])
def test_what_is_no_picture_is_never_given(file, bad):
    assert mbtiles.tile(file(tiles=((0, 0, 0, bad),)), 0, 0, 0) is None


@pytest.mark.parametrize(("metadata", "tiles"), [({"format": "pbf"}, ((0, 0, 0, PNG),)), ({}, ())])
def test_vector_tiles_and_empty_files_are_refused(file, metadata, tiles):
    with pytest.raises(UsageError):
        mbtiles.sheet(file(metadata=metadata, tiles=tiles))


def test_a_missing_file_and_another_kind_of_file_are_told_apart(tmp_path):
    with pytest.raises(NotThere, match="RBMGEO_MBTILES"):
        mbtiles.sheet(tmp_path / "tidak-ada.mbtiles")
    other = tmp_path / "lain.mbtiles"
    other.write_text("bukan sqlite " * 100)
    with pytest.raises(UsageError, match="MBTiles"):
        mbtiles.sheet(other)
    assert other.read_text().startswith("bukan sqlite")


def test_a_file_is_only_read(file):
    path = file()
    path.chmod(0o444)
    before = (path.read_bytes(), sorted(path.parent.iterdir()))
    mbtiles.sheet(path)
    mbtiles.tile(path, 0, 0, 0)
    assert (path.read_bytes(), sorted(path.parent.iterdir())) == before
