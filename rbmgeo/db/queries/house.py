"""What the form for one house shows: the house, and the gardu that lie nearest to it."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.errors import NotThere


def house(session: Session, *, ulp: str, public_id: str) -> dict[str, Any]:
    """Return one house as a surveyor needs it; raises `NotThere`.

    ``asked``: a plan or a second look sends somebody there; ``look_id``: the second look that
    waits; ``control``: the newest plan drew it as a control; ``question``: what it asks.
    """
    row = (
        session.execute(
            text(
                """
                SELECT c.idpel, c.public_id::text AS public_id, c.address, c.meter_number, c.geom IS NOT NULL AS has_point,
                       ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat,
                       COALESCE(p.tiang, c.tiang) AS tiang, p.gardu, l.look_id,
                       COALESCE(t.control, false) AS control, t.question,
                       t.idpel IS NOT NULL OR l.look_id IS NOT NULL AS asked
                FROM customer c
                LEFT JOIN LATERAL (
                    SELECT gardu, tiang FROM pdpj
                    WHERE ulp = c.ulp AND idpel = c.idpel AND valid_to IS NULL AND active
                    ORDER BY line LIMIT 1) p ON true
                LEFT JOIN second_look l ON l.ulp = c.ulp AND l.idpel = c.idpel AND l.state = 'asked'
                LEFT JOIN LATERAL (
                    SELECT idpel, control, question FROM survey_task
                    WHERE ulp = c.ulp AND idpel = c.idpel ORDER BY run_id DESC LIMIT 1) t ON true
                WHERE c.ulp = :u AND c.public_id = CAST(:p AS uuid)
                """
            ),
            {"u": ulp, "p": public_id},
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotThere(
            "this house is not in the unit; open it from the survey list again",
            "rumah ini tidak ada di unit ini; buka lagi dari daftar survei",
        )
    return dict(row)


def nearest_gardu(
    session: Session, *, ulp: str, idpel: str, count: int = 5
) -> list[tuple[str, float]]:
    """Return the codes of the nearest gardu and how far they lie from the house in metres.

    Empty where the house or every gardu lacks a position.
    """
    rows = session.execute(
        text(
            """
            SELECT g.gardu, ST_Distance(g.geom::geography, c.geom::geography) AS away
            FROM customer c JOIN gardu g ON g.ulp = c.ulp AND g.geom IS NOT NULL
            WHERE c.ulp = :u AND c.idpel = :i AND c.geom IS NOT NULL
            ORDER BY away, g.gardu LIMIT :n
            """
        ),
        {"u": ulp, "i": idpel, "n": count},
    )
    return [(row[0], float(row[1])) for row in rows]
