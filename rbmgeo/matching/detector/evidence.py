"""What speaks for each candidate gardu of each customer, its own record left out.

Only in sums over a whole gardu (spread, quantiles, load, pull) it counts as one of many.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rbmgeo.matching.detector.groups import Groups, branches, groups, patches
from rbmgeo.matching.detector.paths import OnTheWay, on_the_way
from rbmgeo.matching.detector.scene import NEAR_GARDU, Scene

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

VOTED = 3
#: Neighbours by rank and by metres; each is one vote.
RANKS = ((0, 5), (0, 10), (0, 25), (25, 64))
RINGS_M = ((0, 30), (30, 60), (60, 100), (100, 160), (160, 250))
KERNELS_M = (20.0, 40.0, 90.0)
LINKS = (1, 2, 4, 8, 16)
TEMPERATURES_M = (15.0, 40.0)


@dataclass(frozen=True)
class Records:
    """One state of the records: the gardu of each customer (-1 without) and what follows from it.

    ``pull_m`` (2 x m): metres by which each gardu reaches farther or less far than its
    distance, so that each gets as many customers as are recorded on it (R-MA-02 seen from
    the gardu). ``patch``: the groups of neighbours with one record; ``branch``: the pieces of
    each gardu's tree that lead nowhere else.
    """

    label: Ints
    count: Floats
    middle: Floats
    spread: Floats
    quantile: Floats
    load: Floats
    pull_m: Floats
    patch: Groups
    branch: Groups
    way: OnTheWay


def records(scene: Scene, label: Ints, pull_m: Floats | None = None) -> Records:
    """Sum the records up; ``pull_m`` of nearly the same records may be used again."""
    m = scene.gardu
    known = label >= 0
    count = np.bincount(label[known], minlength=m).astype(float)
    total = np.column_stack(
        [np.bincount(label[known], scene.xy[known, a], minlength=m) for a in (0, 1)]
    )
    middle = np.where(count[:, None] > 0, total / np.maximum(count, 1)[:, None], np.nan)
    belongs = (label[scene.forest.customer] == scene.forest.gardu).astype(float)
    patch = groups(scene, label, patches(scene, label))
    way = on_the_way(scene.forest, belongs, patch.number)
    return Records(
        label=label, count=count, middle=middle, spread=_spread(scene, label, middle, count),
        quantile=_quantiles(scene, label), load=_loads(scene, label),
        pull_m=pulls(scene, count) if pull_m is None else pull_m,
        patch=patch, branch=groups(scene, label, branches(scene, label, way.flow)),
        way=way,
    )  # fmt: skip


def candidates(scene: Scene, label: Ints, rows: Ints) -> Ints:
    """Return (r x c) candidate gardu of some customers: recorded, nearest, voted; -1 empty."""
    near = scene.near_site[rows, :NEAR_GARDU]
    said = np.append(label, -1)[scene.near[rows, :25]]
    away = scene.away_m[rows, :25]
    weight = np.where(said >= 0, np.exp(-0.5 * (away / 40.0) ** 2) + 1e-6, 0.0)
    weight[~np.isfinite(away)] = 0
    total = np.zeros_like(weight)
    for k in range(said.shape[1]):
        total += weight[:, k : k + 1] * (said == said[:, k : k + 1])
    earlier = np.zeros(said.shape, dtype=bool)
    for k in range(1, said.shape[1]):
        earlier[:, k] = (said[:, :k] == said[:, k : k + 1]).any(axis=1)
    total[earlier | (said < 0)] = -1
    top = np.argsort(-total, axis=1, kind="stable")[:, :VOTED]
    voted = np.take_along_axis(said, top, 1)
    voted[np.take_along_axis(total, top, 1) <= 0] = -1
    out = np.column_stack([label[rows], near, voted])
    unplaced = np.isnan(scene.site[np.maximum(out, 0), 0])
    unplaced[:, 0] = False
    out[unplaced] = -1
    for k in range(1, out.shape[1]):
        out[(out[:, :k] == out[:, k : k + 1]).any(axis=1), k] = -1
    return out


def pulls(scene: Scene, count: Floats, rounds: int = 30) -> Floats:
    """Return how many metres each gardu reaches farther, by entropic transport (Sinkhorn).

    Each customer goes to a near gardu with weight exp(-metres / temperature); the gardu are
    weighed until each gets as many as are recorded on it (half a customer where none is).
    """
    wanted = np.maximum(count, 0.5)
    out = np.zeros((len(TEMPERATURES_M), scene.gardu))
    for k, heat in enumerate(TEMPERATURES_M):
        kernel = np.exp(-(scene.site_m - scene.site_m[:, :1]) / heat) + 1e-12
        weight = np.ones(scene.gardu)
        for _ in range(rounds):
            mass = kernel * weight[scene.near_site]
            share = mass / mass.sum(axis=1, keepdims=True)
            taken = np.bincount(scene.near_site.ravel(), share.ravel(), minlength=scene.gardu)
            gain = np.where(taken > 1e-9, wanted / np.maximum(taken, 1e-9), 1.0)
            weight = np.clip(weight * gain**0.7, 1e-6, 1e6)
            weight /= np.exp(np.log(weight).mean())
        out[k] = heat * np.log(weight)
    return out


def _spread(scene: Scene, label: Ints, middle: Floats, count: Floats) -> Floats:
    """Return (m x 3) covariances xx, xy, yy around the middle, shrunk to that of all gardu."""
    known = label >= 0
    off = scene.xy[known] - middle[label[known]]
    terms = np.column_stack([off[:, 0] ** 2, off[:, 0] * off[:, 1], off[:, 1] ** 2])
    sums = np.column_stack(
        [np.bincount(label[known], terms[:, k], minlength=len(count)) for k in range(3)]
    )
    wide = 2500.0
    if (count > 2).any():
        # The median gardu, so that a few records far away make none wider.
        usual = np.median(sums[count > 2] / count[count > 2, None], axis=0)
        wide = float(max(usual[0], usual[2], 100.0))
    return np.asarray((sums + 10 * np.array([wide, 0.0, wide])) / (count[:, None] + 10))


def _quantiles(scene: Scene, label: Ints) -> Floats:
    """Return (m x 2) the distance within which half and 80 % of a gardu's customers live."""
    known = np.flatnonzero(label >= 0)
    away = np.hypot(*(scene.xy[known] - scene.site[label[known]]).T)
    order = np.lexsort((away, label[known]))
    of = label[known][order]
    first = np.searchsorted(of, np.arange(scene.gardu))
    size = np.searchsorted(of, np.arange(scene.gardu), side="right") - first
    out = np.full((scene.gardu, 2), np.nan)
    has = size > 0
    for k, part in enumerate((0.5, 0.8)):
        at = first[has] + np.floor(part * (size[has] - 1)).astype(int)
        out[has, k] = away[order][at]
    return np.asarray(np.maximum(out, 15.0))


def _loads(scene: Scene, label: Ints) -> Floats:
    """Return (m x 2) customers per kVA and use per kVA against the unit's own middle."""
    known = (label >= 0) & ~np.isnan(scene.load)
    use = np.bincount(label[known], scene.load[known], minlength=scene.gardu)
    count = np.bincount(label[label >= 0], minlength=scene.gardu)
    out = np.full((scene.gardu, 2), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        for k, much in enumerate((count, use if known.any() else np.full(scene.gardu, np.nan))):
            out[:, k] = np.log((much / scene.kva) + 1e-3)
            middle = np.nanmedian(out[count > 0, k]) if np.isfinite(out[count > 0, k]).any() else 0
            out[:, k] -= middle
    return out
