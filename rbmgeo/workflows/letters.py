"""SOP I: the letter that an officer carries; issued once, printed as often as wanted."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import schedule as kept
from rbmgeo.db.queries import survey, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo, UsageError

MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


@dataclass(frozen=True)
class Issued:
    """A letter that was issued: its year, its number within unit and year, as it is written."""

    year: int
    number: int
    full_number: str


def letter_from_schedule(
    session: Session, ulp: str, *, officer: str, first_on: date, last_on: date, on: date, who: str
) -> Issued:
    """Issue the letter of one officer for the scheduled work of some days, dated ``on``."""
    rows = kept.schedule(session, ulp=ulp)
    mine = rows[rows["officer"].eq(officer) & rows["due_on"].notna()]
    mine = mine[[first_on <= d <= last_on for d in mine["due_on"]]]
    if mine.empty:
        raise NothingToDo(
            f"nothing is scheduled for this officer from {first_on} to {last_on}; "
            "give out work in the schedule first",
            f"tidak ada jadwal untuk petugas ini dari {first_on} sampai {last_on}; "
            "bagikan pekerjaan di jadwal dulu",
        )
    tasks = [
        {"gardu": str(g), "on": d.isoformat(), "houses": int(n)}
        for d, g, n in sorted(zip(mine["due_on"], mine["gardu"], mine["target"], strict=True))
    ]
    return _issue(session, ulp, officer, (first_on, last_on), tasks, on, who)


def letter_from_list(
    session: Session, ulp: str, *, run_id: int, surveyor: int, day: int, officer: str,
    visit_on: date, on: date, who: str,
) -> Issued:  # fmt: skip
    """Issue the letter of whoever walks one list of a survey plan on a day."""
    rows = survey.tasks(session, ulp=ulp, run_id=run_id)
    mine = rows[(rows["surveyor"] == surveyor) & (rows["day"] == day)]
    if mine.empty:
        raise NothingToDo(
            "this list is not there; choose one of the newest plan",
            "daftar ini tidak ada; pilih dari rencana terbaru",
        )
    counts = mine["gardu"].fillna("-").value_counts().sort_index()
    tasks = [
        {"gardu": str(g), "on": visit_on.isoformat(), "houses": int(n)} for g, n in counts.items()
    ]
    return _issue(session, ulp, officer, (visit_on, visit_on), tasks, on, who)


def _issue(
    session: Session, ulp: str, officer: str, span: tuple[date, date], tasks: list[dict[str, Any]],
    on: date, who: str,
) -> Issued:  # fmt: skip
    code = officer.strip()
    if not code or span[1] < span[0]:
        raise UsageError(
            "a letter needs an officer, and a last day that is not before the first",
            "surat tugas perlu petugas, dan hari akhir yang tidak sebelum hari pertama",
        )
    unit = units.unit(session, ulp=ulp)
    names = kept.officers(session, ulp=ulp).set_index("officer")["name"]
    name = names.get(code)
    number = kept.next_number(session, ulp=ulp, year=on.year)
    full = f"{number:03d}/ST/{ulp}/{MONTHS[on.month - 1]}/{on.year}"
    content = {
        "unit": unit.name, "up3": unit.up3, "sample": unit.sample, "dated_on": on.isoformat(),
        "name": None if pd.isna(name) else str(name), "tasks": tasks,
        "houses": sum(t["houses"] for t in tasks),
    }  # fmt: skip
    kept.add_letter(
        session, ulp=ulp, year=on.year, number=number, full_number=full, officer=code,
        first_on=span[0], last_on=span[1], content=content, made_by=who or "-",
    )  # fmt: skip
    log_command(
        session, who=who, ulp=ulp, command="letter", after={"year": on.year, "number": number}
    )
    return Issued(on.year, number, full)
