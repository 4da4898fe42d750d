"""Sums over RBM x gardu are those of the source, to the last digit, in any order."""

from decimal import Decimal

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.energy.per_gardu import (
    COUNTS,
    NO_GARDU,
    NO_RBM,
    REJECTED,
    load_of_gardu,
    totals,
    with_hours,
)
from rbmgeo.energy.stands import kwh

DIGITS = st.decimals(-(10**7), 10**7, places=6)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", NO_RBM]), st.sampled_from(["G1", "G2", NO_GARDU, REJECTED]), DIGITS,
        st.integers(0, 50_000), st.integers(0, 50_000),
    ),
    max_size=30,
)  # fmt: skip
KVA = pd.Series({"G1": 100.0, "G2": float("nan")})


def table(rows):
    frame = pd.DataFrame(
        [
            dict.fromkeys(COUNTS, 1)
            | {"rbm": r, "gardu": g, "kwh": k, "active_kwh": k / 2, "token_kwh": Decimal(0)}
            | {"daya_va": Decimal(va + more), "known_va": Decimal(va), "known_kwh": k}
            for r, g, k, va, more in rows
        ],
        columns=[
            "rbm",
            "gardu",
            *COUNTS,
            "kwh",
            "active_kwh",
            "token_kwh",
            "daya_va",
            "known_va",
            "known_kwh",
        ],
    )
    return frame.astype(dict.fromkeys(COUNTS, int))


@given(ROWS, st.randoms(use_true_random=False))
def test_gardu_and_the_rest_sum_to_the_source(rows, random):
    frame = table(rows)
    source = sum((k for _, _, k, *_ in rows), Decimal(0))
    per_gardu = load_of_gardu(frame, KVA, months=1, coverage_limit=0.8)
    rest = frame[frame["gardu"].isin([NO_GARDU, REJECTED])]
    assert totals(frame).kwh == source
    assert sum(per_gardu["kwh"], Decimal(0)) + sum(rest["kwh"], Decimal(0)) == source
    assert totals(frame).customers == len(rows)
    mixed = list(rows)
    random.shuffle(mixed)
    assert totals(table(mixed)) == totals(frame)
    again = load_of_gardu(table(mixed), KVA, months=1, coverage_limit=0.8)
    pd.testing.assert_frame_equal(per_gardu, again)


@given(ROWS)
def test_hours_are_missing_or_of_the_known(rows):
    got = with_hours(table(rows), coverage_limit=0.8)
    assert (got["hours"].isna() == (got["known_va"].astype(float) == 0)).all()
    assert got["coverage"].dropna().between(0, 1).all()
    assert got.loc[got["coverage"].isna(), "incomplete"].all()


@given(DIGITS, DIGITS, DIGITS, DIGITS)
def test_a_changed_meter_counts_both_parts(previous, removed, installed, stand):
    before = kwh(previous, removed)
    after = kwh(installed, stand)
    assert kwh(previous, stand, removed=removed, installed=installed) == before + after
