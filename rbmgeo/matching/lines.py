"""Of several lines about one customer, the one that speaks."""

import pandas as pd


def first_line(lines: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return one row per idpel (the index): the first line that names ``column``.

    A line that names a value speaks before one that names none, and then the first by line;
    an idpel whose lines name none stays, with missing values.
    """
    ranked = lines.assign(_bare=lines[column].isna()).sort_values(["_bare", "idpel", "line"])
    return ranked.drop_duplicates("idpel").set_index("idpel").drop(columns="_bare").sort_index()
