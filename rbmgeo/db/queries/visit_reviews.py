"""Records of the field that wait for a person: two contents of one id, nobody's, or refused by their job."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read_exact
from rbmgeo.db.queries.visit_lists import RECORDED, WORD
from rbmgeo.errors import NotThere

#: Every column that a page shows of a record; ``officer_then``: whose the order was at that moment.
_RECORD = f"""
    SELECT v.visit_no, v.client_id::text AS client_id, v.sha256, v.job, v.outcome, v.given, v.photos,
           v.lon, v.lat, v.accuracy_m, v.fixes, v.device_at, v.received_at, v.received_by,
           v.device_id::text AS device_id, v.officer, v.order_id::text AS sent_order,
           COALESCE(r.idpel, v.idpel) AS idpel, v.idpel AS sent_idpel,
           r.chosen, r.verdict AS word, e.state AS effect, e.refusals,
           c.public_id::text AS public_id, c.address, c.meter_number, p.gardu,
           COALESCE(p.tiang, c.tiang) AS tiang, ST_X(c.geom) AS house_lon, ST_Y(c.geom) AS house_lat,
           o.order_id::text AS order_id, o.stop, o.due_on, o.reason,
           o.cancelled_at IS NOT NULL AS cancelled, o.cancel_reason,
           l.list_id::text AS list_id, l.title, l.officer AS officer_now,
           CASE WHEN h.was THEN h.officer ELSE l.officer END AS officer_then
    FROM field_visit v {WORD}
    LEFT JOIN visit_effect e ON e.ulp = v.ulp AND e.client_id = v.client_id AND e.sha256 = v.sha256
    LEFT JOIN customer c ON c.ulp = v.ulp AND c.idpel = COALESCE(r.idpel, v.idpel) {RECORDED}
    LEFT JOIN visit_order o ON o.ulp = v.ulp AND o.order_id = COALESCE(r.order_id, v.order_id)
    LEFT JOIN visit_list l ON l.ulp = o.ulp AND l.list_id = o.list_id
    LEFT JOIN LATERAL (
        SELECT true AS was, b.officer FROM visit_move m
        JOIN visit_list b ON b.ulp = m.ulp AND b.list_id = m.from_list
        WHERE m.ulp = o.ulp AND m.order_id = o.order_id AND m.moved_at > v.device_at
        ORDER BY m.moved_at, m.move_id LIMIT 1) h ON true
"""
#: Ids with more than one content about which nobody decided; a content that was refused is out.
_CONFLICTS = """
    SELECT client_id FROM field_visit f WHERE f.ulp = :u GROUP BY client_id HAVING count(*) > 1
      AND count(*) > 1 + (SELECT count(DISTINCT w.sha256) FROM visit_review w
        WHERE w.ulp = :u AND w.client_id = f.client_id AND w.verdict = 'ditolak'
          AND w.review_id = (SELECT max(x.review_id) FROM visit_review x WHERE x.ulp = w.ulp
              AND x.client_id = w.client_id
              AND (x.sha256 = w.sha256 OR x.verdict IN ('berlaku', 'dibuka'))))
      AND COALESCE((SELECT w.verdict FROM visit_review w
        WHERE w.ulp = :u AND w.client_id = f.client_id AND w.verdict IN ('berlaku', 'dibuka')
        ORDER BY w.review_id DESC LIMIT 1), 'dibuka') = 'dibuka'
"""
_ORPHANS = f"""
    SELECT v.visit_no FROM field_visit v {WORD}
    WHERE v.ulp = :u AND v.idpel IS NULL AND r.idpel IS NULL AND r.chosen IS NOT false
"""
_WAITING = f"""
    SELECT v.visit_no FROM visit_effect e JOIN field_visit v USING (ulp, client_id, sha256) {WORD}
    WHERE e.ulp = :u AND e.state = 'menunggu' AND r.chosen IS NOT false
      AND COALESCE(r.idpel, v.idpel) IS NOT NULL
"""


def counts(session: Session, *, ulp: str) -> dict[str, int]:
    """Return how many ids are in conflict, records are nobody's, and records wait for their job."""
    row = session.execute(
        text(f"SELECT (SELECT count(*) FROM ({_CONFLICTS}) a) AS conflicts, "
             f"(SELECT count(*) FROM ({_ORPHANS}) b) AS orphans, "
             f"(SELECT count(*) FROM ({_WAITING}) d) AS waiting"),
        {"u": ulp},
    ).one()  # fmt: skip
    return {name: int(n) for name, n in row._mapping.items()}


def conflicts(session: Session, *, ulp: str, limit: int, offset: int = 0) -> pd.DataFrame:
    """Return the contents of the ids in conflict, ``limit`` ids."""
    ids = session.scalars(
        text(f"SELECT client_id::text FROM ({_CONFLICTS}) a ORDER BY 1 LIMIT :n OFFSET :k"),
        {"u": ulp, "n": limit, "k": offset},
    ).all()
    return read_exact(
        session,
        f"{_RECORD} WHERE v.ulp = :u AND v.client_id = ANY(CAST(:c AS uuid[])) "
        "ORDER BY v.client_id, v.visit_no",
        u=ulp, c=list(ids),
    )  # fmt: skip


