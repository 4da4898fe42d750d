"""The usual cell at once, a column at a time; only unusual ones go through every rule.

What a cell means depends on nothing but its text. So each different text is converted once,
and texts that every rule lets pass are told by one pattern.
"""

from collections.abc import Callable

import pandas as pd

from rbmgeo.intake import rules
from rbmgeo.intake.rules import Column, Text

IDPEL = r"[0-9]{12}"
#: Numbers that mean one thing under every locale: 1.234,50 and 1234,5; 1234 and 1234.5.
COMMA = r"-?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+),[0-9]{1,2}"
POINT = r"-?[0-9]+(?:\.(?:[0-9]{1,2}|[0-9]{4,}))?"


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
    if text.str.fullmatch(IDPEL).all():
        return Column(text, rules.no_faults(text))
    return rules.idpel(text, pad=pad)


def number(text: Text, *, locale: str) -> Column:
    """Read numbers as `rules.number` does."""
    comma = text.str.fullmatch(COMMA)
    empty = text == ""
    hard = ~(comma | empty | text.str.fullmatch(POINT))
    values = text.where(~empty)
    if comma.any():
        turned = text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
        values = values.where(~comma, turned)
    faults = rules.no_faults(text)
    if hard.any():
        told = rules.number(text[hard], locale=locale)
        values[hard], faults[hard] = told.values, told.faults
    return Column(values, faults)
