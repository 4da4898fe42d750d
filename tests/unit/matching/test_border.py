"""Customers near a neighbour's gardu: nearer by the margin, within reach, ties by code."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.matching.border import BorderParams, border_candidates
from rbmgeo.matching.unit_moves import MoveState, MoveStep, may_step, move_state, tells_of_somebody

PARAMS = BorderParams(within_m=300, margin_m=50)


def people(*rows):
    names = ["idpel", "x", "y", "gardu", "gardu_x", "gardu_y"]
    return pd.DataFrame(rows, columns=names).set_index("idpel")


def gardu(*rows):
    return pd.DataFrame(rows, columns=["ulp", "gardu", "x", "y"])


@pytest.mark.parametrize(
    ("own", "other", "asked"),
    [
        (200.0, 150.0, True),
        (200.0, 150.2, False),
        (500.0, 300.0, True),
        (500.0, 300.2, False),
        (40.0, 0.0, False),
    ],
)
def test_a_customer_is_asked_about_when_the_neighbour_is_nearer_by_the_margin(own, other, asked):
    found = border_candidates(
        people(("1", 0.0, 0.0, "A1", own, 0.0)), gardu(("B", "B1", -other, 0.0)), PARAMS
    )
    assert list(found.index) == (["1"] if asked else [])


def test_both_distances_and_both_gardu_are_told():
    found = border_candidates(
        people(("1", 0.0, 0.0, "A1", 300.0, 400.0)),
        gardu(("C", "C1", 100.0, 0.0), ("B", "B1", 0.0, 120.0)), PARAMS,
    )  # fmt: skip
    assert found.loc["1"].to_dict() == {
        "gardu": "A1", "own_m": 500.0, "other_ulp": "C", "other_gardu": "C1", "other_m": 100.0,
    }  # fmt: skip


def test_of_gardu_equally_near_the_first_by_unit_and_code_is_named():
    far = [("C", "C9", 0.0, 100.0), ("B", "B2", 100.0, 0.0), ("B", "B1", -100.0, 0.0)]
    for order in (far, far[::-1]):
        found = border_candidates(people(("1", 0.0, 0.0, "A1", 400.0, 0.0)), gardu(*order), PARAMS)
        assert found.loc["1", ["other_ulp", "other_gardu"]].tolist() == ["B", "B1"]


def test_who_has_no_place_or_no_placed_gardu_is_no_candidate():
    rows = people(("1", np.nan, np.nan, "A1", 900.0, 0.0), ("2", 0.0, 0.0, "A1", np.nan, np.nan))
    assert border_candidates(rows, gardu(("B", "B1", 1.0, 0.0)), PARAMS).empty
    assert border_candidates(rows, gardu(), PARAMS).empty


PLACES = st.tuples(*[st.integers(0, 600) for _ in range(4)])


@given(
    st.lists(PLACES, min_size=1, max_size=25), st.lists(st.tuples(st.integers(0, 600), st.integers(0, 600)), max_size=12),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_the_pass_says_what_all_pairs_say_in_any_order(houses, others, random):
    rows = people(
        *[
            (f"{i:03d}", float(x), float(y), "A1", float(a), float(b))
            for i, (x, y, a, b) in enumerate(houses)
        ]
    )
    table = gardu(*[("B", f"B{i:02d}", float(x), float(y)) for i, (x, y) in enumerate(others)])
    found = border_candidates(rows, table, PARAMS)
    for idpel, row in rows.iterrows():
        own = round(float(np.hypot(row.x - row.gardu_x, row.y - row.gardu_y)), 1)
        far = [round(float(np.hypot(row.x - o.x, row.y - o.y)), 1) for o in table.itertuples()]
        asked = bool(far) and min(far) <= 300 and min(far) + 50 <= own
        assert (idpel in found.index) == asked
        if asked:
            assert found.at[idpel, "other_gardu"] == table["gardu"][far.index(min(far))]
    shuffled = border_candidates(
        rows.sample(frac=1, random_state=random.randint(0, 9)), table.sample(frac=1, random_state=random.randint(0, 9)), PARAMS
    )  # fmt: skip
    pd.testing.assert_frame_equal(found, shuffled)


@pytest.mark.parametrize("told", [{"within_m": 0}, {"margin_m": -1}])
def test_nonsense_is_refused(told):
    with pytest.raises(ValueError, match="expected"):
        BorderParams(**told)


@pytest.mark.parametrize(
    ("steps", "seen", "state"),
    [([], False, "open"), (["accepted"], False, "accepted"), (["accepted"], True, "seen"),
     ([], True, "seen"), (["rejected"], True, "rejected"), (["withdrawn"], True, "withdrawn"),
     (["rejected", "reopened"], False, "open"), (["accepted", "reopened", "rejected"], False, "rejected")],
)  # fmt: skip
def test_a_state_comes_of_the_steps_and_of_what_the_other_unit_shows(steps, seen, state):
    assert move_state(steps, seen=seen) == state


def test_each_unit_takes_its_own_steps_only():
    allowed = {
        (s, t, other) for s in MoveState for t in MoveStep for other in (True, False) if may_step(s, t, by_other=other)
    }  # fmt: skip
    assert allowed == {
        ("open", "accepted", True), ("open", "rejected", True), ("open", "withdrawn", False),
        ("accepted", "reopened", True), ("rejected", "reopened", True), ("withdrawn", "reopened", False),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "told"),
    [("drop dari gardu sebelah", False), ("rumah siti aminah", True), ("Jl.  Kenanga 5", True),
     ("idpel 5135 4000 0006", True), ("0812-3456-7890", True), ("SPK 7 tahun 2024", False)],
)  # fmt: skip
def test_a_reason_for_another_unit_tells_of_nobody(reason, told):
    assert tells_of_somebody(reason, ("Siti Aminah", "Jl. Kenanga 5", None, "Jo")) is told
