"""The quick ways of the importer say exactly what its rules and its careful reader say."""

import csv
import io
import tempfile
from pathlib import Path
from unittest import mock

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.errors import ImportRefused
from rbmgeo.intake import quick, rules
from rbmgeo.intake.raw import joined
from rbmgeo.intake.readers import blocks, delimited
from rbmgeo.intake.readers.header import header, refuse_shifted, table_of

CELLS = st.lists(
    st.one_of(
        st.text(alphabet="0123456789.,-+ eE", max_size=12),
        st.from_regex(quick.COMMA, fullmatch=True),
        st.from_regex(quick.POINT, fullmatch=True),
        st.sampled_from(["", " ", "-", "1.234", "1,234", "12.345.678,9", "abc", "\u0661\u0662"]),
    ),
    min_size=1,
    max_size=20,
)


def texts(values: list[str]) -> pd.Series:
    return pd.Series(values, index=range(7, 7 + len(values)), dtype="str")


def same(left: rules.Column, right: rules.Column) -> None:
    pd.testing.assert_series_equal(left.values, right.values, check_names=False)
    pd.testing.assert_series_equal(left.faults, right.faults, check_names=False)


@given(CELLS, st.sampled_from(["id", "en", ""]))
def test_usual_numbers_are_read_as_the_rules_read_them(cells: list[str], locale: str) -> None:
    same(quick.number(texts(cells), locale=locale), rules.number(texts(cells), locale=locale))


@given(
    st.lists(st.text(alphabet="0123456789 '.O", max_size=13) | st.just("513540000001"), min_size=1)
)
def test_usual_idpels_are_read_as_the_rules_read_them(cells: list[str]) -> None:
    same(quick.idpel(texts(cells), pad=False), rules.idpel(texts(cells)))


@given(st.lists(st.sampled_from(["25/04/2024", "2024-04-25", "x", "31/02/2024", ""]), min_size=1))
def test_a_text_that_repeats_is_converted_once_and_stands_everywhere(cells: list[str]) -> None:
    same(quick.each_value(rules.day, texts(cells)), rules.day(texts(cells)))


CELL = st.text(alphabet="ab1 \u00e9\u2028\x0b\x85", max_size=3)
LINES = st.lists(st.one_of(st.lists(CELL, min_size=3, max_size=3).map(";".join), CELL), max_size=8)


@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_a_plain_file_is_read_as_the_careful_reader_reads_it(
    lines: list[str], end: str, last: bool
) -> None:
    text = end.join(["IDPEL;GARDU;NAMA", *lines]) + (end if last else "")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))
    try:
        head = header("f.csv", rows)
        careful = table_of("f.csv", "", head, rows[head.start + 1 :], number=head.start + 2)
        refuse_shifted(careful)
    except ImportRefused as error:
        with pytest.raises(ImportRefused, match=str(error).split(":")[1].strip()):
            delimited.delimited_text("f.csv", text.encode())
        return
    told = delimited.delimited_text("f.csv", text.encode()).whole()
    pd.testing.assert_frame_equal(told.rows, careful.rows, check_index_type=False)
    assert told.misfits == careful.misfits


QUOTED = st.text(alphabet='ab1 ;"\n\u00e9', max_size=4)


@given(
    st.lists(st.lists(QUOTED, min_size=2, max_size=2), max_size=12),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.integers(8, 60),
)
def test_a_quoted_file_is_the_same_however_it_is_cut_into_blocks(
    cells: list[list[str]], quoting: int, size: int
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", quoting=quoting, lineterminator="\n").writerows(
        [["IDPEL", "NAMA"], ["1", "a"], *cells]
    )
    data = out.getvalue().encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f.csv"
        path.write_bytes(data)
        whole = delimited.open_delimited(path).whole()
        with mock.patch.object(blocks, "BLOCK", size):
            pieces = joined(list(delimited.open_delimited(path).pieces()))
    pd.testing.assert_frame_equal(pieces.rows, whole.rows, check_index_type=False)
    assert pieces.misfits == whole.misfits
