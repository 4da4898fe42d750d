"""Every RBM is seen within twelve months: which are due, and whether a budget suffices (R-SB-01)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

WITHIN = 12


@dataclass(frozen=True)
class Rotation:
    """Which RBM to see in a month, and whether that many can be seen.

    ``rows``: one row an RBM, index ``rbm``, the most urgent first: ``last`` (month it was seen
    before, missing if never), ``ago`` (months since, missing if never), ``left`` (months in
    which it may still be seen, this one being 0; negative: overdue), ``due`` (it is its turn this
    month), ``done`` (it was seen this month), ``checks`` (that it takes). ``need``: RBM a month so
    that none is late; ``room``: how many of the most urgent the budget reaches.
    """

    rows: pd.DataFrame
    need: int
    room: int

    @property
    def checks(self) -> int:
        """Return how many checks those take whose turn it is."""
        return int(self.due["checks"].sum())

    @property
    def enough(self) -> bool:
        """Say whether the budget reaches as many as must be seen."""
        return self.room >= self.need

    @property
    def overdue(self) -> int:
        """Count those that nobody saw in time."""
        return int((self.rows["left"] < 0).sum())

    @property
    def never(self) -> int:
        """Count those that were never seen."""
        return int(self.rows["last"].isna().sum())

    @property
    def due(self) -> pd.DataFrame:
        """Return those whose turn it is this month."""
        return self.rows[self.rows["due"]]


def months_between(first: str, last: str) -> int:
    """Return how many months a month (YYYYMM) lies after another.

    >>> months_between("202411", "202501"), months_between("202501", "202411")
    (2, -2)
    """
    return (int(last[:4]) - int(first[:4])) * 12 + int(last[4:]) - int(first[4:])


def rotation(
    last: Mapping[str, str | None], blth: str, *, checks: int, each: Mapping[str, int] | None = None,
    began: str | None = None, done: frozenset[str] = frozenset(), within: int = WITHIN,
) -> Rotation:  # fmt: skip
    """Say which RBM are due in a month so that each is seen once in ``within`` months.

    Parameters
    ----------
    last
        The newest month before ``blth`` in which each RBM was seen, None if never.
    checks, each
        A month's budget, and how many checks it takes to see each RBM (1 where not named).
    began
        The month in which the rotation began (this one if None): an RBM that was never seen has
        ``within`` months from there, as nobody can see all of them in the first month.
    done
        Those seen in this month already; they stay in their turn.

    The most urgent come first, then the longest unseen, then by code: the same facts give the
    same turn whatever their order.
    """
    if within < 1 or checks < 0:
        raise ValueError(f"within is {within} and checks {checks}, expected 1 and 0 or more")
    start = began or blth
    codes = sorted(last)
    ago = [None if last[c] is None else months_between(str(last[c]), blth) for c in codes]
    left = [
        within - 1 - months_between(start, blth) if a is None else within - a for a in ago
    ]  # fmt: skip
    rows = pd.DataFrame(
        {
            "last": pd.array([last[c] for c in codes], dtype="str"),
            "ago": pd.array(ago, dtype="Int64"),
            "left": pd.array(left, dtype="int64"),
            "done": [c in done for c in codes],
            "checks": pd.array([(each or {}).get(c, 1) for c in codes], dtype="int64"),
        },
        index=pd.Index(codes, name="rbm", dtype="str"),
    )
    turn = sorted(codes, key=lambda c: (rows.at[c, "left"], last[c] or "", c))
    rows = rows.loc[turn]
    need = needed(left)
    rows["due"] = [k < need for k in range(len(rows))]
    return Rotation(rows, need, int((rows["checks"].cumsum() <= checks).sum()))


def needed(left: list[int]) -> int:
    """Return the fewest RBM a month so that each is seen before its months run out.

    The overdue count as due now: those of a horizon of h months need their h + 1 months.

    >>> needed([11] * 150), needed([0, 0, 0, 5]), needed([])
    (13, 3, 0)
    """
    most = 0
    waiting = sorted(max(one, 0) for one in left)
    for count, horizon in enumerate(waiting, start=1):
        most = max(most, math.ceil(count / (horizon + 1)))
    return most
