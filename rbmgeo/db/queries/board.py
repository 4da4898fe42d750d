"""How far a unit is with SOP IV this month: counts only, for the board and the navigation."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.desk import STANDS
from rbmgeo.db.queries.energy import rejected_kwh, told_twice
from rbmgeo.db.queries.events import OWN_LISTS
from rbmgeo.db.queries.lists import read
from rbmgeo.db.queries.survey import VISITED


@dataclass(frozen=True)
class Facts:
    """Counts of one unit; those of a month say so. Times are those of the last run."""

    blth: str
    batches: int
    kinds: frozenset[str]
    customers: int
    with_point: int
    gardu: int
    rbms: int
    readings: int
    unread: int
    evaluated_at: datetime | None
    matched_at: datetime | None
    changed_at: datetime | None
    classes: dict[str, int]
    to_see: int
    planned: int
    answered: int
    proposals: dict[str, int]
    draft: int | None
    draft_rbms: int
    in_force: int | None
    published_for: int | None
    days: int
    officers: int
    due_on: date | None


def facts(session: Session, *, ulp: str, blth: str, limit: float) -> Facts:
    """Count what the eight stops need; findings above ``limit`` are those to see."""
    key = {"ulp": ulp, "blth": blth, "limit": limit}
    row = session.execute(text(_COUNTS), key).mappings().one()
    return Facts(
        blth=blth,
        kinds=frozenset(row["kinds"] or ()),
        classes=_counts(session, "match", "match_row", ulp),
        proposals=_proposals(session, ulp),
        **{name: row[name] for name in _COLUMNS},
    )


def kwh_by_month(session: Session, *, ulp: str, until: str, months: int = 13) -> pd.DataFrame:
    """Return the kWh of the newest months up to ``until``: blth, kwh (decimal), readings."""
    return read(
        session,
        """
        SELECT blth, sum(kwh) FILTER (WHERE source <> 'token') AS kwh,
               sum(kwh) FILTER (WHERE source = 'token') AS token_kwh,
               count(*) AS readings
        FROM reading WHERE ulp = :ulp AND blth <= :until
        GROUP BY blth ORDER BY blth DESC LIMIT :months
        """,
        ulp=ulp,
        until=until,
        months=months,
    ).iloc[::-1]


def has_kwh(session: Session, *, ulp: str, blth: str) -> bool:
    """Say whether anybody's kWh of a month are known, tokens apart."""
    asked = (
        "SELECT EXISTS (SELECT FROM reading WHERE ulp = :u AND blth = :b "
        "AND source <> 'token' AND kwh IS NOT NULL)"
    )
    return bool(session.scalar(text(asked), {"u": ulp, "b": blth}))


def kwh_of_source(session: Session, *, ulp: str, months: list[str]) -> Decimal:
    """Sum the source's rows of some months by another way than the report, refused rows too."""
    found: dict[str, dict[str, Decimal]] = {blth: {} for blth in months}
    rows = session.execute(
        text(
            "SELECT blth, source, COALESCE(sum(kwh), 0) FROM reading "
            "WHERE ulp = :u AND blth = ANY(:m) GROUP BY blth, source"
        ),
        {"u": ulp, "m": months},
    )
    for blth, source, kwh in rows:
        found[blth][source] = kwh
    total = Decimal(0)
    for blth, by_source in found.items():
        outside = {"token", *told_twice(by_source)}
        total += sum((k for s, k in by_source.items() if s not in outside), Decimal(0))
        total += rejected_kwh(session, ulp=ulp, blth=blth) or Decimal(0)
    return total


def _counts(session: Session, column: str, table: str, ulp: str) -> dict[str, int]:
    rows = session.execute(
        text(f"SELECT {column}, count(*) FROM {table} WHERE ulp = :ulp GROUP BY 1 ORDER BY 1"),
        {"ulp": ulp},
    )
    return {row[0]: int(row[1]) for row in rows}


def _proposals(session: Session, ulp: str) -> dict[str, int]:
    # An event is one thing to decide, however many customers move with it.
    rows = session.execute(
        text(
            """
            SELECT state, count(*) FROM (
                SELECT state FROM proposal WHERE ulp = :ulp AND event_id IS NULL AND spelling_id IS NULL
                UNION ALL SELECT state FROM gardu_event WHERE ulp = :ulp AND state <> 'draft'
            ) s GROUP BY 1 ORDER BY 1
            """
        ),
        {"ulp": ulp},
    )
    return {row[0]: int(row[1]) for row in rows}


_COLUMNS = (
    "batches", "customers", "with_point", "gardu", "rbms", "readings", "unread", "evaluated_at",
    "matched_at", "changed_at", "to_see", "planned", "answered", "draft", "draft_rbms",
    "in_force", "published_for", "days", "officers", "due_on",
)  # fmt: skip

