"""Shorter orders for single RBM of a draft, found by a job; a person accepts or rejects each."""

from datetime import UTC, datetime
from typing import Any

import geopandas as gpd
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import RbmOrderProposal
from rbmgeo.db.queries import drafts, lists, units, versions
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, NotThere, StaleDraft
from rbmgeo.routes.design import UNPLACED
from rbmgeo.routes.walkorder import Gain, order_route
from rbmgeo.workflows.routes import Progress, VersionSummary
from rbmgeo.workflows.starts import starts
from rbmgeo.workflows.walked import unit_walker
from rbmgeo.workflows.workbench import Change, act


def reorder(
    session: Session, ulp: str, version_id: int, *, rbms: "list[str] | None" = None, who: str = "",
    progress: Progress | None = None,
) -> VersionSummary:  # fmt: skip
    """Look for a shorter order of some RBM of a draft (all, where none is named); change nothing.

    What saves enough (R-RO-06) waits as a proposal, its lengths counted from where the walk must
    begin; locked RBM are passed over.
    """
    tell = progress or (lambda step, done, total: None)
    draft = drafts.found(session, ulp=ulp, version_id=version_id)
    locked = set(draft.locked) if draft else set()
    members = versions.members(session, ulp=ulp, version_id=version_id)
    wanted = [
        str(r) for r in sorted(set(members["rbm"]))
        if r != UNPLACED and r not in locked and (not rbms or r in rbms)
    ]  # fmt: skip
    settings = units.unit_settings(session, ulp=ulp)
    srid = units.unit(session, ulp=ulp).utm_srid
    points = gpd.GeoSeries(lists.customers(session, ulp=ulp, srid=srid)["geometry"])
    walker = unit_walker(session, ulp)
    begin = starts(session, ulp, members, versions.routes(session, ulp=ulp, version_id=version_id))
    at = {str(i): (p.x, p.y) for i, p in points.reindex(members.index).dropna().items()}
    walks = {str(r): own.index.to_list() for r, own in members.groupby("rbm", sort=True)}
    for rbm, walk in walks.items():
        begin.ended(rbm, walk, at)
    gain = Gain(settings.min_gain_share, settings.min_gain_m)
    found: list[dict[str, Any]] = []
    for number, rbm in enumerate(wanted):
        tell("mengurutkan / ordering", number, len(wanted))
        done = order_route(
            walks[rbm],
            points,
            walker,
            gain=gain,
            start=begin.of(rbm),
            places=places_of(members, rbm),
        )
        if done.changed:
            # From where the walk must begin, else a shorter way there would look longer.
            found.append({"rbm": rbm, "idpels": done.idpels, "length_m": done.length_m + done.lead_m,
                          "length_before_m": done.length_before_m + done.lead_before_m,
                          "estimated": done.estimated})  # fmt: skip
    tell("mengurutkan / ordering", len(wanted), len(wanted))
    drafts.add_proposals(session, ulp=ulp, version_id=version_id, rows=found, who=who or "-")
    units.bump(session, ulp=ulp)
    return VersionSummary(ulp, version_id, {"rbm": len(wanted), "reordered": len(found)})


def places_of(members: pd.DataFrame, rbm: str) -> dict[str, tuple[int, int]]:
    """Return urut and sisipan of everybody on an RBM."""
    own = members[members["rbm"].eq(rbm)]
    return {str(i): (int(u), int(s)) for i, u, s in own[["urut", "sisipan"]].itertuples(name=None)}


def decide(
    session: Session, ulp: str, version_id: int, proposal_id: int, *, accepted: bool, revision: int,
    who: str,
) -> Change | None:  # fmt: skip
    """Accept a proposed order as an edit of the draft, or reject it; the caller commits.

    Raises
    ------
    NotAllowed
        If the RBM has other customers by now.
    """
    it = session.get(RbmOrderProposal, (ulp, proposal_id), with_for_update=True)
    if it is None or it.version_id != version_id or it.state != "open":
        raise NotThere("this proposal does not wait any more", "usulan ini sudah tidak menunggu")
    change = None
    if accepted:
        command = {"kind": "order", "rbm": it.rbm, "idpels": it.idpels, "keep": True}
        change = act(session, ulp, version_id, command, revision=revision, who=who)
    it.state, it.decided_by = ("accepted" if accepted else "rejected"), who
    it.decided_at = datetime.now(UTC)
    session.flush()
    log_command(session, who=who, ulp=ulp, command=f"order proposal {it.state}",
                after={"version_id": version_id, "proposal": proposal_id})  # fmt: skip
    return change


def accept_all(session: Session, ulp: str, version_id: int, *, revision: int, who: str) -> int:
    """Accept every order that waits, each as an edit of its own; return how many.

    One whose RBM has other customers by now, or is locked, is passed over and goes on waiting.
    """
    done = 0
    for it in drafts.proposals(session, ulp=ulp, version_id=version_id):
        try:
            with session.begin_nested():
                change = decide(session, ulp, version_id, it.proposal_id, accepted=True,
                                revision=revision, who=who)  # fmt: skip
        except StaleDraft:
            raise
        except NotAllowed:
            continue
        revision = change.revision if change else revision
        done += 1
    return done
