"""Work of SOP VI by day, and whether it was reported by H+1 (R-AR-05)."""

from datetime import date
from enum import StrEnum

import pandas as pd

from rbmgeo.arrears.rules import ArrearsRules
from rbmgeo.terms import FieldJob


class ReportState(StrEnum):
    """How far a day's work is reported."""

    REPORTED = "dilaporkan"
    REPORTED_LATE = "dilaporkan_terlambat"
    WAITS = "belum_dilaporkan"
    LATE = "terlambat"


def report_days(
    events: pd.DataFrame, reported_on: dict[str, date], *, on: date, rules: ArrearsRules
) -> pd.DataFrame:
    """Return one row a day of work: what was done, until when it is reported, whether it was.

    Parameters
    ----------
    events
        One row an act: ``client_id``, ``kind`` (putus, sambung), ``on``.
    reported_on
        The day on which each act (its ``client_id``) was first reported.

    Returns
    -------
    DataFrame
        Index ``on``, newest first; ``cuts``, ``reconnections``, ``due_on``, ``left`` (acts not
        reported yet: a phone may send a day's work after its report), ``reported_on`` (the last
        of them, missing while some are left), ``state`` (`ReportState`).
    """
    rows = events.assign(said=events["client_id"].map(reported_on))
    grouped = rows.groupby("on")
    out = pd.DataFrame({
        "cuts": grouped["kind"].apply(lambda k: int((k == FieldJob.PUTUS.value).sum())),
        "reconnections": grouped["kind"].apply(lambda k: int((k == FieldJob.SAMBUNG.value).sum())),
        "left": grouped["said"].apply(lambda s: int(s.isna().sum())),
        "reported_on": grouped["said"].apply(lambda s: None if s.isna().any() else max(s)),
    })  # fmt: skip
    out = out.sort_index(ascending=False)
    out["due_on"] = [rules.report_by(day) for day in out.index]
    out["state"] = [
        _state(due, said, on) for due, said in zip(out["due_on"], out["reported_on"], strict=True)
    ]
    return out


def _state(due: date, said: object, on: date) -> ReportState:
    if isinstance(said, date):
        return ReportState.REPORTED if said <= due else ReportState.REPORTED_LATE
    return ReportState.LATE if on > due else ReportState.WAITS
