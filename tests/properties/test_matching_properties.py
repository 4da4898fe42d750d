"""What may never happen when both lists are matched, whatever they hold."""

import pandas as pd
from drawn import points
from hypothesis import given
from hypothesis import strategies as st
from units import GARDU, Unit, units

from rbmgeo.matching.compare import compare
from rbmgeo.matching.evaluate import alignment, completeness, pairs
from rbmgeo.matching.findings import Evidence, assess, findings
from rbmgeo.matching.patches import patches
from rbmgeo.matching.suspicion import suspicion
from rbmgeo.terms import Match

NONE = pd.Series(dtype="str")


def classes(unit: Unit) -> pd.DataFrame:
    return compare(unit.customers, unit.rbm, unit.pdpj, unit.gardu)


@given(units())
def test_the_classes_partition_the_union_and_nobody_is_lost_or_invented(unit):
    got = classes(unit)
    assert set(got.index) == unit.union
    assert got.index.is_unique
    assert got["match"].isin(list(Match)).all()
    # Each class means what it says.
    named = unit.pdpj.dropna(subset="gardu").groupby("idpel")["gardu"].nunique()
    assert set(got.index[got["match"] == "ganda"]) >= set(named.index[named > 1])
    compared = got["match"].isin(["cocok", "beda_gardu", "selaras", "perlu_survei"])
    assert got.loc[compared, "gardu"].notna().all()
    assert got.loc[got["match"] == "hanya_pdpj", "rbm"].isna().all()
    unread = unit.customers.index[unit.customers["dibaca_oleh"] != "vendor"]
    assert got.index[got["match"] == "tidak_dibaca_vendor"].isin(unread).all()


@given(units(), st.randoms(use_true_random=False))
def test_shuffled_lists_are_matched_alike(unit, random):
    pd.testing.assert_frame_equal(classes(unit), classes(unit.shuffled(random)))


@given(units(), st.randoms(use_true_random=False))
def test_completeness_and_the_matrix_keep_everybody(unit, random):
    joined = pairs(unit.customers, unit.rbm, unit.pdpj)
    active = set(unit.customers.index[unit.customers["active"]])
    assert set(joined.index) == unit.union | active
    assert completeness(joined, "rbm")["customers"].sum() == len(joined)
    assert completeness(joined, "gardu")["customers"].sum() == len(joined)
    assert alignment(joined)["customers"].sum() == len(joined)
    other = unit.shuffled(random)
    pd.testing.assert_frame_equal(joined, pairs(other.customers, other.rbm, other.pdpj))


@given(units(placed=True), st.randoms(use_true_random=False))
def test_shuffled_rows_are_suspected_alike(unit, random):
    def found(u):
        recorded = u.pdpj.set_index("idpel")["gardu"]
        return suspicion(u.customers.geometry, recorded, u.gardu)

    one, two = found(unit), found(unit.shuffled(random))
    pd.testing.assert_frame_equal(one.frame, two.frame)
    pd.testing.assert_frame_equal(one.candidates.frame(), two.candidates.frame())
    assert one.frame["p"].between(0, 1).all()
    assert set(one.frame.index) == set(unit.customers.index)


@given(units(placed=True))
def test_every_record_gets_one_line_and_none_proposes_itself(unit):
    recorded = unit.pdpj.set_index("idpel")["gardu"].sort_index()
    doubt = suspicion(unit.customers.geometry, recorded, unit.gardu)
    assessed = assess(recorded, Evidence(doubt.frame, NONE, NONE))
    got = findings(classes(unit), assessed, NONE, limit=0.5)
    assert set(got.index) == set(recorded.index)
    assert got["p"].is_monotonic_decreasing
    assert (got["proposed_gardu"] != got["gardu"]).all()
    assert (got["question"].isna() == (got["kind"] == "ok")).all()


@given(
    st.dictionaries(
        st.integers(0, 40).map("c{:02d}".format),
        st.tuples(st.integers(0, 9), st.sampled_from(GARDU), st.sampled_from(GARDU)),
        max_size=25,
    ),
    st.randoms(use_true_random=False),
)
def test_patches_do_not_depend_on_the_order_of_doubts(doubts, random):
    where = points({i: (25.0 * x, 0.0) for i, (x, *_) in doubts.items()})
    rows = pd.DataFrame(
        [(a, b) for _, a, b in doubts.values()], columns=["gardu", "proposed_gardu"], index=where.index,
        dtype="str",
    )  # fmt: skip
    named = patches(rows, where)
    mixed = list(rows.index)
    random.shuffle(mixed)
    pd.testing.assert_series_equal(
        named, patches(rows.loc[mixed], where.loc[mixed]).reindex(rows.index)
    )
    together = rows.assign(patch=named).dropna(subset="patch").groupby("patch")
    assert (together["gardu"].nunique() == 1).all()
    assert (together.size() >= 3).all()
