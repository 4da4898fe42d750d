"""A newer file of the same thing: what it changes is counted and said, what was is kept."""

import shutil
from datetime import date

import geopandas as gpd
import pytest
from shapely.geometry import LineString
from sqlalchemy import text

from rbmgeo.errors import ImportRefused
from rbmgeo.workflows.import_files import import_files
from rbmgeo.workflows.placing import place_customers

pytestmark = pytest.mark.database
ULP = "51354"
DPM = "BLTH;IDPEL;UNITUP;KODERBM;PEMKWH\n"


def load(database, path, body, **options):
    path.write_text(body, encoding="utf-8")
    return import_files(database, [path], ulp=ULP, **options).files[0]


def scalar(database, sql):
    with database.reading() as session:
        return session.scalar(text(sql))


def test_a_month_sent_again_says_which_kwh_it_changes(fresh_database, tmp_path):
    first = load(
        fresh_database, tmp_path / "a.csv",
        DPM + "202405;513540000001;51354;51354BAA;100,5\n202405;513540000002;51354;51354BAA;7\n",
    )  # fmt: skip
    second = load(
        fresh_database, tmp_path / "b.csv",
        DPM + "202405;513540000001;51354;51354BAA;90\n202405;513540000003;51354;51354BAA;1\n",
    )  # fmt: skip
    assert "KWH_REVISED" not in first.warnings
    assert second.warnings["KWH_REVISED"] == 1
    assert float(scalar(fresh_database, "SELECT sum(kwh) FROM reading")) == 90 + 7 + 1
    kept = scalar(
        fresh_database, "SELECT warnings FROM import_batch ORDER BY batch_id DESC LIMIT 1"
    )
    assert kept["KWH_REVISED"] == 1


def test_a_newer_pdpj_says_who_moved_and_keeps_what_a_survey_found(fresh_database, tmp_path):
    head = "UNITUP,IDPEL,KODE_GARDU\n"
    rows = [f"51354,51354000000{n},PD1\n" for n in (1, 2, 3)]
    load(fresh_database, tmp_path / "a.csv", head + "".join(rows))
    with fresh_database.writing() as session:
        session.execute(text("UPDATE pdpj SET source = 'survey' WHERE idpel = '513540000003'"))
    newer = load(fresh_database, tmp_path / "b.csv", head + rows[0] + rows[1].replace("PD1", "PD2")
                 + rows[2].replace("PD1", "PD2"))  # fmt: skip
    assert (newer.warnings["PDPJ_MOVED"], newer.warnings["PDPJ_SURVEY"]) == (1, 1)
    history = "SELECT count(*) FROM pdpj WHERE idpel = '513540000002'"
    assert scalar(fresh_database, history) == 2
    still = "SELECT gardu FROM pdpj WHERE idpel = '513540000003' AND valid_to IS NULL"
    assert scalar(fresh_database, still) == "PD1"


def test_who_moved_between_the_lists_of_two_months_moved_on_the_first_day_of_the_newer(
    fresh_database, tmp_path
):
    head = "UNITUP,IDPEL,KODE_GARDU\n"
    load(fresh_database, tmp_path / "PDPJ_202405.csv", head + "51354,513540000001,PD1\n")
    load(
        fresh_database, tmp_path / "PDPJ_202406.csv", head + "51354,513540000001,PD2\n",
        today=date(2024, 9, 9),
    )  # fmt: skip
    since = "SELECT valid_from::text FROM pdpj WHERE gardu = 'PD2'"
    assert scalar(fresh_database, since) == "2024-06-01"
    older = head + "51354,513540000001,PD3\n"
    load(fresh_database, tmp_path / "PDPJ_202404.csv", older, today=date(2024, 9, 9))
    since = "SELECT valid_from::text FROM pdpj WHERE gardu = 'PD3'"
    assert scalar(fresh_database, since) == "2024-09-09", "an older list is known since today only"


def test_a_first_list_is_not_shortened_by_an_older_one_that_comes_late(fresh_database, tmp_path):
    head = "UNITUP,IDPEL,KODE_GARDU\n"
    load(fresh_database, tmp_path / "PDPJ_202406.csv", head + "51354,513540000001,PD1\n")
    load(
        fresh_database, tmp_path / "PDPJ_202405.csv", head + "51354,513540000001,PD2\n",
        today=date(2024, 7, 9),
    )  # fmt: skip
    until = "SELECT valid_to::text FROM pdpj WHERE gardu = 'PD1'"
    assert scalar(fresh_database, until) == "2024-07-09"


