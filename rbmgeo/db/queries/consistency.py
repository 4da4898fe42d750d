"""What readers' logs say of twelve months, and what a person decided of a question about it."""

from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from rbmgeo.db import bulk
from rbmgeo.db.models import ReadingAnswer
from rbmgeo.db.queries.lists import read_exact
from rbmgeo.geo import metres_xy


def reads(
    session: Session, *, ulp: str, first: str, last: str, time_zone: str, srid: int | None
) -> pd.DataFrame:
    """Return the readings of some months as `rbmgeo.supervision.consistency.facts` takes them.

    The RBM and place of each customer are those of the month's own list; who stood on none in
    that month is left out. Metres of ``srid``; without one (a unit that nothing places) no
    place is told.
    """
    frame = bulk.copied(
        session,
        """
        SELECT l.rbm, g.blth, g.idpel, g.officer,
               to_char(g.read_at AT TIME ZONE %s, 'YYYY-MM-DD"T"HH24:MI:SS') AS read_at,
               l.urut * 100 + COALESCE(l.sisipan, 0) AS place,
               ST_X(g.geom) AS lon, ST_Y(g.geom) AS lat, g.accuracy_m,
               ST_X(c.geom) AS customer_lon, ST_Y(c.geom) AS customer_lat
        FROM reader_log g
        JOIN (SELECT DISTINCT ON (blth, idpel) blth, idpel, rbm, urut, sisipan FROM rbm_list
              WHERE ulp = %s AND blth BETWEEN %s AND %s AND rbm IS NOT NULL
              ORDER BY blth, idpel, line) l ON l.blth = g.blth AND l.idpel = g.idpel
        LEFT JOIN customer c ON c.ulp = g.ulp AND c.idpel = g.idpel
        WHERE g.ulp = %s AND g.blth BETWEEN %s AND %s
        ORDER BY g.log_id
        """,
        (time_zone, ulp, first, last, ulp, first, last),
        numbers=("place", "lon", "lat", "accuracy_m", "customer_lon", "customer_lat"),
    )
    frame["read_at"] = pd.to_datetime(frame["read_at"])
    for whose in ("", "customer_"):
        lon, lat = frame.pop(f"{whose}lon"), frame.pop(f"{whose}lat")
        x, y = (np.nan, np.nan) if srid is None else metres_xy(lon, lat, srid)
        frame[f"{whose}x"], frame[f"{whose}y"] = x, y
    return frame


def planned(session: Session, *, ulp: str, first: str, last: str) -> pd.Series:
    """Return the planned date by (rbm, blth), of those that the calendar has one for."""
    frame = read_exact(
        session,
        """
        SELECT l.rbm, l.blth, k.read_on FROM (
            SELECT rbm, blth, mode() WITHIN GROUP (ORDER BY hari_baca) AS hari_baca FROM rbm_list
            WHERE ulp = :ulp AND blth BETWEEN :first AND :last AND rbm IS NOT NULL
            GROUP BY rbm, blth) l
        JOIN calendar k ON k.ulp = :ulp AND k.blth = l.blth AND k.hari_baca = l.hari_baca
        ORDER BY l.rbm, l.blth
        """,
        ulp=ulp, first=first, last=last,
    )  # fmt: skip
    return pd.to_datetime(frame.set_index(["rbm", "blth"])["read_on"])


def calendar_mark(session: Session, *, ulp: str) -> str:
    """Return a text that differs once a reading date of the unit is another."""
    found = session.scalar(
        text(
            "SELECT md5(string_agg(concat_ws('|', blth, hari_baca, read_on), ';' "
            "ORDER BY blth, hari_baca, read_on)) FROM calendar WHERE ulp = :u"
        ),
        {"u": ulp},
    )
    return str(found or "")


def answers(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return the newest answer to each question.

    ``rbm``, ``blth``, ``ask``, ``verdict``, ``note``, ``answered_by``, ``answered_at``.
    """
    return read_exact(
        session,
        """
        SELECT DISTINCT ON (rbm, blth, ask) rbm, blth, ask, verdict, note, answered_by, answered_at
        FROM reading_answer WHERE ulp = :ulp ORDER BY rbm, blth, ask, answer_id DESC
        """,
        ulp=ulp,
    )


def latest(session: Session, *, ulp: str) -> int:
    """Return the number of the newest answer of a unit, 0 before any."""
    found = session.scalar(text("SELECT max(answer_id) FROM reading_answer WHERE ulp = :u"), {"u": ulp})  # fmt: skip
    return int(found or 0)


def add_answer(session: Session, *, ulp: str, **values: Any) -> None:
    """Keep what a person decided of a question."""
    session.execute(insert(ReadingAnswer).values(ulp=ulp, **values))
