"""The importer's rules, each with the value that domain.md prints for it."""

import pandas as pd
import pytest
from drawn import text

from rbmgeo.intake import rules
from rbmgeo.intake.rules import Column


def one(read, cell, **options):
    """What a rule makes of one cell: its value (None if missing) and the rule that it broke."""
    done: Column = read(text(cell), **options)
    value, fault = done.values.iloc[0], done.faults.iloc[0]
    return (None if pd.isna(value) else value, None if pd.isna(fault) else fault)


@pytest.mark.parametrize(
    ("cell", "value", "rule"),
    [
        ("'513541234567", "513541234567", None),  # R-IM-01
        ("51354123456", None, "IDPEL_LEN"),  # R-IM-01
        ("5.24E+11", None, "R-IM-02"),
        ("5.1354E+11", None, "R-IM-02"),
        ("5,1354E+11", None, "R-IM-02"),
        ("513541E6", None, "R-IM-02"),  # twelve digits once expanded: still lost
        ("001234567890", "001234567890", None),  # bad input 1
        ("1234567890", None, "IDPEL_LEN"),  # 2: never padded unasked
        ("513540000001.0", "513540000001", None),  # 5
        ("513540000001.00", "513540000001", None),
        ("1234567890123456", None, "IDPEL_LEN"),  # 6
        ("51354 123 4567", "513541234567", None),  # 7
        ("51354.123.4567", "513541234567", None),
        ("51354\u00a01234567", "513541234567", None),
        ("51354\u200b1234567", None, "IDPEL_INVISIBLE"),
        ('"513541234567"', "513541234567", None),
        ("\uff15\uff11\uff13\uff15\uff14\uff11\uff12\uff13\uff14\uff15\uff16\uff17", None, "R-IM-01"),  # 9
        ("\u0665\u0661\u0663\u0665\u0664\u0661\u0662\u0663\u0664\u0665\u0666\u0667", None, "R-IM-01"),
        ("51354123456O", None, "R-IM-01"),  # 10: a letter O
        ("", None, "IDPEL_EMPTY"),  # 15
        ("JUMLAH", None, "TOTAL_ROW"),  # 44
        ("Total pelanggan", None, "TOTAL_ROW"),
    ],
)  # fmt: skip
def test_an_idpel_is_twelve_digits_or_a_named_fault(cell, value, rule):
    assert one(rules.idpel, cell) == (value, rule)


@pytest.mark.parametrize(
    "cell",
    ["51354123456.7", "5135412345.67", "5135412345,67", "-513541234567", "+513541234567"],
)
def test_a_fraction_or_a_sign_is_never_taken_for_a_digit_of_an_idpel(cell):
    assert one(rules.idpel, cell) == (None, "R-IM-01")


def test_zeros_after_the_point_do_not_fill_a_short_number_up():
    assert one(rules.idpel, "5135412345.00") == (None, "IDPEL_LEN")


def test_only_a_profile_that_says_so_pads_numbers():
    assert one(rules.idpel, "4711", pad=True) == ("000000004711", None)
    assert one(rules.idpel, "4711") == (None, "IDPEL_LEN")
    assert one(rules.idpel, "", pad=True) == (None, "IDPEL_EMPTY")


@pytest.mark.parametrize(
    ("cell", "locale", "value"),
    [
        ("1.234,56", "", "1234.56"), ("1234.56", "", "1234.56"), ("1234,56", "", "1234.56"),
        ("1.234", "id", "1234"),  # the printed case of R-IM-05
        ("1.234", "en", "1.234"), ("1,234", "id", "1.234"), ("1,234", "en", "1234"),
        ("0.123", "", "0.123"), ("-7,65", "", "-7.65"), ("\u22125", "", "-5"), ("+5", "", "5"),
        ("1.234.567", "", "1234567"), ("1,234,567", "", "1234567"), ("0", "", "0"),
    ],
)  # fmt: skip
def test_a_number_is_read_exactly_and_by_the_declared_locale(cell, locale, value):
    assert one(rules.number, cell, locale=locale) == (value, None)


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("1.234", "AMBIGUOUS"), ("12,500", "AMBIGUOUS"),  # 25
        ("Rp 12.500", "NUMBER"), ("12 kWh", "NUMBER"),  # 27
        ("nan", "NUMBER"), ("inf", "NUMBER"), ("1e400", "NUMBER_SCIENTIFIC"),  # 66
        ("\u0663\u0664", "NUMBER"), ("\uff11\uff12", "NUMBER"), ("1.23.4", "NUMBER"), ("-", "NUMBER"),
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_by_name(cell, rule):
    assert one(rules.number, cell) == (None, rule)


