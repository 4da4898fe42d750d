"""Whatever a file holds, every row is accounted for and no rule falls over."""

import string
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from examples import examples
from hypothesis import example, given
from hypothesis import strategies as st

from rbmgeo.errors import ImportRefused
from rbmgeo.intake import rules
from rbmgeo.intake.check import check
from rbmgeo.intake.places import places_in_use
from rbmgeo.intake.profiles import choose
from rbmgeo.intake.raw import RawTable
from rbmgeo.intake.readers import read_tables
from rbmgeo.settings import UnitSettings

#: Cells as people type them, and any text at all.
TYPED = st.text("0123456789.,+-eE '\u00b0LSBTU/:\u2212\u00a0\u200b\u0663\uff11JUMLAH", max_size=18)
CELLS = st.one_of(TYPED, st.text(max_size=12))
COLUMNS = st.lists(CELLS, min_size=1, max_size=12)


def column(cells):
    return pd.Series(cells, dtype="str")


@given(COLUMNS, st.sampled_from(["", "id", "en"]))
@example(["1e400", "-", ".", "\u0663", "1.234"], "id")
def test_no_rule_falls_over_and_every_cell_is_a_value_a_fault_or_empty(cells, locale):
    text = column(cells)
    empty = text.str.strip() == ""
    for read in (
        rules.idpel, lambda t: rules.idpel(t, pad=True), lambda t: rules.number(t, locale=locale),
        rules.day, rules.month,
    ):  # fmt: skip
        done = read(text)
        value, fault = done.values.notna(), done.faults.notna()
        assert (value ^ fault)[~empty].all()
        assert not value[empty].any()
    rules.gardu(text)
    rules.split_pair(text)


@given(COLUMNS, st.booleans())
def test_an_idpel_is_twelve_ascii_digits_that_stood_in_the_cell(cells, pad):
    done = rules.idpel(column(cells), pad=pad)
    for cell, value in zip(cells, done.values, strict=True):
        if pd.notna(value):
            assert len(value) == 12
            assert set(value) <= set(string.digits)
            typed = "".join(c for c in cell if c in string.digits)
            assert typed.lstrip("0").startswith(value.lstrip("0"))


@given(COLUMNS, st.sampled_from(["", "id", "en"]))
def test_a_number_is_one_that_the_database_takes(cells, locale):
    for value in rules.number(column(cells), locale=locale).values.dropna():
        assert value.isascii()
        assert Decimal(value).is_finite()


@given(st.lists(st.decimals(-(10**9), 10**9, places=3), min_size=1, max_size=9))
def test_a_number_written_in_a_locale_is_read_back_exactly(values):
    english = [f"{v:,.3f}" for v in values]
    swapped = [e.translate(str.maketrans(",.", ".,")) for e in english]
    bare = [f"{v:.3f}" for v in values]
    for cells, locale in ((english, "en"), (swapped, "id"), (bare, "en")):
        done = rules.number(column(cells), locale=locale)
        assert [Decimal(v) for v in done.values] == values


@given(
    st.lists(st.tuples(st.floats(-200, 200), st.floats(-200, 200)), min_size=1, max_size=10),
    st.sampled_from(["indonesia", "world"]),
)
def test_a_place_is_inside_its_area_and_made_of_the_two_figures_given(pairs, area):
    first, second = (pd.Series(v, dtype=float) for v in zip(*pairs, strict=True))
    places, quality = rules.position(first, second, area=area)
    there = places["lat"].notna()
    assert (there == places["lon"].notna()).all()
    assert quality[there].isin(["ok", "R-IM-69-kasar"]).all()
    assert not quality[~there].isin(["ok", "R-IM-69-kasar"]).any()
    if area == "indonesia":
        assert places["lat"][there].between(-11.5, 6.5).all()
        assert places["lon"][there].between(94, 142).all()
        back, _ = rules.position(second, first, area=area)
        pd.testing.assert_frame_equal(places[["lat", "lon"]], back[["lat", "lon"]])
    for (a, b), lat, lon in zip(pairs, places["lat"], places["lon"], strict=True):
        assert np.isnan(lat) or {lat, lon} == {a, b}


IDPEL = st.one_of(
    st.integers(1, 4).map("51354000000{}".format), st.sampled_from(["", "5.1E+11", "JUMLAH", "12"])
)
KWH = st.one_of(st.just(""), st.decimals(0, 9999, places=2).map(lambda d: f"{d:,.2f}".translate(str.maketrans(",.", ".,"))))  # fmt: skip
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["202405", "052024", "202406"]), IDPEL, st.sampled_from(["A", "b", ""]), KWH
    ),
    max_size=14,
)
NAMES = ["BLTH", "IDPEL", "KODERBM", "PEMKWH"]