def orphans(session: Session, *, ulp: str, limit: int, offset: int = 0) -> pd.DataFrame:
    """Return records about nobody of the unit that nobody decided about, oldest first."""
    return _some(session, ulp, _ORPHANS, limit, offset)


def waiting(session: Session, *, ulp: str, limit: int, offset: int = 0) -> pd.DataFrame:
    """Return records that their job cannot take yet, oldest first."""
    return _some(session, ulp, _WAITING, limit, offset)


def _some(session: Session, ulp: str, which: str, limit: int, offset: int) -> pd.DataFrame:
    # By their numbers: joined to the question itself, everything known of every record was read.
    numbers = session.scalars(
        text(f"{which} ORDER BY 1 LIMIT :n OFFSET :k"), {"u": ulp, "n": limit, "k": offset}
    ).all()
    return read_exact(
        session, f"{_RECORD} WHERE v.ulp = :u AND v.visit_no = ANY(:numbers) ORDER BY v.visit_no",
        u=ulp, numbers=list(numbers),
    )  # fmt: skip


def record(session: Session, *, ulp: str, visit_no: int) -> dict[str, Any]:
    """Return one record with all that a page shows; raises `NotThere`."""
    found = read_exact(session, f"{_RECORD} WHERE v.ulp = :u AND v.visit_no = :n", u=ulp, n=visit_no)  # fmt: skip
    if found.empty:
        raise NotThere(
            f"visit {visit_no} is not in unit {ulp}; open it from its list",
            f"kunjungan {visit_no} tidak ada di unit {ulp}; buka dari daftarnya",
        )
    return {str(k): v for k, v in found.to_dict("records")[0].items()}


def contents(session: Session, *, ulp: str, client_id: str) -> list[dict[str, Any]]:
    """Return the contents under one id: ``visit_no``, ``sha256``, ``idpel``, ``content``, in the order of coming."""
    rows = session.execute(
        text(f"SELECT v.visit_no, v.sha256, COALESCE(r.idpel, v.idpel) AS idpel, v.content, r.chosen "
             f"FROM field_visit v {WORD} "
             "WHERE v.ulp = :u AND v.client_id = CAST(:c AS uuid) ORDER BY v.visit_no"),
        {"u": ulp, "c": client_id},
    ).mappings()  # fmt: skip
    return [dict(r) for r in rows]


def words(session: Session, *, ulp: str, client_id: str) -> list[dict[str, Any]]:
    """Return what people said of the contents of one id, newest first."""
    rows = session.execute(
        text("SELECT w.sha256, w.verdict, w.note, w.reviewed_by, w.reviewed_at, w.idpel, v.visit_no "
             "FROM visit_review w JOIN field_visit v USING (ulp, client_id, sha256) "
             "WHERE w.ulp = :u AND w.client_id = CAST(:c AS uuid) ORDER BY w.review_id DESC"),
        {"u": ulp, "c": client_id},
    ).mappings()  # fmt: skip
    return [dict(r) for r in rows]


def decided(session: Session, *, ulp: str, limit: int) -> list[dict[str, Any]]:
    """Return the newest words of people, each with its record."""
    rows = session.execute(
        text("SELECT w.review_id, w.client_id::text AS client_id, w.verdict, w.note, w.reviewed_by, "
             "w.reviewed_at, v.visit_no, v.job, v.outcome, w.review_id = (SELECT max(x.review_id) "
             "FROM visit_review x WHERE x.ulp = w.ulp AND x.client_id = w.client_id) AS newest "
             "FROM visit_review w JOIN field_visit v USING (ulp, client_id, sha256) "
             "WHERE w.ulp = :u ORDER BY w.review_id DESC LIMIT :n"),
        {"u": ulp, "n": limit},
    ).mappings()  # fmt: skip
    return [dict(r) for r in rows]


def orders_of(session: Session, *, ulp: str, idpel: str, job: str) -> list[dict[str, Any]]:
    """Return the orders of a job about a customer that were not taken back, newest list first."""
    rows = session.execute(
        text("SELECT o.order_id::text AS order_id, l.title, l.officer, l.planned_on "
             "FROM visit_order o JOIN visit_list l USING (ulp, list_id) "
             "WHERE o.ulp = :u AND o.idpel = :i AND o.job = :j AND o.cancelled_at IS NULL "
             "ORDER BY l.closed_at IS NOT NULL, l.made_at DESC LIMIT 10"),
        {"u": ulp, "i": idpel, "j": job},
    ).mappings()  # fmt: skip
    return [dict(r) for r in rows]


def photos(session: Session, *, ulp: str, hashes: Sequence[str]) -> dict[str, str]:
    """Return the public id of each of some pictures that came whole, by its hash."""
    rows = session.execute(
        text("SELECT sha256, public_id::text FROM visit_photo WHERE ulp = :u AND sha256 = ANY(:h)"),
        {"u": ulp, "h": list(hashes)},
    )
    return {row[0]: row[1] for row in rows}


def device(session: Session, *, ulp: str, device_id: str) -> str | None:
    """Return what a phone told of itself, None where it never did."""
    found = session.scalar(
        text("SELECT told FROM field_device WHERE ulp = :u AND device_id = CAST(:d AS uuid)"),
        {"u": ulp, "d": device_id},
    )
    return None if found is None else str(found)
