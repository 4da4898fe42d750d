"""Readings and prepaid checks of our own: what is known of a customer, what came in."""

from dataclasses import asdict
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.models import OwnReading
from rbmgeo.db.queries.lists import read_exact
from rbmgeo.fieldwork.record import Known
from rbmgeo.months import month_before
from rbmgeo.terms import Service


def lock(session: Session, *, ulp: str) -> None:
    """Let those who bring readings in, and who hand them over, wait for each other.

    Numbers of readings are then committed in their order, and pin a hand-off (R-CH-04).
    """
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('baca:' || :u))"), {"u": ulp})


def known(session: Session, *, ulp: str, blth: str, idpels: list[str]) -> dict[str, Known]:
    """Return what is known of some customers before a month's own readings, by idpel.

    The stand before is that of the newest month before with one; who is not a customer of the
    unit is absent.
    """
    rows = session.execute(
        text(
            """
            SELECT c.idpel, c.tarif, c.daya_va, c.jenis_layanan, last.stand_kwh, last.multiplier,
                   now.stand_kwh AS imported,
                   ARRAY(SELECT order_no FROM prepaid_order o
                         WHERE o.ulp = c.ulp AND o.idpel = c.idpel
                         UNION SELECT content ->> 'order_no' FROM visit_order v
                         WHERE v.ulp = c.ulp AND v.idpel = c.idpel AND v.job = 'pra'
                           AND content ->> 'order_no' IS NOT NULL) AS orders,
                   ARRAY(SELECT sha256 FROM photo p
                         WHERE p.ulp = c.ulp AND p.idpel = c.idpel) AS photos,
                   ARRAY(SELECT (SELECT sum(kwh) FROM reading r
                                 WHERE r.ulp = c.ulp AND r.idpel = c.idpel AND r.blth = m.blth
                                   AND r.source <> 'token')
                         FROM unnest(CAST(:months AS text[])) WITH ORDINALITY AS m(blth, n)
                         ORDER BY n) AS before_kwh
            FROM customer c
            LEFT JOIN LATERAL (
                SELECT stand_kwh, multiplier FROM reading r
                WHERE r.ulp = c.ulp AND r.idpel = c.idpel AND r.blth < :b AND r.source <> 'token'
                  AND r.stand_kwh IS NOT NULL ORDER BY blth DESC, line, source LIMIT 1) last ON true
            LEFT JOIN LATERAL (
                SELECT stand_kwh FROM reading r
                WHERE r.ulp = c.ulp AND r.idpel = c.idpel AND r.blth = :b AND r.source <> 'token'
                  AND r.stand_kwh IS NOT NULL ORDER BY line, source LIMIT 1) now ON true
            WHERE c.ulp = :u AND c.idpel = ANY(:i)
            """
        ),
        {"u": ulp, "b": blth, "i": idpels, "months": [month_before(blth, n) for n in (1, 2, 3)]},
    )
    return {
        r.idpel: Known(
            tarif=r.tarif, daya_va=int(r.daya_va or 0), service=Service(r.jenis_layanan),
            previous_stand_kwh=r.stand_kwh, before_kwh=tuple(r.before_kwh),
            imported_stand_kwh=r.imported, orders=frozenset(r.orders), photos=frozenset(r.photos),
            **({"multiplier": r.multiplier} if r.multiplier else {}),
        )
        for r in rows
    }  # fmt: skip


def kept(session: Session, *, ulp: str, client_ids: list[str]) -> list[OwnReading]:
    """Return what came in under some ids, in the order of its coming."""
    rows = session.query(OwnReading).filter(
        OwnReading.ulp == ulp, OwnReading.client_id.in_(client_ids)
    )
    return list(rows.order_by(OwnReading.client_id, OwnReading.conflict_no))


def add(session: Session, *, ulp: str, rows: list[dict[str, Any]]) -> None:
    """Append readings: fields of `Record` (``record``) and what was met when it came."""
    for row in rows:
        record = asdict(row.pop("record"))
        session.add(OwnReading(ulp=ulp, **record, **row))
    session.flush()


