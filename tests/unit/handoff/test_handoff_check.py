"""R-CH-05: every handed-over change has one end, whatever comes back."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.frames import HANDED_OVER
from rbmgeo.handoff.check import check
from rbmgeo.terms import Returned


def handed(**rows):
    """idpel -> (before, after), each (rbm, urut, sisipan, gardu) or None."""
    nothing = (None, None, None, None)
    drawn = {i: (*(b or nothing), *(a or nothing)) for i, (b, a) in rows.items()}
    return pd.DataFrame.from_dict(
        drawn, orient="index", columns=list(HANDED_OVER.columns)
    ).rename_axis("idpel")


def returned(**rows):
    columns = ["rbm", "urut", "sisipan", "gardu"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("idpel")


OLD, NEW = ("A", 5, 0, "G1"), ("B", 7, 1, "G1")


def state(pair, now, **others):
    rows = returned(**({"a": now} if now else {}), **others)
    return check(handed(a=pair), rows).loc["a", "state"]


def test_the_five_ends():
    other = {"z": ("B", 1, 0, None), "y": ("A", 1, 0, None)}
    assert state((OLD, NEW), NEW) == Returned.APPLIED
    assert state((OLD, NEW), OLD) == Returned.NOT_APPLIED
    assert state((OLD, NEW), ("B", 8, 0, "G1")) == Returned.OTHER
    assert state((OLD, NEW), None, **other) == Returned.GONE
    assert state((OLD, NEW), None, x=("C", 1, 0, None)) == Returned.UNSEEN


def test_who_was_taken_off_is_applied_when_no_longer_listed():
    assert state((OLD, None), None, y=("A", 1, 0, None)) == Returned.APPLIED
    assert state((OLD, None), OLD) == Returned.NOT_APPLIED


def test_a_new_customer_who_does_not_come_back_was_not_applied():
    assert state((None, NEW), None, y=("B", 1, 0, None)) == Returned.NOT_APPLIED
    assert state((None, NEW), NEW) == Returned.APPLIED


def test_a_gardu_alone_is_seen_only_where_the_list_tells_it():
    pair = (OLD, ("A", 5, 0, "KA 1316"))
    assert state(pair, ("A", 5, 0, "ka-1316")) == Returned.APPLIED
    assert state(pair, ("A", 5, 0, None)) == Returned.UNSEEN


def test_a_list_that_leaves_out_this_place_alone_did_not_apply_it():
    pair = (("A", None, None, None), ("A", 5, 1, None))
    assert state(pair, ("A", None, None, None), z=("A", 1, 0, None)) == Returned.NOT_APPLIED


def test_a_list_without_urut_is_compared_by_rbm():
    assert state((OLD, NEW), ("B", None, None, None)) == Returned.APPLIED


def test_two_hundred_and_twelve_of_two_hundred_and_thirty():
    rows = {f"c{n:03d}": (OLD, ("B", n + 1, 0, "G1")) for n in range(230)}
    now = {i: (a if n < 212 else OLD) for n, (i, (_, a)) in enumerate(rows.items())}
    done = check(handed(**rows), returned(**now))
    assert done["state"].value_counts().to_dict() == {
        Returned.APPLIED: 212,
        Returned.NOT_APPLIED: 18,
    }


places = st.one_of(
    st.none(), st.tuples(st.sampled_from("AB"), st.integers(1, 3), st.integers(0, 1), st.just("G"))
)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(places, places, places), min_size=1))
def test_every_change_has_exactly_one_end(rows):
    done = check(
        handed(**{i: (b, a) for i, (b, a, _) in rows.items()}),
        returned(**{i: n for i, (_, _, n) in rows.items() if n}),
    )
    assert list(done.index) == list(rows)
    assert set(done["state"]) <= set(Returned)
