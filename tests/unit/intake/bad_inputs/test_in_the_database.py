"""Bad inputs that only show beside what a unit knows already."""

import threading
import time
from collections.abc import Callable

import pytest
from makers import ID, ID2, SPOT, points
from shapely.geometry import Point, box
from sqlalchemy import text

from rbmgeo.errors import ImportRefused
from rbmgeo.intake import readers
from rbmgeo.intake.check import check
from rbmgeo.intake.places import places_in_use
from rbmgeo.intake.profiles import choose
from rbmgeo.intake.readers import Asked, open_file, read_tables
from rbmgeo.intake.tables import moments, readings
from rbmgeo.reports.tables import guarded
from rbmgeo.settings import UnitSettings
from rbmgeo.workflows.import_files import import_files

number: Callable[[int], pytest.MarkDecorator] = pytest.mark.bad_input
ULP = "51354"


def load(database, path, body, ulp=ULP, **options):
    if isinstance(body, str):
        path.write_text(body, encoding="utf-8")
    return import_files(database, [path], ulp=ulp, **options).files[0]


def scalar(database, sql):
    with database.reading() as session:
        return session.scalar(text(sql))


@pytest.mark.database
@number(14)
def test_a_customer_of_another_unit_is_not_moved_in_silence(fresh_database, tmp_path):
    body = f"IDPEL;KODE_GARDU;NAMA\n{ID};A1;Siti\n"
    load(fresh_database, tmp_path / "a.csv", body)
    load(fresh_database, tmp_path / "b.csv", body.replace("Siti", "Budi"), ulp="51355")
    assert scalar(fresh_database, f"SELECT name FROM customer WHERE ulp = '{ULP}'") == "Siti"
    assert scalar(fresh_database, "SELECT count(*) FROM customer") == 2


@number(33)
def test_a_moment_without_a_zone_is_of_the_units_own(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "KD_PETUGAS;TANGGAL_PEMBACAAN;JAM_PEMBACAAN;KOORDINAT_X;KOORDINAT_Y;IDPEL\n"
        f"P1;25/04/2026;07:30:00;112.691234;-7.651234;{ID}\n"
    )
    table = read_tables(path)[0]
    done = check(table, choose(table))
    assert moments(done.rows, "Asia/Jakarta").tolist() == ["2026-04-25T07:30:00+07:00"]


@number(58)
def test_a_file_that_grows_is_refused_before_and_while_it_is_read(
    tmp_path, monkeypatch, product_wait
):
    monkeypatch.setattr(readers, "LOOK_AGAIN_S", product_wait)
    path = tmp_path / "a.csv"
    path.write_text(f"IDPEL;NAMA\n{ID};Siti\n")
    stop = threading.Event()

    def write():
        while not stop.is_set():
            with path.open("a") as file:
                file.write(f"{ID2};Budi\n")
            time.sleep(0.01)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with pytest.raises(ImportRefused, match="rule GROWING"):
            open_file(path)
    finally:
        stop.set()
        writer.join()
    source = open_file(path)[0]
    path.write_text(path.read_text() + "x")
    with pytest.raises(ImportRefused, match="rule GROWING"):
        list(source.pieces())


@pytest.mark.database
@number(59)
def test_the_same_file_again_is_known(fresh_database, tmp_path):
    body = f"IDPEL;KODE_GARDU\n{ID};A1\n"
    first = load(fresh_database, tmp_path / "a.csv", body)
    again = load(fresh_database, tmp_path / "other name.csv", body)
    assert (again.known, again.batch, again.loaded) == (True, first.batch, True)


@pytest.mark.database
@number(60)
def test_the_same_rows_in_another_file_change_nothing(fresh_database, tmp_path):
    rows = [f"{ID};A1;Siti\n", f"{ID2};A1;Budi\n"]
    load(fresh_database, tmp_path / "a.csv", "IDPEL;KODE_GARDU;NAMA\n" + "".join(rows))
    told = "SELECT string_agg(concat(idpel, gardu, valid_from, valid_to), ',' ORDER BY idpel) FROM pdpj"
    before = scalar(fresh_database, told)
    load(fresh_database, tmp_path / "b.csv", "IDPEL;KODE_GARDU;NAMA\n" + "".join(rows[::-1]))
    assert scalar(fresh_database, told) == before
    assert scalar(fresh_database, "SELECT count(*) FROM customer") == 2


