"""One month under two mappings: what each gardu (or RBM) has under the old and under the new one.

The kWh are those of the same lines: only their places differ, so both sides have one sum.
"""

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

ZERO = Decimal(0)
#: What travels from one place to another.
CARRIED = ["customers", "kwh", "token_kwh"]


@dataclass(frozen=True)
class Restated:
    """``places``: one row a place, by code; ``moves``: what went from where to where.

    ``places`` has each of `CARRIED` with ``_old``, ``_new`` and ``_difference``; ``moves`` has
    ``before``, ``after`` and `CARRIED`, the largest kWh first, those who stayed left out.
    """

    places: pd.DataFrame
    moves: pd.DataFrame

    def total(self, name: str, side: str) -> Decimal:
        """Sum a column of one side (``old``, ``new``) exactly."""
        return sum((Decimal(v) for v in self.places[f"{name}_{side}"]), ZERO)


def restated(flows: pd.DataFrame) -> Restated:
    """Set one month's kWh under an old and a new mapping beside each other.

    ``flows``: one row per ``before`` and ``after`` (codes of the place under each mapping; the
    named places without one as well), with `CARRIED`: customers (int), kWh (Decimal). Everybody is
    in one of them, so the sums of both sides are the same to the last digit.
    """
    places = sorted({*flows["before"], *flows["after"]})
    out = pd.DataFrame(index=pd.Index(places, name="place", dtype="str"))
    for name in CARRIED:
        nothing = 0 if name == "customers" else ZERO
        for side, place in (("old", "before"), ("new", "after")):
            sums = dict.fromkeys(places, nothing)
            for code, value in zip(flows[place], flows[name], strict=True):
                sums[code] += value
            out[f"{name}_{side}"] = pd.Series(sums, dtype=object).reindex(out.index)
        out[f"{name}_difference"] = out[f"{name}_new"] - out[f"{name}_old"]
    counts = [f"customers_{side}" for side in ("old", "new", "difference")]
    moved = flows[flows["before"] != flows["after"]]
    size = (moved["kwh"] + moved["token_kwh"]).map(abs)
    order = moved.assign(size=size).sort_values(
        ["size", "before", "after"], ascending=[False, True, True]
    )
    return Restated(
        out.astype(dict.fromkeys(counts, int)),
        order[["before", "after", *CARRIED]].reset_index(drop=True),
    )
