"""What a budget of checks buys: lots, and how far each share is then known (R-SB-01).

Start from what a unit can do in a month, never from a plan that nobody can carry out: a lot per
RBM and month at AQL 1.0 is 7,500 re-reads for 150 RBM of 350.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rbmgeo.sampling.acceptance import plan_of
from rbmgeo.sampling.estimate import half_width, wilson

#: A share of wrong stands near which widths are told.
NEAR = 0.02


@dataclass(frozen=True)
class Bought:
    """What some checks buy if they are shared out over lots.

    ``each``: the fewest checks that a lot gets. ``half``: how far a share near 2 % is then known
    of a lot (plus or minus, of 1). ``none_wrong``: where all of them agree, at most this share of
    the lot differs (upper end of Wilson's 95 % interval). Both 1 where a lot gets no check.
    """

    lots: int
    checks: int
    each: int
    half: float
    none_wrong: float


def bought(sizes: Sequence[int], checks: int) -> Bought:
    """Return what ``checks`` buy, shared out evenly over lots of these sizes.

    No more checks than there are readings; the widths are those of the lot that is known least.

    >>> one = bought([40_000], 200)
    >>> one.lots, one.each, round(100 * one.none_wrong, 1)
    (1, 200, 1.9)

    Raises
    ------
    ValueError
        If ``checks`` is negative or a lot is empty.
    """
    if checks < 0:
        raise ValueError(f"checks is {checks}, expected 0 or more")
    if any(size < 1 for size in sizes):
        raise ValueError("a lot is empty; leave it out")
    used = min(checks, sum(sizes))
    if not sizes or not used:
        return Bought(len(sizes), used, 0, 1.0, 1.0)
    each = used // len(sizes)
    if not each:
        return Bought(len(sizes), used, 0, 1.0, 1.0)
    widest = max(half_width(size, min(each, size), share=NEAR) for size in sizes)
    open_lots = [size for size in sizes if size > each]
    upper = wilson(0, each)[1] if open_lots else 0.0
    return Bought(len(sizes), used, each, widest, upper)


def plan_need(sizes: Sequence[int], aql: float = 1.0) -> int:
    """Return how many checks a plan of ISO 2859-1 for every lot would take.

    >>> plan_need([350] * 150)
    7500
    """
    return sum(plan_of(size, aql).size for size in sizes)
