"""Codes of gardu that may be one gardu spelled twice; they are listed, a person decides."""

import re

import pandas as pd

#: Signs that a hand or a scan takes for each other.
ALIKE = str.maketrans({"O": "0", "Q": "0", "I": "1", "L": "1", "S": "5", "B": "8", "Z": "2"})


def folded(code: str) -> str:
    """Return a code with look-alike signs and leading zeros of its figures made one.

    >>> folded("KAI316") == folded("KA1316"), folded("PD0123") == folded("PD123")
    (True, True)
    """
    return re.sub(r"(?<!\d)0+(?=\d)", "", code.upper().translate(ALIKE))


def look_alikes(spelled: pd.DataFrame) -> pd.DataFrame:
    """Return the codes that may be one gardu, beside each other.

    Parameters
    ----------
    spelled
        One row per spelling: ``gardu`` (the code, R-IM-10), ``raw_gardu``, ``customers``,
        ``known`` (a list of gardu names it).

    Returns
    -------
    DataFrame
        Index ``gardu``: ``group`` (what the codes have in common), ``customers``, ``known``;
        groups of most customers first, within one the code of most customers first. A code
        that looks like no other is not there.
    """
    codes = spelled.groupby("gardu").agg(customers=("customers", "sum"), known=("known", "any"))
    codes["group"] = [folded(str(c)) for c in codes.index]
    codes = codes[codes.groupby("group")["group"].transform("size") > 1]
    codes["all"] = codes.groupby("group")["customers"].transform("sum")
    codes = codes.sort_index().sort_values(
        ["all", "group", "customers"], ascending=[False, True, False], kind="stable"
    )
    return codes[["group", "customers", "known"]]


def united(spelled: pd.DataFrame) -> pd.DataFrame:
    """Return spellings that are read as one code already (R-IM-10), codes of most customers first.

    Columns ``gardu``, ``raw_gardu``, ``customers``; only codes with several spellings.
    """
    told = spelled[spelled["raw_gardu"].notna() & (spelled["customers"] > 0)]
    told = told[told.groupby("gardu")["raw_gardu"].transform("nunique") > 1]
    return told.sort_values(["gardu", "customers", "raw_gardu"], ascending=[True, False, True])[
        ["gardu", "raw_gardu", "customers"]
    ].reset_index(drop=True)
