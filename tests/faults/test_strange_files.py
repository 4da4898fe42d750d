"""Whatever a file holds: every row is accounted for, or one clear sentence says why not."""

import gzip
import os
import shutil
import time
import zipfile

import geopandas as gpd
import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from rbmgeo.errors import RbmgeoError
from rbmgeo.intake import check as checking
from rbmgeo.intake.profiles import choose
from rbmgeo.intake.readers import read_tables
from rbmgeo.sample import SampleParams, make_sample


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """One file of each kind of text and table that the field has, as bytes."""
    where = tmp_path_factory.mktemp("ulp")
    make_sample(where, SampleParams(customers=200, seed=5))
    kept = {}
    for path in sorted(where.rglob("*")):
        if path.suffix in (".csv", ".xlsx", ".gpkg") and "truth" not in path.parts:
            kept.setdefault(path.parent.name + path.suffix, (path.name, path.read_bytes()))
    for path in every_other_format(tmp_path_factory.mktemp("formats")):
        kept[path.name] = (path.name, path.read_bytes())
    return kept


def every_other_format(folder):
    """A file of each format that the invented unit does not use."""
    ids = [f"5135400000{n:02d}" for n in range(40)]
    shapes = [Point(112.69 + n * 1.7e-4 % 0.01, -7.65 + n * 2.3e-4 % 0.01) for n in range(40)]
    frame = gpd.GeoDataFrame({"IDPEL": ids, "NAMA": "Siti"}, geometry=shapes, crs=4326)
    frame.to_file(folder / "a.geojson")
    frame.to_parquet(folder / "a.parquet")
    frame.rename(columns={"NAMA": "Name"}).to_file(folder / "a.kml", driver="KML")
    frame.to_file(folder / "b.shp")
    frame.to_file(folder / "c.gdb", driver="OpenFileGDB")
    shutil.copy(folder / "b.dbf", folder / "d.dbf")
    pack(folder / "shp.zip", sorted(folder.glob("b.*")))
    pack(folder / "gdb.zip", sorted((folder / "c.gdb").iterdir()), "c.gdb/")
    pack(folder / "a.kmz", [folder / "a.kml"])
    rows = "".join(f"<tr><td>{i}</td><td>PD {i[-1]}</td></tr>" for i in ids)
    table = f"<table><tr><th>IDPEL</th><th>KODE_GARDU</th></tr>{rows}</table>"
    (folder / "a.xls").write_text(f"<html><body>{table}</body></html>")
    cells = "".join(
        f"<Row><Cell><Data ss:Type='String'>{i}</Data></Cell></Row>" for i in ["IDPEL", *ids]
    )
    (folder / "e.xls").write_text(
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="x"><Table>'
        f"{cells}</Table></Worksheet></Workbook>"
    )
    (folder / "lists.zip").write_bytes(b"")
    pack(folder / "lists.zip", [folder / "a.xls", folder / "a.geojson"])
    (folder / "a.csv.gz").write_bytes(
        gzip.compress("\n".join(["IDPEL;NAMA", *(f"{i};a" for i in ids)]).encode())
    )
    return [p for p in sorted(folder.iterdir()) if p.is_file() and p.suffix[1:] in FORMATS]


FORMATS = ("geojson", "parquet", "kml", "kmz", "dbf", "zip", "xls", "gz")


def pack(path, files, within=""):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, within + file.name)


def taken_in(path):
    """Check a file as the importer does; a refusal in words is an answer too."""
    try:
        for table in read_tables(path):
            done = checking.check(table, choose(table), ulp="51354")
            assert done.places is None or len(done.places) == done.good
            assert done.read == done.good + len(done.rejects) + done.skipped
            assert done.rejects["rule"].notna().all()
    except RbmgeoError as error:
        assert str(error).strip(), repr(error)  # noqa: PT017


def mangled(data, cuts, flips, insert):
    """Cut, flip and insert bytes as broken transfers and hands do."""
    done = bytearray(data)
    for start, length in cuts:
        at = int(start * len(done))
        del done[at : at + length]
    for where, value in flips:
        if done:
            done[int(where * (len(done) - 1))] = value
    at = len(done) // 2
    return bytes(done[:at] + insert + done[at:])


share = st.floats(0, 1, exclude_max=True)
mangling = {
    "cuts": st.lists(st.tuples(share, st.integers(1, 400)), max_size=3),
    "flips": st.lists(st.tuples(share, st.integers(0, 255)), max_size=12),
    "insert": st.one_of(
        st.binary(max_size=40),
        st.text(max_size=20).map(lambda t: t.encode("utf-8", "surrogatepass")),
        st.sampled_from([b"\x00" * 8, b'"', b"\r\r\n", b";;;;;\n", b"\xef\xbb\xbf", b"=1+1;@x\n"]),
    ),
}


def one_of_the_files(tmp_path_factory, originals, which, cuts, flips, insert):
    names = sorted(originals)
    name, data = originals[names[which % len(names)]]
    path = tmp_path_factory.mktemp("m") / name
    path.write_bytes(mangled(data, cuts, flips, insert))
    try:
        taken_in(path)
    finally:
        path.unlink()


@examples(2)
@given(which=st.integers(0, 50), **mangling)
def test_a_mangled_file_is_accounted_for_or_refused(
    tmp_path_factory, originals, which, cuts, flips, insert
):
    one_of_the_files(tmp_path_factory, originals, which, cuts, flips, insert)


@pytest.mark.drill
def test_ten_minutes_of_mangled_files(tmp_path_factory, originals):
    until = time.monotonic() + float(os.environ.get("RBMGEO_FUZZ_S", "600"))
    seen = 0

    @settings(
        max_examples=500, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(which=st.integers(0, 50), **mangling)
    def once(which, cuts, flips, insert):
        nonlocal seen
        seen += 1
        if time.monotonic() < until:
            one_of_the_files(tmp_path_factory, originals, which, cuts, flips, insert)

    while time.monotonic() < until:
        once()
    assert seen > 1000
    print(f"{seen} mangled files")
