"""The walking order: an open path, as short as can be found, and never longer than today's."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from rbmgeo.routes.order import OrderParams, order, path_length_m


def scattered(n, seed):
    xy = np.random.default_rng(seed).random((n, 2)) * 500
    return cdist(xy, xy)


def shortest(matrix, *, start=None, end=None, closed=False):
    """By trying every order."""
    lengths = [
        sum(matrix[a, b] for a, b in pairwise((*tour, tour[0]) if closed else tour))
        for tour in permutations(range(len(matrix)))
        if start in (None, tour[0]) and end in (None, tour[-1])
    ]
    return min(lengths)


@pytest.mark.parametrize("n", range(1, 8))
@pytest.mark.parametrize(
    "ends", [{}, {"start": 0}, {"end": 0}, {"start": 0, "end": 1}, {"closed": True}]
)
def test_few_stops_are_walked_as_short_as_any_order_could(n, ends):
    if ends.get("end", 0) >= n:
        ends = {}
    for seed in range(3):
        matrix = scattered(n, seed)
        tour = order(matrix, **ends)
        assert sorted(tour.tolist()) == list(range(n))
        assert ends.get("start") in (None, tour[0])
        assert ends.get("end") in (None, tour[-1])
        length = path_length_m(matrix, tour, closed="closed" in ends)
        assert length == pytest.approx(shortest(matrix, **ends))


def test_eight_stops_are_walked_as_short_as_any_order_could():
    matrix = scattered(8, 3)
    assert path_length_m(matrix, order(matrix)) == pytest.approx(shortest(matrix))


@pytest.mark.parametrize("n", [12, 40, 150])
def test_many_stops_are_visited_once_within_a_few_per_cent_of_a_long_search(n):
    matrix = scattered(n, 7)
    tour = order(matrix)
    assert sorted(tour.tolist()) == list(range(n))
    long_search = order(matrix, params=OrderParams(rounds=60, seed=3))
    assert path_length_m(matrix, tour) <= 1.05 * path_length_m(matrix, long_search)


def test_houses_along_a_street_are_read_along_it():
    at = np.random.default_rng(1).permutation(60) * 9.0
    matrix = np.abs(at[:, None] - at[None])
    tour = order(matrix)
    assert path_length_m(matrix, tour) == 59 * 9
    assert sorted(at[tour[[0, -1]]]) == [0, 531]


def test_an_open_path_is_no_longer_than_a_closed_tour():
    for seed in range(5):
        matrix = scattered(30, seed)
        tour = order(matrix, closed=True)
        assert path_length_m(matrix, order(matrix)) <= path_length_m(matrix, tour, closed=True)


@pytest.mark.parametrize(
    "ends", [{"start": 4}, {"end": 9}, {"start": 9, "end": 4}, {"start": 4, "closed": True}]
)
def test_fixed_ends_stay_where_they_are(ends):
    tour = order(scattered(25, 2), **ends)
    assert sorted(tour.tolist()) == list(range(25))
    assert ends.get("start") in (None, tour[0])
    assert ends.get("end") in (None, tour[-1])


def test_customers_on_one_spot_are_all_visited():
    assert sorted(order(np.zeros((20, 20))).tolist()) == list(range(20))


def test_the_same_matrix_and_seed_give_the_same_order():
    matrix = scattered(60, 4)
    first, again = (order(matrix, params=OrderParams(seed=5)) for _ in range(2))
    assert first.tolist() == again.tolist()


@pytest.mark.parametrize(
    ("matrix", "ends", "said"),
    [
        (np.zeros((2, 3)), {}, "square"), (np.zeros((3, 3)), {"start": 3}, "start is 3"),
        (np.zeros((3, 3)), {"end": -1}, "end is -1"), (np.zeros((3, 3)), {"start": 1, "end": 1}, "both"),
        (np.array([[0, np.nan], [np.nan, 0]]), {}, "row 0 to row 1 is nan"),
        (np.array([[0, np.inf], [np.inf, 0]]), {}, "row 0 to row 1 is inf"),
        (np.array([[0, -1], [-1, 0]]), {}, "is -1"), (np.array([[0, 1], [2, 0]]), {}, "symmetric"),
    ],
)  # fmt: skip
def test_nonsense_is_refused(matrix, ends, said):
    with pytest.raises(ValueError, match=said):
        order(matrix, **ends)


def test_nobody_is_an_empty_order_and_rounds_are_counted_from_nothing():
    assert order(np.zeros((0, 0))).tolist() == []
    with pytest.raises(ValueError, match="rounds"):
        OrderParams(rounds=-1)
    with pytest.raises(ValueError, match="starts"):
        OrderParams(starts=0)


@pytest.mark.parametrize(
    "ends", [{}, {"start": 4}, {"end": 9}, {"start": 9, "end": 4}, {"closed": True}]
)
def test_a_walk_does_not_depend_on_the_order_of_rows(ends):
    n = 30
    matrix = scattered(n, 11)
    mixed = np.random.default_rng(5).permutation(n)
    at = np.argsort(mixed)
    moved = {k: v if k == "closed" else int(at[v]) for k, v in ends.items()}
    first, again = order(matrix, **ends), mixed[order(matrix[np.ix_(mixed, mixed)], **moved)]
    if "closed" in ends:
        again = np.roll(again, -int(np.flatnonzero(again == first[0])[0]))
        assert first.tolist() in (again.tolist(), [again[0], *again[:0:-1]])
    else:
        assert first.tolist() in (again.tolist(), again[::-1].tolist())


def test_a_walk_between_two_ends_is_the_same_both_ways():
    matrix = scattered(25, 3)
    there = order(matrix, start=2, end=7)
    assert order(matrix, start=7, end=2).tolist() == there[::-1].tolist()


@pytest.mark.parametrize("scale", [1e-6, 1e9])
def test_the_unit_of_length_changes_nothing_but_the_length(scale):
    matrix = scattered(25, 3)
    near = path_length_m(matrix, order(matrix))
    assert path_length_m(matrix, order(matrix * scale)) == pytest.approx(near, rel=1e-6)


def test_a_search_is_never_longer_than_joining_the_shortest_edges():
    for seed in range(4):
        matrix = scattered(30, seed)
        none = order(matrix, params=OrderParams(rounds=0, starts=1))
        assert path_length_m(matrix, order(matrix)) <= path_length_m(matrix, none) + 1e-3


def test_far_clusters_are_each_walked_once():
    rng = np.random.default_rng(2)
    xy = np.concatenate([rng.random((12, 2)) * 20 + at for at in ([0, 0], [900, 0], [0, 900])])
    tour = order(cdist(xy, xy))
    assert int((np.diff(tour // 12) != 0).sum()) == 2
