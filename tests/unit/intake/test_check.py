"""Every row read is loaded, refused with its reason, or an identical one's copy."""

from decimal import Decimal

import geopandas as gpd
import pytest
from drawn import checked, written
from shapely.geometry import LineString, Point

from rbmgeo.errors import ImportRefused, UsageError
from rbmgeo.intake.positions import warn_places
from rbmgeo.intake.profiles import profiles
from rbmgeo.intake.tally import Tally
from rbmgeo.labels.rules import RULES, words

DPM = "BLTH;IDPEL;UNITUP;KODERBM;SLALWBP;LWBPCABUT;LWBPPASANG;SAHLWBP;FKMKWH;PEMKWH\n"


def dpm(tmp_path, *lines, ulp=""):
    return checked(written(tmp_path / "dpm.csv", DPM + "\n".join(lines) + "\n"), ulp=ulp)


def pdpj(tmp_path, *lines):
    body = "IDPEL;KODE_GARDU;NAMA\n" + "\n".join(lines) + "\n"
    return checked(written(tmp_path / "pdpj.csv", body))


def test_read_is_good_and_rejected_and_skipped(tmp_path):
    done = pdpj(
        tmp_path, "513540000001;KA 1316;a", "513540000001;KA 1316;a", "5.1354E+11;KA1;b",
        "513540000003;KA1;c;d", "513540000004", "513540000005;KA2;e",
    )  # fmt: skip
    assert (done.read, done.good, len(done.rejects), done.skipped) == (6, 2, 3, 1)
    assert done.rejects["row_no"].tolist() == [4, 5, 6]
    assert done.rejects["rule"].tolist() == ["R-IM-02", "ROW_LONG", "ROW_SHORT"]


def test_a_reject_keeps_its_column_value_and_cells(tmp_path):
    done = pdpj(tmp_path, "513540000001;KA1;a", "51354;KA1;Siti")
    bad = done.rejects.iloc[0]
    assert (bad["row_no"], bad["column"], bad["value"]) == (3, "IDPEL", "51354")
    assert bad["cells"] == {"IDPEL": "51354", "KODE_GARDU": "KA1", "NAMA": "Siti"}


def test_the_same_row_spelled_otherwise_counts_once(tmp_path):
    done = pdpj(tmp_path, "513540000001;KA 1316;Siti", "'513540000001;ka-1316;Siti ")
    assert (done.good, done.skipped) == (1, 1)
    assert not done.rows["conflict"].any()


def test_a_refused_row_does_not_swallow_a_good_one(tmp_path):
    """A faulty cell and an empty one look alike once read; only the first row is faulty."""
    body = "IDPEL;KODE_GARDU;DAYA\n513540000001;KA1;abc\n513540000001;KA1;\n"
    done = checked(written(tmp_path / "a.csv", body))
    assert (done.good, len(done.rejects), done.skipped) == (1, 1, 0)


@pytest.mark.parametrize("flip", [1, -1])
def test_rows_that_contradict_each_other_both_stay_as_conflict(tmp_path, flip):
    lines = ["513540000001;KA1;a", "513540000001;KA2;a", "513540000002;KA1;b"][::flip]
    done = pdpj(tmp_path, *lines)
    found = done.rows.set_index("gardu").query("idpel == '513540000001'")
    assert found["conflict"].tolist() == [True, True]
    assert found["line"].to_dict() == {"KA1": "", "KA2": "2"}  # by content, not by place
    assert done.warnings["R-IM-04"] == 2


def test_two_token_purchases_of_a_month_both_count(tmp_path):
    body = "IDPEL;BLTH;KWH\n513540000001;202405;10,5\n513540000001;202405;7,5\n"
    done = checked(written(tmp_path / "token.csv", body))
    assert sum(map(Decimal, done.rows["kwh"])) == Decimal("18.0")
    assert done.rows["line"].tolist() == ["", "2"] or done.rows["line"].tolist() == ["2", ""]


def test_a_prefix_of_another_unit_warns_and_a_column_of_another_unit_refuses(tmp_path):
    done = dpm(
        tmp_path, "202405;513510000001;51354;51354BKC;;;;;;1", "202405;513510000002;51351;51354BKC;;;;;;2",
        ulp="51354",
    )  # fmt: skip
    assert done.rows["idpel"].tolist() == ["513510000001"]
    assert done.warnings["R-IM-03"] == 1
    assert done.rejects["rule"].tolist() == ["OTHER_UNIT"]


