"""Units (ULP): who they are, where they lie, what they chose."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from geoalchemy2.shape import to_shape
from sqlalchemy import Connection, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from rbmgeo.db.models import RbmList, Reading, Ulp
from rbmgeo.db.queries import moments
from rbmgeo.errors import UnknownUlp, UsageError
from rbmgeo.settings import UnitSettings
from rbmgeo.terms import UNIT_CODE


def units(session: Session) -> list[Ulp]:
    """Return every unit, by code."""
    return list(session.scalars(select(Ulp).order_by(Ulp.ulp)))


def first_real_at(session: Session) -> datetime | None:
    """Return when the first unit that is not invented was added, None before there is one."""
    return session.scalar(select(func.min(Ulp.created_at)).where(~Ulp.sample))


def unit(session: Session, *, ulp: str) -> Ulp:
    """Return one unit; raises `UnknownUlp`."""
    found = session.get(Ulp, ulp)
    if found is None:
        raise UnknownUlp(ulp)
    return found


def name_of(session: Session | Connection, *, ulp: str) -> str:
    """Return the name of one unit; raises `UnknownUlp`."""
    found = session.execute(select(Ulp.name).where(Ulp.ulp == ulp)).one_or_none()
    if found is None:
        raise UnknownUlp(ulp)
    return str(found[0])


def unit_settings(session: Session, *, ulp: str) -> UnitSettings:
    """Return the settings of one unit, defaults filled in; raises `UnknownUlp`."""
    found = unit(session, ulp=ulp)
    return UnitSettings.of({**found.settings, "sample": found.sample})


def ensure_unit(session: Session, *, ulp: str, name: str | None = None) -> bool:
    """Add a unit that is not there yet, named by its code; return whether it was new.

    Raises `UsageError` for a code that no address of a page can hold.
    """
    if not re.fullmatch(UNIT_CODE, ulp):
        raise UsageError(
            f"unit code {ulp!r} is not 2 to 8 letters and figures; for example 51354",
            f"kode unit {ulp!r} bukan 2 sampai 8 huruf dan angka; contoh 51354",
        )
    done = session.execute(
        insert(Ulp)
        .values(ulp=ulp, name=name or ulp)
        .on_conflict_do_nothing(index_elements=["ulp"])
        .returning(Ulp.ulp)
    )
    return done.first() is not None


def set_unit(session: Session, *, ulp: str, **values: Any) -> Ulp:
    """Change columns of a unit; ``settings`` are merged over those it has."""
    found = unit(session, ulp=ulp)
    if "time_zone" in values and values["time_zone"] not in available_timezones():
        raise UsageError(
            f"time zone {values['time_zone']!r} is not known; in Indonesia it is Asia/Jakarta, "
            "Asia/Makassar or Asia/Jayapura",
            f"zona waktu {values['time_zone']!r} tidak dikenal; di Indonesia: Asia/Jakarta, "
            "Asia/Makassar, atau Asia/Jayapura",
        )
    if "settings" in values:
        merged = {**found.settings, **values.pop("settings")}
        UnitSettings.of(merged)  # nonsense is refused before it is kept
        found.settings = merged
    for name, value in values.items():
        setattr(found, name, value)
    session.flush()
    return found


def outline(session: Session, *, ulp: str) -> Any:
    """Return a unit's outline as a shape in degrees (EPSG:4326), None where it has none."""
    found = unit(session, ulp=ulp).boundary
    return None if found is None else to_shape(found)


def bump(session: Session, *, ulp: str) -> None:
    """Say that a unit's data changed: pages and tiles drop what they remember."""
    session.execute(
        text("UPDATE ulp SET data_version = data_version + 1 WHERE ulp = :ulp"), {"ulp": ulp}
    )


def moment(session: Session) -> str:
    """Return a text that differs once anything at all was committed in the database since.

    It is what a question sees: two that see the same find the same rows. Rows of the access log
    alone make no difference (`rbmgeo.db.queries.moments`).
    """
    return moments.now(session)


def mark(session: Session, *, ulp: str) -> str:
    """Return a text that differs once anything was imported, decided or published since.

    Records, readings, routes and the master change by these acts alone, and each leaves a row.
    """
    return str(
        session.scalar(
            text(
                """
                SELECT concat_ws('-',
                    (SELECT COALESCE(max(batch_id), 0) FROM import_batch WHERE ulp = :u),
                    (SELECT count(undone_at) FROM import_batch WHERE ulp = :u),
                    (SELECT COALESCE(max(approval_id), 0) FROM approval WHERE ulp = :u),
                    (SELECT COALESCE(max(decision_id), 0) FROM gardu_event_decision WHERE ulp = :u),
                    (SELECT COALESCE(max(decision_id), 0) FROM mutation_decision WHERE ulp = :u),
                    (SELECT count(decided_at) + count(undone_at) FROM spelling_decision
                     WHERE ulp = :u),
                    (SELECT count(published_at) FROM rbm_version WHERE ulp = :u),
                    (SELECT count(*) FROM gardu WHERE ulp = :u))
                """
            ),
            {"u": ulp},
        )
    )


def mark_of_work(session: Session, *, ulp: str) -> str:
    """Return a text that differs once anything changed that the work on a whole unit takes.

    Beside `mark`: settings, answers of surveys, decisions at the desk, customers pinned.
    """
    more = session.scalar(
        text(
            """
            SELECT md5(concat_ws('-', u.utm_srid, u.settings,
                (SELECT concat(count(*), max(received_at)) FROM survey_answer WHERE ulp = :u),
                (SELECT concat(max(decision_id), '/', count(undone_at)) FROM desk_decision
                 WHERE ulp = :u),
                (SELECT pinned FROM rbm_draft WHERE ulp = :u ORDER BY version_id DESC LIMIT 1)))
            FROM ulp u WHERE u.ulp = :u
            """
        ),
        {"u": ulp},
    )
    return f"{mark(session, ulp=ulp)}-{more}"


def latest_blth(session: Session, *, ulp: str) -> str | None:
    """Return the newest month that has an RBM list or a reading, None for an empty unit."""
    months = [
        session.scalar(select(func.max(table.blth)).where(table.ulp == ulp))
        for table in (RbmList, Reading)
    ]
    return max((m for m in months if m), default=None)


def months(session: Session, *, ulp: str) -> list[str]:
    """Return every month that has a reading or an RBM list, oldest first.

    Each month is found in the index as the next after the one before: a year of a large unit
    has millions of rows and twelve months.
    """
    rows = session.execute(
        text(" UNION ".join(map(_months_in, ("reading", "rbm_list"))) + " ORDER BY 1"), {"ulp": ulp}
    )
    return [row[0] for row in rows]


def _months_in(table: str) -> str:
    return f"""
        SELECT blth FROM (
            WITH RECURSIVE next AS (
                SELECT min(blth) AS blth FROM {table} WHERE ulp = :ulp
                UNION ALL
                SELECT (SELECT min(blth) FROM {table} WHERE ulp = :ulp AND blth > next.blth)
                FROM next WHERE next.blth IS NOT NULL
            )
            SELECT blth FROM next WHERE blth IS NOT NULL
        ) AS {table}_months
    """
