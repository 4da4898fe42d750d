"""Plant errors of the known kinds into records, so that finding them can be learned."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rbmgeo.matching.detector.scene import Scene

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: Houses in a moved block.
BLOCK = (4, 30)
#: How likely a block hangs on the nearest other gardu, the second, the third.
TARGETS = (0.65, 0.25, 0.1)


@dataclass(frozen=True)
class Mix:
    """Which errors are planted: ``rate`` of the records, and of these how many by kind.

    One by one to a neighbouring gardu, one by one to any, or as a block to a neighbouring one.
    """

    rate: float = 0.08
    neighbour: float = 0.5
    anywhere: float = 0.2
    block: float = 0.3


def planted(scene: Scene, label: Ints, among: Bools, mix: Mix, seed: int) -> Ints:
    """Return records of which ``mix.rate`` of those ``among`` are wrong; ``label`` -1 stays -1.

    A block is a piece of a branch: of those of one gardu the nearest around a house, or
    those whose walk from the gardu leads through a house, or those beyond a line across.
    """
    rng = np.random.default_rng(seed)
    out = label.copy()
    able = np.flatnonzero((label >= 0) & among)
    if len(able) < 2 or scene.near_site.shape[1] < 2:
        return out
    wrong = round(mix.rate * len(able))
    order = rng.permutation(able)
    blocks = round(wrong * mix.block)
    taken = _blocks(scene, np.where(among, label, -1), out, blocks, order, rng)
    rest = order[~taken[order]]
    near = round(wrong * mix.neighbour)
    far = max(wrong - blocks - near, 0)
    one = rest[:near]
    out[one] = _neighbouring(scene, label, one, rng)
    other = rest[near : near + far]
    placed = np.unique(scene.near_site)
    drawn = placed[rng.integers(len(placed), size=len(other))]
    out[other] = np.where(drawn == label[other], _neighbouring(scene, label, other, rng), drawn)
    return out


def _neighbouring(scene: Scene, label: Ints, rows: Ints, rng: np.random.Generator) -> Ints:
    """Draw another gardu among the near ones, the nearer the likelier."""
    near = scene.near_site[rows][:, :5]
    weight = np.array([0.38, 0.27, 0.17, 0.11, 0.07])[: near.shape[1]] * (near != label[rows, None])
    cut = np.cumsum(weight, axis=1)
    drawn = (rng.random(len(rows))[:, None] * cut[:, -1:] >= cut).sum(axis=1)
    return np.asarray(near[np.arange(len(rows)), np.minimum(drawn, near.shape[1] - 1)])


def _blocks(
    scene: Scene, label: Ints, out: Ints, wanted: int, order: Ints, rng: np.random.Generator
) -> Bools:
    """Move whole blocks until so many customers are moved; return who was."""
    taken = np.zeros(len(label), dtype=bool)
    left = wanted
    members = _members(label)
    for seed in order[: 20 + wanted]:
        if left <= 0:
            break
        if taken[seed]:
            continue
        mine = members[label[seed]]
        mine = mine[~taken[mine]]
        size = int(
            min(np.exp(rng.uniform(np.log(BLOCK[0]), np.log(BLOCK[1] + 1))), len(mine), left)
        )
        block = _block(scene, label, seed, mine, max(size, 1), int(rng.integers(3)))
        middle = scene.near_site[seed] if len(block) == 1 else _near_of(scene, block)
        targets = middle[middle != label[seed]][:3]
        if not len(targets):
            continue
        odds = np.array(TARGETS[: len(targets)])
        out[block] = targets[rng.choice(len(targets), p=odds / odds.sum())]
        taken[block] = True
        left -= len(block)
    return taken


def _members(label: Ints) -> dict[int, Ints]:
    order = np.argsort(label, kind="stable")
    codes, first = np.unique(label[order], return_index=True)
    return dict(zip(codes.tolist(), np.split(order, first[1:]), strict=True))


def _block(scene: Scene, label: Ints, seed: int, mine: Ints, size: int, how: int) -> Ints:
    """Choose ``size`` of the customers of one gardu around a house."""
    here = scene.xy[mine] - scene.xy[seed]
    away = np.hypot(*here.T)
    if how == 1:
        # The outer side of a line across the branch, seen from the gardu.
        out_of = scene.xy[seed] - scene.site[label[seed]]
        if np.isfinite(out_of).all() and np.hypot(*out_of) > 1:
            along = here @ (out_of / np.hypot(*out_of))
            away = away - 0.8 * along
    elif how == 2:
        below = _below(scene, label[seed], seed, mine)
        away = np.where(below, away, away + 1e4)
    return mine[np.argsort(away, kind="stable")[:size]]


def _below(scene: Scene, gardu: int, seed: int, mine: Ints) -> Bools:
    """Say whose walk from the gardu leads through a house, or through its own next step up."""
    trees = scene.forest
    at = trees.rows(np.full(len(mine), gardu), mine)
    top = int(trees.rows(np.array([gardu]), np.array([seed]))[0])
    if top < 0:
        return np.ones(len(mine), dtype=bool)
    top = int(trees.parent[top]) if trees.parent[top] >= 0 else top
    found = at == top
    step = at.copy()
    for _ in range(60):
        step = np.where(step >= 0, trees.parent[np.maximum(step, 0)], -1)
        found |= step == top
        if (step < 0).all():
            break
    return np.asarray(found)


def _near_of(scene: Scene, block: Ints) -> Ints:
    """Return the gardu near a block, nearest to its middle first."""
    sites = np.unique(scene.near_site[block])
    middle = scene.xy[block].mean(axis=0)
    return np.asarray(sites[np.argsort(np.hypot(*(scene.site[sites] - middle).T), kind="stable")])
