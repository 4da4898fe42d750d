"""Conservation of arrears: everybody who owes is in one state, nobody is invented, order is nothing."""

from datetime import date, timedelta

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.arrears.rules import ArrearsRules
from rbmgeo.arrears.states import OTHER, Known, states
from rbmgeo.terms import ArrearsState

PEOPLE = st.sampled_from("abcdef")
BEGIN = date(2026, 1, 1)
DAYS = st.integers(0, 400).map(lambda n: BEGIN + timedelta(days=n))
BILLS = st.lists(
    st.tuples(PEOPLE, st.integers(1, 12), st.none() | DAYS, st.none() | st.integers(0, 9)), max_size=30
)  # fmt: skip
ACTS = st.lists(st.tuples(PEOPLE, st.sampled_from(["putus", "sambung"]), DAYS, st.booleans()), max_size=20)  # fmt: skip
CHECKS = st.dictionaries(PEOPLE, st.tuples(DAYS, st.booleans()))
ORDERS = st.dictionaries(PEOPLE, DAYS)
RULES = st.builds(
    lambda cut, more, extra: ArrearsRules(cut_sheets=cut, other_sheets=cut + more, removal_sheets=cut + extra),
    st.integers(1, 3), st.integers(1, 3), st.integers(0, 3),
)  # fmt: skip


def table(told, column):
    index = pd.Index(list(told), name="idpel", dtype="str")
    return pd.DataFrame({column: list(told.values())}, index=index)


def known(bills, acts, checks, orders, gone=frozenset()):
    rows = [(i, f"2026{m:02d}", paid, None, told, BEGIN) for i, m, paid, told in bills]
    done = [
        (i, kind, pd.Timestamp(on, tz="UTC"), on, valid, f"{i}{kind}{on}{valid}")
        for i, kind, on, valid in acts
    ]
    said = table({i: on for i, (on, _) in checks.items()}, "on")
    return Known(
        pd.DataFrame(rows, columns=["idpel", "blth", "paid_on", "status_code", "told", "known_on"]),
        pd.DataFrame(done, columns=["idpel", "kind", "at", "on", "valid", "client_id"]),
        said.assign(paid=[paid for _, paid in checks.values()]), table(orders, "due_on"),
        table({}, "due_on"), gone=gone,
    )  # fmt: skip


@given(BILLS, ACTS, CHECKS, ORDERS, DAYS, RULES)
def test_who_owes_is_in_exactly_one_state_and_nobody_else_is_there(bills, acts, checks, orders, on, rules):  # fmt: skip
    found = states(known(bills, acts, checks, orders), on=on, rules=rules)
    assert found.index.is_unique and set(found["state"]) <= set(map(str, ArrearsState))
    owing = {i for i, _, paid, _ in bills if paid is None}
    standing = set(found.index[found["cut_on"].notna()])
    assert owing <= set(found.index) == owing | standing
    assert standing <= {i for i, kind, _, _ in acts if kind == "putus"}
    assert found["state"].value_counts().sum() == len(found)
    other = found[found["owner"] == OTHER]
    assert (other["sheets"] >= rules.other_sheets).all() and not other["ever_cut"].any()
    removal = found[found["state"] == ArrearsState.BOLEH_BONGKAR]
    assert (removal["sheets"] >= rules.removal_sheets).all()
    assert (removal["days_cut"] >= rules.removal_days).all()


@given(BILLS, ACTS, CHECKS, ORDERS, DAYS, st.randoms(use_true_random=False))
def test_the_order_in_which_things_became_known_makes_no_difference(bills, acts, checks, orders, on, turn):  # fmt: skip
    one = states(known(bills, acts, checks, orders), on=on, rules=ArrearsRules())
    turn.shuffle(bills)
    turn.shuffle(acts)
    pd.testing.assert_frame_equal(one, states(known(bills, acts, checks, orders), on=on, rules=ArrearsRules()))  # fmt: skip
