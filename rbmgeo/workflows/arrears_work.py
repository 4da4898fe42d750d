"""SOP VI: orders to cut of printed TUL VI-01, payment checks, reports by H+1, removals."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.arrears.reports import report_days
from rbmgeo.arrears.states import may_be_removed
from rbmgeo.db.models import Proposal
from rbmgeo.db.queries import arrears as kept
from rbmgeo.db.queries import batches, forms, proposals, records, units, visits
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotAllowed, NothingToDo, UsageError
from rbmgeo.fieldwork.jobs.sambung import LIT
from rbmgeo.terms import ArrearsState, FieldJob, FormKind, ProposalState
from rbmgeo.workflows.arrears import arrears_now, follow_payments, open_orders, unit_rules
from rbmgeo.workflows.decisions import decide
from rbmgeo.workflows.job_lists import check_print

REMOVAL = {"rule": "R-AR-07"}


@dataclass(frozen=True)
class Ordered:
    """What became of the notices of one print: ordered, and left out by their state."""

    list_id: str
    orders: int
    left: dict[str, int]


@dataclass(frozen=True)
class Checked:
    """What a file of payments said of the open orders; ``unnamed``: not in it, so not checked."""

    unpaid: int
    paid: int
    unnamed: int


def order_cuts(
    session: Session, ulp: str, print_id: int, *, officer: str | None, planned_on: date,
    signer: str, who: str, now: datetime,
) -> Ordered:  # fmt: skip
    """Make one list of cuts of a print of TUL VI-01, in its order; the caller commits.

    Only who may be cut today is ordered; nobody of another company (R-AR-06), nobody who paid.

    Raises
    ------
    NothingToDo
        If nobody of the print may be cut.
    UsageError
        If it is no print of TUL VI-01, was ordered before, nobody signed it, or the day lies
        before its date.
    """
    kept.lock(session, ulp=ulp)
    one = forms.one_print(session, ulp=ulp, print_id=print_id)
    check_print(session, ulp, one.kind, print_id, FormKind.TUL_VI_01)
    signed = (signer or str(one.content.get("signer") or "")).strip()
    if not signed:
        raise UsageError(
            "say who signed the TUL VI-01: a manager or whoever is appointed (SOP VI)",
            "sebutkan siapa yang menandatangani TUL VI-01: Manajer Unit atau pejabat yang ditunjuk",
        )
    if planned_on < one.dated_on:
        raise UsageError(
            f"the notices are dated {one.dated_on}; nobody is cut off before that",
            f"surat bertanggal {one.dated_on}; pemutusan tidak boleh sebelumnya",
        )
    zone = ZoneInfo(units.unit(session, ulp=ulp).time_zone)
    found = arrears_now(session, ulp, now.astimezone(zone).date())
    notices = [f for f in forms.forms_of(session, ulp=ulp, print_id=print_id) if f.idpel]
    state = found["state"].reindex([f.idpel for f in notices]).fillna("lunas")
    may = [f for f, s in zip(notices, state, strict=True) if s == ArrearsState.BOLEH_DIPUTUS]
    left = Counter(str(s) for s in state if s != ArrearsState.BOLEH_DIPUTUS)
    if not may:
        raise NothingToDo(
            "nobody of this print may be cut off now; see the list of arrears",
            "tidak ada pelanggan cetakan ini yang boleh diputus sekarang; lihat daftar tunggakan",
        )
    owed = found.loc[[f.idpel for f in may], ["sheets", "first_blth", "last_blth"]]
    content = [
        {"tul_no": f.full_number, "tul_on": str(one.dated_on), "tul_signer": signed, **told}
        for f, told in zip(may, owed.to_dict("records"), strict=True)
    ]
    rows = pd.DataFrame({
        "idpel": [f.idpel for f in may], "reason": "tunggakan", "due_on": planned_on,
        "content": content,
    })  # fmt: skip
    tools = units.unit_settings(session, ulp=ulp).arrears_tools
    made = visits.add_list(
        session, ulp=ulp, job=FieldJob.PUTUS, blth=one.blth,
        title=f"Pemutusan {planned_on:%d-%m-%Y}, cetakan {print_id}", officer=officer or None,
        planned_on=planned_on, content={"print_id": print_id, "tools": tools}, orders=rows, who=who,
    )  # fmt: skip
    log_command(session, who=who, ulp=ulp, command="arrears cuts ordered",
                after={"print_id": print_id, "orders": len(may)}, customers=rows["idpel"])  # fmt: skip
    units.bump(session, ulp=ulp)
    return Ordered(str(made), len(may), dict(left))


def check_by_file(
    session: Session, ulp: str, batch_id: int, *, at: datetime, who: str, now: datetime
) -> Checked:
    """Keep what a file of payments says of everybody with an order to cut (R-AR-02).

    ``at``: the moment that the file is of, as who brings it says; not the moment of its import.
    Whom the file does not name is not checked: absence is neither paid nor unpaid.

    Raises
    ------
    UsageError
        If it is no file of bills, or its moment lies ahead or after the import.
    NothingToDo
        If nobody has an order to cut.
    """
    kept.lock(session, ulp=ulp)
    batch = batches.batch(session, ulp=ulp, batch_id=batch_id)
    if batch.kind.split(":")[0] != "receivables" or batch.undone_at is not None:
        raise UsageError(
            f"file {batch_id} holds no bills, or was taken back",
            f"berkas {batch_id} tidak berisi piutang, atau sudah diurungkan",
        )
    if at > now or at > batch.imported_at:
        raise UsageError(
            "the file cannot know payments after it was brought in; give the moment it was made",
            "berkas tidak bisa tahu pelunasan sesudah dimuat; isi jam berkas itu dibuat",
        )
    waiting = open_orders(session, ulp, FieldJob.PUTUS)
    if waiting.empty:
        raise NothingToDo("nobody has an order to be cut off", "tidak ada perintah pemutusan yang terbuka")  # fmt: skip
    named = batches.people(session, ulp=ulp, batch_id=batch_id)
    there = set() if named is None else set(named[np.isin(named, [int(i) for i in waiting.index])])
    people = [i for i in waiting.index if int(i) in there]
    zone = ZoneInfo(units.unit(session, ulp=ulp).time_zone)
    found = arrears_now(session, ulp, now.astimezone(zone).date())
    paid = {i: not (i in found.index and found.loc[i, "sheets"] > 0) for i in people}
    kept.add_checks(session, ulp=ulp, rows=[
        {"idpel": i, "checked_at": at, "paid": paid[i], "source": "berkas",
         "told": batch.file_name, "batch_id": batch_id, "checked_by": who or "-"}
        for i in people
    ])  # fmt: skip
    done = Checked(len(people) - sum(paid.values()), sum(paid.values()), len(waiting) - len(people))
    log_command(session, who=who, ulp=ulp, command="arrears checked", after={
        "batch": batch_id, "unpaid": done.unpaid, "paid": done.paid, "unnamed": done.unnamed,
    })  # fmt: skip
    follow_payments(session, ulp, who=who, now=now)
    units.bump(session, ulp=ulp)
    return done


def work_days(session: Session, ulp: str, on: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the days of work with their reports' states, and every act.

    The first is that of `arrears.reports.report_days`; the second has the columns of
    `queries.arrears.events` and ``reported_on`` (missing: not reported).
    """
    zone = units.unit(session, ulp=ulp).time_zone
    events = kept.events(session, ulp=ulp, zone=zone, lit=sorted(LIT))
    said = kept.reported(session, ulp=ulp, zone=zone)
    days = report_days(events, said, on=on, rules=unit_rules(session, ulp))
    return days, events.assign(reported_on=events["client_id"].map(said))


