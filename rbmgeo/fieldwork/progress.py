"""How far lists of the field have come, and what is late: counted from the states of orders."""

from datetime import date

import pandas as pd

from rbmgeo.fieldwork.job_form import Forms
from rbmgeo.terms import OrderState

#: Somebody still has to go there, or to decide.
WAITING = (OrderState.BELUM.value, OrderState.ULANG.value, OrderState.KONFLIK.value)
COUNTS = tuple(s.value for s in OrderState)


def with_closes(records: pd.DataFrame, forms: Forms) -> pd.DataFrame:
    """Add ``closes``: whether what a visit came to settles its order (columns ``job``, ``outcome``).

    What no form knows settles nothing.
    """
    known = {
        f"{form.job}/{o.code}": o.closes for form in forms.values() for o in form.outcomes
    }  # fmt: skip
    said = records["job"].astype("str") + "/" + records["outcome"].astype("str")
    return records.assign(closes=said.map(known).fillna(value=False).astype(bool))


def late(orders: pd.DataFrame, on: date) -> pd.Series:
    """Say of each order (``due_on``, ``state``) whether its day has passed and it still waits.

    An order that is due today is not late.
    """
    due = pd.to_datetime(orders["due_on"])
    return due.lt(pd.Timestamp(on)).fillna(value=False) & orders["state"].isin(WAITING)


def progress(orders: pd.DataFrame, on: date) -> pd.DataFrame:
    """Count the orders of each list by state.

    Parameters
    ----------
    orders
        One row an order: ``list_id``, ``state``, ``due_on``.

    Returns
    -------
    DataFrame
        Index ``list_id``; ``orders``, one column a state, ``late``. The states of a row sum to
        its ``orders``.
    """
    table = orders.assign(late=late(orders, on))
    out = pd.crosstab(table["list_id"], table["state"]).reindex(columns=list(COUNTS), fill_value=0)
    out.insert(0, "orders", out.sum(axis=1))
    return out.assign(late=table.groupby("list_id")["late"].sum().astype(int))


def by_officer(lists: pd.DataFrame) -> pd.DataFrame:
    """Sum lists (columns of `progress` and ``officer``) by officer, in the order of their names.

    Lists that nobody has yet are a row of their own, the last. It is no ranking: what one list
    holds is not what another does.
    """
    names = ["orders", *COUNTS, "late"]
    sums = lists.groupby("officer", dropna=False, sort=True)[names].sum()
    sums.insert(0, "lists", lists.groupby("officer", dropna=False, sort=True).size())
    return sums.reset_index().sort_values("officer", na_position="last")
