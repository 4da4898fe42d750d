"""What stands around one customer, and what else the lists know of it (for the customer's card)."""

from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import NO_POSITIONS, read
from rbmgeo.geo import WGS84, to_metres

#: Neighbours that a small map can hold; metres around the house in which lines are drawn.
NEIGHBOURS, AROUND_M = 200, 500.0


def places(session: Session, *, ulp: str, idpel: str, srid: int | None) -> gpd.GeoSeries:
    """Return points in metres of what one customer's card names, None where unknown.

    Index ``house``, ``pole``, ``recorded``, ``proposed`` (gardu).
    """
    row = session.execute(
        text(
            """
            SELECT ST_AsBinary(c.geom), ST_AsBinary(t.geom), ST_AsBinary(g.geom), ST_AsBinary(o.geom)
            FROM customer c
            LEFT JOIN finding f ON f.ulp = c.ulp AND f.idpel = c.idpel AND f.kind <> 'ok'
            LEFT JOIN LATERAL (
                SELECT gardu, tiang FROM pdpj WHERE ulp = c.ulp AND idpel = c.idpel
                AND valid_to IS NULL AND active ORDER BY line LIMIT 1) p ON true
            LEFT JOIN tiang t ON t.ulp = c.ulp AND t.tiang = COALESCE(p.tiang, c.tiang)
            LEFT JOIN gardu g ON g.ulp = c.ulp AND g.gardu = p.gardu
            LEFT JOIN gardu o ON o.ulp = c.ulp AND o.gardu = f.proposed_gardu AND o.gardu <> p.gardu
            WHERE c.ulp = :ulp AND c.idpel = :idpel
            """
        ),
        {"ulp": ulp, "idpel": idpel},
    ).one()
    names = ["house", "pole", "recorded", "proposed"]
    return _metres(pd.DataFrame({"wkb": list(row)}, index=names), srid).geometry


def neighbours(session: Session, *, ulp: str, idpel: str, srid: int | None) -> gpd.GeoDataFrame:
    """Return the nearest other customers, nearest first: ``gardu`` (recorded), geometry."""
    frame = read(
        session,
        """
        SELECT p.gardu, ST_AsBinary(n.geom) AS wkb
        FROM (SELECT geom_3857 FROM customer
              WHERE ulp = :ulp AND idpel = :idpel AND geom_3857 IS NOT NULL) h
        CROSS JOIN LATERAL (
              SELECT c.ulp, c.idpel, c.geom, c.geom_3857 <-> h.geom_3857 AS away FROM near.customer c
              WHERE c.ulp = :ulp AND c.active AND c.idpel <> :idpel AND c.geom_3857 IS NOT NULL
              ORDER BY c.geom_3857 <-> h.geom_3857 LIMIT :n) n
        LEFT JOIN LATERAL (
            SELECT gardu FROM pdpj WHERE ulp = n.ulp AND idpel = n.idpel
            AND valid_to IS NULL AND active ORDER BY line LIMIT 1) p ON true
        ORDER BY n.away, n.idpel
        """,
        ulp=ulp, idpel=idpel, n=NEIGHBOURS,
    )  # fmt: skip
    return _metres(frame, srid)


def lines(session: Session, *, ulp: str, idpel: str, srid: int | None) -> gpd.GeoDataFrame:
    """Return the low-voltage spans around a customer: ``gardu``, geometry in metres."""
    frame = read(
        session,
        """
        SELECT s.gardu, ST_AsBinary(s.geom) AS wkb
        FROM customer c JOIN near.jtr_span s ON s.ulp = c.ulp
             AND s.geom_3857 && ST_Expand(c.geom_3857, :m)
        WHERE c.ulp = :ulp AND c.idpel = :idpel ORDER BY s.span
        """,
        ulp=ulp, idpel=idpel, m=AROUND_M,
    )  # fmt: skip
    return _metres(frame, srid)


