"""The tables of one unit as the cores take them (contracts in `rbmgeo.frames`)."""

from typing import Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import copied
from rbmgeo.frames import PDPJ_LINES, RBM_LIST
from rbmgeo.geo import WGS84, metres_xy, to_metres

#: Metres for a unit that has no position at all, so that nothing can be measured wrongly.
NO_POSITIONS = 6933


def read(session: Session, sql: str, **params: Any) -> pd.DataFrame:
    """Run one SELECT and return its rows."""
    return pd.read_sql(text(sql), session.connection(), params=params)


def read_large(
    session: Session, sql: str, *, numbers: tuple[str, ...] = (), **params: Any
) -> pd.DataFrame:
    """Run one SELECT of many rows (`rbmgeo.db.bulk.copied`); what is none of ``numbers`` is text."""
    dialect = session.get_bind().dialect
    return copied(session, str(text(sql).compile(dialect=dialect)), params, numbers=numbers)


def read_exact(session: Session, sql: str, **params: Any) -> pd.DataFrame:
    """Run one SELECT whose decimals stay Decimal; `read` makes floats of them."""
    rows = session.execute(text(sql), params)
    return pd.DataFrame(rows.all(), columns=list(rows.keys()), dtype=object)


def customers(session: Session, *, ulp: str, srid: int | None) -> gpd.GeoDataFrame:
    """Return `CUSTOMERS` (with ``tiang``, ``service_point`` and ``public_id``), by idpel."""
    frame = copied(
        session,
        """
        SELECT idpel, public_id::text AS public_id, active, jenis_layanan, dibaca_oleh, tarif,
               daya_va::float8 AS daya_va, meter_number, tiang, service_point,
               point_source, coordinate_quality, spread_m,
               ST_X(geom) AS lon, ST_Y(geom) AS lat
        FROM customer WHERE ulp = %s ORDER BY idpel
        """,
        (ulp,),
        numbers=("daya_va", "spread_m", "lon", "lat"),
        flags=("active",),
    )
    return _points(frame.set_index("idpel"), srid)


