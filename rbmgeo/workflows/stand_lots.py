"""Uji petik stand: lots of a month with their plans, the ledger of each officer or RBM (R-SA-10 to R-SA-13)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import stand_lots, stand_samples, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.sampling.acceptance import Plan, Severity, plan_of
from rbmgeo.sampling.severity import Ledger, Step, steps
from rbmgeo.supervision.stand_sample import Decision, LotBy, Way
from rbmgeo.workflows.stand_checks import StandSheet, stand_sheet

#: Column of `stand_lots.sizes` that a way of checking can use.
USABLE = {Way.PHOTO: "photos", Way.FIELD: "dated"}
#: All of the lot is checked: sampling was stopped (R-SA-13).
FULL = "penuh"
CLOSED, OPENED, ANEW = "ditutup", "dibuka", "mulai_baru"
NOTE_MOST = 500


@dataclass(frozen=True)
class LotPlan:
    """How a lot of the month would be looked at: ``plan`` of the standard, or all of it.

    ``readings`` of the lot, ``usable`` of them for this way of checking; ``severity`` is that of
    its ledger, ``penuh`` where sampling was stopped. ``sample_id``: drawn already this month.
    """

    code: str
    readings: int
    usable: int
    severity: str
    size: int
    plan: Plan | None
    sample_id: str | None = None


@dataclass(frozen=True)
class LedgerRow:
    """One line of a ledger: the lot (``blth``, ``way``, ``sample_id``) and what followed from it."""

    step: Step
    blth: str | None
    way: str | None
    sample_id: str | None
    wrong: int | None
    seen: int | None
    said_by: str
    said_at: Any


def ledgers(
    session: Session, ulp: str, lot_by: str, codes: Sequence[str] | None = None
) -> dict[str, list[LedgerRow]]:
    """Return the ledger of each officer or RBM that has one, oldest line first."""
    found = stand_samples.words(session, ulp=ulp, lot_by=lot_by, codes=codes)
    out: dict[str, list[LedgerRow]] = {}
    for code, rows in found.groupby("lot_of", sort=True):
        told = rows.to_dict("records")
        line = steps(None if r["word"] == ANEW else bool(r["accepted"]) for r in told)
        out[str(code)] = [
            LedgerRow(
                step, _plain(r["blth"]), _plain(r["way"]), _plain(r["sample_id"]),
                (r["content"] or {}).get("wrong"), (r["content"] or {}).get("seen"), r["said_by"],
                r["said_at"],
            )
            for step, r in zip(line, told, strict=True)
        ]  # fmt: skip
    return out


def ledger_now(rows: Sequence[LedgerRow]) -> Ledger:
    """Return where a ledger stands; normal before any lot."""
    return rows[-1].step.after if rows else Ledger()


def severity_word(ledger: Ledger) -> str:
    """Return how the next lot is looked at: normal, tightened, or all of it."""
    return FULL if ledger.stopped else str(ledger.severity)


def plan_for(usable: int, aql: float, ledger: Ledger) -> Plan | None:
    """Return the plan of a lot under its ledger; None where all of it is to be checked."""
    if ledger.stopped or usable < 1:
        return None
    return plan_of(usable, aql, Severity(ledger.severity))


def lot_plans(
    session: Session, ulp: str, blth: str, way: Way, sizes: pd.DataFrame, *, lot_by: str
) -> list[LotPlan]:
    """Return every lot of a month with its plan, by code; ``sizes`` is `stand_lots.sizes`."""
    aql = units.unit_settings(session, ulp=ulp).stand_aql
    column = "officer" if lot_by == LotBy.OFFICER else "rbm"
    lots = sizes.groupby(column, sort=True)[["readings", USABLE[way]]].sum()
    known = ledgers(session, ulp, lot_by)
    drawn = {
        s.lot_of: str(s.sample_id) for s in stand_samples.samples(session, ulp=ulp, blth=blth)
        if s.severity is not None and s.way == way and s.lot_by == lot_by
    }  # fmt: skip
    out = []
    for code, readings, usable in lots.itertuples(name=None):
        now = ledger_now(known.get(str(code), ()))
        plan = plan_for(int(usable), aql, now)
        size = plan.size if plan else int(usable)
        out.append(LotPlan(str(code), int(readings), int(usable), severity_word(now), size, plan, drawn.get(str(code))))  # fmt: skip
    return out


def close_lot(session: Session, ulp: str, sample_id: str, *, note: str, who: str) -> Decision:
    """Close a lot whose sample is read; return what was decided. The caller commits.

    Raises
    ------
    UsageError
        If the sample is not read whole, has stands to be looked at first, has no plan, or is
        closed already.
    """
    stand_samples.lock(session, ulp=ulp)
    sheet = stand_sheet(session, ulp, sample_id)
    found = sheet.shown
    _closable(sheet)
    accepted = None if found.accept is None else found.decision == Decision.ACCEPT
    stand_samples.add_word(
        session, ulp=ulp, lot_by=sheet.sample.lot_by, lot_of=sheet.sample.lot_of,
        sample_id=uuid.UUID(sample_id), word=CLOSED, accepted=accepted, note=note.strip()[:NOTE_MOST] or None,
        content={"seen": found.seen, "wrong": found.wrong, "accept": found.accept}, said_by=who,
    )  # fmt: skip
    log_command(session, who=who, ulp=ulp, command="stand lot closed",
                after={"sample": sample_id, "seen": found.seen, "wrong": found.wrong, "accepted": accepted})  # fmt: skip
    units.bump(session, ulp=ulp)
    return found.decision


def _closable(sheet: StandSheet) -> None:
    if sheet.closed:
        raise UsageError("this lot is closed; open it again first", "lot ini sudah ditutup; buka lagi dulu")  # fmt: skip
    if sheet.sample.severity is None:
        raise UsageError(
            "a sample of the budget is no lot; it has a share and its interval, nothing to close",
            "sampel anggaran bukan lot; hasilnya bagian dan rentangnya, tidak ada yang ditutup",
        )
    if sheet.shown.left:
        raise UsageError(
            f"{sheet.shown.left} are still to be read; a lot is decided on its whole sample",
            f"{sheet.shown.left} belum terbaca; lot diputus dari seluruh sampelnya",
        )
    if sheet.shown.decision == Decision.TO_SEE:
        raise UsageError(
            f"look first at the {sheet.shown.to_see} marked so; they may decide the lot",
            f"lihat dulu {sheet.shown.to_see} yang bertanda; bisa menentukan lot ini",
        )


def open_lot(session: Session, ulp: str, sample_id: str, *, note: str, who: str) -> None:
    """Open a closed lot again; its ledger is what it was without it. Raises `UsageError`."""
    stand_samples.lock(session, ulp=ulp)
    sheet = stand_sheet(session, ulp, sample_id)
    if not sheet.closed:
        raise UsageError("this lot is not closed", "lot ini belum ditutup")
    stand_samples.add_word(
        session, ulp=ulp, lot_by=sheet.sample.lot_by, lot_of=sheet.sample.lot_of,
        sample_id=uuid.UUID(sample_id), word=OPENED, note=_reason(note), said_by=who,
    )  # fmt: skip
    log_command(session, who=who, ulp=ulp, command="stand lot opened", after={"sample": sample_id})
    units.bump(session, ulp=ulp)


def begin_anew(session: Session, ulp: str, lot_by: str, code: str, *, note: str, who: str) -> None:
    """Let a stopped ledger begin anew, once a person spoke with the vendor (R-SA-13).

    Raises
    ------
    NothingToDo
        If sampling was not stopped there.
    """
    stand_samples.lock(session, ulp=ulp)
    if not ledger_now(ledgers(session, ulp, lot_by, [code]).get(code, ())).stopped:
        raise NothingToDo(
            "sampling is not stopped there; it goes on by itself",
            "sampel di sini tidak dihentikan; berjalan sendiri",
        )
    stand_samples.add_word(
        session, ulp=ulp, lot_by=lot_by, lot_of=code, word=ANEW, note=_reason(note), said_by=who
    )
    log_command(session, who=who, ulp=ulp, command="stand ledger anew", after={"by": lot_by})
    units.bump(session, ulp=ulp)


def _reason(note: str) -> str:
    said = note.strip()[:NOTE_MOST]
    if not said:
        raise UsageError("write the reason", "tulis alasannya")
    return said


def _plain(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def sizes_of(session: Session, ulp: str, blth: str) -> pd.DataFrame:
    """Return `stand_lots.sizes`; raises `NothingToDo` where nothing was read."""
    found = stand_lots.sizes(session, ulp=ulp, blth=blth)
    if found.empty:
        raise NothingToDo(
            f"unit {ulp} has no postpaid reading in {blth}; import the DPM of that month",
            f"unit {ulp} belum punya bacaan pascabayar {blth}; impor DPM bulan itu",
        )
    return found
