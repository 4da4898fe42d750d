"""Numbers of a sheet: none over another, none lost, the same each time."""

import numpy as np
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.sheets.labels import MARK, overlapping, place

FRAME = (0.0, 0.0, 120.0, 100.0)


def crowd(seed: int, n: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    at = np.clip(draw.normal((60, 50), spread, (n, 2)), 2, 98)
    wide = draw.uniform(2.2, 6.5, n)
    return at, np.column_stack([wide, np.full(n, 2.4)])


@given(st.integers(0, 10_000), st.integers(1, 90), st.floats(0.0, 30.0))
@examples(0.4)
def test_numbers_never_overlap_each_other_the_frame_or_what_is_solid(seed, n, spread):
    at, sizes = crowd(seed, n, spread)
    solid = [(0.0, 0.0, 30.0, 10.0)]
    found = place(at, sizes, FRAME, solid=solid)
    assert overlapping(found.middle, sizes) == 0
    assert not found.missing.any()
    low, high = found.middle - sizes / 2, found.middle + sizes / 2
    assert (low >= 0).all() and (high <= (120, 100)).all()
    assert not ((low < (30, 10)) & (high > (0, 0))).all(axis=1).any()


def test_no_number_hides_the_mark_of_another_house():
    at, sizes = crowd(3, 80, 12.0)
    found = place(at, sizes, FRAME)
    for i in np.flatnonzero(~found.home):
        for j in range(len(at)):
            inside = np.abs(found.middle[j] - at[i]) < sizes[j] / 2 + MARK * 0.5
            assert not inside.all(), (i, j)


def test_who_has_room_stands_on_its_own_house_and_a_crowd_stays_near():
    at = np.array([[20.0, 20.0], [60.0, 60.0], [61.0, 60.0], [60.5, 60.8]])
    found = place(at, np.tile([3.6, 2.4], (4, 1)), FRAME)
    assert found.home[0] and found.middle[0].tolist() == [20.0, 20.0]
    assert np.hypot(*(found.middle - at).T).max() < 6


def test_the_same_houses_give_the_same_places():
    at, sizes = crowd(5, 120, 9.0)
    one, other = place(at, sizes, FRAME), place(at, sizes, FRAME)
    assert np.array_equal(one.middle, other.middle)


def test_a_number_that_has_no_room_at_all_is_said_to_be_missing_not_put_over_another():
    at, sizes = np.array([[0.6, 0.6], [9.4, 0.6], [9.4, 9.4]]), np.tile([7.4, 7.4], (3, 1))
    found = place(at, sizes, (0.0, 0.0, 10.0, 10.0))
    assert found.missing.sum() == 2
    assert overlapping(found.middle, sizes) == 0


def test_overlapping_counts_what_overlaps():
    middle = np.array([[0.0, 0.0], [1.0, 0.0], [9.0, 0.0], [np.nan, np.nan]])
    assert overlapping(middle, np.tile([2.0, 2.0], (4, 1))) == 1
