"""The usual cell at once, a column at a time; only unusual ones go through every rule.

What a cell means depends on nothing but its text. So each different text is converted once,
and texts that every rule lets pass are told by one pattern.
"""

from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from rbmgeo.intake import rules
from rbmgeo.intake.rules import Column, Text

IDPEL = r"[0-9]{12}"
#: Numbers that mean one thing under every locale: 1.234,50 and 1234,5; 1234 and 1234.5.
COMMA = r"-?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+),[0-9]{1,2}"
POINT = r"-?[0-9]+(?:\.(?:[0-9]{1,2}|[0-9]{4,}))?"
DAY = r"[0-9]{2}/[0-9]{2}/(?:19|20)[0-9]{2}"
DEGREES = r"[+-]?[0-9]{1,9}(?:\.[0-9]+)?"


def each_value(rule: Callable[[Text], Column], text: Text) -> Column:
    """Convert every different text once and put the results where the texts stand."""
    place, different = pd.factorize(text)
    if len(different) * 2 > len(text):
        return rule(text)
    done = rule(pd.Series(different, dtype="str"))
    return Column(
        *(pd.Series(part.array.take(place), text.index) for part in (done.values, done.faults))
    )


def idpel(text: Text, *, pad: bool) -> Column:
    """Read customer ids as `rules.idpel` does."""
    hard = ~text.str.fullmatch(IDPEL)
    return _with_hard(text, hard, text, lambda some: rules.idpel(some, pad=pad))


def number(text: Text, *, locale: str) -> Column:
    """Read numbers as `rules.number` does."""
    comma = text.str.fullmatch(COMMA)
    empty = text == ""
    hard = ~(comma | empty | text.str.fullmatch(POINT))
    values = text.where(~empty)
    if comma.any():
        turned = text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
        values = values.where(~comma, turned)
    return _with_hard(text, hard, values, lambda some: rules.number(some, locale=locale))


def day(text: Text, *, epoch: str = "") -> Column:
    """Read dates as `rules.day` does."""
    usual = text.str.fullmatch(DAY)
    turned = text.str.slice(6) + "-" + text.str.slice(3, 5) + "-" + text.str.slice(0, 2)
    values = turned.where(usual)
    # A day that the calendar lacks (31/02) is as unusual as a month in letters.
    usual &= pd.to_datetime(values, format="%Y-%m-%d", errors="coerce").notna()
    return _with_hard(
        text, ~usual & (text != ""), values, lambda some: rules.day(some, epoch=epoch)
    )


def degrees(text: Text) -> pd.Series:
    """Read degrees as `rules.degrees` does."""
    usual = text.str.fullmatch(DEGREES)
    values = _floats(text.where(usual))
    if not usual.all():
        values[~usual] = rules.degrees(text[~usual])
    return values


def _floats(text: Text) -> pd.Series:
    """Return text that is a plain number, or missing, as floats."""
    unsigned = text.str.removeprefix("+")
    done = pc.cast(pa.array(unsigned, type=pa.string(), from_pandas=True), pa.float64())
    return pd.Series(done.to_numpy(zero_copy_only=False), index=text.index)


def _with_hard(
    text: Text, hard: pd.Series, values: pd.Series, rule: Callable[[Text], Column]
) -> Column:
    faults = rules.no_faults(text)
    if hard.any():
        told = rule(text[hard])
        values = values.copy()
        values[hard], faults[hard] = told.values, told.faults
    return Column(values, faults)
