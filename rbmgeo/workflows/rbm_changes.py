"""A surveyor's RBM for a house becomes a place in the draft, as accepted mutations do (R-CH-01)."""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import lists, mutation_facts, mutations, units, versions
from rbmgeo.errors import NotAllowed
from rbmgeo.geo import coordinates
from rbmgeo.routes.codes import place_between
from rbmgeo.terms import VersionState
from rbmgeo.workflows.mutation_draft import ensure_draft


def put_on_rbm(session: Session, ulp: str, idpel: str, rbm: str, *, who: str) -> dict[str, Any]:
    """Give a customer a place on another RBM of the draft, behind its nearest neighbour there.

    Nobody else is renumbered. Returns what `put_back` needs: ``version_id``, ``before`` and
    ``after`` (rbm, urut, sisipan; None where it had no place).

    Raises
    ------
    NotAllowed
        If the draft has no such RBM, or no free place is left there.
    """
    mutations.lock_mutations(session, ulp=ulp)
    version_id = ensure_draft(session, ulp, before=_after_all_months(session, ulp), who=who)
    if not versions.has_rbm(session, ulp=ulp, version_id=version_id, rbm=rbm):
        raise NotAllowed(
            f"RBM {rbm} is not in draft {version_id}; reject the proposal, or add the RBM first",
            f"RBM {rbm} tidak ada di draf {version_id}; tolak usulannya, atau tambahkan RBM itu dulu",
        )
    members = mutation_facts.members_near(
        session, ulp=ulp, version_id=version_id, rbms=[rbm], idpels=[idpel]
    )
    before = _stands(members, idpel)
    walk = members[members["rbm"].eq(rbm) & (members.index != idpel)]
    place = _place(session, ulp, idpel, walk)
    if place is None:
        raise NotAllowed(
            f"no place is free on RBM {rbm}; order it anew first",
            f"tidak ada tempat kosong di RBM {rbm}; urutkan ulang dulu",
        )
    placed = pd.DataFrame(
        {"rbm": [rbm], "urut": [place[0]], "sisipan": [place[1]]},
        index=pd.Index([idpel], name="idpel"),
    )
    gone = [idpel] if before else []
    mutations.change_members(session, ulp=ulp, version_id=version_id, removed=gone, placed=placed)
    return {"version_id": version_id, "before": before, "after": [rbm, *place]}


def put_back(
    session: Session, ulp: str, idpel: str, detail: dict[str, Any], *, proposal_id: int
) -> None:
    """Give the customer the place in the draft that it had before.

    Raises
    ------
    NotAllowed
        If the draft was published or the places have changed since.
    """
    mutations.lock_mutations(session, ulp=ulp)
    version_id = int(detail["version_id"])
    version = versions.version(session, ulp=ulp, version_id=version_id)
    before, after = detail["before"], detail["after"]
    members = mutation_facts.members_near(
        session, ulp=ulp, version_id=version_id, rbms=[before[0]] if before else [], idpels=[idpel]
    )
    taken = before is not None and any(
        _stands(members, str(i)) == before for i in members.index if i != idpel
    )
    if version.state != VersionState.DRAFT or _stands(members, idpel) != after or taken:
        raise NotAllowed(
            f"the place of proposal {proposal_id} was published or changed again; a later change is "
            "a new mutation",
            f"tempat usulan {proposal_id} sudah terbit atau diubah lagi; perubahan sesudahnya adalah "
            "mutasi baru",
        )
    placed = pd.DataFrame([before] if before else [], columns=["rbm", "urut", "sisipan"])
    placed.index = pd.Index([idpel] if before else [], name="idpel")
    mutations.change_members(
        session, ulp=ulp, version_id=version_id, removed=[idpel], placed=placed
    )


def _after_all_months(session: Session, ulp: str) -> str:
    """Return the month after the newest list: the draft begins as that list stands."""
    months = mutation_facts.list_months(session, ulp=ulp)
    if not months:
        raise NotAllowed(
            f"unit {ulp} has no RBM list; import the DPM first",
            f"unit {ulp} belum punya daftar RBM; impor DPM dulu",
        )
    count = int(months[-1][:4]) * 12 + int(months[-1][4:])
    return f"{count // 12:04d}{count % 12 + 1:02d}"


def _place(session: Session, ulp: str, idpel: str, walk: pd.DataFrame) -> tuple[int, int] | None:
    """Return a free place behind the nearest customer of a walk, at its end where none is known."""
    places = [(int(u), int(s)) for u, s in walk[["urut", "sisipan"]].itertuples(index=False)]
    if not places:
        return place_between(set(), None, None)
    at = len(places) - 1
    unit = units.unit(session, ulp=ulp)
    points = gpd.GeoSeries(lists.customers(session, ulp=ulp, srid=unit.utm_srid)["geometry"])
    xy = coordinates(points.reindex([idpel, *walk.index]))
    away = ((xy[1:] - xy[0]) ** 2).sum(axis=1)
    if not np.isnan(away).all():
        at = int(np.nanargmin(away))
    behind = places[at + 1] if at + 1 < len(places) else None
    return place_between(set(places), places[at], behind)


def _stands(members: pd.DataFrame, idpel: str) -> list[Any] | None:
    if idpel not in members.index:
        return None
    row: Any = members.loc[idpel]
    return [str(row["rbm"]), int(row["urut"]), int(row["sisipan"])]
