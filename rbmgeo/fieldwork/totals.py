"""What came of the orders of each list, whatever the job: every order stands once (R-IN-03)."""

from collections.abc import Sequence

import pandas as pd

from rbmgeo.terms import OrderState


def totals(orders: pd.DataFrame, outcomes: Sequence[str], *, not_yet: str) -> pd.DataFrame:
    """Count what came of the orders of each list.

    Parameters
    ----------
    orders
        One row an order: ``list_id``, ``state`` (`OrderState`), ``outcome`` of the record that
        speaks for it (missing without one).
    outcomes
        Those that are counted, ``not_yet`` among them: what has no other is counted there.

    Returns
    -------
    DataFrame
        Index ``list_id``, sorted; a column for each outcome, ``orders`` (their sum), ``conflict``
        (of these, two contents wait for a person: not yet anything) and ``taken_back`` (apart,
        in no sum).
    """
    state, lists = orders["state"], orders["list_id"]
    back, conflict = state.eq(OrderState.BATAL), state.eq(OrderState.KONFLIK)
    said = orders["outcome"].where(~conflict).where(orders["outcome"].isin(outcomes))
    said = said.fillna(not_yet)
    out = pd.DataFrame(index=pd.Index(sorted(lists.unique()), name="list_id", dtype="str"))

    def counted(rows: pd.Series) -> pd.Series:
        return rows.groupby(lists).sum().reindex(out.index)

    for name in outcomes:
        out[name] = counted(~back & said.eq(name))
    out["orders"] = counted(~back)
    out["conflict"], out["taken_back"] = counted(conflict), counted(back)
    return out.astype(int)
