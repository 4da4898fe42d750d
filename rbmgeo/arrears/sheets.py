"""Sheets (lembar) of each customer from the bills that are known (R-AR-01)."""

from datetime import date

import pandas as pd

from rbmgeo.arrears.rules import ArrearsRules

#: One row a line of a bill, as receivables tell it.
BILL_COLUMNS = ("idpel", "blth", "paid_on", "status_code", "told", "known_on")


def months(bills: pd.DataFrame, rules: ArrearsRules) -> pd.DataFrame:
    """Return one row a customer and month, from one row a line of a bill.

    Parameters
    ----------
    bills
        `BILL_COLUMNS`: ``idpel``, ``blth``, ``paid_on`` (date, missing: not paid),
        ``status_code`` (as it came), ``told`` (sheets that the source counts itself, missing:
        it counts none), ``known_on`` (day of the import that said so).

    Returns
    -------
    DataFrame
        ``idpel``, ``blth``, ``due_on``, ``paid`` (every line of the month is), ``paid_on``
        (the last payment; where a code says paid without a day, the day it became known),
        ``told``; sorted by idpel and month. A month without a row is not known: neither paid
        nor unpaid (R-EN-07 in spirit).
    """
    rows = bills[list(BILL_COLUMNS)].copy()
    code = rows["status_code"].astype("str").str.strip().str.upper()
    dated = rows["paid_on"].notna()
    rows["paid"] = dated | code.isin(list(rules.paid_codes))
    paid_on = rows["paid_on"].where(dated, rows["known_on"]).where(rows["paid"])
    rows["paid_on"] = pd.to_datetime(paid_on)
    told = pd.to_numeric(rows["told"], errors="coerce")
    rows["told"] = told.where(~rows["paid"]).fillna(0).astype(int)
    grouped = rows.groupby(["idpel", "blth"], sort=True)
    out = grouped.agg(paid=("paid", "all"), paid_on=("paid_on", "max"), told=("told", "max"))
    out = out.reset_index()
    out["paid"] = out["paid"].astype(bool)
    out["paid_on"] = out["paid_on"].where(out["paid"])
    due = {blth: pd.Timestamp(rules.bill_due_on(blth)) for blth in out["blth"].unique()}
    out["due_on"] = pd.to_datetime(out["blth"].map(due))
    return out


def sheets(by_month: pd.DataFrame, on: date) -> pd.DataFrame:
    """Count the sheets of each customer who has an unpaid bill.

    ``by_month``: rows of `months`. A bill is a sheet from the day after its due day. Where the
    source itself counts more in the newest unpaid month, its count stands: older months may
    not have been handed over.

    Returns
    -------
    DataFrame
        Index idpel, sorted; ``sheets``, ``first_blth`` and ``last_blth`` of the sheets (missing
        where no bill is past its day), ``unpaid`` (months unpaid, due or not), ``last_due_on``.
    """
    open_ = by_month[~by_month["paid"]]
    late = open_[open_["due_on"] < pd.Timestamp(on)]
    people = open_.groupby("idpel", sort=True)
    out = pd.DataFrame({"unpaid": people.size()})
    counted = late.groupby("idpel", sort=True)
    newest = late.drop_duplicates("idpel", keep="last").set_index("idpel")["told"]
    count = counted.size().reindex(out.index).fillna(0).astype(int)
    out["sheets"] = count.where(count.ge(newest.reindex(out.index).fillna(0)), newest)
    out["sheets"] = out["sheets"].fillna(0).astype(int)
    out["first_blth"] = counted["blth"].min().reindex(out.index)
    out["last_blth"] = counted["blth"].max().reindex(out.index)
    out["last_due_on"] = counted["due_on"].max().reindex(out.index)
    return out


def settled(by_month: pd.DataFrame, cut_on: pd.Series) -> pd.Series:
    """Return the day on which what was owed at a cut was paid in full, missing where it is not.

    ``cut_on``: day of the cut by idpel. Bills that came due later are another matter: whoever
    paid what they were cut off for is reconnected. Of whom no such bill is known nothing is
    said: absence is no payment.
    """
    # Whoever was not cut compares with no day, and is left out.
    cut = pd.to_datetime(cut_on).reindex(by_month["idpel"].to_numpy()).to_numpy()
    grouped = by_month[by_month["due_on"].to_numpy() < cut].groupby("idpel")
    whole = grouped["paid"].all()
    return grouped["paid_on"].max().where(whole).reindex(cut_on.index).rename("settled_on")
