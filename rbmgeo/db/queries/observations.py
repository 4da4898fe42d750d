"""What was seen beside an outcome, people on no list, and the places of poles and gardu."""

from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import copy_rows
from rbmgeo.db.queries.lists import read
from rbmgeo.db.queries.survey import REFUSED
from rbmgeo.errors import NotThere

#: Table of each place that a surveyor can tell of a pole or gardu, and its code's column.
TABLES = {"tiang_point": "tiang", "gardu_point": "gardu"}


def lock_answers(session: Session, *, ulp: str) -> None:
    """Let two uploads into one unit wait for each other: each answer counts once (R-CH-03)."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('jawaban:' || :u))"), {"u": ulp})


def add(session: Session, *, ulp: str, rows: pd.DataFrame) -> None:
    """Append observations."""
    copy_rows(session, "survey_observation", rows.assign(ulp=ulp))


def of_answers(session: Session, *, ulp: str, client_ids: list[str]) -> pd.DataFrame:
    """Return what was seen with some answers, photos too."""
    return read(
        session,
        """
        SELECT client_id::text AS client_id, conflict_no, field, value, subject, accuracy_m,
               observed_by, received_at
        FROM survey_observation WHERE ulp = :ulp AND client_id = ANY(CAST(:ids AS uuid[]))
        ORDER BY client_id, conflict_no, field
        """,
        ulp=ulp,
        ids=client_ids,
    )


def of_houses(session: Session, *, ulp: str, idpels: list[str]) -> pd.DataFrame:
    """Return what was seen at some houses, the pole of the answer itself among it.

    Columns ``idpel``, ``field``, ``value``, ``answered_at``; what a person decided against is
    left out.
    """
    return read(
        session,
        f"""
        SELECT a.idpel, o.field, o.value, a.answered_at
        FROM survey_answer a JOIN survey_observation o USING (ulp, client_id, conflict_no)
        WHERE a.ulp = :ulp AND a.idpel = ANY(:ids) AND NOT {_REFUSED_FIELD}
        UNION ALL
        SELECT a.idpel, 'tiang', a.tiang, a.answered_at
        FROM survey_answer a LEFT JOIN (SELECT 'tiang' AS field) o ON true
        WHERE a.ulp = :ulp AND a.idpel = ANY(:ids) AND a.tiang IS NOT NULL
          AND a.outcome IN ('cocok', 'gardu_lain', 'tiang_bersama') AND NOT {_REFUSED_FIELD}
        """,
        ulp=ulp,
        ids=idpels,
    )


_REFUSED_FIELD = f"""
    ({REFUSED} OR EXISTS (
        SELECT FROM proposal q WHERE q.ulp = a.ulp AND q.idpel = a.idpel
          AND q.client_id = a.client_id AND q.field = o.field AND q.state = 'rejected'))
