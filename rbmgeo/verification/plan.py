"""How many houses of a changed gardu to look at, and what wrong checks do to it (R-SA-20, R-SB-02)."""

import math
from dataclasses import dataclass

from rbmgeo.sampling.hypergeometric import chance_to_accept, most_left, smallest_sample

#: Houses drawn beside the sample, for those that nobody meets: a share of it, two at least.
RESERVE_SHARE, RESERVE_LEAST = 0.3, 2
#: From so many houses on a share of them is visited by a second person.
DOUBLES_FROM = 5


@dataclass(frozen=True)
class CheckPlan:
    """Look at ``size`` of ``lot`` houses with Ac 0, so that ``tolerated`` wrong ones show.

    ``chance``: that a gardu with ``tolerated`` wrong ones is accepted all the same (the
    consumer's risk that was reached). ``whole``: every house is looked at.
    """

    lot: int
    tolerated: int
    size: int
    chance: float
    whole: bool

    @property
    def reserve(self) -> int:
        """Houses drawn behind the sample."""
        wanted = max(RESERVE_LEAST, round(self.size * RESERVE_SHARE))
        return min(wanted, self.lot - self.size)


def plan_of(lot: int, *, share: float = 0.1, risk: float = 0.1) -> CheckPlan:
    """Return the smallest sample with Ac 0 that misses ``share`` wrong with ``risk`` at most.

    >>> [plan_of(lot, share=s).size for lot, s in ((40, 0.1), (100, 0.1), (100, 0.05), (250, 0.1))]
    [17, 20, 37, 21]

    Raises
    ------
    ValueError
        If nobody hangs on the gardu.
    """
    if lot < 1:
        raise ValueError(f"lot is {lot}, expected 1 or more")
    # 0.1 * 30 is a little above 3: what rounding added is no house.
    tolerated = max(1, math.ceil(round(share * lot, 9)))
    size = smallest_sample(lot, tolerated, risk=risk)
    return CheckPlan(lot, tolerated, size, chance_to_accept(lot, tolerated, size), size >= lot)


def doubles(size: int, share: float = 0.1) -> int:
    """Return how many of a sample a second person visits as well (R-SB-02).

    >>> [doubles(n) for n in (4, 5, 17, 37)]
    [0, 1, 2, 4]
    """
    return max(1, round(size * share)) if size >= DOUBLES_FROM and share > 0 else 0


def chance_sent_back(size: int, wrong_checks: float = 0.05) -> float:
    """Return how likely a right gardu would fail if one look alone counted (Ac 0).

    >>> [round(chance_sent_back(n), 2) for n in (17, 37)]
    [0.58, 0.85]
    """
    return 1.0 - (1.0 - wrong_checks) ** size


def seen_share(true_share: float, wrong_checks: float = 0.05) -> float:
    """Return the share that looks wrong where ``true_share`` is, single looks being wrong at times.

    `rbmgeo.matching.calibrate.true_rate` turns it back.

    >>> round(seen_share(0.05), 4)
    0.095
    """
    return true_share * (1.0 - wrong_checks) + (1.0 - true_share) * wrong_checks


def left_at_most(lot: int, seen: int, wrong: int, *, risk: float = 0.1) -> int:
    """Return the most wrong ones that may hang among the houses nobody looked at."""
    return most_left(lot, min(seen, lot), min(wrong, seen), risk=risk)
