"""The invented unit is as hard as a real one, the same each time, and keeps its truth apart."""

import hashlib
import json
import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest

from rbmgeo.errors import UsageError
from rbmgeo.intake.rules import gardu as one_spelling
from rbmgeo.sample import SampleParams, make_sample
from rbmgeo.sample.honesty import measure
from rbmgeo.sample.lists import monthly_kwh, todays_rbms
from rbmgeo.sample.people import settle

PARAMS = SampleParams(customers=1000, seed=2, errors=0.1, gardu_meters=True)


#: Every size that a unit of PLN may have, several seeds of each.
UNITS = [(200, 1), (300, 2), (1000, 1), (1000, 2), (1000, 4), (1000, 7), (1500, 2), (3000, 3),
         (6000, 1), (6000, 2), (6000, 5), (20_000, 1), (20_000, 3), (100_000, 1)]  # fmt: skip


@pytest.fixture(scope="module", params=UNITS, ids=str)
def figures(request):
    customers, seed = request.param
    rng = np.random.default_rng(seed)
    params = SampleParams(customers=customers, seed=seed)
    _, _, grid, people = settle(rng, params)
    return measure(people, grid, todays_rbms(rng, people, params.ulp), monthly_kwh(rng, people))


def test_the_nearest_gardu_is_the_true_one_for_three_of_four(figures):
    assert 0.70 <= figures.nearest_is_true <= 0.80


def test_neighbours_share_their_gardu_as_they_do_in_towns(figures):
    assert 0.92 <= figures.purity_5 <= 0.96


def test_about_two_poles_of_a_hundred_carry_two_gardu(figures):
    one_pole = 0.01 if figures.customers < 1000 else 0.005  # 60 poles have one or two
    assert abs(figures.poles_with_two_gardu - 0.02) <= one_pole


def test_gardu_are_of_uneven_size_and_some_have_nobody(figures):
    first, middle, third = figures.gardu_size_quartiles
    few = 60 / np.sqrt(figures.gardu - figures.gardu_without_customers)  # quartiles of few scatter
    assert abs(first - 20) <= 15 + few
    assert abs(middle - 51) <= 15 + few
    assert abs(third - 80) <= 15 + few
    assert figures.gardu_size_max <= 250
    if figures.customers >= 1000:
        assert third > 1.8 * first
        assert figures.gardu_size_max > 100
    assert 0 < figures.gardu_without_customers <= 0.25 * figures.gardu


def test_kwh_are_skewed_with_four_to_five_zeros_of_a_hundred(figures):
    assert 0.04 <= figures.zero_kwh_share <= 0.05
    assert figures.kwh_mean_over_median > 1.15


def test_todays_routes_are_good_inside_a_street_and_poor_between(figures):
    assert figures.jump_over_step > 4


def test_the_unit_finds_no_fault_with_itself(figures):
    assert figures.faults() == []


def test_a_unit_unlike_real_ones_says_so(figures):
    tidy = replace(figures, purity_5=0.97, gardu_quartiles_off=1.2)
    assert tidy.faults() == [
        "purity_5 = 0.97",
        f"gardu_size_quartiles = {tidy.gardu_size_quartiles}",
    ]


# ------------------------------------------------------------------ the files


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("sample")
    make_sample(where, PARAMS)
    return where


def hashes(folder):
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def read(folder, pattern):
    files = sorted(folder.glob(pattern))
    return pd.concat([pd.read_csv(f, sep=";", dtype="str", keep_default_na=False) for f in files])


@pytest.fixture(scope="module")
def truth(folder):
    return pd.read_csv(folder / "truth/customers.csv", dtype={"idpel": "str"}).set_index("idpel")


@pytest.fixture(scope="module")
def planted(folder):
    return pd.read_csv(folder / "truth/planted.csv", dtype="str", keep_default_na=False)


@pytest.fixture(scope="module")
def pdpj(folder):
    rows = list(openpyxl.load_workbook(next(folder.glob("pdpj/*.xlsx"))).active.values)
    return pd.DataFrame(rows[1:], columns=rows[0]).fillna("").astype("str")


def of_kind(planted, *kinds):
    return set(planted.loc[planted["kind"].isin(kinds), "idpel"])


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(folder, tmp_path):
    make_sample(tmp_path / "again", PARAMS)
    assert hashes(tmp_path / "again") == hashes(folder)
    make_sample(
        tmp_path / "other", SampleParams(customers=1000, seed=3, errors=0.1, gardu_meters=True)
    )
    same = hashes(folder).items() & hashes(tmp_path / "other").items()
    assert {name.split("/")[0] for name, _ in same} == {"BACA_SAYA.txt", "kalender"}


