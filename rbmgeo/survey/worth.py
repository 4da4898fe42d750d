"""Which stops are worth their walk: a prize-collecting walk, grown, then taken apart and regrown.

After the orienteering problem (Vansteenwegen et al., 2011) with a price on the metre in place
of a limit, and ruin and recreate (Schrimpf et al., 2000); seeded, so that it can be repeated.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: A stop whose place nobody knows costs so many metres of looking for it.
BLIND_M = 300.0
#: Of the walk, so much is taken out in a round of ruin and recreate.
RUINED = 0.15


@dataclass(frozen=True)
class Stops:
    """Stops that could be visited: place (n x 2 metres, NaN unknown), worth, houses, own metres.

    ``value``: corrections expected there. ``own_m``: the walk inside the stop and the time that
    it takes, in metres of walking. ``fixed``: stops that are visited whatever they are worth.
    """

    xy: Floats
    value: Floats
    houses: Ints
    own_m: Floats
    fixed: Bools


def worthwhile(
    stops: Stops, *, houses: int, price: float, detour: float, rounds: int = 12, seed: int = 0
) -> Ints:
    """Return the stops to visit, fixed ones among them, of at most ``houses`` houses together.

    ``price``: corrections that a metre of walking must bring. Greedy by what a stop brings less
    what it costs, per house; then, ``rounds`` times, the part that pays least and one stretch
    drawn by the seed are taken out and the walk is grown again; the better walk stays.
    """
    walk = _Walk(stops, price, detour)
    best = walk.grown([], houses)
    worth = walk.worth(best)
    rng = np.random.default_rng(seed)
    for _ in range(rounds if len(best) > 3 else 0):
        tried = walk.grown(walk.ruined(best, rng), houses)
        found = walk.worth(tried)
        # A walk with fewer houses is no better walk: the visits were asked for.
        if found > worth + 1e-9 and walk.count(tried) >= walk.count(best):
            best, worth = tried, found
    return np.sort(np.array(best, dtype=np.int64))


class _Walk:
    """One open walk through stops; a stop without a place is on it without a step."""

    def __init__(self, stops: Stops, price: float, detour: float) -> None:
        self.stops, self.price = stops, price
        self.there = ~np.isnan(stops.xy[:, 0])
        known = np.where(self.there[:, None], stops.xy, 0.0)
        self.metres = (cdist(known, known) * detour).astype(np.float32)

    def count(self, walk: "list[int]") -> int:
        return int(self.stops.houses[walk].sum())

    def worth(self, walk: "list[int]") -> float:
        """Return corrections less metres at their price."""
        s = self.stops
        placed = [i for i in walk if self.there[i]]
        steps = float(self.metres[placed[:-1], placed[1:]].sum())
        blind = BLIND_M * (len(walk) - len(placed))
        return float(s.value[walk].sum() - self.price * (steps + blind + s.own_m[walk].sum()))

    def ruined(self, walk: "list[int]", rng: np.random.Generator) -> "list[int]":
        """Take out what pays least, and one stretch; fixed stops stay."""
        s = self.stops
        take = max(1, int(RUINED * len(walk)))
        saved = np.zeros(len(walk))
        at = np.array([k for k, i in enumerate(walk) if self.there[i]], dtype=np.int64)
        path = np.array(walk)[at]
        if len(path) > 2:
            a, b, c = path[:-2], path[1:-1], path[2:]
            saved[at[1:-1]] = self.metres[a, b] + self.metres[b, c] - self.metres[a, c]
            saved[at[0]], saved[at[-1]] = (
                self.metres[path[0], path[1]],
                self.metres[path[-2], path[-1]],
            )
        pays = (s.value[walk] - self.price * (saved + s.own_m[walk])) / s.houses[walk]
        begin = int(rng.integers(len(walk)))
        out = {int(k) for k in np.argsort(pays, kind="stable")[:take]}
        out |= set(range(begin, min(begin + take, len(walk))))
        return [i for k, i in enumerate(walk) if k not in out or s.fixed[i]]

    def grown(self, walk: "list[int]", houses: int) -> "list[int]":
        """Put stops in, each where it costs least, the best paid next, until ``houses`` are full."""
        s = self.stops
        path = [i for i in walk if self.there[i]]
        loose = [i for i in walk if not self.there[i]]
        left = houses - self.count(walk)
        out = np.ones(len(s.value), dtype=bool)
        out[walk] = False
        if not path and (out & self.there).any():
            start = self._start(out & self.there)
            path.append(start)
            out[start] = False
            left -= int(s.houses[start])
        cost = np.full(len(s.value), BLIND_M)
        behind = np.full(len(s.value), -2)
        open_ = np.flatnonzero(out & self.there)
        if len(open_):
            cost[open_], behind[open_] = self._cheapest(open_, path)
        while True:
            fits = out & ((s.houses <= left) | s.fixed)
            if not fits.any():
                return path + loose
            pays = (s.value - self.price * (cost + s.own_m)) / s.houses
            pays = np.where(s.fixed, np.inf, pays)
            if s.fixed[fits].any():  # the nearest first: they make the walk's skeleton
                pays = np.where(s.fixed, 1e12 - cost, pays)
            one = int(np.where(fits, pays, -np.inf).argmax())
            out[one] = False
            left -= int(s.houses[one])
            if not self.there[one]:
                loose.append(one)
                continue
            at = path.index(int(behind[one])) + 1 if behind[one] >= 0 else 0
            path.insert(at, one)
            self._updated(one, at, path, out & self.there, cost, behind)

    def _start(self, among: Bools) -> int:
        """Return where a walk begins: at a fixed stop, else amid the most worth within 200 m."""
        s = self.stops
        rows = np.flatnonzero(among)
        if (given := rows[s.fixed[rows]]).size:
            return int(given[0])
        if self.price == 0:
            return int(rows[(s.value[rows] / s.houses[rows]).argmax()])
        near = self.metres[np.ix_(rows, rows)] < 200
        return int(rows[(near @ s.value[rows]).argmax()])

    def _cheapest(self, rows: Ints, path: "list[int]") -> tuple[Floats, Ints]:
        """Return for each row what it costs to put it in, and behind which stop (-1: first)."""
        way = np.array(path)
        to = self.metres[np.ix_(rows, way)]
        costs = np.empty((len(rows), len(way) + 1), dtype=np.float32)
        costs[:, 0], costs[:, -1] = to[:, 0], to[:, -1]
        costs[:, 1:-1] = to[:, :-1] + to[:, 1:] - self.metres[way[:-1], way[1:]]
        best = costs.argmin(axis=1)
        return costs[np.arange(len(rows)), best].astype(float), np.r_[-1, way][best]

    def _updated(
        self, one: int, at: int, path: "list[int]", open_: Bools, cost: Floats, behind: Ints
    ) -> None:
        """Tell the others of the two steps that came and the one that went."""
        before = path[at - 1] if at else -1
        lost = np.flatnonzero(open_ & (behind == before))
        if len(lost):
            cost[lost], behind[lost] = self._cheapest(lost, path)
        rows = np.flatnonzero(open_)
        to = self.metres[one, rows]
        for a, b in ((before, one), (one, path[at + 1] if at + 1 < len(path) else -1)):
            other = b if a == one else a
            new = to if other < 0 else to + self.metres[other, rows] - self.metres[one, other]
            less = new < cost[rows] - 1e-6
            better = rows[less]
            cost[better] = new[less]
            behind[better] = a
