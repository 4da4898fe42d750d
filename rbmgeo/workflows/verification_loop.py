"""SOP IV.5 and IV.7: the closed loop, from the answer at the house to the source's next list."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import verification as kept
from rbmgeo.db.queries import verification_loop, versions
from rbmgeo.errors import NothingToDo
from rbmgeo.terms import GarduCheck, Returned
from rbmgeo.verification.loop import counted
from rbmgeo.workflows.handoff import check_handoff
from rbmgeo.workflows.verification import changed_gardu


@dataclass(frozen=True)
class Loop:
    """Every house with an answer or proposal, the steps that it reached, and the version in force."""

    houses: pd.DataFrame
    version_id: int | None

    def by(self, name: str) -> pd.DataFrame:
        """Return the counts by ``gardu`` or ``rbm``."""
        return counted(self.houses, name)


def loop(session: Session, ulp: str, blth: str) -> Loop:
    """Say of every house with an answer or proposal how far it has come by a month."""
    version_id = versions.in_force(session, ulp=ulp, blth=blth)
    houses = verification_loop.houses(session, ulp=ulp, version_id=version_id)
    roots = kept.roots(session, ulp=ulp)
    accepted = roots[roots["step"].eq(GarduCheck.DITERIMA)].drop_duplicates("gardu")
    accepted = accepted[~accepted["gardu"].isin(changed_gardu(session, ulp, roots).index)]
    when = houses["gardu"].map(accepted.set_index("gardu")["done_at"])
    houses["verifikasi"] = when.where(houses["disetujui"].notna())
    houses["kembali"] = _returned(session, ulp, blth, houses)
    return Loop(houses, version_id)


def _returned(session: Session, ulp: str, blth: str, houses: pd.DataFrame) -> pd.Series:
    """Return the month of the list in which each handed-over change stands, missing otherwise."""
    nothing = pd.Series(None, index=houses.index, dtype=object)
    if houses["serah_terima"].isna().all():
        return nothing
    try:
        found = check_handoff(session, ulp, blth)
    except NothingToDo:
        return nothing
    there = found.rows["state"].reindex(houses.index).eq(Returned.APPLIED)
    return nothing.mask(there & houses["serah_terima"].notna(), found.blth)
