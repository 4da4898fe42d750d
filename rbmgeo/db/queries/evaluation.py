"""Rows behind SOP IV.1, one per customer."""

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read


def customer_rows(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return one row per customer, inactive too, with what both lists and the position say.

    Both lists are read once and joined: looking every customer up by itself in the index that
    keeps dates of one record apart takes minutes for a large unit.
    """
    frame = read(
        session,
        """
        WITH listed AS (
            SELECT DISTINCT ON (idpel) idpel, rbm, urut, sisipan FROM rbm_list
            WHERE ulp = :ulp AND blth = (SELECT max(blth) FROM rbm_list WHERE ulp = :ulp)
            ORDER BY idpel, line
        ), recorded AS (
            SELECT DISTINCT ON (idpel) idpel, gardu, tiang FROM pdpj
            WHERE ulp = :ulp AND valid_to IS NULL
            ORDER BY idpel, active DESC, line
        )
        SELECT c.idpel, c.ulp, c.active, c.jenis_layanan, c.dibaca_oleh, c.tarif,
               c.daya_va::text AS daya_va, l.rbm, l.urut, l.sisipan, p.gardu, p.tiang,
               c.coordinate_quality, c.point_source, c.spread_m,
               ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat
        FROM customer c LEFT JOIN listed l USING (idpel) LEFT JOIN recorded p USING (idpel)
        WHERE c.ulp = :ulp ORDER BY idpel
        """,
        ulp=ulp,
    )
    return frame.set_index("idpel")
