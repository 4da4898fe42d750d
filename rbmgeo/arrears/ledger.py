"""Cuts and reconnections as they happened, told by visits and nothing else."""

from datetime import date

import pandas as pd

from rbmgeo.terms import FieldJob

#: One row an act at a meter.
EVENT_COLUMNS = ("idpel", "kind", "at", "on", "valid", "client_id")


def cuts(events: pd.DataFrame) -> pd.DataFrame:
    """Return what is known of each customer who was ever cut off by us.

    Parameters
    ----------
    events
        `EVENT_COLUMNS`: ``kind`` (``putus``, ``sambung``), ``at`` (the phone's moment), ``on``
        (that day in the unit's time), ``valid`` (the record keeps to R-AR-02 ... R-AR-04).

    Returns
    -------
    DataFrame
        Index idpel, sorted; ``standing`` (no reconnection since), ``cut_on`` (first cut since
        the last reconnection, missing where none stands), ``valid_cut_on`` (the first of these
        that keeps to the rules), ``reconnected_on`` (the last one, missing without).

    A cut that breaks a rule is still a dark house: it stands, so that a payment reconnects it;
    nothing else may be built on it (R-AR-07 counts from a valid one).
    """
    rows = events.sort_values(["at", "client_id"]).drop_duplicates("client_id")
    found: dict[str, dict[str, date | None]] = {}
    for idpel, kind, on, valid in rows[["idpel", "kind", "on", "valid"]].itertuples(index=False):
        if kind == FieldJob.PUTUS:
            one = found.setdefault(idpel, dict.fromkeys(("cut_on", "valid_cut_on", "back_on")))
            one["cut_on"] = one["cut_on"] or on
            one["valid_cut_on"] = one["valid_cut_on"] or (on if valid else None)
        elif idpel in found:
            found[idpel] = {"cut_on": None, "valid_cut_on": None, "back_on": on}
    index = pd.Index(sorted(found), name="idpel", dtype="str")
    out = pd.DataFrame(index=index)
    for name in ("cut_on", "valid_cut_on", "back_on"):
        told = pd.Series([found[i][name] for i in index], index=index, dtype=object)
        out[name] = pd.to_datetime(told)
    out["standing"] = out["cut_on"].notna()
    return out.rename(columns={"back_on": "reconnected_on"})
