"""Files of strangers: nothing is followed, run, unpacked outside, or written beside them."""

import hashlib
import sqlite3
import struct
import zipfile

import geopandas as gpd
import openpyxl
import pytest
from drawn import written
from shapely.geometry import Point

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.check import check
from rbmgeo.intake.profiles import choose
from rbmgeo.intake.readers import Asked, fingerprint, open_file, read_tables, table_files
from rbmgeo.intake.readers.archive import looked_through, unpacked
from rbmgeo.intake.readers.limits import Limits
from rbmgeo.intake.readers.photos import photo_listing

ID = "513540000001"


def layer(path):
    frame = gpd.GeoDataFrame({"IDPEL": [ID]}, geometry=[Point(112.691234, -7.651234)], crs=4326)
    frame.to_file(path)
    return path


def test_a_geopackage_with_triggers_stays_as_it_is(tmp_path):
    path = layer(tmp_path / "a.gpkg")
    with sqlite3.connect(path) as db:
        db.execute("CREATE TRIGGER t AFTER UPDATE ON gpkg_contents BEGIN DELETE FROM a; END")
    db.close()
    before = hashlib.sha256(path.read_bytes()).digest()
    path.chmod(0o444)
    assert read_tables(path)[0].rows["IDPEL"].tolist() == [ID]
    assert hashlib.sha256(path.read_bytes()).digest() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.gpkg"]


def test_a_member_that_lies_about_its_size_is_found_out(tmp_path):
    book = openpyxl.Workbook()
    for n in range(2000):
        book.active.append([n, "x" * 50])
    book.save(tmp_path / "a.xlsx")
    data = bytearray((tmp_path / "a.xlsx").read_bytes())
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
    told = struct.pack("<I", sheet.file_size)
    assert data.count(told) >= 1
    path = written(tmp_path / "b.xlsx", bytes(data.replace(told, struct.pack("<I", 1000))))
    with pytest.raises(ImportRefused, match="rule WORKBOOK"):
        open_file(path)


@pytest.mark.parametrize(
    "limits",
    [Limits(members=2), Limits(unpacked_bytes=1000), Limits(ratio=5, ratio_from_bytes=100)],
)
def test_what_goes_beyond_a_limit_is_refused_before_it_is_unpacked(tmp_path, limits):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(3):
            archive.writestr(f"{n}.csv", b"0" * 20_000)
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(ImportRefused, match="rule LIMIT"):
        unpacked(path, out, limits)
    assert list(out.iterdir()) == []
    assert len(looked_through(path)) == 3


def test_parts_of_a_shapefile_are_one_file_whose_fingerprint_is_all_of_them(tmp_path):
    layer(tmp_path / "pelanggan.shp")
    layer(tmp_path / "c.gdb")
    written(tmp_path / "catatan.txt", "x")
    assert [p.name for p in table_files(tmp_path)] == ["c.gdb", "pelanggan.shp"]
    before = fingerprint(tmp_path / "pelanggan.shp")
    dbf = tmp_path / "pelanggan.dbf"
    dbf.write_bytes(dbf.read_bytes().replace(ID.encode(), b"513540000002"))
    assert fingerprint(tmp_path / "pelanggan.shp") != before
    assert read_tables(tmp_path / "c.gdb")[0].rows["IDPEL"].tolist() == [ID]


def test_photos_tell_their_customer_and_month_by_name_or_folder(tmp_path):
    jpeg = b"\xff\xd8\xff\xe0" + b"0" * 20
    names = {
        f"202405/{ID}.jpg": jpeg, f"{ID}_052024_2.jpg": jpeg, f"{ID}.jpg": jpeg, "rumah.jpg": jpeg,
        f"202405/{ID}_513540000002.jpg": jpeg, f"202406/{ID}.jpg": b"MZ program",
    }  # fmt: skip
    path = tmp_path / "foto.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    found = photo_listing(path)
    assert found.rows[["IDPEL", "BLTH"]].to_numpy().tolist() == [[ID, "202405"], [ID, "202405"]]
    assert found.rejects == {
        3: (f"{ID}.jpg", "PHOTO_MONTH"), 4: ("rumah.jpg", "PHOTO_NAME"),
        5: (f"202405/{ID}_513540000002.jpg", "PHOTO_NAME"), 6: (f"202406/{ID}.jpg", "PHOTO_BYTES"),
    }  # fmt: skip
    source = open_file(path)[0]
    done = check(source.whole(), choose(source.head))
    assert (done.profile.kind, done.read, done.good) == ("photos", 6, 2)
    told = done.rejects[["row_no", "value", "rule"]].itertuples(index=False)
    assert {n: (name, rule) for n, name, rule in told} == found.rejects


def test_a_workbook_is_read_in_pieces_as_whole(tmp_path, monkeypatch):
    book = openpyxl.Workbook()
    book.active.append(["IDPEL", "KWH"])
    for n in range(250):
        book.active.append([f"51354{n:07d}", n / 7])
    book.save(tmp_path / "a.xlsx")
    whole = read_tables(tmp_path / "a.xlsx")[0].rows
    monkeypatch.setattr("rbmgeo.intake.readers.workbook.ROWS", 100)
    source = open_file(tmp_path / "a.xlsx", Asked())[0]
    for _ in range(2):  # a source may be read again
        pieces = [p.rows for p in source.pieces()]
        assert [len(p) for p in pieces] == [99, 100, 51]
        assert [n for p in pieces for n in p.index] == whole.index.tolist()
        assert [v for p in pieces for v in p["KWH"]] == whole["KWH"].tolist()