def report_day(session: Session, ulp: str, work_on: date, *, who: str, now: datetime) -> int:
    """Report a day's cuts and reconnections that were not reported yet; return how many.

    Raises `NothingToDo` where all of them were.
    """
    kept.lock(session, ulp=ulp)
    zone = ZoneInfo(units.unit(session, ulp=ulp).time_zone)
    _, acts = work_days(session, ulp, now.astimezone(zone).date())
    left = acts[(acts["on"] == work_on) & acts["reported_on"].isna()]
    if left.empty:
        raise NothingToDo(
            f"all work of {work_on} is reported, or there was none",
            f"semua pekerjaan {work_on} sudah dilaporkan, atau tidak ada",
        )
    kept.add_report(session, ulp=ulp, work_on=work_on, acts=sorted(left["client_id"]), who=who)
    log_command(session, who=who, ulp=ulp, command="arrears reported",
                after={"work_on": str(work_on), "acts": len(left)})  # fmt: skip
    units.bump(session, ulp=ulp)
    return len(left)


def propose_removals(
    session: Session, ulp: str, idpels: list[str], *, who: str, now: datetime
) -> int:
    """Propose final removal for customers for whom it may be (R-AR-07); return how many.

    "dapat" means may: another person approves. Raises `NotAllowed` where one of them owes too
    few sheets or was cut off too short a time ago.
    """
    kept.lock(session, ulp=ulp)
    zone = ZoneInfo(units.unit(session, ulp=ulp).time_zone)
    found = arrears_now(session, ulp, now.astimezone(zone).date())
    ripe = set(found.index[found["state"] == ArrearsState.BOLEH_BONGKAR])
    if not idpels or not set(idpels) <= ripe:
        rules = unit_rules(session, ulp)
        raise NotAllowed(
            f"removal may be proposed from {rules.removal_sheets} sheets and {rules.removal_days} "
            "days after the cut on (R-AR-07); look at the list again",
            f"bongkar rampung boleh diusulkan mulai {rules.removal_sheets} lembar dan "
            f"{rules.removal_days} hari sesudah pemutusan (R-AR-07); lihat lagi daftarnya",
        )
    now_says = records.standing(session, ulp=ulp, idpels=sorted(idpels))
    cut_on = found["valid_cut_on"].dt.strftime("%Y-%m-%d").to_dict()
    owed, days = found["sheets"].to_dict(), found["days_cut"].to_dict()
    rows = [
        {"idpel": i, "field": "status", "before": now_says.loc[i, "status"], "after": "bongkar",
         "proposed_by": who, "detail": {
             **REMOVAL, "sheets": int(owed[i]), "days": int(days[i]), "cut_on": cut_on[i]}}
        for i in sorted(set(idpels))
    ]  # fmt: skip
    made = proposals.add_proposals(session, ulp=ulp, rows=rows)
    log_command(session, who=who, ulp=ulp, command="arrears removal proposed", after={"proposals": made})  # fmt: skip
    units.bump(session, ulp=ulp)
    return made


