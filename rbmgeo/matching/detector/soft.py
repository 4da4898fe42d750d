"""What an earlier pass believes of the neighbours, the patch and the walk, as evidence."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from rbmgeo.matching.detector.evidence import Records
from rbmgeo.matching.detector.features import Singles, against_others
from rbmgeo.matching.detector.groups import Groups
from rbmgeo.matching.detector.paths import OnTheWay, on_the_way
from rbmgeo.matching.detector.scene import Scene

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: Whose word is asked: (name, how many of the nearest, Gaussian metres or all alike).
NEAR = (("soft_10", 10, None), ("soft_40", 25, 40.0))


@dataclass(frozen=True)
class Belief:
    """What is believed of each customer's gardu.

    ``cand`` (n x c): candidates, -1 empty, the recorded one first; ``share`` (n x c): how
    likely each is, summing to 1.
    """

    cand: Ints
    share: Floats

    def of_recorded(self) -> Floats:
        """Return how likely the recorded gardu is the true one, NaN without a record."""
        return np.where(self.cand[:, 0] >= 0, self.share[:, 0], np.nan)

    def best_other(self) -> Ints:
        """Return the likeliest candidate but the recorded one, -1 where there is none."""
        other = np.where(self.cand[:, 1:] >= 0, self.share[:, 1:], -1.0)
        best = other.argmax(axis=1)
        rows = np.arange(len(best))
        return np.where(other[rows, best] >= 0, self.cand[rows, 1 + best], -1)

    def by_gardu(self, gardu: int) -> sparse.csr_matrix:
        """Return the shares as (n x gardu)."""
        there = self.cand >= 0
        row = np.broadcast_to(np.arange(len(self.cand))[:, None], self.cand.shape)[there]
        shape = (len(self.cand), gardu)
        return sparse.csr_matrix((self.share[there], (row, self.cand[there])), shape=shape)


@dataclass(frozen=True)
class Soft:
    """What is believed of everybody, looked at once: shares by gardu, and along the walks."""

    state: Records
    belief: Belief
    shares: sparse.csr_matrix
    way: OnTheWay | None

    @classmethod
    def of(cls, scene: Scene, state: Records, belief: Belief) -> "Soft":
        """Walk every tree once with what is believed."""
        shares, trees = belief.by_gardu(scene.gardu), scene.forest
        if not len(trees.key):
            return cls(state, belief, shares, None)
        believed = np.asarray(shares[trees.customer, trees.gardu]).ravel()
        return cls(state, belief, shares, on_the_way(trees, believed, state.patch.number))


def soft_features(scene: Scene, soft: Soft, rows: Ints, cand: Ints) -> tuple[Singles, list[str]]:
    """Return (r, c, f) evidence for candidates (r, c) of some customers, and its names."""
    n = scene.customers
    state, belief, shares = soft.state, soft.belief, soft.shares
    out: dict[str, Floats] = {}
    for name, k, scale_m in NEAR:
        mean = _mean(n, scene.near[rows, :k], scene.away_m[rows, :k], scale_m)
        out[name] = _told(mean @ shares, np.arange(len(rows)), cand)
    walk = scene.along[rows]
    mean = _mean(n, walk, np.zeros(walk.shape), None)
    heard = np.asarray((walk < n).any(axis=1))[:, None]
    out["soft_walk"] = np.where(heard, _told(mean @ shares, np.arange(len(rows)), cand), np.nan)
    out["rest_of_patch"] = _rest(state.patch, shares, rows, cand)
    out["rest_of_branch"] = _rest(state.branch, shares, rows, cand)
    out |= _on_paths(scene, soft.way, rows, cand)
    empty = cand < 0
    for name in list(out):
        out[name] = np.where(empty, np.nan, out[name])
        out[name + "_against"] = against_others(out[name], -1 if name == "soft_gap_m" else 1)
    out["mates_wrong"] = np.where(empty, np.nan, _mates_wrong(scene, state, belief, rows)[:, None])
    return np.stack(list(out.values()), axis=2).astype(np.float32), list(out)


def _mean(n: int, ids: Ints, away_m: Floats, scale_m: float | None) -> sparse.csr_matrix:
    """Return (r x n) weights of some others, rows summing to 1 (or 0)."""
    there = ids < n
    weight = there.astype(float)
    if scale_m is not None:
        near = np.minimum(away_m, 1e4) / scale_m
        weight = np.where(there, np.exp(-0.5 * near**2) + 1e-9, 0.0)
    weight /= np.maximum(weight.sum(axis=1, keepdims=True), 1e-12)
    row = np.broadcast_to(np.arange(len(ids))[:, None], ids.shape)
    return sparse.csr_matrix((weight[there], (row[there], ids[there])), shape=(len(ids), n))


def _told(matrix: sparse.csr_matrix, row: Ints, cand: Ints) -> Floats:
    """Return matrix[row, cand] for (r,) rows and (r, c) columns."""
    flat = sparse.csr_matrix(matrix)[np.repeat(row, cand.shape[1]), np.maximum(cand, 0).ravel()]
    return np.asarray(flat).reshape(cand.shape)


def _rest(group: Groups, shares: sparse.csr_matrix, rows: Ints, cand: Ints) -> Floats:
    """Return what is believed of the rest of the customer's own group, NaN where he is alone."""
    n = len(group.number)
    members = sparse.csr_matrix((np.ones(n), (group.number, np.arange(n))), shape=(n, n))
    others = group.size[group.number[rows]][:, None] - 1
    whole = _told(members @ shares, group.number[rows], cand) - _told(shares, rows, cand)
    return np.where(others > 0, whole / np.maximum(others, 1), np.nan)


def _on_paths(scene: Scene, way: OnTheWay | None, rows: Ints, cand: Ints) -> dict[str, Floats]:
    if way is None:
        return {}
    trees = scene.forest
    at = trees.rows(cand, np.broadcast_to(rows[:, None], cand.shape))
    told = {"soft_path": way.share, "soft_outside": way.outside, "soft_gap_m": way.gap_m}
    return {k: np.where(at >= 0, v[np.maximum(at, 0)], np.nan) for k, v in told.items()}


def _mates_wrong(scene: Scene, state: Records, belief: Belief, rows: Ints) -> Floats:
    """Return how wrong the near customers with the same record look, on average."""
    near = scene.near[rows, :25]
    wrong = np.append(1 - np.nan_to_num(belief.of_recorded(), nan=1.0), 0.0)
    alike = np.append(state.label, -2)[near] == state.label[rows][:, None]
    return np.asarray((wrong[near] * alike).sum(axis=1) / np.maximum(alike.sum(axis=1), 1))
