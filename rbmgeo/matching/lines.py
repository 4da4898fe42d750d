"""Of several lines about one customer, the one that speaks."""

import pandas as pd

from rbmgeo.frames import digits


def first_line(lines: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return one row per idpel (the index): the first line that names ``column``.

    A line that names a value speaks before one that names none, and then the first by line;
    an idpel whose lines name none stays, with missing values.
    """
    first = lines
    several = lines["idpel"].duplicated(keep=False)
    if several.any():
        # Most have one line: only the others need an order among theirs.
        told = lines[several]
        ranked = told.assign(_bare=told[column].isna()).sort_values(["_bare", "idpel", "line"])
        spoke = ranked.drop_duplicates("idpel").drop(columns="_bare")
        first = pd.concat([lines[~several], spoke])
    return by_idpel(first)


def by_idpel(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with one line per idpel by it (the index), sorted."""
    number = digits(rows["idpel"])
    if number is None:
        return rows.set_index("idpel").sort_index()
    if (number[1:] < number[:-1]).any():
        rows = rows.take(number.argsort(kind="stable"))
    return rows.set_index("idpel")


def everybody(*lists: pd.Index) -> pd.Index:
    """Return who is on any of some lists, once each and in order.

    The union of pandas leaves a list whose others are empty in its own order.
    """
    found = lists[0]
    for other in lists[1:]:
        found = found.union(other)
    return found.sort_values().rename("idpel")
