"""On which RBM the vendor's customers stand now and stood last month: counted, never row by row."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read
from rbmgeo.db.queries.versions import routes


@dataclass(frozen=True)
class Source:
    """What says who stands where in a month: the version in force, else the list of a month."""

    version_id: int | None
    list_blth: str | None


#: Each customer's RBM by the source ``{n}``; of several lines of a list the first that names one.
_PLACE = """
    SELECT idpel, rbm FROM rbm_member WHERE ulp = :ulp AND version_id = :version_{n}
    UNION ALL
    (SELECT DISTINCT ON (idpel) idpel, rbm FROM rbm_list
     WHERE ulp = :ulp AND blth = :list_{n} AND CAST(:version_{n} AS bigint) IS NULL
       AND rbm IS NOT NULL
     ORDER BY idpel, line)
"""


def newest_list(session: Session, *, ulp: str) -> str | None:
    """Return the newest month of which the unit has a list."""
    found = session.scalar(text("SELECT max(blth) FROM rbm_list WHERE ulp = :u"), {"u": ulp})
    return None if found is None else str(found)


def vendor_read(session: Session, *, ulp: str, now: Source, last: Source) -> pd.DataFrame:
    """Count the active vendor-read customers by RBM now and last month.

    Columns ``rbm`` and ``rbm_last`` (missing: on none) and ``customers``.
    """
    return read(
        session,
        f"""
        SELECT n.rbm, l.rbm AS rbm_last, count(*) AS customers
        FROM customer c
        LEFT JOIN ({_PLACE.format(n="now")}) n USING (idpel)
        LEFT JOIN ({_PLACE.format(n="last")}) l USING (idpel)
        WHERE c.ulp = :ulp AND c.active AND c.dibaca_oleh = 'vendor'
        GROUP BY n.rbm, l.rbm ORDER BY n.rbm, l.rbm
        """,
        ulp=ulp, version_now=now.version_id, list_now=now.list_blth,
        version_last=last.version_id, list_last=last.list_blth,
    ).astype({"rbm": "str", "rbm_last": "str"})  # fmt: skip


def schedule(session: Session, *, ulp: str, source: Source) -> pd.DataFrame:
    """Return each RBM's ``hari_baca`` and ``officer`` (of a version ``minutes`` too), by rbm.

    Of a list what most of the RBM's customers say, of equally many the first by code.
    """
    if source.version_id is not None:
        return routes(session, ulp=ulp, version_id=source.version_id)
    frame = read(
        session,
        """
        SELECT rbm, mode() WITHIN GROUP (ORDER BY hari_baca COLLATE "C") AS hari_baca,
               mode() WITHIN GROUP (ORDER BY officer COLLATE "C") AS officer
        FROM (SELECT DISTINCT ON (idpel) idpel, rbm, hari_baca, officer FROM rbm_list
              WHERE ulp = :ulp AND blth = :list AND rbm IS NOT NULL
              ORDER BY idpel, line) AS first_line
        GROUP BY rbm ORDER BY rbm
        """,
        ulp=ulp,
        list=source.list_blth,
    )
    return frame.astype("str").set_index("rbm")