def people(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return `PEOPLE` (with ``public_id``, ``tarif`` and ``daya_va``), by idpel."""
    return copied(
        session,
        """
        SELECT idpel, public_id::text AS public_id, active, jenis_layanan, dibaca_oleh, tarif,
               daya_va::float8 AS daya_va, geom IS NOT NULL AS has_point
        FROM customer WHERE ulp = %s ORDER BY idpel
        """,
        (ulp,),
        numbers=("daya_va",),
        flags=("active", "has_point"),
    ).set_index("idpel")


def rbm_list(
    session: Session, *, ulp: str, blth: str | None = None, idpels: list[str] | None = None
) -> pd.DataFrame:
    """Return `RBM_LIST` of one month (the newest if none is named), by rbm, urut, sisipan.

    ``idpels``: of these customers alone.
    """
    frame = copied(
        session,
        """
        SELECT idpel, line, rbm, urut, sisipan, hari_baca, officer, gardu, blth
        FROM rbm_list
        WHERE ulp = %s AND rbm IS NOT NULL
          AND blth = COALESCE(%s, (SELECT max(blth) FROM rbm_list WHERE ulp = %s))
          AND (%s OR idpel = ANY(CAST(%s AS text[])))
        ORDER BY rbm, urut, sisipan, idpel, line
        """,
        (ulp, blth, ulp, idpels is None, idpels or []),
        whole=("urut", "sisipan"),
    )
    return frame if len(frame) else RBM_LIST.empty().assign(blth=pd.Series(dtype="str"))


def pdpj_lines(session: Session, *, ulp: str, idpels: list[str] | None = None) -> pd.DataFrame:
    """Return `PDPJ_LINES` in force now, active services only, by idpel and line.

    ``idpels``: of these customers alone.
    """
    frame = copied(
        session,
        """
        SELECT idpel, line, gardu, jurusan, tiang, deret, penyulang, conflict
        FROM pdpj
        WHERE ulp = %s AND valid_to IS NULL AND active
          AND (%s OR idpel = ANY(CAST(%s AS text[])))
        ORDER BY idpel, line
        """,
        (ulp, idpels is None, idpels or []),
        flags=("conflict",),
    )
    return frame if len(frame) else PDPJ_LINES.empty().astype({"conflict": bool})


def gardu(session: Session, *, ulp: str, srid: int | None) -> gpd.GeoDataFrame:
    """Return `GARDU` (with ``lv_node``), by code; those without customers too."""
    frame = read(
        session,
        """
        SELECT gardu, penyulang, rating_kva::float8 AS rating_kva, lv_node, without_master,
               ST_X(geom) AS lon, ST_Y(geom) AS lat
        FROM gardu WHERE ulp = :ulp ORDER BY gardu
        """,
        ulp=ulp,
    )
    return _points(frame.set_index("gardu"), srid)


def tiang(
    session: Session, *, ulp: str, srid: int | None, codes: list[str] | None = None
) -> gpd.GeoDataFrame:
    """Return `TIANG`, by code; only these codes where some are named."""
    frame = read(
        session,
        "SELECT tiang, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM tiang "
        "WHERE ulp = :ulp AND (:all OR tiang = ANY(:codes)) ORDER BY tiang",
        ulp=ulp,
        all=codes is None,
        codes=codes or [],
    )
    return _points(frame.set_index("tiang"), srid)


def jtr(
    session: Session, *, ulp: str, srid: int | None, gardu: str | None = None
) -> gpd.GeoDataFrame:
    """Return `JTR` spans, by span; of one gardu those that may be its own: tagged so, or not at all."""
    frame = read(
        session,
        """
        SELECT span, gardu, jurusan, tiang_1, tiang_2, node_1, node_2, length_m,
               ST_AsBinary(geom) AS wkb
        FROM jtr_span WHERE ulp = :ulp AND (:all OR gardu = :gardu OR gardu IS NULL) ORDER BY span
        """,
        ulp=ulp,
        all=gardu is None,
        gardu=gardu,
    )
    return _lines(frame.set_index("span"), srid)


def drops(session: Session, *, ulp: str, points: list[str] | None = None) -> pd.DataFrame:
    """Return `DROPS`, by drop; only those to some service points where these are named."""
    frame = read(
        session,
        "SELECT drop_id, tiang, service_point, node, gardu, length_m FROM service_drop "
        "WHERE ulp = :ulp AND (:all OR service_point = ANY(:points)) ORDER BY drop_id",
        ulp=ulp,
        all=points is None,
        points=points or [],
    )
    return frame.set_index("drop_id")


def has_lines(session: Session, *, ulp: str) -> bool:
    """Say whether the unit has any low-voltage span."""
    found = session.scalar(text("SELECT EXISTS (SELECT FROM jtr_span WHERE ulp = :u)"), {"u": ulp})
    return bool(found)


def hanging_on(session: Session, *, ulp: str, poles: list[str], nodes: list[str]) -> pd.DataFrame:
    """Return active customers whom a record or a drop ties to some poles or nodes, by idpel.

    Columns ``tiang`` and ``service_point``. Which of several ties speaks is for the walk to say
    (`rbmgeo.network.downstream`): whoever has one of them is here.
    """
    frame = read(
        session,
        """
        WITH tied AS (
            SELECT idpel FROM pdpj
            WHERE ulp = :ulp AND valid_to IS NULL AND active AND tiang = ANY(:poles)
            UNION
            SELECT idpel FROM customer WHERE ulp = :ulp AND tiang = ANY(:poles)
            UNION
            SELECT c.idpel FROM customer c
            JOIN service_drop d ON d.ulp = c.ulp AND d.service_point = c.service_point
            WHERE c.ulp = :ulp AND (d.tiang = ANY(:poles) OR d.node = ANY(:nodes))
        )
        SELECT idpel, c.tiang, c.service_point FROM tied JOIN customer c USING (idpel)
        WHERE c.ulp = :ulp AND c.active ORDER BY idpel
        """,
        ulp=ulp,
        poles=poles,
        nodes=nodes,
    )
    return frame.set_index("idpel")


def streets(session: Session, *, ulp: str, srid: int | None) -> gpd.GeoDataFrame:
    """Return `STREETS`, by id."""
    frame = read(
        session,
        """
        SELECT street_id, highway, name, oneway, layer, bridge, tunnel, ST_AsBinary(geom) AS wkb
        FROM street WHERE ulp = :ulp ORDER BY street_id
        """,
        ulp=ulp,
    )
    return _lines(frame.set_index("street_id"), srid)


def code_d(session: Session, *, ulp: str, periods: int) -> "pd.Index[Any]":
    """Return the idpels that a reader reported as "not of this RBM" lately (R-MA-08)."""
    frame = read(
        session,
        """
        WITH recent AS (
            SELECT DISTINCT blth FROM rbm_list WHERE ulp = :ulp ORDER BY blth DESC LIMIT :n
        )
        SELECT idpel FROM reading
        WHERE ulp = :ulp AND lbkb_code = 'D' AND blth IN (SELECT blth FROM recent)
        UNION
        SELECT idpel FROM reader_log
        WHERE ulp = :ulp AND lbkb_code = 'D' AND blth IN (SELECT blth FROM recent)
        ORDER BY 1
        """,
        ulp=ulp,
        n=periods,
    )
    return cast("pd.Index[Any]", pd.Index(frame["idpel"], name="idpel"))


def calendar(session: Session, *, ulp: str, blth: str) -> pd.DataFrame:
    """Return the calendar of one month: ``hari_baca`` and ``read_on``, by date."""
    return read(
        session,
        "SELECT hari_baca, read_on FROM calendar WHERE ulp = :ulp AND blth = :blth "
        "ORDER BY read_on, hari_baca",
        ulp=ulp,
        blth=blth,
    )


def _points(frame: pd.DataFrame, srid: int | None) -> gpd.GeoDataFrame:
    crs = srid or NO_POSITIONS
    x, y = metres_xy(frame.pop("lon").astype(float), frame.pop("lat").astype(float), crs)
    points = gpd.array.GeometryArray(shapely.points(x, y), crs=crs)
    points[np.isnan(x)] = None
    return gpd.GeoDataFrame(frame, geometry=points, crs=crs)


def _lines(frame: pd.DataFrame, srid: int | None) -> gpd.GeoDataFrame:
    wkb = frame.pop("wkb")
    lines = shapely.from_wkb([None if w is None else bytes(w) for w in wkb])
    return to_metres(gpd.GeoDataFrame(frame, geometry=lines, crs=WGS84), srid or NO_POSITIONS)
