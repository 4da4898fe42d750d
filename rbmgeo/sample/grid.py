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

MEAN_CUSTOMERS, LARGEST, APART_M = 58, (190, 235), 140
#: A third of the gardu were set between the others later, to relieve them.
RELIEF, RELIEF_APART_M = 0.35, 30
WINDING = (0.9, 1.1)
#: How unevenly lines reach, from like to like (0) to one in six twice as far (0.7).
UNEVEN = (0.2, 0.35, 0.05, 0.5)
#: What real utilities show, and how far a unit may lie from it: the share whose nearest gardu
#: is the true one, and of five neighbours those on one's own gardu.
SHARES, SHARES_OFF = np.array([0.75, 0.94]), np.array([0.05, 0.02])
#: Quartiles of a gardu's size; those of few gardu scatter more, by the root of their number.
QUARTILES, QUARTILES_OFF, BY_CHANCE = np.array([20, 51, 80]), 15, 60
#: A layout this near (1 is the border) is taken at once; at most so many are tried.
NEAR_ENOUGH, LAYOUTS = 0.65, 24


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


@dataclass(frozen=True)
class Houses:
    """Where customers live (n x 2 metres), and the pole of each."""

    xy: Floats
    pole: Ints

    def load(self, poles: int) -> Ints:
        """Return the customers of each pole."""
        return np.bincount(self.pole, minlength=poles)


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


def grow_grid(rng: np.random.Generator, poles: Poles, houses: Houses) -> Grid:
    """Grow one tree per gardu along the poles, as real utilities grew them.

    Chance alone makes some layouts tidier and others wilder than any real one: of several
    the one nearest to what was measured is taken, whatever the unit's size.
    """
    neighbours = cKDTree(houses.xy).query(houses.xy, k=6)[1][:, 1:]
    best, least = None, np.inf
    for number in range(LAYOUTS):
        grid = _grow(rng, poles, houses.load(len(poles.xy)), UNEVEN[number % len(UNEVEN)])
        away = _unlikeness(grid, houses, neighbours)
        if away < least:
            best, least = grid, away
        if least < NEAR_ENOUGH:
            break
    assert best is not None
    return best


def _unlikeness(grid: Grid, houses: Houses, neighbours: Ints) -> float:
    """Return how far from real units a layout is: 1 is the border of what was seen."""
    own = grid.gardu[houses.pole]
    _, nearest = cKDTree(grid.site).query(houses.xy)
    shares = (nearest == own).mean(), (own[neighbours] == own[:, None]).mean()
    off = np.abs(np.array(shares) - SHARES) / SHARES_OFF
    return float(max(off.max(), quartiles_off(np.bincount(own))))


def quartiles_off(sizes: Ints) -> float:
    """Return how far the quartiles of gardu with customers are from real ones; 1: the border."""
    sizes = sizes[sizes > 0]
    allowed = QUARTILES_OFF + BY_CHANCE / np.sqrt(len(sizes))
    return float(np.abs((np.percentile(sizes, [25, 50, 75]) - QUARTILES) / allowed).max())