def known(session: Session, *, ulp: str, idpel: str, periods: int) -> dict[str, Any]:
    """Return what else is known of one customer, as facts of the lists.

    ``code_d``: the months of the last ``periods`` in which a reader said "not of this RBM"
    (R-MA-08). ``gardu``, ``rating_kva``, ``connected_kva``, ``members``: its gardu, whose VA
    are summed over all active customers (R-EN-08). ``outcome``, ``told``, ``answered_at``: the
    newest survey answer. ``same_pole``, ``same_deret``: other customers on the same recorded
    pole or deret, with ``pole_elsewhere``, ``deret_elsewhere`` of them on another gardu.
    """
    row = session.execute(
        text(
            """
            WITH me AS (SELECT gardu, tiang, deret FROM pdpj
                        WHERE ulp = :ulp AND idpel = :idpel AND valid_to IS NULL AND active
                        ORDER BY line LIMIT 1),
            recent AS (SELECT DISTINCT blth FROM rbm_list WHERE ulp = :ulp
                       ORDER BY blth DESC LIMIT :n),
            mates AS (SELECT DISTINCT ON (p.idpel) p.idpel, p.gardu,
                             COALESCE(p.tiang = me.tiang, false) AS on_pole,
                             COALESCE(p.deret = me.deret, false) AS in_deret
                      FROM me JOIN pdpj p ON p.ulp = :ulp AND p.valid_to IS NULL AND p.active
                           AND (p.tiang = me.tiang OR p.deret = me.deret) AND p.idpel <> :idpel
                      ORDER BY p.idpel, p.line),
            load AS (SELECT count(*) AS members, sum(c.daya_va) / 1000 AS connected_kva,
                            count(*) FILTER (WHERE c.daya_va IS NULL) AS without_va
                     FROM (SELECT DISTINCT p.idpel FROM me JOIN pdpj p ON p.ulp = :ulp
                           AND p.gardu = me.gardu AND p.valid_to IS NULL AND p.active) m
                     JOIN customer c ON c.ulp = :ulp AND c.idpel = m.idpel AND c.active)
            SELECT (SELECT gardu FROM me) AS gardu, (SELECT tiang FROM me) AS tiang,
                   (SELECT deret FROM me) AS deret,
                   (SELECT rating_kva FROM gardu WHERE ulp = :ulp AND gardu = (SELECT gardu FROM me))
                       AS rating_kva,
                   load.members, load.connected_kva, load.without_va,
                   (SELECT count(*) FROM mates WHERE on_pole) AS same_pole,
                   (SELECT count(*) FROM mates, me WHERE on_pole
                        AND mates.gardu IS DISTINCT FROM me.gardu) AS pole_elsewhere,
                   (SELECT count(*) FROM mates WHERE in_deret) AS same_deret,
                   (SELECT count(*) FROM mates, me WHERE in_deret
                        AND mates.gardu IS DISTINCT FROM me.gardu) AS deret_elsewhere,
                   ARRAY(SELECT blth::text FROM reading WHERE ulp = :ulp AND idpel = :idpel
                             AND lbkb_code = 'D' AND blth IN (SELECT blth FROM recent)
                         UNION SELECT blth::text FROM reader_log WHERE ulp = :ulp
                             AND idpel = :idpel AND lbkb_code = 'D'
                             AND blth IN (SELECT blth FROM recent) ORDER BY 1) AS code_d,
                   a.outcome, a.gardu AS told, COALESCE(a.answered_at, a.received_at) AS answered_at
            FROM load LEFT JOIN LATERAL (
                SELECT outcome, gardu, answered_at, received_at FROM survey_answer
                WHERE ulp = :ulp AND idpel = :idpel
                ORDER BY COALESCE(answered_at, received_at) DESC, client_id, conflict_no DESC
                LIMIT 1) a ON true
            """
        ),
        {"ulp": ulp, "idpel": idpel, "n": periods},
    ).mappings()
    return dict(row.one())


def _metres(frame: pd.DataFrame, srid: int | None) -> gpd.GeoDataFrame:
    wkb = frame.pop("wkb")
    shapes = shapely.from_wkb([None if w is None else bytes(w) for w in wkb])
    made = gpd.GeoDataFrame(frame, geometry=list(shapes), index=frame.index, crs=WGS84)
    return to_metres(made, srid or NO_POSITIONS)
