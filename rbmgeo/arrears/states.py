"""Where each customer with an unpaid bill or a standing cut is: exactly one state (SOP VI)."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from rbmgeo.arrears.ledger import cuts
from rbmgeo.arrears.rules import ArrearsRules
from rbmgeo.arrears.sheets import months, settled, sheets
from rbmgeo.terms import ArrearsState

OURS, OTHER = "kita", "perusahaan_lain"
#: States whose work is ours and waits for a day.
DUE = (ArrearsState.PERLU_DISAMBUNG, ArrearsState.DIPERINTAHKAN)


@dataclass(frozen=True)
class Known:
    """All that a unit knows about its arrears.

    ``bills``: `sheets.BILL_COLUMNS`; ``events``: `ledger.EVENT_COLUMNS`; ``checks``: the newest
    payment check by idpel (``on``, ``paid``); ``cut_orders`` and ``back_orders``: open orders by
    idpel (``due_on``); ``removals``: customers whose removal waits for approval; ``gone``:
    customers whose service is removed.
    """

    bills: pd.DataFrame
    events: pd.DataFrame
    checks: pd.DataFrame
    cut_orders: pd.DataFrame
    back_orders: pd.DataFrame
    removals: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()


def states(known: Known, *, on: date, rules: ArrearsRules) -> pd.DataFrame:
    """Say of every customer with an unpaid bill or a standing cut where it is.

    Returns
    -------
    DataFrame
        Index idpel, sorted. ``state`` (`ArrearsState`, exactly one), ``owner`` (``kita`` or
        ``perusahaan_lain``, R-AR-06), ``sheets``, ``first_blth``, ``last_blth``, ``unpaid``,
        ``cut_on``, ``valid_cut_on``, ``ever_cut``, ``days_cut`` (since the cut that keeps to
        the rules), ``settled_on``, ``due_on`` (of the next step, missing where it has no day),
        ``late`` (that day has passed), ``ordered`` (the next step has an order).
    """
    by_month = months(known.bills, rules)
    owed = sheets(by_month, on)
    ledger = cuts(known.events)
    standing = ledger.index[ledger["standing"]]
    out = owed.reindex(owed.index.union(standing)).rename_axis("idpel")
    out[["sheets", "unpaid"]] = out[["sheets", "unpaid"]].fillna(0).astype(int)
    for name in ("cut_on", "valid_cut_on"):
        out[name] = ledger[name].reindex(out.index)
    out["ever_cut"] = out.index.isin(ledger.index)
    today = pd.Timestamp(on)
    out["days_cut"] = (today - out["valid_cut_on"]).dt.days.astype("Int64")
    paid = _paid_by_check(known.checks, out)
    out["settled_on"] = _settled(by_month, out["cut_on"].dropna(), known.checks).reindex(out.index)
    out["state"] = _state(out, paid, known, rules)
    out["owner"] = np.where(out["state"] == ArrearsState.PERUSAHAAN_LAIN, OTHER, OURS)
    out["due_on"] = _due(out, known, rules)
    out["late"] = (out["due_on"] < today).fillna(False).astype(bool)
    back = out["state"].eq(ArrearsState.PERLU_DISAMBUNG) & out.index.isin(known.back_orders.index)
    out["ordered"] = back | out["state"].eq(ArrearsState.DIPERINTAHKAN)
    return out


def may_be_removed(count: int, days_since_cut: int | None, rules: ArrearsRules) -> bool:
    """Say whether removal may be proposed: sheets and days since the cut both (R-AR-07).

    >>> rules = ArrearsRules()
    >>> may_be_removed(3, 59, rules), may_be_removed(3, 60, rules), may_be_removed(2, 90, rules)
    (False, True, False)
    """
    return (
        count >= rules.removal_sheets
        and days_since_cut is not None
        and days_since_cut >= rules.removal_days
    )


def _state(out: pd.DataFrame, paid: pd.Series, known: Known, rules: ArrearsRules) -> np.ndarray:
    cut = out["cut_on"].notna()
    days = out["days_cut"].fillna(-1)
    ripe = (out["sheets"] >= rules.removal_sheets) & (days >= rules.removal_days)
    # The first that applies: a house that waits for its power comes before all that is owed.
    return np.select(
        [
            out.index.isin(list(known.gone)),
            cut & out["settled_on"].notna(),
            cut & out.index.isin(list(known.removals)),
            cut & ripe,
            cut,
            out["sheets"] == 0,
            paid,
            (out["sheets"] >= rules.other_sheets) & ~out["ever_cut"],
            out.index.isin(known.cut_orders.index),
            out["sheets"] < rules.cut_sheets,
        ],
        [str(s) for s in (
            ArrearsState.DIBONGKAR, ArrearsState.PERLU_DISAMBUNG, ArrearsState.BONGKAR_DIUSULKAN,
            ArrearsState.BOLEH_BONGKAR, ArrearsState.DIPUTUS, ArrearsState.BELUM_JATUH_TEMPO,
            ArrearsState.LUNAS_MENURUT_CEK, ArrearsState.PERUSAHAAN_LAIN,
            ArrearsState.DIPERINTAHKAN, ArrearsState.DI_BAWAH_AMBANG,
        )],
        default=str(ArrearsState.BOLEH_DIPUTUS),
    )  # fmt: skip


def _paid_by_check(checks: pd.DataFrame, out: pd.DataFrame) -> pd.Series:
    """Mark whom the newest check found paid, with no sheet that came due since."""
    said = checks.reindex(out.index)
    paid = said["paid"].astype("boolean").fillna(False).astype(bool)
    return paid & (pd.to_datetime(said["on"]) > out["last_due_on"]).fillna(False)


def _settled(by_month: pd.DataFrame, cut_on: pd.Series, checks: pd.DataFrame) -> pd.Series:
    """Return when a cut customer paid: as receivables say, else as a check since the cut does."""
    found = settled(by_month, cut_on)
    said = checks.reindex(cut_on.index)
    on = pd.to_datetime(said["on"])
    since = said["paid"].astype("boolean").fillna(False).astype(bool) & (on >= cut_on)
    return found.fillna(on.where(since))


def _due(out: pd.DataFrame, known: Known, rules: ArrearsRules) -> pd.Series:
    due = pd.Series(pd.NaT, index=out.index, dtype="datetime64[ns]")
    back = out["state"].eq(ArrearsState.PERLU_DISAMBUNG)
    due[back] = [pd.Timestamp(rules.reconnect_by(d.date())) for d in out.loc[back, "settled_on"]]
    ordered = out["state"].eq(ArrearsState.DIPERINTAHKAN)
    told = pd.to_datetime(known.cut_orders["due_on"].reindex(out.index[ordered]))
    due[ordered] = told.to_numpy()
    return due