def test_kwh_comes_from_stands_where_the_file_has_none(tmp_path):
    """R-EN-01: 100 to 250 is 150; a meter changed at 180 and read at 40 makes 120."""
    done = dpm(
        tmp_path,
        "202405;513540000001;51354;R;100;;;250;1;",
        "202405;513540000002;51354;R;100;180;0;40;1;",
        "202405;513540000003;51354;R;100;0;0;250;40;",
        "202405;513540000004;51354;R;100;;;;1;",
        "202405;513540000005;51354;R;1;;;9;1;1.234,56",
    )
    assert done.rows["kwh"].tolist()[:3] == ["150", "120", "6000"]
    assert done.rows["kwh"].isna().tolist() == [False, False, False, True, False]  # missing, not 0
    assert done.rows["kwh"].iloc[4] == "1234.56"


def test_refused_readings_keep_their_kwh_for_the_sums(tmp_path):
    done = dpm(
        tmp_path, "202405;5.1E+11;51354;R;;;;;;1.234,5", "052024;51354;51354;R;100;;;250;2;",
    )  # fmt: skip
    assert done.rejects["kwh"].tolist() == ["1234.5", "300"]
    assert done.rejects["blth"].tolist() == ["202405", "202405"]


def test_refused_readings_are_read_in_the_files_own_locale(tmp_path):
    body = "idpel,blth,kwh\n513540000001,202405,1.25\n12,202405,1.234\n"
    done = checked(written(tmp_path / "a.csv", body), profile="generic")
    assert done.rejects["kwh"].isna().tolist() == [True]  # 1.234 is not known to be 1234


def test_a_line_of_sums_is_no_customer_and_its_kwh_no_reading(tmp_path):
    done = dpm(
        tmp_path,
        "202405;513540000001;51354;R;;;;;;10",
        "202405;JUMLAH;;;;;;;;10",
        "TOTAL;;;;;;;;;10",
    )
    assert done.rejects["rule"].tolist() == ["TOTAL_ROW", "TOTAL_ROW"]
    assert done.rejects["kwh"].isna().all()


def test_a_stranger_in_a_text_is_kept_and_a_control_character_refused(tmp_path):
    said = ["<script>alert(1)</script>", "{{7*7}}", "=HYPERLINK()", "Cafe\u0301", "a\x01b"]
    done = pdpj(tmp_path, *(f"51354000000{n};KA1;{t}" for n, t in enumerate(said)))
    assert done.rows["name"].tolist() == [*said[:3], "Caf\u00e9"]
    assert done.rejects["rule"].tolist() == ["CONTROL_CHARACTER"]


def test_a_missing_key_is_refused_where_rows_hang_on_it(tmp_path):
    body = "UNITUP;BLTH;HARI_BACA;TANGGAL\n51354;202405;A;16/05/2024\n51354;202405;;17/05/2024\n"
    done = checked(written(tmp_path / "k.csv", body))
    assert done.rejects["rule"].tolist() == ["EMPTY_KEY"]


def test_a_known_code_with_other_content_is_refused(tmp_path):
    body = "UNITUP;BLTH;HARI_BACA;TANGGAL\n51354;202405;A;16/05/2024\n51354;202405;A;17/05/2024\n"
    done = checked(written(tmp_path / "k.csv", body))
    assert (done.good, done.rejects["rule"].tolist()) == (1, ["CONTRADICTS"])


def test_an_active_and_a_disconnected_row_are_two_services_without_conflict(tmp_path):
    body = "customer_no,status,transformer_id,kwh_01,lon,lat\n47,AT,T1,1.5,-52.1,-28.1\n"
    body += "47,DS,T2,3.5,-52.1,-28.1\n"
    done = checked(written(tmp_path / "c.csv", body), profile="utility-town")
    assert done.rows["idpel"].tolist() == ["000000000047"] * 2
    assert done.rows["line"].tolist() == ["", "DS"]
    assert done.rows["active"].tolist() == [True, False]
    assert not done.rows["conflict"].any()


