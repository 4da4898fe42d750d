"""Apply what a person accepts of a month's mutations to the draft and the master."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from rbmgeo.db.models import MutationRow, Proposal
from rbmgeo.db.queries import mutation_facts, mutations, units, versions
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotThere, UsageError
from rbmgeo.mutations.effects import service_after
from rbmgeo.mutations.walks import Walks
from rbmgeo.terms import Act, Mutation, ProposalState
from rbmgeo.workflows.mutation_draft import ensure_draft, nobody


@dataclass(frozen=True)
class Accepted:
    """What accepting did: mutations, rows of the draft that changed, and what was left out.

    ``elsewhere`` counts customers whose proposed place was taken meanwhile and who got the
    next one; ``left`` says of each mutation that was not accepted why.
    """

    ulp: str
    accepted: int
    changed: int
    version_id: int | None
    elsewhere: int = 0
    proposals: int = 0
    left: dict[int, str] = field(default_factory=dict)


def accept(
    session: Session, ulp: str, mutation_ids: list[int], *, who: str, rbm: str = ""
) -> Accepted:
    """Apply what a person accepts to the draft; the caller commits.

    One mutation changes at most one row of the draft, and nobody else is renumbered. A place
    that was taken since it was proposed gives way to the next free one behind it. Those for
    whom no place could be proposed go to the end of ``rbm``, if the person names one.
    """
    if not who:
        raise UsageError("say who accepts", "sebutkan siapa yang menerima")
    mutations.lock_mutations(session, ulp=ulp)
    rows = mutations.locked(session, ulp=ulp, mutation_ids=sorted(set(mutation_ids)))
    left: dict[int, str] = {}
    good: list[MutationRow] = []
    for row in rows:
        reason = _not_acceptable(row, rbm)
        if reason:
            left[row.mutation_id] = reason
        else:
            good.append(row)
    if not good:
        return Accepted(ulp, 0, 0, None, left=left)
    version_id = None
    if any(row.act != Act.NOTE for row in good):
        version_id = ensure_draft(session, ulp, before=good[0].blth, who=who)
    if (
        rbm
        and version_id is not None
        and not versions.has_rbm(session, ulp=ulp, version_id=version_id, rbm=rbm)
    ):
        raise NotThere(
            f"RBM {rbm} is not in draft {version_id}; choose one of its RBM",
            f"RBM {rbm} tidak ada di draf {version_id}; pilih salah satu RBM-nya",
        )
    done = _apply(session, ulp, good, version_id, left, who, rbm)
    log_command(
        session, who=who, ulp=ulp, command="mutations accept",
        after={"version_id": version_id, "accepted": done.accepted, "changed": done.changed},
        customers=[row.idpel for row in good if row.mutation_id not in left],
    )  # fmt: skip
    units.bump(session, ulp=ulp)
    return done


def accept_kind(session: Session, ulp: str, blth: str, kind: str, *, who: str) -> Accepted:
    """Accept every open mutation of a kind that can be accepted as it stands."""
    if kind not in set(Mutation):
        raise UsageError(
            f"{kind!r} is no kind of mutation; there are: {', '.join(Mutation)}",
            f"{kind!r} bukan jenis mutasi; yang ada: {', '.join(Mutation)}",
        )
    return accept(session, ulp, mutations.ready(session, ulp=ulp, blth=blth, kind=kind), who=who)


def _not_acceptable(row: MutationRow, rbm: str) -> str:
    if row.state != "open":
        return "mutation.left_state"
    if row.act == Act.PLACE and row.urut is None and not rbm:
        return row.next_step or "mutation.help_point"
    return ""


def _apply(
    session: Session, ulp: str, good: list[MutationRow], version_id: int | None,
    left: dict[int, str], who: str, rbm: str = "",
) -> Accepted:  # fmt: skip
    idpels = [row.idpel for row in good]
    members = nobody()
    if version_id is not None:
        rbms = sorted({row.rbm for row in good if row.rbm} | {rbm})
        members = mutation_facts.members_near(
            session, ulp=ulp, version_id=version_id, idpels=idpels, rbms=rbms
        )
    walks = Walks(members)
    service = mutation_facts.service_of(session, ulp=ulp, idpels=idpels)
    recorded = mutation_facts.recorded_gardu(session, ulp=ulp, idpels=idpels)
    changed_service: dict[str, dict[str, Any]] = {}
    decided: list[dict[str, Any]] = []
    elsewhere = asked = 0
    # Who leaves makes room before who comes.
    for row in sorted(good, key=lambda r: r.act != Act.REMOVE):
        was = service.get(row.idpel)
        before: dict[str, Any] = {"place": walks.stands(row.idpel), "service": was}
        after = dict(before)
        if row.act == Act.REMOVE:
            walks.left(row.idpel)
            after["place"] = None
        if row.act == Act.PLACE:
            wanted = None if row.urut is None else (row.urut, row.sisipan or 0)
            to = row.rbm if wanted else rbm
            assert to
            place = walks.placed(row.idpel, to, wanted, row.after_idpel)
            if place is None:
                left[row.mutation_id] = "mutation.help_full"
                continue
            elsewhere += wanted is not None and tuple(place[1:]) != (row.urut, row.sisipan)
            after["place"] = place
        new = service_after(Mutation(row.kind), Act(row.act), was)
        if new is not None and new != was:
            changed_service[row.idpel] = after["service"] = new
        proposal_id = None
        if row.gardu and row.act == Act.PLACE and row.idpel not in recorded:
            proposal_id = _propose_gardu(session, ulp, row, who)
            asked += 1
        decided.append(
            {"mutation_id": row.mutation_id, "decision": "accepted", "version_id": version_id,
             "before": before, "after": after, "proposal_id": proposal_id, "decided_by": who}
        )  # fmt: skip
        row.state = "accepted"
    if version_id is not None:
        mutations.change_members(
            session, ulp=ulp, version_id=version_id, removed=walks.removed, placed=walks.came()
        )
    mutations.set_service(session, ulp=ulp, rows=changed_service)
    session.flush()
    mutations.add_decisions(session, ulp=ulp, rows=decided)
    return Accepted(ulp, len(decided), walks.changed, version_id, elsewhere, asked, left)


def _propose_gardu(session: Session, ulp: str, row: MutationRow, who: str) -> int:
    """Ask a second person for the gardu: a record is never made by a proposal alone (R-CH-02)."""
    made = Proposal(
        ulp=ulp, idpel=row.idpel, field="gardu", before=None, after=row.gardu,
        state=ProposalState.OPEN.value, proposed_by=who,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made.proposal_id
