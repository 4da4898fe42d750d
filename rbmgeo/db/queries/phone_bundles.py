"""What a phone takes along: the open lists of an officer, their orders, what lies around the walk."""

from typing import Any

import pandas as pd
import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read, read_exact
from rbmgeo.errors import NotThere

#: A way between two stops that is longer than this is not walked: nothing along it is taken.
WALKED_M = 600.0
#: The walk of one list in EPSG:3857: every stop, and the ways between those close together.
#: ``scale``: how much longer a metre of the ground is there.
_WALK = """
    pts AS (
        SELECT c.geom_3857 AS g, lag(c.geom_3857) OVER (ORDER BY o.stop, o.order_id) AS prev,
               1 / cos(radians(ST_Y(c.geom))) AS scale
        FROM visit_order o JOIN customer c ON c.ulp = o.ulp AND c.idpel = o.idpel
        WHERE o.ulp = :ulp AND o.list_id = CAST(:list AS uuid) AND o.cancelled_at IS NULL
          AND c.geom_3857 IS NOT NULL),
    walk AS (
        SELECT ST_Collect(CASE WHEN ST_Distance(g, prev) <= :walked * scale
                               THEN ST_MakeLine(prev, g) ELSE g END) AS way,
               avg(scale) AS scale
        FROM pts)
"""


def open_lists(session: Session, *, ulp: str, officer: str) -> list[dict[str, Any]]:
    """Return the lists that an officer (a login) has to walk, those of the earliest day first.

    Keys ``list_id``, ``job``, ``title``, ``planned_on``, ``orders`` (those not taken back).
    """
    rows = session.execute(
        text(
            """
            SELECT l.list_id::text AS list_id, l.job, l.title, l.planned_on,
                   count(o.order_id) FILTER (WHERE o.cancelled_at IS NULL) AS orders
            FROM visit_list l LEFT JOIN visit_order o USING (ulp, list_id)
            WHERE l.ulp = :ulp AND l.officer = :officer AND l.closed_at IS NULL
            GROUP BY l.ulp, l.list_id
            ORDER BY l.planned_on NULLS LAST, l.title, l.list_id
            """
        ),
        {"ulp": ulp, "officer": officer},
    ).mappings()
    return [dict(r) for r in rows]