def test_every_kind_of_error_is_planted(planted):
    assert set(planted["kind"]) >= {
        "gardu_tetangga", "gardu_acak", "blok_pindah", "ejaan_gardu", "salah_ketik_idpel", "ganda",
        "hanya_rbm", "hanya_pdpj", "catatan_lama", "dibaca_hari_lain", "pembaca_terburu",
        "stand_salah", "koordinat_tertukar", "koordinat_nol", "koordinat_tanda_hilang",
        "koordinat_di_luar", "koordinat_x_sama_y", "koordinat_dua_angka", "koordinat_titik_kantor",
        "log_sumbu_tertukar",
    }  # fmt: skip


def test_the_share_of_wrong_gardu_is_what_was_asked_for(planted):
    wrong = of_kind(planted, "gardu_tetangga", "gardu_acak", "blok_pindah")
    assert 0.08 <= len(wrong) / 1000 <= 0.125


def test_every_wrong_gardu_of_the_list_is_noted_and_every_note_is_true(planted, pdpj, truth):
    rows = pdpj[pdpj["IDPEL"].isin(truth.index)]
    said = one_spelling(rows["KODE_GARDU"].astype("str"))
    wrong = set(rows["IDPEL"][(said.to_numpy() != truth.loc[rows["IDPEL"], "gardu"].to_numpy())])
    noted = of_kind(planted, "gardu_tetangga", "gardu_acak", "blok_pindah", "ganda")
    assert wrong <= noted
    one = planted[planted["kind"].isin(["gardu_tetangga", "gardu_acak", "blok_pindah"])]
    assert one["idpel"].is_unique
    told = pdpj.set_index("IDPEL")["KODE_GARDU"]
    assert (told[one["idpel"]].to_numpy() == one["recorded"].to_numpy()).all()
    assert (truth.loc[one["idpel"], "gardu"].to_numpy() == one["true"].to_numpy()).all()


def test_strange_spellings_are_noted(planted, pdpj):
    strange = set(pdpj["IDPEL"][~pdpj["KODE_GARDU"].str.fullmatch(r"PD\d{4}")])
    assert strange == of_kind(planted, "ejaan_gardu")


def test_whoever_stands_in_one_list_only_is_noted(planted, pdpj, truth, folder):
    noted_typos = planted[planted["kind"] == "salah_ketik_idpel"]
    assert set(pdpj["IDPEL"]) - set(truth.index) == set(noted_typos["recorded"]) | of_kind(
        planted, "catatan_lama"
    )
    missing = set(truth.index) - set(pdpj["IDPEL"])
    assert missing == of_kind(planted, "hanya_rbm", "tanpa_pdpj") | set(noted_typos["idpel"])
    listed = set(read(folder, "dpm/*202412.csv").query("KODERBM != ''")["IDPEL"])
    expected = set(truth.index[~truth["prepaid"] & ~truth["pln"]])
    assert expected - listed == of_kind(planted, "hanya_pdpj")
    assert listed <= expected
    assert of_kind(planted, "hanya_rbm") <= expected


def test_doubles_are_noted(planted, pdpj):
    assert set(pdpj["IDPEL"][pdpj["IDPEL"].duplicated()]) == of_kind(planted, "ganda")


def test_every_far_or_impossible_position_is_noted(planted, folder, truth):
    told = gpd.read_file(next(folder.glob("gis/*.gpkg")), layer="pelanggan").set_index("IDPEL")
    middle = np.array([112.69, -7.65])
    lonlat = middle + truth[["x", "y"]].to_numpy() / [110_330, 110_600]
    true = pd.DataFrame(lonlat, truth.index, ["lon", "lat"]).loc[told.index]
    off = np.hypot(told["LONGITUDEX"] - true["lon"], told["LATITUDEY"] - true["lat"]) * 110_000
    kinds = [k for k in planted["kind"].unique() if k.startswith("koordinat_")]
    noted = of_kind(planted, *kinds)
    assert set(told.index[off > 60]) <= noted
    assert off.drop(list(noted)).max() < 60
    for kind in ("koordinat_nol", "koordinat_tertukar", "koordinat_di_luar", "koordinat_x_sama_y"):
        assert (off[list(of_kind(planted, kind))] > 1000).all(), kind


