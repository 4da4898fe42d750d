"""Of walks that are nearly as short, the one on which most customers keep their number."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from rbmgeo.routes.codes import longest_rising, renumbered
from rbmgeo.routes.order import order, path_length_m
from rbmgeo.routes.saving import kept, number_saving


def rising(numbers):
    """By trying every part of the list."""
    there = [n for n in numbers if n is not None]
    for size in range(len(there), 0, -1):
        for part in combinations(there, size):
            if all(a < b for a, b in pairwise(part)):
                return size
    return 0


@given(st.lists(st.one_of(st.none(), st.integers(0, 9)), max_size=9))
def test_the_longest_rising_part_is_as_long_as_any(numbers):
    at = longest_rising(numbers)
    part = [numbers[k] for k in at]
    assert at == sorted(set(at))
    assert None not in part
    assert part == sorted(set(part))
    assert len(part) == rising(numbers)


PLACES = st.tuples(st.integers(1, 6), st.integers(0, 2)) | st.tuples(
    st.integers(990, 999), st.integers(97, 99)
)


@given(st.lists(PLACES | st.none(), max_size=12))
def test_everybody_gets_a_place_in_turn_and_most_keep_theirs(had):
    walk = [f"c{k:02d}" for k in range(len(had))]
    today = {i: p for i, p in zip(walk, had, strict=True) if p}
    places = renumbered(walk, today)
    if not places:  # no room is left behind the last: all are numbered anew
        assert not walk or max(today.values()) > (990, 0)
        return
    given_ = [places[i] for i in walk]
    assert set(places) == set(walk)
    assert given_ == sorted(set(given_))
    assert all(1 <= u <= 999 and 0 <= s <= 99 for u, s in given_)
    if had == sorted(set(filter(None, had))):
        assert places == today


def test_who_is_read_between_two_gets_a_sisipan_and_nobody_else_changes():
    today = {"a": (46, 0), "b": (47, 0), "moved": (99, 0)}
    assert renumbered(["a", "moved", "b"], today) == {
        "a": (46, 0), "moved": (46, 1), "b": (47, 0)
    }  # fmt: skip


def test_a_number_that_somebody_had_is_not_anothers():
    today = {"a": (46, 0), "moved": (46, 1), "b": (47, 0), "c": (48, 0)}
    assert renumbered(["a", "new", "b", "c", "moved"], today)["new"] == (46, 2)


def test_where_no_number_is_left_between_the_second_gives_his_up():
    today = {"a": (1, 0), "b": (2, 0)}
    assert renumbered(["new", "a", "b"], today) == {"new": (1, 1), "a": (1, 2), "b": (2, 0)}


def test_an_rbm_that_is_full_behind_the_last_is_numbered_anew():
    assert renumbered(["a", "new"], {"a": (999, 99)}) == {}


def street(n, seed):
    """Houses on both sides of a few streets, and today's walk down one side and up the other."""
    rng = np.random.default_rng(seed)
    xy = np.c_[np.repeat(np.arange(4), n // 4) * 80.0, np.tile(np.arange(n // 4) * 9.0, 4)]
    xy += rng.uniform(-3, 3, xy.shape)
    turn = np.concatenate([np.arange(n // 4) + n // 4 * k for k in rng.permutation(4)])
    rank = np.empty(n, dtype=np.int64)
    rank[turn] = np.arange(n)
    return cdist(xy, xy), rank


@pytest.mark.parametrize("seed", range(4))
def test_a_saving_walk_keeps_no_fewer_numbers_and_stays_within_its_limit(seed):
    matrix, rank = street(20, seed)
    best = order(matrix)
    limit = path_length_m(matrix, best) * 1.01
    walk = number_saving(matrix, best, rank, limit_m=limit)
    assert sorted(walk.tolist()) == list(range(20))
    assert path_length_m(matrix, walk) <= limit
    assert kept(walk, rank) >= max(kept(best, rank), kept(best[::-1], rank))


def test_of_two_directions_the_one_walked_today_is_kept():
    at = np.arange(16) * 10.0
    matrix = np.abs(at[:, None] - at[None])
    rank = np.arange(16)[::-1].copy()
    walk = number_saving(matrix, order(matrix), rank, limit_m=150)
    assert walk.tolist() == list(range(15, -1, -1))


def test_a_detour_of_the_last_per_cent_is_taken_for_the_numbers():
    # A house 1 m off the line stands in turn at the end today; going back for it costs little.
    xy = np.array([[k * 10.0, 0] for k in range(20)] + [[170.0, 1.0]])
    matrix = cdist(xy, xy)
    rank = np.arange(21)
    plain = order(matrix)
    saving = number_saving(matrix, plain, rank, limit_m=path_length_m(matrix, plain) * 1.2)
    assert kept(saving, rank) == 21 > kept(plain, rank)


def test_newcomers_have_no_number_to_keep():
    matrix, rank = street(20, 1)
    rank[:] = -1
    best = order(matrix)
    assert kept(best, rank) == 0
    assert number_saving(matrix, best, rank, limit_m=1e9).tolist() == best.tolist()
