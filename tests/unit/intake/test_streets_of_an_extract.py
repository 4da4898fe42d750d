"""Streets of an OpenStreetMap extract: those of the box asked for, nothing else of it."""

import struct
import zlib

import pytest

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.profiles import choose
from rbmgeo.intake.readers import Asked, open_file
from rbmgeo.workflows.import_files import import_files

BOX = (112.6, -7.7, 112.8, -7.6)
NEAR, FAR = (-7.65, 112.69), (-6.2, 106.8)


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def tagged(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def zigzag(n):
    return varint(2 * n if n >= 0 else -2 * n - 1)


def blob(kind, data):
    packed = tagged(2, len(data)) + tagged(3, zlib.compress(data))
    head = tagged(1, kind) + tagged(3, len(packed))
    return struct.pack(">I", len(head)) + head + packed


def extract(path):
    """A PBF of three ways: a street near, a river near, a street far away."""
    words = [
        b"",
        b"highway",
        b"residential",
        b"name",
        b"Jl. Mawar",
        b"waterway",
        b"river",
        b"oneway",
        b"yes",
    ]
    nodes = [(p[0] + d, p[1] + d) for p in (NEAR, NEAR, FAR) for d in (0.0, 0.001)]
    ids, lats, lons, before = b"", b"", b"", (0, 0)
    for lat, lon in nodes:
        here = (round(lat * 1e7), round(lon * 1e7))
        ids += zigzag(1)
        lats += zigzag(here[0] - before[0])
        lons += zigzag(here[1] - before[1])
        before = here
    dense = tagged(1, ids) + tagged(8, lats) + tagged(9, lons)

    def way(number, first, tags):
        keys, values = (b"".join(varint(t[n]) for t in tags) for n in (0, 1))
        refs = zigzag(first) + zigzag(1)
        return tagged(1, number) + tagged(2, keys) + tagged(3, values) + tagged(8, refs)

    ways = [way(1, 1, [(1, 2), (3, 4), (7, 8)]), way(2, 3, [(5, 6)]), way(3, 5, [(1, 2)])]
    table = b"".join(tagged(1, w) for w in words)
    group = tagged(2, tagged(2, dense)) + tagged(2, b"".join(tagged(3, w) for w in ways))
    head = tagged(4, b"OsmSchema-V0.6") + tagged(4, b"DenseNodes")
    path.write_bytes(blob(b"OSMHeader", head) + blob(b"OSMData", tagged(1, table) + group))
    return path


def as_xml(path):
    path.write_text(
        "<osm version='0.6'><node id='1' lat='-7.65' lon='112.69'/><node id='2' lat='-7.651' "
        "lon='112.691'/><way id='1'><nd ref='1'/><nd ref='2'/><tag k='highway' v='residential'/>"
        "<tag k='name' v='Jl. Mawar'/><tag k='oneway' v='yes'/></way></osm>"
    )
    return path


@pytest.mark.parametrize("make", [extract, as_xml])
def test_the_streets_of_the_box_are_read_and_nothing_else(tmp_path, make):
    source = open_file(make(tmp_path / "jatim.osm.pbf"), Asked(within=BOX))[0]
    table = source.whole()
    assert choose(table).kind == "streets"
    said = table.rows[["osm_id", "highway", "name", "oneway"]].to_numpy().tolist()
    assert said == [["1", "residential", "Jl. Mawar", "yes"]]
    assert table.geometry is not None
    assert table.geometry[0].geom_type == "LineString"


def test_an_extract_without_an_area_is_refused_with_the_next_step(tmp_path):
    with pytest.raises(ImportRefused, match=r"rule OSM_AREA.*--area"):
        open_file(extract(tmp_path / "a.osm.pbf"))


@pytest.mark.database
def test_an_extract_is_cut_to_the_units_own_places(fresh_database, tmp_path):
    list_ = tmp_path / "a.csv"
    list_.write_text("IDPEL;LAT;LON\n513540000001;-7.651234;112.691234\n")
    import_files(fresh_database, [list_], ulp="51354")
    done = import_files(fresh_database, [extract(tmp_path / "a.osm.pbf")], ulp="51354").files[0]
    assert (done.kind, done.good) == ("streets", 1)
