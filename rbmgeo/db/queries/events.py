"""Events of the network: a gardu takes over customers; their members and what hangs on them."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import copy_rows
from rbmgeo.db.models import GarduEvent, GarduEventDecision
from rbmgeo.db.queries.lists import read
from rbmgeo.errors import NotThere

#: Whether finding ``f`` waits in an open event: it is shown with the event, as one line.
WAITS = """
    EXISTS (SELECT FROM gardu_event_member w
            WHERE w.ulp = f.ulp AND w.idpel = f.idpel AND w.waiting)
"""
#: Runs that are the list of an event and not the unit's plan of visits (`:ulp`).
OWN_LISTS = "SELECT run_id FROM run WHERE ulp = :ulp AND step IN ('survey_event', 'verification')"


def add(
    session: Session,
    *,
    ulp: str,
    kind: str,
    new_gardu: str,
    old_gardu: str,
    jurusan: str | None,
    happened_on: date,
    note: str,
    new_kva: Decimal | None,
    new_place: tuple[float, float] | None,
    who: str,
) -> int:
    """Keep a draft and return its number; ``new_place`` is (lon, lat)."""
    made = session.execute(
        insert(GarduEvent)
        .values(
            ulp=ulp, kind=kind, new_gardu=new_gardu, old_gardu=old_gardu, jurusan=jurusan,
            happened_on=happened_on, note=note, new_kva=new_kva, made_by=who,
            new_geom=None if new_place is None
            else f"SRID=4326;POINT({new_place[0]!r} {new_place[1]!r})",
        )
        .returning(GarduEvent.event_id)
    )  # fmt: skip
    return int(made.scalar_one())


def event(session: Session, *, ulp: str, event_id: int, lock: bool = False) -> GarduEvent:
    """Return one event, locked for a decision if asked; raises `NotThere`."""
    query = select(GarduEvent).where(GarduEvent.ulp == ulp, GarduEvent.event_id == event_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotThere(
            f"event {event_id} is not in unit {ulp}; list them with `rbmgeo survey event list`",
            f"peristiwa {event_id} tidak ada di unit {ulp}; lihat `rbmgeo survey event list`",
        )
    return found


def one_keeper(session: Session, *, ulp: str) -> None:
    """Let one transaction at a time keep or decide an event of a unit."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('gardu_event'), hashtext(:ulp))"), {"ulp": ulp}
    )


def events(
    session: Session, *, ulp: str, state: str = "", first: int = 0, size: int = 200
) -> list[dict[str, Any]]:
    """Return events, newest first, with ``members``, ``moved``, ``refused``.

    ``visits`` are planned for it, ``answered`` counts members answered since it was made.
    """
    rows = session.execute(
        text(
            """
            SELECT e.event_id, e.kind, e.new_gardu, e.old_gardu, e.jurusan, e.happened_on, e.note,
                   e.state, e.survey_run_id, e.made_by, e.made_at,
                   count(m.idpel) FILTER (WHERE m.taken) AS members,
                   count(m.idpel) FILTER (WHERE m.outcome IN ('moved', 'undone', 'kept')) AS moved,
                   count(m.idpel) FILTER (WHERE m.outcome = 'refused') AS refused,
                   count(m.idpel) FILTER (WHERE m.taken AND EXISTS (
                       SELECT FROM survey_answer a WHERE a.ulp = m.ulp AND a.idpel = m.idpel
                         AND a.received_at >= e.made_at)) AS answered,
                   (SELECT count(*) FROM survey_task t
                    WHERE t.ulp = e.ulp AND t.run_id = e.survey_run_id) AS visits
            FROM gardu_event e
            LEFT JOIN gardu_event_member m ON m.ulp = e.ulp AND m.event_id = e.event_id
            WHERE e.ulp = :ulp AND (:state = '' OR e.state = :state)
            GROUP BY e.ulp, e.event_id ORDER BY e.event_id DESC LIMIT :size OFFSET :first
            """
        ),
        {"ulp": ulp, "state": state, "first": first, "size": size},
    ).mappings()
    return [dict(r) for r in rows]


def count(session: Session, *, ulp: str, state: str = "") -> int:
    """Count the events of a state, or all."""
    found = session.scalar(
        text("SELECT count(*) FROM gardu_event WHERE ulp = :u AND (:s = '' OR state = :s)"),
        {"u": ulp, "s": state},
    )
    return int(found or 0)


def replace_members(
    session: Session, *, ulp: str, event_id: int, members: pd.DataFrame, choice: dict[str, Any]
) -> None:
    """Keep who was chosen for a draft (index idpel, ``distance_m``) in place of those before."""
    key = {"ulp": ulp, "e": event_id}
    session.execute(text("DELETE FROM gardu_event_member WHERE ulp = :ulp AND event_id = :e"), key)
    copy_rows(
        session, "gardu_event_member",
        members[["distance_m"]].reset_index().assign(ulp=ulp, event_id=event_id),
    )  # fmt: skip
    session.execute(
        text(
            "UPDATE gardu_event SET choice = CAST(:c AS jsonb) WHERE ulp = :ulp AND event_id = :e"
        ),
        {**key, "c": json.dumps(choice)},
    )