def test_equal_streets_in_two_places_are_two_streets(tmp_path):
    lines = [
        LineString([(112.69, -7.65), (112.70, -7.65)]),
        LineString([(112.7, -7.6), (112.71, -7.6)]),
    ]
    frame = gpd.GeoDataFrame(
        {"osm_id": "1", "highway": ["residential"] * 2}, geometry=lines, crs=4326
    )
    frame.to_file(tmp_path / "s.gpkg", layer="streets")
    done = checked(tmp_path / "s.gpkg", kind="streets")
    assert (done.good, done.skipped) == (2, 0)


def test_points_in_metres_come_back_in_degrees(tmp_path):
    frame = gpd.GeoDataFrame(
        {"KODE_GARDU": ["ka 1"], "KVA": [100.125]}, geometry=[Point(686500, 9154000)], crs=32749
    )
    frame.to_file(tmp_path / "g.gpkg", layer="gardu")
    done = checked(tmp_path / "g.gpkg", kind="gardu")
    assert done.rows["gardu"].tolist() == ["KA1"]
    assert float(done.rows["rating_kva"].iloc[0]) == 100.125
    assert done.geometry is not None
    assert round(done.geometry[0].x, 1) == 112.7


def test_swapped_and_lost_places_are_counted(tmp_path):
    body = "IDPEL;LAT;LON\n513540000001;112,6912;-7,6512\n513540000002;0;0\n513540000003;;\n"
    done = checked(written(tmp_path / "a.csv", body), profile="generic")
    assert warn_places(done.places) == {"R-IM-06": 1, "NO_PLACE": 1}


def test_a_table_that_no_profile_knows_names_what_is_missing(tmp_path):
    with pytest.raises(ImportRefused, match=r"rule HEADER.*lacks"):
        checked(written(tmp_path / "a.csv", "foo;bar\n1;2\n"))
    with pytest.raises(UsageError, match="not known"):
        checked(written(tmp_path / "a.csv", "foo;bar\n1;2\n"), profile="nobody")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("BLTH;IDPEL;KODERBM;PEMKWH", "ap2t-dpm"), ("THBLREK;IDPEL;KDGARDU;PEMKWH", "sorek"),
        ("IDPEL;KODE_GARDU;JURUSAN", "pdpj"), ("IDPEL;BLTH;KWH", "token"),
        ("KD_PETUGAS;TANGGAL_PEMBACAAN;KOORDINAT_X;KOORDINAT_Y;IDPEL", "reader-log"),
        ("BLTH;IDPEL;RPPTL", "receivables"), ("UNITUP;BLTH;HARI_BACA;TANGGAL", "calendar"),
        ("KODE_GARDU;BLTH;KWH", "gardu-meter"), ("idpel;lat;lon", "generic"),
        (" id pel ;Lat;Lon", "generic"),
    ],
)  # fmt: skip
def test_each_source_is_told_by_its_header(tmp_path, header, name):
    cells = ["513540000001" if "pel" in h.lower() else "" for h in header.split(";")]
    done = checked(written(tmp_path / "a.csv", f"{header}\n{';'.join(cells)}x\n"))
    assert done.profile.name == name


def test_every_profile_needs_columns_that_it_names():
    for profile in profiles():
        assert set(profile.needs) <= {*profile.columns, "geometry"}, profile.name
        assert profile.declared.keys() <= {"area", "position", "id_pad", "row_key"}


def test_every_rule_speaks_two_languages():
    for rule in RULES:
        assert words(rule, "id") != words(rule, "en")


def test_a_position_that_cannot_be_read_is_not_called_absent(tmp_path):
    body = (
        "idpel;lat;lon\n513540000001;7\u00b039'00\"S;112\u00b041'24\"E\n"
        "513540000002;;\n513540000003;-7,651;112,692\n"
    )
    done = checked(written(tmp_path / "titik.csv", body), profile="generic", kind="customers")
    told = done.places
    assert told["quality"].tolist() == ["R-IM-07", "tanpa_koordinat", "ok"]
    assert warn_places(done.places)["NO_PLACE"] == 1


def test_sixty_thousand_numbers_for_ids_are_one_line_with_a_count_and_an_example(tmp_path):
    done = pdpj(tmp_path, "513540000001;KA1;a", *["5,1354E+11;KA1;b"] * 60_000)
    tally = Tally()
    tally.add(done)
    assert (tally.read, tally.good, tally.rejected) == (60_001, 1, 60_000)
    assert list(tally.problems.values()) == [
        {"rule": "R-IM-02", "column": "IDPEL", "count": 60_000, "row": 3, "value": "5,1354E+11"}
    ]
