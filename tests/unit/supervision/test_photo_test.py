"""The blind photo test: turns, verdicts, and what a sample says."""

import pytest

from rbmgeo.supervision.photo_test import PhotoResult, PhotoVerdict, next_place, verdict_of

SAME, DIFF, NONE = PhotoVerdict.SAME, PhotoVerdict.OTHER, PhotoVerdict.UNREADABLE
PLACES = [(1, False), (2, False), (3, False), (4, True), (5, True)]


@pytest.mark.parametrize(
    ("seen", "recorded", "said"),
    [
        ("01234", "1234", SAME), ("1234", "1234.5", SAME), ("1234.5", "1234.5", SAME),
        ("1234.4", "1234.5", DIFF), ("1233", "1234", DIFF), (None, "1234", NONE), ("0", "0", SAME),
    ],
)  # fmt: skip
def test_what_is_typed_is_judged_by_its_figures(seen, recorded, said):
    assert verdict_of(seen, recorded) == said


def test_reserve_photos_come_in_the_printed_order_and_only_for_unreadable_ones():
    assert next_place(PLACES, {}) == 1
    assert next_place(PLACES, {1: SAME, 2: DIFF, 3: SAME}) is None
    assert next_place(PLACES, {1: SAME, 2: NONE, 3: SAME}) == 4
    assert next_place(PLACES, {1: SAME, 2: NONE, 3: SAME, 4: NONE}) == 5
    assert next_place(PLACES, {1: SAME, 2: NONE, 3: NONE, 4: SAME, 5: SAME}) is None


def test_a_sample_says_its_interval_and_what_is_left():
    done = PhotoResult(lot=900, size=50, same=49, other=1, unreadable=3)
    assert (done.seen, done.left) == (50, 0)
    assert [round(100 * x, 2) for x in done.interval] == [0.35, 10.5]
    assert PhotoResult(900, 50, 0, 0, 0).interval == (0.0, 1.0)
