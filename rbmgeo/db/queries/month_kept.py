"""Figures of months that were computed before, by kind and state of the data."""

from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from rbmgeo.db.models import MonthKept


def one_keeper(session: Session, *, ulp: str) -> None:
    """Let one transaction at a time keep months of a unit."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('bulan:' || :u))"), {"u": ulp})


def data_mark(session: Session, *, ulp: str) -> str:
    """Return a text that differs once lists, readings, customers or their places are others.

    Lists and readings come by imports alone, customers by imports and accepted mutations; a
    decision on a house's gardu changes no month.
    """
    return str(
        session.scalar(
            text(
                """
                SELECT concat_ws('-',
                    (SELECT max(batch_id) FROM import_batch WHERE ulp = :u),
                    (SELECT count(undone_at) FROM import_batch WHERE ulp = :u),
                    (SELECT max(decision_id) FROM mutation_decision WHERE ulp = :u),
                    (SELECT max(a.approval_id) FROM approval a
                     JOIN proposal p ON p.ulp = a.ulp AND p.proposal_id = a.proposal_id
                     WHERE a.ulp = :u AND p.field <> 'gardu' AND a.decision <> 'rejected'))
                """
            ),
            {"u": ulp},
        )
    )


def reading_mark(session: Session, *, ulp: str) -> str:
    """Return a text that differs once routes are published or we read a customer ourselves."""
    return str(
        session.scalar(
            text(
                "SELECT concat_ws('-', "
                "(SELECT count(published_at) FROM rbm_version WHERE ulp = :u), "
                "(SELECT max(reading_no) FROM own_reading WHERE ulp = :u))"
            ),
            {"u": ulp},
        )
    )


def fresh(session: Session, *, ulp: str, kind: str, months: list[str], mark: str) -> set[str]:
    """Return those of the months that are kept of this state of the data."""
    asked = select(MonthKept.blth).where(
        MonthKept.ulp == ulp, MonthKept.kind == kind, MonthKept.blth.in_(months),
        MonthKept.mark == mark,
    )  # fmt: skip
    return set(session.scalars(asked))


def kept(session: Session, *, ulp: str, kind: str, months: list[str]) -> dict[str, dict[str, Any]]:
    """Return what is kept of the months, whatever state of the data it is of."""
    asked = select(MonthKept.blth, MonthKept.content).where(
        MonthKept.ulp == ulp, MonthKept.kind == kind, MonthKept.blth.in_(months)
    )
    return {row.blth: row.content for row in session.execute(asked.order_by(MonthKept.blth))}


def keep(
    session: Session, *, ulp: str, blth: str, kind: str, mark: str, content: dict[str, Any]
) -> None:
    """Keep one month in place of what was kept of it."""
    row = insert(MonthKept).values(ulp=ulp, blth=blth, kind=kind, mark=mark, content=content)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["ulp", "blth", "kind"],
            set_={"mark": mark, "content": content, "kept_at": func.now()},
        )
    )


def months_with_log(session: Session, *, ulp: str, months: list[str]) -> list[str]:
    """Return those of the months that a reader's log tells of."""
    rows = session.scalars(
        text(
            "SELECT m FROM unnest(CAST(:months AS text[])) m WHERE EXISTS "
            "(SELECT FROM reader_log t WHERE t.ulp = :u AND t.blth = m) ORDER BY m"
        ),
        {"u": ulp, "months": months},
    )
    return list(rows)


def rows_up_to(session: Session, *, ulp: str, table: str, months: list[str], most: int) -> int:
    """Count the rows of some months, at most one more than ``most``."""
    if table not in ("reader_log", "reading"):
        raise ValueError(f"table is {table!r}, expected reader_log or reading")
    found = session.scalar(
        text(
            f"SELECT count(*) FROM (SELECT FROM {table} WHERE ulp = :u AND blth = ANY(:m) LIMIT :n) s"
        ),
        {"u": ulp, "m": months, "n": most + 1},
    )
    return int(found or 0)
