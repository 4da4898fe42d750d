"""One file that tells RBM and gardu at once, or an RBM list that names no month."""

from datetime import date

import pytest
from sqlalchemy import text

from rbmgeo.errors import NothingToDo
from rbmgeo.workflows.import_files import import_files
from rbmgeo.workflows.match import match_ulp

pytestmark = pytest.mark.database
ULP = "51354"
TODAY = date(2025, 3, 9)


def load(database, path, body, **options):
    path.write_text(body, encoding="utf-8")
    return import_files(database, [path], ulp=ULP, today=TODAY, **options).files[0]


def rows(database, sql):
    with database.reading() as session:
        return [tuple(r) for r in session.execute(text(sql))]


def both(n, *, swapped=()):
    """Houses in two groups, each around its gardu; those ``swapped`` are booked on the other."""
    lines = ["idpel,lat,lon,gardu,rbm,urut,daya_va"]
    for k in range(n):
        east = k % 2
        booked = 1 - east if k in swapped else east
        lines.append(
            f"5135400000{k:02d},{-7.65 - k * 1e-4:.5f},{112.69 + 0.005 * east:.5f},PD{booked},51354BAA,{k + 1},900"
        )
    return "\n".join(lines) + "\n"


def test_an_rbm_list_without_a_month_in_a_new_unit_is_of_the_day_of_import(
    fresh_database, tmp_path
):
    done = load(fresh_database, tmp_path / "a.csv", both(8), kind="customers", profile="generic")
    assert (done.good, done.warnings["RBM_MONTH"]) == (8, 8)
    assert rows(fresh_database, "SELECT DISTINCT blth FROM rbm_list") == [("202503",)]


def test_an_rbm_list_without_a_month_is_of_the_units_newest_month(fresh_database, tmp_path):
    head = "BLTH;IDPEL;UNITUP;KODERBM;PEMKWH\n"
    load(fresh_database, tmp_path / "d.csv", head + "202405;513540000001;51354;51354BAA;7\n")
    load(fresh_database, tmp_path / "a.csv", "idpel,rbm\n513540000002,51354BAB\n")
    months = rows(fresh_database, "SELECT blth, idpel FROM rbm_list ORDER BY idpel")
    assert months == [("202405", "513540000001"), ("202405", "513540000002")]


def test_kwh_without_a_month_are_refused_with_what_to_do(fresh_database, tmp_path):
    with pytest.raises(NothingToDo, match="add the column BLTH"):
        load(fresh_database, tmp_path / "k.csv", "idpel,kwh\n513540000002,12.5\n")
    assert rows(fresh_database, "SELECT count(*) FROM reading") == [(0,)]


def test_one_file_for_both_lists_does_not_vouch_for_itself(fresh_database, tmp_path):
    load(
        fresh_database,
        tmp_path / "a.csv",
        both(24, swapped={9}),
        kind="customers",
        profile="generic",
    )
    with fresh_database.writing() as session:
        classes = match_ulp(session, ULP).classes
    assert "cocok" not in classes
    assert classes["selaras"] >= 20
    assert classes["perlu_survei"] >= 1


def test_a_dpm_keeps_the_gardu_that_it_names(fresh_database, tmp_path):
    head = "BLTH;IDPEL;UNITUP;KODERBM;GARDU;PEMKWH\n"
    done = load(
        fresh_database, tmp_path / "d.csv", head + "202405;513540000001;51354;51354BAA;PD 1;7\n"
    )
    assert done.kind == "dpm"
    assert rows(fresh_database, "SELECT gardu FROM rbm_list") == [("PD1",)]
    assert rows(fresh_database, "SELECT count(*) FROM pdpj") == [(0,)]


def test_the_profile_that_reads_most_columns_is_taken(fresh_database, tmp_path):
    done = load(fresh_database, tmp_path / "a.csv", both(8).replace("daya_va", "daya_va,WARNA_PAGAR")
                .replace(",900", ",900,biru"))  # fmt: skip
    assert (done.profile, done.unread) == ("generic", ["WARNA_PAGAR"])
    assert done.warnings["UNREAD_COLUMNS"] == 1
    assert rows(fresh_database, "SELECT count(*) FROM customer WHERE geom IS NOT NULL") == [(8,)]
    assert rows(fresh_database, "SELECT count(*) FROM rbm_list WHERE urut IS NOT NULL") == [(8,)]
    kept = rows(fresh_database, "SELECT warnings FROM import_batch")[0][0]
    assert kept["UNREAD_COLUMNS"] == "WARNA_PAGAR"


def test_a_pdpj_list_is_still_one(fresh_database, tmp_path):
    head = "UNITUP,IDPEL,NAMA,KODE_GARDU,JURUSAN,NO_TIANG\n"
    done = load(fresh_database, tmp_path / "p.csv", head + "51354,513540000001,A,PD1,A,T1\n")
    assert (done.profile, done.unread) == ("pdpj", [])
