"""Customers' numbers are found in what leaves, and nothing else is taken for one."""

import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.privacy.classes import DataClass, missing, tables
from rbmgeo.privacy.retention import Retention, access_parts_to_go, last_month_to_go
from rbmgeo.privacy.seen import (
    LARGE,
    _in_large,
    gathering,
    idpel_of,
    note,
    note_text,
    numbers_in,
    numbers_in_parcel,
)

numbers = st.integers(0, 10**12 - 1)
BESIDE = st.sampled_from(["<td>{}</td>", '"{}"', "{};Orang", "IDPEL {}.", "{}\n", "({})", "'{}'"])


@given(st.lists(st.tuples(numbers, BESIDE, st.booleans())))
def test_every_number_that_is_written_is_found_and_none_is_invented(told):
    words = []
    for number, beside, grouped in told:
        plain = idpel_of(number)
        said = f"{plain[:4]} {plain[4:8]} {plain[8:]}" if grouped else plain
        words.append(beside.format(said))
    assert numbers_in("|".join(words).encode()) == {n for n, *_ in told}


@pytest.mark.parametrize(
    "words",
    ["1234567890123", "112.700312345678", "0f9c-513540000001", "A513540000001", "5135 4000 00011",
     "20261127T0305", "5.1354E+11"],
)  # fmt: skip
def test_what_is_no_customers_number_is_not_taken_for_one(words):
    assert numbers_in(words.encode()) == set()


@given(st.lists(st.tuples(numbers, BESIDE, st.booleans())))
def test_a_large_file_is_looked_through_another_way_and_tells_the_same(told):
    words = []
    for number, beside, grouped in told:
        plain = idpel_of(number)
        words.append(beside.format(f"{plain[:4]} {plain[4:8]} {plain[8:]}" if grouped else plain))
    said = (
        "|".join(words) + "|A513540000001|5135 4000 00011|1234567890123|_513540000001|é"
    ).encode()
    assert _in_large(said) == numbers_in(said) == {n for n, *_ in told}
    assert numbers_in(said + b"\n" + b"x" * LARGE) == {n for n, *_ in told}


def parcel(**members):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return held.getvalue()


def test_a_workbook_within_a_parcel_is_looked_through():
    inner = parcel(sheet="<v>513540000001</v>")
    assert numbers_in_parcel(parcel(book=inner, note="513540000002")) == {
        513540000001,
        513540000002,
    }


@given(st.integers(3_999_960, 4_000_040))
def test_a_number_on_the_seam_of_two_pieces_is_found_once(at):
    content = b"x" * (at - 1) + b" 513540000001 " + b"y" * 40
    assert numbers_in_parcel(parcel(long=content)) == {513540000001}


def test_what_is_no_zip_is_said():
    with pytest.raises(ValueError, match="no zip"):
        numbers_in_parcel(b"PK\x03\x04 but not really")


def test_notes_within_notes_are_each_gatherers_own():
    with gathering() as outer:
        note(["513540000001"])
        with gathering() as inner:
            note_text("IDPEL 5135 4000 0002")
        assert inner == {513540000002}
    assert outer == {513540000001}
    note(["513540000003"])  # nobody gathers: nothing happens


def test_a_column_without_a_class_is_named():
    known = {name: set(t.columns) for name, t in tables().items()}
    assert missing(known) == []
    known["customer"].add("phone")
    known["pets"] = {"name"}
    assert missing(known) == ["customer.phone has no class", "pets.name has no class"]


def test_arrears_consumption_photo_and_place_are_sensitive_and_keys_are_secret():
    told = tables()
    for name in ("receivable.unpaid_bills", "reading.kwh", "photo.sha256", "customer.geom",
                 "own_reading.stand_kwh"):  # fmt: skip
        table, _, column = name.partition(".")
        assert told[table].columns[column] == DataClass.SENSITIVE, name
    assert told["app_user"].columns["password_hash"] == DataClass.SECRET
    assert {c for c in ("name", "address", "geom") if c in told["customer"].erase} == {"name", "address", "geom"}  # fmt: skip


@given(st.integers(3, 60), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_a_photo_goes_after_its_months_and_not_before(months, today):
    last = last_month_to_go(months, today)
    passed = (today.year - int(last[:4])) * 12 + today.month - int(last[4:])
    assert passed == months + 1


def test_a_month_of_the_access_log_goes_only_whole():
    parts = [
        (f"part_access_2024{m:02d}", datetime(2024, m + 1, 1, tzinfo=UTC)) for m in (9, 10, 11)
    ]
    now = datetime(2026, 11, 27, tzinfo=UTC)
    assert access_parts_to_go(parts, 24, now) == ["part_access_202409", "part_access_202410"]


@pytest.mark.parametrize("wrong", [{"photo_months": 1}, {"access_months": 6}, {"login_days": 0}])
def test_a_careless_time_is_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        Retention(**wrong)