def decide_removal(
    session: Session, ulp: str, proposal_id: int, decision: str, *, who: str, now: datetime,
    reason: str = "",
) -> Proposal:  # fmt: skip
    """Approve, reject or undo a removal; who proposed it does not approve it (R-CH-02).

    What allowed the proposal must still be so when it is approved: a payment of this morning
    is not overruled by a proposal of yesterday. Raises `NotAllowed`.
    """
    kept.lock(session, ulp=ulp)
    it = proposals.proposal(session, ulp=ulp, proposal_id=proposal_id)
    if (it.detail or {}).get("rule") != REMOVAL["rule"]:
        raise NotAllowed(
            f"proposal {proposal_id} is no removal from arrears; decide it under Verification",
            f"usulan {proposal_id} bukan bongkar rampung; putuskan di Verifikasi",
        )
    zone = ZoneInfo(units.unit(session, ulp=ulp).time_zone)
    if decision == ProposalState.APPROVED:
        found = arrears_now(session, ulp, now.astimezone(zone).date())
        rules = unit_rules(session, ulp)
        now_is = found[found.index == it.idpel]
        ripe = [
            state == ArrearsState.BONGKAR_DIUSULKAN
            and may_be_removed(count, None if pd.isna(days) else int(days), rules)
            for state, count, days in zip(
                now_is["state"], now_is["sheets"], now_is["days_cut"], strict=True
            )
        ]
        if not any(ripe):
            raise NotAllowed(
                f"what proposal {proposal_id} rests on is not so any more (R-AR-07); reject it",
                f"dasar usulan {proposal_id} tidak berlaku lagi (R-AR-07); tolak usulan ini",
            )
    day = now.astimezone(zone).date()
    return decide(session, ulp, proposal_id, decision, who=who, reason=reason, on=day)
