"""Survey tasks and answers, and what became of what they were promised to find."""

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import copied, copy_rows
from rbmgeo.db.queries.lists import read

#: An answer that came since the plan of visit t: one before it may be why the house is asked again.
_SINCE = """FROM survey_answer a WHERE a.ulp = t.ulp AND a.idpel = t.idpel AND a.received_at >=
    (SELECT r.finished_at FROM run r WHERE r.ulp = t.ulp AND r.run_id = t.run_id)"""
#: Whether visit t was made: a second one needs the answer of a second person (R-SB-02).
VISITED = f"""
    CASE WHEN t.second THEN
        (SELECT count(DISTINCT COALESCE(a.officer, a.client_id::text)) {_SINCE}) > 1
    ELSE EXISTS (SELECT {_SINCE}) END
"""


def add_tasks(session: Session, *, ulp: str, run_id: int, tasks: pd.DataFrame) -> None:
    """Keep the visits of one plan (index idpel)."""
    copy_rows(session, "survey_task", tasks.reset_index().assign(ulp=ulp, run_id=run_id))


def tasks(session: Session, *, ulp: str, run_id: int) -> pd.DataFrame:
    """Return the visits of one plan in walking order, with what stands at each house.

    ``second``: the visit of another person to a house that one list holds already. Such a
    house is ``answered`` once both have answered: nobody sees that the other was there.
    """
    frame = read(
        session,
        f"""
        SELECT t.idpel, t.second, t.surveyor, t.day, t.stop, t.control, t.patch, t.question,
               c.public_id::text AS public_id, c.name, c.address, c.meter_number, COALESCE(p.tiang, c.tiang) AS tiang,
               ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, p.gardu, f.proposed_gardu, f.p,
               (SELECT count(DISTINCT COALESCE(a.officer, a.client_id::text)) {_SINCE})
               >= (SELECT count(*) FROM survey_task o WHERE o.ulp = t.ulp
                   AND o.run_id = t.run_id AND o.idpel = t.idpel) AS answered
        FROM survey_task t
        LEFT JOIN customer c ON c.ulp = t.ulp AND c.idpel = t.idpel
        LEFT JOIN finding f ON f.ulp = t.ulp AND f.idpel = t.idpel
        LEFT JOIN LATERAL (
            SELECT gardu, tiang FROM pdpj
            WHERE ulp = t.ulp AND idpel = t.idpel AND valid_to IS NULL AND active
            ORDER BY line LIMIT 1) p ON true
        WHERE t.ulp = :ulp AND t.run_id = :run
        ORDER BY t.surveyor, t.day, t.stop, t.idpel
        """,
        ulp=ulp,
        run=run_id,
    )
    return frame.set_index("idpel")


def known_idpels(session: Session, *, ulp: str, idpels: list[str]) -> set[str]:
    """Return which of the given customers the unit has."""
    rows = session.execute(
        text("SELECT idpel FROM customer WHERE ulp = :ulp AND idpel = ANY(:ids)"),
        {"ulp": ulp, "ids": idpels},
    )
    return {row[0] for row in rows}


def has_gardu(session: Session, *, ulp: str, gardu: str) -> bool:
    """Say whether a unit's list of gardu holds a code."""
    found = session.scalar(
        text("SELECT true FROM gardu WHERE ulp = :ulp AND gardu = :code"),
        {"ulp": ulp, "code": gardu},
    )
    return bool(found)


