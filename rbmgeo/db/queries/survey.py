"""Survey tasks, answers, proposals and what an approval changes."""

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import copy_rows
from rbmgeo.db.models import Approval, Proposal
from rbmgeo.db.queries.lists import read
from rbmgeo.errors import NothingToDo

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
    surroundings spoke: a walk along the lines teaches nothing about them).
    """
    return read(
        session,
        """
        SELECT idpel, gardu AS recorded_gardu,
               CASE WHEN tier NOT IN ('T0', 'SV') THEN p END AS promised_p,
               CASE WHEN tier IN ('T1', 'T2', 'T3') THEN raw_p END AS raw_p
        FROM finding WHERE ulp = :ulp AND idpel = ANY(:ids)
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


def add_answers(session: Session, *, ulp: str, rows: pd.DataFrame) -> None:
    """Append answers (``conflict_no`` > 0 for other content under a known id)."""
    copy_rows(session, "survey_answer", rows.assign(ulp=ulp))


def standing(session: Session, *, ulp: str, idpels: list[str]) -> pd.DataFrame:
    """Return what the record says now of some customers.

    Index idpel; ``gardu``, ``tiang``, ``in_pdpj``, ``jenis_layanan``, ``dibaca_oleh``,
    ``active``, ``meter_number``, ``point`` ("lon,lat"), ``status`` (aktif, putus, bongkar) and
    ``rbm``: its place in the newest version, else in the newest list.
    """
    frame = read(
        session,
        """
        SELECT c.idpel, p.gardu, COALESCE(p.tiang, c.tiang) AS tiang, p.idpel IS NOT NULL AS in_pdpj,
               c.jenis_layanan, c.dibaca_oleh, c.active, c.meter_number,
               round(ST_X(c.geom)::numeric, 6) || ',' || round(ST_Y(c.geom)::numeric, 6) AS point,
               CASE WHEN NOT c.active THEN 'bongkar' WHEN s.after = 'putus' THEN 'putus'
                    ELSE 'aktif' END AS status,
               COALESCE(m.rbm, l.rbm) AS rbm
        FROM customer c
        LEFT JOIN LATERAL (
            SELECT idpel, gardu, tiang FROM pdpj
            WHERE ulp = c.ulp AND idpel = c.idpel AND valid_to IS NULL AND active
            ORDER BY line LIMIT 1) p ON true
        LEFT JOIN LATERAL (
            SELECT o.after FROM proposal o JOIN approval v USING (ulp, proposal_id)
            WHERE o.ulp = c.ulp AND o.idpel = c.idpel AND o.field = 'status'
              AND o.state = 'approved' AND v.decision = 'approved'
            ORDER BY v.approval_id DESC LIMIT 1) s ON true
        LEFT JOIN LATERAL (
            SELECT m.rbm FROM rbm_member m WHERE m.ulp = c.ulp AND m.idpel = c.idpel
              AND m.version_id = (SELECT version_id FROM rbm_version v WHERE v.ulp = c.ulp
                                  ORDER BY version_id DESC LIMIT 1)) m ON true
        LEFT JOIN LATERAL (
            SELECT rbm FROM rbm_list WHERE ulp = c.ulp AND idpel = c.idpel
            ORDER BY blth DESC, line LIMIT 1) l ON true
        WHERE c.ulp = :ulp AND c.idpel = ANY(:ids) ORDER BY c.idpel
        """,
        ulp=ulp,
        ids=idpels,
    )
    return frame.set_index("idpel")


def add_proposals(session: Session, *, ulp: str, rows: list[dict[str, Any]]) -> int:
    """Keep proposals for another person to decide; return how many."""
    if rows:
        session.execute(insert(Proposal), [{"ulp": ulp, **row} for row in rows])
    return len(rows)


def add_numbered_proposals(
    session: Session, *, ulp: str, rows: list[dict[str, Any]]
) -> dict[str, int]:
    """Keep proposals, one a customer at most; return their numbers by idpel."""
    if not rows:
        return {}
    made = session.execute(
        insert(Proposal).returning(Proposal.idpel, Proposal.proposal_id),
        [{"ulp": ulp, **row} for row in rows],
    )
    return {row[0]: int(row[1]) for row in made}


