"""Runs over many units: what was tried, what is kept; one runner at a time."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, insert, select, text, update
from sqlalchemy.orm import Session

from rbmgeo.db.models.unit_run import UnitRun, UnitState
from rbmgeo.db.queries.lists import read


def one_runner(connection: Connection, *, run: str) -> bool:
    """Hold a run on a connection; say whether nobody else holds it."""
    asked = text("SELECT pg_try_advisory_lock(hashtext('jalan:' || :r))")
    return bool(connection.scalar(asked, {"r": run}))


def let_go(connection: Connection, *, run: str) -> None:
    """Hold a run no more."""
    connection.execute(text("SELECT pg_advisory_unlock(hashtext('jalan:' || :r))"), {"r": run})


@dataclass(frozen=True)
class Kept:
    """Which steps of a unit are kept, and of which data; None of an attempt of before 0.1."""

    asked: str | None
    mark: str | None


def kept(session: Session, *, run: str) -> dict[str, Kept]:
    """Return the units whose results of this run stand in the database."""
    asked = select(UnitRun).where(UnitRun.run == run, UnitRun.state == UnitState.KEPT)
    return {row.ulp: Kept(row.asked, row.mark) for row in session.scalars(asked)}


def left(session: Session, *, run: str) -> set[str]:
    """Return the units at whose last attempt whoever ran it ended."""
    rows = session.execute(
        text("SELECT DISTINCT ON (ulp) ulp, state FROM unit_run WHERE run = :r ORDER BY ulp, attempt DESC"),
        {"r": run},
    )  # fmt: skip
    return {row.ulp for row in rows if row.state == UnitState.LEFT}


def leave(session: Session, *, run: str) -> None:
    """Say of what was running that whoever ran it ended."""
    session.execute(
        update(UnitRun).where(UnitRun.run == run, UnitRun.state == UnitState.RUNNING)
        .values(state=UnitState.LEFT, finished_at=func.now())
    )  # fmt: skip


def begin(session: Session, *, ulp: str, run: str, **values: Any) -> int:
    """Begin the next attempt at a unit; return its number, from 1."""
    last = session.scalar(
        select(func.max(UnitRun.attempt)).where(UnitRun.ulp == ulp, UnitRun.run == run)
    )
    number = (last or 0) + 1
    session.execute(
        insert(UnitRun).values(ulp=ulp, run=run, attempt=number, state=UnitState.RUNNING, **values)
    )
    return number


def end(
    session: Session, *, ulp: str, run: str, attempt: int, state: UnitState, **values: Any
) -> None:
    """End an attempt."""
    session.execute(
        update(UnitRun).where(UnitRun.ulp == ulp, UnitRun.run == run, UnitRun.attempt == attempt)
        .values(state=state, finished_at=func.now(), **values)
    )  # fmt: skip


def ledger(session: Session, *, run: str) -> pd.DataFrame:
    """Return every attempt of a run, by unit and attempt."""
    return read(
        session,
        "SELECT ulp, attempt, state, engine, customers, snapshot_sha256, result_sha256, cpu_s, peak_mb, error "
        "FROM unit_run WHERE run = :r ORDER BY ulp, attempt",
        r=run,
    )  # fmt: skip


def runs(session: Session, *, most: int = 20) -> list[dict[str, Any]]:
    """Return the newest runs: units by state of their last attempt, begin and end."""
    rows = session.execute(
        text(
            """
            WITH last AS (
                SELECT DISTINCT ON (run, ulp) run, ulp, state FROM unit_run
                ORDER BY run, ulp, attempt DESC
            )
            SELECT run, count(*) AS units, count(*) FILTER (WHERE state = 'disimpan') AS kept,
                   count(*) FILTER (WHERE state = 'disisihkan') AS set_aside,
                   (SELECT min(started_at) FROM unit_run u WHERE u.run = last.run) AS started_at,
                   (SELECT max(finished_at) FROM unit_run u WHERE u.run = last.run) AS finished_at
            FROM last GROUP BY run ORDER BY started_at DESC LIMIT :n
            """
        ),
        {"n": most},
    )
    return [dict(row) for row in rows.mappings()]


def sizes(session: Session, *, ulps: list[str]) -> dict[str, int]:
    """Return how many customers each unit has; those of none are left out."""
    rows = session.execute(
        text("SELECT ulp, count(*) FROM customer WHERE ulp = ANY(:u) GROUP BY ulp"), {"u": ulps}
    )
    return {str(ulp): int(n) for ulp, n in rows}
