"""What a surveyor needs at one gardu: the choice of gardu, its lines and poles, the houses."""

from datetime import datetime
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import NO_POSITIONS, read
from rbmgeo.errors import NotThere
from rbmgeo.geo import WGS84, to_metres

Box = tuple[float, float, float, float]


def choices(
    session: Session, *, ulp: str, since: datetime, search: str, size: int
) -> list[dict[str, Any]]:
    """Return gardu that have customers, those with most errors expected first.

    Keys ``gardu``, ``name``, ``houses``, ``answered`` (since a moment). The order is all that
    is said of errors: who looks on the spot is told no guess. ``search``: a part of the code
    or name.
    """
    rows = session.execute(
        text(
            """
            SELECT p.gardu, g.name, count(DISTINCT p.idpel) AS houses,
                   count(DISTINCT a.idpel) AS answered
            FROM pdpj p
            LEFT JOIN gardu g ON g.ulp = p.ulp AND g.gardu = p.gardu
            LEFT JOIN finding f ON f.ulp = p.ulp AND f.idpel = p.idpel AND f.tier <> 'SV'
            LEFT JOIN survey_answer a ON a.ulp = p.ulp AND a.idpel = p.idpel
                 AND COALESCE(a.answered_at, a.received_at) >= :since
            WHERE p.ulp = :ulp AND p.valid_to IS NULL AND p.active AND p.gardu IS NOT NULL
              AND (:search = '' OR strpos(upper(p.gardu || ' ' || COALESCE(g.name, '')), upper(:search)) > 0)
            GROUP BY p.gardu, g.name
            ORDER BY COALESCE(sum(f.p), 0) DESC, p.gardu LIMIT :size
            """
        ),
        {"ulp": ulp, "since": since, "search": search, "size": size},
    ).mappings()
    return [dict(r) for r in rows]


