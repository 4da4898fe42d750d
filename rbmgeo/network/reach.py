"""The inner loop of distances: shortest ways on a graph, ended when all asked for are found.

Compiled where numba is, plain Python else, with the same figures to the last digit: a way is
added up step by step from its start, and the shortest sum counts. Nothing is decorated;
`rbmgeo.compiled` compiles this very file.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Table = npt.NDArray[np.float64]


def _pushed(keys: Floats, nodes: Ints, size: int, metres: float, node: int) -> None:
    """Put a node into a heap of ``size``."""
    at = size
    while at > 0:
        up = (at - 1) >> 1
        if keys[up] <= metres:
            break
        keys[at], nodes[at] = keys[up], nodes[up]
        at = up
    keys[at], nodes[at] = metres, node


def _popped(keys: Floats, nodes: Ints, size: int) -> None:
    """Take the first out of a heap of ``size``."""
    last = size - 1
    metres, node = keys[last], nodes[last]
    at = 0
    while True:
        down = 2 * at + 1
        if down >= last:
            break
        if down + 1 < last and keys[down + 1] < keys[down]:
            down += 1
        if keys[down] >= metres:
            break
        keys[at], nodes[at] = keys[down], nodes[down]
        at = down
    keys[at], nodes[at] = metres, node


def between(
    first: Ints, ends: Ints, metres: Floats, blind: Ints, part: Ints, needed: Ints,
    place: Ints, seen: Ints, far: Floats, keys: Floats, nodes: Ints, out: Table,
) -> None:  # fmt: skip
    """Write the metres between all pairs of the needed nodes; infinite between parts.

    The graph: the steps of node u are ``ends[first[u]:first[u + 1]]``, ``metres`` long, the same
    both ways. ``blind`` nodes lead nowhere else and are passed over unless needed. ``place``: -1
    everywhere, ``seen``: 0; both are left so. ``far`` has room for every node, ``keys`` and
    ``nodes`` for every step and one more, ``one`` for one.
    """
    count = len(needed)
    for k in range(count):
        place[needed[k]] = k
    for k in range(count):
        source = needed[k]
        out[k, k] = 0.0
        left = 0
        for j in range(k + 1, count):
            out[k, j] = out[j, k] = np.inf
            if part[needed[j]] == part[source]:
                left += 1
        far[source] = 0.0
        seen[source] = 2 * k + 1
        keys[0], nodes[0] = 0.0, source
        size = 1
        while left > 0 and size > 0:
            here, u = keys[0], nodes[0]
            _popped(keys, nodes, size)
            size -= 1
            if seen[u] == 2 * k + 2:
                continue
            seen[u] = 2 * k + 2
            j = place[u]
            if j > k:
                out[k, j] = out[j, k] = here
                left -= 1
            for e in range(first[u], first[u + 1]):
                v = ends[e]
                if seen[v] == 2 * k + 2 or (blind[v] != 0 and place[v] < 0):
                    continue
                there = here + metres[e]
                if seen[v] < 2 * k + 1 or there < far[v]:
                    far[v] = there
                    seen[v] = 2 * k + 1
                    _pushed(keys, nodes, size, there, v)
                    size += 1
