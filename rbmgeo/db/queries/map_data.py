"""What a map draws, in degrees: at most one RBM or gardu, and the lines around it."""

from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read
from rbmgeo.geo import WGS84

#: Degrees around what is drawn within which streets and spans are shown (about 150 m).
MARGIN = 0.0014

Box = tuple[float, float, float, float]


def idpels_of_rbm(
    session: Session, *, ulp: str, rbm: str, version_id: int | None = None
) -> list[str]:
    """Return whose places `rbm_points` draws."""
    source = (
        "rbm_list m WHERE m.ulp = :ulp AND m.rbm = :code "
        "AND m.blth = (SELECT max(blth) FROM rbm_list WHERE ulp = :ulp)"
        if version_id is None
        else "rbm_member m WHERE m.ulp = :ulp AND m.rbm = :code AND m.version_id = :version"
    )
    told = {"ulp": ulp, "code": rbm} | ({} if version_id is None else {"version": version_id})
    return list(session.scalars(text(f"SELECT DISTINCT m.idpel FROM {source} ORDER BY 1"), told))


def rbm_points(
    session: Session, *, ulp: str, rbm: str, version_id: int | None = None
) -> pd.DataFrame:
    """Return the customers of one RBM in walking order, of a version or of the newest list.

    Columns ``public_id``, ``urut``, ``sisipan``, ``lon``, ``lat`` (missing without a
    point), ``gardu``, ``match``, ``p``.
    """
    source = (
        "rbm_list m WHERE m.ulp = :ulp AND m.rbm = :code "
        "AND m.blth = (SELECT max(blth) FROM rbm_list WHERE ulp = :ulp)"
        if version_id is None
        else "rbm_member m WHERE m.ulp = :ulp AND m.rbm = :code AND m.version_id = :version"
    )
    return read(
        session,
        f"""
        SELECT c.public_id::text AS public_id, o.urut, o.sisipan, ST_X(c.geom) AS lon,
               ST_Y(c.geom) AS lat, COALESCE(x.gardu, p.gardu) AS gardu, x.match, f.p, f.kind
        FROM (SELECT m.ulp, m.idpel, m.urut, m.sisipan FROM {source}) o
        LEFT JOIN customer c ON c.ulp = o.ulp AND c.idpel = o.idpel
        LEFT JOIN match_row x ON x.ulp = o.ulp AND x.idpel = o.idpel
        LEFT JOIN finding f ON f.ulp = o.ulp AND f.idpel = o.idpel
        LEFT JOIN LATERAL (SELECT gardu FROM pdpj WHERE ulp = o.ulp AND idpel = o.idpel
            AND valid_to IS NULL AND active ORDER BY line LIMIT 1) p ON true
        ORDER BY o.urut NULLS LAST, o.sisipan, o.idpel
        """,
        ulp=ulp,
        code=rbm,
        version=version_id,
    )


def gardu_points(session: Session, *, ulp: str, gardu: str) -> pd.DataFrame:
    """Return the customers whose record in force names one gardu, columns as `rbm_points`."""
    return read(
        session,
        """
        SELECT c.public_id::text AS public_id, NULL::int AS urut, NULL::int AS sisipan,
               ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, p.gardu, x.match, f.p, f.kind
        FROM pdpj p
        LEFT JOIN customer c ON c.ulp = p.ulp AND c.idpel = p.idpel
        LEFT JOIN match_row x ON x.ulp = p.ulp AND x.idpel = p.idpel
        LEFT JOIN finding f ON f.ulp = p.ulp AND f.idpel = p.idpel
        WHERE p.ulp = :ulp AND p.gardu = :code AND p.valid_to IS NULL AND p.active
        ORDER BY p.idpel, p.line
        """,
        ulp=ulp,
        code=gardu,
    )


def gardu_places(session: Session, *, ulp: str, codes: list[str] | None = None) -> pd.DataFrame:
    """Return every gardu, or some of them: gardu, lon, lat (missing without a point), by code."""
    some = "" if codes is None else "AND gardu = ANY(:codes)"
    return read(
        session,
        "SELECT gardu, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM gardu "
        f"WHERE ulp = :ulp {some} ORDER BY gardu",
        ulp=ulp,
        codes=codes or [],
    )


def streets(session: Session, *, ulp: str, box: Box, main_only: bool = False) -> gpd.GeoDataFrame:
    """Return street lines that touch a box (west, south, east, north): ``highway``, geometry."""
    return _lines(session, "street", "highway", ulp, box, "AND (NOT :main OR highway = ANY(:roads))",
                  main=main_only, roads=MAIN_ROADS)  # fmt: skip


def spans(session: Session, *, ulp: str, box: Box) -> gpd.GeoDataFrame:
    """Return low-voltage spans that touch a box: ``gardu``, geometry."""
    return _lines(session, "jtr_span", "gardu", ulp, box, "")


#: OSM classes that carry through traffic.
MAIN_ROADS = [
    "motorway", "trunk", "primary", "secondary", "tertiary", "motorway_link", "trunk_link",
    "primary_link", "secondary_link", "tertiary_link", "unclassified",
]  # fmt: skip


def _lines(
    session: Session, table: str, column: str, ulp: str, box: Box, more: str, **params: Any
) -> gpd.GeoDataFrame:
    west, south, east, north = box
    rows = read(
        session,
        f"""
        SELECT {column}, ST_AsBinary(geom) AS wkb FROM near.{table}
        WHERE ulp = :ulp AND geom && ST_MakeEnvelope(:w, :s, :e, :n, 4326) {more}
        """,
        ulp=ulp, w=west - MARGIN, s=south - MARGIN, e=east + MARGIN, n=north + MARGIN, **params,
    )  # fmt: skip
    lines = shapely.from_wkb([bytes(b) for b in rows.pop("wkb")])
    return gpd.GeoDataFrame(rows, geometry=list(lines), crs=WGS84)


def road_classes(session: Session, *, ulp: str) -> dict[str, int]:
    """Count the street lines of a unit by their class (OSM highway), most first."""
    rows = read(
        session,
        "SELECT highway, count(*) AS n FROM street WHERE ulp = :u AND highway IS NOT NULL "
        "GROUP BY highway ORDER BY 2 DESC, 1",
        u=ulp,
    )
    return {str(name): int(n) for name, n in zip(rows["highway"], rows["n"], strict=True)}
