"""SOP IV.1: sums keep their customers."""

import pandas as pd
import pytest
from drawn import customers, pdpj, points, rbm_list

from rbmgeo.matching.evaluate import (
    NO_GARDU,
    NO_RBM,
    alignment,
    alignment_summary,
    completeness,
    pairs,
    point_shares,
    route_outliers,
)
from rbmgeo.matching.lines import everybody


@pytest.fixture
def joined():
    people = customers(
        {"c1": (0, 0), "c2": None, "c3": (5, 5), "gone": (9, 9)}, active=[True, True, True, False],
        daya_va=[900.0, None, 900.0, 900.0], jenis_layanan=["pasca", "pasca", "pra", "pasca"],
    )  # fmt: skip
    return pairs(people, rbm_list({"c1": "A", "c2": "A", "x": "B"}), pdpj({"c1": "G1", "c3": "G1"}))


def test_everybody_active_or_listed_is_there_once(joined):
    assert joined.index.tolist() == ["c1", "c2", "c3", "x"]
    assert joined.loc["x", ["rbm", "gardu"]].tolist() == ["B", NO_GARDU]
    assert joined.loc["c3", "rbm"] == NO_RBM


@pytest.mark.parametrize("by", ["rbm", "gardu"])
def test_completeness_sums_to_everybody(joined, by):
    got = completeness(joined, by)
    assert got["customers"].sum() == 4
    assert got["with_point"].sum() == 2
    assert got["prepaid"].sum() == 1


def test_completeness_counts_what_is_missing(joined):
    got = completeness(joined, "rbm").loc["A"]
    assert (got["customers"], got["with_daya"], got["without_other"]) == (2, 1, 1)


def test_the_matrix_says_how_whole_a_gardu_is():
    people = customers({f"c{k}": (k, 0) for k in range(8)})
    rbms = dict(zip(people.index, "AAAABBBB", strict=True))
    records = {i: "G1" if k < 6 else "G2" for k, i in enumerate(people.index)}
    matrix = alignment(pairs(people, rbm_list(rbms), pdpj(records)))
    assert matrix["customers"].sum() == 8
    g1 = matrix.query("gardu == 'G1'").set_index("rbm")
    assert g1["share_of_gardu"].round(4).to_dict() == {"A": 0.6667, "B": 0.3333}
    assert alignment_summary(matrix) == {"purity": 0.75, "whole_gardu": 1, "fragments": 1}


def test_nothing_known_has_no_purity():
    matrix = alignment(pairs(customers({"c": None}), rbm_list({}), pdpj({})))
    assert matrix[["rbm", "gardu"]].to_numpy().tolist() == [[NO_RBM, NO_GARDU]]
    assert alignment_summary(matrix)["purity"] != alignment_summary(matrix)["purity"]


def test_points_are_counted_by_source_and_quality():
    people = customers(
        {"a": (0, 0), "b": None, "c": (1, 1)}, point_source=["gis", None, "gis"],
        coordinate_quality=["ok", "tanpa_koordinat", "ok"],
    )  # fmt: skip
    got = point_shares(people)
    assert got["customers"].sum() == 3
    assert got["point_source"].tolist() == ["gis", "tidak ada"]


def test_who_lies_two_kilometres_from_the_middle_of_his_route_is_an_outlier():
    """R-MA-09: from the median, so that one bad point does not shift the middle."""
    places = {f"c{k}": (10.0 * k, 0.0) for k in range(5)}
    places |= {"far": (2021.0, 0.0), "near": (2019.0, 0.0), "bad": (90_000.0, 0.0), "none": None}
    rbm = pd.Series(dict.fromkeys(places, "A") | {"other": "B", "bare": NO_RBM})
    # The median of 0, 10, 20, 30, 40, 2019, 2021 and 90,000 is 35.
    where = points(places | {"other": (90_000.0, 0.0), "bare": (0.0, 90_000.0)})
    assert route_outliers(rbm, where, limit_m=1985).tolist() == ["bad", "far"]
    assert route_outliers(rbm.iloc[:0], where).empty


def test_the_first_line_that_names_a_gardu_speaks_as_it_does_in_matching():
    people = customers({"c1": (0, 0)})
    got = pairs(people, rbm_list([("c1", "A")]), pdpj([("c1", None), ("c1", "G1")]))
    assert got.loc["c1", "gardu"] == "G1"


def test_customers_that_no_list_names_stand_in_order_as_well():
    assert everybody(pd.Index(["c2", "c1"]), pd.Index([], dtype="str")).tolist() == ["c1", "c2"]
    assert everybody(pd.Index(["b"]), pd.Index(["a"]), pd.Index(["b"])).tolist() == ["a", "b"]
