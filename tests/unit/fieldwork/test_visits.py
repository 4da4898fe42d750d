"""Visits: read from what a phone sent, told apart by content, their states told by the set alone."""

import itertools
import uuid
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from rbmgeo.fieldwork.job_form import refusals, words_of
from rbmgeo.fieldwork.jobs import FORMS
from rbmgeo.fieldwork.receive import Came, Mark, Ordered, came, marks, states
from rbmgeo.fieldwork.visit import NoVisit, visit_of
from rbmgeo.labels import LANGUAGES, text
from rbmgeo.terms import FieldJob, OrderState

ID = [str(uuid.UUID(int=n)) for n in range(1, 9)]
AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def told(**other):
    return {
        "client_id": ID[0], "order_id": ID[1], "customer": ID[2], "job": "survei",
        "outcome": "cocok", "values": {}, "photos": [], "device_id": ID[3], "officer": "siti",
        "device_at": "2026-11-26T09:00:00+07:00",
        "place": {"lon": 112.7, "lat": -7.65, "accuracy_m": 6.5, "fixes": 4}, **other,
    }  # fmt: skip


def test_the_same_content_is_the_same_visit_whatever_order_its_names_stand_in():
    one = visit_of(told())
    other = visit_of(dict(reversed(told().items())))
    assert one.sha256 == other.sha256
    assert visit_of(told(outcome="gardu_lain")).sha256 != one.sha256
    assert one.place is not None and one.place.accuracy_m == 6.5


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": None}, {"client_id": "7"}, {"job": "dansa"}, {"outcome": ""},
        {"device_at": "2026-11-26T09:00:00"}, {"device_at": 5}, {"values": [1]},
        {"photos": [{"sha256": "x", "kind": "stand"}]}, {"photos": [1] * 13},
        {"values": {"note": "x" * 70_000}}, {"values": {"note": "a\x00b"}},
        {"outcome": "\ud800"}, {"device_at": "1899-12-31T00:00:00Z"}, {"device_at": "9999-12-31T00:00:00Z"},
        {"values": {"n": float("inf")}}, {"values": {"n": float("nan")}},
    ],
)  # fmt: skip
def test_what_is_no_visit_is_said_in_both_languages(wrong):
    with pytest.raises(NoVisit) as raised:
        visit_of(told(**wrong))
    assert "no visit" in raised.value.in_language("en") and "bukan kunjungan" in raised.value.in_language("id")  # fmt: skip


def test_what_only_looks_like_a_zero_sign_is_a_text_and_an_odd_zone_is_a_moment():
    assert visit_of(told(values={"note": "a\\u0000b"})).values["note"] == "a\\u0000b"
    odd = visit_of(told(device_at="2026-11-26T09:00:30+07:00:30.5"))
    assert odd.device_at == datetime(2026, 11, 26, 1, 59, 59, 500_000, tzinfo=UTC)
    assert visit_of(told(device_at="1970-01-01T07:00:00+07:00")).device_at.year == 1970


@pytest.mark.parametrize("place", [{"lon": 500, "lat": 0, "accuracy_m": 1}, {"lon": "1"}, 7, {"lon": True, "lat": 1, "accuracy_m": 1}, {"lon": 10**400, "lat": 1, "accuracy_m": 1}])  # fmt: skip
def test_a_place_that_is_none_leaves_the_visit_without_one(place):
    assert visit_of(told(place=place)).place is None


def test_a_form_asks_for_what_its_outcome_needs_and_knows_no_other_field():
    form = FORMS[FieldJob.SURVEI]
    assert refusals(form, visit_of(told())) == []
    found = refusals(form, visit_of(told(outcome="gardu_lain", values={"uang": 5})))
    assert [r.column for r in found] == ["uang", "gardu"]
    assert [r.column for r in refusals(form, visit_of(told(outcome="apa_saja")))] == ["outcome"]


@pytest.mark.parametrize("form", FORMS.values(), ids=map(str, FORMS))
def test_every_word_of_a_form_is_there_in_both_languages(form):
    for key, lang in itertools.product(words_of(form), LANGUAGES):
        assert text(key, lang)
    assert form.outcomes[0].usual


def test_no_form_has_a_field_for_money():
    """R-AR-09: an officer never takes money."""
    money = ("rp", "rupiah", "uang", "bayar", "amount", "cash", "idr", "tunai")
    names = [f.name for form in FORMS.values() for f in form.fields]
    assert not [n for n in names if any(m == part for m in money for part in n.split("_"))]


def test_a_receipt_tells_new_again_and_conflict():
    assert came("a", []) == Came.NEW
    assert came("a", ["a"]) == Came.AGAIN
    assert came("b", ["a"]) == Came.CONFLICT


def test_marks_are_facts_about_one_record():
    told_now = {"device_at": AT, "received_at": AT, "officer": "siti", "accuracy_m": 5.0}
    assert marks(**told_now, order=Ordered("siti")) == ()
    assert marks(**told_now, order=None) == (Mark.ORPHAN,)
    assert marks(**told_now, order=Ordered("budi", cancelled=True)) == (Mark.CANCELLED, Mark.REASSIGNED)  # fmt: skip
    later = {**told_now, "received_at": AT + timedelta(days=3, seconds=1), "accuracy_m": 20.1}
    assert marks(**later, order=Ordered()) == (Mark.LATE, Mark.INACCURATE)
    ahead = {**told_now, "device_at": AT + timedelta(minutes=11), "accuracy_m": None}
    assert marks(**ahead, order=Ordered()) == (Mark.CLOCK, Mark.NO_PLACE)


def test_states_of_orders_do_not_depend_on_the_order_of_coming():
    orders = pd.DataFrame(
        {"cancelled": [False, False, False, True, False, True]},
        index=pd.Index(list("abcdef"), name="order_id"),
    )
    rows = [
        ("a", "1", "x", AT, True, None),
        ("b", "2", "x", AT, False, None),
        ("c", "3", "x", AT, True, None), ("c", "3", "y", AT, False, None),
        ("e", "4", "x", AT, True, True), ("e", "4", "y", AT, False, False),
        ("e", "5", "x", AT - timedelta(days=40), False, None),
        ("f", "6", "x", AT, True, None),
        ("z", "7", "x", AT, True, None),
    ]  # fmt: skip
    columns = ["order_id", "client_id", "sha256", "device_at", "closes", "chosen"]
    seen = set()
    for order in (rows, rows[::-1], rows[4:] + rows[:4], rows + rows):
        found = states(orders, pd.DataFrame(order, columns=columns))
        seen.add(tuple(found["state"]))
        assert list(found["visits"]) == [1, 1, 1, 0, 2, 1]
    assert seen == {
        (OrderState.SELESAI, OrderState.ULANG, OrderState.KONFLIK, OrderState.BATAL,
         OrderState.SELESAI, OrderState.SELESAI)
    }  # fmt: skip
