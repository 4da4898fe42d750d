"""The classes of R-MA-01, first match wins, and what makes a gardu plausible (R-MA-02 to 07)."""

import pandas as pd
import pytest
from drawn import customers, gardu, pdpj, points, rbm_list

from rbmgeo.errors import CrsError, FrameError
from rbmgeo.matching.compare import CompareParams, compare, home_rbms
from rbmgeo.settings import UnitSettings

SITES = {"G1": (0.0, 0.0), "G2": (400.0, 0.0)}


def row(n, x=0.0, *, prefix="c", step=10.0):
    """N houses in a line, by idpel."""
    return {f"{prefix}{k}": (x + k * step, 10.0) for k in range(n)}


def matched(places, rbms, records, **columns):
    lines = records if isinstance(records, pd.DataFrame) else pdpj(records)
    listed = rbms if isinstance(rbms, pd.DataFrame) else rbm_list(rbms)
    return compare(customers(places, **columns), listed, lines, gardu(SITES))


def test_neighbours_on_one_gardu_agree():
    places = row(6)
    got = matched(places, dict.fromkeys(places, "A"), dict.fromkeys(places, "G1"))
    assert set(got["match"]) == {"selaras"}


def test_two_houses_swapped_between_two_gardu_are_both_found():
    """The constructed case of R-MA-02."""
    places = row(8) | row(8, 350, prefix="d")
    records = {i: ("G1" if i[0] == "c" else "G2") for i in places} | {"c3": "G2", "d3": "G1"}
    got = matched(places, dict.fromkeys(places, "A"), records)
    assert got.index[got["match"] == "perlu_survei"].tolist() == ["c3", "d3"]


def test_everybody_of_either_list_is_in_exactly_one_class():
    places = row(7)
    rbms = [("c0", "A"), ("c1", "A"), ("c1", "B"), ("c2", "A"), ("c9", "A")]
    records = [("c0", "G1"), ("c1", "G1"), ("c3", "G1"), ("c4", "G1"), ("c4", "G2"), ("c8", "G1")]
    got = matched(places, rbm_list(rbms), pdpj(records))
    assert got["match"].to_dict() == {
        "c0": "selaras", "c1": "ganda", "c2": "hanya_rbm", "c3": "hanya_pdpj", "c4": "ganda",
        "c8": "hanya_pdpj", "c9": "hanya_rbm",
    }  # fmt: skip


def test_a_line_that_names_neither_gardu_nor_rbm_loses_nobody():
    got = matched(row(2), {"c0": None, "c1": "A"}, {"c1": "G1", "c7": None})
    assert got.index.tolist() == ["c0", "c1", "c7"]
    assert got.loc[["c0", "c7"], "match"].tolist() == ["hanya_rbm", "hanya_rbm"]
    named = matched(row(1), {"c0": "A"}, pdpj([("c0", None), ("c0", "G1")]))
    assert named.loc["c0", "gardu"] == "G1"


def test_a_record_in_conflict_is_ganda_even_on_one_gardu():
    places = row(4)
    lines = pdpj([("c0", "G1"), ("c0", "G1"), ("c1", "G1")], conflict=[True, True, False])
    got = matched(places, dict.fromkeys(places, "A"), lines)
    assert got.loc["c0", "match"] == "ganda"


def test_a_gardu_column_in_the_rbm_list_decides_by_itself():
    listed = rbm_list([("c0", "A", "G1"), ("c1", "A", "G2"), ("c2", "A", None)])
    got = matched(row(3), listed, {"c0": "G1", "c1": "G1", "c2": "G1"})
    assert got["match"].tolist()[:2] == ["cocok", "beda_gardu"]
    assert got.loc["c2", "match"] in ("selaras", "perlu_survei")


def test_a_hundred_prepaid_customers_alone_raise_no_finding():
    places = row(100)
    got = matched(
        places, {"x": "A"}, dict.fromkeys(places, "G1"), jenis_layanan="pra", dibaca_oleh="tidak"
    )
    assert set(got.loc[list(places), "match"]) == {"tidak_dibaca_vendor"}
    assert set(got.loc[list(places), "reason"]) == {"wajar_pra"}


