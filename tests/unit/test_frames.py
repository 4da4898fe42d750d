"""A table that breaks its contract is told all of it at once."""

import pandas as pd
import pytest

from rbmgeo import frames
from rbmgeo.errors import FrameError
from rbmgeo.frames import (
    PDPJ,
    RBM_LIST,
    Table,
    among,
    digits,
    in_order,
    joined,
    numbered,
    places,
    reindexed,
    stacked,
)


def test_a_table_that_keeps_its_promise_passes():
    frame = pd.DataFrame({c: ["x"] for c in PDPJ.columns}, index=pd.Index(["1"], name="idpel"))
    PDPJ.check(frame.assign(more=1))


def test_every_broken_promise_is_named():
    frame = pd.DataFrame({"gardu": ["a", "b"]}, index=pd.Index(["1", "1"], name="idpel"))
    with pytest.raises(
        FrameError, match=r"pdpj: .*'jurusan'.*'tiang'.*'deret'.*repeats, e\.g\. \['1'\]"
    ):
        PDPJ.check(frame)
    with pytest.raises(FrameError, match="index is None, not 'idpel'"):
        PDPJ.check(frame.reset_index(drop=True))


def test_where_rows_may_repeat_the_index_means_nothing():
    frame = pd.DataFrame({c: ["x", "y"] for c in RBM_LIST.columns}, index=[7, 7])
    RBM_LIST.check(frame)


@pytest.mark.parametrize(
    "table", [t for t in vars(frames).values() if isinstance(t, Table)], ids=lambda t: t.name
)
def test_an_empty_table_keeps_its_own_promise(table):
    table.check(table.empty())
    assert table.empty().empty


def test_texts_are_found_among_others_and_missing_ones_never_are():
    values = pd.Series(["a", None, "c"], dtype="str")
    assert among(values, ["c", "x", None]).tolist() == [False, False, True]
    assert among(pd.Index(["a", "b"]), []).tolist() == [False, False]
    assert among(values[:0], pd.Series(["a"])).tolist() == []


def test_texts_are_numbered_in_their_order_and_a_missing_one_is_an_error():
    numbers, names = numbered(pd.Series(["b", "a", "b"], dtype="str"))
    assert (numbers.tolist(), names.tolist()) == ([1, 0, 1], ["a", "b"])
    with pytest.raises(FrameError, match="1 of the texts"):
        numbered(pd.Series(["b", None], dtype="str"))


def test_rows_by_key_and_stacked_keep_every_row_and_their_categories():
    rows = pd.DataFrame({"k": ["b", "a", None], "n": [1, 2, 3]})
    assert in_order(rows, ["k"])["n"].tolist() == [2, 1, 3]
    parts = [pd.DataFrame({"c": pd.Categorical([x])}) for x in ("z", "a")]
    done = stacked(parts)
    assert done["c"].astype("str").tolist() == ["z", "a"]
    assert isinstance(done["c"].dtype, pd.CategoricalDtype)


def frame_of(*idpels, **columns):
    index = pd.Index(idpels, name="idpel", dtype="str")
    return pd.DataFrame({k: list(v) for k, v in columns.items()}, index=index)


def test_only_digits_of_one_width_are_numbers():
    assert digits(pd.Index(["001", "010"])).tolist() == [1, 10]
    for texts in (["01", "001"], ["-1", "00"], ["c1", "c2"], ["", ""], ["٣", "1"]):
        assert digits(pd.Index(texts, dtype="str")) is None
    assert digits(pd.Series(["01", None], dtype="str")) is None
    assert digits(pd.Series([], dtype="str")) is None


@pytest.mark.parametrize("ids", [("007", "010", "120", "400"), ("c1", "c2", "d1", "d22")])
def test_joining_by_numbers_is_joining_by_texts(ids):
    one, two, three, four = ids
    left, right = frame_of(three, one, a=[3, 1]), frame_of(two, three, b=["x", "y"])
    expected = left.join(right, how="outer").sort_index()
    pd.testing.assert_frame_equal(joined(left, right), expected)
    nobody = frame_of(b=[]).astype({"b": "str"})
    assert joined(left, nobody).index.tolist() == [one, three]
    wanted = pd.Index([four, three, two], name="idpel", dtype="str")
    pd.testing.assert_frame_equal(reindexed(left, wanted), left.reindex(wanted))
    pd.testing.assert_series_equal(reindexed(left["a"], wanted), left["a"].reindex(wanted))
    assert reindexed(left, left.index) is left


def test_the_place_of_a_text_among_codes_is_minus_one_where_it_is_none():
    told = pd.Series(["b", None, "z", "a"], dtype="str")
    assert places(told, ["a", "b"]).tolist() == [1, -1, -1, 0]
    assert places(told, []).tolist() == [-1] * 4
