"""SOP IV.7: what a deed of hand-over counts for one RBM, gardu by gardu; nothing is counted twice."""

from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from rbmgeo.frames import RBM_MEMBERS

#: Stands for customers whose gardu nobody knows.
UNKNOWN = "belum diketahui"
ENTERED, LEFT, MOVED, RENUMBERED = "masuk", "keluar", "pindah_gardu", "ganti_nomor"


@dataclass(frozen=True)
class DeedTables:
    """The tables of one deed.

    ``per_gardu``: index gardu; ``before``, ``entered``, ``left``, ``after``, ``renumbered``,
    ``kwh`` (Decimal; missing where nothing was read). In every row and in the sum
    before + entered - left = after. ``changes``: one row per customer in whom something
    differs, by idpel. ``customers``: everybody of the version's RBM in walking order.
    """

    per_gardu: pd.DataFrame
    changes: pd.DataFrame
    customers: pd.DataFrame

    @property
    def kwh(self) -> Decimal | None:
        """Return the kWh of the whole RBM, None where nothing was read."""
        known = self.per_gardu["kwh"].dropna()
        return sum(known, Decimal(0)) if len(known) else None


def deed_tables(
    rbm: str, members: pd.DataFrame, source: pd.DataFrame, gardu: pd.DataFrame, kwh: pd.Series
) -> DeedTables:
    """Count one RBM of a version against the source's list.

    Parameters
    ----------
    rbm
        The RBM that is handed over.
    members
        `RBM_MEMBERS` of the whole version.
    source
        Index idpel: ``rbm``, ``urut``, ``sisipan`` as the source's list last said.
    gardu
        Index idpel: ``gardu_before`` and ``gardu_after`` (`rbmgeo.db.queries.handoff.gardu_said`).
    kwh
        Decimal per idpel of the newest month read before; missing where nothing was read.
    """
    RBM_MEMBERS.check(members)
    after = members[members["rbm"] == rbm][["urut", "sisipan"]]
    before = source[source["rbm"] == rbm][["urut", "sisipan"]]
    both = after.add_suffix("_after").join(before.add_suffix("_before"), how="outer")
    both = both.rename_axis("idpel").sort_index()
    both["in_after"], both["in_before"] = (
        both.index.isin(after.index),
        both.index.isin(before.index),
    )
    said = gardu.reindex(both.index)
    both["gardu_before"] = said["gardu_before"].fillna(UNKNOWN).where(both["in_before"])
    both["gardu_after"] = said["gardu_after"].fillna(UNKNOWN).where(both["in_after"])
    stays = both["in_before"] & both["in_after"]
    moved = stays & both["gardu_before"].ne(both["gardu_after"])
    numbered = both["urut_before"].notna().any()
    differs = both["urut_before"].ne(both["urut_after"]) | both["sisipan_before"].fillna(0).ne(both["sisipan_after"])  # fmt: skip
    renumbered = stays & differs & bool(numbered)
    both["change"] = pd.Series(pd.NA, index=both.index, dtype="str")
    both.loc[renumbered, "change"] = RENUMBERED
    both.loc[moved, "change"] = MOVED
    both.loc[both["in_after"] & ~both["in_before"], "change"] = ENTERED
    both.loc[both["in_before"] & ~both["in_after"], "change"] = LEFT
    both["rbm_before"] = source["rbm"].reindex(both.index)
    both["rbm_after"] = members["rbm"].reindex(both.index)
    customers = both[both["in_after"]].sort_values(["urut_after", "sisipan_after"])
    return DeedTables(
        _per_gardu(both, moved, renumbered, kwh), both[both["change"].notna()].drop(columns=["in_after", "in_before"]),
        customers.rename(columns={"urut_after": "urut", "sisipan_after": "sisipan", "gardu_after": "gardu"})[
            ["urut", "sisipan", "gardu"]
        ].assign(kwh=kwh.reindex(customers.index)),
    )  # fmt: skip


def _per_gardu(
    both: pd.DataFrame, moved: pd.Series, renumbered: pd.Series, kwh: pd.Series
) -> pd.DataFrame:
    entered = both["in_after"] & (~both["in_before"] | moved)
    left = both["in_before"] & (~both["in_after"] | moved)
    counts = {
        "before": both.loc[both["in_before"], "gardu_before"].value_counts(),
        "entered": both.loc[entered, "gardu_after"].value_counts(),
        "left": both.loc[left, "gardu_before"].value_counts(),
        "after": both.loc[both["in_after"], "gardu_after"].value_counts(),
        "renumbered": both.loc[renumbered, "gardu_after"].value_counts(),
    }
    table = pd.DataFrame(counts).fillna(0).astype("int64").rename_axis("gardu").sort_index()
    own = both.loc[both["in_after"], "gardu_after"]
    known = kwh.reindex(own.index).dropna()
    sums = {g: sum(part, Decimal(0)) for g, part in known.groupby(own.reindex(known.index))}
    table["kwh"] = pd.Series(
        [sums.get(str(g)) for g in table.index], index=table.index, dtype=object
    )
    return table
