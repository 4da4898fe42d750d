"""Streets of a town with blocks, its villages and alleys, in metres about the middle."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Streets:
    """Nodes (n x 2, metres) and edges between them; ``kind`` primary, residential or alley.

    ``dense`` is the chance that a plot along an edge is built on.
    """

    nodes: Floats
    edges: Ints
    kind: npt.NDArray[np.str_]
    dense: Floats

    def lengths_m(self) -> Floats:
        """Return the length of every edge."""
        a, b = self.nodes[self.edges[:, 0]], self.nodes[self.edges[:, 1]]
        return np.asarray(np.hypot(*(a - b).T))


def grow_streets(rng: np.random.Generator, plots: int) -> Streets:
    """Lay out streets with room for at least ``plots`` houses: one town, villages around it."""
    parts, left, middle, number = [], float(plots), np.zeros(2), 0
    while left > 0:
        want = max(
            left if number == 0 and plots < 600 else left * (0.62 if number == 0 else 0.3), 150
        )
        part = _settlement(rng, min(want, left + 60), middle, town=number == 0)
        parts.append(part)
        left -= _room(part)
        number += 1
        away = rng.uniform(1.0, 1.6) * (700 + 2.6 * np.sqrt(plots) * 4 + 260 * number)
        turn = number * 2.399963 + rng.uniform(-0.3, 0.3)  # the golden angle spreads villages
        middle = away * np.array([np.cos(turn), np.sin(turn)])
    return _joined(parts)


def _settlement(rng: np.random.Generator, plots: float, middle: Floats, *, town: bool) -> Streets:
    """Lay a bent grid of streets and hang alleys off it."""
    # A cell of the grid has about 22 plots along the two streets that it adds.
    cells = max(plots / 26, 6)
    columns = max(2, round(np.sqrt(cells * 1.25)))
    rows = max(2, int(np.ceil(cells / columns)))
    x = np.cumsum(rng.normal(88, 16, columns + 1).clip(55, 130))
    y = np.cumsum(rng.normal(128, 26, rows + 1).clip(80, 210))
    grid_x, grid_y = np.meshgrid(x - x.mean(), y - y.mean())
    bend = 38 * np.sin(grid_y / rng.uniform(260, 420)), 30 * np.sin(grid_x / rng.uniform(240, 400))
    nodes = np.c_[(grid_x + bend[0]).ravel(), (grid_y + bend[1]).ravel()]
    nodes += rng.normal(0, 7, nodes.shape)
    number = np.arange(len(nodes)).reshape(rows + 1, columns + 1)
    across = np.c_[number[:, :-1].ravel(), number[:, 1:].ravel()]
    along = np.c_[number[:-1].ravel(), number[1:].ravel()]
    edges = np.concatenate([across, along])
    main = np.isin(edges[:, 0] // (columns + 1), [(rows + 1) // 2]) & (
        np.arange(len(edges)) < len(across)
    )
    main |= np.isin(edges[:, 0] % (columns + 1), [(columns + 1) // 2]) & (
        np.arange(len(edges)) >= len(across)
    )
    keep = main | (rng.random(len(edges)) > 0.12)
    edges, main = edges[keep], main[keep]
    dense = np.where(main, 0.75, rng.choice([0.25, 0.7, 0.85], len(edges), p=[0.1, 0.5, 0.4]))
    if not town:
        dense *= 0.8
    kind = np.where(main, "primary", "residential")
    nodes, edges, kind, dense = _alleys(rng, nodes, edges, kind, dense)
    turn = rng.uniform(0, np.pi)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return Streets(nodes @ spin.T + middle, edges, kind, dense)


def _alleys(
    rng: np.random.Generator, nodes: Any, edges: Any, kind: Any, dense: Any
) -> tuple[Any, Any, Any, Any]:
    """Split a third of the streets and hang a dead-end alley at the new node."""
    picked = np.flatnonzero(rng.random(len(edges)) < 0.3)
    a, b = nodes[edges[picked, 0]], nodes[edges[picked, 1]]
    share = rng.uniform(0.3, 0.7, len(picked))[:, None]
    joint = a + (b - a) * share
    across = np.c_[-(b - a)[:, 1], (b - a)[:, 0]] / np.hypot(*(b - a).T)[:, None]
    reach = rng.uniform(30, 58, len(picked)) * rng.choice([-1, 1], len(picked))
    end = joint + across * reach[:, None]
    n, m = len(nodes), len(picked)
    first, second = np.arange(n, n + m), np.arange(n + m, n + 2 * m)
    whole = np.delete(np.arange(len(edges)), picked)
    halves = np.concatenate([np.c_[edges[picked, 0], first], np.c_[first, edges[picked, 1]]])
    new_edges = np.concatenate([edges[whole], halves, np.c_[first, second]])
    new_kind = np.concatenate([kind[whole], kind[picked], kind[picked], np.full(m, "alley")])
    new_dense = np.concatenate([dense[whole], dense[picked], dense[picked], np.full(m, 0.85)])
    return np.concatenate([nodes, joint, end]), new_edges, new_kind, new_dense


def _room(streets: Streets) -> float:
    return float((streets.lengths_m() * streets.dense).sum() / PLOT_M * 2 * 0.93)


PLOT_M = 11.5


def _joined(parts: list[Streets]) -> Streets:
    """Put the settlements together and tie each village to the nearest earlier one by road."""
    nodes, edges, kind, dense = (
        [parts[0].nodes],
        [parts[0].edges],
        [parts[0].kind],
        [parts[0].dense],
    )
    count = len(parts[0].nodes)
    for part in parts[1:]:
        before = np.concatenate(nodes)
        gap = np.hypot(*(part.nodes[:, None] - before[None]).transpose(2, 0, 1))
        mine, theirs = np.unravel_index(gap.argmin(), gap.shape)
        nodes.append(part.nodes)
        edges += [part.edges + count, np.array([[mine + count, theirs]])]
        kind += [part.kind, np.array(["primary"])]
        dense += [part.dense, np.array([0.04])]
        count += len(part.nodes)
    return Streets(
        np.concatenate(nodes),
        np.concatenate(edges),
        np.concatenate(kind).astype(np.str_),
        np.concatenate(dense),
    )
