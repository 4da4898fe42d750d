"""Poles along the streets and low-voltage trees grown from the gardu along them."""

import heapq
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from rbmgeo.sample.streets import Streets

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MEAN_CUSTOMERS, LARGEST, APART_M = 64, (190, 235), 120
#: Every fifth line is weak (old, or of one works): such gardu stay small.
WEAK, WEAK_SPEED = 0.2, 0.5
#: Real utilities: the nearest gardu is the true one for 73-79 % of the customers.
NEAREST_IS_TRUE = 0.75
WINDING = (0.9, 1.1)


@dataclass(frozen=True)
class Poles:
    """Poles (n x 2 metres), which pole each stretch of street has, and their neighbours."""

    xy: Floats
    neighbours: list[list[int]]
    of_edge: list[list[int]]


@dataclass(frozen=True)
class Grid:
    """Gardu sites, the gardu of each pole (-1 none), a second one where a pole carries two.

    ``parent`` is the pole before it on the tree (-1 at the gardu), ``jurusan`` the branch.
    """

    site: Floats
    gardu: Ints
    second: Ints
    second_from: Ints
    parent: Ints
    jurusan: Ints


def set_poles(rng: np.random.Generator, streets: Streets) -> Poles:
    """Set poles at every node and each 30-50 m between."""
    xy = [tuple(p) for p in streets.nodes]
    neighbours: list[list[int]] = [[] for _ in xy]
    of_edge = []
    for (a, b), length in zip(streets.edges, streets.lengths_m(), strict=True):
        between = max(round(length / rng.uniform(32, 48)) - 1, 0)
        row = [int(a)]
        for step in range(1, between + 1):
            share = step / (between + 1)
            xy.append(tuple(streets.nodes[a] + (streets.nodes[b] - streets.nodes[a]) * share))
            neighbours.append([])
            row.append(len(xy) - 1)
        row.append(int(b))
        for p, q in pairwise(row):
            neighbours[p].append(q)
            neighbours[q].append(p)
        of_edge.append(row)
    return Poles(np.array(xy), neighbours, of_edge)


def grow_grid(rng: np.random.Generator, poles: Poles, load: Ints) -> Grid:
    """Grow one tree per gardu along the poles; ``load`` is the customers of each pole.

    Trees grow at uneven speed (old, strong lines reach farther), as uneven as it takes for
    the nearest gardu to be the true one no more often than in real networks.
    """
    seed = int(rng.integers(2**62))
    low, high = 0.0, 0.8
    best, least = None, np.inf
    for _ in range(6):
        uneven = (low + high) / 2
        grid = _grow(np.random.default_rng(seed), poles, load, uneven)
        _, nearest = cKDTree(grid.site).query(poles.xy)
        true = float((load * (nearest == grid.gardu)).sum() / load.sum())
        if abs(true - NEAREST_IS_TRUE) < least:
            best, least = grid, abs(true - NEAREST_IS_TRUE)
        if least < 0.015:
            break
        low, high = (uneven, high) if true > NEAREST_IS_TRUE else (low, uneven)
    assert best is not None
    return best


