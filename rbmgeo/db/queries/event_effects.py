"""What events do elsewhere: whom they moved, which RBM hold two gardu, which lists are walked."""

from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read


def taken_over(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return the members that approved events moved since the lines were last imported.

    Columns ``event_id``, ``old_gardu``, ``new_gardu``, idpel, ``tiang`` (recorded), ``choice``;
    events in the order of their approval. A newer import of lines says itself who feeds whom.
    """
    return read(
        session,
        """
        WITH lines AS (
            SELECT max(b.imported_at) AS at FROM import_batch b
            WHERE b.ulp = :ulp AND b.undone_at IS NULL
              AND EXISTS (SELECT FROM jtr_span j WHERE j.ulp = :ulp AND j.batch_id = b.batch_id)
        ), approved AS (
            SELECT d.event_id, max(d.decided_at) AS at FROM gardu_event_decision d
            WHERE d.ulp = :ulp AND d.decision = 'approved' GROUP BY d.event_id
        )
        SELECT e.event_id, e.old_gardu, e.new_gardu, m.idpel, COALESCE(p.tiang, c.tiang) AS tiang,
               e.choice
        FROM gardu_event e JOIN approved a USING (event_id)
        JOIN gardu_event_member m ON m.ulp = e.ulp AND m.event_id = e.event_id
          AND m.outcome = 'moved'
        LEFT JOIN customer c ON c.ulp = m.ulp AND c.idpel = m.idpel
        JOIN LATERAL (SELECT gardu, tiang FROM pdpj WHERE ulp = m.ulp AND idpel = m.idpel
            AND valid_to IS NULL AND active ORDER BY line LIMIT 1) p ON p.gardu = e.new_gardu
        WHERE e.ulp = :ulp AND e.state = 'approved'
          AND a.at > COALESCE((SELECT at FROM lines), '-infinity'::timestamptz)
        ORDER BY a.at, e.event_id, m.idpel
        """,
        ulp=ulp,
    )


def moved_on(session: Session, *, ulp: str) -> pd.Series:
    """Return the date of the newest approved event that moved each customer, by idpel."""
    frame = read(
        session,
        "SELECT m.idpel, max(e.happened_on) AS happened_on FROM gardu_event e "
        "JOIN gardu_event_member m USING (ulp, event_id) "
        "WHERE e.ulp = :ulp AND e.state = 'approved' AND m.outcome = 'moved' "
        "GROUP BY m.idpel ORDER BY m.idpel",
        ulp=ulp,
    )
    return frame.set_index("idpel")["happened_on"]


def rbms(session: Session, *, ulp: str, event_id: int) -> list[dict[str, Any]]:
    """Return the RBM of the newest list that read members, by code.

    ``members`` of the event that it reads, ``others`` that it reads on other gardu, and how many
    ``gardu`` it will hold once the members are on the new one.
    """
    rows = session.execute(
        text(
            """
            WITH month AS (
                SELECT max(blth) AS blth FROM rbm_list WHERE ulp = :ulp
            ), mine AS (
                SELECT min(l.rbm) AS rbm, m.idpel FROM gardu_event_member m
                JOIN rbm_list l ON l.ulp = m.ulp AND l.idpel = m.idpel AND l.rbm IS NOT NULL
                  AND l.blth = (SELECT blth FROM month)
                WHERE m.ulp = :ulp AND m.event_id = :e AND m.taken
                  AND COALESCE(m.outcome, 'moved') IN ('moved', 'undone', 'kept')
                GROUP BY m.idpel
            ), newest AS (
                -- Everybody of these RBM, each with the first of the RBM that list it.
                SELECT l.idpel, f.rbm FROM rbm_list l
                JOIN LATERAL (SELECT min(o.rbm) AS rbm FROM rbm_list o WHERE o.ulp = l.ulp
                              AND o.idpel = l.idpel AND o.blth = l.blth) f ON true
                WHERE l.ulp = :ulp AND l.blth = (SELECT blth FROM month)
                  AND l.rbm IN (SELECT rbm FROM mine)
                GROUP BY l.idpel, f.rbm
            ), after AS (
                SELECT n.rbm, n.idpel, CASE WHEN EXISTS (
                           SELECT FROM mine WHERE mine.idpel = n.idpel)
                       THEN (SELECT new_gardu FROM gardu_event WHERE ulp = :ulp AND event_id = :e)
                       ELSE (SELECT gardu FROM pdpj WHERE ulp = :ulp AND idpel = n.idpel
                             AND valid_to IS NULL AND active ORDER BY line LIMIT 1) END AS gardu
                FROM newest n WHERE n.rbm IN (SELECT rbm FROM mine)
            )
            SELECT a.rbm, count(*) FILTER (WHERE mine.idpel IS NOT NULL) AS members,
                   count(*) FILTER (WHERE mine.idpel IS NULL) AS others,
                   count(DISTINCT a.gardu) AS gardu
            FROM after a LEFT JOIN mine ON mine.idpel = a.idpel
            GROUP BY a.rbm ORDER BY a.rbm
            """
        ),
        {"ulp": ulp, "e": event_id},
    ).mappings()
    return [dict(r) for r in rows]


def own_lists(session: Session, *, ulp: str) -> list[dict[str, Any]]:
    """Return the survey lists of open events by surveyor and day: how many visits, how many given."""
    rows = session.execute(
        text(
            """
            SELECT e.event_id, e.new_gardu, t.run_id, t.surveyor, t.day, count(*) AS tasks,
                   count(*) FILTER (WHERE EXISTS (
                       SELECT FROM survey_answer a WHERE a.ulp = t.ulp AND a.idpel = t.idpel
                         AND a.received_at >= e.made_at)) AS answered
            FROM gardu_event e
            JOIN survey_task t ON t.ulp = e.ulp AND t.run_id = e.survey_run_id
            WHERE e.ulp = :ulp AND e.state = 'open'
            GROUP BY 1, 2, 3, 4, 5 ORDER BY e.event_id, t.surveyor, t.day
            """
        ),
        {"ulp": ulp},
    ).mappings()
    return [dict(r) for r in rows]
