"""Move blocks between neighbouring routes while that pays: minutes, walking, change, limits.

All is counted on, never over again: a move changes two routes, and only blocks at their borders
are looked at again. Nothing is random; blocks are looked at in their order.
"""

import heapq
from collections import deque
from dataclasses import dataclass, field

_LEAST = 1e-9
#: Changing places is tried only for a gain that can be felt: of two routes 6 % of a mean apart.
_FELT = 4e-3
#: What it costs that a route lies in one more part because a gardu does: as much as half a route
#: too long or too short.
_TORN = 0.25


@dataclass(frozen=True)
class Weights:
    """What a plan cares for, beside even minutes (1): few customers moved, a short walk."""

    change: float
    walk: float


@dataclass(frozen=True)
class Ground:
    """What does not change while blocks move; lists by block number.

    ``near``: neighbours with the straight metres between; ``seconds``, ``customers``, ``share`` of
    a route's capacity; ``movable``; ``known``: customers that have an RBM, day or reader today,
    and ``today``: of these how many by route, day, reader. ``day_of``, ``reader_of``: by route,
    -1 where it has none. ``shut``: routes that nobody joins or leaves.
    ``parts``: of a block whose houses lie apart, the numbers of its parts but the largest, which
    has the number of the block; ``part_near``: which parts border on each other.
    """

    near: list[list[tuple[int, float]]]
    seconds: list[float]
    customers: list[int]
    share: list[float]
    movable: list[bool]
    placed: list[bool]
    today: list[dict[int, int]]
    days: list[dict[int, int]]
    readers: list[dict[int, int]]
    day_of: list[int]
    reader_of: list[int]
    shut: list[bool]
    seconds_per_m: float
    day_room: float
    reader_room: float
    parts: dict[int, tuple[int, ...]] = field(default_factory=dict)
    part_near: list[list[int]] = field(default_factory=list)


#: The key under which a table of today's customers holds their sum.
ALL = -9


def changed(seen: dict[int, int], now: int) -> int:
    """Count the customers of a block that would be with another route, day or reader."""
    return seen.get(ALL, 0) - seen.get(now, 0)


