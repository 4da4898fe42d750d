"""The draft that accepted mutations are written to, and what they are looked for beside."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import RbmVersion
from rbmgeo.db.queries import lists, mutation_facts, mutations, versions
from rbmgeo.frames import RBM_MEMBERS
from rbmgeo.mutations.place import from_list
from rbmgeo.terms import VersionState


@dataclass(frozen=True)
class Base:
    """What is worked on: the newest draft, else the newest published, else the list before."""

    version: RbmVersion | None
    members: pd.DataFrame


def ensure_draft(session: Session, ulp: str, *, before: str, who: str) -> int:
    """Return the unit's current draft; make one of the published or existing order if none is."""
    newest = next(iter(versions.versions(session, ulp=ulp)), None)
    if newest is not None and newest.state == VersionState.DRAFT:
        return newest.version_id
    base = base_of(session, ulp, _month_before(session, ulp, before))
    note = f"mutasi {before}"
    version_id = versions.add_draft(session, ulp=ulp, note=note, who=who)
    if base.version is not None:
        mutations.copy_version(session, ulp=ulp, from_id=base.version.version_id, to_id=version_id)
        made = versions.version(session, ulp=ulp, version_id=version_id)
        made.from_version_id = base.version.version_id
        session.flush()
        return version_id
    listed = lists.rbm_list(session, ulp=ulp, blth=_month_before(session, ulp, before))
    said = listed.groupby("rbm")[["hari_baca", "officer"]].agg(_most)
    routes = said.assign(customers=base.members.groupby("rbm").size())
    routes = routes[routes["customers"].notna()].astype({"customers": int})
    versions.replace_routes(
        session, ulp=ulp, version_id=version_id, routes=routes, members=base.members
    )
    return version_id


def _month_before(session: Session, ulp: str, blth: str) -> str:
    return max(m for m in mutation_facts.list_months(session, ulp=ulp) if m < blth)


def _most(column: pd.Series) -> object:
    said = column.dropna().mode()
    return said.iloc[0] if len(said) else None


def base_of(session: Session, ulp: str, blth_before: str) -> Base:
    """Return what a month is compared with and worked on."""
    known = versions.versions(session, ulp=ulp)
    # A draft older than what was published since is nobody's work any more.
    newest = known[0] if known else None
    if newest is not None:
        members = versions.members(session, ulp=ulp, version_id=newest.version_id)
        if len(members) or newest.state == VersionState.DRAFT:
            return Base(newest, members)
    facts = mutation_facts.month_facts(session, ulp=ulp, blth=blth_before)
    listed = facts[facts["rbm"].notna()]
    return Base(None, from_list(listed[["rbm", "urut", "sisipan"]]) if len(listed) else nobody())


def nobody() -> pd.DataFrame:
    """Return `RBM_MEMBERS` without a row."""
    return RBM_MEMBERS.empty().astype({"urut": int, "sisipan": int})
