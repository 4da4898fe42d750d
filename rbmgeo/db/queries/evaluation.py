"""Rows behind SOP IV.1, one per customer."""

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read


def customer_rows(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return one row per customer, inactive too, with what both lists and the position say."""
    frame = read(
        session,
        """
        SELECT c.idpel, c.ulp, c.active, c.jenis_layanan, c.dibaca_oleh, c.tarif,
               c.daya_va::text AS daya_va, l.rbm, l.urut, l.sisipan, p.gardu, p.tiang,
               c.coordinate_quality, c.point_source, c.spread_m,
               ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat
        FROM customer c
        LEFT JOIN LATERAL (
            SELECT rbm, urut, sisipan FROM rbm_list
            WHERE ulp = c.ulp AND idpel = c.idpel
              AND blth = (SELECT max(blth) FROM rbm_list WHERE ulp = :ulp)
            ORDER BY line LIMIT 1) l ON true
        LEFT JOIN LATERAL (
            SELECT gardu, tiang FROM pdpj
            WHERE ulp = c.ulp AND idpel = c.idpel AND valid_to IS NULL
            ORDER BY active DESC, line LIMIT 1) p ON true
        WHERE c.ulp = :ulp ORDER BY c.idpel
        """,
        ulp=ulp,
    )
    return frame.set_index("idpel")