def test_the_pole_is_kept_once_with_the_record_that_a_survey_may_correct(fresh_database, tmp_path):
    load(
        fresh_database, tmp_path / "a.csv",
        "UNITUP,IDPEL,KODE_GARDU,NO_TIANG\n"
        "51354,513540000001,PD1,T1\n51354,513540000002,,T2\n",
        accept_good=True,
    )  # fmt: skip
    poles = "SELECT string_agg(idpel || ' ' || tiang, ',' ORDER BY idpel) FROM "
    assert scalar(fresh_database, poles + "pdpj") == "513540000001 T1"
    assert scalar(fresh_database, poles + "customer") == "513540000002 T2"


def test_the_same_street_from_two_files_is_there_once(fresh_database, tmp_path):
    lines = [
        LineString([(112.69, -7.65), (112.69, -7.66)]),
        LineString([(112.7, -7.6), (112.7, -7.7)]),
    ]
    streets = gpd.GeoDataFrame(
        {"osm_id": ["1", "2"], "highway": "residential"}, geometry=lines, crs=4326
    )
    streets.to_file(tmp_path / "a.gpkg")
    streets.iloc[:1].to_file(tmp_path / "b.gpkg")
    for name in ("a", "b"):
        import_files(fresh_database, [tmp_path / f"{name}.gpkg"], ulp=ULP, kind="streets")
    assert scalar(fresh_database, "SELECT count(*) FROM street") == 2


def test_a_file_under_another_name_is_known(fresh_database, tmp_path):
    body = DPM + "202405;513540000001;51354;51354BAA;100\n"
    load(fresh_database, tmp_path / "a.csv", body)
    shutil.copy(tmp_path / "a.csv", tmp_path / "b.csv")
    again = import_files(fresh_database, [tmp_path / "b.csv"], ulp=ULP).files[0]
    assert again.known
    assert scalar(fresh_database, "SELECT count(*) FROM import_batch") == 1


def test_of_a_map_file_with_several_layers_the_kind_asked_for_is_read(fresh_database, tmp_path):
    """Street extracts bring their nodes along: they are left out, and that is said."""
    streets = gpd.GeoDataFrame(
        {"osm_id": ["1"], "highway": "residential"},
        geometry=[LineString([(112.69, -7.65), (112.69, -7.66)])], crs=4326,
    )  # fmt: skip
    nodes = gpd.GeoDataFrame(
        {"osm_id": ["9"]}, geometry=gpd.points_from_xy([112.69], [-7.65]), crs=4326
    )
    nodes.to_file(tmp_path / "a.gpkg", layer="nodes")
    streets.to_file(tmp_path / "a.gpkg", layer="edges")
    done = import_files(fresh_database, [tmp_path / "a.gpkg"], ulp=ULP, kind="streets")
    assert [(f.sheet, f.good, f.warnings) for f in done.files] == [("edges", 1, {"OTHER_LAYER": 1})]
    with pytest.raises(ImportRefused, match="nodes"):
        import_files(fresh_database, [tmp_path / "a.gpkg"], ulp=ULP)


def test_first_customers_are_written_with_the_places_that_all_points_would_give(
    fresh_database, tmp_path
):
    """Written at once or weighed again, alone or crowded, far, swapped, twice, without: the same."""
    rows = [f"{513540000000 + n};{-7.65123 + n / 5000};{112.69123 + n / 7000}" for n in range(40)]
    rows += [f"{513540000100 + n};-7.6512345;112.6954321" for n in range(8)]  # an office
    rows += ["513540000200;-6.2;106.8", "513540000201;112.7001;-7.6501", "513540000202;;"]
    rows += ["513540000203;0;0", "513540000001;-7.66;112.7", "513540000001;-7.67;112.71"]
    (tmp_path / "a.csv").write_text("idpel;lat;lon\n" + "\n".join(rows) + "\n")
    import_files(fresh_database, [tmp_path / "a.csv"], ulp=ULP, profile="generic",
                        kind="customers")  # fmt: skip
    query = text(
        "SELECT idpel, ST_AsEWKB(geom), point_source, coordinate_quality FROM customer ORDER BY 1"
    )
    with fresh_database.writing() as session:
        before = session.execute(query).all()
        place_customers(session, ULP)
        after = session.execute(query).all()
    assert [tuple(map(bytes_or_text, r)) for r in before] == [
        tuple(map(bytes_or_text, r)) for r in after
    ]
    qualities = {r.coordinate_quality for r in after}
    assert qualities == {"ok", "R-IM-12", "R-IM-08", "R-IM-06-nol", "tanpa_koordinat"}


def bytes_or_text(value):
    return bytes(value) if isinstance(value, memoryview) else value
