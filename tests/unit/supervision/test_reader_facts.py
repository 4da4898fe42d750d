"""Facts of readers: each of something, with its interval; no rank, no sum, nothing made up."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.labels import text
from rbmgeo.labels.reader_facts import READER_FACTS
from rbmgeo.sampling.estimate import wilson, wilson_many
from rbmgeo.supervision.reader_facts import COUNTS, INNOCENT, Fact, reader_facts, trend


def counts(**officers):
    """Rows of counts: officer=(customers, read, dated, on_day, no_access, odd, self_read)."""
    rows = [(officer, *told) for officer, told in officers.items()]
    return pd.DataFrame(rows, columns=["officer", *COUNTS])


def checks(*rows):
    return pd.DataFrame(rows, columns=["officer", "seen", "wrong", "kind"])


def cell(table, officer, fact):
    return table[(table["officer"] == officer) & (table["fact"] == str(fact))].iloc[0]


def test_each_fact_says_of_how_many_and_within_which_interval():
    """R-SA-15: 1 of 50 is 0.35 to 10.5 %."""
    table = reader_facts(counts(P1=(500, 480, 400, 390, 12, 3, 48)), checks(("P1", 50, 1, "foto")))
    told = {f: (cell(table, "P1", f)["hits"], cell(table, "P1", f)["of"]) for f in Fact}
    assert told == {
        Fact.READ: (480, 500), Fact.ON_DAY: (390, 400), Fact.NO_ACCESS: (12, 500), Fact.ODD: (3, 500),
        Fact.SELF_READ: (48, 480), Fact.PHOTO: (1, 50), Fact.FIELD: (0, 0),
    }  # fmt: skip
    photo = cell(table, "P1", Fact.PHOTO)
    assert (round(100 * photo["low"], 2), round(100 * photo["high"], 1)) == (0.35, 10.5)
    field = cell(table, "P1", Fact.FIELD)
    assert np.isnan([field["share"], field["low"], field["high"]]).all(), "nobody looked: no share"


def test_the_order_is_that_of_the_codes_however_the_facts_fall():
    table = reader_facts(counts(P2=(10, 1, 1, 0, 9, 0, 0), P1=(10, 10, 10, 10, 0, 0, 0), P10=(10, 5, 5, 5, 0, 0, 0)))  # fmt: skip
    assert list(table["officer"].unique()) == ["P1", "P10", "P2"]
    assert list(table[table["officer"] == "P1"]["fact"]) == [str(f) for f in Fact]
    assert not {"rank", "score", "total"} & set(table.columns), "nothing is summed over facts"


def test_who_was_only_checked_and_who_was_only_read_both_stand():
    table = reader_facts(counts(P1=(10, 9, 0, 0, 0, 0, 0)), checks(("P9", 4, 1, "lapangan"), ("P9", 6, 0, "lapangan")))  # fmt: skip
    assert list(table["officer"].unique()) == ["P1", "P9"]
    assert tuple(cell(table, "P9", Fact.FIELD)[["hits", "of"]]) == (1, 10)
    assert np.isnan(cell(table, "P9", Fact.READ)["share"])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (checks(("P1", 5, 1, "telepon")), "telepon"),
        (checks(("P1", 5, 6, "foto")), "more stands differ"),
    ],
    ids=["kind", "wrong"],
)
def test_checks_that_cannot_be_are_refused(given, says):
    with pytest.raises(ValueError, match=says):
        reader_facts(counts(P1=(1, 1, 0, 0, 0, 0, 0)), given)


def test_an_officer_twice_is_refused():
    twice = pd.concat([counts(P1=(1, 1, 0, 0, 0, 0, 0))] * 2)
    with pytest.raises(ValueError, match="twice"):
        reader_facts(twice)


def test_a_year_is_judged_by_the_officers_own_months_alone():
    months = {f"2024{m:02d}": reader_facts(counts(P1=(400, 392 if m < 12 else 300, 0, 0, 0, 0, 0), P2=(400, 100, 0, 0, 0, 0, 0))) for m in range(1, 13)}  # fmt: skip
    year = trend(months, "P1")
    read = year[year["fact"] == str(Fact.READ)]
    assert list(read["blth"]) == sorted(months)
    assert read["middle"].iloc[0] == pytest.approx((11 * 392 + 300) / 4800)
    assert read[read["outside"]]["blth"].tolist() == ["202412"]


def test_a_year_of_few_months_has_no_limits_and_a_month_without_him_is_not_known():
    months = {f"2024{m:02d}": reader_facts(counts(P1=(9, 8, 0, 0, 0, 0, 0))) for m in range(1, 4)}
    months["202404"] = reader_facts(counts(P2=(9, 9, 0, 0, 0, 0, 0)))
    year = trend(months, "P1")
    read = year[year["fact"] == str(Fact.READ)].set_index("blth")
    assert read["low"].isna().all() and not read["outside"].any()
    assert read.loc["202404", "of"] == 0 and np.isnan(read.loc["202404", "value"])


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=20))
def test_many_intervals_are_those_of_one_by_one(pairs):
    wrong, seen = [min(a, b) for a, b in pairs], [max(a, b) for a, b in pairs]
    bounds = wilson_many(wrong, seen)
    for (low, high), k, n in zip(bounds, wrong, seen, strict=True):
        assert (low, high) == pytest.approx(wilson(k, n), abs=1e-9)


@given(st.permutations(["P3", "P1", "P2"]))
def test_the_order_of_the_rows_makes_no_difference(order):
    rows = {
        "P1": (10, 9, 8, 7, 1, 0, 0),
        "P2": (20, 9, 8, 7, 1, 0, 0),
        "P3": (30, 9, 8, 7, 1, 0, 0),
    }
    told = reader_facts(counts(**{o: rows[o] for o in order}), checks(*[(o, 5, 1, "foto") for o in order]))  # fmt: skip
    pd.testing.assert_frame_equal(told, reader_facts(counts(**rows), checks(*[(o, 5, 1, "foto") for o in rows])))  # fmt: skip


@pytest.mark.parametrize("fact", list(Fact), ids=[str(f) for f in Fact])
def test_each_fact_has_its_words_and_an_innocent_explanation(fact):
    for lang in ("id", "en"):
        for key in (f"reader.{fact}", f"reader.of.{fact}", f"innocent.{INNOCENT[fact]}"):
            assert text(key, lang)


def test_no_word_of_the_facts_accuses():
    told = " ".join(w for pair in READER_FACTS.values() for w in pair).lower()
    assert not re.search(r"curang|malas|buruk|terburuk|cheat|lazy|bad |worst|fraud|\bsalah\b", told)
