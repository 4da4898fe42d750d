"""Counts of a month by reader: what was read, when, with which codes, and what checks say."""

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read_exact
from rbmgeo.db.queries.photo_test import NOBODY
from rbmgeo.fieldwork.record import NO_STAND, NORMAL, SELF_READ
from rbmgeo.supervision.reader_facts import CHECK_COLUMNS, COUNTS


def month_counts(
    session: Session, *, ulp: str, blth: str, tolerance_days: int, time_zone: str
) -> pd.DataFrame:
    """Return a row per officer as `rbmgeo.supervision.reader_facts.reader_facts` takes them.

    A reading belongs to whom it tells, else to whom the month's list gives the customer.
    Customers are those of the month's list and those with a postpaid reading of it. Read is who
    has kWh or a stand, in the reading or in the reader's log; the day is that of the log, else
    of the reading. A code is the reading's, else the log's.
    """
    frame = read_exact(
        session,
        """
        WITH listed AS (
            SELECT DISTINCT ON (idpel) idpel, officer, hari_baca FROM rbm_list
            WHERE ulp = :ulp AND blth = :blth AND rbm IS NOT NULL ORDER BY idpel, line
        ), told AS (
            SELECT idpel, min(officer) AS officer, min(lbkb_code) AS code, max(read_on) AS read_on,
                   bool_or(kwh IS NOT NULL OR stand_kwh IS NOT NULL) AS read
            FROM reading WHERE ulp = :ulp AND blth = :blth AND source <> 'token' GROUP BY idpel
        ), walked AS (
            SELECT idpel, min(lbkb_code) AS code, bool_or(stand_kwh IS NOT NULL) AS read,
                   max((read_at AT TIME ZONE :zone)::date) AS read_on
            FROM reader_log WHERE ulp = :ulp AND blth = :blth GROUP BY idpel
        ), days AS (
            SELECT hari_baca, min(read_on) AS planned FROM calendar
            WHERE ulp = :ulp AND blth = :blth GROUP BY hari_baca
        ), everyone AS (
            SELECT COALESCE(t.officer, l.officer, :nobody) AS officer,
                   COALESCE(t.read, false) OR COALESCE(w.read, false) AS read,
                   COALESCE(t.code, w.code) AS code,
                   COALESCE(w.read_on, t.read_on) - d.planned AS off
            FROM listed l
            FULL JOIN told t USING (idpel)
            LEFT JOIN walked w USING (idpel)
            LEFT JOIN days d ON d.hari_baca = l.hari_baca
        )
        SELECT officer, count(*) AS customers, count(*) FILTER (WHERE read) AS read,
               count(*) FILTER (WHERE read AND off IS NOT NULL) AS dated,
               count(*) FILTER (WHERE read AND abs(off) <= :tolerance) AS on_day,
               count(*) FILTER (WHERE code = ANY(:closed)) AS no_access,
               count(*) FILTER (WHERE code <> ALL(:closed) AND code <> ALL(:plain)) AS odd,
               count(*) FILTER (WHERE read AND code = :self) AS self_read
        FROM everyone GROUP BY officer ORDER BY officer
        """,
        ulp=ulp, blth=blth, zone=time_zone, nobody=NOBODY, tolerance=tolerance_days,
        closed=sorted(NO_STAND), plain=[NORMAL, SELF_READ], self=SELF_READ,
    )  # fmt: skip
    return frame.astype({"officer": "str", **dict.fromkeys(COUNTS, int)})


_PHOTOS = """
    SELECT DISTINCT ON (i.idpel) i.idpel, k.verdict = 'beda' AS wrong
    FROM photo_sample s
    JOIN photo_check k ON k.ulp = s.ulp AND k.sample_id = s.sample_id
    JOIN photo_sample_item i ON i.ulp = k.ulp AND i.sample_id = k.sample_id AND i.place = k.place
    WHERE s.ulp = :ulp AND s.blth = :blth AND k.verdict IN ('sama', 'beda')
    ORDER BY i.idpel, k.check_id DESC
"""
#: Of each place the newest check counts, unless it was taken back.
_HOUSES = """
    SELECT DISTINCT ON (idpel) idpel, verdict = 'salah' AS wrong FROM (
        SELECT DISTINCT ON (s.sample_id, i.place) i.idpel, k.verdict, k.check_id
        FROM stand_sample s
        JOIN stand_sample_item i ON i.ulp = s.ulp AND i.sample_id = s.sample_id
        JOIN stand_check k ON k.ulp = i.ulp AND k.sample_id = i.sample_id AND k.place = i.place
        WHERE s.ulp = :ulp AND s.blth = :blth AND s.way = 'lapangan'
        ORDER BY s.sample_id, i.place, k.check_id DESC
    ) newest
    WHERE verdict IN ('benar', 'salah', 'perlu_dilihat') ORDER BY idpel, check_id DESC
"""


def photo_checks(session: Session, *, ulp: str, blth: str) -> pd.DataFrame:
    """Return how many photos of each officer's stands of a month were read, and how many differ.

    Columns of `CHECK_COLUMNS`; an unreadable photo was not seen. Each customer counts once, by
    the newest look: two samples may hold the same photo.
    """
    return _checks(session, ulp, blth, _PHOTOS, "foto")


def field_checks(session: Session, *, ulp: str, blth: str) -> pd.DataFrame:
    """Return how many of each officer's stands of a month were checked at the house, and are wrong.

    Columns of `CHECK_COLUMNS`. What is to be looked at again was seen and is not wrong (R-SA-17);
    a closed house and what cannot be judged were not seen. Each customer counts once.
    """
    return _checks(session, ulp, blth, _HOUSES, "lapangan")


def _checks(session: Session, ulp: str, blth: str, looked: str, kind: str) -> pd.DataFrame:
    frame = read_exact(
        session,
        f"""
        WITH looked AS ({looked})
        SELECT COALESCE(t.officer, l.officer, :nobody) AS officer, count(*) AS seen,
               count(*) FILTER (WHERE k.wrong) AS wrong, CAST(:kind AS text) AS kind
        FROM looked k
        LEFT JOIN LATERAL (
            SELECT min(officer) AS officer FROM reading r
            WHERE r.ulp = :ulp AND r.blth = :blth AND r.idpel = k.idpel AND r.source <> 'token'
        ) t ON true
        LEFT JOIN LATERAL (
            SELECT officer FROM rbm_list b WHERE b.ulp = :ulp AND b.blth = :blth
              AND b.idpel = k.idpel AND b.rbm IS NOT NULL ORDER BY line LIMIT 1
        ) l ON true
        GROUP BY 1 ORDER BY 1
        """,
        ulp=ulp, blth=blth, nobody=NOBODY, kind=kind,
    )  # fmt: skip
    return frame[CHECK_COLUMNS].astype({"officer": "str", "kind": "str", "seen": int, "wrong": int})