def test_readings_on_another_day_and_fallen_stands_are_noted(planted, folder):
    lists = read(folder, "dpm/*.csv").query("TGLBACA != '' and KODERBM != ''")
    dates = read(folder, "kalender/*.csv").set_index(["BLTH", "HARI_BACA"])["TANGGAL"]
    due = dates[list(zip(lists["BLTH"], lists["KODERBM"].str[-1], strict=True))].to_numpy()
    assert set(lists["IDPEL"][lists["TGLBACA"] != due]) == of_kind(planted, "dibaca_hari_lain")

    def number(column):
        return pd.to_numeric(column.str.replace(".", "").str.replace(",", "."))

    all_lists = read(folder, "dpm/*.csv")
    fell = number(all_lists["SAHLWBP"]) < number(all_lists["SLALWBP"])
    fell &= all_lists["LWBPCABUT"] == ""
    assert set(all_lists["IDPEL"][fell]) == of_kind(planted, "stand_salah")


def test_the_true_gardu_stands_in_no_file_of_the_field(planted, folder, truth):
    """Where the list says another gardu, no other file names the right one for the customer."""
    random_ones = planted[planted["kind"] == "gardu_acak"]
    for path in folder.rglob("*.csv"):
        if "truth" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        for idpel, right in zip(random_ones["idpel"], random_ones["true"], strict=True):
            for line in re.findall(rf"^.*{idpel}.*$", text, flags=re.M)[:3]:
                assert right not in line, path
    points = gpd.read_file(next(folder.glob("gis/*.gpkg")), layer="pelanggan")
    assert list(points.columns) == ["IDPEL", "LATITUDEY", "LONGITUDEX", "geometry"]


def test_no_file_of_the_field_says_what_was_planted(planted, folder):
    words = {k.encode() for k in planted["kind"].unique()} | {b"truth", b"planted", b"purity"}
    for path in folder.rglob("*"):
        if path.is_file() and "truth" not in path.parts:
            data = path.read_bytes()
            assert not [w for w in words if w in data], path


def test_what_was_measured_is_printed_beside_the_truth(folder):
    told = json.loads((folder / "truth/honesty.json").read_text(encoding="utf-8"))
    assert told["customers"] == 1000


def test_a_unit_without_errors_has_none(tmp_path):
    make_sample(tmp_path, SampleParams(customers=300, seed=1, errors=0))
    assert (tmp_path / "truth/planted.csv").read_text().strip() == "idpel,kind,recorded,true"
    rows = list(openpyxl.load_workbook(next(tmp_path.glob("pdpj/*.xlsx"))).active.values)
    told = pd.DataFrame(rows[1:], columns=rows[0]).set_index("IDPEL")["KODE_GARDU"]
    true = pd.read_csv(tmp_path / "truth/customers.csv", dtype="str").set_index("idpel")["gardu"]
    assert told.sort_index().to_dict() == true.sort_index().to_dict()


def test_the_files_say_that_they_are_invented(folder):
    assert "DATA CONTOH (REKAAN)" in (folder / "BACA_SAYA.txt").read_text(encoding="utf-8")


def test_dpm_is_written_as_the_field_writes_it(folder):
    path = next(folder.glob("dpm/*202405.csv"))
    rows = read(folder, "dpm/*202405.csv")
    assert ";" in path.read_text().splitlines()[0]
    assert rows["IDPEL"].str.fullmatch(r"\d{12}").all()
    assert rows["PEMKWH"].str.fullmatch(r"[\d.]+,\d\d|").all()
    assert not {"LAT", "LON", "GARDU", "KODE_GARDU"} & set(rows.columns)
    assert len(list(folder.glob("dpm/*.csv"))) == 12


@pytest.mark.parametrize(
    "wrong",
    [{"ulp": "513"}, {"customers": 10}, {"errors": 0.5}, {"prepaid": 1.0}, {"at": (500.0, 0.0)}],
)
def test_an_impossible_unit_is_refused_with_what_was_found(wrong):
    with pytest.raises(UsageError, match=next(iter(wrong))):
        SampleParams(**wrong)


def test_any_place_on_earth_will_do(tmp_path):
    made = make_sample(
        tmp_path, SampleParams(customers=300, seed=1, at=(-52.1, -28.1), ulp="AB12C")
    )
    assert made.customers == 300
    streets = gpd.read_file(next(tmp_path.glob("gis/*.gpkg")), layer="streets")
    assert streets.total_bounds[0] == pytest.approx(-52.1, abs=0.1)
