"""What the map of energy colours a gardu by: fixed classes, and what may not be judged yet.

Classes do not follow the data: a gardu that is darker than last month used more (or its list
is another), never "the others used less". They are the same for every month and every unit.
"""

from collections.abc import Mapping
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from rbmgeo.energy.per_gardu import load_of_gardu


class Measure(StrEnum):
    """By what a circle is coloured."""

    HOURS = "jam"
    LOAD = "beban"
    CHANGE = "ubah"


#: Where one class ends and the next begins: hours of use a month; share of what the transformer
#: can give (R-EN-08, its warning is the last one); change against the month before.
BREAKS: Mapping[Measure, tuple[float, float, float, float]] = {
    Measure.HOURS: (80, 110, 140, 180),
    Measure.LOAD: (0.2, 0.4, 0.6, 0.8),
    Measure.CHANGE: (-0.2, -0.05, 0.05, 0.2),
}
#: Beside the classes "1" to "5": nothing was read, too little is known, it cannot be said (kVA or
#: the month before unknown), and what may not be shown to everybody.
NO_DATA, INCOMPLETE, UNKNOWN, HIDDEN = "n", "i", "u", "s"
CLASSES = (*"12345", INCOMPLETE, UNKNOWN, NO_DATA, HIDDEN)
#: A gardu with fewer customers tells of single ones.
FEW = 5

FIGURES = ["kwh", "token_kwh", "hours", "coverage", "load", "change"]


def month_of_gardu(
    rows: pd.DataFrame,
    rating_kva: pd.Series,
    *,
    coverage_limit: float,
    before: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Judge every gardu in one month.

    ``rows``: the month's rows of `rbmgeo.energy.per_gardu`; ``before``: what this function said of
    the month before, None where there is none. Returns `load_of_gardu` with ``known`` (anything
    was read or bought), ``change`` (share of the kWh of the month before, tokens included) and the
    class of each `Measure` (columns ``jam``, ``beban``, ``ubah``).
    """
    found = load_of_gardu(rows, rating_kva, months=1, coverage_limit=coverage_limit)
    used = found["kwh"].astype(float) + found["token_kwh"].astype(float)
    # Read and nothing used is known as well; nobody read is not zero (R-EN-07).
    known = (
        (found["read"] > 0) | (found["known_va"].astype(float) > 0)
        | found["kwh"].ne(0) | found["token_kwh"].ne(0)
    ).astype(bool)  # fmt: skip
    whole = _complete(found, coverage_limit)
    if before is None:
        last, was_whole = pd.Series(np.nan, found.index), pd.Series(True, found.index)
    else:
        was = before.reindex(found.index)
        last = (was["kwh"].astype(float) + was["token_kwh"].astype(float)).where(
            was["known"].eq(True)
        )
        was_whole = was["whole"].eq(True)
    change = (used / last - 1).where((last > 0) & known)
    change = change.round(4)
    out = found.assign(known=known, whole=whole, change=change)
    judged = {
        Measure.HOURS: (found["hours"], ~found["incomplete"]),
        # The mark knows the load before it was rounded: the last class is where a warning stands.
        Measure.LOAD: (found["load"].where(found["mark"].eq(""), np.inf), ~found["incomplete"]),
        Measure.CHANGE: (change, whole & was_whole),
    }
    for measure, (values, complete) in judged.items():
        out[str(measure)] = graded(values, known, complete.astype(bool), BREAKS[measure])
    return out


def graded(
    values: pd.Series, known: pd.Series, complete: pd.Series, breaks: tuple[float, ...]
) -> npt.NDArray[np.str_]:
    """Return the class of each value: the first whose upper end is not below it."""
    numbers = values.to_numpy(float)
    classes = (np.searchsorted(breaks, numbers, side="left") + 1).astype(str)
    return np.select(
        [~known.to_numpy(bool), ~complete.to_numpy(bool), np.isnan(numbers)],
        [NO_DATA, INCOMPLETE, UNKNOWN],
        default=classes,
    )


def without_single_customers(months: pd.DataFrame) -> pd.DataFrame:
    """Take the figures of gardu with fewer than `FEW` customers away.

    Their sum over so few tells what single customers use, and so does its mean: who may not open
    a customer's card sees neither. How many gardu there are stays. Where all that is hidden in a
    month is of fewer than `FEW` customers, the unit's sum less what is shown would tell it: then the
    gardu with the fewest customers of the others is hidden too (of equals, the first by code).
    """
    few = months["customers"].lt(FEW) & months["known"].astype(bool)
    few |= _beside_few(months, few)
    out = months.copy()
    out[FIGURES] = out[FIGURES].astype(object).where(~few, None)
    out.loc[few, [str(m) for m in Measure]] = HIDDEN
    out.loc[few, "mark"] = ""
    return out.assign(hidden=few)


def _beside_few(months: pd.DataFrame, few: pd.Series) -> pd.Series:
    """Say which further rows are hidden, one a month at most, so that no sum tells of the few."""
    levels = months.index.names
    blth = months.index.get_level_values("blth") if "blth" in levels else months["blth"]
    code = months.index.get_level_values("gardu" if "gardu" in levels else -1)
    table = pd.DataFrame(
        {"blth": list(blth), "code": list(code), "n": months["customers"].to_numpy(float),
         "few": few.to_numpy(bool), "known": months["known"].to_numpy(bool)}
    )  # fmt: skip
    hidden = table["n"].where(table["few"], 0.0).groupby(table["blth"]).transform("sum")
    told = table["few"].groupby(table["blth"]).transform("any") & hidden.lt(FEW)
    others = table[told & table["known"] & ~table["few"]].sort_values(["blth", "n", "code"])
    also = others.drop_duplicates("blth").index
    return pd.Series(table.index.isin(also), months.index)


def _complete(found: pd.DataFrame, limit: float) -> pd.Series:
    """Say where enough was read to be set against another month; by readings where no VA is known."""
    asked = (found["read"] + found["unread"]).astype(float)
    told = found["coverage"].fillna(found["read"] / asked.where(asked > 0))
    return told >= limit
