"""Meja periksa sebelum AP2T: decide odd stands by kWh at stake, order re-reads, sign the month."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import stands, units, visits
from rbmgeo.db.queries.log import log_command
from rbmgeo.energy.attention import by_stake
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.supervision.stands import StandDesk, StandVerdict, keys, to_decide
from rbmgeo.terms import FieldJob
from rbmgeo.workflows.attention import judged

REASON_MOST = 500


@dataclass(frozen=True)
class Decided:
    """``decided`` lines; ``orders`` of them are to be read again, on a list of their own."""

    ulp: str
    blth: str
    decided: int
    orders: int = 0


def stand_desk(session: Session, ulp: str, blth: str) -> StandDesk:
    """Return what is to decide of a month; raises `NothingToDo` where nothing was read."""
    found = judged(session, ulp, blth, with_gardu=False)
    if found.empty:
        raise NothingToDo(
            f"unit {ulp} has no postpaid reading in {blth}; import the DPM of that month",
            f"unit {ulp} belum punya bacaan pascabayar {blth}; impor DPM bulan itu",
        )
    lines = _lines(session, ulp, blth, found, stands.decisions(session, ulp=ulp, blth=blth))
    told = found["kwh"].dropna()
    return StandDesk(
        ulp, blth, len(found), int(found["kwh"].isna().sum()), f"{told.sum():.2f}",
        lines.assign(key=keys(ulp, blth, lines)),
    )  # fmt: skip


def undecided(session: Session, ulp: str, blth: str) -> pd.DataFrame:
    """Return ``key`` and ``mark`` of each line to decide as if nobody decided any, by key.

    They say nothing of whom they are about, and last until the readings are others.
    """
    found = judged(session, ulp, blth, with_gardu=False)
    lines = _lines(session, ulp, blth, found, stands.decisions(session, ulp=ulp, blth="-"))
    return lines.assign(key=keys(ulp, blth, lines))[["key", "mark"]].sort_values("key", ignore_index=True)  # fmt: skip


def open_lines(session: Session, ulp: str, blth: str, lines: pd.DataFrame) -> int:
    """Count those of the `undecided` lines that nobody decided as they are now."""
    made = stands.decisions(session, ulp=ulp, blth=blth)
    now = dict(zip(lines["key"], lines["mark"], strict=True))
    decided = zip(keys(ulp, blth, made), made["mark"], strict=True)
    return len(lines) - sum(bool(now.get(key) == mark) for key, mark in decided)


def decide(
    session: Session, ulp: str, blth: str, chosen: list[tuple[str, str]], verdict: str, *,
    reason: str, who: str,
) -> Decided:  # fmt: skip
    """Decide chosen lines; the readings stay as they are.

    ``chosen``: (key, mark) of each line as it was looked at. A line whose reading changed since
    then is not decided: all or none. Lines to be read again become a list of orders of the job
    ``pasca`` that waits for an officer.

    Raises
    ------
    UsageError
        If nothing is chosen, no reason is given, or a line is another than the one looked at.
    """
    if verdict not in set(StandVerdict):
        known = ", ".join(StandVerdict)
        raise UsageError(f"{verdict!r} is none of {known}", f"{verdict!r} bukan salah satu dari {known}")  # fmt: skip
    said = reason.strip()[:REASON_MOST]
    if not said:
        raise UsageError("write the reason of the decision", "tulis alasan keputusannya")
    desk = stand_desk(session, ulp, blth)
    now = dict(zip(desk.lines["key"], desk.lines["mark"], strict=True))
    asked = dict(chosen)
    if not asked:
        raise UsageError("choose lines first", "pilih barisnya dulu")
    if changed := [key for key, mark in asked.items() if now.get(key) != mark]:
        raise UsageError(
            f"{len(changed)} of the chosen readings changed since the page was opened; look again",
            f"{len(changed)} bacaan yang dipilih sudah berubah sejak halaman dibuka; lihat lagi",
        )
    rows = desk.lines[desk.lines["key"].isin(list(asked))]
    stands.add_decisions(
        session, ulp=ulp,
        rows=rows[["idpel", "line", "mark", "why"]].assign(
            blth=blth, line=rows["line"].fillna(""), verdict=verdict, reason=said, decided_by=who
        ),
    )  # fmt: skip
    orders = _read_again(session, ulp, blth, rows, said, who) if verdict == StandVerdict.READ_AGAIN else 0  # fmt: skip
    log_command(
        session, who=who, ulp=ulp, command="stands decided",
        after={"blth": blth, "verdict": verdict, "lines": len(rows), "orders": orders},
        customers=rows["idpel"],
    )  # fmt: skip
    units.bump(session, ulp=ulp)
    return Decided(ulp, blth, len(rows), orders)


def sign_ready(session: Session, ulp: str, blth: str, *, note: str, who: str) -> dict[str, Any]:
    """Sign that the stands of a month are ready for AP2T; return what was signed.

    Raises
    ------
    UsageError
        If lines are open and the note does not say why.
    """
    desk = stand_desk(session, ulp, blth)
    content, said = desk.content(), note.strip()[:REASON_MOST]
    if content["open"] and not said:
        raise UsageError(
            f"{content['open']} lines are not decided; decide them, or write why they stay open",
            f"{content['open']} baris belum diputus; putuskan, atau tulis mengapa dibiarkan",
        )
    told = json.dumps(content, sort_keys=True, separators=(",", ":"))
    sha256 = hashlib.sha256(told.encode()).hexdigest()
    stands.sign(session, ulp=ulp, blth=blth, content=content, sha256=sha256, note=said or None, signed_by=who)  # fmt: skip
    log_command(session, who=who, ulp=ulp, command="stands ready", after={"blth": blth, "sha256": sha256, "open": content["open"]})  # fmt: skip
    return {**content, "sha256": sha256}


def days_left(closing_day: int | None, blth: str, today: date) -> int | None:
    """Return the days until a month closes (0: today); None without a closing day.

    A month is closed on that day of itself, or on its last day where it is shorter.

    >>> days_left(25, "202412", date(2024, 12, 23))
    2
    """
    if closing_day is None:
        return None
    first = pd.Period(f"{blth[:4]}-{blth[4:]}", "M")
    return (first.start_time.date().replace(day=min(closing_day, first.days_in_month)) - today).days


def _lines(
    session: Session, ulp: str, blth: str, found: pd.DataFrame, decisions: pd.DataFrame
) -> pd.DataFrame:
    own = found[found["idpel"].isin(list(stands.read_by_customer(session, ulp=ulp, blth=blth)))]
    return to_decide(by_stake(found), own, decisions)


def _read_again(
    session: Session, ulp: str, blth: str, rows: pd.DataFrame, reason: str, who: str
) -> int:
    """Order the customers of the lines to be read again; return how many."""
    people = rows.drop_duplicates("idpel").sort_values(["rbm", "idpel"])
    orders = pd.DataFrame({
        "idpel": people["idpel"].to_numpy(), "reason": "baca_ulang",
        "content": [{"why": why, "note": reason} for why in people["why"]],
    })  # fmt: skip
    visits.add_list(
        session, ulp=ulp, job=str(FieldJob.PASCA), blth=blth, title=f"Baca ulang {blth}",
        officer=None, planned_on=None, content={"from": "stands"}, orders=orders, who=who,
    )  # fmt: skip
    return len(orders)
