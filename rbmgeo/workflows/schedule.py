"""SOP IV.2: propose the schedule of the updating work, change it, see how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import pandas as pd
from sqlalchemy import func
from sqlalchemy.orm import Session

from rbmgeo.db.queries import lists, units
from rbmgeo.db.queries import schedule as kept
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.survey.schedule import DONE, STATES, Work, propose, realised


@dataclass(frozen=True)
class ScheduleSummary:
    """What was proposed: pieces of work, gardu, houses, officers, first and last day."""

    ulp: str
    pieces: int
    gardu: int
    houses: int
    first_on: date
    last_on: date


@dataclass(frozen=True)
class ScheduleStatus:
    """The schedule seen on a day: ``rows`` of `rbmgeo.survey.schedule.realised`, and sums."""

    on: date
    rows: pd.DataFrame
    target: int
    done: int
    states: dict[str, int]


def propose_schedule(
    session: Session,
    ulp: str,
    *,
    officers: Sequence[str],
    begin_on: date,
    capacity: int,
    whole: bool = False,
    skip_read_days: bool = False,
    who: str = "",
) -> ScheduleSummary:
    """Schedule every gardu with work, but those with scheduled work left; what is there stays.

    ``whole``: all customers of a gardu are the target, not only the doubtful houses.
    ``skip_read_days``: no work on dates of the reading calendar.
    """
    unit, settings = units.unit(session, ulp=ulp), units.unit_settings(session, ulp=ulp)
    waiting = kept.gardu_work(session, ulp=ulp, limit=settings.finding_limit)
    if waiting.empty:
        raise NothingToDo(
            f"unit {ulp} has no findings to schedule; match its lists first (SOP IV.3)",
            f"unit {ulp} belum punya temuan untuk dijadwalkan; cocokkan daftarnya dulu (SOP IV.3)",
        )
    status = schedule_status(session, ulp, on=begin_on)
    there = set() if status is None else set(status.rows.loc[status.rows["state"] != DONE, "gardu"])
    waiting = waiting[~waiting.index.isin(list(there))]
    waiting["target"] = waiting["customers" if whole else "doubted"]
    off = frozenset(kept.read_days(session, ulp=ulp)) if skip_read_days else frozenset()
    points = gpd.GeoSeries(lists.gardu(session, ulp=ulp, srid=unit.utm_srid)["geometry"])
    names = tuple(dict.fromkeys(o.strip() for o in officers if o.strip()))
    made = propose(waiting, points, Work(names, begin_on, capacity, off))
    if made.empty:
        raise NothingToDo(
            f"every gardu of unit {ulp} with doubtful houses is on the schedule already",
            f"semua gardu unit {ulp} yang punya rumah diragukan sudah dijadwalkan",
        )
    kept.add_schedule(session, ulp=ulp, rows=made, who=who)
    log_command(session, who=who, ulp=ulp, command="survey schedule", after={"pieces": len(made)})
    units.bump(session, ulp=ulp)
    return ScheduleSummary(
        ulp, len(made), int(made["gardu"].nunique()), int(made["target"].sum()),
        made["due_on"].min(), made["due_on"].max(),
    )  # fmt: skip


def set_piece(
    session: Session, ulp: str, schedule_id: int, *, officer: str, due_on: date | None, who: str
) -> None:
    """Give one piece of work to another officer or day; an empty one is nobody's yet."""
    it = kept.piece(session, ulp=ulp, schedule_id=schedule_id)
    before = {"line": schedule_id, "due_on": str(it.due_on)}
    it.officer, it.due_on = officer.strip() or None, due_on
    it.changed_by, it.changed_at = who or "-", func.now()
    log_command(
        session, who=who, ulp=ulp, command="survey schedule set", before=before,
        after={"line": schedule_id, "due_on": str(due_on)},
    )  # fmt: skip
    units.bump(session, ulp=ulp)


def schedule_status(session: Session, ulp: str, *, on: date) -> ScheduleStatus | None:
    """Return the schedule against what was answered, None where there is none."""
    unit = units.unit(session, ulp=ulp)
    table = kept.schedule(session, ulp=ulp)
    if table.empty:
        return None
    told = kept.answered_houses(session, ulp=ulp, time_zone=unit.time_zone)
    rows = realised(table, told, on=on)
    counts = rows["state"].value_counts()
    done = int(rows[["done", "target"]].min(axis=1).sum())
    return ScheduleStatus(
        on, rows, int(rows["target"].sum()), done, {s: int(counts.get(s, 0)) for s in STATES}
    )


def day_of(said: str) -> date:
    """Read a date YYYY-MM-DD; raises `UsageError`."""
    try:
        return date.fromisoformat(said.strip())
    except ValueError:
        raise UsageError(
            f"{said!r} is no date; write YYYY-MM-DD", f"{said!r} bukan tanggal; tulis YYYY-MM-DD"
        ) from None
