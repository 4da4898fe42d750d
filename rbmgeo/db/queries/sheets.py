"""What a printed sheet shows, in degrees: one RBM or gardu with its table, and what lies around."""

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read
from rbmgeo.geo import WGS84

Box = tuple[float, float, float, float]

_RECORD = """
    LEFT JOIN LATERAL (SELECT gardu, tiang, jurusan FROM pdpj
        WHERE ulp = c.ulp AND idpel = c.idpel AND valid_to IS NULL AND active
        ORDER BY line LIMIT 1) p ON true
"""
#: Who is on which RBM: of a version, or of the newest list where none is named.
_MEMBERS = {
    True: "rbm_member m WHERE m.ulp = :ulp AND m.version_id = :version",
    # The first line of a customer counts, so that nobody is on two sheets; asked for so, the
    # index by RBM is taken, where picking one line each would sort the whole month.
    False: "rbm_list m WHERE m.ulp = :ulp AND m.rbm IS NOT NULL "
    "AND m.blth = (SELECT max(blth) FROM rbm_list WHERE ulp = :ulp) "
    "AND NOT EXISTS (SELECT FROM rbm_list e WHERE e.ulp = m.ulp AND e.idpel = m.idpel "
    "AND e.blth = m.blth AND e.rbm IS NOT NULL AND e.line < m.line)",
}
_FACTS = """
    o.idpel, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, c.address, c.tarif,
    c.daya_va::float8 AS daya_va, c.meter_number, p.jurusan
"""


def rbm_houses(
    session: Session, *, ulp: str, rbm: str, version_id: int | None = None
) -> pd.DataFrame:
    """Return the customers of one RBM in walking order, with what the sheet's table says.

    Columns ``idpel``, ``rbm``, ``urut``, ``sisipan``, ``lon``, ``lat`` (missing without a
    point), ``address``, ``tarif``, ``daya_va``, ``meter_number``, ``gardu``, ``tiang``,
    ``jurusan``. Nobody is left out and nobody stands twice.
    """
    return read(
        session,
        f"""
        SELECT {_FACTS}, o.rbm, o.urut, o.sisipan, p.gardu, COALESCE(p.tiang, c.tiang) AS tiang
        FROM (SELECT m.idpel, m.rbm, m.urut, m.sisipan FROM {_MEMBERS[version_id is not None]}
              AND m.rbm = :code) o
        LEFT JOIN customer c ON c.ulp = :ulp AND c.idpel = o.idpel {_RECORD}
        ORDER BY o.urut NULLS LAST, o.sisipan, o.idpel
        """,
        ulp=ulp,
        code=rbm,
        version=version_id,
    )


def gardu_houses(
    session: Session, *, ulp: str, gardu: str, version_id: int | None = None
) -> pd.DataFrame:
    """Return the customers whose record in force names one gardu, columns as `rbm_houses`.

    By RBM in walking order; those on no RBM last.
    """
    return read(
        session,
        f"""
        SELECT {_FACTS}, o.rbm, o.urut, o.sisipan, :code AS gardu, COALESCE(p.tiang, c.tiang) AS tiang
        FROM (SELECT d.idpel, m.rbm, m.urut, m.sisipan
              FROM (SELECT DISTINCT idpel FROM pdpj WHERE ulp = :ulp AND gardu = :code
                    AND valid_to IS NULL AND active) d
              LEFT JOIN (SELECT m.* FROM {_MEMBERS[version_id is not None]}) m
                   ON m.idpel = d.idpel) o
        LEFT JOIN customer c ON c.ulp = :ulp AND c.idpel = o.idpel {_RECORD}
        ORDER BY o.rbm NULLS LAST, o.urut NULLS LAST, o.sisipan, o.idpel
        """,
        ulp=ulp,
        code=gardu,
        version=version_id,
    )


def around(session: Session, *, ulp: str, box: Box, version_id: int | None = None) -> pd.DataFrame:
    """Return the active customers within a box of degrees: idpel, lon, lat, rbm, gardu."""
    west, south, east, north = box
    return read(
        session,
        f"""
        SELECT c.idpel, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, o.rbm, p.gardu
        FROM near.customer c
        LEFT JOIN LATERAL (SELECT m.rbm FROM {_OWN[version_id is not None]}) o ON true {_RECORD}
        WHERE c.ulp = :ulp AND c.active
          AND c.geom_3857 && ST_Transform(ST_MakeEnvelope(:w, :s, :e, :n, 4326), 3857)
        ORDER BY c.idpel
        """,
        ulp=ulp, version=version_id, w=west, s=south, e=east, n=north,
    )  # fmt: skip