def gardu_place(session: Session, *, ulp: str, gardu: str) -> dict[str, Any]:
    """Return ``gardu``, ``name``, ``lv_node``, ``lon``, ``lat`` of one gardu; raises `NotThere`."""
    row = (
        session.execute(
            text(
                "SELECT gardu, name, lv_node, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM gardu "
                "WHERE ulp = :ulp AND gardu = :gardu"
            ),
            {"ulp": ulp, "gardu": gardu},
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotThere(
            f"gardu {gardu} is not among the gardu of unit {ulp}; choose one of the list",
            f"gardu {gardu} tidak ada di daftar gardu unit {ulp}; pilih dari daftar",
        )
    return dict(row)


def box(session: Session, *, ulp: str, gardu: str) -> Box | None:
    """Return (west, south, east, north) of a gardu, its spans and its customers' poles; or None."""
    row = session.execute(
        text(
            """
            SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b) FROM (
                SELECT ST_Extent(geom) AS b FROM (
                    SELECT geom FROM gardu WHERE ulp = :ulp AND gardu = :gardu
                    UNION ALL SELECT geom FROM jtr_span WHERE ulp = :ulp AND gardu = :gardu
                    UNION ALL SELECT t.geom FROM pdpj p JOIN tiang t USING (ulp, tiang)
                    WHERE p.ulp = :ulp AND p.gardu = :gardu AND p.valid_to IS NULL AND p.active
                ) parts) whole
            """
        ),
        {"ulp": ulp, "gardu": gardu},
    ).one()
    return None if row[0] is None else (row[0], row[1], row[2], row[3])


def spans(
    session: Session, *, ulp: str, gardu: str, box: Box, srid: int | None
) -> gpd.GeoDataFrame:
    """Return `JTR`: the spans tagged with a gardu, and those of others that lie in its box."""
    frame = read(
        session,
        """
        SELECT span, gardu, jurusan, tiang_1, tiang_2, node_1, node_2, length_m,
               ST_AsBinary(geom) AS wkb
        FROM jtr_span WHERE ulp = :ulp AND gardu = :gardu
        UNION ALL
        SELECT span, gardu, jurusan, tiang_1, tiang_2, node_1, node_2, length_m, ST_AsBinary(geom)
        FROM near.jtr_span WHERE ulp = :ulp AND gardu IS DISTINCT FROM :gardu
          AND geom && ST_MakeEnvelope(:w, :s, :e, :n, 4326)
        ORDER BY span
        """,
        ulp=ulp, gardu=gardu, **_corners(box),
    )  # fmt: skip
    return _lines(frame.set_index("span"), srid)


def poles(session: Session, *, ulp: str, box: Box, srid: int | None) -> gpd.GeoDataFrame:
    """Return `TIANG` that stand in a box."""
    frame = read(
        session,
        "SELECT tiang, ST_AsBinary(geom) AS wkb FROM near.tiang WHERE ulp = :ulp "
        "AND geom && ST_MakeEnvelope(:w, :s, :e, :n, 4326) ORDER BY tiang",
        ulp=ulp, **_corners(box),
    )  # fmt: skip
    return _lines(frame.set_index("tiang"), srid)


def houses(
    session: Session, *, ulp: str, gardu: str, box: Box | None, since: datetime, srid: int | None
) -> gpd.GeoDataFrame:
    """Return the members of a gardu and who might hang on it, index idpel.

    Members: any record in force names it. Others: active, and recorded on one of the poles in
    the box, standing in it, or proposed for it. Columns ``member``, ``proposed``, ``gardu``
    (recorded), ``tiang``, ``jurusan``, ``public_id``, ``address``, ``meter_number``,
    ``outcome`` and ``told`` (newest answer since a moment, and the gardu it named), geometry.
    """
    frame = read(
        session,
        """
        WITH asked AS (
            SELECT idpel FROM pdpj
            WHERE ulp = :ulp AND gardu = :gardu AND valid_to IS NULL AND active
            UNION SELECT idpel FROM finding
            WHERE ulp = :ulp AND proposed_gardu = :gardu AND kind <> 'ok'
            UNION SELECT idpel FROM near.customer
            WHERE ulp = :ulp AND geom_3857 && ST_Transform(ST_MakeEnvelope(:w, :s, :e, :n, 4326), 3857)
            UNION SELECT p.idpel FROM near.tiang t JOIN pdpj p ON p.ulp = t.ulp AND p.tiang = t.tiang
            WHERE t.ulp = :ulp AND t.geom && ST_MakeEnvelope(:w, :s, :e, :n, 4326)
              AND p.valid_to IS NULL AND p.active
        )
        SELECT c.idpel, COALESCE(p.member, false) AS member,
               COALESCE(f.proposed_gardu = :gardu AND f.kind <> 'ok', false) AS proposed,
               p.gardu, COALESCE(p.tiang, c.tiang) AS tiang, p.jurusan,
               c.public_id::text AS public_id, c.address, c.meter_number,
               a.outcome, a.gardu AS told, ST_AsBinary(c.geom) AS wkb
        FROM asked q
        JOIN customer c ON c.ulp = :ulp AND c.idpel = q.idpel
        LEFT JOIN finding f ON f.ulp = :ulp AND f.idpel = q.idpel
        LEFT JOIN LATERAL (
            SELECT (array_agg(gardu ORDER BY line))[1] AS gardu,
                   (array_agg(tiang ORDER BY line) FILTER (WHERE tiang IS NOT NULL))[1] AS tiang,
                   (array_agg(jurusan ORDER BY gardu = :gardu DESC, line))[1] AS jurusan,
                   bool_or(gardu = :gardu) AS member
            FROM pdpj WHERE ulp = :ulp AND idpel = q.idpel AND valid_to IS NULL AND active) p ON true
        LEFT JOIN LATERAL (
            SELECT outcome, gardu FROM survey_answer
            WHERE ulp = :ulp AND idpel = q.idpel AND COALESCE(answered_at, received_at) >= :since
            ORDER BY COALESCE(answered_at, received_at) DESC, received_at DESC, client_id, conflict_no DESC
            LIMIT 1) a ON true
        WHERE COALESCE(p.member, false) OR c.active
        ORDER BY c.idpel
        """,
        ulp=ulp, gardu=gardu, since=since, **_corners(box or (0.0, 0.0, 0.0, 0.0)),
    )  # fmt: skip
    made = _lines(frame.set_index("idpel"), srid)
    return made.astype({"member": bool, "proposed": bool})


def idpels_of(session: Session, *, ulp: str, public_ids: list[str]) -> dict[str, str]:
    """Return idpel by public id, of those that the unit has."""
    rows = session.execute(
        text(
            "SELECT public_id::text, idpel FROM customer "
            "WHERE ulp = :ulp AND public_id = ANY(CAST(:ids AS uuid[]))"
        ),
        {"ulp": ulp, "ids": public_ids},
    )
    return {row[0]: row[1] for row in rows}


def _corners(box: Box) -> dict[str, float]:
    return dict(zip("wsen", box, strict=True))


def _lines(frame: pd.DataFrame, srid: int | None) -> gpd.GeoDataFrame:
    wkb = frame.pop("wkb")
    shapes = shapely.from_wkb([None if w is None else bytes(w) for w in wkb])
    return to_metres(
        gpd.GeoDataFrame(frame, geometry=list(shapes), crs=WGS84), srid or NO_POSITIONS
    )
