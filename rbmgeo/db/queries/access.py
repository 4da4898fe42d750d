"""Who saw whose data when: one row an answer, written before the answer leaves; it only grows."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from rbmgeo.db.models.access import SMALL

_ADD = text(
    """
    INSERT INTO access_log (user_id, login, ulp, route, request_id, kind, customers, whole_unit, numbers)
    VALUES (:user_id, :login, :ulp, :route, :request_id, :kind, :customers, :whole_unit,
            CAST(:numbers AS bigint[]))
    """
)


def add(
    connection: Connection, *, user_id: int | None, login: str, ulp: str | None, route: str,
    request_id: str, kind: str, numbers: Iterable[int], whole_unit: bool = False, customers: int = 0,
) -> None:  # fmt: skip
    """Write one row, of so many customers (those of ``numbers``, or of the ``whole_unit``)."""
    found = sorted(numbers)
    connection.execute(_ADD, {
        "user_id": user_id, "login": login, "ulp": ulp, "route": route, "request_id": request_id,
        "kind": kind, "customers": customers if whole_unit else len(found), "whole_unit": whole_unit,
        # As one text: the driver would write a hundred thousand numbers one by one.
        "numbers": "{" + ",".join(map(str, found)) + "}",
    })  # fmt: skip


def begin_month(connection: Connection | Session, *, at: datetime) -> None:
    """Make the part of the table that holds a month, if it is not there yet."""
    connection.execute(text("SELECT access_log_month(:at)"), {"at": at})


def numbers_of(session: Session, *, ulp: str, public_ids: Sequence[str]) -> set[int]:
    """Return the customers that some public ids stand for; those of other things are nobody's."""
    found = session.scalars(
        text("SELECT idpel FROM customer WHERE ulp = :u AND public_id = ANY(CAST(:p AS uuid[]))"),
        {"u": ulp, "p": list(public_ids)},
    )
    return {int(idpel) for idpel in found}


_SEEN_BY = text(
    """
    SELECT at, ulp, route, kind, customers, whole_unit, request_id
    FROM access_log
    WHERE login = :login AND at >= :begin AND at < :until AND (CAST(:ulp AS text) IS NULL OR ulp = :ulp)
    ORDER BY at DESC, access_id DESC LIMIT :limit
    """
)


def seen_by(
    session: Session, *, login: str, begin: datetime, until: datetime, ulp: str | None = None,
    limit: int = 500,
) -> pd.DataFrame:  # fmt: skip
    """Return the answers that a person got, the newest first. Uses ``ix_access_log_login_at``."""
    told: dict[str, Any] = {
        "login": login,
        "begin": begin,
        "until": until,
        "ulp": ulp,
        "limit": limit,
    }
    return pd.read_sql(_SEEN_BY, session.connection(), params=told)


_SUMS = text(
    """
    WITH mine AS MATERIALIZED (
        SELECT route, kind, whole_unit, numbers FROM access_log
        WHERE login = :login AND at >= :begin AND at < :until
          AND (CAST(:ulp AS text) IS NULL OR ulp = :ulp)
    ), counted AS (
        SELECT route, kind, count(*) AS answers, bool_or(whole_unit) AS whole_unit FROM mine GROUP BY 1, 2
    ), people AS (
        SELECT route, kind, count(DISTINCT n) AS customers FROM mine, unnest(numbers) n GROUP BY 1, 2
    )
    SELECT route, kind, answers, coalesce(customers, 0) AS customers, whole_unit
    FROM counted LEFT JOIN people USING (route, kind) ORDER BY kind, route
    """
)


def sums(
    session: Session, *, login: str, begin: datetime, until: datetime, ulp: str | None = None
) -> pd.DataFrame:
    """Return answers and different customers by page or file: ``route``, ``kind``, ``answers``,
    ``customers``, ``whole_unit``. Uses ``ix_access_log_login_at``.
    """  # noqa: D205
    told: dict[str, Any] = {"login": login, "begin": begin, "until": until, "ulp": ulp}
    return pd.read_sql(_SUMS, session.connection(), params=told)