def answers(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return every answer ever given, oldest first; conflicting contents too."""
    return read(session, f"{_ANSWERS} {_OLDEST_FIRST}", ulp=ulp)


def answers_touching(
    session: Session, *, ulp: str, idpels: list[str], client_ids: list[str]
) -> pd.DataFrame:
    """Return the answers about some customers, or under some ids, as `answers` does."""
    return read(
        session,
        f"{_ANSWERS} AND (a.idpel = ANY(:idpels) OR a.client_id = ANY(CAST(:ids AS uuid[]))) "
        f"{_OLDEST_FIRST}",
        ulp=ulp,
        idpels=idpels,
        ids=client_ids,
    )


#: Whether a person rejected what answer ``a`` proposed, or believed another one (R-SB-02).
REFUSED = """
    (EXISTS (SELECT FROM proposal o WHERE o.ulp = a.ulp AND o.idpel = a.idpel
             AND o.client_id = a.client_id AND o.state = 'rejected'
             AND o.field IN ('gardu', 'status', 'jenis_layanan'))
     OR EXISTS (SELECT FROM second_look s WHERE s.ulp = a.ulp AND s.idpel = a.idpel
                AND s.state = 'decided'
                AND jsonb_exists(s.overruled, a.client_id::text || '/' || a.conflict_no)))
"""
#: Whether the error that answer ``a`` found is confirmed by more than the one who found it.
CONFIRMED = """
    (EXISTS (SELECT FROM proposal o WHERE o.ulp = a.ulp AND o.idpel = a.idpel
             AND o.field = 'gardu' AND o.after = a.gardu AND o.state = 'approved')
     OR EXISTS (SELECT FROM second_look s WHERE s.ulp = a.ulp AND s.idpel = a.idpel
                AND s.state = 'decided' AND s.client_id = a.client_id
                AND s.conflict_no = a.conflict_no))
"""
#: The PDPJ record that answer ``a`` met.
MET = """
    LEFT JOIN LATERAL (
        SELECT gardu FROM pdpj
        WHERE ulp = a.ulp AND idpel = a.idpel AND active
        ORDER BY (valid_from <= CAST(COALESCE(a.answered_at, a.received_at) AS date)
                  AND (valid_to IS NULL
                       OR valid_to > CAST(COALESCE(a.answered_at, a.received_at) AS date))) DESC,
                 valid_from, line LIMIT 1) p ON true
"""
_ANSWERS = f"""
    SELECT a.client_id::text AS client_id, a.conflict_no, a.idpel, a.outcome, a.gardu, a.tiang,
           a.control, a.officer, a.answered_at, a.received_at, a.given_by, a.look_id,
           COALESCE(a.recorded_gardu, p.gardu) AS recorded, {REFUSED} AS refused
    FROM survey_answer a {MET} WHERE a.ulp = :ulp
"""
_OLDEST_FIRST = "ORDER BY a.answered_at NULLS FIRST, a.client_id, a.conflict_no"


def told_gardu(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return every answer, oldest first, with the record that it met (``recorded``).

    ``refused`` is True where a person rejected what the answer proposed, or believed another.
    """
    return read(
        session,
        f"""
        SELECT a.idpel, a.outcome, a.gardu, a.answered_at, a.received_at, p.gardu AS recorded,
               {REFUSED} AS refused
        FROM survey_answer a {MET}
        WHERE a.ulp = :ulp
        ORDER BY a.answered_at NULLS FIRST, a.received_at, a.client_id, a.conflict_no
        """,
        ulp=ulp,
    )


def promises(session: Session, *, ulp: str, idpels: list[str]) -> pd.DataFrame:
    """Return what the findings say now of some customers, to be kept beside their answers.

    Columns idpel, ``recorded_gardu``, ``promised_p`` (missing where nothing was computed for
    the house itself: only the base rate, or a survey before) and ``raw_p`` (only where the
    surroundings spoke: a walk along the lines teaches nothing about them). Where the record was
    changed since the matching, ``recorded_gardu`` is the one in force, and nothing was promised of it.
    """
    return read(
        session,
        """
        SELECT f.idpel, COALESCE(n.gardu, f.gardu) AS recorded_gardu,
               CASE WHEN f.tier NOT IN ('T0', 'SV') AND n.gardu IS NULL THEN f.p END AS promised_p,
               CASE WHEN f.tier IN ('T1', 'T2', 'T3') AND n.gardu IS NULL THEN f.raw_p END AS raw_p
        FROM finding f
        LEFT JOIN LATERAL (
            -- Only a record that a decision of ours made: what a file tells is matched anew.
            SELECT gardu FROM pdpj WHERE ulp = f.ulp AND idpel = f.idpel AND valid_to IS NULL
              AND active AND proposal_id IS NOT NULL AND gardu IS DISTINCT FROM f.gardu
            ORDER BY line LIMIT 1) n ON true
        WHERE f.ulp = :ulp AND f.idpel = ANY(:ids)
        """,
        ulp=ulp,
        ids=idpels,
    )


def answered_promises(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return the answers that met a finding, oldest first: promise, record met, what was found.

    ``run_id``: the newest survey plan that held the house when the answer came. ``control``:
    the answer or a plan says so. ``confirmed``: a second person approved what was found, or a
    second look with a photo was believed (R-SB-02).
    """
    return read(
        session,
        f"""
        SELECT a.idpel, a.outcome, a.gardu, a.answered_at, a.received_at, a.officer,
               a.recorded_gardu AS recorded, a.promised_p, a.raw_p,
               a.look_id IS NOT NULL AS second_look,
               a.control OR EXISTS (SELECT FROM survey_task t WHERE t.ulp = a.ulp
                                    AND t.idpel = a.idpel AND t.control) AS control,
               (SELECT max(t.run_id) FROM survey_task t JOIN run r USING (ulp, run_id)
                WHERE t.ulp = a.ulp AND t.idpel = a.idpel
                  AND r.finished_at <= a.received_at) AS run_id,
               {REFUSED} AS refused, {CONFIRMED} AS confirmed
        FROM survey_answer a
        WHERE a.ulp = :ulp AND a.recorded_gardu IS NOT NULL
        ORDER BY a.answered_at NULLS FIRST, a.received_at, a.client_id, a.conflict_no
        """,
        ulp=ulp,
    )


def houses(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return the active customers with the gardu and pole recorded now, by idpel.

    Columns ``gardu`` and ``tiang`` (of the first line; a pole of another list where that names
    none), ``lon`` and ``lat`` in degrees, NaN without a place.
    """
    frame = copied(
        session,
        """
        SELECT c.idpel, p.gardu, COALESCE(p.tiang, c.tiang) AS tiang,
               ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat
        FROM customer c
        LEFT JOIN (SELECT DISTINCT ON (idpel) idpel, gardu, tiang FROM pdpj
                   WHERE ulp = %s AND valid_to IS NULL AND active ORDER BY idpel, line) p
            USING (idpel)
        WHERE c.ulp = %s AND c.active ORDER BY c.idpel
        """,
        (ulp, ulp),
        numbers=("lon", "lat"),
    )
    return frame.set_index("idpel")


def add_answers(session: Session, *, ulp: str, rows: pd.DataFrame) -> None:
    """Append answers (``conflict_no`` > 0 for other content under a known id)."""
    copy_rows(session, "survey_answer", rows.assign(ulp=ulp))


def history(session: Session, *, ulp: str, idpel: str) -> pd.DataFrame:
    """Return every PDPJ record a customer ever had, oldest first."""
    return read(
        session,
        "SELECT line, valid_from, valid_to, gardu, tiang, source, active, conflict, proposal_id "
        "FROM pdpj WHERE ulp = :ulp AND idpel = :idpel ORDER BY line, valid_from",
        ulp=ulp,
        idpel=idpel,
    )
