"""How far the month's reading is: counted per RBM and day, never a row per customer."""

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import versions
from rbmgeo.db.queries.energy import list_month
from rbmgeo.db.queries.lists import read_exact
from rbmgeo.routes.targets import NO_SCHEDULE


def reading_counts(session: Session, *, ulp: str, blth: str, time_zone: str) -> pd.DataFrame:
    """Count the active vendor-read customers of a month by RBM and day of reading.

    Columns as `rbmgeo.supervision.progress.progress` takes them. Read is who has kWh or a
    stand in a reading, or a stand in the reader's log or in a reading of our own (an estimate
    is none, R-PO-04); visited who has only a code or a log.
    The RBM is that of the version in force, else of the month's list; those on none are
    counted as `NO_SCHEDULE`.
    """
    frame = read_exact(
        session,
        """
        WITH place AS (
            SELECT idpel, rbm FROM rbm_member WHERE ulp = :u AND version_id = :v
            UNION ALL
            (SELECT DISTINCT ON (idpel) idpel, rbm FROM rbm_list
             WHERE ulp = :u AND blth = :list AND CAST(:v AS bigint) IS NULL AND rbm IS NOT NULL
             ORDER BY idpel, line)
        ), told AS (
            SELECT idpel, bool_or(kwh IS NOT NULL OR stand_kwh IS NOT NULL) AS read,
                   bool_or(lbkb_code IS NOT NULL) AS coded, sum(kwh) AS kwh,
                   max(read_on) AS read_on
            FROM reading
            WHERE ulp = :u AND blth = :b AND source <> 'token' GROUP BY idpel
        ), walked AS (
            SELECT idpel, bool_or(stand_kwh IS NOT NULL) AS read,
                   max((read_at AT TIME ZONE :zone)::date) AS read_on
            FROM reader_log WHERE ulp = :u AND blth = :b GROUP BY idpel
        ), own AS (
            SELECT o.idpel, bool_or(o.stand_kwh IS NOT NULL) AS read,
                   max((o.read_at AT TIME ZONE :zone)::date) AS read_on
            FROM own_reading o
            WHERE o.ulp = :u AND o.blth = :b AND o.service = 'pasca' AND NOT EXISTS (
                SELECT FROM own_reading x WHERE x.ulp = o.ulp AND x.client_id = o.client_id
                  AND x.conflict_no > 0)
            GROUP BY o.idpel
        ), everyone AS (
            SELECT COALESCE(p.rbm, :nowhere) AS rbm,
                   COALESCE(t.read, false) OR COALESCE(w.read, false)
                       OR COALESCE(o.read, false) AS read,
                   COALESCE(t.coded, false) OR w.idpel IS NOT NULL
                       OR o.idpel IS NOT NULL AS seen,
                   t.kwh, COALESCE(w.read_on, t.read_on, o.read_on) AS read_on
            FROM customer c
            LEFT JOIN place p ON p.idpel = c.idpel
            LEFT JOIN told t ON t.idpel = c.idpel
            LEFT JOIN walked w ON w.idpel = c.idpel
            LEFT JOIN own o ON o.idpel = c.idpel
            WHERE c.ulp = :u AND c.active AND c.dibaca_oleh = 'vendor'
        )
        SELECT rbm, CASE WHEN read THEN read_on END AS read_on, count(*) AS customers,
               count(*) FILTER (WHERE read) AS read,
               count(*) FILTER (WHERE NOT read AND seen) AS visited,
               sum(kwh) FILTER (WHERE read) AS kwh
        FROM everyone GROUP BY 1, 2 ORDER BY 1, 2
        """,
        u=ulp,
        b=blth,
        v=versions.in_force(session, ulp=ulp, blth=blth),
        list=list_month(session, ulp=ulp, blth=blth),
        zone=time_zone,
        nowhere=NO_SCHEDULE,
    )
    return frame.astype({"customers": int, "read": int, "visited": int})
