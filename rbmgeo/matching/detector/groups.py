"""Each gardu's customers parted into groups of neighbours, so that a group can be left out.

Whoever stands in a moved block hears its own error from every side. Seen without its group
the surroundings speak again; which group that is nobody knows, so it is tried in several ways.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from rbmgeo.matching.detector.paths import Forest
from rbmgeo.matching.detector.scene import Scene

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: A branch has at most so many customers of its gardu.
BRANCH_MOST = 30


@dataclass(frozen=True)
class Groups:
    """``number`` (n) of each customer's group; ``size`` and ``middle`` by number.

    ``border`` (group x gardu): the share of each group's links outward that lead to a gardu.
    """

    number: Ints
    size: Floats
    middle: Floats
    border: sparse.csr_matrix


def groups(scene: Scene, label: Ints, number: Ints) -> Groups:
    """Sum groups up; ``number`` (n) from 0, below n."""
    n = scene.customers
    size = np.bincount(number, minlength=n).astype(float)
    middle = (
        np.column_stack([np.bincount(number, scene.xy[:, a], minlength=n) for a in (0, 1)])
        / np.maximum(size, 1)[:, None]
    )
    return Groups(number, size, middle, _border(scene, label, number))


def patches(scene: Scene, label: Ints) -> Ints:
    """Return each customer's patch: the group of neighbours with one record."""
    same = label[scene.edges[:, 0]] == label[scene.edges[:, 1]]
    a, b = scene.edges[same].T
    n = scene.customers
    graph = sparse.coo_matrix((np.ones(len(a), dtype=np.int8), (a, b)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def branches(scene: Scene, label: Ints, behind: Floats, most: int = BRANCH_MOST) -> Ints:
    """Return each customer's branch: all of one gardu whose walk from it leads through one place.

    ``behind`` (a row of the forest each): customers recorded on the tree's gardu whose walk
    leads through the row's. The place is the one nearest to the gardu with at most ``most``
    such behind it, itself counted; whoever has more behind him is a branch of his own, and so
    is whoever his recorded gardu does not reach.
    """
    trees: Forest = scene.forest
    n = scene.customers
    rows = trees.rows(label, np.arange(n))
    out = np.arange(n) + len(trees.key)
    if len(trees.key):
        mine = label[trees.customer] == trees.gardu
        small = (behind + mine <= most)[trees.outward]
        top = trees.outward.copy()
        for level in trees.levels[1:]:
            up = trees.before[level]
            top[level] = np.where(small[up], top[up], top[level])
        of = np.empty_like(top)
        of[trees.outward] = top
        there = rows >= 0
        out[there] = of[rows[there]]
    return np.unique(out, return_inverse=True)[1].astype(np.int64)


def _border(scene: Scene, label: Ints, number: Ints) -> sparse.csr_matrix:
    a, b = scene.edges.T
    apart = number[a] != number[b]
    a, b = np.concatenate([a[apart], b[apart]]), np.concatenate([b[apart], a[apart]])
    known = label[b] >= 0
    counts = sparse.csr_matrix(
        (np.ones(int(known.sum())), (number[a[known]], label[b[known]])),
        shape=(scene.customers, scene.gardu),
    )
    total = np.asarray(counts.sum(axis=1)).ravel()
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(total, 1)) @ counts)
