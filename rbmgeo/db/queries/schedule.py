"""The schedule of the updating work and the letters that send officers out."""

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import copy_rows
from rbmgeo.db.models import AssignmentLetter, SurveySchedule
from rbmgeo.db.queries.desk import STANDS
from rbmgeo.db.queries.lists import read
from rbmgeo.errors import NotThere


def gardu_work(session: Session, *, ulp: str, limit: float) -> pd.DataFrame:
    """Return what waits at each gardu: ``customers``, ``doubted`` and ``expected``, by code.

    ``customers``: active, recorded on it, without an answer yet. ``doubted``: of these, with
    p of at least ``limit``; ``expected``: the sum of p of the doubted.
    """
    frame = read(
        session,
        f"""
        SELECT f.gardu, count(*) AS customers, count(*) FILTER (WHERE f.doubted) AS doubted,
               COALESCE(sum(f.p) FILTER (WHERE f.doubted), 0)::float8 AS expected
        FROM (SELECT f.gardu, f.p, COALESCE(f.p >= :limit, false) AS doubted
              FROM finding f
              WHERE f.ulp = :ulp AND f.gardu IS NOT NULL AND NOT {STANDS}
                AND NOT EXISTS (SELECT FROM survey_answer a
                                WHERE a.ulp = f.ulp AND a.idpel = f.idpel)) f
        GROUP BY f.gardu ORDER BY f.gardu
        """,
        ulp=ulp,
        limit=limit,
    )
    return frame.set_index("gardu")


def schedule(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return every piece of work of a unit, by number."""
    frame = read(
        session,
        """
        SELECT s.schedule_id, s.gardu, s.officer, o.name AS officer_name, s.due_on, s.target,
               s.expected, s.made_by, s.made_at
        FROM survey_schedule s LEFT JOIN officer o ON o.ulp = s.ulp AND o.officer = s.officer
        WHERE s.ulp = :ulp ORDER BY s.schedule_id
        """,
        ulp=ulp,
    )
    return frame.astype({"officer": object, "due_on": object}).set_index("schedule_id")


def answered_houses(session: Session, *, ulp: str, time_zone: str) -> pd.DataFrame:
    """Return one row an answer since the schedule began: idpel, gardu it met, officer, day.

    The day is the unit's own. The gardu is the record that the answer met, else today's.
    """
    return read(
        session,
        """
        SELECT a.idpel, COALESCE(a.recorded_gardu, p.gardu) AS gardu, a.officer,
               (COALESCE(a.answered_at, a.received_at) AT TIME ZONE :zone)::date AS answered_on
        FROM survey_answer a
        LEFT JOIN LATERAL (SELECT gardu FROM pdpj WHERE ulp = a.ulp AND idpel = a.idpel
            AND valid_to IS NULL AND active ORDER BY line LIMIT 1) p ON true
        WHERE a.ulp = :ulp AND a.received_at >=
            (SELECT min(made_at) FROM survey_schedule WHERE ulp = :ulp)
        ORDER BY a.idpel, a.answered_at
        """,
        ulp=ulp,
        zone=time_zone,
    )


def officers(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return the officers of a unit: ``officer`` and ``name``, by code."""
    return read(
        session, "SELECT officer, name FROM officer WHERE ulp = :ulp ORDER BY officer", ulp=ulp
    )


def read_days(session: Session, *, ulp: str) -> set[date]:
    """Return the dates on which the unit's calendars have readers on the road."""
    rows = session.execute(
        text("SELECT DISTINCT read_on FROM calendar WHERE ulp = :ulp"), {"ulp": ulp}
    )
    return {row[0] for row in rows}


def add_schedule(session: Session, *, ulp: str, rows: pd.DataFrame, who: str) -> None:
    """Keep new pieces of work: gardu, officer, due_on, target, expected."""
    copy_rows(session, "survey_schedule", rows.assign(ulp=ulp, made_by=who or "-"))


def piece(session: Session, *, ulp: str, schedule_id: int) -> SurveySchedule:
    """Return one piece of work, locked for a change; raises `NotThere`."""
    found = session.scalar(
        select(SurveySchedule)
        .where(SurveySchedule.ulp == ulp, SurveySchedule.schedule_id == schedule_id)
        .with_for_update()
    )
    if found is None:
        raise NotThere(
            f"line {schedule_id} is not in the schedule of unit {ulp}; show it again",
            f"baris {schedule_id} tidak ada di jadwal unit {ulp}; tampilkan lagi jadwalnya",
        )
    return found


def next_number(session: Session, *, ulp: str, year: int) -> int:
    """Return the next number of a letter; nobody else gets it before this work is kept."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('letter:' || :ulp))"), {"ulp": ulp})
    found = session.scalar(
        text("SELECT COALESCE(max(number), 0) + 1 FROM assignment_letter "
             "WHERE ulp = :ulp AND year = :year"),
        {"ulp": ulp, "year": year},
    )  # fmt: skip
    return int(found or 1)


def add_letter(session: Session, *, ulp: str, **values: Any) -> None:
    """Keep a letter as it is issued."""
    session.execute(insert(AssignmentLetter).values(ulp=ulp, **values))


def letters(session: Session, *, ulp: str) -> list[AssignmentLetter]:
    """Return the letters of a unit, newest first."""
    query = select(AssignmentLetter).where(AssignmentLetter.ulp == ulp)
    newest = (AssignmentLetter.year.desc(), AssignmentLetter.number.desc())
    return list(session.scalars(query.order_by(*newest)))


def letter(session: Session, *, ulp: str, year: int, number: int) -> AssignmentLetter:
    """Return one letter; raises `NotThere`."""
    found = session.get(AssignmentLetter, (ulp, year, number))
    if found is None:
        raise NotThere(
            f"letter {number} of {year} was not issued in unit {ulp}; choose one of the list",
            f"surat {number} tahun {year} belum diterbitkan di unit {ulp}; pilih dari daftar",
        )
    return found
