"""R-SA-20, R-SB-03: when a gardu is seen enough, and where an error leads."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.sampling.hypergeometric import chance_to_accept, more_to_see, most_left, smallest_sample
from rbmgeo.survey.stopping import after_errors, stopping


@pytest.mark.parametrize(("lot", "wrong", "size"), [(40, 4, 17), (100, 10, 20), (100, 5, 37),
                                                    (250, 25, 21)])  # fmt: skip
def test_the_samples_of_the_rule_book(lot, wrong, size):
    assert smallest_sample(lot, wrong) == size
    assert more_to_see(lot, 0, 0, wrong) == size


@given(st.integers(1, 120), st.data())
def test_what_is_seen_and_found_never_asks_for_more_than_there_is(lot, data):
    sample = data.draw(st.integers(0, lot))
    found = data.draw(st.integers(0, sample))
    more = more_to_see(lot, sample, found, max(1, lot // 20))
    left = most_left(lot, sample, found)
    assert 0 <= more <= lot - sample
    assert 0 <= left <= lot - sample
    assert chance_to_accept(lot, found + left, sample, found) > 0.1


def houses(**gardu):
    """Twenty houses a gardu, two on each pole, poles 40 m apart along a street."""
    rows, n = {}, 0
    for code, count in gardu.items():
        for _ in range(count):
            rows[f"{n:03d}"] = {"gardu": code, "tiang": f"T{n // 2}", "x": 20.0 * (n - n % 2),
                                "y": 0.0}  # fmt: skip
            n += 1
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("idpel")


def told(*rows):
    return pd.DataFrame(rows, columns=["idpel", "recorded", "wrong", "confirmed"])


def test_nothing_seen_is_not_enough_and_everything_seen_is():
    some = houses(G1=20, G2=4)
    seen = told(*[(i, "G2", False, False) for i in some.index[20:]])
    table = stopping(seen, some)
    assert table["next"].to_dict() == {"G1": "lanjut", "G2": "cukup"}
    assert table.loc["G2", ["left_most", "more"]].tolist() == [0, 0]
    assert table.loc["G1", "more"] > 10


def test_one_confirmed_error_looks_around_and_two_take_the_whole_gardu():
    some = houses(G1=20)
    one = told(("004", "G1", True, True))
    two = told(("004", "G1", True, True), ("010", "G1", True, True))
    assert stopping(one, some).loc["G1", "next"] == "sekitar"
    assert stopping(two, some).loc["G1", "next"] == "seluruh"
    around = after_errors(one, some)
    assert around["why"].to_dict() == {
        "005": "tiang_sama", "002": "tiang_dekat", "003": "tiang_dekat",
        "006": "tiang_dekat", "007": "tiang_dekat",
    }  # fmt: skip
    assert around.index[0] == "005"
    assert set(after_errors(two, some).index) == set(some.index) - {"004", "010"}


def test_an_error_that_nobody_confirmed_leads_nowhere():
    some = houses(G1=20)
    seen = told(("004", "G1", True, False))
    assert after_errors(seen, some).empty
    assert stopping(seen, some).loc["G1", ["wrong", "confirmed", "next"]].tolist() == [
        1, 0, "lanjut",
    ]  # fmt: skip


def test_neighbours_of_another_gardu_are_looked_at_too():
    around = after_errors(told(("003", "G1", True, True)), houses(G1=4, G2=4))
    assert around.loc["004", ["error", "why"]].tolist() == ["G1", "tiang_dekat"]


def test_without_answers_there_is_nobody_to_visit_first():
    some = houses(G1=4)
    assert after_errors(told(), some).empty
    assert stopping(told(), some)["surveyed"].tolist() == [0]


def test_houses_without_pole_or_place_are_left_where_they_are():
    some = houses(G1=6)
    some.loc[["004", "005"], "tiang"] = None
    some.loc[["001", "005"], ["x", "y"]] = float("nan")
    around = after_errors(told(("000", "G1", True, True), ("004", "G1", True, False)), some)
    assert around["why"].to_dict() == {
        "001": "tiang_sama", "002": "tiang_dekat", "003": "tiang_dekat",
    }  # fmt: skip
    bare = some.assign(tiang=None, x=float("nan"), y=float("nan"))
    assert after_errors(told(("000", "G1", True, True)), bare).empty
