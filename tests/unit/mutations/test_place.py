"""A place for a newcomer: between its neighbours, nobody renumbered, and said why."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.mutations.place import from_list, propose

NOTHING = {"rbm": None, "urut": None, "sisipan": None, "list_gardu": None, "gardu": None,
           "tiang": None, "deret": None, "x": float("nan"), "y": float("nan")}  # fmt: skip


def street(n=10, rbm="A", gardu="G1", y=0.0):
    """Houses 10 m apart along one street, read in that order."""
    index = pd.Index([f"{rbm}{i:03d}" for i in range(n)], name="idpel")
    members = pd.DataFrame({"rbm": rbm, "urut": range(1, n + 1), "sisipan": 0}, index=index)
    known = pd.DataFrame(
        {"gardu": gardu, "tiang": None, "deret": None, "x": [10.0 * i for i in range(n)], "y": y},
        index=index,
    )
    return members, known


def both(*streets):
    return pd.concat([s[0] for s in streets]), pd.concat([s[1] for s in streets])


def new(**rows):
    frame = pd.DataFrame.from_dict(
        {i: NOTHING | v for i, v in rows.items()}, orient="index", columns=list(NOTHING)
    )
    return frame.rename_axis("idpel")


def placed(rows, i):
    return (rows.loc[i, "rbm"], rows.loc[i, "urut"], rows.loc[i, "sisipan"])


def keys(rows, i):
    return [e["key"] for e in rows.loc[i, "evidence"]]


def test_a_house_between_two_others_is_read_between_them():
    rows = propose(new(n={"x": 35.0, "y": 1.0}), *street())
    assert placed(rows, "n") == ("A", 4, 1)
    assert rows.loc["n", "gardu"] == "G1"
    assert keys(rows, "n") == [
        "mutation.neighbours_rbm", "mutation.between", "mutation.gardu_neighbours",
    ]  # fmt: skip


def test_two_new_houses_in_one_gap_get_two_places_in_walking_order():
    rows = propose(new(a={"x": 33.0, "y": 0.0}, b={"x": 36.0, "y": 0.0}), *street())
    assert placed(rows, "a") == ("A", 4, 1)
    assert placed(rows, "b") == ("A", 4, 2)


def test_behind_the_last_house_the_next_number():
    assert placed(propose(new(n={"x": 120.0, "y": 0.0}), *street()), "n") == ("A", 11, 0)


def test_the_list_decides_the_rbm_where_neighbours_do_not_speak_against_it():
    lists = both(street(), street(rbm="B", y=20.0))
    rows = propose(new(n={"x": 35.0, "y": 12.0, "rbm": "A"}), *lists)
    assert rows.loc["n", "rbm"] == "A"


def test_all_neighbours_near_by_speak_against_the_list():
    lists = both(street(), street(rbm="B", y=5000.0))
    rows = propose(new(n={"x": 35.0, "y": 1.0, "rbm": "B"}), *lists)
    assert rows.loc["n", "rbm"] == "A"
    assert "mutation.neighbours_against" in keys(rows, "n")


def test_a_free_kddk_of_the_list_is_kept():
    rows = propose(new(n={"rbm": "A", "urut": 4, "sisipan": 1}), *street())
    assert placed(rows, "n") == ("A", 4, 1)
    assert keys(rows, "n")[-2:] == ["mutation.list_kddk", "mutation.gardu_kddk"]


def test_a_taken_kddk_of_the_list_leads_right_behind_it():
    rows = propose(new(n={"rbm": "A", "urut": 4, "sisipan": 0}), *street())
    assert placed(rows, "n") == ("A", 4, 1)
    assert "mutation.behind_kddk" in keys(rows, "n")


def test_a_kddk_far_from_the_house_is_not_believed():
    members, known = street(100)
    rows = propose(
        new(n={"rbm": "A", "urut": 2, "sisipan": 1, "x": 905.0, "y": 0.0}), members, known
    )
    assert placed(rows, "n") == ("A", 91, 1)


def test_without_a_point_the_pole_decides():
    members, known = street()
    known.loc["A005", "tiang"] = "T7"
    rows = propose(new(n={"tiang": "T7"}), members, known)
    assert placed(rows, "n") == ("A", 6, 1)
    assert keys(rows, "n") == [
        "mutation.same_tiang_rbm",
        "mutation.behind_mate",
        "mutation.gardu_tiang",
    ]


def test_without_point_list_or_pole_nothing_is_proposed_and_the_next_step_said():
    rows = propose(new(n={}), *street())
    assert rows.loc["n", ["rbm", "urut", "gardu"]].isna().all()
    assert rows.loc["n", "next_step"] == "mutation.help_point"


def test_a_house_far_from_everybody_says_another_next_step():
    rows = propose(new(n={"x": 9000.0, "y": 0.0}), *street())
    assert rows.loc["n", "next_step"] == "mutation.help_far"


def test_a_full_number_is_said_and_nothing_proposed():
    members = pd.DataFrame(
        {"rbm": "A", "urut": [5] * 100 + [6], "sisipan": [*range(100), 0]},
        index=pd.Index([f"m{i:03d}" for i in range(101)], name="idpel"),
    )
    known = pd.DataFrame(
        {"gardu": "G", "tiang": None, "deret": None, "x": [float(i) for i in range(101)], "y": 0.0},
        index=members.index,
    )
    rows = propose(new(n={"x": 50.5, "y": 0.0}), members, known)
    assert pd.isna(rows.loc["n", "urut"])
    assert rows.loc["n", "next_step"] == "mutation.help_full"
    assert "mutation.full" in keys(rows, "n")


def test_an_rbm_that_nobody_knows_yet_begins_with_the_listed_place():
    rows = propose(new(n={"rbm": "NEW", "urut": 7, "sisipan": 0}), *street())
    assert placed(rows, "n") == ("NEW", 7, 0)


def test_neighbours_of_two_gardu_in_equal_parts_propose_none():
    members, known = street(4)
    known["gardu"] = ["G1", "G2", "G1", "G2"]
    rows = propose(new(n={"x": 15.0, "y": 0.0}), members, known)
    assert pd.isna(rows.loc["n", "gardu"])
    assert rows.loc["n", "next_step"] == "mutation.help_gardu"


def test_an_own_record_outranks_the_neighbours():
    assert propose(new(n={"x": 35.0, "y": 0.0, "gardu": "G9"}), *street()).loc["n", "gardu"] == "G9"


@given(
    st.lists(st.tuples(st.integers(-50, 150), st.integers(-30, 30)), min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(1, 20), st.integers(0, 99)), max_size=20),
)
def test_nobody_shares_a_place_and_nobody_is_lost(points, listed):
    members, known = street()
    rows = {f"n{i:02d}": {"x": float(x), "y": float(y)} for i, (x, y) in enumerate(points)}
    rows |= {f"k{i:02d}": {"rbm": "A", "urut": u, "sisipan": s} for i, (u, s) in enumerate(listed)}
    done = propose(new(**rows), members, known)
    assert set(done.index) == set(rows)
    given_ = done.dropna(subset=["urut"])
    every = pd.concat([members, given_[["rbm", "urut", "sisipan"]]])
    assert not every.duplicated(["rbm", "urut", "sisipan"]).any()
    assert given_["urut"].between(1, 999).all() and given_["sisipan"].between(0, 99).all()
    assert done[done["urut"].isna()]["next_step"].notna().all()


def test_a_list_becomes_places_and_nobody_with_a_place_loses_it():
    listed = pd.DataFrame(
        {"rbm": ["A", "A", "A", "A", "B"], "urut": [1, 2, 2, None, None], "sisipan": [0, 0, 0, None, None]},
        index=pd.Index(list("abcde"), name="idpel"),
    )  # fmt: skip
    done = from_list(listed)
    assert done.loc["a"].tolist() == ["A", 1, 0]
    assert done.loc["b"].tolist() == ["A", 2, 0]
    assert done.loc["c"].tolist() == ["A", 3, 0]
    assert done.loc["d"].tolist() == ["A", 4, 0]
    assert done.loc["e"].tolist() == ["B", 1, 0]


@pytest.mark.parametrize("n", [1, 1500])
def test_a_list_without_any_place_is_numbered_as_it_stands(n):
    listed = pd.DataFrame(
        {"rbm": "A", "urut": None, "sisipan": None},
        index=pd.Index([f"{i:05d}" for i in range(n)], name="idpel"),
    )
    assert len(from_list(listed)) == n
