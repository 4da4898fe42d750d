"""Two versions of the routes side by side: who moved, whose number is another, RBM by RBM."""

from dataclasses import dataclass

import pandas as pd

from rbmgeo.frames import RBM_MEMBERS


@dataclass(frozen=True)
class Difference:
    """``rows``: one per customer that differs; ``per_rbm``: one per RBM of either version."""

    rows: pd.DataFrame
    per_rbm: pd.DataFrame


def difference(
    before: pd.DataFrame,
    after: pd.DataFrame,
    routes_before: pd.DataFrame,
    routes_after: pd.DataFrame,
) -> Difference:
    """Compare the members of two versions.

    Parameters
    ----------
    before, after
        `RBM_MEMBERS`: index idpel; ``rbm``, ``urut``, ``sisipan``.
    routes_before, routes_after
        Index rbm; ``length_m`` and ``minutes`` (missing where nothing is measured).

    Returns
    -------
    Difference
        ``rows``: index idpel, ``change`` (``moved``, ``number``, ``added``, ``gone``), place
        before and after. ``per_rbm``: index rbm, ``came``, ``left``, ``renumbered``,
        customers, metres and minutes on both sides, ``changed``; sorted by rbm.
    """
    RBM_MEMBERS.check(before)
    RBM_MEMBERS.check(after)
    both = before.add_suffix("_before").join(after.add_suffix("_after"), how="outer")
    same = both["rbm_before"].eq(both["rbm_after"]) & both["urut_before"].eq(both["urut_after"])
    rows = both[~(same & both["sisipan_before"].eq(both["sisipan_after"]))].sort_index()
    same_rbm = rows["rbm_before"].eq(rows["rbm_after"])
    change = pd.Series("moved", rows.index, dtype=object)
    change = change.mask(same_rbm, "number").mask(rows["rbm_before"].isna(), "added")
    rows = rows.assign(change=change.mask(rows["rbm_after"].isna(), "gone"))
    names = sorted({*before["rbm"].unique(), *after["rbm"].unique(), *routes_after.index})
    per = pd.DataFrame(index=pd.Index(names, name="rbm"))
    came = rows[rows["change"].isin(["moved", "added"])].groupby("rbm_after").size()
    left = rows[rows["change"].isin(["moved", "gone"])].groupby("rbm_before").size()
    number = rows[rows["change"].eq("number")].groupby("rbm_after").size()
    for column, counted in (
        ("came", came), ("left", left), ("renumbered", number),
        ("customers_before", before.groupby("rbm").size()),
        ("customers_after", after.groupby("rbm").size()),
    ):  # fmt: skip
        per[column] = counted.reindex(per.index).fillna(0).astype(int)
    for side, routes in (("before", routes_before), ("after", routes_after)):
        for column in ("length_m", "minutes"):
            per[f"{column}_{side}"] = routes[column].reindex(per.index).astype(float)
    per["changed"] = (per[["came", "left", "renumbered"]].sum(axis=1) > 0) | (
        per.index.isin(routes_before.index) != per.index.isin(routes_after.index)
    )
    return Difference(rows, per)
