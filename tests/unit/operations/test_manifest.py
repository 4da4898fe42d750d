"""Two manifests: what differs is named, each time and only then."""

from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.errors import FrameError, UsageError
from rbmgeo.operations.manifest import Manifest, differences, files_of, tables_of, untouched

AT = datetime(2026, 11, 26, 19, tzinfo=UTC)
FACT = st.fixed_dictionaries({
    "rows": st.integers(0, 2**40), "sha256": st.text("0123456789abcdef", min_size=64, max_size=64),
    "columns": st.sampled_from(["ulp text", "a bigint, b text"]),
})  # fmt: skip
FACTS = st.dictionaries(st.sampled_from([f"public.t{n}" for n in range(6)]), FACT)


def tables(**told):
    return tables_of({
        f"public.{name}": {"rows": rows, "sha256": mark * 64, "columns": columns}
        for name, (rows, mark, columns) in told.items()
    })  # fmt: skip


def test_each_kind_of_difference_has_its_name():
    before = tables(a=(1, "a", "x int"), b=(2, "b", ""), c=(3, "c", ""), d=(4, "d", ""))
    after = tables(b=(2, "0", ""), c=(4, "c", ""), d=(4, "d", ""), e=(5, "e", ""))
    told = differences(before, after)
    assert told["what"].to_dict() == {
        "public.a": "missing", "public.b": "content", "public.c": "rows", "public.e": "new",
    }  # fmt: skip
    assert told.loc["public.c", ["before", "after"]].tolist() == [3, 4]
    assert pd.isna(told.loc["public.e", "before"])


def test_files_differ_by_bytes():
    before, after = ({"photos/a": {"bytes": n, "sha256": "0"}} for n in (1, 2))
    assert differences(files_of(before), files_of(after))["what"].tolist() == ["bytes"]


@given(FACTS, FACTS)
def test_only_equal_manifests_do_not_differ(one, other):
    told = differences(tables_of(one), tables_of(other))
    bare = [{k: (v["rows"], v["sha256"]) for k, v in f.items()} for f in (one, other)]
    wrong = {k for k in {*one, *other} if bare[0].get(k) != bare[1].get(k)}
    assert set(told.index) == wrong


@given(FACTS, st.sampled_from([None, "0052_arrears"]), st.randoms())
def test_a_manifest_is_read_as_it_was_written_whatever_the_order(facts, revision, chance):
    order = list(facts)
    chance.shuffle(order)
    made = [
        Manifest(AT, "1", revision, 7, "f", tables_of(f), files_of({}), ("x",)).text()
        for f in (facts, {k: facts[k] for k in order})
    ]
    assert made[0] == made[1]
    read = Manifest.of(made[0])
    assert read.text() == made[0]
    assert differences(read.tables, tables_of(facts)).empty
    assert read.rows == sum(f["rows"] for f in facts.values())


def test_a_column_that_came_leaves_the_old_ones_comparable_one_that_changed_does_not():
    before = tables(
        a=(1, "a", "k int #1, n numeric(10,2)"), b=(1, "b", "k int"), c=(1, "c", "k int"),
        d=(1, "d", "k int #1, m int"),
    )  # fmt: skip
    after = tables(
        a=(9, "x", "k int #1, m text, n numeric(10,2)"), b=(1, "b", "k bigint"),
        d=(1, "d", "k int #2, m int #1"),
    )  # fmt: skip
    assert untouched(before, after) == {"public.a": ("k", "n")}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"form": 2}', '{"form": 1}'])
def test_what_is_no_manifest_is_said_in_one_sentence(text):
    with pytest.raises(UsageError, match="rbmgeo backup") as told:
        Manifest.of(text)
    assert "manifes tidak terbaca" in told.value.indonesian


def test_a_manifest_keeps_its_contract():
    with pytest.raises(FrameError, match="sha256"):
        Manifest(AT, "1", None, 0, "", tables_of({}).drop(columns="sha256"), files_of({}))
