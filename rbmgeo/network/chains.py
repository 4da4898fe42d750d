"""Streets from junction to junction: edges that only pass through a node become one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Chains:
    """Stretches of street without a junction inside.

    ``halves`` (m x 2): the half-edges at both ends; half-edge 2e is edge e at its start, 2e+1
    at its end. ``length_m`` per chain. Per edge: its ``chain``, the metres ``before_m`` it
    begins from the chain's start, and whether it is drawn ``against`` the chain.
    """

    halves: Ints
    length_m: Floats
    chain: Ints
    before_m: Floats
    against: Bools

    def along(self, edge: Ints, along_m: Floats, length_m: Floats) -> Floats:
        """Turn metres along edges (of the lengths given) into metres along their chains."""
        on = np.where(self.against[edge], length_m - along_m, along_m)
        return self.before_m[edge] + np.maximum(on, 0)


def merge(edges: Ints, length_m: Floats, rule: Ints) -> Chains:
    """Merge edges through every node where just two of them meet that have the same ``rule``.

    A ring without a junction stays a ring, begun at the start of its first edge.
    """
    mate = _mates(edges, rule).tolist()
    metres = length_m.tolist()
    chain, before, against = [-1] * len(edges), [0.0] * len(edges), [False] * len(edges)
    halves: list[tuple[int, int]] = []
    lengths: list[float] = []

    def follow(half: int) -> None:
        first, total = half, 0.0
        while True:
            edge = half >> 1
            chain[edge], before[edge], against[edge] = len(halves), total, bool(half & 1)
            total += metres[edge]
            onward = mate[half ^ 1]
            # A ring comes back to where it began.
            if onward < 0 or onward == first:
                halves.append((first, half ^ 1))
                lengths.append(total)
                return
            half = onward

    for half, other in enumerate(mate):
        if other < 0 and chain[half >> 1] < 0:
            follow(half)
    for edge in range(len(edges)):
        if chain[edge] < 0:
            follow(2 * edge)
    return Chains(
        np.array(halves, dtype=np.int64).reshape(-1, 2), np.array(lengths, dtype=float),
        np.array(chain, dtype=np.int64), np.array(before, dtype=float),
        np.array(against, dtype=bool),
    )  # fmt: skip


def _mates(edges: Ints, rule: Ints) -> Ints:
    """Return for each half-edge the one it goes on as, -1 where it ends in a junction."""
    node = edges.ravel()
    mate = np.full(len(node), -1, dtype=np.int64)
    order = np.argsort(node, kind="stable")
    first = np.flatnonzero(np.r_[True, node[order][1:] != node[order][:-1]])
    pairs = first[np.diff(np.r_[first, len(node)]) == 2]
    one, two = order[pairs], order[pairs + 1]
    through = (one >> 1 != two >> 1) & (rule[one >> 1] == rule[two >> 1])
    mate[one[through]], mate[two[through]] = two[through], one[through]
    return mate