def _grow(rng: np.random.Generator, poles: Poles, load: Ints, uneven: float) -> Grid:
    """Grow the trees once; one gardu in fifteen stands where nobody lives and feeds nobody."""
    wanted = max(round(int(load.sum()) / MEAN_CUSTOMERS), 3)
    feeding = _sites(rng, poles, load, wanted, APART_M)
    others = np.setdiff1d(np.flatnonzero(load <= np.quantile(load, 0.2)), feeding)
    idle = rng.choice(others, max(1, wanted // 15), replace=False)
    speed = np.exp(rng.normal(0, 1, len(feeding)) * uneven)
    speed[rng.random(len(feeding)) < WEAK] *= WEAK_SPEED
    n = len(poles.xy)
    gardu, parent, jurusan = np.full(n, -1), np.full(n, -1), np.zeros(n, int)
    taken = np.zeros(len(feeding), int)
    for cap in LARGEST:
        heap = _frontier(poles, feeding, gardu, speed)
        while heap:
            cost, pole, g, before = heapq.heappop(heap)
            if gardu[pole] >= 0 or taken[g] + load[pole] > cap:
                continue
            gardu[pole], parent[pole] = g, before
            taken[g] += load[pole]
            if before >= 0:
                root = parent[before] < 0
                jurusan[pole] = (
                    len([q for q in poles.neighbours[before] if parent[q] == before and q != pole])
                    + 1
                    if root
                    else jurusan[before]
                )
            for nxt in poles.neighbours[pole]:
                if gardu[nxt] < 0:
                    step = np.hypot(*(poles.xy[nxt] - poles.xy[pole])) * rng.uniform(*WINDING)
                    heapq.heappush(heap, (cost + step / speed[g], nxt, g, pole))
    _tie_the_rest(poles, gardu, parent, jurusan, load, taken)
    site = np.concatenate([poles.xy[feeding], poles.xy[idle]]) + rng.normal(
        0, 4, (len(feeding) + len(idle), 2)
    )
    second, second_from = _shared(rng, poles, gardu)
    return Grid(site, gardu, second, second_from, parent, np.minimum(jurusan, 4))


def _tie_the_rest(
    poles: Poles, gardu: Ints, parent: Ints, jurusan: Ints, load: Ints, taken: Ints
) -> None:
    """Span over to poles that no street leads to, from the nearest fed one with room left."""
    while (gardu < 0).any():
        bare = np.flatnonzero(gardu < 0)
        room = (gardu >= 0) & (taken[gardu] + load[bare].max() <= LARGEST[-1])
        fed = np.flatnonzero(room if room.any() else gardu >= 0)
        away, near = cKDTree(poles.xy[fed]).query(poles.xy[bare])
        pole, before = bare[away.argmin()], fed[near[away.argmin()]]
        gardu[pole], parent[pole], jurusan[pole] = gardu[before], before, jurusan[before]
        taken[gardu[pole]] += load[pole]


def _sites(rng: np.random.Generator, poles: Poles, load: Ints, wanted: int, apart_m: float) -> Ints:
    """Choose poles for gardu: where people are, not too near each other."""
    order = rng.permutation(len(poles.xy))[: len(poles.xy)]
    order = order[np.argsort(-(load[order] > 0).astype(int), kind="stable")]
    tree, chosen = cKDTree(poles.xy), []
    blocked = np.zeros(len(poles.xy), bool)
    for pole in order:
        if not blocked[pole]:
            chosen.append(pole)
            blocked[tree.query_ball_point(poles.xy[pole], apart_m)] = True
        if len(chosen) == wanted:
            break
    return np.array(chosen)


def _frontier(
    poles: Poles, feeding: Ints, gardu: Ints, speed: Floats
) -> list[tuple[float, int, int, int]]:
    """Begin at the gardu, or, the second time, at the edges of what has grown."""
    if (gardu < 0).all():
        heap = [(float(g) * 1e-9, int(p), g, -1) for g, p in enumerate(feeding)]
    else:
        heap = [
            (
                float(np.hypot(*(poles.xy[q] - poles.xy[p])) / speed[gardu[p]]),
                int(q),
                int(gardu[p]),
                int(p),
            )
            for p in np.flatnonzero(gardu >= 0)
            for q in poles.neighbours[p]
            if gardu[q] < 0
        ]
    heapq.heapify(heap)
    return heap


def _shared(rng: np.random.Generator, poles: Poles, gardu: Ints) -> tuple[Ints, Ints]:
    """Let about 2 % of the poles, where two trees meet, carry both."""
    second, origin = np.full(len(gardu), -1), np.full(len(gardu), -1)
    meeting = [
        (p, q)
        for p in range(len(gardu))
        for q in poles.neighbours[p]
        if gardu[p] >= 0 and gardu[q] >= 0 and gardu[p] != gardu[q]
    ]
    for i in rng.permutation(len(meeting)):
        p, q = meeting[i]
        if (second >= 0).sum() >= 0.02 * len(gardu):
            break
        if second[p] < 0 and second[q] < 0:
            second[p], origin[p] = gardu[q], q
    return second, origin
