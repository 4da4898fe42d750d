"""What a plan can detect: its operating characteristic as numbers and as a line (R-SA-14)."""

from dataclasses import dataclass

import numpy as np

from rbmgeo.sampling.acceptance import Plan, chance_to_accept

#: Shares of wrong ones (of 1) that are told in words.
TOLD = (0.01, 0.05, 0.10)
#: Shares for which the curve is drawn and tabled.
SHARES = tuple(round(k / 200, 4) for k in range(31))


@dataclass(frozen=True)
class Point:
    """How often a lot with this share of wrong ones is accepted; both of 1."""

    share: float
    chance: float


def detects(plan: Plan, shares: tuple[float, ...] = TOLD) -> tuple[Point, ...]:
    """Return how often a plan accepts lots with these shares of wrong ones.

    A lot that is looked at whole hides nothing: it is accepted or not for certain.
    """
    if plan.whole:
        chances = [float(round(plan.lot * s) <= plan.accept) for s in shares]
    else:
        chances = [float(c) for c in chance_to_accept(plan, shares)]
    return tuple(Point(s, c) for s, c in zip(shares, chances, strict=True))


def curve(plan: Plan) -> tuple[Point, ...]:
    """Return the operating characteristic from 0 to 15 % wrong."""
    return detects(plan, SHARES)


def path(points: tuple[Point, ...], wide: float, high: float) -> str:
    """Return the curve as the path of an SVG, its origin above on the left.

    >>> path((Point(0.0, 1.0), Point(0.1, 0.25)), 100, 40)
    'M0.0 0.0L100.0 30.0'
    """
    most = max(p.share for p in points) or 1.0
    xy = [(wide * p.share / most, high * (1 - p.chance)) for p in points]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in np.round(xy, 1))
