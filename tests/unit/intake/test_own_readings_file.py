"""A file of own readings: every fault named with row, column and rule, in both languages."""

from decimal import Decimal

import pytest

from rbmgeo.errors import ImportRefused
from rbmgeo.intake.own_readings import read_own_readings

HEAD = "idpel,blth,service,at,stand_kwh,lbkb_code,lon,lat,client_id"
ID = "00000000-0000-4000-8000-000000000001"
GOOD = f"513540000001,202412,pasca,2024-12-26T08:30,1250.5,z,112.705,-7.65,{ID}"


def read(tmp_path, *lines):
    path = tmp_path / "bacaan.csv"
    path.write_text("\n".join(lines) + "\n")
    return read_own_readings(path, time_zone="Asia/Jakarta", officer="budi")


def test_a_good_row_becomes_a_record_in_the_units_own_time(tmp_path):
    records, rows, faults = read(tmp_path, HEAD, GOOD)
    assert (rows, faults) == ([2], [])
    it = records[0]
    assert (it.stand_kwh, it.lbkb_code, it.officer, it.lon) == (Decimal("1250.5"), "Z", "budi", 112.705)  # fmt: skip
    assert it.read_at.isoformat() == "2024-12-26T08:30:00+07:00"


@pytest.mark.parametrize(
    ("old", "new", "column", "rule"),
    [
        ("513540000001", "51354", "idpel", "R-IM-01"),
        ("202412", "202413", "blth", "R-IM-09"),
        ("pasca", "listrik", "service", "R-PR-02"),
        ("T08:30", "T25:30", "at", "R-PO-01"),
        ("1250.5", "1.250", "stand_kwh", "R-IM-05"),
        ("112.705", "nan", "lon", "R-IM-06"),
        (ID, "satu", "client_id", "R-CH-03"),
    ],
)
def test_a_fault_names_row_column_value_rule_and_remedy(tmp_path, old, new, column, rule):
    records, _, faults = read(tmp_path, HEAD, GOOD, GOOD.replace(old, new, 1))
    assert len(records) == 1
    assert [(f.row_no, f.column, f.rule) for f in faults] == [(3, column, rule)]
    assert faults[0].value and faults[0].indonesian and faults[0].english


def test_a_column_that_nobody_knows_refuses_the_file(tmp_path):
    with pytest.raises(ImportRefused, match="warna"):
        read(tmp_path, HEAD + ",warna", GOOD + ",biru")
    with pytest.raises(ImportRefused, match="client_id"):
        read(tmp_path, HEAD.replace(",client_id", ""), GOOD)
