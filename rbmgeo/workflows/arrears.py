"""SOP VI: where each customer with arrears stands now, and what follows from a payment."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.arrears.rules import ArrearsRules
from rbmgeo.arrears.states import Known, states
from rbmgeo.db.queries import arrears as kept
from rbmgeo.db.queries import reading_calendar, units, visits
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import UsageError
from rbmgeo.fieldwork.jobs import FORMS
from rbmgeo.fieldwork.jobs.sambung import LIT
from rbmgeo.fieldwork.progress import with_closes
from rbmgeo.fieldwork.receive import states as order_states
from rbmgeo.settings import UnitSettings
from rbmgeo.terms import ArrearsState, FieldJob, OrderState, ProposalState
from rbmgeo.workflows.decisions import decide

#: Orders in these states still ask for a visit.
OPEN = (OrderState.BELUM, OrderState.ULANG, OrderState.KONFLIK)
NAMES = (
    "arrears_due_day", "arrears_due_after_months", "arrears_cut_sheets", "arrears_other_sheets",
    "arrears_other_name", "arrears_removal_sheets", "arrears_removal_days",
    "arrears_reconnect_days", "arrears_report_days", "arrears_working_days", "arrears_paid_codes",
    "arrears_tools",
)  # fmt: skip
#: Why an order is taken back, by where its customer is now; anything else: it was paid.
_WHY = {
    ArrearsState.PERUSAHAAN_LAIN: "perusahaan_lain", ArrearsState.DIBONGKAR: "dibongkar",
    ArrearsState.LUNAS_MENURUT_CEK: "lunas_menurut_cek", ArrearsState.DIPUTUS: "diputus",
    ArrearsState.BOLEH_BONGKAR: "diputus", ArrearsState.BONGKAR_DIUSULKAN: "diputus",
    ArrearsState.PERLU_DISAMBUNG: "diputus",
}  # fmt: skip
#: States in the order of what waits for somebody: a dark house whose bill is paid comes first.
TURN = (
    ArrearsState.PERLU_DISAMBUNG, ArrearsState.DIPERINTAHKAN, ArrearsState.BOLEH_DIPUTUS,
    ArrearsState.DIPUTUS, ArrearsState.BOLEH_BONGKAR, ArrearsState.BONGKAR_DIUSULKAN,
    ArrearsState.LUNAS_MENURUT_CEK, ArrearsState.PERUSAHAAN_LAIN, ArrearsState.DI_BAWAH_AMBANG,
    ArrearsState.BELUM_JATUH_TEMPO, ArrearsState.DIBONGKAR,
)  # fmt: skip


@dataclass(frozen=True)
class Followed:
    """What followed: orders taken back, reconnections ordered, removals withdrawn."""

    taken_back: int = 0
    reconnections: int = 0
    withdrawn: int = 0


def rules_of(settings: UnitSettings, off: frozenset[date] = frozenset()) -> ArrearsRules:
    """Return a unit's thresholds.

    Raises
    ------
    UsageError
        Where they contradict each other.
    """
    try:
        return ArrearsRules(
            due_day=settings.arrears_due_day, due_after_months=settings.arrears_due_after_months,
            cut_sheets=settings.arrears_cut_sheets, other_sheets=settings.arrears_other_sheets,
            removal_sheets=settings.arrears_removal_sheets,
            removal_days=settings.arrears_removal_days,
            reconnect_days=settings.arrears_reconnect_days,
            report_days=settings.arrears_report_days, working_days=settings.arrears_working_days,
            paid_codes=frozenset(c.strip().upper() for c in settings.arrears_paid_codes), off=off,
        )  # fmt: skip
    except ValueError as fault:
        raise UsageError(
            f"the thresholds contradict each other: {fault}",
            "ambang saling bertentangan: pemutusan mulai dari lembar yang lebih sedikit daripada "
            "batas perusahaan lain, dan bongkar rampung tidak lebih dini daripada pemutusan",
        ) from fault


def unit_rules(session: Session, ulp: str) -> ArrearsRules:
    """Return the thresholds of one unit with its holidays."""
    off = frozenset(reading_calendar.holidays(session, ulp=ulp))
    return rules_of(units.unit_settings(session, ulp=ulp), off)


def set_arrears(session: Session, ulp: str, values: dict[str, Any], *, who: str) -> UnitSettings:
    """Keep some settings of a unit's arrears; the log says both sides. Raises `UsageError`."""
    unknown = sorted(set(values) - set(NAMES))
    if unknown:
        raise UsageError(f"{unknown[0]!r} is no setting of arrears", f"{unknown[0]!r} bukan setelan tunggakan")  # fmt: skip
    was = units.unit_settings(session, ulp=ulp)
    now = UnitSettings.of({**was.model_dump(), **values})
    rules_of(now)
    before, told = was.model_dump(mode="json"), now.model_dump(mode="json")
    changed = {n: told[n] for n in values if told[n] != before[n]}
    if changed:
        units.set_unit(session, ulp=ulp, settings=changed)
        log_command(session, who=who, ulp=ulp, command="arrears settings",
                    before={n: before[n] for n in changed}, after=changed)  # fmt: skip
        units.bump(session, ulp=ulp)
    return now


