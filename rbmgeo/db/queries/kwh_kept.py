"""kWh of months that were computed before: kept per RBM and gardu, read by page or summed."""

from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import copy_rows
from rbmgeo.db.queries.lists import read_exact
from rbmgeo.energy.per_gardu import COUNTS, NO_GARDU, REJECTED, SUMS

#: What is summed exactly, beside the counts.
EXACT = [*SUMS, "daya_va", "known_va", "known_kwh"]
_COLUMNS = ", ".join(["rbm", "gardu", *COUNTS, *EXACT])
_SUMMED = ", ".join(f"sum({name}) AS {name}" for name in [*COUNTS, *EXACT])


def one_keeper(session: Session, *, ulp: str) -> None:
    """Let one transaction at a time keep months of a unit."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('kwh:' || :u))"), {"u": ulp})


def fresh(session: Session, *, ulp: str, mark: str) -> set[str]:
    """Return the months that are kept of this state of the data."""
    rows = session.scalars(
        text("SELECT blth FROM kwh_month WHERE ulp = :u AND mark = :m"), {"u": ulp, "m": mark}
    )
    return set(rows)


def keep(session: Session, *, ulp: str, blth: str, mark: str, rows: pd.DataFrame) -> None:
    """Keep one month in place of what was kept of it; rows in the order of the report."""
    session.execute(
        text("DELETE FROM kwh_month WHERE ulp = :u AND blth = :b"), {"u": ulp, "b": blth}
    )
    session.execute(
        text("INSERT INTO kwh_month (ulp, blth, mark) VALUES (:u, :b, :m)"),
        {"u": ulp, "b": blth, "m": mark},
    )
    whole = rows[["rbm", "gardu", *COUNTS, *EXACT]].reset_index(drop=True)
    copy_rows(session, "kwh_row", whole.assign(ulp=ulp, blth=blth, row_no=whole.index))


def rows(
    session: Session, *, ulp: str, months: list[str], first: int = 0, size: int | None = None
) -> pd.DataFrame:
    """Return kept rows in the order of the report, or a part of them; sums are Decimal."""
    frame = read_exact(
        session,
        f"SELECT {_COLUMNS}, blth FROM kwh_row WHERE ulp = :u AND blth = ANY(:m) "
        "ORDER BY blth, row_no LIMIT :size OFFSET :first",
        u=ulp,
        m=months,
        size=size,
        first=first,
    )
    return _typed(frame).astype({"rbm": "str"})


def gardu_rows(session: Session, *, ulp: str, months: list[str]) -> pd.DataFrame:
    """Return one row a gardu: what the last month says apart from the sum of those before."""
    frame = read_exact(
        session,
        f"""
        SELECT gardu, {_SUMMED}, CASE WHEN blth = :last THEN blth ELSE '' END AS blth FROM kwh_row
        WHERE ulp = :u AND blth = ANY(:m) AND gardu NOT IN (:nowhere, :refused)
        GROUP BY 1, CASE WHEN blth = :last THEN blth ELSE '' END ORDER BY 1
        """,
        u=ulp,
        m=months,
        last=max(months),
        nowhere=NO_GARDU,
        refused=REJECTED,
    )
    return _typed(frame)


def gardu_of_months(session: Session, *, ulp: str, months: list[str]) -> pd.DataFrame:
    """Return one row a month and gardu, those without a gardu and those refused as well."""
    frame = read_exact(
        session,
        f"SELECT blth, gardu, {_SUMMED} FROM kwh_row WHERE ulp = :u AND blth = ANY(:m) "
        "GROUP BY blth, gardu ORDER BY blth, gardu",
        u=ulp,
        m=months,
    )
    return _typed(frame)


def sums(session: Session, *, ulp: str, months: list[str]) -> list[dict[str, Any]]:
    """Return what each month's rows sum to, with their number and the kWh refused, by month."""
    found = session.execute(
        text(
            f"""
            SELECT blth, count(*) AS rows, {_SUMMED},
                   COALESCE(sum(kwh) FILTER (WHERE gardu = :refused), 0) AS rejected_kwh
            FROM kwh_row WHERE ulp = :u AND blth = ANY(:m) GROUP BY blth ORDER BY blth
            """
        ),
        {"u": ulp, "m": months, "refused": REJECTED},
    ).mappings()
    return [{k: int(v) if k in COUNTS else v for k, v in row.items()} for row in found]


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype({**dict.fromkeys(COUNTS, int), "gardu": "str", "blth": "str"})