def mark_conflicts(session: Session, *, ulp: str, idpels: list[str], fields: list[str]) -> None:
    """Mark the undecided proposals about what answers say different things of.

    ``idpels`` and ``fields`` are pairs.
    """
    session.execute(
        text(
            "UPDATE proposal p SET state = 'conflict' "
            "FROM unnest(CAST(:ids AS text[]), CAST(:fields AS text[])) AS w(idpel, field) "
            "WHERE p.ulp = :ulp AND p.state = 'open' AND p.idpel = w.idpel AND p.field = w.field"
        ),
        {"ulp": ulp, "ids": idpels, "fields": fields},
    )


def proposals(session: Session, *, ulp: str, state: str | None = None) -> list[Proposal]:
    """Return proposals, newest first, of one state or of all; those of an event or of a spelling go with it."""
    query = select(Proposal).where(
        Proposal.ulp == ulp, Proposal.event_id.is_(None), Proposal.spelling_id.is_(None)
    )
    if state:
        query = query.where(Proposal.state == state)
    return list(session.scalars(query.order_by(Proposal.proposal_id.desc())))


def undecided(session: Session, *, ulp: str, idpels: list[str]) -> list[Proposal]:
    """Return the proposals about some customers that wait for a person."""
    query = select(Proposal).where(
        Proposal.ulp == ulp,
        Proposal.idpel.in_(idpels),
        Proposal.state.in_(["open", "conflict"]),
    )
    return list(session.scalars(query.order_by(Proposal.proposal_id)))


def proposal(session: Session, *, ulp: str, proposal_id: int) -> Proposal:
    """Return one proposal, locked for a decision; raises `NothingToDo`."""
    found = session.scalar(
        select(Proposal)
        .where(Proposal.ulp == ulp, Proposal.proposal_id == proposal_id)
        .with_for_update()
    )
    if found is None:
        raise NothingToDo(
            f"proposal {proposal_id} is not in unit {ulp}; list them with `rbmgeo survey proposals`",
            f"usulan {proposal_id} tidak ada di unit {ulp}; lihat `rbmgeo survey proposals`",
        )
    return found


def add_approval(
    session: Session, *, ulp: str, proposal_id: int, decision: str, who: str, reason: str
) -> None:
    """Append a decision."""
    session.execute(
        insert(Approval).values(
            ulp=ulp, proposal_id=proposal_id, decision=decision, decided_by=who, reason=reason
        )
    )


def add_approvals(
    session: Session, *, ulp: str, proposals: list[int], decision: str, who: str, reason: str
) -> None:
    """Append one decision on many proposals."""
    rows = [
        {"ulp": ulp, "proposal_id": n, "decision": decision, "decided_by": who, "reason": reason}
        for n in proposals
    ]
    if rows:
        session.execute(insert(Approval), rows)


def move_to_pole(
    session: Session, *, ulp: str, idpel: str, tiang: str, on: date, proposal_id: int
) -> date:
    """Close the PDPJ record in force and open one on another pole; return its first day.

    The gardu, its line and feeder stay; which series of drops the house hangs in is not known.
    """
    first = move_to_gardu(session, ulp=ulp, idpel=idpel, gardu=None, on=on, proposal_id=proposal_id)
    session.execute(
        text(
            """
            INSERT INTO pdpj (ulp, idpel, line, valid_from, gardu, raw_gardu, penyulang, jurusan,
                              tiang, source, conflict, active, proposal_id)
            SELECT ulp, idpel, line, :first, gardu, raw_gardu, penyulang, jurusan, :tiang,
                   'survey', conflict, active, :proposal
            FROM pdpj WHERE ulp = :ulp AND idpel = :idpel AND valid_to = :first AND active
            ORDER BY conflict, line LIMIT 1
            """
        ),
        {"ulp": ulp, "idpel": idpel, "first": first, "tiang": tiang, "proposal": proposal_id},
    )
    return first


