"""One customer under two numbers: proposed where the meter is the same, never joined (R-MA-03)."""

import pandas as pd

from rbmgeo.terms import Match

#: Fewer characters than this number no meter; a dash or a nought is no number at all.
SHORTEST = 5


def normalised_meter(numbers: pd.Series) -> pd.Series:
    """Return meter numbers as they are compared: letters and figures, without leading noughts.

    Missing where too little is left to tell one meter from another.
    """
    text = numbers.astype("str").str.upper().str.replace(r"[^0-9A-Z]", "", regex=True)
    text = text.str.lstrip("0")
    return pd.Series(text.where(text.str.len() >= SHORTEST))


def proposed_by_meter(meter_number: pd.Series, match: pd.Series) -> pd.Series:
    """Propose for who is on one list only the one of the other list with the same meter.

    ``meter_number`` and ``match`` (classes of R-MA-01) have the index idpel. Returns idpel of
    the RBM list by idpel of PDPJ and the reverse. A meter that several share proposes nobody:
    ties go to survey, never to the order of rows (R-MA-04).
    """
    meter = normalised_meter(meter_number.reindex(match.index)).dropna()
    meter = meter[meter.groupby(meter).transform("size") == 2]
    sides = []
    for name in (Match.HANYA_PDPJ, Match.HANYA_RBM):
        side = meter[match[meter.index] == name]
        sides.append(side[~side.duplicated(keep=False)])  # two of one list are no pair
    one, other = (pd.Series(s.index, index=s.to_numpy()) for s in sides)
    both = one.index.intersection(other.index)
    pairs = pd.Series(other[both].to_numpy(), index=one[both].to_numpy(), dtype="str")
    back = pd.Series(pairs.index, index=pairs.to_numpy(), dtype="str")
    joined: pd.Series = pd.concat([pairs, back]).sort_index().rename_axis("idpel")
    return joined


def with_same_meter(reasons: pd.Series, proposed: pd.Series) -> pd.Series:
    """Say first whose meter is the same; ``reasons`` as `rbmgeo.matching.findings` writes them."""
    said = dict(proposed)
    rows = [
        [{"key": "reason.same_meter", "idpel": said[i]}, *told] if i in said else told
        for i, told in zip(reasons.index, reasons, strict=True)
    ]
    return pd.Series(rows, index=reasons.index, dtype=object)
