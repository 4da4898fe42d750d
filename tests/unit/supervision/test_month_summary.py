"""The summary that is signed: ten sentences at most, in both languages, and a hash that holds."""

import json
import re
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.sheets.summary import draw_summary
from rbmgeo.supervision.month_summary import (
    TOPICS,
    changed,
    content_hash,
    sentences,
    verified,
)

FIGURES = {
    "read": {"read": 12_345, "customers": 13_000, "unread": 655},
    "day": {"late": 3, "rbms": 40, "other_day": 87}, "questions": {"open": 4, "asked": 9},
    "photos": {"photo": {"seen": 50, "other": 1}, "field": None},
    "stands": {"open": 12, "to_decide": 812}, "findings": {"to_see": 412, "customers": 20_000},
    "survey": {"answered": 30, "planned": 75},
    "verification": {"decided": 22, "waiting": 5, "gardu": None},
    "handoff": {"version": "3", "deeds": 40, "signed": 38},
    "kwh": {"kwh": "1234567.50", "before": "1200000"},
}  # fmt: skip
NOTHING = dict.fromkeys(TOPICS)


def ends(sentence):
    return len(re.findall(r"[.!?](?:\s|$)", sentence))


@pytest.mark.parametrize("figures", [FIGURES, NOTHING, {}], ids=["full", "empty", "missing"])
def test_ten_sentences_at_most_in_both_languages(figures):
    told = sentences(figures)
    assert len(told) <= 10
    for one in told:
        assert ends(one.id) == ends(one.en) == 1, one
        assert one.id.endswith(".") and one.en.endswith(".") and one.id != one.en


def test_the_numbers_stand_in_the_sentences_as_each_language_writes_them():
    by = {s.topic: s for s in sentences(FIGURES)}
    assert "12.345 dari 13.000" in by["read"].id and "(95,0 %)" in by["read"].id
    assert "12,345 of 13,000" in by["read"].en
    assert "3 dari 40 RBM" in by["day"].id and "87 pelanggan" in by["day"].id
    # R-SA-15: 1 of 50.
    assert "0,3 % sampai 10,5 %" in by["photos"].id or "0,4 % sampai 10,5 %" in by["photos"].id
    assert "cek lapangan belum ada" in by["photos"].id
    assert "verifikasi gardu belum ada" in by["verification"].id
    assert "1.234.567,5" in by["kwh"].id and "+2,9 %" in by["kwh"].id and "bukan susut" in by["kwh"].id  # fmt: skip
    assert "versi 3" in by["handoff"].id and "38 dari 40" in by["handoff"].id


def test_what_is_not_there_is_said_and_is_no_zero():
    for one in sentences(NOTHING):
        if one.topic != "verification":
            assert not re.search(r"\d", one.id), one.id
    by = {s.topic: s.id for s in sentences({"kwh": {"kwh": "5", "before": None}})}
    assert "tahun lalu belum ada" in by["kwh"]


def test_a_verified_gardu_is_counted_by_its_state_and_an_unknown_state_refused():
    assert verified(None) is None and verified(pd.DataFrame({"state": []})) is None
    told = verified(pd.DataFrame({"gardu": ["A", "B", "C"], "state": ["accepted", "waiting", "accepted"]}))  # fmt: skip
    assert told == {"accepted": 2, "waiting": 1, "failed": 0}
    figures = {**FIGURES, "verification": {"decided": 1, "waiting": 0, "gardu": told}}
    said = {s.topic: s.id for s in sentences(figures)}["verification"]
    assert "2 diterima, 1 menunggu, 0 kembali ke survei" in said
    with pytest.raises(ValueError, match="lulus"):
        verified(pd.DataFrame({"state": ["lulus"]}))


def test_the_hash_holds_whatever_the_order_of_the_keys_and_changes_with_any_number():
    content = {"figures": FIGURES, "blth": "202412"}
    turned = json.loads(json.dumps({"blth": "202412", "figures": dict(reversed(FIGURES.items()))}))
    assert content_hash(content) == content_hash(turned)
    other = {**content, "figures": {**FIGURES, "survey": {"answered": 31, "planned": 75}}}
    assert content_hash(other) != content_hash(content)


def test_what_changed_since_stands_beside_what_was_signed():
    then = [vars(s) for s in sentences(FIGURES)]
    assert changed(then, sentences(FIGURES)) == []
    now = sentences({**FIGURES, "survey": {"answered": 31, "planned": 75}})
    [(was, one)] = changed(then, now)
    assert one.topic == "survey" and "30 dari 75" in was["id"] and "31 dari 75" in one.id


@given(st.integers(0, 10**7), st.integers(1, 10**7))
def test_any_number_leaves_one_sentence_a_topic(read, more):
    figures = {**FIGURES, "read": {"read": read, "customers": read + more, "unread": more}}
    assert all(ends(s.id) == ends(s.en) == 1 for s in sentences(figures))


def test_the_page_is_one_and_the_same_content_gives_the_same_bytes():
    from io import BytesIO

    from pypdf import PdfReader

    content = {
        "ulp": "51354", "unit": "Pandaan", "up3": "Pasuruan", "sample": True, "blth": "202412",
        "on": date(2025, 1, 3).isoformat(), "place": "Pandaan", "figures": FIGURES,
        "signer": {"name": "Manajer", "position": "Manajer ULP"}, "sentences": [vars(s) for s in sentences(FIGURES)],
    }  # fmt: skip
    sha256 = content_hash(content)
    pdf = draw_summary(content, sha256)
    assert pdf == draw_summary(content, sha256)
    reader = PdfReader(BytesIO(pdf))
    assert len(reader.pages) == 1
    words = re.sub(r"\s+", " ", reader.pages[0].extract_text())
    assert "12.345 dari 13.000" in words and "Manajer ULP" in words and sha256 in words
