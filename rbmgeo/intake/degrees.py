"""Cells of degrees: minutes and seconds where a profile declares them, faults by name."""

from collections.abc import Callable

import pandas as pd

from rbmgeo.intake import quick, rules
from rbmgeo.intake.rules import Text

NOT_FINITE = r"(?i)^[+-]?(?:nan|inf|infinity|[0-9.]+e[+]?[0-9]{3,})$"
DMS = (
    r"(?i)^(?P<sign>[+-]?)(?P<d>[0-9]{1,3})\s*[\u00b0\u00bad: ]\s*(?P<m>[0-9]{1,2})\s*"
    r"['\u2019\u2032m: ]\s*(?:(?P<s>[0-9]{1,2}(?:[.,][0-9]+)?)\s*(?:\"|\u201d|\u2033|''|s)?)?\s*"
    r"(?P<side>LU|LS|BT|BB|N|S|E|W)?$"
)


def dms(text: Text) -> pd.Series:
    """Read degrees, minutes and seconds (R-IM-07), where a profile declares them; else NaN.

    >>> dms(pd.Series(["7 39 12 S"], dtype="str")).round(4).tolist()
    [-7.6533]
    """
    parts = text.str.strip().str.extract(DMS)
    degree, minute = (pd.to_numeric(parts[n], errors="coerce") for n in ("d", "m"))
    second = pd.to_numeric(parts["s"].str.replace(",", ".", regex=False), errors="coerce")
    second = second.where(parts["s"].notna(), 0.0)
    fine = (minute < 60) & (second < 60)
    value = (degree + minute / 60 + second / 3600).where(fine)
    south = parts["side"].str.upper().isin(["LS", "BB", "S", "W"]) | parts["sign"].eq("-")
    return value.where(~south, -value).astype(float)


def reader(form: str) -> Callable[[Text], pd.Series]:
    """Return what reads a cell of degrees: plain ones too where a profile declares DMS."""
    if form != "dms":
        return quick.degrees
    return lambda text: quick.degrees(text).fillna(dms(text))


def faults_of_cells(text: Text) -> pd.Series:
    """Return the rule that a coordinate cell broke: no finite number."""
    faults = rules.no_faults(text)
    hard = _unusual(text)
    if hard.any():
        strange = text[hard].str.strip().str.fullmatch(NOT_FINITE)
        faults[strange.index[strange]] = "NOT_FINITE"
    return faults


def undeclared(text: Text) -> pd.Series:
    """Mark cells of degrees, minutes and seconds: no place unless a profile declares them."""
    marked = pd.Series(False, index=text.index)
    hard = _unusual(text)
    if hard.any():
        clean = text[hard].str.strip()
        marked[hard] = clean.str.contains("[\u00b0\u00ba:'\u2032]") & clean.str.fullmatch(DMS)
    return marked


def _unusual(text: Text) -> pd.Series:
    return ~(text.str.fullmatch(quick.DEGREES) | (text == ""))
