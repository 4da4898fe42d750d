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
    ],
)  # fmt: skip
def test_nonsense_is_refused(matrix, ends, said):
    with pytest.raises(ValueError, match=said):
        order(matrix, **ends)


def test_nobody_is_an_empty_order_and_rounds_are_counted_from_nothing():
    assert order(np.zeros((0, 0))).tolist() == []
    with pytest.raises(ValueError, match="rounds"):
        OrderParams(rounds=-1)
