"""Take back what was accepted of a month's mutations, or put one aside with a reason."""

from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.models import MutationRow
from rbmgeo.db.queries import mutation_facts, mutations, proposals, units, versions
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, UsageError
from rbmgeo.mutations.walks import stands
from rbmgeo.terms import ProposalState, VersionState

_REASON_MOST = 500


def undo(session: Session, ulp: str, mutation_id: int, *, who: str) -> int:
    """Take back an acceptance: the draft and the master as they were; return rows changed.

    History is kept: the undoing is a further decision.

    Raises
    ------
    NotAllowed
        If the draft was published, or the customer's place changed again, since.
    """
    mutations.lock_mutations(session, ulp=ulp)
    row = mutations.locked(session, ulp=ulp, mutation_ids=[mutation_id])[0]
    if row.state != "accepted":
        raise NotAllowed(
            f"mutation {mutation_id} is not accepted; there is nothing to undo",
            f"mutasi {mutation_id} belum diterima; tidak ada yang diurungkan",
        )
    told = mutations.last_acceptance(session, ulp=ulp, mutation_id=mutation_id)
    assert told is not None
    changed = _restore_place(session, ulp, row, told.version_id, told.before, told.after)
    was = told.before.get("service")
    if was and was != told.after.get("service"):
        mutations.set_service(session, ulp=ulp, rows={row.idpel: was})
    if told.proposal_id is not None:
        _withdraw(session, ulp, told.proposal_id, who)
    mutations.add_decisions(
        session, ulp=ulp,
        rows=[{"mutation_id": mutation_id, "decision": "undone", "version_id": told.version_id,
               "before": told.after, "after": told.before, "proposal_id": told.proposal_id,
               "decided_by": who or "-"}],
    )  # fmt: skip
    row.state = "open"
    session.flush()
    log_command(
        session,
        who=who,
        ulp=ulp,
        command="mutations undo",
        after={"mutation": mutation_id},
        customers=[row.idpel],
    )
    units.bump(session, ulp=ulp)
    return changed


def dismiss(session: Session, ulp: str, mutation_id: int, *, reason: str, who: str) -> None:
    """Put an open mutation aside ("abaikan"), with its reason; nothing else changes.

    A later look leaves it aside while the lists say the same of it.

    Raises
    ------
    UsageError
        Without a reason.
    NotAllowed
        If it is not open.
    """
    reason = reason.strip()[:_REASON_MOST]
    if not reason or not who:
        raise UsageError(
            "say why the mutation is dismissed, and who does it",
            "sebutkan alasan mutasi diabaikan, dan oleh siapa",
        )
    _turn(session, ulp, mutation_id, ("open", "dismissed"), "dismissed", reason, who)


def restore(session: Session, ulp: str, mutation_id: int, *, who: str) -> None:
    """Take a dismissal back: the mutation waits again; history is kept."""
    _turn(session, ulp, mutation_id, ("dismissed", "open"), "restored", None, who)


def _turn(
    session: Session, ulp: str, mutation_id: int, states: tuple[str, str], decision: str,
    reason: str | None, who: str,
) -> None:  # fmt: skip
    mutations.lock_mutations(session, ulp=ulp)
    row = mutations.locked(session, ulp=ulp, mutation_ids=[mutation_id])[0]
    if row.state != states[0]:
        raise NotAllowed(
            f"mutation {mutation_id} is {row.state}, it is not {states[0]}; look at the list again",
            f"mutasi {mutation_id} berkeadaan {row.state}, bukan {states[0]}; lihat lagi daftarnya",
        )
    mutations.add_decisions(
        session, ulp=ulp,
        rows=[{"mutation_id": mutation_id, "decision": decision, "version_id": None, "before": {},
               "after": {}, "proposal_id": None, "reason": reason, "decided_by": who or "-"}],
    )  # fmt: skip
    row.state = states[1]
    session.flush()
    log_command(
        session, who=who, ulp=ulp, command=f"mutations {decision}", after={"mutation": mutation_id}
    )
    units.bump(session, ulp=ulp)


def _withdraw(session: Session, ulp: str, proposal_id: int, who: str) -> None:
    it = proposals.proposal(session, ulp=ulp, proposal_id=proposal_id)
    if it.state == ProposalState.APPROVED:
        raise NotAllowed(
            f"its gardu was approved as proposal {proposal_id}; undo that first",
            f"gardunya sudah disetujui sebagai usulan {proposal_id}; urungkan itu lebih dulu",
        )
    if it.state in (ProposalState.OPEN, "conflict"):
        it.state = ProposalState.REJECTED.value
        proposals.add_approval(
            session, ulp=ulp, proposal_id=proposal_id, decision="rejected", who=who or "-",
            reason="mutasi diurungkan",
        )  # fmt: skip


def _restore_place(
    session: Session, ulp: str, row: MutationRow, version_id: int | None, before: dict[str, Any],
    after: dict[str, Any],
) -> int:  # fmt: skip
    if version_id is None or before["place"] == after["place"]:
        return 0
    version = versions.version(session, ulp=ulp, version_id=version_id)
    if version.state != VersionState.DRAFT:
        raise NotAllowed(
            f"version {version_id} is published and closed; a later change is a new mutation",
            f"versi {version_id} sudah terbit dan tertutup; perubahan sesudahnya adalah mutasi baru",
        )
    members = mutation_facts.members_near(
        session, ulp=ulp, version_id=version_id, idpels=[row.idpel],
        rbms=[before["place"][0]] if before["place"] else [],
    )  # fmt: skip
    if stands(members, row.idpel) != after["place"]:
        raise NotAllowed(
            f"the place of mutation {row.mutation_id} was changed again in draft {version_id}; "
            "undo the later change first",
            f"tempat mutasi {row.mutation_id} sudah diubah lagi di draf {version_id}; urungkan "
            "perubahan terakhir dulu",
        )
    placed = pd.DataFrame(columns=["rbm", "urut", "sisipan"])
    if before["place"] is not None:
        rbm, urut, sisipan = before["place"]
        taken = members["rbm"].eq(rbm) & members["urut"].eq(urut) & members["sisipan"].eq(sisipan)
        if taken.any():
            raise NotAllowed(
                f"place {urut:03d}/{sisipan:02d} of RBM {rbm} was given to another customer; "
                "undo that first",
                f"tempat {urut:03d}/{sisipan:02d} di RBM {rbm} sudah dipakai pelanggan lain; "
                "urungkan itu dulu",
            )
        placed = pd.DataFrame(
            {"rbm": [rbm], "urut": [urut], "sisipan": [sisipan]}, index=[row.idpel]
        )
    gone = [row.idpel] if after["place"] is not None else []
    mutations.change_members(
        session, ulp=ulp, version_id=version_id, removed=gone, placed=placed.rename_axis("idpel")
    )
    return 1
