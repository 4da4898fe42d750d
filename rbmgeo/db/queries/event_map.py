"""What the map of a gardu event draws: its people and its two gardu, in degrees."""

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read

Box = tuple[float, float, float, float]

#: The record in force of customer ``c``, first line first.
_RECORD = """
    LEFT JOIN LATERAL (SELECT gardu FROM pdpj WHERE ulp = c.ulp AND idpel = c.idpel
        AND valid_to IS NULL AND active ORDER BY line LIMIT 1) p ON true
"""
#: Who is drawn in any case: who was chosen, and who is recorded on one of both gardu.
_OWN = """
    SELECT idpel FROM gardu_event_member WHERE ulp = :ulp AND event_id = :e
    UNION SELECT r.idpel FROM pdpj r JOIN customer k USING (ulp, idpel)
    WHERE r.ulp = :ulp AND r.gardu IN (:old, :new) AND r.valid_to IS NULL AND r.active AND k.active
"""
_COLUMNS = """
    c.idpel, c.public_id::text AS public_id, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, p.gardu
"""


def own(session: Session, *, ulp: str, event_id: int, old: str, new: str) -> pd.DataFrame:
    """Return who was chosen and who is recorded on either gardu, by idpel.

    Columns ``public_id``, ``lon``, ``lat`` (missing without a point), ``gardu``, ``chosen``.
    """
    frame = read(
        session,
        f"""
        SELECT {_COLUMNS}, m.idpel IS NOT NULL AS chosen
        FROM ({_OWN}) o JOIN customer c ON c.ulp = :ulp AND c.idpel = o.idpel {_RECORD}
        LEFT JOIN gardu_event_member m ON m.ulp = c.ulp AND m.idpel = c.idpel AND m.event_id = :e
        ORDER BY c.idpel
        """,
        ulp=ulp, e=event_id, old=old, new=new,
    )  # fmt: skip
    return frame.set_index("idpel")


def others(
    session: Session, *, ulp: str, event_id: int, old: str, new: str, box: Box
) -> pd.DataFrame:
    """Return the other active customers whose point lies in a box of degrees, as `own`."""
    west, south, east, north = box
    frame = read(
        session,
        f"""
        SELECT {_COLUMNS}, false AS chosen FROM near.customer c {_RECORD}
        WHERE c.ulp = :ulp AND c.active
          AND c.geom_3857 && ST_Transform(ST_MakeEnvelope(:w, :s, :east, :n, 4326), 3857)
          AND c.idpel NOT IN ({_OWN})
        ORDER BY c.idpel
        """,
        ulp=ulp, e=event_id, old=old, new=new, w=west, s=south, east=east, n=north,
    )  # fmt: skip
    return frame.set_index("idpel")


def recorded(session: Session, *, ulp: str, idpels: list[str]) -> pd.DataFrame:
    """Return ``public_id`` and recorded ``gardu`` of some customers, by idpel."""
    frame = read(
        session,
        f"SELECT {_COLUMNS} FROM customer c {_RECORD} WHERE c.ulp = :ulp AND c.idpel = ANY(:ids) "
        "ORDER BY c.idpel",
        ulp=ulp,
        ids=idpels,
    )
    return frame.set_index("idpel")[["public_id", "gardu"]]


def sites(session: Session, *, ulp: str, event_id: int) -> pd.DataFrame:
    """Return the old and the new gardu of an event: gardu, lon, lat (by the list, else as typed)."""
    return read(
        session,
        """
        SELECT x.gardu, ST_X(x.geom) AS lon, ST_Y(x.geom) AS lat FROM (
            SELECT e.old_gardu AS gardu, g.geom FROM gardu_event e
            LEFT JOIN gardu g ON g.ulp = e.ulp AND g.gardu = e.old_gardu
            WHERE e.ulp = :ulp AND e.event_id = :e
            UNION ALL
            SELECT e.new_gardu, COALESCE(g.geom, e.new_geom) FROM gardu_event e
            LEFT JOIN gardu g ON g.ulp = e.ulp AND g.gardu = e.new_gardu
            WHERE e.ulp = :ulp AND e.event_id = :e) x
        """,
        ulp=ulp,
        e=event_id,
    )
