"""Single sampling plans by attributes, level II (ISO 2859-1, ANSI/ASQ Z1.4): R-SA-10 to R-SA-14.

The tables are those that domain.md states under R-SA-10, R-SA-11 and R-SA-13. Where a letter has
no plan of its own at an AQL, the arrow of the standard leads to another, sample size included.
"""

from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy.stats import binom, hypergeom

Floats = npt.NDArray[np.float64]

#: Code letters in order with their sample sizes.
SIZES = {
    "A": 2, "B": 3, "C": 5, "D": 8, "E": 13, "F": 20, "G": 32, "H": 50, "J": 80, "K": 125,
    "L": 200, "M": 315, "N": 500, "P": 800, "Q": 1250,
}  # fmt: skip
LETTERS = tuple(SIZES)
#: The largest lot of each letter but the last, at level II.
LARGEST_LOT = (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000)


class Severity(StrEnum):
    """How strict a plan is; the inspection level stays II (R-SA-13)."""

    NORMAL = "normal"
    TIGHTENED = "diperketat"


#: Per severity and AQL: the letter whose plan each letter from A to Q uses, and the acceptance
#: numbers of those plans in their order.
_TABLES = {
    (Severity.NORMAL, 0.65): ("FFFFFFFJJKLMNPQ", (0, 1, 2, 3, 5, 7, 10, 14)),
    (Severity.NORMAL, 1.0): ("EEEEEEHHJKLMNPQ", (0, 1, 2, 3, 5, 7, 10, 14, 21)),
    (Severity.NORMAL, 2.5): ("CCCCFFGHJKLMNNN", (0, 1, 2, 3, 5, 7, 10, 14, 21)),
    (Severity.TIGHTENED, 0.65): ("GGGGGGGKKKLMNPQ", (0, 1, 2, 3, 5, 8, 12)),
    (Severity.TIGHTENED, 1.0): ("FFFFFFJJJKLMNPQ", (0, 1, 2, 3, 5, 8, 12, 18)),
    (Severity.TIGHTENED, 2.5): ("DDDDGGGHJKLMNNN", (0, 1, 2, 3, 5, 8, 12, 18)),
}
AQLS = tuple(sorted({aql for _, aql in _TABLES}))


@dataclass(frozen=True)
class Plan:
    """One single sampling plan: look at ``size`` of the lot, accept it with at most ``accept`` wrong.

    ``letter`` is that of the lot's size, ``used`` the one that the arrow leads to. ``aql`` in per
    cent. ``whole``: the sample is the lot itself (R-SA-12).
    """

    lot: int
    aql: float
    severity: Severity
    letter: str
    used: str
    size: int
    accept: int
    whole: bool

    @property
    def reject(self) -> int:
        """The fewest wrong ones that reject the lot."""
        return self.accept + 1


def letter_of(lot: int) -> str:
    """Return the code letter of a lot at level II (R-SA-10).

    >>> letter_of(350), letter_of(600)
    ('H', 'J')
    """
    if lot < 1:
        raise ValueError(f"lot is {lot}, expected 1 or more")
    return LETTERS[bisect_left(LARGEST_LOT, lot)]


def plan_of(lot: int, aql: float = 1.0, severity: Severity = Severity.NORMAL) -> Plan:
    """Return the plan of a lot.

    >>> plan = plan_of(120)
    >>> plan.letter, plan.used, plan.size, plan.accept
    ('F', 'E', 13, 0)

    Raises
    ------
    ValueError
        If the lot is empty or the AQL is none of `AQLS`.
    """
    if (severity, aql) not in _TABLES:
        raise ValueError(f"AQL is {aql}, expected one of {', '.join(map(str, AQLS))}")
    arrows, numbers = _TABLES[severity, aql]
    letter = letter_of(lot)
    used = arrows[LETTERS.index(letter)]
    accept = dict(zip(dict.fromkeys(arrows), numbers, strict=True))[used]
    size = min(SIZES[used], lot)
    return Plan(lot, aql, severity, letter, used, size, accept, size == lot)


def chance_to_accept(plan: Plan, share_wrong: npt.ArrayLike) -> Floats:
    """Return the operating characteristic: P(accept) by the share of wrong ones (binomial)."""
    return np.asarray(binom.cdf(plan.accept, plan.size, np.asarray(share_wrong, dtype=float)))


def chance_in_lot(plan: Plan, wrong: npt.ArrayLike) -> Floats:
    """Return P(accept) by the number of wrong ones in this very lot (hypergeometric)."""
    return np.asarray(hypergeom.cdf(plan.accept, plan.lot, np.asarray(wrong), plan.size))
