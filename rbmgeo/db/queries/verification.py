"""Verification at the gardu: what changed, what was drawn, what was answered, what was decided."""

from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from rbmgeo.db import bulk
from rbmgeo.db.models import Verification, VerificationStep
from rbmgeo.db.queries.lists import read
from rbmgeo.db.queries.survey import REFUSED, VISITED
from rbmgeo.errors import NotThere
from rbmgeo.terms import GarduCheck

#: The last word on each first draw.
_LAST = """
    LEFT JOIN LATERAL (
        SELECT step, result, run_id AS step_run, reason, done_by, done_at FROM verification_step
        WHERE ulp = r.ulp AND verification_id = r.verification_id ORDER BY step_id DESC LIMIT 1
    ) s ON true
"""


def lock(session: Session, *, ulp: str) -> None:
    """Let those who draw or decide verifications of a unit wait for each other."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('verifikasi:' || :u))"), {"u": ulp})


def changes(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return every change of a gardu's customers: ``gardu``, ``cause``, ``idpel``, ``customers``, ``at``.

    An approved proposal or event changes the gardu left and the one entered; what is undone
    changes both again. A published version tells counts by gardu only. Spellings that were
    united move nobody.
    """
    return read(
        session,
        """
        SELECT x.gardu, CASE WHEN v.decision = 'undone' THEN 'urung'
                             WHEN o.event_id IS NOT NULL THEN 'peristiwa' ELSE 'usulan' END AS cause,
               o.idpel, 1 AS customers, v.decided_at AS at
        FROM approval v JOIN proposal o USING (ulp, proposal_id)
        CROSS JOIN LATERAL (VALUES (o.before), (o.after)) AS x(gardu)
        WHERE v.ulp = :ulp AND o.field = 'gardu' AND v.decision IN ('approved', 'undone')
          AND o.spelling_id IS NULL AND x.gardu IS NOT NULL
        UNION ALL
        SELECT g.gardu, 'versi', NULL, g.customers, r.published_at
        FROM version_gardu g JOIN rbm_version r USING (ulp, version_id) WHERE g.ulp = :ulp
        """,
        ulp=ulp,
    )


def roots(session: Session, *, ulp: str, gardu: str | None = None) -> pd.DataFrame:
    """Return the first draws, newest first, each with the last word on it (missing: none).

    Columns ``verification_id``, ``gardu``, ``lot``, ``size``, ``drawn_by``, ``drawn_at``,
    ``step``, ``result``, ``step_run``, ``reason``, ``done_by``, ``done_at``.
    """
    return read(
        session,
        f"""
        SELECT r.verification_id, r.gardu, r.lot, r.size, r.drawn_by, r.drawn_at, s.*
        FROM verification r {_LAST}
        WHERE r.ulp = :ulp AND r.follows IS NULL
          AND (CAST(:gardu AS text) IS NULL OR r.gardu = :gardu)
        ORDER BY r.verification_id DESC
        """,
        ulp=ulp, gardu=gardu,
    )  # fmt: skip


def draws(session: Session, *, ulp: str, root_ids: list[int]) -> list[dict[str, Any]]:
    """Return the draws of some verifications, the first of each before those that follow it.

    ``root``: the number of the first.
    """
    rows = session.execute(
        text(
            """
            SELECT verification_id, COALESCE(follows, verification_id) AS root, gardu, lot,
                   tolerated, size, chance, seed, list_hash, run_id, content, drawn_by, drawn_at
            FROM verification
            WHERE ulp = :u AND COALESCE(follows, verification_id) = ANY(:r)
            ORDER BY verification_id
            """
        ),
        {"u": ulp, "r": root_ids},
    ).mappings()
    return [dict(r) for r in rows]


