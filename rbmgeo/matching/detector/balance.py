"""What the meters of two gardu say of a group that one records and the other may feed.

A gardu whose customers are billed more than it delivers has some that are not its own; where
that surplus is missing on the other gardu, the group that would settle both is likely moved.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rbmgeo.matching.detector.blocks import Blocks

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: A gardu counts where the use of so many of its customers is known, and of so many gardu.
COVERED, GARDU_LEAST = 0.8, 3
#: Billed over delivered varies at least so much (log), as losses and reading days do.
SPREAD_LEAST = 0.03
#: Log-odds that meters alone may weigh: other wrong records shift the same sums. With 3.0 fewer
#: of the planted blocks came first than without meters, with 1.0 more.
MOST = 1.0


@dataclass(frozen=True)
class Balance:
    """``used`` (n): what each customer used; ``metered`` (m): what each gardu delivered.

    Both in kWh over the same months; NaN where unknown.
    """

    used: Floats
    metered: Floats


def weighed(blocks: Blocks, recorded: Ints, balance: Balance) -> Floats:
    """Return for every customer what the meters say of its block, in log-odds.

    Above 0 they speak for the move: the shares of what both gardu deliver that their
    customers were billed come nearer to the unit's usual share (its median) by it. 0 outside
    blocks and where neither gardu has a meter, or use is known of too few.
    """
    out = np.zeros(len(recorded))
    billed, share = _billed(recorded, balance)
    known = (balance.metered > 0) & (billed > 0) & (share >= COVERED)
    if known.sum() < GARDU_LEAST or not blocks.members.any():
        return out
    told = np.log(billed[known] / balance.metered[known])
    usual = float(np.median(told))
    spread = max(1.4826 * float(np.median(np.abs(told - usual))), SPREAD_LEAST)
    order = np.flatnonzero(blocks.members)
    order = order[np.argsort(blocks.number[order], kind="stable")]
    for group in np.split(order, np.flatnonzero(np.diff(blocks.number[order])) + 1):
        kwh = float(np.nansum(balance.used[group]))
        said = 0.0
        for gardu, change in ((recorded[group[0]], -kwh), (blocks.target[group[0]], kwh)):
            if known[gardu]:
                before = np.log(billed[gardu] / balance.metered[gardu]) - usual
                after = np.log(max(billed[gardu] + change, 1.0) / balance.metered[gardu]) - usual
                said += (before**2 - after**2) / (2 * spread**2)
        out[group] = float(np.clip(said, -MOST, MOST))
    return out


def _billed(recorded: Ints, balance: Balance) -> tuple[Floats, Floats]:
    """Return what each gardu's customers used, and of what share of them that is known."""
    there = recorded >= 0
    many = len(balance.metered)
    people = np.bincount(recorded[there], minlength=many)
    told = there & ~np.isnan(balance.used)
    known = np.bincount(recorded[told], minlength=many)
    billed = np.bincount(recorded[told], weights=balance.used[told], minlength=many)
    return billed.astype(float), known / np.maximum(people, 1)