def arrears_now(session: Session, ulp: str, on: date) -> pd.DataFrame:
    """Return every customer with an unpaid bill or a standing cut (`arrears.states.states`).

    Further columns: ``order_id`` of the order of the next step and ``tul_no`` of its notice,
    missing without one.
    """
    known, cut, back = _known(session, ulp)
    out = states(known, on=on, rules=unit_rules(session, ulp))
    ordered = out["state"].eq(ArrearsState.DIPERINTAHKAN)
    back_id = back["order_id"].reindex(out.index)
    out["order_id"] = cut["order_id"].reindex(out.index).where(ordered, back_id)
    told = cut["content"].reindex(out.index).where(ordered)
    out["tul_no"] = [kept.order_content(c).get("tul_no") if c == c and c else None for c in told]
    return out


def may_be_cut(session: Session, ulp: str, on: date) -> list[str]:
    """Return who may be cut off: ours, enough sheets, not ordered, not found paid (R-AR-06, 08)."""
    found = arrears_now(session, ulp, on)
    return [str(i) for i in found.index[found["state"] == ArrearsState.BOLEH_DIPUTUS]]


def in_turn(found: pd.DataFrame) -> pd.DataFrame:
    """Return rows of `arrears_now` with ``idpel`` as a column, by `TURN`, late ones first."""
    rank = found["state"].map({str(s): n for n, s in enumerate(TURN)})
    rows = found.assign(rank=rank).reset_index()
    keys = ["rank", "late", "due_on", "sheets", "idpel"]
    return rows.sort_values(keys, ascending=[True, False, True, False, True])


def follow_payments(session: Session, ulp: str, *, who: str, now: datetime) -> Followed:
    """Take back, reconnect and withdraw what payments, cuts and visits ask for; done twice it is once.

    A payment takes the order to cut back; after a cut it opens the order to reconnect, due H+1
    (R-AR-05), for the officer who cut. The caller commits.
    """
    kept.lock(session, ulp=ulp)
    if not kept.any_work(session, ulp=ulp):
        return Followed()
    unit = units.unit(session, ulp=ulp)
    on = now.astimezone(ZoneInfo(unit.time_zone)).date()
    known, cut, back = _known(session, ulp)
    found = states(known, on=on, rules=unit_rules(session, ulp))
    state = found["state"]
    taken = _take_back_cuts(session, ulp, cut, state, who, now)
    taken += _take_back_reconnections(session, ulp, back, found, who, now)
    owed = found[state.eq(ArrearsState.PERLU_DISAMBUNG) & ~found.index.isin(back.index)]
    opened = _order_reconnections(session, ulp, owed, known.events, on, who)
    withdrawn = _withdraw(session, ulp, found, who)
    done = Followed(taken, opened, withdrawn)
    if done != Followed():
        log_command(session, who=who, ulp=ulp, command="arrears followed", after={
            "taken_back": taken, "reconnections": opened, "withdrawn": withdrawn,
        })  # fmt: skip
        units.bump(session, ulp=ulp)
    return done


def open_orders(session: Session, ulp: str, job: FieldJob) -> pd.DataFrame:
    """Return the orders of a job that still ask for a visit, one a customer.

    Index idpel; columns of `queries.arrears.orders`.
    """
    orders = kept.orders(session, ulp=ulp, job=job)
    by_order = orders.set_index("order_id")
    said = visits.records(session, ulp=ulp, order_ids=list(by_order.index))
    state = order_states(by_order, with_closes(said, FORMS))["state"]
    asking = state.reindex(orders["order_id"]).isin(OPEN).to_numpy()
    return orders[asking].drop_duplicates("idpel").set_index("idpel")


