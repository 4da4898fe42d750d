"""Customers near a neighbour unit's gardu: what a border pass asks, what it found."""

from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import copy_rows
from rbmgeo.db.queries.lists import read, read_large

STEP = "border"


def customers(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return the active customers of a unit with a place and a recorded gardu that has one.

    Index idpel, sorted: ``lon``, ``lat``, ``gardu``, ``gardu_lon``, ``gardu_lat``.
    """
    frame = read_large(
        session,
        """
        SELECT c.idpel, p.gardu, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat,
               ST_X(g.geom) AS gardu_lon, ST_Y(g.geom) AS gardu_lat
        FROM customer c
        JOIN (SELECT DISTINCT ON (idpel) idpel, gardu FROM pdpj
              WHERE ulp = :u AND valid_to IS NULL AND active AND NOT conflict
              ORDER BY idpel, line) p ON p.idpel = c.idpel
        JOIN gardu g ON g.ulp = :u AND g.gardu = p.gardu
        WHERE c.ulp = :u AND c.active AND c.geom IS NOT NULL AND g.geom IS NOT NULL
        ORDER BY c.idpel
        """,
        numbers=("lon", "lat", "gardu_lon", "gardu_lat"),
        u=ulp,
    )
    return frame.set_index("idpel")


def active_customers(session: Session, *, ulp: str) -> int:
    """Count the active customers of a unit."""
    asked = "SELECT count(*) FROM customer WHERE ulp = :u AND active"
    return int(session.scalar(text(asked), {"u": ulp}) or 0)


def foreign_gardu(
    session: Session, *, ulp: str, box: tuple[float, float, float, float]
) -> pd.DataFrame:
    """Return the gardu of other units in a box (west, south, east, north), by unit and code.

    Columns ``ulp``, ``gardu``, ``lon``, ``lat``.
    """
    west, south, east, north = box
    return read(
        session,
        """
        SELECT ulp, gardu, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM near.foreign_gardu
        WHERE ulp <> :u AND geom && ST_MakeEnvelope(:w, :s, :e, :n, 4326) ORDER BY ulp, gardu
        """,
        u=ulp, w=west, s=south, e=east, n=north,
    )  # fmt: skip


def gardu_point(session: Session, *, ulp: str, gardu: str) -> dict[str, Any] | None:
    """Return ``gardu``, ``lon``, ``lat`` (None where it has no place), None where it is unknown."""
    row = session.execute(
        text("SELECT gardu, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM near.foreign_gardu "
             "WHERE ulp = :u AND gardu = :g"),
        {"u": ulp, "g": gardu},
    ).mappings().first()  # fmt: skip
    return dict(row) if row else None


def replace_candidates(session: Session, *, ulp: str, run_id: int, found: pd.DataFrame) -> None:
    """Keep what a pass found in place of what the one before found."""
    session.execute(text("DELETE FROM border_candidate WHERE ulp = :u"), {"u": ulp})
    if len(found):
        copy_rows(session, "border_candidate", found.reset_index().assign(ulp=ulp, run_id=run_id))


def newest_pass(session: Session, *, ulp: str) -> dict[str, Any] | None:
    """Return ``summary``, ``finished_at`` and ``run_by`` of the newest border pass, None before one."""
    row = session.execute(
        text("SELECT summary, finished_at, run_by FROM run WHERE ulp = :u AND step = :s "
             "ORDER BY run_id DESC LIMIT 1"),
        {"u": ulp, "s": STEP},
    ).mappings().first()  # fmt: skip
    return dict(row) if row else None


def count(session: Session, *, ulp: str) -> int:
    """Count the candidates of the newest pass."""
    asked = "SELECT count(*) FROM border_candidate WHERE ulp = :u"
    return int(session.scalar(text(asked), {"u": ulp}) or 0)


def candidates(session: Session, *, ulp: str, size: int, page: int) -> list[dict[str, Any]]:
    """Return one page of candidates, the largest gain first; keys of `BorderCandidate`, public_id."""
    rows = session.execute(
        text(
            """
            SELECT b.idpel, b.gardu, b.own_m, b.other_ulp, b.other_gardu, b.other_m,
                   c.public_id::text AS public_id
            FROM border_candidate b JOIN customer c ON c.ulp = b.ulp AND c.idpel = b.idpel
            WHERE b.ulp = :u ORDER BY b.own_m - b.other_m DESC, b.idpel LIMIT :n OFFSET :o
            """
        ),
        {"u": ulp, "n": size, "o": (page - 1) * size},
    ).mappings()
    return [dict(row) for row in rows]


def candidate(session: Session, *, ulp: str, idpel: str) -> dict[str, Any] | None:
    """Return one customer's candidate, None where it is none."""
    row = session.execute(
        text("SELECT gardu, own_m, other_ulp, other_gardu, other_m FROM border_candidate "
             "WHERE ulp = :u AND idpel = :i"),
        {"u": ulp, "i": idpel},
    ).mappings().first()  # fmt: skip
    return dict(row) if row else None
