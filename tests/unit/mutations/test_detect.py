"""What changed from month to month, drawn small."""

import pandas as pd
import pytest

from rbmgeo.frames import MONTH_FACTS
from rbmgeo.mutations.detect import Months, detect
from rbmgeo.terms import Act, Mutation


def facts(rows):
    """{idpel: rbm} or {idpel: {column: value}} as `MONTH_FACTS`."""
    drawn = {i: {"rbm": v} if isinstance(v, str) else {"rbm": "A", **v} for i, v in rows.items()}
    frame = pd.DataFrame.from_dict(drawn, orient="index", columns=list(MONTH_FACTS.columns))
    return frame.rename_axis("idpel")


def master(*idpels, **states):
    frame = pd.DataFrame(
        {"active": True, "jenis_layanan": "pasca", "dibaca_oleh": "vendor"},
        index=pd.Index(idpels, name="idpel"),
    )
    for idpel, values in states.items():
        for name, value in values.items():
            frame.loc[idpel, name] = value
    return frame


def found(before, now, **more):
    was, is_ = facts(before), facts(now)
    people = more.pop("customers", master(*sorted({*was.index, *is_.index})))
    more.setdefault("placed", frozenset(was.index))
    return detect(Months(was, is_, "202601", "202602", people, **more))


def one(rows, idpel):
    return rows[rows["idpel"] == idpel].iloc[0]


def keys(row):
    return [e["key"] for e in row["evidence"]]


def elsewhere(**of):
    columns = ["idpel", "ulp", "active", "first_blth", "last_blth", "here_first"]
    return pd.DataFrame([(i, *v) for i, v in of.items()], columns=columns)


def test_equal_months_have_no_mutation():
    assert found({"a": "A"}, {"a": "A"}).rows.empty


def test_who_came_and_who_left_are_named_and_nobody_else():
    rows = found({"a": "A", "b": "A"}, {"a": "A", "c": "A"}).rows
    assert rows[["idpel", "kind", "act"]].values.tolist() == [
        ["c", Mutation.BARU, Act.PLACE], ["b", Mutation.HILANG, Act.REMOVE],
    ]  # fmt: skip


def test_who_has_a_place_already_needs_none():
    rows = found({"a": "A"}, {"a": "A", "c": "A"}, placed=frozenset({"a", "c"})).rows
    assert one(rows, "c")["act"] == Act.NOTE
    assert "mutation.has_place" in keys(one(rows, "c"))


def test_who_comes_back_says_when_it_was_here():
    rows = found({"a": "A"}, {"a": "A", "c": "A"}, earlier={"c": "202511"}).rows
    assert {"key": "mutation.back", "blth": "202511"} in one(rows, "c")["evidence"]


def test_an_rbm_that_is_absent_as_a_whole_was_not_imported_and_nobody_of_it_is_gone():
    done = found({"a": "A", "b": "B", "c": "B"}, {"a": "A"})
    assert done.rbm_missing == ["B"]
    assert done.rows.empty


def test_an_rbm_with_a_new_name_is_not_missing():
    done = found({"a": "A", "b": "A"}, {"a": "Z", "b": "Z"})
    assert done.rbm_missing == []
    assert set(done.rows["kind"]) == {Mutation.PINDAH_RBM}


@pytest.mark.parametrize(
    "more", [{"tokens": frozenset({"b"})}, {"customers": master("a", "b", b={"jenis_layanan": "pra"})}]
)  # fmt: skip
def test_who_left_for_prepaid_is_told_from_who_is_gone(more):
    rows = found({"a": "A", "b": "A"}, {"a": "A"}, **more).rows
    assert one(rows, "b")["kind"] == Mutation.KE_PRA


def test_a_tariff_that_became_prepaid_leaves_the_route():
    rows = found({"a": {"tarif": "R1"}}, {"a": {"tarif": "R1T"}}).rows
    assert rows[["kind", "act", "before", "after"]].values.tolist() == [
        [Mutation.KE_PRA, Act.REMOVE, "R1", "R1T"]
    ]


def test_tariff_and_power_are_noted_and_a_missing_one_is_no_change():
    rows = found(
        {"a": {"tarif": "R1", "daya_va": 900.0}, "b": {"tarif": "R1"}},
        {"a": {"tarif": "R1M", "daya_va": 1300.0}, "b": {"tarif": None}},
    ).rows
    assert rows[["idpel", "kind", "act", "before", "after"]].values.tolist() == [
        ["a", Mutation.UBAH_TARIF, Act.NOTE, "R1", "R1M"],
        ["a", Mutation.UBAH_DAYA, Act.NOTE, "900", "1300"],
    ]


def test_power_over_what_pln_reads_itself_leaves_the_route():
    rows = found({"a": {"daya_va": 33000.0}}, {"a": {"daya_va": 41500.0}}).rows
    assert rows.iloc[0]["act"] == Act.REMOVE


def test_a_meter_is_changed_by_its_stands_or_by_its_number():
    rows = found(
        {"a": "A", "b": "A", "c": "A"},
        {"a": {"removed_stand_kwh": 120.0, "installed_stand_kwh": 0.0}, "b": "A", "c": "A"},
        meters=pd.DataFrame(
            {"before": ["0012", "7"], "after": ["99", "007"]}, index=pd.Index(["b", "c"])
        ),
    ).rows
    assert rows["idpel"].tolist() == ["a", "b"]  # 7 and 007 are one meter
    assert set(rows["kind"]) == {Mutation.GANTI_METER}


def test_who_is_listed_by_another_unit_now_moved_there():
    rows = found(
        {"a": "A", "b": "A"}, {"a": "A"}, elsewhere=elsewhere(b=("U2", True, "202602", "202602", "202401"))
    ).rows  # fmt: skip
    row = one(rows, "b")
    assert (row["kind"], row["act"], row["other_ulp"]) == (Mutation.PINDAH_UNIT, Act.REMOVE, "U2")


def test_who_is_still_here_and_there_too_is_shown_and_not_moved():
    rows = found(
        {"a": "A"}, {"a": "A"}, elsewhere=elsewhere(a=("U2", True, "202602", "202602", "202401"))
    ).rows
    assert keys(one(rows, "a")) == ["mutation.listed_there", "mutation.still_here"]


def test_who_is_new_here_and_active_elsewhere_came_from_there():
    rows = found(
        {"a": "A"}, {"a": "A", "n": "A"}, elsewhere=elsewhere(n=("U1", True, "202401", "202601", "202602"))
    ).rows  # fmt: skip
    row = one(rows, "n")
    assert (row["kind"], row["act"], row["other_ulp"]) == (Mutation.DARI_UNIT, Act.PLACE, "U1")


def test_an_active_customer_on_no_list_and_no_rbm_is_not_forgotten():
    rows = found({"a": "A"}, {"a": "A"}, customers=master("a", "x")).rows
    assert one(rows, "x")["kind"] == Mutation.TANPA_RBM


def test_the_order_of_the_rows_changes_nothing():
    before = {f"{n:03d}": "A" for n in range(0, 30)}
    now = {f"{n:03d}": "A" for n in range(5, 40)}
    turned = dict(reversed(list(now.items())))
    assert found(before, now).rows.equals(found(before, turned).rows)