"""


def places(session: Session, *, ulp: str, kind: str, codes: list[str]) -> dict[str, str | None]:
    """Return the place ("lon,lat") of each of some poles or gardu that the unit has."""
    table = TABLES[kind]
    rows = session.execute(
        text(
            f"SELECT {table}, round(ST_X(geom)::numeric, 6) || ',' || round(ST_Y(geom)::numeric, 6) "
            f"FROM {table} WHERE ulp = :ulp AND {table} = ANY(:codes)"
        ),
        {"ulp": ulp, "codes": codes},
    )
    return {row[0]: row[1] for row in rows}


def put_place(
    session: Session, *, ulp: str, kind: str, code: str, lon: float | None, lat: float | None
) -> bool:
    """Write the place of a pole or gardu, None for none; return whether the code is new."""
    table = TABLES[kind]
    extra = ", raw_code, without_master" if table == "gardu" else ""
    values = ", :code, true" if table == "gardu" else ""
    made = session.execute(
        text(
            f"INSERT INTO {table} (ulp, {table}{extra}) VALUES (:ulp, :code{values}) "
            "ON CONFLICT DO NOTHING"
        ),
        {"ulp": ulp, "code": code},
    )
    session.execute(
        text(
            f"UPDATE {table} SET geom = ST_SetSRID(ST_MakePoint(CAST(:lon AS float8), "
            f"CAST(:lat AS float8)), 4326) WHERE ulp = :ulp AND {table} = :code"
        ),
        {"ulp": ulp, "code": code, "lon": lon, "lat": lat},
    )
    return bool(made.rowcount)  # type: ignore[attr-defined]


def drop_code(session: Session, *, ulp: str, kind: str, code: str) -> None:
    """Take out a pole or gardu that an approval made and that no record names."""
    table = TABLES[kind]
    session.execute(
        text(
            f"DELETE FROM {table} t WHERE t.ulp = :ulp AND t.{table} = :code AND t.batch_id IS NULL "
            f"AND NOT EXISTS (SELECT FROM pdpj p WHERE p.ulp = t.ulp AND p.{table} = t.{table})"
        ),
        {"ulp": ulp, "code": code},
    )


def add_point(session: Session, *, ulp: str, row: dict[str, Any]) -> int:
    """Keep a surveyed place of a house; return its number."""
    found = session.scalar(
        text(
            """
            INSERT INTO customer_point (ulp, idpel, source, observed_at, accuracy_m, lon_raw,
                                        lat_raw, quality, position, geom)
            VALUES (:ulp, :idpel, 'survey', :observed_at, :accuracy_m, :lon_raw, :lat_raw, 'ok',
                    'house', ST_SetSRID(ST_MakePoint(CAST(:lon_raw AS float8),
                                                     CAST(:lat_raw AS float8)), 4326))
            RETURNING point_id
            """
        ),
        {"ulp": ulp, **row},
    )
    return int(found or 0)


def set_point_quality(
    session: Session, *, ulp: str, idpel: str, point_ids: list[int], quality: str
) -> None:
    """Say of told places whether they count: none is thrown away (R-LO-01)."""
    session.execute(
        text(
            """
            UPDATE customer_point SET quality = :q,
                geom = CASE WHEN :q = 'ok' THEN ST_SetSRID(ST_MakePoint(
                    CAST(lon_raw AS float8), CAST(lat_raw AS float8)), 4326) END
            WHERE ulp = :ulp AND idpel = :i AND point_id = ANY(:ids)
            """
        ),
        {"ulp": ulp, "i": idpel, "ids": point_ids, "q": quality},
    )


def surveyed_points(session: Session, *, ulp: str, idpel: str) -> list[int]:
    """Return the surveyed places of one house that count now."""
    return list(
        session.scalars(
            text(
                "SELECT point_id FROM customer_point WHERE ulp = :ulp AND idpel = :i "
                "AND source = 'survey' AND quality = 'ok' ORDER BY point_id"
            ),
            {"ulp": ulp, "i": idpel},
        )
    )


def seen_with(
    session: Session, *, ulp: str, client_id: str, field: str, value: str
) -> dict[str, Any]:
    """Return ``accuracy_m`` and ``answered_at`` of what one answer saw, {} if it is not there.

    A visit of another job is no answer; it tells its place itself.
    """
    row = (
        session.execute(
            text(
                """
                (SELECT o.accuracy_m, a.answered_at FROM survey_observation o
                JOIN survey_answer a USING (ulp, client_id, conflict_no)
                WHERE o.ulp = :ulp AND o.client_id = CAST(:c AS uuid) AND o.field = :f
                  AND o.value = :v ORDER BY o.conflict_no LIMIT 1)
                UNION ALL
                (SELECT accuracy_m, device_at FROM field_visit
                WHERE ulp = :ulp AND client_id = CAST(:c AS uuid) AND :f = 'point' AND job <> 'survei'
                ORDER BY sha256 LIMIT 1)
                LIMIT 1
                """
            ),
            {"ulp": ulp, "c": client_id, "f": field, "v": value},
        )
        .mappings()
        .one_or_none()
    )
    return dict(row or {})


def add_strangers(session: Session, *, ulp: str, rows: pd.DataFrame) -> None:
    """Append people who were found and are on no list."""
    copy_rows(session, "survey_stranger", rows.assign(ulp=ulp))


STRANGER = ("idpel", "outcome", "gardu", "tiang", "meter_number", "rbm", "status", "note",
            "officer", "lon", "lat", "accuracy_m", "answered_at")  # fmt: skip


def strangers(session: Session, *, ulp: str, client_ids: list[str] | None = None) -> pd.DataFrame:
    """Return people found on no list, open ones and the newest first; ``public_id`` if listed since."""
    return read(
        session,
        f"""
        SELECT s.client_id::text AS client_id, s.conflict_no, {", ".join(f"s.{c}" for c in STRANGER)},
               s.given_by, s.received_at, s.settled_by, s.settled_at, s.settled_as,
               c.public_id::text AS public_id
        FROM survey_stranger s LEFT JOIN customer c ON c.ulp = s.ulp AND c.idpel = s.idpel
        WHERE s.ulp = :ulp AND (:all OR s.client_id = ANY(CAST(:ids AS uuid[])))
        ORDER BY s.settled_at IS NOT NULL, s.received_at DESC, s.client_id, s.conflict_no
        """,
        ulp=ulp,
        all=client_ids is None,
        ids=client_ids or [],
    )


def open_strangers(session: Session, *, ulp: str) -> int:
    """Count the people found on no list whom nobody settled yet."""
    found = session.scalar(
        text("SELECT count(*) FROM survey_stranger WHERE ulp = :u AND settled_at IS NULL"),
        {"u": ulp},
    )
    return int(found or 0)


def settle_stranger(
    session: Session, *, ulp: str, client_id: str, conflict_no: int, who: str | None, said: str
) -> None:
    """Say what became of one, or open it again (``who`` None); raises `NotThere`."""
    done = session.execute(
        text(
            """
            UPDATE survey_stranger SET settled_by = :who, settled_as = NULLIF(:said, ''),
                settled_at = CASE WHEN CAST(:who AS text) IS NULL THEN NULL ELSE now() END
            WHERE ulp = :ulp AND client_id = CAST(:c AS uuid) AND conflict_no = :n
              AND (settled_at IS NULL) = (CAST(:who AS text) IS NOT NULL)
            """
        ),
        {"ulp": ulp, "c": client_id, "n": conflict_no, "who": who, "said": said},
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise NotThere(
            "this note was settled before, or is not there; look at the list again",
            "catatan ini sudah diselesaikan, atau tidak ada; lihat lagi daftarnya",
        )