def people(session: Session, *, ulp: str, event_id: int) -> pd.DataFrame:
    """Return who was chosen for an event and how each stands now, by idpel.

    ``gardu`` is the record in force, ``proposed`` another gardu that an undecided proposal of its
    own asks for, ``other_event`` the open event it waits in, ``rbm`` its place in the newest list.
    """
    frame = read(
        session,
        """
        SELECT m.idpel, m.distance_m, m.taken, m.before_gardu, m.proposal_id, m.outcome, m.reason,
               c.public_id::text AS public_id, c.idpel IS NOT NULL AS known, c.active,
               c.daya_va::float8 AS daya_va, c.geom IS NOT NULL AS has_point,
               p.gardu, COALESCE(p.tiang, c.tiang) AS tiang, p.jurusan, o.event_id AS other_event,
               q.state AS proposal_state, q.effective_on, l.rbm,
               (SELECT max(x.after) FROM proposal x WHERE x.ulp = m.ulp AND x.idpel = m.idpel
                  AND x.field = 'gardu' AND x.state IN ('open', 'conflict')
                  AND x.event_id IS NULL) AS proposed
        FROM gardu_event_member m
        LEFT JOIN customer c ON c.ulp = m.ulp AND c.idpel = m.idpel
        LEFT JOIN LATERAL (
            SELECT gardu, tiang, jurusan FROM pdpj
            WHERE ulp = m.ulp AND idpel = m.idpel AND valid_to IS NULL AND active
            ORDER BY line LIMIT 1) p ON true
        LEFT JOIN gardu_event_member o
            ON o.ulp = m.ulp AND o.idpel = m.idpel AND o.waiting AND o.event_id <> m.event_id
        LEFT JOIN proposal q ON q.ulp = m.ulp AND q.proposal_id = m.proposal_id
        LEFT JOIN LATERAL (
            SELECT rbm FROM rbm_list
            WHERE ulp = m.ulp AND idpel = m.idpel ORDER BY blth DESC, line LIMIT 1) l ON true
        WHERE m.ulp = :ulp AND m.event_id = :e ORDER BY m.idpel
        """,
        ulp=ulp,
        e=event_id,
    )
    return frame.set_index("idpel")


def loads(session: Session, *, ulp: str, gardu: list[str]) -> pd.DataFrame:
    """Sum the connected power of who is recorded on some gardu now: ``va``, ``without_daya``."""
    frame = read(
        session,
        """
        SELECT gardu, COALESCE(sum(daya_va), 0)::float8 AS va,
               count(*) FILTER (WHERE daya_va IS NULL) AS without_daya
        FROM (SELECT DISTINCT p.gardu, c.idpel, c.daya_va
              FROM pdpj p JOIN customer c ON c.ulp = p.ulp AND c.idpel = p.idpel AND c.active
              WHERE p.ulp = :ulp AND p.gardu = ANY(:codes) AND p.valid_to IS NULL AND p.active) s
        GROUP BY gardu ORDER BY gardu
        """,
        ulp=ulp,
        codes=gardu,
    )
    return frame.set_index("gardu")


def in_box(session: Session, *, ulp: str, box: tuple[float, float, float, float]) -> pd.DataFrame:
    """Return the active customers whose point lies in a box of degrees: ``lon``, ``lat``."""
    west, south, east, north = box
    frame = read(
        session,
        """
        SELECT idpel, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM near.customer
        WHERE ulp = :ulp AND active
          AND geom_3857 && ST_Transform(ST_MakeEnvelope(:w, :s, :e, :n, 4326), 3857)
        ORDER BY idpel
        """,
        ulp=ulp, w=west, s=south, e=east, n=north,
    )  # fmt: skip
    return frame.set_index("idpel")


def known(session: Session, *, ulp: str, idpels: list[str]) -> set[str]:
    """Return which numbers the unit has."""
    rows = session.execute(
        text("SELECT idpel FROM customer WHERE ulp = :ulp AND idpel = ANY(:ids)"),
        {"ulp": ulp, "ids": idpels},
    )
    return {r[0] for r in rows}


def by_public_id(session: Session, *, ulp: str, event_id: int, public_ids: list[str]) -> set[str]:
    """Return the idpels of members by the ids that a page holds; strangers are left out."""
    rows = session.execute(
        text(
            "SELECT m.idpel FROM gardu_event_member m JOIN customer c USING (ulp, idpel) "
            "WHERE m.ulp = :ulp AND m.event_id = :e AND c.public_id::text = ANY(:ids)"
        ),
        {"ulp": ulp, "e": event_id, "ids": public_ids},
    )
    return {r[0] for r in rows}