def test_an_empty_number_is_missing_and_no_fault():
    assert one(rules.number, "  ", locale="id") == (None, None)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("03/04/2026", "2026-04-03"), ("25/04/2026", "2026-04-25"), ("2026-04-25", "2026-04-25"),
        ("20260425", "2026-04-25"), ("25 Agustus 2026", "2026-08-25"), ("5-Agt-2026", "2026-08-05"),
        ("29/02/2024", "2024-02-29"), ("2026-04-25 07:30:00", "2026-04-25"),
    ],
)  # fmt: skip
def test_a_date_is_day_month_year(cell, value):
    assert one(rules.day, cell) == (value, None)


@pytest.mark.parametrize(
    "cell",
    ["31/02/2026", "29/02/2023", "25/04/0026", "25/04/2206", "25/04/26", "45000", "13/13/2026"],
)
def test_a_date_that_never_was_is_refused(cell):
    assert one(rules.day, cell) == (None, "DATE")


def test_both_periods_are_the_same_month():
    assert one(rules.month, "052016") == one(rules.month, "201605") == ("201605", None)
    assert one(rules.month, "2016-05") == one(rules.month, "05/2016") == ("201605", None)
    assert one(rules.month, "201613") == (None, "R-IM-09")
    assert one(rules.month, "") == (None, None)


def test_one_gardu_has_one_code_however_it_is_spelled():
    read = rules.gardu(text("KA 1316", "KA-1316", "ka1316", " KA.1316 ", ""))
    assert read[:4].tolist() == ["KA1316"] * 4
    assert pd.isna(read[4])


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("7,65 LS", -7.65), ("7.65 S", -7.65), ("-7,65 LS", -7.65), ("112,69 BT", 112.69),
        ("112.69 E", 112.69), ("6.5 LU", 6.5), ("70 BB", -70), ("7.65\u00b0", 7.65), ("\u22127.65", -7.65),
    ],
)  # fmt: skip
def test_degrees_are_read_with_comma_and_with_directions(cell, value):
    assert rules.degrees(text(cell)).tolist() == [value]


@pytest.mark.parametrize("cell", ["", "nan", "inf", "1e5", "7\u00b039'12\"S", "112.690.123"])
def test_what_is_no_degree_is_missing(cell):
    assert rules.degrees(text(cell)).isna().all()


@pytest.mark.parametrize(
    "cell",
    ["-7.65,112.69", "-7.65 112.69", "-7.65; 112.69", "-7,65;112,69", "-7,65, 112,69",
     "-7,65 112,69", "7.65 LS, 112.69 BT", "7,65 LS 112,69 BT"],
)  # fmt: skip
def test_a_pair_in_one_cell_is_parted(cell):
    lat, lon = rules.split_pair(text(cell))
    assert (rules.degrees(lat)[0], rules.degrees(lon)[0]) == (-7.65, 112.69)


def position(first, second, area="indonesia"):
    places, quality = rules.position(pd.Series([first]), pd.Series([second]), area=area)
    lat, lon, swapped = places.iloc[0]
    return lat, lon, bool(swapped), quality[0]


def test_latitude_and_longitude_are_told_by_their_ranges():
    assert position(112.6912, -7.6512) == (-7.6512, 112.6912, True, "ok")
    assert position(-7.6512, 112.6912) == (-7.6512, 112.6912, False, "ok")


def test_nothing_is_swapped_or_out_of_range_where_the_profile_says_world():
    assert position(112.6912, -7.6512, "world")[3] == "R-IM-06-area"
    assert position(-28.1234, -52.1234, "world") == (-28.1234, -52.1234, False, "ok")
    assert position(0.0, 0.0, "world")[3] == "R-IM-06-nol"


@pytest.mark.parametrize(
    ("lat", "lon", "quality"),
    [
        (0.0, 0.0, "R-IM-06-nol"), (5.5, 5.5, "R-IM-06-x-sama-y"), (-7.6, -7.6, "R-IM-06-x-sama-y"),
        (7.6512, 112.6912, "R-IM-06-tanda"), (51.5123, 0.1234, "R-IM-06-area"),
        (9154321.5, 686123.4, "R-IM-06-area"), (float("nan"), 112.69, "tanpa_koordinat"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_place_keeps_its_row_and_names_the_rule(lat, lon, quality):
    got = position(lat, lon)
    assert pd.isna(got[0])
    assert pd.isna(got[1])
    assert got[2:] == (False, quality)


def test_two_decimals_are_a_place_within_a_kilometre_only():
    assert position(-7.65, 112.69) == (-7.65, 112.69, False, "R-IM-69-kasar")
