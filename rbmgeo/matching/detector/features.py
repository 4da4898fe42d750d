"""The evidence as numbers: one row a candidate of a customer, as value and against the best other."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from rbmgeo.matching.detector.evidence import (
    KERNELS_M,
    LINKS,
    RANKS,
    RINGS_M,
    TEMPERATURES_M,
    Records,
)  # fmt: skip
from rbmgeo.matching.detector.scene import Scene

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

CHUNK = 2000
#: Evidence that is compared with the same customer's best other candidate; -1: less is better.
AGAINST_OTHERS = {
    "distance_m": -1, "pulled_15_m": -1, "pulled_40_m": -1, "over_q50": -1, "mahalanobis": -1,
    "middle_m": -1, "votes_10": 1, "kernel_20": 1, "kernel_40": 1, "kernel_90": 1, "walk_8": 1,
    "link_1_m": -1, "link_2_m": -1, "link_4_m": -1, "outside_40": 1, "outside_25": 1,
    "border": 1, "patch_m": -1, "path_cost": -1, "path_share": 1, "path_outside": 1,
    "path_gap_m": -1, "flow": 1, "off_branch_40": 1, "off_branch_25": 1, "branch_border": 1,
    "branch_m": -1, "walk_near": 1, "span_m": -1, "pole_carries": 1, "pole_votes": 1,
}  # fmt: skip


#: Evidence of which more can only speak for a candidate (1) or against it (-1); what is not
#: named may mean either. It keeps a small town from being learned by heart.
DIRECTIONS = {
    **AGAINST_OTHERS, "distance_ratio": -1, "nearer_gardu": -1, "over_q80": -1,
    **dict.fromkeys([f"votes_{h}" for _, h in RANKS], 1),
    **dict.fromkeys([f"ring_{h}" for _, h in RINGS_M], 1),
    "link_8_m": -1, "link_16_m": -1, "path_longest_m": -1,
    "recorded": 1,
    **dict.fromkeys(["soft_10", "soft_40", "soft_walk", "rest_of_patch", "rest_of_branch", "soft_path", "soft_outside"], 1),
    "soft_gap_m": -1,
}  # fmt: skip


def direction(name: str) -> int:
    """Return 1 or -1 where more evidence speaks for or against a candidate, else 0."""
    return 1 if name.endswith("_against") else DIRECTIONS.get(name, 0)


def features(scene: Scene, state: Records, rows: Ints, cand: Ints) -> tuple[Singles, list[str]]:
    """Return (r, c, f) evidence for candidates (r, c) of some customers, and its names.

    NaN where nothing is known, and throughout for the empty candidates (-1).
    """
    told: Singles = np.empty((0, 0, 0), np.float32)
    names: list[str] = []
    for begin in range(0, max(len(rows), 1), CHUNK):
        span = slice(begin, begin + CHUNK)
        columns = _columns(scene, state, rows[span], cand[span])
        if not names:
            names = list(columns)
            told = np.empty((*cand.shape, len(names)), np.float32)
        for k, values in enumerate(columns.values()):
            told[span, :, k] = values
    return told, names


def _columns(scene: Scene, state: Records, rows: Ints, cand: Ints) -> dict[str, Floats]:
    out: dict[str, Floats] = {}
    safe = np.maximum(cand, 0)
    own = state.label[rows]
    is_own = (cand == own[:, None]) & (cand >= 0)
    _distances(out, scene, state, rows, safe, is_own)
    _votes(out, scene, state, rows, cand)
    _groups(out, scene, state, rows, safe, is_own)
    _paths(out, scene, state, rows, cand)
    _lines(out, scene, state, rows, cand)
    empty = cand < 0
    for name, values in out.items():
        out[name] = np.where(empty, np.nan, values)
    for name, sign in AGAINST_OTHERS.items():
        if name in out:
            out[name + "_against"] = against_others(out[name], sign)
    out["recorded"] = np.where(empty, np.nan, is_own.astype(float))
    return out


def against_others(values: Floats, sign: int = 1) -> Floats:
    """Return how much better each candidate is than the best other of its row."""
    good = np.where(np.isnan(values), -np.inf, sign * values)
    order = np.sort(good, axis=1)
    best, second = order[:, -1:], order[:, -2:-1]
    other = np.where(good == best, second, best)
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(good) & np.isfinite(other), good - other, np.nan)


def _distances(
    out: dict[str, Floats], scene: Scene, state: Records, rows: Ints, safe: Ints,
    is_own: npt.NDArray[np.bool_],
) -> None:  # fmt: skip
    here = scene.xy[rows][:, None, :]
    away = np.hypot(*np.moveaxis(here - scene.site[safe], 2, 0))
    out["distance_m"] = away
    out["distance_ratio"] = np.log((away + 10) / (scene.site_m[rows, :1] + 10))
    out["nearer_gardu"] = (scene.site_m[rows][:, None, :] < away[:, :, None] - 1e-6).sum(axis=2)
    for k, heat in enumerate(TEMPERATURES_M):
        out[f"pulled_{heat:.0f}_m"] = away - state.pull_m[k][safe]
    out["over_q50"] = away / state.quantile[safe, 0]
    out["over_q80"] = away / state.quantile[safe, 1]
    # Its own record does not draw the middle of a gardu to a customer.
    others = state.count[safe] - is_own
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = (
            state.middle[safe] * state.count[safe][..., None] - here * is_own[..., None]
        ) / others[..., None]
    off = here - np.where((others > 0)[..., None], middle, np.nan)
    out["middle_m"] = np.hypot(off[..., 0], off[..., 1])
    xx, xy, yy = np.moveaxis(state.spread[safe], 2, 0)
    det = np.maximum(xx * yy - xy**2, 1.0)
    out["mahalanobis"] = np.sqrt(np.maximum(
        (yy * off[..., 0] ** 2 - 2 * xy * off[..., 0] * off[..., 1] + xx * off[..., 1] ** 2) / det, 0
    ))  # fmt: skip
    out["others"] = np.log1p(others)
    out["per_kva"], out["use_per_kva"] = state.load[safe, 0], state.load[safe, 1]


def _votes(out: dict[str, Floats], scene: Scene, state: Records, rows: Ints, cand: Ints) -> None:
    said = np.append(state.label, -1)[scene.near[rows]]
    away = scene.away_m[rows]
    there = (said >= 0) & np.isfinite(away)
    rank = np.arange(said.shape[1])
    names: list[str] = []
    weights: list[npt.NDArray[Any]] = []
    for low, high in RANKS:
        names.append(f"votes_{high}")
        weights.append(np.broadcast_to((rank >= low) & (rank < high), said.shape))
    for low_m, high_m in RINGS_M:
        names.append(f"ring_{high_m}")
        weights.append((away >= low_m) & (away < high_m))
    for scale in KERNELS_M:
        names.append(f"kernel_{scale:.0f}")
        weights.append(np.exp(-0.5 * (np.minimum(away, 1e4) / scale) ** 2) + 1e-9)
    kernel = weights[names.index("kernel_40")]
    for name, group in (("outside", state.patch), ("off_branch", state.branch)):
        number = group.number
        outward = np.append(number, -1)[scene.near[rows]] != number[rows][:, None]
        names += [f"{name}_40", f"{name}_25"]
        weights += [kernel * outward, (rank < 25) * outward]
    heap = np.empty((*said.shape, len(weights)), np.float32)
    for k, weight in enumerate(weights):
        np.multiply(weight, there, out=heap[:, :, k], casting="same_kind")
    total = heap.sum(axis=1)
    equal = (said[:, None, :] == cand[:, :, None]) & (cand >= 0)[:, :, None]
    share = np.matmul(equal.astype(np.float32), heap)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = share / np.where(total > 1e-9, total, np.nan)[:, None, :]
    for k, name in enumerate(names):
        out[name] = share[:, :, k]
    counted = np.cumsum(equal, axis=2, dtype=np.uint8)
    for k in LINKS:
        reached = counted >= k
        at = reached.argmax(axis=2)
        link = np.take_along_axis(away, at, axis=1)
        out[f"link_{k}_m"] = np.where(reached[:, :, -1], link, np.nan)
    walk = np.append(state.label, -1)[scene.along[rows]]
    same = walk[:, None, :] == cand[:, :, None]
    for name, weight in (("walk_8", np.ones(walk.shape)), ("walk_near", _near_by(scene, rows))):
        weight = np.where(walk >= 0, weight, 0.0)
        total = weight.sum(axis=1)[:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            share = (same * weight[:, None, :]).sum(axis=2) / total
            out[name] = np.where(total > 1e-6, share, np.nan)


def _near_by(scene: Scene, rows: Ints) -> Floats:
    """Weigh those read before and after by how near they stand: after a jump nobody is a neighbour."""
    xy = np.vstack([scene.xy, [np.nan, np.nan]])
    ids = scene.along[rows]
    away = np.hypot(*np.moveaxis(xy[ids] - scene.xy[rows][:, None, :], 2, 0))
    return np.where(ids < scene.customers, np.exp(-0.5 * (np.minimum(away, 1e4) / 40.0) ** 2), 0.0)


def _groups(
    out: dict[str, Floats], scene: Scene, state: Records, rows: Ints, safe: Ints,
    is_own: npt.NDArray[np.bool_],
) -> None:  # fmt: skip
    of = np.maximum(state.count[np.maximum(state.label[rows], 0)], 1)
    for name, group in (("patch", state.patch), ("branch", state.branch)):
        number = group.number[rows]
        out["border" if name == "patch" else "branch_border"] = _at(group.border, number, safe)
        heart = group.middle[number][:, None, :]
        out[f"{name}_m"] = np.hypot(*np.moveaxis(heart - scene.site[safe], 2, 0))
        size = group.size[number]
        out[f"{name}_size"] = np.broadcast_to(np.log(size)[:, None], safe.shape)
        out[f"{name}_share"] = np.broadcast_to((size / of)[:, None], safe.shape)
    out["patch_recorded"] = is_own * out["patch_share"]


def _paths(out: dict[str, Floats], scene: Scene, state: Records, rows: Ints, cand: Ints) -> None:
    at = scene.forest.rows(cand, np.broadcast_to(rows[:, None], cand.shape))
    safe, there = np.maximum(at, 0), at >= 0
    if not len(scene.forest.key):
        return
    way = state.way
    for name, values in (
        ("path_cost", scene.forest.cost), ("path_steps", scene.forest.depth),
        ("path_share", way.share), ("path_outside", way.outside), ("path_gap_m", way.gap_m),
        ("path_longest_m", way.longest_m), ("flow", np.log1p(way.flow)),
    ):  # fmt: skip
        out[name] = np.where(there, values[safe], np.nan)


def _lines(out: dict[str, Floats], scene: Scene, state: Records, rows: Ints, cand: Ints) -> None:
    if scene.spans is not None:
        out["span_m"] = scene.spans.pairs_m(rows, cand)
    if scene.poles is not None:
        out["pole_carries"] = scene.poles.carries(rows, cand)
        said = np.append(state.label, -1)[scene.poles.mates[rows]]
        heard = (said >= 0).sum(axis=1)[:, None]
        same = (said[:, None, :] == cand[:, :, None]).sum(axis=2)
        out["pole_votes"] = np.where(heard > 0, same / np.maximum(heard, 1), np.nan)


def _at(matrix: sparse.csr_matrix, row: Ints, column: Ints) -> Floats:
    """Return matrix[row, column] for (r,) rows and (r, c) columns."""
    flat = matrix[np.repeat(row, column.shape[1]), column.ravel()]
    return np.asarray(flat).reshape(column.shape)
