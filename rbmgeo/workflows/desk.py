"""SOP IV.3, keputusan meja: a planner settles findings without a visit, with a reason.

Such a decision takes findings off the list and may propose another gardu, which a second
person approves (R-CH-02). It is counted apart and never teaches what is true: nobody stood there.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import desk, proposals, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.terms import DeskVerdict, ProposalState
from rbmgeo.workflows.decisions import decide

REASON_MOST = 500


@dataclass(frozen=True)
class DeskSummary:
    """How many findings were settled, and how many became proposals for a second person."""

    ulp: str
    settled: int
    proposals: int


def settle(
    session: Session, ulp: str, findings: pd.DataFrame, verdict: str, *, reason: str, who: str
) -> DeskSummary:
    """Settle findings, all or none.

    Parameters
    ----------
    findings
        As `rbmgeo.db.queries.desk.open_findings` gives them.
    verdict
        ``catatan_benar``: the record is right. ``gardu_lain``: the proposed gardu is right.

    Raises
    ------
    UsageError
        Without a reason or a known verdict, or where no other gardu is proposed.
    NothingToDo
        If every one of them was settled before.
    """
    units.unit(session, ulp=ulp)
    if verdict not in list(DeskVerdict):
        raise UsageError(
            f"{verdict!r} is no verdict; it is catatan_benar or gardu_lain",
            f"{verdict!r} bukan keputusan; pilih catatan_benar atau gardu_lain",
        )
    reason = reason.strip()[:REASON_MOST]
    if not reason:
        raise UsageError(
            "a decision at the desk needs its reason; say what was looked at",
            "keputusan meja perlu alasan; sebutkan apa yang dilihat",
        )
    if findings.empty:
        raise NothingToDo(
            "none of these findings is open; choose others",
            "tidak ada temuan terbuka di pilihan ini; pilih yang lain",
        )
    other = verdict == DeskVerdict.GARDU_LAIN
    without = findings["proposed_gardu"].isna() | (findings["proposed_gardu"] == findings["gardu"])
    if other and without.any():
        raise UsageError(
            f"{int(without.sum())} of these findings propose no other gardu; survey them, or "
            "leave them out",
            f"{int(without.sum())} dari temuan ini tidak punya gardu usulan; survei dulu, atau "
            "keluarkan dari pilihan",
        )
    table = findings.astype(object).where(findings.notna(), None)
    rows = [{str(k): v for k, v in r.items()} for r in table.to_dict("records")]
    made = _proposed(session, ulp, rows, who) if other else {}
    desk.add(
        session, ulp=ulp,
        rows=[
            {"idpel": r["idpel"], "verdict": verdict, "recorded_gardu": r["gardu"], "p": r["p"],
             "proposal_id": made.get(r["idpel"]),
             "gardu": r["proposed_gardu"] if other else None, "reason": reason, "decided_by": who}
            for r in rows
        ],
    )  # fmt: skip
    log_command(
        session, who=who, ulp=ulp, command=f"desk {verdict}",
        after={"findings": len(rows), "proposals": len(made)},
        customers=[r["idpel"] for r in rows],
    )  # fmt: skip
    units.bump(session, ulp=ulp)
    return DeskSummary(ulp, len(rows), len(made))


def take_back(session: Session, ulp: str, decisions: list[int], *, who: str) -> int:
    """Undo decisions; their findings are open again, and what they proposed is withdrawn."""
    undone = desk.undo(session, ulp=ulp, ids=decisions, who=who) if decisions else []
    if not undone:
        raise NothingToDo(
            "these decisions were undone before, or are not there",
            "keputusan ini sudah diurungkan, atau tidak ada",
        )
    for number in sorted(n for n in undone if n is not None):
        it = proposals.proposal(session, ulp=ulp, proposal_id=number)
        if it.state in ("open", "conflict"):
            decide(
                session,
                ulp,
                number,
                ProposalState.REJECTED,
                who=who,
                reason="keputusan meja diurungkan",
                withdrawn=True,
            )
    log_command(session, who=who, ulp=ulp, command="desk undo", after={"decisions": len(undone)})
    units.bump(session, ulp=ulp)
    return len(undone)


def _proposed(session: Session, ulp: str, rows: list[dict[str, Any]], who: str) -> dict[str, int]:
    """Propose the other gardu of each finding; return the new proposals by idpel.

    Where the same is proposed already (by a surveyor, say) one proposal is enough.
    """
    idpels = [r["idpel"] for r in rows]
    asked = {
        (p.idpel, p.after)
        for p in proposals.undecided(session, ulp=ulp, idpels=idpels)
        if p.field == "gardu"
    }
    wanted = [
        {"idpel": r["idpel"], "field": "gardu", "before": r["gardu"], "after": r["proposed_gardu"],
         "client_id": None, "state": ProposalState.OPEN.value, "proposed_by": who}
        for r in rows if (r["idpel"], r["proposed_gardu"]) not in asked
    ]  # fmt: skip
    return proposals.add_numbered_proposals(session, ulp=ulp, rows=wanted)