_COUNTS = f"""
WITH plan AS (
    SELECT max(run_id) AS run_id FROM survey_task
    WHERE ulp = :ulp AND run_id NOT IN ({OWN_LISTS})
), draft AS (
    SELECT max(version_id) AS id FROM rbm_version WHERE ulp = :ulp AND state = 'draft'
), force AS (
    SELECT version_id, effective_blth FROM rbm_version
    WHERE ulp = :ulp AND state = 'published' AND effective_blth <= :blth
    ORDER BY effective_blth DESC, version_id DESC LIMIT 1
), people AS (
    SELECT count(*) AS everybody, count(geom) AS placed FROM customer WHERE ulp = :ulp AND active
), newest_list AS (
    SELECT max(blth) AS blth FROM rbm_list WHERE ulp = :ulp AND blth <= :blth
)
SELECT
    (SELECT count(*) FROM import_batch WHERE ulp = :ulp) AS batches,
    (SELECT array_agg(DISTINCT split_part(kind, ':', 1)) FROM import_batch
     WHERE ulp = :ulp AND undone_at IS NULL) AS kinds,
    -- A file taken back changes what was computed as much as one that came.
    (SELECT max(GREATEST(imported_at, undone_at)) FROM import_batch WHERE ulp = :ulp) AS changed_at,
    (SELECT everybody FROM people) AS customers,
    (SELECT placed FROM people) AS with_point,
    (SELECT count(*) FROM gardu WHERE ulp = :ulp) AS gardu,
    (SELECT count(*) FROM (
        SELECT DISTINCT rbm FROM rbm_list WHERE ulp = :ulp AND rbm IS NOT NULL
        AND blth = (SELECT blth FROM newest_list)) r) AS rbms,
    (SELECT count(*) FROM reading WHERE ulp = :ulp AND blth = :blth) AS readings,
    (SELECT count(*) FROM reading WHERE ulp = :ulp AND blth = :blth AND kwh IS NULL) AS unread,
    (SELECT max(finished_at) FROM run WHERE ulp = :ulp AND step = 'evaluate') AS evaluated_at,
    (SELECT max(finished_at) FROM run WHERE ulp = :ulp AND step = 'match') AS matched_at,
    (SELECT count(*) FROM finding f
     WHERE f.ulp = :ulp AND f.kind <> 'ok' AND f.p >= :limit AND NOT {STANDS}) AS to_see,
    (SELECT count(*) FROM survey_task
     WHERE ulp = :ulp AND run_id = (SELECT run_id FROM plan)) AS planned,
    (SELECT count(*) FROM survey_task t
     WHERE t.ulp = :ulp AND t.run_id = (SELECT run_id FROM plan) AND {VISITED}) AS answered,
    (SELECT id FROM draft) AS draft,
    (SELECT count(*) FROM rbm WHERE ulp = :ulp AND version_id = (SELECT id FROM draft))
        AS draft_rbms,
    (SELECT version_id FROM force) AS in_force,
    -- The work of a month is mostly published for the next one.
    (SELECT version_id FROM rbm_version WHERE ulp = :ulp AND effective_blth IN (:blth,
       to_char(to_date(:blth || '01', 'YYYYMMDD') + interval '1 month', 'YYYYMM'))
       AND state = 'published' ORDER BY effective_blth DESC, version_id DESC LIMIT 1)
       AS published_for,
    (SELECT count(*) FROM calendar WHERE ulp = :ulp AND blth = :blth) AS days,
    (SELECT count(*) FROM officer WHERE ulp = :ulp) AS officers,
    COALESCE(
        (SELECT min(read_on) FROM calendar WHERE ulp = :ulp AND blth > :blth),
        (to_date(:blth || '01', 'YYYYMMDD') + interval '1 month')::date
    ) AS due_on
"""


def searched(session: Session, *, ulp: str, words: str, limit: int = 50) -> list[dict[str, Any]]:
    """Find customers by idpel or meter number, gardu by code, RBM by code.

    Returns dicts ``kind`` (customer, gardu, rbm), ``key`` (public id or code), ``shown`` and
    ``more``. Figures may be typed with spaces.
    """
    plain = "".join(words.split())
    if not plain:
        return []
    key = {"ulp": ulp, "q": plain, "like": f"%{plain}%", "limit": limit}
    rows = session.execute(text(_SEARCH), key).mappings()
    return [dict(row) for row in rows]


_SEARCH = """
(SELECT 'customer' AS kind, public_id::text AS key, idpel AS shown,
        concat_ws(' / ', tarif, daya_va::text) AS more
 FROM customer WHERE ulp = :ulp AND (idpel = :q OR meter_number = :q
    OR (length(:q) >= 4 AND idpel LIKE '%' || :q)) ORDER BY idpel LIMIT :limit)
UNION ALL
(SELECT 'gardu', gardu, gardu, COALESCE(penyulang, '')
 FROM gardu WHERE ulp = :ulp AND gardu ILIKE :like ORDER BY gardu LIMIT :limit)
UNION ALL
(SELECT DISTINCT 'rbm', rbm, rbm, '' FROM rbm_list
 WHERE ulp = :ulp AND rbm ILIKE :like
   AND blth = (SELECT max(blth) FROM rbm_list WHERE ulp = :ulp) LIMIT :limit)
"""
