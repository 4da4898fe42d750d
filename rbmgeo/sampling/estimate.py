"""What a random sample says of a share, and how large it must be (R-SA-15, R-SA-16)."""

import math

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest, norm

Floats = npt.NDArray[np.float64]


def wilson(wrong: int, seen: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's interval of a share (Wilson 1927); (0, 1) where nobody was looked at.

    >>> [round(100 * x, 2) for x in wilson(1, 50)]
    [0.35, 10.5]
    """
    if not seen:
        return 0.0, 1.0
    low, high = binomtest(wrong, seen).proportion_ci(confidence, method="wilson")
    return float(low), float(high)


def size_for(lot: int, *, half_width: float = 0.05, confidence: float = 0.95) -> int:
    """Return how many to look at so that a share is known to plus or minus ``half_width``.

    Cochran's worst case (a share of one half) with the correction for a finite lot.

    >>> size_for(350), size_for(40_000)
    (184, 381)
    """
    if lot < 1:
        raise ValueError(f"lot is {lot}, expected 1 or more")
    z = float(norm.ppf((1 + confidence) / 2))
    endless = z**2 * 0.25 / half_width**2
    return min(lot, math.ceil(endless / (1 + (endless - 1) / lot)))


def half_width(lot: int, size: int, *, share: float = 0.5, confidence: float = 0.95) -> float:
    """Return how far a share of about ``share`` is known from ``size`` of a lot, in plus or minus."""
    if size >= lot:
        return 0.0
    if size < 1:
        return 1.0
    low, high = wilson(round(share * size), size, confidence=confidence)
    return (high - low) / 2 * math.sqrt((lot - size) / max(lot - 1, 1))


def wilson_many(wrong: npt.ArrayLike, seen: npt.ArrayLike, *, confidence: float = 0.95) -> Floats:
    """Return Wilson's intervals of many shares, a row (low, high) each; (0, 1) where none was seen.

    >>> [round(100 * x, 2) for x in wilson_many([1], [50])[0].tolist()]
    [0.35, 10.5]
    """
    k, n = np.asarray(wrong, dtype=float), np.asarray(seen, dtype=float)
    z = float(norm.ppf((1 + confidence) / 2))
    some = np.where(n > 0, n, 1.0)
    share = k / some
    middle = (share + z**2 / (2 * some)) / (1 + z**2 / some)
    half = z / (1 + z**2 / some) * np.sqrt(share * (1 - share) / some + z**2 / (4 * some**2))
    low, high = np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
    return np.column_stack([np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0)])