def test_a_prepaid_customer_on_an_rbm_is_warned_of():
    got = matched(
        row(2), {"c0": "A"}, {"c0": "G1", "c1": "G1"}, jenis_layanan=["pra", "pasca"],
        dibaca_oleh=["tidak", "pln"],
    )  # fmt: skip
    assert got["reason"].tolist() == ["R-PR-02", "wajar_pln"]
    assert set(got["match"]) == {"tidak_dibaca_vendor"}


@pytest.mark.parametrize(("away", "votes", "match"), [
    (349.0, 3, "selaras"), (351.0, 3, "perlu_survei"), (351.0, 5, "selaras"), (1001.0, 5, "perlu_survei"),
])  # fmt: skip
def test_a_gardu_beyond_350_metres_needs_every_neighbour_and_beyond_1000_a_visit(
    away, votes, match
):
    ring = [(away, 5.0), (away, -5.0), (away + 6, 0.0), (away - 6, 0.0), (away, 9.0)]
    places = {"c0": (away, 0.0)} | {f"n{k}": p for k, p in enumerate(ring)}
    records = {"c0": "G1"} | {f"n{k}": "G1" if k < votes else "G2" for k in range(5)}
    got = matched(places, dict.fromkeys(places, "A"), records)
    assert got.loc["c0", "match"] == match


def test_one_deret_or_pole_mate_on_the_same_gardu_is_enough():
    places = {"c0": (0.0, 0.0), "c1": (2.0, 0.0)} | row(6, 4, prefix="d", step=1)
    records = {i: ("G1" if i[0] == "c" else "G2") for i in places}
    for column in ("deret", "tiang"):
        said = [("S1" if i[0] == "c" else f"S-{i}") for i in places]
        got = matched(places, dict.fromkeys(places, "A"), pdpj(records, **{column: said}))
        assert got.loc[["c0", "c1"], "match"].tolist() == ["selaras"] * 2, column


@pytest.mark.parametrize("columns", [{"deret": "S1"}, {"tiang": "T1", "jurusan": "A"}])
def test_mates_that_must_have_one_gardu_and_have_two_all_go_to_survey(columns):
    """R-MA-07."""
    places = row(6)
    records = dict.fromkeys(places, "G1") | {"c5": "G2"}
    lines = pdpj(records, **columns)
    got = matched(places, dict.fromkeys(places, "A"), lines)
    assert set(got["match"]) == {"perlu_survei"}


def test_a_deret_numbered_anew_on_every_pole_is_another_deret():
    places = row(6) | row(6, 400, prefix="d")
    records = {i: ("G1" if i[0] == "c" else "G2") for i in places}
    lines = pdpj(records, deret="1", tiang=["T1"] * 6 + ["T2"] * 6)
    assert set(matched(places, dict.fromkeys(places, "A"), lines)["match"]) == {"selaras"}


def test_a_pole_may_carry_two_gardu_in_two_directions():
    places = row(3) | row(3, 60, prefix="d")
    records = {i: ("G1" if i[0] == "c" else "G2") for i in places}
    lines = pdpj(records, tiang="T1", jurusan=["A"] * 3 + ["B"] * 3)
    assert set(matched(places, dict.fromkeys(places, "A"), lines)["match"]) == {"selaras"}


def test_who_has_no_point_is_judged_by_the_home_rbm_and_marked():
    places = row(5) | {"c9": None, "d9": None}
    rbms = dict.fromkeys(places, "A") | {"d9": "B"}
    got = matched(places, rbms, dict.fromkeys(places, "G1"))
    assert got.loc[["c9", "d9"], "match"].tolist() == ["selaras", "perlu_survei"]
    assert got["tanpa_koordinat"].sum() == 2
    assert got.index[got["home_rbm_differs"]].tolist() == ["d9"]


def test_a_tie_between_home_rbms_does_not_depend_on_row_order():
    both = pd.DataFrame({"gardu": ["G1"] * 4, "rbm": ["B", "A", "B", "A"]})
    assert home_rbms(both).to_dict() == home_rbms(both[::-1]).to_dict() == {"G1": "A"}