def items(session: Session, *, ulp: str, draw_ids: list[int]) -> pd.DataFrame:
    """Return the houses of some draws in their order, with what a list of them shows.

    ``verification_id``, ``place``, ``idpel``, ``gardu``, ``part``, ``second``, ``public_id``,
    ``address``, ``meter_number``, ``tiang``, ``rbm`` (of the newest list), ``listed``: a survey
    list holds it.
    """
    return read(
        session,
        """
        SELECT i.verification_id, i.place, i.idpel, i.gardu, i.part, i.second,
               c.public_id::text AS public_id, c.address, c.meter_number,
               COALESCE(p.tiang, c.tiang) AS tiang, l.rbm,
               EXISTS (SELECT FROM survey_task t WHERE t.ulp = i.ulp AND t.run_id = v.run_id
                       AND t.idpel = i.idpel) AS listed
        FROM verification_item i JOIN verification v USING (ulp, verification_id)
        LEFT JOIN customer c ON c.ulp = i.ulp AND c.idpel = i.idpel
        LEFT JOIN LATERAL (
            SELECT tiang FROM pdpj WHERE ulp = i.ulp AND idpel = i.idpel AND valid_to IS NULL
              AND active ORDER BY line LIMIT 1) p ON true
        LEFT JOIN LATERAL (
            SELECT rbm FROM rbm_list WHERE ulp = i.ulp AND idpel = i.idpel
            ORDER BY blth DESC, line LIMIT 1) l ON true
        WHERE i.ulp = :ulp AND i.verification_id = ANY(:ids)
        ORDER BY i.verification_id, i.place
        """,
        ulp=ulp, ids=draw_ids,
    )  # fmt: skip


def answers(session: Session, *, ulp: str, idpels: list[str], since: datetime) -> pd.DataFrame:
    """Return what was answered about some houses since a draw, oldest first.

    Columns ``client_id``, ``conflict_no``, ``idpel``, ``outcome``, ``gardu``, ``who``,
    ``given_by``, ``at``, ``received_at``, ``look_id``, ``photo``, ``refused``, ``believed``.
    What was seen on a day before the draw and came later is of another survey.
    """
    return read(
        session,
        f"""
        SELECT a.client_id::text AS client_id, a.conflict_no, a.idpel, a.outcome, a.gardu,
               COALESCE(a.officer, a.given_by) AS who, a.given_by,
               COALESCE(a.answered_at, a.received_at) AS at, a.received_at, a.look_id,
               EXISTS (SELECT FROM survey_observation o WHERE o.ulp = a.ulp
                       AND o.client_id = a.client_id AND o.conflict_no = a.conflict_no
                       AND o.field = 'photo') AS photo,
               {REFUSED} AS refused,
               EXISTS (SELECT FROM second_look s WHERE s.ulp = a.ulp AND s.idpel = a.idpel
                       AND s.state = 'decided' AND s.client_id = a.client_id
                       AND s.conflict_no = a.conflict_no) AS believed
        FROM survey_answer a
        WHERE a.ulp = :ulp AND a.idpel = ANY(:ids) AND a.received_at >= :since
          AND COALESCE(a.answered_at, a.received_at) >= date_trunc('day', CAST(:since AS timestamptz))
        ORDER BY COALESCE(a.answered_at, a.received_at), a.received_at, a.look_id NULLS FIRST,
                 a.client_id, a.conflict_no
        """,
        ulp=ulp, ids=idpels, since=since,
    )  # fmt: skip


def lot(session: Session, *, ulp: str, gardu: str) -> list[str]:
    """Return the active customers recorded on a gardu now, sorted."""
    rows = session.scalars(
        text(
            """
            SELECT DISTINCT c.idpel FROM pdpj p JOIN customer c USING (ulp, idpel)
            WHERE p.ulp = :u AND p.gardu = :g AND p.valid_to IS NULL AND p.active
              AND NOT p.conflict AND c.active ORDER BY 1
            """
        ),
        {"u": ulp, "g": gardu},
    )
    return list(rows)


