"""Samples of stands: drawn, checked, closed; every word on them is kept."""

import uuid
from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from rbmgeo.db import bulk
from rbmgeo.db.models import StandCheck, StandLotWord, StandSample
from rbmgeo.db.queries import visits
from rbmgeo.db.queries.lists import read_exact
from rbmgeo.errors import NotThere


def lock(session: Session, *, ulp: str) -> None:
    """Let those who draw, check and close lots of a unit wait for each other.

    It is the lock of those who bring visits in: a visit may be a check, and two locks taken in
    two orders would wait for each other for ever.
    """
    visits.lock(session, ulp=ulp)


def add_sample(session: Session, *, ulp: str, items: pd.DataFrame | None, **values: Any) -> str:
    """Keep a sample and its customers (``place``, ``idpel``, ``stratum``, ``reserve``); return its id."""
    sample_id = uuid.uuid4()
    session.execute(insert(StandSample).values(ulp=ulp, sample_id=sample_id, **values))
    if items is not None:
        rows = items.assign(ulp=ulp, sample_id=str(sample_id))
        bulk.copy_rows(session, "stand_sample_item", rows)
    return str(sample_id)


def sample(session: Session, *, ulp: str, sample_id: str) -> StandSample:
    """Return one sample; raises `NotThere`."""
    found = session.get(StandSample, (ulp, uuid.UUID(sample_id)))
    if found is None:
        raise NotThere("this sample is not of the unit", "sampel ini bukan milik unit")
    session.expunge(found)
    return found


def samples(session: Session, *, ulp: str, blth: str) -> list[StandSample]:
    """Return the samples of a month, newest first."""
    asked = select(StandSample).where(StandSample.ulp == ulp, StandSample.blth == blth)
    return _loose(session, asked.order_by(StandSample.drawn_at.desc(), StandSample.sample_id))


def drawn_lot(
    session: Session, *, ulp: str, blth: str, way: str, lot_by: str, lot_of: str
) -> str | None:
    """Return the sample with a plan that a lot has in a month already, None without one."""
    found = session.scalar(
        text("SELECT sample_id::text FROM stand_sample WHERE ulp = :u AND blth = :b AND way = :w "
             "AND lot_by = :k AND lot_of = :o AND severity IS NOT NULL"),
        {"u": ulp, "b": blth, "w": way, "k": lot_by, "o": lot_of},
    )  # fmt: skip
    return None if found is None else str(found)


def began(session: Session, *, ulp: str) -> str | None:
    """Return the first month of which a stand was sampled in a unit, by photo or at the house."""
    found = session.scalar(
        text("SELECT least((SELECT min(blth) FROM stand_sample WHERE ulp = :u AND way <> 'pra'), "
             "(SELECT min(blth) FROM photo_sample WHERE ulp = :u))"),
        {"u": ulp},
    )  # fmt: skip
    return None if found is None else str(found)


def items(session: Session, *, ulp: str, sample_id: str) -> pd.DataFrame:
    """Return the customers of a sample in the order drawn, with what counts of each.

    ``place``, ``idpel``, ``public_id``, ``address``, ``meter_number``, ``urut``, ``stratum``,
    ``reserve``, ``check_id``, ``at``, ``found``, ``recorded``, ``hours``, ``lbkb_code``,
    ``verdict``, ``note``, ``checked_by`` (missing: not checked, or opened again).
    """
    return read_exact(
        session,
        """
        SELECT i.place, i.idpel, c.public_id::text AS public_id, c.address, c.meter_number,
               l.urut, i.stratum, i.reserve, k.check_id, k.at, k.found, k.recorded, k.hours,
               k.lbkb_code, k.verdict, k.note, k.checked_by
        FROM stand_sample_item i
        JOIN stand_sample s USING (ulp, sample_id)
        LEFT JOIN customer c ON c.ulp = i.ulp AND c.idpel = i.idpel
        LEFT JOIN LATERAL (SELECT urut FROM rbm_list b WHERE b.ulp = i.ulp AND b.idpel = i.idpel
                           AND b.rbm = i.stratum AND b.blth <= s.blth
                           ORDER BY b.blth DESC, b.line LIMIT 1) l ON true
        LEFT JOIN (SELECT DISTINCT ON (place) * FROM stand_check
                   WHERE ulp = :ulp AND sample_id = CAST(:sample AS uuid)
                   ORDER BY place, check_id DESC) k
               ON k.place = i.place AND k.verdict <> 'dibuka'
        WHERE i.ulp = :ulp AND i.sample_id = CAST(:sample AS uuid) ORDER BY i.place
        """,
        ulp=ulp, sample=sample_id,
    )  # fmt: skip


def history(session: Session, *, ulp: str, sample_id: str) -> list[StandCheck]:
    """Return every check of a sample, the newest first."""
    asked = select(StandCheck).where(
        StandCheck.ulp == ulp, StandCheck.sample_id == uuid.UUID(sample_id)
    )
    return _loose(session, asked.order_by(StandCheck.check_id.desc()))