def move_to_gardu(
    session: Session, *, ulp: str, idpel: str, gardu: str | None, on: date, proposal_id: int
) -> date:
    """Close the PDPJ record in force and open one with another gardu; return its first day.

    A record that began today or later is followed the day after it began, so that no day
    has two records and none is rewritten. ``gardu`` None closes without a successor.
    """
    row = session.execute(
        text(
            """
            SELECT line, tiang, deret FROM pdpj
            WHERE ulp = :ulp AND idpel = :idpel AND valid_to IS NULL AND active
            ORDER BY conflict, line LIMIT 1 FOR UPDATE
            """
        ),
        {"ulp": ulp, "idpel": idpel},
    ).one_or_none()
    first = session.scalar(
        text(
            """
            SELECT GREATEST(CAST(:on AS date), max(COALESCE(valid_to, valid_from + 1))) FROM pdpj
            WHERE ulp = :ulp AND idpel = :idpel AND (valid_to IS NULL OR valid_to > :on)
            """
        ),
        {"on": on, "ulp": ulp, "idpel": idpel},
    )
    assert isinstance(first, date)
    session.execute(
        text(
            "UPDATE pdpj SET valid_to = CAST(:first AS date) "
            "WHERE ulp = :ulp AND idpel = :idpel AND valid_to IS NULL AND active"
        ),
        {"first": first, "ulp": ulp, "idpel": idpel},
    )
    if gardu is not None:
        session.execute(
            text(
                """
                INSERT INTO pdpj (ulp, idpel, line, valid_from, gardu, raw_gardu, tiang, deret,
                                  source, conflict, active, proposal_id)
                VALUES (:ulp, :idpel, :line, :first, :gardu, :gardu, :tiang, :deret,
                        'survey', false, true, :proposal)
                """
            ),
            {
                "ulp": ulp,
                "idpel": idpel,
                "line": row.line if row else "",
                "first": first,
                "gardu": gardu,
                # The pole of the house stays; line and feeder follow the gardu, not the house.
                "tiang": row.tiang if row else None,
                "deret": row.deret if row else None,
                "proposal": proposal_id,
            },
        )
    return first


def undo_move(session: Session, *, ulp: str, idpel: str, on: date, proposal_id: int) -> date | None:
    """Close the record that a proposal made and open again those that it closed.

    History is kept: nothing is deleted, the old records get successors. Returns the first
    day of the restored state, None where the record was changed again since.
    """
    made = session.scalar(
        text(
            "SELECT valid_from FROM pdpj WHERE ulp = :ulp AND idpel = :idpel "
            "AND proposal_id = :p AND valid_to IS NULL FOR UPDATE"
        ),
        {"ulp": ulp, "idpel": idpel, "p": proposal_id},
    )
    if made is None:
        return None
    values = {"ulp": ulp, "idpel": idpel, "p": proposal_id, "was": made}
    first = session.scalar(
        text("SELECT GREATEST(CAST(:on AS date), CAST(:was AS date) + 1)"), {"on": on, "was": made}
    )
    assert isinstance(first, date)
    session.execute(
        text(
            "UPDATE pdpj SET valid_to = :first WHERE ulp = :ulp AND idpel = :idpel "
            "AND proposal_id = :p AND valid_to IS NULL"
        ),
        {**values, "first": first},
    )
    session.execute(
        text(
            """
            INSERT INTO pdpj (ulp, idpel, line, valid_from, gardu, raw_gardu, penyulang, jurusan,
                              tiang, deret, source, conflict, active, proposal_id)
            SELECT ulp, idpel, line, :first, gardu, raw_gardu, penyulang, jurusan, tiang, deret,
                   'undo', conflict, active, :p
            FROM pdpj WHERE ulp = :ulp AND idpel = :idpel AND valid_to = :was AND active
            """
        ),
        {**values, "first": first},
    )
    return first


def set_customer(session: Session, *, ulp: str, idpel: str, **values: Any) -> None:
    """Change state, service, meter or the pole of its own list of one customer."""
    allowed = {"active", "jenis_layanan", "dibaca_oleh", "meter_number", "tiang"}
    assert set(values) <= allowed
    sets = ", ".join(f"{name} = :{name}" for name in values)
    session.execute(
        text(f"UPDATE customer SET {sets} WHERE ulp = :ulp AND idpel = :idpel"),
        {"ulp": ulp, "idpel": idpel, **values},
    )


def history(session: Session, *, ulp: str, idpel: str) -> pd.DataFrame:
    """Return every PDPJ record a customer ever had, oldest first."""
    return read(
        session,
        "SELECT line, valid_from, valid_to, gardu, tiang, source, active, conflict, proposal_id "
        "FROM pdpj WHERE ulp = :ulp AND idpel = :idpel ORDER BY line, valid_from",
        ulp=ulp,
        idpel=idpel,
    )
