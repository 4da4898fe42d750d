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


def closing(forms: Forms) -> list[str]:
    """Return what settles an order, each as ``job/outcome``."""
    return [f"{f.job}/{o.code}" for f in forms.values() for o in f.outcomes if o.closes]


def plain_states(orders: pd.DataFrame, closes: list[str]) -> pd.Series:
    """Return the state of orders of which at most one record speaks, as `receive.states` has it.

    ``orders``: ``cancelled``, ``came`` (``job/outcome`` of the record, missing without one).
    """
    done, came = orders["came"].isin(closes), orders["came"].notna()
    state = pd.Series(OrderState.BELUM.value, index=orders.index, dtype="str")
    state = state.mask(came, OrderState.ULANG.value)
    state = state.mask(orders["cancelled"].astype(bool), OrderState.BATAL.value)
    return state.mask(done, OrderState.SELESAI.value)


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
        One row an order: ``list_id``, ``state``, ``due_on``; where there is ``orders``, a row
        stands for so many alike.

    Returns
    -------
    DataFrame
        Index ``list_id``; ``orders``, one column a state, ``late``. The states of a row sum to
        its ``orders``.
    """
    many = orders["orders"] if "orders" in orders else pd.Series(1, index=orders.index)
    table = orders[["list_id", "state"]].assign(n=many.astype(int), late=many.where(late(orders, on), 0).astype(int))  # fmt: skip
    out = table.pivot_table(index="list_id", columns="state", values="n", aggfunc="sum", fill_value=0)  # fmt: skip
    out = out.reindex(columns=list(COUNTS), fill_value=0).astype(int)
    out.insert(0, "orders", out.sum(axis=1))
    return out.assign(late=table.groupby("list_id")["late"].sum())


def by_officer(lists: pd.DataFrame) -> pd.DataFrame:
    """Sum lists (columns of `progress` and ``officer``) by officer, in the order of their names.

    Lists that nobody has yet are a row of their own, the last. It is no ranking: what one list
    holds is not what another does.
    """
    names = ["orders", *COUNTS, "late"]
    sums = lists.groupby("officer", dropna=False, sort=True)[names].sum()
    sums.insert(0, "lists", lists.groupby("officer", dropna=False, sort=True).size())
    return sums.reset_index().sort_values("officer", na_position="last")