def _known(session: Session, ulp: str) -> tuple[Known, pd.DataFrame, pd.DataFrame]:
    zone = units.unit(session, ulp=ulp).time_zone
    events = kept.events(session, ulp=ulp, zone=zone, lit=sorted(LIT))
    cut_off = sorted(set(events["idpel"]))
    bills = kept.bills(session, ulp=ulp, zone=zone, more=cut_off)
    removals = frozenset(kept.removals(session, ulp=ulp, state="open")["idpel"])
    people = sorted({*bills["idpel"], *cut_off})
    cut, back = (open_orders(session, ulp, job) for job in (FieldJob.PUTUS, FieldJob.SAMBUNG))
    known = Known(
        bills=bills, events=events, checks=kept.newest_checks(session, ulp=ulp, zone=zone),
        cut_orders=cut, back_orders=back, removals=removals,
        gone=frozenset(kept.gone(session, ulp=ulp, idpels=people)),
    )  # fmt: skip
    return known, cut, back


def _take_back_cuts(
    session: Session, ulp: str, cut: pd.DataFrame, state: pd.Series, who: str, now: datetime
) -> int:
    now_in = state.reindex(cut.index)
    over = cut[now_in.ne(ArrearsState.DIPERINTAHKAN)]
    why = now_in.reindex(over.index).map(_WHY).fillna("lunas")
    for reason, ids in over["order_id"].groupby(why):
        kept.take_back(session, ulp=ulp, order_ids=list(ids), reason=str(reason), who=who, now=now)
    return len(over)


def _take_back_reconnections(
    session: Session, ulp: str, back: pd.DataFrame, found: pd.DataFrame, who: str, now: datetime
) -> int:
    dark = found.index[found["cut_on"].notna()]
    over = back[~back.index.isin(dark)]
    kept.take_back(
        session, ulp=ulp, order_ids=list(over["order_id"]), reason="disambung", who=who, now=now
    )
    return len(over)


def _order_reconnections(
    session: Session, ulp: str, owed: pd.DataFrame, events: pd.DataFrame, on: date, who: str
) -> int:
    """Open one list an officer, its houses in the order of their RBM."""
    if owed.empty:
        return 0
    last = events[events["kind"] == FieldJob.PUTUS].sort_values(["at", "client_id"])
    order_of = last.drop_duplicates("idpel", keep="last").set_index("idpel")["order_id"]
    ids = [str(o) for o in order_of.reindex(owed.index).dropna()]
    officers = kept.officers_of_orders(session, ulp=ulp, order_ids=ids)
    blth = f"{on:%Y%m}"
    people = kept.customers(session, ulp=ulp, blth=blth, idpels=list(owed.index))
    people["officer"] = [officers.get(str(order_of.get(i)), "") for i in people["idpel"]]
    for officer, part in people.groupby("officer", sort=True):
        due = owed.loc[part["idpel"]]
        days = due[["cut_on", "settled_on"]].apply(lambda d: d.dt.strftime("%Y-%m-%d"))
        rows = pd.DataFrame({
            "idpel": part["idpel"].to_numpy(), "reason": "lunas_setelah_putus",
            "due_on": due["due_on"].dt.date.to_numpy(), "content": days.to_dict("records"),
        })  # fmt: skip
        visits.add_list(
            session, ulp=ulp, job=FieldJob.SAMBUNG, blth=blth, title=f"Penyambungan {on:%d-%m-%Y}",
            officer=str(officer) or None, planned_on=on, content={}, orders=rows, who=who,
        )  # fmt: skip
    return len(owed)


def _withdraw(session: Session, ulp: str, found: pd.DataFrame, who: str) -> int:
    """Turn down removals of whoever paid, or owes less than they ask for (R-AR-07)."""
    waiting = kept.removals(session, ulp=ulp, state="open")
    least = unit_rules(session, ulp).removal_sheets
    ripe = found["state"].eq(ArrearsState.BONGKAR_DIUSULKAN) & (found["sheets"] >= least)
    over = waiting[~waiting["idpel"].isin(found.index[ripe])]
    for number in over["proposal_id"]:
        decide(
            session, ulp, int(number), ProposalState.REJECTED.value, who=who, withdrawn=True,
            reason="tunggakan sudah dibayar / arrears were paid",
        )  # fmt: skip
    return len(over)
