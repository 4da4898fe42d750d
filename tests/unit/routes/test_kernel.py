"""The search inside ordering: every move is counted right, and compiled it walks the same way."""

import subprocess
import sys

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from rbmgeo.routes import kernel
from rbmgeo.routes.compiled import compiled_kernel
from rbmgeo.routes.tours import Search, greedy, lists, searched, tour_of, whole


def costs(n, seed, grid=0):
    """Whole-number distances of scattered houses; on a coarse grid many are alike."""
    rng = np.random.default_rng(seed)
    xy = rng.integers(0, grid, (n, 2)) if grid else rng.random((n, 2)) * 500
    return whole(cdist(xy, xy))


def length(cost, tour):
    return int(cost[tour, np.roll(tour, -1)].sum(dtype=np.int64))


def edges(tour):
    return {frozenset(p) for p in zip(tour.tolist(), np.roll(tour, -1).tolist(), strict=True)}


def nobody(n):
    return np.full(n, -1, dtype=np.int32)


@pytest.mark.parametrize("n", [8, 9, 12, 40])
@pytest.mark.parametrize("walked", [False, True])
def test_a_kick_changes_exactly_four_edges_and_counts_them(n, walked):
    cost = costs(n, n)
    cand = lists(kernel, cost, n, Search())
    tour = greedy(kernel, cost, cand, nobody(n))
    kicks = 0
    for seed in range(1, 60):
        new, pos = tour.copy(), np.argsort(tour).astype(np.int32)
        state, cuts = np.array([seed]), np.zeros(4, np.int64)
        if walked and not kernel.cuts_walked(pos, cand, state, cuts):
            continue
        if not walked:
            kernel.cuts_near(n, 100, state, cuts)
        told, dirty = np.zeros(8, np.int32), np.array([n, -1])
        more = kernel.kicked(new, pos, cost, nobody(n), cuts, np.zeros(n, np.int32), told, dirty)
        assert len(edges(new) - edges(tour)) == len(edges(tour) - edges(new)) == 4
        assert more == length(cost, new) - length(cost, tour)
        assert tour[[*range(dirty[0]), *range(dirty[1] + 1, n)]].tolist() == (
            new[[*range(dirty[0]), *range(dirty[1] + 1, n)]].tolist()
        )
        assert (new[pos] == np.arange(n)).all()
        kicks += 1
    assert kicks > 10


@pytest.mark.parametrize("s", [1, -1])
@pytest.mark.parametrize("kind", range(5))
def test_a_move_writes_the_parts_as_its_name_says_wherever_it_begins(kind, s):
    n = 11
    for a in range(1, n - 1):
        for b in [a] if kind == kernel.P_TURNED else range(a + 1, n):
            for p2 in range(n):
                tour = np.arange(n, dtype=np.int32)
                pos, dirty = tour.copy(), np.array([n, -1])
                around = (p2 + s * np.arange(n)) % n
                p, q, rest = around[:a], around[a:b], around[b:]
                parts = [
                    (p[::-1], q), (q[::-1], p), (q, p[::-1]), (q, p), (p[::-1], q[::-1]),
                ][kind]  # fmt: skip
                kernel.rebuilt(tour, pos, np.zeros(n, np.int32), s, p2, a, b, kind, dirty)
                assert edges(tour) == edges(np.concatenate([*parts, rest]))
                assert (tour[pos] == np.arange(n)).all()


@pytest.mark.parametrize("grid", [0, 6])
def test_a_search_says_the_length_it_has_and_is_never_longer_than_its_start(grid):
    for seed in range(6):
        cost = costs(30, seed, grid)
        cand = lists(kernel, cost, 30, Search())
        first = greedy(kernel, cost, cand, nobody(30))
        lengths = [length(cost, first)]
        for rounds in (0, 2):
            tour, told = searched(
                kernel, first, cost, cand, nobody(30), Search(rounds=rounds), np.array([seed + 1])
            )
            assert sorted(tour.tolist()) == list(range(30))
            assert told == length(cost, tour)
            lengths.append(told)
        assert lengths == sorted(lengths, reverse=True)


def test_what_must_stand_together_is_never_parted():
    for seed in range(8):
        cost, fix = costs(24, seed), nobody(24)
        fix[[3, 17]] = 17, 3
        tour = tour_of(cost, fix, 0, Search(rounds=3), seed, kernel_=kernel)
        assert frozenset({3, 17}) in edges(tour)


def test_neighbours_are_the_nearest_and_some_in_every_quarter():
    cost = whole(cdist(*[np.array([[0, 0], *((k, 1) for k in range(1, 9)), [-90, -90]])] * 2))
    out = lists(kernel, cost, 10, Search(near=3, each=1))
    assert out[0, :3].tolist() == [1, 2, 3]
    assert 9 in out[0]
    assert (out >= -1).all()
    for c, row in enumerate(out):
        told = row[row >= 0]
        assert c not in told
        assert len(set(told.tolist())) == len(told)
        assert (np.diff(cost[c, told]) >= 0).all()


def test_compiled_and_plain_walk_the_same_tour():
    assert compiled_kernel() is not kernel
    for n, grid in ((21, 0), (40, 0), (40, 5)):
        cost = costs(n, n, grid)
        search = Search(rounds=2, starts=2)
        plain, fast = (
            tour_of(cost, nobody(n), 0, search, 7, kernel_=k) for k in (kernel, compiled_kernel())
        )
        assert plain.tolist() == fast.tolist()


def test_no_page_waits_for_the_compiler_when_it_starts():
    code = "import sys, rbmgeo.routes.walkorder, rbmgeo.workflows.routes; print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
