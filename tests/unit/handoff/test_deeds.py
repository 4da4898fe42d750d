"""A deed of hand-over adds up, gardu by gardu, whatever changed."""

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.handoff.deeds import ENTERED, LEFT, MOVED, RENUMBERED, UNKNOWN, deed_tables
from rbmgeo.labels.spelled import day_in_words, spelled

PEOPLE = [f"{n:012d}" for n in range(12)]
places = st.dictionaries(
    st.sampled_from(PEOPLE), st.tuples(st.sampled_from("AB"), st.integers(1, 20)), max_size=12
)
gardus = st.dictionaries(
    st.sampled_from(PEOPLE), st.tuples(st.sampled_from(["G1", "G2", None]), st.sampled_from(["G1", "G2", None]))
)  # fmt: skip


def table(rows, columns):
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("idpel")


def drawn(after, before, said, kwh=None):
    members = table({i: (r, u, 0) for i, (r, u) in after.items()}, ["rbm", "urut", "sisipan"])
    source = table({i: (r, u, 0) for i, (r, u) in before.items()}, ["rbm", "urut", "sisipan"])
    gardu = table(said, ["gardu_before", "gardu_after"])
    read = pd.Series(kwh or {}, dtype=object).rename_axis("idpel")
    return deed_tables("A", members, source, gardu, read)


@given(
    places, places, gardus, st.dictionaries(st.sampled_from(PEOPLE), st.decimals(0, 999, places=2))
)
def test_before_and_entered_less_left_is_after_in_every_row_and_nobody_is_lost(after, before, said, kwh):  # fmt: skip
    done = drawn(after, before, said, kwh)
    t = done.per_gardu
    assert (t["before"] + t["entered"] - t["left"] == t["after"]).all()
    mine = [i for i, (r, _) in after.items() if r == "A"]
    was = [i for i, (r, _) in before.items() if r == "A"]
    assert (t["after"].sum(), t["before"].sum()) == (len(mine), len(was))
    assert sorted(done.customers.index) == sorted(mine)
    assert (done.kwh or 0) == sum((kwh[i] for i in mine if i in kwh), Decimal(0))
    counts = done.changes["change"].value_counts()
    assert counts.get(ENTERED, 0) == len(set(mine) - set(was))
    assert counts.get(LEFT, 0) == len(set(was) - set(mine))


def test_each_change_has_its_name():
    a, b, c, d, e = PEOPLE[:5]
    done = drawn(
        {a: ("A", 1), b: ("A", 2), c: ("A", 9), e: ("B", 1)}, {b: ("A", 2), c: ("A", 3), d: ("A", 4), e: ("A", 5)},
        {b: ("G1", "G2"), c: ("G1", "G1"), a: (None, "G1")},
    )  # fmt: skip
    assert done.changes["change"].to_dict() == {
        a: ENTERED,
        b: MOVED,
        c: RENUMBERED,
        d: LEFT,
        e: LEFT,
    }
    assert done.changes.loc[e, "rbm_after"] == "B"
    assert done.per_gardu.loc["G2", ["before", "entered", "left", "after"]].tolist() == [0, 1, 0, 1]
    assert done.per_gardu.loc[UNKNOWN, "left"] == 2
    assert done.kwh is None


@pytest.mark.parametrize(
    ("n", "words"),
    [
        (0, "nol"), (11, "sebelas"), (15, "lima belas"), (100, "seratus"), (1000, "seribu"),
        (343, "tiga ratus empat puluh tiga"), (21_100, "dua puluh satu ribu seratus"),
        (1_000_001, "satu juta satu"),
    ],
)  # fmt: skip
def test_numbers_are_spelled_as_indonesian_does(n, words):
    assert spelled(n) == words


def test_a_date_is_spelled_with_its_day():
    said = day_in_words(date(2026, 10, 23))
    assert (
        said
        == "Jumat, tanggal dua puluh tiga bulan Oktober tahun dua ribu dua puluh enam (23-10-2026)"
    )
    with pytest.raises(ValueError, match="-1"):
        spelled(-1)