def listed(rows):
    frame = pd.DataFrame(rows, columns=NAMES, dtype="str")
    frame.index = pd.RangeIndex(2, len(frame) + 2)
    table = RawTable("dpm.csv", "", frame)
    return check(table, choose(table, name="ap2t-dpm"))


def sums(kwh):
    return sum((Decimal(v) for v in kwh if isinstance(v, str)), Decimal(0))


@given(ROWS)
def test_rows_read_are_good_rejected_or_skipped_and_so_are_their_kwh(rows):
    done = listed(rows)
    assert done.read == len(rows) == done.good + len(done.rejects) + done.skipped
    source = pd.DataFrame(rows, columns=NAMES).assign(
        BLTH=lambda f: f["BLTH"].replace("052024", "202405"),
        typed=lambda f: f["IDPEL"].str.fullmatch(r"\d{12}"),
    )
    once = ~(source["typed"].astype(bool) & source.duplicated())  # identical rows count once
    counted = source[once & (source["IDPEL"] != "JUMLAH")]["PEMKWH"]
    exact = sums(k.replace(".", "").replace(",", ".") or None for k in counted)
    assert sums(done.rows["kwh"]) + sums(done.rejects["kwh"]) == exact


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows, random):
    mixed = list(rows)
    random.shuffle(mixed)
    one, two = listed(rows), listed(mixed)
    key = ["idpel", "blth", "rbm", "kwh", "line", "conflict"]
    as_set = [d.rows[key].fillna("").sort_values(key, ignore_index=True) for d in (one, two)]
    pd.testing.assert_frame_equal(*as_set)
    assert sorted(one.rejects["rule"]) == sorted(two.rejects["rule"])
    assert (one.skipped, one.warnings) == (two.skipped, two.warnings)


@examples(2)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text("idpel;,\t|\n\"' 123.é\x00", max_size=120).map(str.encode),
        st.lists(st.lists(CELLS, max_size=4).map(";".join), max_size=6).map(lambda r: "\n".join(r).encode("utf-8", "replace")),
    ),
    st.sampled_from(["a.csv", "a.csv.gz", "a.xlsx", "a.geojson"]),
)  # fmt: skip
def test_any_bytes_are_a_table_or_refused(tmp_path_factory, data, name):
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(data)
    tables, refusal = [], None
    try:
        tables = read_tables(path)
    except ImportRefused as refused:
        refusal = refused
    assert bool(tables) ^ (refusal is not None and bool(refusal.in_language("id")))
    for table in tables:
        assert table.rows.columns.is_unique
        assert all(len(m) != len(table.rows.columns) for m in table.misfits.values())


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["c1", "c2", "c3", "c4"]), st.sampled_from(["survey", "gis", "reader", "x"]),
            st.sampled_from(["ok", "R-IM-69-kasar", "R-IM-06-nol"]), st.sampled_from(["202404", "202405", None]),
            st.integers(0, 3), st.integers(0, 400),
        ),
        min_size=1, max_size=25,
    ),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_everybody_with_a_told_place_keeps_a_line_whatever_the_order(told, random):
    frame = pd.DataFrame(told, columns=["idpel", "source", "quality", "month", "x", "y"])
    lost = frame["quality"] == "R-IM-06-nol"
    frame = frame.assign(
        position="house", lon=(112.69 + frame.pop("x") * 1e-4).mask(lost),
        lat=(-7.65 + frame.pop("y") * 1e-3).mask(lost),
    )  # fmt: skip
    mixed = list(frame.index)
    random.shuffle(mixed)
    one = places_in_use(frame, UnitSettings(), 32749).frame
    two = places_in_use(frame.loc[mixed], UnitSettings(), 32749).frame
    assert set(one.index) == set(frame["idpel"])
    assert (one["lon"].notna() == one["coordinate_quality"].isin(["ok", "R-IM-69-kasar"])).all()
    pd.testing.assert_frame_equal(one, two)


def test_a_file_of_nothing_but_a_header_has_no_rows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("idpel;nama\n")
    assert len(read_tables(path)[0].rows) == 0
    with pytest.raises(ImportRefused):
        read_tables(tmp_path)
