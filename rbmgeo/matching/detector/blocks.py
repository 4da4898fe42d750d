"""Groups of neighbours that hang on another gardu together, though few of them say so alone.

A branch that is still booked on its old gardu blinds every neighbour vote: each member is
surrounded by records as wrong as its own. So a group is judged as one. Of the customers that
one gardu records, those are parted off whose beliefs, and those of the houses between them,
are best explained by one other gardu: a minimum cut of the neighbour graph, exact for two
labels (Greig, Porteous and Seheult 1989).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from rbmgeo.matching.detector.scene import Scene
from rbmgeo.matching.detector.soft import Belief

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class BlockParams:
    """What makes a block: ``least`` houses of which one is doubted above ``from_p``.

    ``together``: log-odds that each border between two neighbours costs; ``in_favour`` those
    that a member of a block may lack. ``surer``: the share of its members that a block is
    believed like (the quantile of their p). A member that believes the block's gardu less than
    ``own`` of its own best keeps that one as its proposal. Tried on the
    utility town and the French networks: ``in_favour`` above 2.5 and ``together`` 0.5 to 2 differ
    by less than 0.01; ``in_favour`` 2.5 instead of 1 brings 0.03 of the blocks' members more among
    the first; ``surer`` 0.9 ranks no worse, but puts houses of a town without errors above 0.9.
    """

    least: int = 3
    from_p: float = 0.3
    together: float = 2.0
    in_favour: float = 2.5
    surer: float = 0.75
    own: float = 0.6


@dataclass(frozen=True)
class Blocks:
    """``number`` (n) of each customer's block, -1 in none; ``target`` (n) the gardu it proposes."""

    number: Ints
    target: Ints

    @property
    def members(self) -> "npt.NDArray[np.bool_]":
        """Mark the customers in a block."""
        return self.number >= 0


def moved_blocks(
    scene: Scene, belief: Belief, p: Floats, params: BlockParams | None = None
) -> Blocks:
    """Find the groups; ``p`` (n): how likely each record is wrong, NaN where none is asked.

    A customer of two blocks stays in the one whose proposed gardu it believes in more.
    """
    params = params or BlockParams()
    recorded, best = belief.cand[:, 0], belief.best_other()
    out = Blocks(np.full(len(p), -1, dtype=np.int64), np.full(len(p), -1, dtype=np.int64))
    held = np.zeros(len(p))
    number = 0
    for old, new, rows, edges in _pairs(scene, recorded, best, p, params):
        here = belief.cand[rows] == new
        share = np.where(here, belief.share[rows], 0.0).sum(axis=1)
        says = np.log((share + 1e-4) / (belief.share[rows, 0] + 1e-4))
        moved = _parted(np.clip(says, -6, 6) + params.in_favour, edges, params.together)
        moved &= ~np.isnan(p[rows]) & (recorded[rows] == old)
        for group in _connected(moved, edges):
            members = rows[group]
            fits = members[share[group] > held[members]]
            if len(fits) >= params.least:
                out.number[fits], out.target[fits], held[fits] = number, new, share[group].max()
                number += 1
    return _whole(out, params.least)


def lifted(p: Floats, blocks: Blocks, params: BlockParams | None = None) -> Floats:
    """Return p, that of a block's members no lower than the surer part of the block's."""
    params = params or BlockParams()
    out = p.copy()
    order = np.argsort(blocks.number, kind="stable")
    order = order[blocks.number[order] >= 0]
    for group in np.split(order, np.flatnonzero(np.diff(blocks.number[order])) + 1):
        if len(group):
            out[group] = np.maximum(p[group], np.quantile(p[group], params.surer))
    return out


def proposed(blocks: Blocks, belief: Belief, params: BlockParams | None = None) -> Ints:
    """Return the gardu to propose for every customer (n), -1 where there is none."""
    params = params or BlockParams()
    best = belief.best_other()
    rows = np.arange(len(best))

    def share(of: Ints) -> Floats:
        here = belief.cand[rows] == of[:, None]
        return np.asarray(np.where(here & (of >= 0)[:, None], belief.share, 0.0).sum(axis=1))

    joins = blocks.members & (share(blocks.target) >= params.own * share(best))
    return np.where(joins, blocks.target, best)


def _pairs(
    scene: Scene, recorded: Ints, best: Ints, p: Floats, params: BlockParams
) -> Iterator[tuple[int, int, Ints, Ints]]:
    """Yield recorded and proposed gardu, the customers of the first and their links, row by row."""
    doubted = np.flatnonzero((np.nan_to_num(p) > params.from_p) & (recorded >= 0) & (best >= 0))
    pairs, many = np.unique(
        np.column_stack([recorded[doubted], best[doubted]]), axis=0, return_counts=True
    )
    by_gardu = np.argsort(recorded, kind="stable")
    a, b = scene.edges.T
    inside = np.flatnonzero((recorded[a] == recorded[b]) & (recorded[a] >= 0))
    inside = inside[np.argsort(recorded[a[inside]], kind="stable")]
    place = np.full(len(recorded), -1, dtype=np.int64)
    for old, new in pairs[many > 1]:
        rows = by_gardu[slice(*np.searchsorted(recorded[by_gardu], [old, old + 1]))]
        links = inside[slice(*np.searchsorted(recorded[a[inside]], [old, old + 1]))]
        place[rows] = np.arange(len(rows))
        yield int(old), int(new), rows, place[scene.edges[links]]


#: maximum_flow counts in whole numbers: log-odds in thousandths.
_SCALE = 1000


def _parted(says: Floats, edges: Ints, together: float) -> "npt.NDArray[np.bool_]":
    """Return who moves: most is said for it, less what the borders cost."""
    n, one = len(says), np.arange(len(says))
    start, end = n, n + 1
    row = np.concatenate([np.full(n, start), one, edges[:, 0], edges[:, 1]])
    column = np.concatenate([one, np.full(n, end), edges[:, 1], edges[:, 0]])
    border = np.full(2 * len(edges), together)
    value = np.concatenate([np.maximum(says, 0), np.maximum(-says, 0), border])
    room = coo_matrix(
        ((value * _SCALE).round().astype(np.int32), (row, column)), shape=(n + 2, n + 2)
    ).tocsr()
    left = room - maximum_flow(room, start, end).flow
    left.data = np.maximum(left.data, 0)
    left.eliminate_zeros()
    out = np.zeros(n + 2, dtype=bool)
    out[breadth_first_order(left, start, return_predecessors=False)] = True
    return out[:n]


def _connected(moved: "npt.NDArray[np.bool_]", edges: Ints) -> Iterator[Ints]:
    rows = np.flatnonzero(moved)
    if not len(rows):
        return
    links = edges[moved[edges].all(axis=1)]
    graph = coo_matrix((np.ones(len(links)), links.T), shape=(len(moved),) * 2)
    _, part = connected_components(graph, directed=False)
    for one in np.unique(part[rows]):
        yield rows[part[rows] == one]


def _whole(blocks: Blocks, least: int) -> Blocks:
    """Drop blocks that lost members to others, and number the rest from 0."""
    size = np.bincount(blocks.number[blocks.members], minlength=int(blocks.number.max()) + 2)
    stays = blocks.members & (size[np.maximum(blocks.number, 0)] >= least)
    number = np.full(len(blocks.number), -1, dtype=np.int64)
    number[stays] = np.unique(blocks.number[stays], return_inverse=True)[1]
    return Blocks(number, np.where(stays, blocks.target, -1))