def customers_seen(
    session: Session, *, login: str, begin: datetime, until: datetime, ulp: str | None = None
) -> list[int]:
    """Return whose data a person saw between two moments: every customer once, ascending.

    The one question of an inspection. Uses ``ix_access_log_login_at``.
    """
    return list(
        session.scalars(
            text(
                "SELECT DISTINCT n FROM access_log, unnest(numbers) n WHERE login = :login "
                "AND at >= :begin AND at < :until AND (CAST(:ulp AS text) IS NULL OR ulp = :ulp) "
                "ORDER BY n"
            ),
            {"login": login, "begin": begin, "until": until, "ulp": ulp},
        )
    )


_OF_CUSTOMER = text(
    f"""
    SELECT at, login, route, kind, customers, whole_unit, request_id FROM (
        SELECT * FROM access_log
        WHERE customers <= {SMALL} AND numbers @> ARRAY[CAST(:number AS bigint)]
          AND at >= :begin AND at < :until
        UNION ALL
        SELECT * FROM access_log
        WHERE (customers > {SMALL} OR whole_unit) AND ulp = :ulp AND at >= :begin AND at < :until
          AND (whole_unit OR numbers @> ARRAY[CAST(:number AS bigint)])
    ) found WHERE ulp = :ulp ORDER BY at DESC, access_id DESC LIMIT :limit
    """
)


def of_customer(
    session: Session, *, ulp: str, number: int, begin: datetime, until: datetime, limit: int = 500
) -> pd.DataFrame:
    """Return the answers that held a customer's data, the newest first.

    Uses ``ix_access_log_numbers`` for pages, ``ix_access_log_ulp_at`` for files of many.
    """
    told: dict[str, Any] = {
        "ulp": ulp,
        "number": number,
        "begin": begin,
        "until": until,
        "limit": limit,
    }
    return pd.read_sql(_OF_CUSTOMER, session.connection(), params=told)


def changes_of(
    session: Session, *, ulp: str, number: int, begin: datetime, until: datetime, limit: int = 500
) -> list[dict[str, Any]]:
    """Return the commands that changed a customer's data. Uses ``ix_command_log_numbers``."""
    rows = session.execute(
        text(
            "SELECT at, who, command FROM command_log WHERE numbers IS NOT NULL "
            "AND numbers @> ARRAY[CAST(:number AS bigint)] AND ulp = :ulp "
            "AND at >= :begin AND at < :until ORDER BY at DESC, log_id DESC LIMIT :limit"
        ),
        {"ulp": ulp, "number": number, "begin": begin, "until": until, "limit": limit},
    )
    return [dict(row) for row in rows.mappings()]


def imports_of(
    session: Session, *, ulp: str, idpel: str, begin: datetime, until: datetime
) -> list[dict[str, Any]]:
    """Return the imports that wrote something of a customer which stands now, the newest first."""
    rows = session.execute(
        text(
            """
            SELECT b.imported_at AS at, b.imported_by AS who, b.kind, b.batch_id FROM import_batch b
            WHERE b.ulp = :u AND b.imported_at >= :begin AND b.imported_at < :until AND b.batch_id IN (
                SELECT batch_id FROM customer WHERE ulp = :u AND idpel = :i
                UNION SELECT batch_id FROM pdpj WHERE ulp = :u AND idpel = :i
                UNION SELECT batch_id FROM rbm_list WHERE ulp = :u AND idpel = :i
                UNION SELECT batch_id FROM reading WHERE ulp = :u AND idpel = :i)
            ORDER BY 1 DESC, b.batch_id DESC
            """
        ),
        {"u": ulp, "i": idpel, "begin": begin, "until": until},
    )
    return [dict(row) for row in rows.mappings()]


def parts(session: Session) -> list[tuple[str, datetime]]:
    """Return the months of the table, oldest first: the part's name and the moment it ends."""
    rows = session.execute(
        text(
            """
            SELECT c.relname,
                   (to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month') AT TIME ZONE 'UTC'
            FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'access_log'::regclass AND c.relname ~ '^part_access_[0-9]{6}$'
            ORDER BY 1
            """
        )
    )
    return [(str(name), ends) for name, ends in rows]


def drop_part(session: Session, *, part: str) -> int:
    """Drop one whole month and return the rows that went; raises ValueError for another table."""
    if part not in {name for name, _ in parts(session)}:
        raise ValueError(f"{part!r} is no month of the access log")
    rows = int(session.scalar(text(f'SELECT count(*) FROM "{part}"')) or 0)
    session.execute(text(f'DROP TABLE "{part}"'))
    return rows