def lots(session: Session, *, ulp: str, gardu: list[str]) -> dict[str, int]:
    """Return how many active customers some gardu have."""
    rows = session.execute(
        text(
            """
            SELECT p.gardu, count(DISTINCT c.idpel) FROM pdpj p JOIN customer c USING (ulp, idpel)
            WHERE p.ulp = :u AND p.gardu = ANY(:g) AND p.valid_to IS NULL AND p.active
              AND NOT p.conflict AND c.active GROUP BY 1
            """
        ),
        {"u": ulp, "g": gardu},
    )
    return {row[0]: int(row[1]) for row in rows}


def add(session: Session, *, ulp: str, houses: pd.DataFrame, **values: Any) -> int:
    """Keep a draw and its houses (``place``, ``idpel``, ``gardu``, ``part``, ``second``)."""
    made = session.execute(
        insert(Verification).values(ulp=ulp, **values).returning(Verification.verification_id)
    )
    number = int(made.scalar_one())
    bulk.copy_rows(session, "verification_item", houses.assign(ulp=ulp, verification_id=number))
    return number


def add_step(session: Session, *, ulp: str, **values: Any) -> None:
    """Keep what a person made of a verification."""
    session.execute(insert(VerificationStep).values(ulp=ulp, **values))


def steps(session: Session, *, ulp: str, root_id: int) -> list[VerificationStep]:
    """Return every word on a verification, oldest first."""
    asked = select(VerificationStep).where(
        VerificationStep.ulp == ulp, VerificationStep.verification_id == root_id
    )
    return list(session.scalars(asked.order_by(VerificationStep.step_id)))


def root_of(session: Session, *, ulp: str, verification_id: int) -> int:
    """Return the first draw of a verification; raises `NotThere`."""
    found = session.get(Verification, (ulp, verification_id))
    if found is None:
        raise NotThere(
            f"verification {verification_id} is not in unit {ulp}; choose one of the list",
            f"verifikasi {verification_id} tidak ada di unit {ulp}; pilih dari daftar",
        )
    return found.follows or found.verification_id


def drop_answered_looks(session: Session, *, ulp: str, idpels: list[str], who: str) -> None:
    """Close the second looks that were taken and decided nothing, so that one can be asked anew."""
    session.execute(
        text(
            """
            UPDATE second_look l SET state = 'undone', undone_by = :w, undone_at = now()
            WHERE l.ulp = :u AND l.idpel = ANY(:i) AND l.state = 'asked' AND EXISTS (
                SELECT FROM survey_answer a JOIN survey_observation o
                  USING (ulp, client_id, conflict_no)
                WHERE a.ulp = l.ulp AND a.idpel = l.idpel AND a.look_id = l.look_id
                  AND o.field = 'photo')
            """
        ),
        {"u": ulp, "i": idpels, "w": who},
    )


def own_lists(session: Session, *, ulp: str) -> list[dict[str, Any]]:
    """Return the survey lists of verifications that are not closed, by surveyor and day.

    Those of a gardu that was sent back to the survey stay while houses of it wait.
    """
    rows = session.execute(
        text(
            f"""
            SELECT r.gardu, t.run_id, t.surveyor, t.day, count(*) AS tasks,
                   count(*) FILTER (WHERE {VISITED}) AS answered
            FROM verification r {_LAST}
            JOIN survey_task t ON t.ulp = r.ulp AND t.run_id = ANY(
                (SELECT array_agg(v.run_id) FROM verification v WHERE v.ulp = r.ulp
                 AND COALESCE(v.follows, v.verification_id) = r.verification_id) || s.step_run)
            WHERE r.ulp = :ulp AND r.follows IS NULL
              AND (s.step IS NULL OR s.step = :undone OR t.run_id = s.step_run)
            GROUP BY 1, 2, 3, 4
            HAVING count(*) FILTER (WHERE {VISITED}) < count(*)
            ORDER BY 1, 2, 3, 4
            """
        ),
        {"ulp": ulp, "undone": GarduCheck.URUNG.value},
    ).mappings()
    return [dict(r) for r in rows]
