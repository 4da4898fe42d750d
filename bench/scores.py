"""How well a ranking of customers finds the wrong records, and whether p means what it says."""

import numpy as np
from sklearn.metrics import average_precision_score

from bench.towns import Case
from rbmgeo.matching.calibrate import after_a_look, calibration, expected_error

#: Answers after which p is judged: the ranked list's head, and houses drawn at random.
RANKED, DRAWN, WRONG_ANSWERS = 90, 10, 0.05


def scores(p: np.ndarray, c: Case, proposed: np.ndarray | None = None) -> dict[str, float]:
    """Return AUPRC, precision at k = errors, yield at 80 and 90 % recall, block figures."""
    wrong = c.wrong
    n, errors = len(wrong), int(wrong.sum())
    order = np.lexsort((np.arange(n), -p))
    hits = np.cumsum(wrong[order])
    first = np.zeros(n, dtype=bool)
    first[order[:errors]] = True
    out = {"auprc": float(average_precision_score(wrong, p)), "p_at_k": hits[errors - 1] / errors}
    for recall in (0.8, 0.9):
        found = int(np.ceil(recall * errors))
        out[f"yield_{recall * 100:.0f}"] = found / (np.searchsorted(hits, found) + 1)
    members = c.patch >= 0
    out["block_recall"] = float(first[members].mean()) if members.any() else np.nan
    if proposed is not None:
        out["right_first"] = float((proposed[wrong] == c.town.true[wrong]).mean())
        out["patches"] = _patches(c, first, proposed)
    return out


def after_answers(p: np.ndarray, c: Case, seed: int) -> dict[str, float]:
    """Answer 100 houses, 5 % of them wrongly, and see how well p is then calibrated.

    Expected calibration error over 10 equal-count groups of the 3n highest p, before and
    after; ``auprc_after`` counts the surveyed houses as the surveyor found them.
    """
    rng = np.random.default_rng(1000 + seed)
    n, errors = len(p), int(c.wrong.sum())
    order = np.lexsort((np.arange(n), -p))
    asked = np.concatenate([order[:RANKED], rng.choice(order[RANKED:], DRAWN, replace=False)])
    said = c.wrong[asked] ^ (rng.random(len(asked)) < WRONG_ANSWERS)
    after = calibration(p[asked], said).applied(p)
    after[asked] = after_a_look(after[asked], said)
    top, then = order[: 3 * errors], np.lexsort((np.arange(n), -after))[: 3 * errors]
    return {
        "error_before": expected_error(p[top], c.wrong[top]),
        "error_after": expected_error(after[then], c.wrong[then]),
        "auprc_after": float(average_precision_score(c.wrong, after)),
    }


def _patches(c: Case, first: np.ndarray, proposed: np.ndarray) -> float:
    """Return the share of planted blocks found: a group of one doubt with Jaccard >= 0.5."""
    names = np.unique(c.patch[c.patch >= 0])
    if not len(names):
        return np.nan
    found = 0
    for name in names:
        block = np.flatnonzero(c.patch == name)
        pairs, counts = np.unique(proposed[block[first[block]]], return_counts=True)
        if not len(pairs):
            continue
        same = first & (c.recorded == c.recorded[block[0]]) & (proposed == pairs[counts.argmax()])
        near = np.hypot(*(c.xy - c.xy[block].mean(axis=0)).T) < 400
        group = np.flatnonzero(same & near)
        joint = len(np.intersect1d(group, block))
        found += joint / (len(group) + len(block) - joint) >= 0.5
    return found / len(names)