def _grow(rng: np.random.Generator, poles: Poles, load: Ints, uneven: float) -> Grid:
    """Grow the trees once; one gardu in fifteen stands where nobody lives and feeds nobody."""
    wanted = max(round(int(load.sum()) / MEAN_CUSTOMERS), 3)
    feeding = _sites(rng, poles, load, wanted)
    others = np.setdiff1d(np.flatnonzero(load <= np.quantile(load, 0.2)), feeding)
    idle = rng.choice(others, max(1, wanted // 15), replace=False)
    speed = np.exp(rng.normal(0, 1, len(feeding)) * uneven)
    gardu, parent, jurusan = _trees(poles, _steps(rng, poles), load, feeding, speed)
    site = np.concatenate([poles.xy[feeding], poles.xy[idle]]) + rng.normal(
        0, 4, (len(feeding) + len(idle), 2)
    )
    second, second_from = _shared(rng, poles, gardu)
    return Grid(site, gardu, second, second_from, parent, np.minimum(jurusan, 4))


def _steps(rng: np.random.Generator, poles: Poles) -> list[list[tuple[int, float]]]:
    """Return for every pole its neighbours and the metres of line to them, a little winding."""
    count = np.array([len(near) for near in poles.neighbours])
    here = np.repeat(np.arange(len(count)), count)
    there = np.array([q for near in poles.neighbours for q in near])
    metres = np.hypot(*(poles.xy[there] - poles.xy[here]).T) * rng.uniform(*WINDING, len(there))
    pairs = list(zip(there.tolist(), metres.tolist(), strict=True))
    ends = np.cumsum(count).tolist()
    return [pairs[end - k : end] for end, k in zip(ends, count.tolist(), strict=True)]


def _trees(
    poles: Poles, steps: list[list[tuple[int, float]]], load: Ints, feeding: Ints, speed: Floats
) -> tuple[Ints, Ints, Ints]:
    """Let every gardu take the nearest free pole in turn, until none has room; the rest is tied.

    Plain lists: one pole is taken at a time, and numpy is slow at that.
    """
    n, people, pace = len(poles.xy), load.tolist(), (1 / speed).tolist()
    gardu, parent, jurusan, lines = [-1] * n, [-1] * n, [0] * n, [0] * n
    taken = [0] * len(feeding)
    for cap in LARGEST:
        heap = _frontier(steps, feeding, gardu, pace)
        while heap:
            cost, pole, g, before = heapq.heappop(heap)
            if gardu[pole] >= 0 or taken[g] + people[pole] > cap:
                continue
            gardu[pole], parent[pole] = g, before
            taken[g] += people[pole]
            if before >= 0:
                if parent[before] < 0:
                    lines[before] += 1
                jurusan[pole] = lines[before] if parent[before] < 0 else jurusan[before]
            for nxt, metres in steps[pole]:
                if gardu[nxt] < 0:
                    heapq.heappush(heap, (cost + metres * pace[g], nxt, g, pole))
    grown = np.array(gardu), np.array(parent), np.array(jurusan)
    _tie_the_rest(poles, *grown, load, np.array(taken))
    return grown


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


def _sites(rng: np.random.Generator, poles: Poles, load: Ints, wanted: int) -> Ints:
    """Choose poles for gardu: where people are, not too near each other.

    The last ones were set between the others later, to relieve them, and stay small.
    """
    order = rng.permutation(len(poles.xy))
    order = order[np.argsort(-(load[order] > 0).astype(int), kind="stable")]
    tree, chosen = cKDTree(poles.xy), list[int]()
    for apart_m, until in ((APART_M, round(wanted * (1 - RELIEF))), (RELIEF_APART_M, wanted)):
        blocked = np.zeros(len(poles.xy), bool)
        for near in tree.query_ball_point(poles.xy[chosen], apart_m) if chosen else ():
            blocked[near] = True
        for pole in order.tolist():
            if len(chosen) >= until:
                break
            if not blocked[pole]:
                chosen.append(pole)
                blocked[tree.query_ball_point(poles.xy[pole], apart_m)] = True
    return np.array(chosen)


def _frontier(
    steps: list[list[tuple[int, float]]], feeding: Ints, gardu: list[int], pace: list[float]
) -> list[tuple[float, int, int, int]]:
    """Begin at the gardu, or, the second time, at the edges of what has grown."""
    heap = [(g * 1e-9, int(p), g, -1) for g, p in enumerate(feeding) if gardu[p] < 0]
    heap += [
        (metres * pace[gardu[p]], q, gardu[p], p)
        for p, near in enumerate(steps)
        if gardu[p] >= 0
        for q, metres in near
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
    shared = 0
    for i in rng.permutation(len(meeting)):
        p, q = meeting[i]
        if shared >= round(0.02 * len(gardu)):
            break
        if second[p] < 0 and second[q] < 0:
            second[p], origin[p] = gardu[q], q
            shared += 1
    return second, origin