@number(70)
def test_one_point_of_many_customers_is_no_house():
    frame = points([SPOT] * 7)
    told = frame.assign(
        idpel=frame["IDPEL"], source="gis", quality="ok", position="house", month=None,
        lon=frame.geometry.x, lat=frame.geometry.y,
    )  # fmt: skip
    done = places_in_use(told.drop(columns="geometry"), UnitSettings(), 32749).frame
    assert set(done["coordinate_quality"]) == {"R-IM-12"}
    assert done["lon"].isna().all()


@pytest.mark.database
@number(71)
def test_a_gardu_that_no_master_names_is_marked(fresh_database, tmp_path):
    load(fresh_database, tmp_path / "a.csv", f"IDPEL;KODE_GARDU\n{ID};A1\n")
    assert scalar(fresh_database, "SELECT without_master FROM gardu WHERE gardu = 'A1'") is True


@pytest.mark.database
@number(73)
def test_a_gardu_that_moved_far_is_said(fresh_database, tmp_path):
    for name, place in (("a", Point(112.69, -7.65)), ("b", Point(112.691, -7.65))):
        frame = points([place, Point(112.7, -7.6)], KODE_GARDU=["A1", "A2"])
        frame.to_file(tmp_path / f"{name}.gpkg", layer="gardu")
        done = load(fresh_database, tmp_path / f"{name}.gpkg", None)
    assert done.warnings["GARDU_MOVED"] == 1
    assert scalar(fresh_database, "SELECT ST_X(geom) FROM gardu WHERE gardu = 'A1'") == 112.691


@pytest.mark.database
@number(65)
def test_a_place_outside_the_units_outline_is_flagged(fresh_database, tmp_path):
    outline = points([box(112.6, -7.7, 112.8, -7.6)], UNITUP=[ULP])
    outline.to_file(tmp_path / "batas.gpkg", layer="batas")
    assert load(fresh_database, tmp_path / "batas.gpkg", None).kind == "boundary"
    body = f"IDPEL;LAT;LON\n{ID};-7.651234;112.691234\n{ID2};-7.251234;112.751234\n"
    load(fresh_database, tmp_path / "a.csv", body)
    told = "SELECT coordinate_quality FROM customer WHERE idpel = '{}'"
    assert scalar(fresh_database, told.format(ID)) == "ok"
    assert scalar(fresh_database, told.format(ID2)) == "R-IM-08"


@pytest.mark.database
@number(68)
def test_what_a_file_does_not_say_is_declared_for_it(fresh_database, tmp_path):
    body = f"IDPEL|BLTH|KWH|LAT|LON\n{ID}|202405|1.234|9154321.5|686123.4\n"
    strict = load(fresh_database, tmp_path / "a.csv", body)
    assert strict.loaded is False
    assert {p["rule"] for p in strict.problems} & {"UTM_METRES", "AMBIGUOUS"}
    said = Asked(delimiter="|", srid=32749)
    done = load(fresh_database, tmp_path / "a.csv", body, asked=said, locale="id")
    assert (done.loaded, done.good) == (True, 1)
    assert done.declared["srid"] == 32749
    assert done.declared["locale"] == "id"
    assert float(scalar(fresh_database, "SELECT kwh FROM reading")) == 1234
    assert 112 < scalar(fresh_database, "SELECT ST_X(geom) FROM customer") < 113


@number(82)
def test_a_stand_below_the_one_before_is_loaded_and_marked(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"BLTH;IDPEL;KODERBM;SLALWBP;SAHLWBP\n202405;{ID};51354BAA;100;90\n")
    table = read_tables(path)[0]
    done = readings(check(table, choose(table)), blth="")
    assert done["anomaly"].tolist() == ["stand_mundur"]
    assert done["kwh"].tolist() == ["-10"]


@number(83)
@pytest.mark.parametrize("name", ["=HYPERLINK()", "+1", "-1+1", "@SUM(1)", "\tx", "\rx"])
def test_a_formula_in_a_name_is_none_in_an_export(name):
    assert not guarded(name).startswith(("=", "+", "-", "@", "\t", "\r"))


@number(85)
def test_a_large_file_is_read_in_pieces_that_stay_small(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("w") as file:
        file.write("IDPEL;NAMA;ALAMAT\n")
        for n in range(60):
            file.writelines(
                f"{n:03d}{i:09d};Siti;Jl. Mawar RT 1 RW 2 Pandaan\n" for i in range(20_000)
            )
    source = open_file(path)[0]
    sizes = [len(piece.rows) for piece in source.pieces()]
    assert sum(sizes) == 1_200_000
    assert len(sizes) > 2
    assert max(sizes) < 500_000
    assert len(source.head.rows) < 20_000