@dataclass
class State:
    """Who is on which route now, and what each route costs."""

    ground: Ground
    route: list[int]
    blocks: list[set[int]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    share: list[float] = field(default_factory=list)
    gap_m: list[float] = field(default_factory=list)
    placed: list[int] = field(default_factory=list)
    day_changed: int = 0
    reader_changed: int = 0
    mean: float = 1.0

    @classmethod
    def of(cls, ground: Ground, route: list[int], routes: int) -> "State":
        """Count a beginning; ``route``: by block, -1 for none."""
        state = cls(ground, list(route))
        state.blocks = [set() for _ in range(routes)]
        state.seconds, state.share = [0.0] * routes, [0.0] * routes
        state.placed, state.gap_m = [0] * routes, [0.0] * routes
        for b, r in enumerate(route):
            if r >= 0:
                state.seconds[r] += ground.seconds[b]
                state.share[r] += ground.share[b]
                state.placed[r] += ground.placed[b]
                if ground.placed[b]:
                    state.blocks[r].add(b)
                state.day_changed += changed(ground.days[b], ground.day_of[r])
                state.reader_changed += changed(ground.readers[b], ground.reader_of[r])
        for r in range(routes):
            state.gap_m[r] = state.tree(r)[0]
        state.mean = max(sum(state.minutes(r) for r in range(routes)) / max(routes, 1), _LEAST)
        return state

    def minutes(self, r: int) -> float:
        """Return the seconds of a route; the name is for what is evened out."""
        return self.seconds[r] + self.gap_m[r] * self.ground.seconds_per_m

    def tree(self, r: int, without: int = -1) -> tuple[float, bool]:
        """Return the metres between the blocks of a route and whether they hang together."""
        inside = self.blocks[r]
        size = len(inside) - (without >= 0)
        if size < 2:
            return 0.0, True
        near = self.ground.near
        first = next(b for b in inside if b != without)
        seen, total = {first}, 0.0
        heap = [(m, c) for c, m in near[first] if c in inside and c != without]
        heapq.heapify(heap)
        while heap and len(seen) < size:
            metres, b = heapq.heappop(heap)
            if b in seen:
                continue
            seen.add(b)
            total += metres
            for c, m in near[b]:
                if c in inside and c not in seen and c != without:
                    heapq.heappush(heap, (m, c))
        return total, len(seen) == size

    def move(self, b: int, target: int) -> None:
        """Give a block to another route."""
        g, source = self.ground, self.route[b]
        for r, sign in ((source, -1), (target, 1)):
            if r < 0:
                continue
            self.seconds[r] += sign * g.seconds[b]
            self.share[r] += sign * g.share[b]
            self.placed[r] += sign
            self.blocks[r].symmetric_difference_update((b,))
            self.gap_m[r] = self.tree(r)[0]
            self.day_changed += sign * changed(g.days[b], g.day_of[r])
            self.reader_changed += sign * changed(g.readers[b], g.reader_of[r])
        self.route[b] = target

    def torn(self, r: int, without: int = -1, plus: int = -1) -> int:
        """Count the parts of a route beyond the first, where a gardu lies in several itself."""
        parts = self.ground.parts
        inside = self.blocks[r] if plus < 0 else self.blocks[r] | {plus}
        if parts.keys().isdisjoint(inside):
            return 0
        left = {p for b in inside if b != without for p in (b, *parts.get(b, ()))}
        count = -1
        while left:
            count += 1
            todo = [left.pop()]
            while todo:
                met = left.intersection(self.ground.part_near[todo.pop()])
                left -= met
                todo += met
        return max(count, 0)

    def neighbours(self, b: int) -> list[int]:
        """Return the other routes that a block borders on, in order."""
        own, g = self.route[b], self.ground
        found = {self.route[c] for c, _ in g.near[b]}
        return sorted(r for r in found if r >= 0 and r != own and not g.shut[r])


def mended(state: State) -> None:
    """Give parts that hang on nothing to a neighbouring route; the largest part stays.

    A part with a block that must not move stays where it is.
    """
    loose: list[int] = []
    for r in range(len(state.blocks)):
        parts = _parts(state, r)
        parts.sort(key=lambda p: (-sum(state.ground.customers[b] for b in p), min(p)))
        for part in parts[1:]:
            if all(state.ground.movable[b] for b in part):
                loose += sorted(part)
    left = set(loose)
    while left:
        done = []
        for b in sorted(left):
            met = {state.route[c] for c, _ in state.ground.near[b] if c not in left}
            open_ = sorted(r for r in met if r >= 0 and not state.ground.shut[r])
            if open_:
                target = min(open_, key=lambda r: (_over(state, b, r), -state.ground.today[b].get(r, 0), state.minutes(r), r))  # fmt: skip
                if target != state.route[b]:
                    state.move(b, target)
                done.append(b)
        if not done:
            return
        left -= set(done)


def _over(state: State, b: int, r: int) -> bool:
    return r != state.route[b] and state.share[r] + state.ground.share[b] > 1


def _parts(state: State, r: int) -> list[set[int]]:
    left, parts = set(state.blocks[r]), []
    while left:
        todo, part = [min(left)], set()
        while todo:
            b = todo.pop()
            if b in part:
                continue
            part.add(b)
            todo += [c for c, _ in state.ground.near[b] if c in left and c not in part]
        left -= part
        parts.append(part)
    return parts


def improve(state: State, weights: Weights, *, looks: int) -> int:
    """Move, then change places, while either pays; return how many moves were made.

    ``looks``: how often each block is looked at, at most (on average).
    """
    g = state.ground
    total = max(sum(t.get(ALL, 0) for t in g.today), 1)
    costs = _Costs(state, weights.change * len(state.blocks) / total, weights.walk)
    moves, budget = 0, looks * len(state.route)
    queue = deque(b for b in range(len(state.route)) if g.movable[b] and state.route[b] >= 0)
    waiting = set(queue)
    while queue and budget > 0:
        budget -= 1
        b = queue.popleft()
        waiting.discard(b)
        touched = costs.best_move(b) or costs.best_swap(b)
        if not touched:
            continue
        moves += 1
        for c in _around(state, touched):
            if c not in waiting and g.movable[c]:
                waiting.add(c)
                queue.append(c)
    return moves


def _around(state: State, routes: tuple[int, ...]) -> list[int]:
    """Return the blocks of some routes and those that border on them, in order."""
    inside = {b for r in routes for b in state.blocks[r]}
    return sorted(inside | {c for b in inside for c, _ in state.ground.near[b]})


@dataclass
class _Costs:
    state: State
    change: float
    walk: float

    def _even(self, r: int, seconds: float) -> float:
        return (seconds / self.state.mean - 1) ** 2

    def _moved(self, b: int, r: int) -> float:
        return self.change * changed(self.state.ground.today[b], r)

    def _leaves(self, b: int) -> bool:
        s = self.state
        r = s.route[b]
        return s.placed[r] > 1 and not s.ground.shut[r]

    def _room(self, moves: tuple[tuple[int, int], ...]) -> bool:
        """Say whether capacity and the limits of change allow some moves (block, route)."""
        s, g = self.state, self.state.ground
        share: dict[int, float] = {}
        day = reader = 0
        for b, r in moves:
            own = s.route[b]
            share[own] = share.get(own, 0.0) - g.share[b]
            share[r] = share.get(r, 0.0) + g.share[b]
            day += changed(g.days[b], g.day_of[r]) - changed(g.days[b], g.day_of[own])
            reader += changed(g.readers[b], g.reader_of[r]) - changed(g.readers[b], g.reader_of[own])  # fmt: skip
        if day > 0 and s.day_changed + day > g.day_room:
            return False
        if reader > 0 and s.reader_changed + reader > g.reader_room:
            return False
        return all(more <= 0 or s.share[r] + more <= 1 for r, more in share.items())

    def _nearest(self, b: int, r: int) -> float:
        """Return the metres from a block to the nearest of a route; its tree grows by no more."""
        route = self.state.route
        return min((m for c, m in self.state.ground.near[b] if route[c] == r), default=0.0)

    def best_move(self, b: int) -> tuple[int, ...]:
        """Make the move of one block that pays most; return the routes that it changed."""
        s, g = self.state, self.state.ground
        if not self._leaves(b):
            return ()
        source, m = s.route[b], g.seconds_per_m
        others = s.neighbours(b)
        if not others:
            return ()
        rest_m, whole = s.tree(source, without=b)
        if not whole:
            return ()
        rest_torn = s.torn(source, without=b) - s.torn(source)
        before, rest = s.minutes(source), s.seconds[source] - g.seconds[b] + rest_m * m
        best, chosen = -_LEAST, -1
        for r in others:
            then_m = s.gap_m[r] + self._nearest(b, r)
            then = s.seconds[r] + g.seconds[b] + then_m * m
            delta = (
                self._even(source, rest) - self._even(source, before)
                + self._even(r, then) - self._even(r, s.minutes(r))
                + self._moved(b, r) - self._moved(b, source)
                + self.walk * (rest_m + then_m - s.gap_m[source] - s.gap_m[r]) * m / s.mean
                + _TORN * (rest_torn + s.torn(r, plus=b) - s.torn(r))
            )  # fmt: skip
            if delta < best and self._room(((b, r),)):
                best, chosen = delta, r
        if chosen < 0:
            return ()
        s.move(b, chosen)
        return source, chosen

    def best_swap(self, b: int) -> tuple[int, ...]:
        """Let a block change places with a neighbour on another route, if that pays."""
        s, g = self.state, self.state.ground
        own = s.route[b]
        if g.shut[own]:
            return ()
        for r in s.neighbours(b):
            others = {c for d in s.blocks[own] if d != b for c, _ in g.near[d]} & s.blocks[r]
            for c in sorted(others):
                if g.movable[c] and self._swap_pays(b, c) and self._swapped(b, c):
                    return own, r
        return ()

    def _swap_pays(self, b: int, c: int) -> bool:
        """Say whether minutes without the walk between blocks promise a gain: cheap, looked at first."""
        s, g = self.state, self.state.ground
        own, r = s.route[b], s.route[c]
        more = (g.seconds[c] - g.seconds[b]) / s.mean
        # (x + d)^2 - x^2 + (y - d)^2 - y^2
        even = 2 * more * (more + (s.minutes(own) - s.minutes(r)) / s.mean)
        if even > -_FELT:
            return False
        delta = (
            even
            + self._moved(b, r) + self._moved(c, own) - self._moved(b, own) - self._moved(c, r)
        )  # fmt: skip
        return delta < -_FELT and self._room(((b, r), (c, own)))

    def _swapped(self, b: int, c: int) -> bool:
        s, m = self.state, self.state.ground.seconds_per_m
        own, r = s.route[b], s.route[c]
        before = self._pair(own, r) + self._moved(b, own) + self._moved(c, r)
        before += _TORN * (s.torn(own) + s.torn(r))
        metres = s.gap_m[own] + s.gap_m[r]
        s.move(b, r)
        s.move(c, own)
        after = self._pair(own, r) + self._moved(b, r) + self._moved(c, own)
        after += self.walk * (s.gap_m[own] + s.gap_m[r] - metres) * m / s.mean
        after += _TORN * (s.torn(own) + s.torn(r))
        if after < before - _LEAST and s.tree(own)[1] and s.tree(r)[1]:
            return True
        s.move(c, r)
        s.move(b, own)
        return False

    def _pair(self, one: int, other: int) -> float:
        s = self.state
        return self._even(one, s.minutes(one)) + self._even(other, s.minutes(other))