def add_photo(
    session: Session, *, ulp: str, idpel: str, blth: str, sha256: str, suffix: str, size: int
) -> None:
    """Keep that a photo of the store is this customer's; known ones change nothing."""
    session.execute(
        text(
            "INSERT INTO photo (ulp, idpel, blth, sha256, suffix, size_bytes) "
            "VALUES (:u, :i, :b, :h, :s, :n) ON CONFLICT DO NOTHING"
        ),
        {"u": ulp, "i": idpel, "b": blth, "h": sha256, "s": suffix, "n": size},
    )


def orders_of(session: Session, *, ulp: str, idpel: str) -> list[str]:
    """Return the prepaid orders of a customer, newest first."""
    return list(
        session.scalars(
            text(
                "SELECT order_no FROM prepaid_order WHERE ulp = :u AND idpel = :i "
                "ORDER BY blth DESC NULLS LAST, ordered_on DESC NULLS LAST, order_no"
            ),
            {"u": ulp, "i": idpel},
        )
    )


def of_customer(session: Session, *, ulp: str, idpel: str) -> list[dict[str, Any]]:
    """Return the newest own readings of one customer, with ``imported_stand_kwh`` beside."""
    rows = session.execute(
        text(
            f"{_ROWS} WHERE o.ulp = :u AND o.idpel = :i "
            "ORDER BY o.blth DESC, o.read_at DESC, o.reading_no DESC LIMIT 26"
        ),
        {"u": ulp, "i": idpel},
    ).mappings()
    return [dict(r) for r in rows]


def newest(session: Session, *, ulp: str, blth: str, size: int = 30) -> list[dict[str, Any]]:
    """Return the newest own readings of a month, with ``public_id``."""
    rows = session.execute(
        text(f"{_ROWS} WHERE o.ulp = :u AND o.blth = :b ORDER BY o.reading_no DESC LIMIT :n"),
        {"u": ulp, "b": blth, "n": size},
    ).mappings()
    return [dict(r) for r in rows]


def month(session: Session, *, ulp: str, blth: str, service: str) -> pd.DataFrame:
    """Return every own reading of a month and service with its customer, in the order of coming.

    ``clashes``: other content came under the same id.
    """
    frame = read_exact(
        session,
        f"{_ROWS} WHERE o.ulp = :u AND o.blth = :b AND o.service = :s ORDER BY o.reading_no",
        u=ulp,
        b=blth,
        s=service,
    )
    return frame.astype({"clashes": bool})


def counts(session: Session, *, ulp: str, blth: str) -> dict[str, int]:
    """Count the own readings of a month by service."""
    rows = session.execute(
        text(
            "SELECT service, count(*) AS n FROM own_reading WHERE ulp = :u AND blth = :b "
            "GROUP BY service"
        ),
        {"u": ulp, "b": blth},
    )
    return {str(r.service): int(r.n) for r in rows}


def customer_by_number(session: Session, *, ulp: str, number: str) -> str | None:
    """Return the public id of the customer with this idpel or meter number, None if not one."""
    found = session.scalars(
        text(
            "SELECT public_id::text FROM customer WHERE ulp = :u "
            "AND (idpel = :n OR meter_number = :n) ORDER BY (idpel = :n) DESC LIMIT 2"
        ),
        {"u": ulp, "n": number},
    ).all()
    return str(found[0]) if len(found) == 1 else None


_ROWS = """
    SELECT o.*, c.public_id::text AS public_id, c.name, c.address, c.tarif, c.daya_va,
           c.meter_number, l.rbm, now.stand_kwh AS imported_stand_kwh,
           EXISTS (SELECT FROM own_reading x WHERE x.ulp = o.ulp AND x.client_id = o.client_id
                   AND x.conflict_no > 0) AS clashes
    FROM own_reading o
    LEFT JOIN customer c ON c.ulp = o.ulp AND c.idpel = o.idpel
    LEFT JOIN LATERAL (
        SELECT rbm FROM rbm_list l WHERE l.ulp = o.ulp AND l.idpel = o.idpel AND l.blth <= o.blth
          AND rbm IS NOT NULL ORDER BY blth DESC, line LIMIT 1) l ON true
    LEFT JOIN LATERAL (
        SELECT stand_kwh FROM reading r WHERE r.ulp = o.ulp AND r.idpel = o.idpel
          AND r.blth = o.blth AND r.source <> 'token' AND r.stand_kwh IS NOT NULL
        ORDER BY line, source LIMIT 1) now ON true
"""
