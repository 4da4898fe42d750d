"""Uji petik: substitution in the printed order, what a sample shows, what may be decided."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.labels.stand_sample import STAND_SAMPLE
from rbmgeo.supervision.checked import Check, passed_zero
from rbmgeo.supervision.stand_sample import (
    CHECKED,
    CLOSED,
    Decision,
    Place,
    Shown,
    fits,
    in_turn,
    shown,
    told,
)

RIGHT, WRONG, SEE, SUSPENDED = "benar", "salah", "perlu_dilihat", "tidak_dinilai"
#: Three of A, two of B; reserve 6, 7 of A and 8 of B.
PLACES = [Place(n, "A" if n <= 3 else "B", False) for n in range(1, 6)] + [
    Place(6, "A", True), Place(7, "A", True), Place(8, "B", True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("lost", "turn"),
    [
        (set(), [1, 2, 3, 4, 5]),
        ({2}, [1, 2, 3, 4, 5, 6]),
        ({4}, [1, 2, 3, 4, 5, 8]),  # of its own RBM, though 6 is printed before
        ({2, 6}, [1, 2, 3, 4, 5, 6, 7]),
        ({4, 5}, [1, 2, 3, 4, 5, 6, 8]),  # B has one only: then the first of all
        ({1, 2, 3, 4}, [1, 2, 3, 4, 5, 6, 7, 8]),
        ({1, 2, 3, 4, 5}, [1, 2, 3, 4, 5, 6, 7, 8]),  # the reserve is used up
    ],
)
def test_closed_houses_are_replaced_from_the_reserve_in_its_order(lost, turn):
    """R-SA-18."""
    assert in_turn(PLACES, lost) == turn


@st.composite
def samples(draw):
    strata = draw(st.lists(st.sampled_from("ABC"), min_size=1, max_size=14))
    reserve = draw(st.lists(st.booleans(), min_size=len(strata), max_size=len(strata)))
    return [Place(n, s, r) for n, (s, r) in enumerate(zip(strata, sorted(reserve), strict=True), 1)]


@given(samples(), st.data())
def test_a_further_closed_house_never_takes_a_turn_away(places, data):
    lost: set[int] = set()
    before = set(in_turn(places, lost))
    while before - lost:
        lost.add(data.draw(st.sampled_from(sorted(before - lost))))
        now = set(in_turn(places, lost))
        assert before <= now
        reserves = {p.place for p in places if p.reserve}
        assert len(now & reserves) == min(len(lost), len(reserves))
        before = now


def test_a_check_is_not_undone_behind_its_reserve():
    assert fits(PLACES, {2: CLOSED, 6: RIGHT})
    assert not fits(PLACES, {2: RIGHT, 6: RIGHT})
    assert not fits(PLACES, {6: RIGHT})
    assert fits(PLACES, {2: RIGHT})


def test_what_is_only_odd_is_counted_apart_from_wrong():
    """R-SA-17."""
    found = shown(PLACES, {1: RIGHT, 2: WRONG, 3: SEE, 4: CLOSED, 5: SUSPENDED}, lot=90, accept=1)
    assert (found.size, found.seen, found.wrong, found.to_see, found.lost) == (5, 3, 1, 1, 2)
    assert (found.left, found.spare) == (2, 1)
    assert shown(PLACES, {1: CHECKED}, lot=9, accept=None).seen == 1


@pytest.mark.parametrize(
    ("seen", "wrong", "to_see", "accept", "said"),
    [
        (49, 3, 0, 1, Decision.NOT_WHOLE), (50, 1, 0, 1, Decision.ACCEPT),
        (50, 2, 0, 1, Decision.REJECT), (50, 1, 1, 1, Decision.TO_SEE),
        (50, 0, 1, 1, Decision.ACCEPT), (50, 2, 5, 1, Decision.REJECT),
        (50, 9, 0, None, Decision.ESTIMATE),
    ],
)  # fmt: skip
def test_a_lot_is_decided_by_ac_and_re_once_all_of_its_sample_is_read(seen, wrong, to_see, accept, said):  # fmt: skip
    assert Shown(350, 50, seen, wrong, to_see, accept=accept).decision == said


@pytest.mark.parametrize(
    ("seen", "wrong", "indonesian", "english"),
    [
        (50, 1, "1 dari 50 beda: 0,35–10,5 %", "1 of 50 differ: 0.35–10.5 %"),
        (50, 0, "0 dari 50 beda: 0–7,13 %", "0 of 50 differ: 0–7.13 %"),
        (125, 3, "3 dari 125 beda: 0,82–6,82 %", "3 of 125 differ: 0.82–6.82 %"),
        (0, 0, "Belum ada yang dicek.", "Nothing was checked yet."),
    ],
)
def test_a_result_is_said_in_plain_words_with_its_interval(seen, wrong, indonesian, english):
    """R-SA-15."""
    found = Shown(350, max(seen, 50), seen, wrong)
    assert (told(found, "id"), told(found, "en")) == (indonesian, english)


def test_what_a_sample_cannot_prove_is_said_and_nobody_is_accused():
    """R-SA-15: accepting a lot does not prove 0.30 %."""
    for words in STAND_SAMPLE["sample.cannot.rate"]:
        assert "0,30" in words or "0.30" in words
    blame = ("curang", "bohong", "palsu", "pelaku", "fraud", "cheat", "guilty", "peringkat", "rank")
    assert not [w for pair in STAND_SAMPLE.values() for w in pair if any(b in w.lower() for b in blame)]  # fmt: skip


@pytest.mark.parametrize(
    ("recorded", "found", "hours", "says"),
    [(99_950, 30, 720, True), (99_950, 30, 24, False), (1000, 999, 48, False), (1000, 1001, 48, False),
     (999_990, 5, 48, True)],
)  # fmt: skip
def test_a_register_that_passed_zero_suspends_the_test(recorded, found, hours, says):
    """R-SA-17."""
    assert passed_zero(Check(recorded, found, hours, 1300)) == says
