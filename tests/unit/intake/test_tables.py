"""Checked rows become rows of our tables."""

import pandas as pd
import pytest
from drawn import checked, written

from rbmgeo.intake import tables


def generic(tmp_path, body, **options):
    return checked(written(tmp_path / "a.csv", body), profile="generic", **options)


def test_kddk_gives_day_urut_and_sisipan(tmp_path):
    body = (
        "IDPEL;RBM;KDDK\n513540000001;51354ehc;WEAAEHA04600\n513540000002;51354EHC;weaaeha04601\n"
    )
    body += "513540000003;51354EHC;anything\n"
    rows = tables.rbm_list(generic(tmp_path, body), blth="202405").set_index("idpel")
    assert rows["hari_baca"].tolist()[:2] == ["A", "A"]
    assert rows[["urut", "sisipan"]].to_numpy()[:2].tolist() == [[46, 0], [46, 1]]
    assert rows.loc["513540000003", ["hari_baca", "urut"]].isna().all()  # opaque, never a fault
    assert set(rows["rbm"]) == {"51354EHC"}
    assert set(rows["blth"]) == {"202405"}


def test_who_has_no_rbm_stands_on_no_list(tmp_path):
    rows = tables.rbm_list(
        generic(tmp_path, "IDPEL;RBM\n513540000001;A\n513540000002;\n"), blth="202405"
    )
    assert rows["idpel"].tolist() == ["513540000001"]


@pytest.mark.parametrize(
    ("tarif", "daya", "service", "reader"),
    [
        ("R1T", 900, "pra", "tidak"), ("R1MT", 900, "pra", "tidak"), ("B1T", 2200, "pra", "tidak"),
        ("R1", 900, "pasca", "vendor"), ("I3", 33000, "pasca", "vendor"),  # R-RO-10: stays
        ("I3", 41500, "pasca", "pln"), ("R1", "", "pasca", "vendor"),  # R-MA-11: daya missing
    ],
)  # fmt: skip
def test_tariff_and_power_say_who_reads(tmp_path, tarif, daya, service, reader):
    done = generic(tmp_path, f"IDPEL;TARIF;DAYA\n513540000001;{tarif};{daya}\n")
    row = tables.customers(done, pln_over_va=33_000).iloc[0]
    assert (row["jenis_layanan"], row["dibaca_oleh"]) == (service, reader)


def test_a_list_that_says_nothing_of_tariffs_says_nothing_of_services(tmp_path):
    found = tables.customers(generic(tmp_path, "IDPEL;NAMA\n513540000001;a\n"), pln_over_va=33_000)
    assert "jenis_layanan" not in found


def test_a_month_not_read_is_missing_and_a_stand_that_fell_is_marked(tmp_path):
    head = "BLTH;IDPEL;KODERBM;SLALWBP;LWBPCABUT;SAHLWBP;PEMKWH\n"
    body = "202405;513540000001;R;100;;;\n202405;513540000002;R;100;;90;0\n"
    body += "202405;513540000003;R;100;150;90;140\n"
    rows = tables.readings(checked(written(tmp_path / "d.csv", head + body)), blth="")
    assert rows["kwh"].isna().tolist() == [True, False, False]
    assert rows["anomaly"].isna().tolist() == [True, False, True]


def test_twelve_columns_of_kwh_are_twelve_months(tmp_path):
    months = [f"kwh_{n:02d}" for n in range(1, 13)]
    body = "customer_no,status,transformer_id," + ",".join(months) + "\n"
    body += "47,AT,T1," + ",".join(str(n) for n in range(12)) + "\n"
    done = checked(written(tmp_path / "c.csv", body), profile="utility-town")
    rows = tables.readings(done, blth="").set_index("blth")["kwh"]
    assert rows.to_dict() == {f"2024{n + 1:02d}": str(n) for n in range(12)}


def test_a_moment_takes_the_units_zone(tmp_path):
    body = "KD_PETUGAS;TANGGAL_PEMBACAAN;JAM_PEMBACAAN;KOORDINAT_X;KOORDINAT_Y;IDPEL\n"
    body += (
        "P;16/05/2024;07.30;112,69;-7,65;513540000001\nP;17/05/2024;;112,69;-7,65;513540000001\n"
    )
    log = tables.reader_log(checked(written(tmp_path / "l.csv", body)), time_zone="Asia/Jakarta")
    assert log["read_at"].tolist() == ["2024-05-16T07:30:00+07:00", "2024-05-17T00:00:00+07:00"]
    assert log["blth"].tolist() == ["202405", "202405"]


def test_a_disconnected_row_does_not_speak_for_an_active_customer(tmp_path):
    body = "customer_no,status,transformer_id,class,kwh_01\n47,DS,T2,CO,1\n47,AT,T1,RE,1\n48,DS,T1,RE,1\n"
    done = checked(written(tmp_path / "c.csv", body), profile="utility-town")
    people = tables.customers(done, pln_over_va=33_000).set_index("idpel")
    assert people["active"].to_dict() == {"000000000047": True, "000000000048": False}
    assert people.loc["000000000047", "tarif"] == "RE"


def test_a_missing_place_is_no_point():
    ewkb = tables.ewkb_points(pd.Series([112.69, None]), pd.Series([-7.65, -7.65]))
    assert ewkb.isna().tolist() == [False, True]