def test_a_unit_without_any_rbm_is_judged_by_place_alone():
    places = row(6)
    got = matched(places, rbm_list({}), dict.fromkeys(places, "G1"))
    assert set(got["match"]) == {"selaras"}


def test_readers_that_said_code_d_mark_the_customer():
    places = row(2)
    got = compare(
        customers(places), rbm_list(dict.fromkeys(places, "A")), pdpj(dict.fromkeys(places, "G1")),
        gardu(SITES), code_d=pd.Index(["c1"]),
    )  # fmt: skip
    assert got["kode_d"].tolist() == [False, True]


def test_degrees_and_broken_tables_are_refused():
    places = row(2)
    listed, lines = rbm_list({"c0": "A"}), pdpj({"c0": "G1"})
    with pytest.raises(CrsError):
        compare(customers(places).to_crs(4326), listed, lines, gardu(SITES))
    with pytest.raises(FrameError, match="'urut' is missing"):
        compare(customers(places), listed.drop(columns="urut"), lines, gardu(SITES))


def test_params_refuse_nonsense_and_come_from_the_unit():
    with pytest.raises(ValueError, match="bands"):
        CompareParams(plausible_m=500, weak_m=400)
    with pytest.raises(ValueError, match="neighbours"):
        CompareParams(agreeing=6)
    assert CompareParams.of(UnitSettings(plausible_m=200)).plausible_m == 200


def test_a_survey_decides_before_any_neighbour():
    """R-MA-10: it stands against three of five neighbours, and for a house that has none."""
    places = row(6)
    records = dict.fromkeys(places, "G1") | {"c2": "G2"}
    found = pd.Series({"c2": "G2", "c4": "G2"})
    got = compare(
        customers(places), rbm_list(dict.fromkeys(places, "A")), pdpj(records), gardu(SITES),
        surveyed=found,
    )  # fmt: skip
    assert got.loc[["c2", "c4"], "match"].tolist() == ["selaras", "perlu_survei"]


@pytest.mark.parametrize(
    ("away", "deret", "match"),
    [
        (30, None, "selaras"), (60, None, "selaras"), (61, None, "perlu_survei"),
        (89, "1", "selaras"), (91, "1", "perlu_survei"), (119, "2", "selaras"),
        (91, "DR-77", "perlu_survei"), (91, "20231", "perlu_survei"),
    ],
)  # fmt: skip
def test_a_pole_too_far_away_is_surveyed_and_a_deret_adds_a_drop_a_step(away, deret, match):
    """R-MA-06: 30 m plausible, over 60 m survey; a deret may add 30 m a step."""
    places = row(6)
    lines = pdpj(dict.fromkeys(places, "G1"), tiang=["T9", *[None] * 5], deret=[deret, *[None] * 5])
    poles = points({"T9": (0.0, 10.0 + away)}).rename_axis("tiang")
    got = compare(
        customers(places), rbm_list(dict.fromkeys(places, "A")), lines, gardu(SITES), poles=poles
    )
    assert got.loc["c0", "match"] == match
    assert set(got["match"].drop("c0")) == {"selaras"}


def test_pole_bands_are_settings_of_the_unit():
    params = CompareParams.of(UnitSettings(pole_plausible_m=20, pole_survey_m=45))
    assert (params.pole_plausible_m, params.pole_survey_m) == (20, 45)
    with pytest.raises(ValueError, match="pole bands"):
        CompareParams(pole_plausible_m=70)


def test_a_prepaid_customer_listed_twice_is_not_excused_as_prepaid():
    """Two classes in one sentence would contradict each other."""
    got = matched(row(2), {}, pdpj([("c0", "G1"), ("c0", "G2"), ("c1", "G1")]),
                  jenis_layanan="pra", dibaca_oleh="tidak")  # fmt: skip
    assert got["match"].tolist() == ["ganda", "tidak_dibaca_vendor"]
    assert got["reason"].fillna("").tolist() == ["", "wajar_pra"]