def one_list(session: Session, *, ulp: str, list_id: str, officer: str) -> dict[str, Any]:
    """Return one open list of an officer; raises `NotThere` for another's, a closed or no list.

    Keys ``list_id``, ``job``, ``blth``, ``title``, ``planned_on``, ``officer``, ``content``.
    """
    row = (
        session.execute(
            text(
                "SELECT list_id::text AS list_id, job, blth, title, planned_on, officer, content "
                "FROM visit_list WHERE ulp = :ulp AND list_id = CAST(:list AS uuid) "
                "AND officer = :officer AND closed_at IS NULL"
            ),
            {"ulp": ulp, "list": list_id, "officer": officer},
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        raise NotThere(
            "this list is not (or no longer) yours, or it is closed; load your lists again",
            "daftar ini bukan (lagi) milik Anda, atau sudah ditutup; muat ulang daftar Anda",
        )
    return dict(row)


def orders(session: Session, *, ulp: str, list_id: str) -> pd.DataFrame:
    """Return the orders of a list in walking order, with what stands at each door.

    One row an order that was not taken back: ``order_id``, ``idpel``, ``stop``, ``due_on``,
    ``reason``, ``content``, ``customer`` (public id), ``name``, ``address``, ``meter_number``,
    ``lon``, ``lat`` (degrees), ``rbm`` (of the newest list), ``gardu`` and ``tiang`` as
    recorded, ``question`` of the newest survey plan as it is kept.
    """
    frame = read_exact(
        session,
        """
        SELECT o.order_id::text AS order_id, o.idpel, o.stop, o.due_on, o.reason, o.content,
               c.public_id::text AS customer, c.name, c.address, c.meter_number,
               ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, r.rbm, p.gardu,
               COALESCE(p.tiang, c.tiang) AS tiang, t.question
        FROM visit_order o
        LEFT JOIN customer c ON c.ulp = o.ulp AND c.idpel = o.idpel
        LEFT JOIN LATERAL (
            SELECT gardu, tiang FROM pdpj WHERE ulp = o.ulp AND idpel = o.idpel
            AND valid_to IS NULL AND active ORDER BY line LIMIT 1) p ON true
        LEFT JOIN LATERAL (
            SELECT rbm FROM rbm_list WHERE ulp = o.ulp AND idpel = o.idpel
            AND blth = (SELECT max(blth) FROM rbm_list WHERE ulp = :ulp)
            ORDER BY line, rbm LIMIT 1) r ON true
        LEFT JOIN LATERAL (
            SELECT question FROM survey_task WHERE ulp = o.ulp AND idpel = o.idpel
            ORDER BY run_id DESC, second LIMIT 1) t ON o.job = 'survei'
        WHERE o.ulp = :ulp AND o.list_id = CAST(:list AS uuid) AND o.cancelled_at IS NULL
        ORDER BY o.stop, o.order_id
        """,
        ulp=ulp, list=list_id,
    )  # fmt: skip
    return frame.set_index("order_id")


def nearest(session: Session, *, ulp: str, list_id: str, what: str, count: int) -> pd.DataFrame:
    """Return the nearest gardu or poles of each order's house, nearest first.

    ``what``: ``gardu`` or ``tiang``. Columns ``order_id``, ``code``, ``away_m``, ``lon``,
    ``lat``; a house without a place has none.
    """
    table = {"gardu": "gardu", "tiang": "tiang"}[what]
    return read(
        session,
        f"""
        SELECT o.order_id::text AS order_id, n.code, n.lon, n.lat,
               ST_Distance(c.geom::geography, n.geom::geography) AS away_m
        FROM visit_order o JOIN customer c ON c.ulp = o.ulp AND c.idpel = o.idpel
        CROSS JOIN LATERAL (
            SELECT {table} AS code, geom, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM near.{table}
            WHERE ulp = :ulp AND geom_3857 IS NOT NULL
            ORDER BY geom_3857 <-> c.geom_3857 LIMIT :n) n
        WHERE o.ulp = :ulp AND o.list_id = CAST(:list AS uuid) AND o.cancelled_at IS NULL
          AND c.geom_3857 IS NOT NULL
        ORDER BY o.stop, o.order_id, away_m, n.code
        """,
        ulp=ulp, list=list_id, n=count,
    )  # fmt: skip


def around(session: Session, *, ulp: str, list_id: str, within_m: float, most: int) -> pd.DataFrame:
    """Return the customers near the walk of a list: nearest first, then by public id.

    Columns ``customer``, ``idpel``, ``meter_number``, ``lon``, ``lat``, ``away_m`` (metres).
    """
    return read(
        session,
        f"""
        WITH {_WALK}
        SELECT c.public_id::text AS customer, c.idpel, c.meter_number,
               ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat,
               ST_Distance(c.geom_3857, w.way) / w.scale AS away_m
        FROM walk w JOIN near.customer c
             ON c.ulp = :ulp AND c.active AND ST_DWithin(c.geom_3857, w.way, :m * w.scale)
        ORDER BY away_m, customer LIMIT :most
        """,
        ulp=ulp, list=list_id, m=within_m, walked=WALKED_M, most=most,
    )  # fmt: skip


def streets(session: Session, *, ulp: str, list_id: str, within_m: float) -> list[Any]:
    """Return the streets near the walk of a list as lines in degrees, corners under 2 m left out."""
    rows = session.execute(
        text(
            f"""
            WITH {_WALK}
            SELECT ST_AsBinary(ST_Simplify(s.geom, 0.00002)) FROM walk w JOIN near.street s
                 ON s.ulp = :ulp AND ST_DWithin(s.geom_3857, w.way, :m * w.scale)
            ORDER BY s.street_id
            """
        ),
        {"ulp": ulp, "list": list_id, "m": within_m, "walked": WALKED_M},
    )
    return list(shapely.from_wkb([bytes(row[0]) for row in rows]))