def keep_taken(
    session: Session, *, ulp: str, event_id: int, taken: dict[str, tuple[str | None, int]]
) -> None:
    """Mark who moves with an event: idpel to (recorded gardu, proposal). The others stay listed."""
    session.execute(
        text(
            """
            UPDATE gardu_event_member m
            SET taken = true, waiting = true, before_gardu = n.gardu, proposal_id = n.number
            FROM unnest(CAST(:ids AS text[]), CAST(:gardu AS text[]), CAST(:numbers AS bigint[]))
                 AS n(idpel, gardu, number)
            WHERE m.ulp = :ulp AND m.event_id = :e AND m.idpel = n.idpel
            """
        ),
        {"ulp": ulp, "e": event_id, "ids": list(taken),
         "gardu": [g for g, _ in taken.values()], "numbers": [n for _, n in taken.values()]},
    )  # fmt: skip


def set_outcomes(
    session: Session, *, ulp: str, event_id: int, outcomes: dict[str, tuple[str, str | None]]
) -> None:
    """Write what a decision made of members: idpel to (outcome, reason); none waits any more."""
    key = {"ulp": ulp, "e": event_id}
    session.execute(
        text(
            "UPDATE gardu_event_member SET waiting = false "
            "WHERE ulp = :ulp AND event_id = :e AND waiting"
        ),
        key,
    )
    session.execute(
        text(
            """
            UPDATE gardu_event_member m SET outcome = n.outcome, reason = n.reason
            FROM unnest(CAST(:ids AS text[]), CAST(:all AS text[]), CAST(:why AS text[]))
                 AS n(idpel, outcome, reason)
            WHERE m.ulp = :ulp AND m.event_id = :e AND m.idpel = n.idpel
            """
        ),
        {**key, "ids": list(outcomes), "all": [o for o, _ in outcomes.values()],
         "why": [r for _, r in outcomes.values()]},
    )  # fmt: skip


def add_decision(
    session: Session, *, ulp: str, event_id: int, decision: str, moved: int, refused: int,
    reason: str, who: str,
) -> None:  # fmt: skip
    """Append a decision on an event."""
    session.execute(
        insert(GarduEventDecision).values(
            ulp=ulp, event_id=event_id, decision=decision, moved=moved, refused=refused,
            reason=reason, decided_by=who,
        )
    )  # fmt: skip


def decisions(session: Session, *, ulp: str, event_id: int) -> list[GarduEventDecision]:
    """Return the decisions on an event, oldest first."""
    query = select(GarduEventDecision).where(
        GarduEventDecision.ulp == ulp, GarduEventDecision.event_id == event_id
    )
    return list(session.scalars(query.order_by(GarduEventDecision.decision_id)))


def gardu_in_list(session: Session, *, ulp: str, gardu: str) -> dict[str, Any] | None:
    """Return one gardu of the list with rating and place (lon, lat), None if it is not there."""
    row = (
        session.execute(
            text(
                "SELECT gardu, rating_kva::float8 AS rating_kva, lv_node, ST_X(geom) AS lon, "
                "ST_Y(geom) AS lat FROM gardu WHERE ulp = :u AND gardu = :g"
            ),
            {"u": ulp, "g": gardu},
        )
        .mappings()
        .one_or_none()
    )
    return None if row is None else dict(row)


def place_of_new(session: Session, *, ulp: str, event_id: int) -> tuple[float, float] | None:
    """Return where an event's new gardu stands (lon, lat): by the list, else as it was typed."""
    row = session.execute(
        text(
            "SELECT ST_X(COALESCE(g.geom, e.new_geom)) AS lon, ST_Y(COALESCE(g.geom, e.new_geom)) "
            "AS lat FROM gardu_event e LEFT JOIN gardu g ON g.ulp = e.ulp AND g.gardu = e.new_gardu "
            "WHERE e.ulp = :u AND e.event_id = :e"
        ),
        {"u": ulp, "e": event_id},
    ).one_or_none()
    return None if row is None or row.lon is None else (float(row.lon), float(row.lat))


def add_gardu(session: Session, *, ulp: str, event_id: int) -> bool:
    """Enter an event's new gardu into the list, or what the list lacks of it; say if it was new."""
    done = session.scalar(
        text(
            """
            INSERT INTO gardu (ulp, gardu, raw_code, rating_kva, geom)
            SELECT ulp, new_gardu, new_gardu, new_kva, new_geom FROM gardu_event
            WHERE ulp = :u AND event_id = :e
            ON CONFLICT (ulp, gardu) DO UPDATE SET
                rating_kva = COALESCE(gardu.rating_kva, EXCLUDED.rating_kva),
                geom = COALESCE(gardu.geom, EXCLUDED.geom)
            RETURNING (xmax = 0)
            """
        ),
        {"u": ulp, "e": event_id},
    )
    return bool(done)
