"""The reading calendar: days off, readers with areas, who reads which RBM in a month."""

from datetime import date

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import copy_rows
from rbmgeo.db.queries.lists import read
from rbmgeo.errors import NotThere


def holidays(session: Session, *, ulp: str) -> dict[date, str]:
    """Return a unit's days off with their names, by day."""
    rows = session.execute(
        text("SELECT day, name FROM holiday WHERE ulp = :ulp ORDER BY day"), {"ulp": ulp}
    )
    return {row[0]: row[1] for row in rows}


def set_holiday(session: Session, *, ulp: str, day: date, name: str | None, who: str) -> None:
    """Keep a day off under a name, or take it back (None)."""
    key = {"ulp": ulp, "day": day}
    session.execute(text("DELETE FROM holiday WHERE ulp = :ulp AND day = :day"), key)
    if name is not None:
        session.execute(
            text("INSERT INTO holiday (ulp, day, name, added_by) VALUES (:ulp, :day, :name, :who)"),
            {**key, "name": name, "who": who or "-"},
        )


def readers(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return the readers that have an area or capacity: index officer; ``capacity``, ``areas``."""
    frame = read(
        session,
        "SELECT officer, capacity, areas FROM reader_area WHERE ulp = :ulp ORDER BY officer",
        ulp=ulp,
    )
    return frame.set_index("officer")


def set_reader(
    session: Session, *, ulp: str, officer: str, capacity: int | None, areas: list[str]
) -> None:
    """Keep what one reader may have."""
    session.execute(
        text(
            "INSERT INTO reader_area (ulp, officer, capacity, areas) "
            "VALUES (:ulp, :officer, :capacity, :areas) ON CONFLICT (ulp, officer) DO UPDATE "
            "SET capacity = EXCLUDED.capacity, areas = EXCLUDED.areas"
        ),
        {"ulp": ulp, "officer": officer, "capacity": capacity, "areas": areas},
    )


def set_dates(session: Session, *, ulp: str, blth: str, dates: dict[str, date]) -> None:
    """Keep the date of each reading day of a month; days not named stay as they are."""
    for letter, day in sorted(dates.items()):
        session.execute(
            text(
                "INSERT INTO calendar (ulp, blth, hari_baca, read_on) VALUES (:ulp, :blth, :h, :d) "
                "ON CONFLICT (ulp, blth, hari_baca) DO UPDATE SET read_on = EXCLUDED.read_on"
            ),
            {"ulp": ulp, "blth": blth, "h": letter, "d": day},
        )


def plan(session: Session, *, ulp: str, blth: str) -> pd.DataFrame:
    """Return a month's plan: index rbm; day, officer, note, who made it, who approved its shift."""
    frame = read(
        session,
        "SELECT rbm, hari_baca, officer, note, made_by, shift_approved_by FROM reading_plan "
        "WHERE ulp = :ulp AND blth = :blth ORDER BY rbm",
        ulp=ulp, blth=blth,
    )  # fmt: skip
    return frame.astype(dict.fromkeys(frame, object)).set_index("rbm")


def replace_plan(session: Session, *, ulp: str, blth: str, rows: pd.DataFrame, who: str) -> None:
    """Write a month's plan anew: index rbm; ``hari_baca``, ``officer``, ``note``."""
    key = {"ulp": ulp, "blth": blth}
    session.execute(text("DELETE FROM reading_plan WHERE ulp = :ulp AND blth = :blth"), key)
    copy_rows(
        session, "reading_plan", rows.reset_index().assign(ulp=ulp, blth=blth, made_by=who or "-")
    )


def set_plan(
    session: Session, *, ulp: str, blth: str, rbm: str, hari_baca: str | None, officer: str | None,
    who: str,
) -> None:  # fmt: skip
    """Give one RBM another day or officer; an approval of its date is void. Raises `NotThere`."""
    done = session.execute(
        text(
            "UPDATE reading_plan SET hari_baca = :h, officer = :o, note = NULL, made_by = :who, "
            "made_at = now(), shift_approved_by = NULL, shift_approved_at = NULL "
            "WHERE ulp = :ulp AND blth = :blth AND rbm = :rbm RETURNING rbm"
        ),
        {"ulp": ulp, "blth": blth, "rbm": rbm, "h": hari_baca, "o": officer, "who": who or "-"},
    )
    _there(done.scalar(), rbm, blth)


def approve_shift(session: Session, *, ulp: str, blth: str, rbm: str, who: str) -> None:
    """Let an RBM be read further from last month's date than allowed. Raises `NotThere`."""
    done = session.execute(
        text(
            "UPDATE reading_plan SET shift_approved_by = :who, shift_approved_at = now() "
            "WHERE ulp = :ulp AND blth = :blth AND rbm = :rbm RETURNING rbm"
        ),
        {"ulp": ulp, "blth": blth, "rbm": rbm, "who": who},
    )
    _there(done.scalar(), rbm, blth)


def _there(found: str | None, rbm: str, blth: str) -> None:
    if found is None:
        raise NotThere(
            f"RBM {rbm} is not in the plan of {blth}; make the plan first",
            f"RBM {rbm} tidak ada di jadwal {blth}; susun jadwalnya dulu",
        )