_OWN = {
    True: "rbm_member m WHERE m.ulp = c.ulp AND m.idpel = c.idpel AND m.version_id = :version",
    False: "rbm_list m WHERE m.ulp = c.ulp AND m.idpel = c.idpel AND m.rbm IS NOT NULL "
    "ORDER BY m.blth DESC, m.line LIMIT 1",
}


def gardu_within(session: Session, *, ulp: str, box: Box, codes: list[str]) -> pd.DataFrame:
    """Return the gardu in a box, and those of ``codes``: gardu, lon, lat, penyulang, rating_kva."""
    west, south, east, north = box
    return read(
        session,
        """
        SELECT gardu, ST_X(geom) AS lon, ST_Y(geom) AS lat, name, penyulang,
               rating_kva::float8 AS rating_kva
        FROM near.gardu WHERE ulp = :ulp
          AND (gardu = ANY(:codes) OR geom && ST_MakeEnvelope(:w, :s, :e, :n, 4326))
        ORDER BY gardu
        """,
        ulp=ulp, codes=codes, w=west, s=south, e=east, n=north,
    )  # fmt: skip


def poles_within(session: Session, *, ulp: str, box: Box) -> pd.DataFrame:
    """Return the poles in a box: tiang, lon, lat."""
    west, south, east, north = box
    return read(
        session,
        "SELECT tiang, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM near.tiang WHERE ulp = :ulp "
        "AND geom && ST_MakeEnvelope(:w, :s, :e, :n, 4326) ORDER BY tiang",
        ulp=ulp, w=west, s=south, e=east, n=north,
    )  # fmt: skip


def lines_within(
    session: Session, *, ulp: str, table: str, box: Box | None, roads: list[str] | None = None
) -> gpd.GeoDataFrame:
    """Return streets (highway, name and tags) or spans (gardu, jurusan) that touch a box.

    ``roads``: only these classes; without a box those of the whole unit.
    """
    columns = {
        "street": "street_id, highway, name, layer, bridge, tunnel",
        "jtr_span": "span, gardu, jurusan",
    }[table]
    key = {"street": "street_id", "jtr_span": "span"}[table]
    west, south, east, north = box or (-180.0, -90.0, 180.0, 90.0)
    rows = read(
        session,
        f"SELECT {columns}, ST_AsBinary(geom) AS wkb FROM near.{table} WHERE ulp = :ulp "
        "AND geom && ST_MakeEnvelope(:w, :s, :e, :n, 4326)"
        + (" AND highway = ANY(:roads)" if roads is not None else "")
        + f" ORDER BY {key}",
        ulp=ulp, w=west, s=south, e=east, n=north, roads=roads,
    )  # fmt: skip
    lines = shapely.from_wkb([bytes(b) for b in rows.pop("wkb")])
    return gpd.GeoDataFrame(rows, geometry=list(lines), crs=WGS84)


def routes_of(session: Session, *, ulp: str, version_id: int | None) -> pd.DataFrame:
    """Return every RBM of a version or of the newest list, by code.

    Index ``rbm``: ``hari_baca``, ``officer``, ``customers``, ``length_m``, ``minutes`` (missing
    for a list).
    """
    if version_id is not None:
        sql = """
        SELECT r.rbm, r.hari_baca, r.officer, count(m.idpel) AS customers, r.length_m, r.minutes
        FROM rbm r LEFT JOIN rbm_member m USING (ulp, version_id, rbm)
        WHERE r.ulp = :ulp AND r.version_id = :version
        GROUP BY r.rbm, r.hari_baca, r.officer, r.length_m, r.minutes ORDER BY r.rbm
        """
    else:
        sql = """
        SELECT rbm, mode() WITHIN GROUP (ORDER BY hari_baca) AS hari_baca,
               mode() WITHIN GROUP (ORDER BY officer) AS officer,
               count(DISTINCT idpel) AS customers, NULL::float8 AS length_m,
               NULL::float8 AS minutes
        FROM rbm_list WHERE ulp = :ulp AND rbm IS NOT NULL
          AND blth = (SELECT max(blth) FROM rbm_list WHERE ulp = :ulp)
        GROUP BY rbm ORDER BY rbm
        """
    return read(session, sql, ulp=ulp, version=version_id).set_index("rbm")


def newest_list(session: Session, *, ulp: str) -> str | None:
    """Return the month of the newest list, None where there is none."""
    found = session.scalar(text("SELECT max(blth) FROM rbm_list WHERE ulp = :u"), {"u": ulp})
    return None if found is None else str(found)