def known_visit(session: Session, *, ulp: str, client_id: str, sha256: str) -> bool:
    """Say whether a visit became a check already."""
    return bool(
        session.scalar(
            text("SELECT EXISTS (SELECT FROM stand_check WHERE ulp = :u "
                 "AND client_id = CAST(:c AS uuid) AND sha256 = :s)"),
            {"u": ulp, "c": client_id, "s": sha256},
        )
    )  # fmt: skip


def add_check(session: Session, *, ulp: str, **values: Any) -> None:
    """Append what was found at a place, or that it is open again."""
    session.execute(insert(StandCheck).values(ulp=ulp, **values))


def ordered_places(session: Session, *, ulp: str, sample_id: str) -> set[int]:
    """Return the places of a sample that an order stands for: not taken back, and not answered."""
    rows = session.scalars(
        text("SELECT (o.content ->> 'place')::int FROM visit_order o "
             "JOIN visit_list l USING (ulp, list_id) WHERE o.ulp = :u AND o.cancelled_at IS NULL "
             "AND l.content ->> 'stand_sample' = :s AND NOT EXISTS (SELECT FROM field_visit v "
             "JOIN visit_effect e USING (ulp, client_id, sha256) WHERE v.ulp = o.ulp "
             "AND v.order_id = o.order_id AND e.state = 'masuk')"),
        {"u": ulp, "s": sample_id},
    )  # fmt: skip
    return set(rows)


def lists_of(session: Session, *, ulp: str, sample_id: str) -> list[dict[str, Any]]:
    """Return the work lists of a sample: ``list_id``, ``title``, ``officer``, ``planned_on``, ``orders``."""
    rows = session.execute(
        text("SELECT l.list_id::text AS list_id, l.title, l.officer, l.planned_on, "
             "count(o.order_id) FILTER (WHERE o.cancelled_at IS NULL) AS orders "
             "FROM visit_list l LEFT JOIN visit_order o USING (ulp, list_id) "
             "WHERE l.ulp = :u AND l.content ->> 'stand_sample' = :s "
             "GROUP BY l.ulp, l.list_id ORDER BY l.made_at, l.list_id"),
        {"u": ulp, "s": sample_id},
    ).mappings()  # fmt: skip
    return [dict(r) for r in rows]


def add_word(session: Session, *, ulp: str, **values: Any) -> None:
    """Append a word on a lot or a ledger."""
    session.execute(insert(StandLotWord).values(ulp=ulp, **values))


def word_of(session: Session, *, ulp: str, sample_id: str) -> StandLotWord | None:
    """Return the newest word on a sample, None before any."""
    asked = select(StandLotWord).where(
        StandLotWord.ulp == ulp, StandLotWord.sample_id == uuid.UUID(sample_id)
    )
    found = _loose(session, asked.order_by(StandLotWord.word_id.desc()).limit(1))
    return found[0] if found else None


def words(
    session: Session, *, ulp: str, lot_by: str, codes: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return the ledgers of officers or RBM: closed lots and new beginnings, in their order.

    ``lot_of``, ``word_id``, ``word``, ``accepted``, ``content``, ``said_by``, ``said_at``,
    ``sample_id``, ``blth``, ``way``, ``severity`` (of the sample); a lot that was opened again
    and not closed since is left out, one that was closed anew stands where it was closed first.
    """
    return read_exact(
        session,
        """
        WITH newest AS (
            SELECT DISTINCT ON (COALESCE(sample_id::text, word_id::text)) *,
                   min(word_id) OVER (PARTITION BY COALESCE(sample_id::text, word_id::text)) AS turn
            FROM stand_lot_word WHERE ulp = :ulp AND lot_by = :by
              AND (CAST(:codes AS text[]) IS NULL OR lot_of = ANY(CAST(:codes AS text[])))
            ORDER BY COALESCE(sample_id::text, word_id::text), word_id DESC)
        SELECT n.lot_of, n.word_id, n.word, n.accepted, n.content, n.said_by, n.said_at,
               n.sample_id::text AS sample_id, s.blth, s.way, s.severity
        FROM newest n LEFT JOIN stand_sample s ON s.ulp = n.ulp AND s.sample_id = n.sample_id
        WHERE n.word <> 'dibuka' AND NOT (n.word = 'ditutup' AND n.accepted IS NULL)
        ORDER BY n.lot_of, n.turn
        """,
        ulp=ulp, by=lot_by, codes=None if codes is None else list(codes),
    )  # fmt: skip


def _loose(session: Session, asked: Any) -> list[Any]:
    """Return rows that may be read after their session is closed."""
    found = list(session.scalars(asked))
    for one in found:
        session.expunge(one)
    return found
