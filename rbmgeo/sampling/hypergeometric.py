"""What a sample of a small, single lot can show (R-SA-14, R-SA-20); drawn without putting back."""

from functools import lru_cache

import numpy as np
from scipy.stats import hypergeom


def chance_to_accept(lot: int, wrong: int, sample: int, accept: int = 0) -> float:
    """Return P(at most ``accept`` wrong ones in the sample) of a lot that has ``wrong``.

    >>> round(chance_to_accept(350, 4, 50, 1), 3)
    0.901
    """
    _check(lot, sample)
    return float(hypergeom.cdf(accept, lot, wrong, sample))


def smallest_sample(lot: int, wrong: int, *, risk: float = 0.1) -> int:
    """Return the fewest to look at so that ``wrong`` among the lot are missed with ``risk`` at most.

    R-SA-20 with Ac 0; the whole lot where nothing less will do.

    >>> smallest_sample(100, 10)
    20
    """
    sizes = np.arange(lot + 1)
    missed = hypergeom.cdf(0, lot, min(wrong, lot), sizes)
    enough = sizes[missed <= risk]
    return int(enough[0]) if len(enough) else lot


@lru_cache(maxsize=20_000)
def most_left(lot: int, sample: int, found: int, *, risk: float = 0.1) -> int:
    """Return the upper bound of wrong ones left among those not looked at.

    The most for which finding no more than ``found`` still has a chance above ``risk``.
    """
    _check(lot, sample)
    left = np.arange(lot - sample + 1)
    chance = hypergeom.cdf(found, lot, found + left, sample)
    return int(left[chance > risk][-1])


@lru_cache(maxsize=20_000)
def more_to_see(lot: int, sample: int, found: int, limit: int, *, risk: float = 0.1) -> int:
    """Return how many more must be looked at, and be right, until fewer than ``limit`` are left.

    0 where the sample is enough already: ``limit`` or more left would show with 1 - ``risk``.
    """
    _check(lot, sample)
    if lot - sample < limit:
        return 0
    sizes = np.arange(sample, lot - limit + 1)
    enough = sizes[hypergeom.cdf(found, lot, found + limit, sizes) <= risk]
    return int(enough[0] if len(enough) else lot - limit + 1) - sample


def _check(lot: int, sample: int) -> None:
    if not 0 <= sample <= lot:
        raise ValueError(f"sample is {sample}, expected 0 to {lot}")
