"""The inner loops of ordering, over integers alone: compiled where numba is, plain Python else.

Nothing here is decorated: `rbmgeo.routes.compiled` compiles this very file, and uncompiled it
gives the same tours (tested). Only whole numbers are added and compared, so that no machine
rounds another way, a tie is a tie and no search turns for ever. A city is a row of ``cost``,
int32 below 2**26 and symmetric. ``tour`` holds the cities in order and ``pos`` where each stands.
``fix[c]`` is the city that must stay beside c, or -1. Everything is written in place.

A move takes two neighbouring parts P = [0, a) and Q = [a, b), counted from the city at ``p2`` in
the direction ``s``, and puts them back turned or swapped; R is all the rest.

The types of arguments are read from their names when compiled: ``Ints`` a row of int32, ``Grid`` a
table of them, ``Wide`` a row of int64. What a function needs to work in is handed to it, and it
stands below those that it calls.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Grid = npt.NDArray[np.int32]
Wide = npt.NDArray[np.int64]

P_TURNED, QT_P, Q_PT, Q_P, PT_QT = 0, 1, 2, 3, 4

#: A move must save more than this. Two ways over the same streets differ by what rounding their
#: steps leaves (3 at most); moves for that alone were a third of the time.
ROUNDING = 10


def neighbours(
    cost: Grid, x: Wide, y: Wide, cities: int, near: int, each: int, kept: Ints, out: Grid
) -> None:
    """Write per city its ``near`` nearest and ``each`` more per quadrant, nearest first, then -1.

    The nearest alone do not link a cluster with the next one. Rows from ``cities`` on (the dummy)
    cost nothing to reach: they come first in the list of everybody and have no list of their own.
    ``kept`` has room for a list and five numbers.
    """
    n = len(cost)
    group = kept[near + 4 * each :]
    for c in range(cities):
        count = 0
        for d in range(cities, n):
            out[c, count] = d
            count += 1
        for g in range(5):
            group[g] = 0
        for d in range(cities):
            if d == c:
                continue
            w = cost[c, d]
            v = d
            # The nearest of all; whom they push out falls to its quadrant.
            if group[4] < near or w < cost[c, kept[near - 1]]:
                k = group[4]
                pushed = -1
                if k == near:
                    pushed = kept[near - 1]
                    k -= 1
                else:
                    group[4] += 1
                while k > 0 and w < cost[c, kept[k - 1]]:
                    kept[k] = kept[k - 1]
                    k -= 1
                kept[k] = d
                if pushed < 0:
                    continue
                v = pushed
                w = cost[c, v]
            q = 0
            if x[v] < x[c]:
                q += 1
            if y[v] < y[c]:
                q += 2
            first = near + q * each
            k = group[q]
            if k == each:
                if each == 0 or not w < cost[c, kept[first + k - 1]]:
                    continue
                k -= 1
            else:
                group[q] += 1
            while k > 0 and w < cost[c, kept[first + k - 1]]:
                kept[first + k] = kept[first + k - 1]
                k -= 1
            kept[first + k] = v
        begin = count
        for g in range(5):
            first = 0 if g == 4 else near + g * each
            for i in range(group[g]):
                v = kept[first + i]
                w = cost[c, v]
                k = count
                while k > begin and (
                    w < cost[c, out[c, k - 1]]
                    or (w == cost[c, out[c, k - 1]] and v < out[c, k - 1])
                ):
                    out[c, k] = out[c, k - 1]
                    k -= 1
                out[c, k] = v
                count += 1


def joined(links: Grid, part: Ints, a: Ints, b: Ints) -> None:
    """Join pairs in the order given unless a city has two links or a ring would close."""
    for e in range(len(a)):
        i, j = a[e], b[e]
        if links[i, 1] >= 0 or links[j, 1] >= 0:
            continue
        p, q = i, j
        while part[p] != p:
            part[p] = part[part[p]]
            p = part[p]
        while part[q] != q:
            part[q] = part[part[q]]
            q = part[q]
        if p == q:
            continue
        if p < q:
            part[q] = p
        else:
            part[p] = q
        links[i, 0 if links[i, 0] < 0 else 1] = j
        links[j, 0 if links[j, 0] < 0 else 1] = i


def _copied(
    tour: Ints, spare: Ints, to: int, s: int, p2: int, first: int, size: int, turned: bool
) -> None:
    n = len(tour)
    step = s
    p = p2 + s * first
    if turned:
        p += s * (size - 1)
        step = -s
    if p >= n:
        p -= n
    elif p < 0:
        p += n
    for k in range(size):
        spare[to + k] = tour[p]
        p += step
        if p == n:
            p = 0
        elif p < 0:
            p = n - 1


def _written(tour: Ints, pos: Ints, spare: Ints, size: int, s: int, p: int, dirty: Wide) -> None:
    n = len(tour)
    if size == 0:
        return
    if p >= n:
        p -= n
    elif p < 0:
        p += n
    last = p + s * (size - 1)
    if last < 0 or last >= n:
        dirty[0], dirty[1] = 0, n - 1
    else:
        low, high = (p, last) if s > 0 else (last, p)
        if low < dirty[0]:
            dirty[0] = low
        if high > dirty[1]:
            dirty[1] = high
    for k in range(size):
        c = spare[k]
        tour[p] = c
        pos[c] = p
        p += s
        if p == n:
            p = 0
        elif p < 0:
            p = n - 1


def _beside(tour: Ints, p: int) -> int:
    n = len(tour)
    if p == n:
        p = 0
    elif p < 0:
        p = n - 1
    return int(tour[p])


def rebuilt(
    tour: Ints, pos: Ints, spare: Ints, s: int, p2: int, a: int, b: int, kind: int, dirty: Wide
) -> None:
    """Make a move by writing the two shorter of P, Q and R; the longest stays where it is."""
    n = len(tour)
    rest = n - b
    # Of each of two parts to write: where it began, how long it is, whether it is turned.
    if rest >= a and rest >= b - a:
        at = 0
        if kind == P_TURNED:
            f1, n1, t1, f2, n2, t2 = 0, a, True, a, 0, False
        elif kind == QT_P:
            f1, n1, t1, f2, n2, t2 = a, b - a, True, 0, a, False
        elif kind == Q_PT:
            f1, n1, t1, f2, n2, t2 = a, b - a, False, 0, a, True
        elif kind == Q_P:
            f1, n1, t1, f2, n2, t2 = a, b - a, False, 0, a, False
        else:
            f1, n1, t1, f2, n2, t2 = 0, a, True, a, b - a, True
    elif a >= b - a:
        at = a
        if kind == QT_P:
            f1, n1, t1, f2, n2, t2 = b, rest, False, a, b - a, True
        elif kind == Q_P:
            f1, n1, t1, f2, n2, t2 = b, rest, False, a, b - a, False
        elif kind == Q_PT:
            f1, n1, t1, f2, n2, t2 = a, b - a, True, b, rest, True
        else:
            f1, n1, t1, f2, n2, t2 = b, rest, True, a, b - a, False
    else:
        at = b
        if kind == QT_P:
            f1, n1, t1, f2, n2, t2 = b, rest, True, 0, a, True
        elif kind == Q_PT:
            f1, n1, t1, f2, n2, t2 = 0, a, True, b, rest, False
        elif kind == Q_P:
            f1, n1, t1, f2, n2, t2 = 0, a, False, b, rest, False
        else:
            f1, n1, t1, f2, n2, t2 = 0, a, False, b, rest, True
    _copied(tour, spare, 0, s, p2, f1, n1, t1)
    _copied(tour, spare, n1, s, p2, f2, n2, t2)
    _written(tour, pos, spare, n1 + n2, s, p2 + s * at, dirty)


def better(
    t1: int,
    tour: Ints,
    pos: Ints,
    cost: Grid,
    cand: Grid,
    away: Grid,
    fix: Ints,
    broad: int,
    move: Wide,
) -> int:
    """Return what the best 2-opt or sequential 3-opt move that breaks one edge saves, 0 for none.

    The edge behind a city is tried first, then that before it. ``move`` is told s, p2, a, b,
    kind, and the cities whose neighbours change (-1 for none).
    """
    n = len(tour)
    best = ROUNDING
    wide = cand.shape[1]
    broad = min(broad, wide)
    for turn in range(2):
        s = 1 - 2 * turn
        p2 = pos[t1] + s
        if p2 == n:
            p2 = 0
        elif p2 < 0:
            p2 = n - 1
        t2 = int(tour[p2])
        if fix[t1] == t2:
            continue
        d12 = cost[t1, t2]
        move[0], move[1], move[5] = s, p2, t2
        for k3 in range(wide):
            t3 = int(cand[t2, k3])
            if t3 < 0:
                break
            g1 = d12 - away[t2, k3]
            if g1 <= ROUNDING:
                break
            r3 = s * (pos[t3] - p2)
            if r3 < 0:
                r3 += n
            if r3 == 1:
                continue
            for side in range(2):
                p4 = pos[t3] + (s if side else -s)
                if p4 == n:
                    p4 = 0
                elif p4 < 0:
                    p4 = n - 1
                t4 = int(tour[p4])
                if fix[t3] == t4:
                    continue
                g2 = g1 + cost[t3, t4]
                if side == 0:
                    gain = g2 - cost[t4, t1]
                    if gain > best:
                        best = gain
                        move[2], move[3], move[4] = r3, r3, P_TURNED
                        move[6], move[7], move[8], move[9] = t3, t4, -1, -1
                for k5 in range(broad):
                    t5 = int(cand[t4, k5])
                    if t5 < 0:
                        break
                    g3 = g2 - away[t4, k5]
                    if g3 <= ROUNDING:
                        break
                    r5 = s * (pos[t5] - p2)
                    if r5 < 0:
                        r5 += n
                    if side == 0:
                        if r5 > r3:
                            t6 = _beside(tour, pos[t5] - s)
                            gain = g3 + cost[t5, t6] - cost[t6, t1]
                            if gain > best and fix[t5] != t6:
                                best = gain
                                move[2], move[3], move[4] = r3, r5, QT_P
                                move[6], move[7], move[8], move[9] = t3, t4, t5, t6
                        elif r5 <= r3 - 3:
                            t6 = _beside(tour, pos[t5] + s)
                            gain = g3 + cost[t5, t6] - cost[t6, t1]
                            if gain > best and fix[t5] != t6:
                                best = gain
                                move[2], move[3], move[4] = r5 + 1, r3, Q_PT
                                move[6], move[7], move[8], move[9] = t3, t4, t5, t6
                    elif r5 < r3:
                        t6 = _beside(tour, pos[t5] + s)
                        gain = g3 + cost[t5, t6] - cost[t6, t1]
                        if gain > best and fix[t5] != t6:
                            best = gain
                            move[2], move[3], move[4] = r5 + 1, r3 + 1, Q_P
                            move[6], move[7], move[8], move[9] = t3, t4, t5, t6
                        if r5 > 0:
                            t6 = _beside(tour, pos[t5] - s)
                            gain = g3 + cost[t5, t6] - cost[t6, t1]
                            if gain > best and fix[t5] != t6:
                                best = gain
                                move[2], move[3], move[4] = r5, r3 + 1, PT_QT
                                move[6], move[7], move[8], move[9] = t3, t4, t5, t6
        if best > ROUNDING:
            return int(best)
    return 0


def improved(
    tour: Ints, pos: Ints, cost: Grid, cand: Grid, away: Grid, fix: Ints, broad: int,
    queue: Ints, waits: Ints, size: int, spare: Ints, move: Wide, dirty: Wide,
) -> int:  # fmt: skip
    """Make moves until none of the ``size`` cities that wait in the queue has one; say the gain."""
    n = len(tour)
    head = 0
    total = 0
    while size > 0:
        t1 = int(queue[head])
        head = head + 1 if head + 1 < n else 0
        size -= 1
        waits[t1] = 0
        while True:
            gain = better(t1, tour, pos, cost, cand, away, fix, broad, move)
            if gain <= 0:
                break
            total += gain
            rebuilt(tour, pos, spare, move[0], move[1], move[2], move[3], move[4], dirty)
            for k in range(5, 10):
                c = move[k]
                if c >= 0 and waits[c] == 0:
                    waits[c] = 1
                    at = head + size
                    queue[at if at < n else at - n] = c
                    size += 1
    return int(total)


def drawn(state: Wide, below: int) -> int:
    """Return the next number of a small generator that is the same compiled or not."""
    state[0] = state[0] * 48271 % 2147483647
    return int(state[0] % below)


def cuts_near(n: int, longest: int, state: Wide, cuts: Wide) -> None:
    """Draw four places to cut (after each), three neighbouring parts not longer than said."""
    most = min(longest, (n - 2) // 3)
    at = drawn(state, n)
    cuts[0] = at
    for k in range(1, 4):
        # A middle part of one stop beside another of one would leave an edge as it was.
        least = 2 if k == 2 else 1
        at += least + drawn(state, max(most - least + 1, 1))
        cuts[k] = at


def cuts_walked(pos: Ints, cand: Grid, state: Wide, cuts: Wide) -> bool:
    """Draw four places to cut behind cities that short walks over the lists lead to."""
    n, wide = len(pos), cand.shape[1]
    home = drawn(state, n)
    for k in range(4):
        c = home
        for _ in range(3 * k):
            j = drawn(state, wide)
            if cand[c, j] >= 0:
                c = int(cand[c, j])
        at = int(pos[c])
        j = k
        while j > 0 and at < cuts[j - 1]:
            cuts[j] = cuts[j - 1]
            j -= 1
        cuts[j] = at
    for k in range(3):
        if cuts[k] == cuts[k + 1]:
            return False
    b, d = cuts[1] - cuts[0], cuts[3] - cuts[2]
    c, a = cuts[2] - cuts[1], n - (cuts[3] - cuts[0])
    return bool((a > 1 and c > 1) or (b > 1 and d > 1))


def kicked(
    tour: Ints,
    pos: Ints,
    cost: Grid,
    fix: Ints,
    cuts: Wide,
    spare: Ints,
    touched: Ints,
    dirty: Wide,
) -> int:
    """Join the four parts A B C D as A D C B, which changes exactly four edges; say the cost.

    ``touched`` are told the eight cities at the cuts. Where a cut would part what must stay
    together nothing is done and ``touched[0]`` is -1. (A C B D changes three edges only: a
    3-opt move takes it back at once.)
    """
    n = len(tour)
    longest, first = -1, 0
    for k in range(4):
        here = cuts[k]
        c, after = tour[here % n], tour[(here + 1) % n]
        touched[2 * k], touched[2 * k + 1] = c, after
        if fix[c] == after:
            touched[0] = -1
            return 0
        following = cuts[k + 1] if k < 3 else cuts[0] + n
        if following - here > longest:
            longest, first = following - here, k
    # The longest part is the one that stays; the three behind it are written last to first.
    begin = cuts[(first + 1) % 4] % n
    sizes = 0
    for k in range(3, 0, -1):
        low = cuts[(first + k) % 4]
        high = cuts[(first + k + 1) % 4]
        size = (high - low) % n
        start = (low + 1 - begin - 1) % n
        _copied(tour, spare, sizes, 1, (begin + 1) % n, start, size, False)
        sizes += size
    delta = 0
    for k in range(4):
        delta -= cost[touched[2 * k], touched[2 * k + 1]]
        # The end of a part meets the start of the part before it.
        delta += cost[touched[2 * k], touched[(2 * k + 5) % 8]]
    _written(tour, pos, spare, sizes, 1, (begin + 1) % n, dirty)
    return int(delta)


def searched(
    tour: Ints, cost: Grid, cand: Grid, away: Grid, fix: Ints, shakes: int, kicks: int, broad: int,
    longest: int, state: Wide, room: Grid, numbers: Wide,
) -> int:  # fmt: skip
    """Kick a tour ``shakes`` times, improve it, and keep each further kick that is not longer.

    Returns the length. The first kicks lead a search away from where another one began.

    ``room`` has six rows, each as long as the tour and no shorter than 8; ``numbers`` has 16.
    """
    n = len(tour)
    pos, spare, queue, waits = room[0], room[1], room[2], room[3]
    kept, touched = room[4], room[5]
    move, dirty, cuts = numbers[:10], numbers[10:12], numbers[12:16]
    length = 0
    for k in range(n):
        pos[tour[k]] = k
        queue[k] = tour[k]
        waits[k] = 1
        length += int(cost[tour[k], tour[k + 1 if k + 1 < n else 0]])
    if n >= 8:
        for _ in range(shakes):
            cuts_near(n, longest, state, cuts)
            length += kicked(tour, pos, cost, fix, cuts, spare, touched, dirty)
    length -= improved(tour, pos, cost, cand, away, fix, broad, queue, waits, n, spare, move, dirty)
    if n < 8:
        return length
    for k in range(n):
        kept[k] = tour[k]
    for number in range(kicks):
        if number % 2 == 0:
            cuts_near(n, longest, state, cuts)
        elif not cuts_walked(pos, cand, state, cuts):
            continue
        dirty[0], dirty[1] = n, -1
        more = kicked(tour, pos, cost, fix, cuts, spare, touched, dirty)
        if touched[0] < 0:
            continue
        size = 0
        for k in range(8):
            c = touched[k]
            if waits[c] == 0:
                waits[c] = 1
                queue[size] = c
                size += 1
        more -= improved(
            tour, pos, cost, cand, away, fix, broad, queue, waits, size, spare, move, dirty
        )
        if more <= 0:
            length += more
            for p in range(dirty[0], dirty[1] + 1):
                kept[p] = tour[p]
        else:
            for p in range(dirty[0], dirty[1] + 1):
                tour[p] = kept[p]
                pos[kept[p]] = p
    return length
