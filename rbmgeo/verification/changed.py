"""Which gardu were changed since they were last verified, and by what (SOP IV.6)."""

import numpy as np
import pandas as pd

#: What changes the customers of a gardu, in the order it is told.
CAUSES = ("usulan", "peristiwa", "versi", "urung")


def to_verify(changes: pd.DataFrame, verified: pd.DataFrame) -> pd.DataFrame:
    """Return the gardu that were changed since the draw of their last accepted verification.

    Parameters
    ----------
    changes
        One row a change: ``gardu``, ``cause`` (one of `CAUSES`), ``idpel`` (missing where it is
        about several), ``customers`` (how many), ``at``. What is undone is a change of its own.
    verified
        One row a gardu that was accepted: index ``gardu``; ``at`` (its draw), ``corrected`` (the
        houses that the verification itself found wrong: putting these right is no new change).

    Returns
    -------
    DataFrame
        Index gardu, sorted; ``first_at``, ``last_at``, and customers by cause; a customer
        changed twice by one cause counts once.
    """
    rows = changes.dropna(subset=["gardu"])
    rows = rows[rows["cause"].isin(CAUSES)].reset_index(drop=True)
    since = rows["gardu"].map(verified["at"]) if len(verified) else pd.Series(None, rows.index)
    since, at = pd.to_datetime(since, utc=True), pd.to_datetime(rows["at"], utc=True)
    rows = rows.assign(at=at)[(since.isna() | (at > since)).to_numpy()]
    own = {str(g): set(c) for g, c in verified["corrected"].items()} if len(verified) else {}
    found = [
        cause != "urung" and idpel in own.get(str(gardu), ())
        for gardu, cause, idpel in zip(rows["gardu"], rows["cause"], rows["idpel"], strict=True)
    ]
    rows = rows[~np.array(found, dtype=bool)]
    named = rows.dropna(subset=["idpel"]).drop_duplicates(["gardu", "cause", "idpel"])
    both = pd.concat([named, rows[rows["idpel"].isna()]])
    counts = both.pivot_table(index="gardu", columns="cause", values="customers", aggfunc="sum")
    counts = counts.reindex(columns=list(CAUSES)).fillna(0).astype(int)
    span = rows.groupby("gardu")["at"].agg(first_at="min", last_at="max")
    out: pd.DataFrame = span.join(counts).sort_index().rename_axis("gardu")
    return out
