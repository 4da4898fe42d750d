"""What is on record of a customer, and what an approval changes of it: dated, and taken back."""

from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read


def standing(session: Session, *, ulp: str, idpels: list[str]) -> pd.DataFrame:
    """Return what the record says now of some customers.

    Index idpel; ``gardu``, ``tiang``, ``in_pdpj``, ``jenis_layanan``, ``dibaca_oleh``,
    ``active``, ``meter_number``, ``point`` ("lon,lat"), ``status`` (aktif, putus, bongkar) and
    ``rbm``: its place in the newest version, else in the newest list.
    """
    frame = read(
        session,
        """
        SELECT c.idpel, p.gardu, COALESCE(p.tiang, c.tiang) AS tiang, p.idpel IS NOT NULL AS in_pdpj,
               c.jenis_layanan, c.dibaca_oleh, c.active, c.meter_number,
               round(ST_X(c.geom)::numeric, 6) || ',' || round(ST_Y(c.geom)::numeric, 6) AS point,
               CASE WHEN NOT c.active THEN 'bongkar' WHEN s.after = 'putus' THEN 'putus'
                    ELSE 'aktif' END AS status,
               COALESCE(m.rbm, l.rbm) AS rbm
        FROM customer c
        LEFT JOIN LATERAL (
            SELECT idpel, gardu, tiang FROM pdpj
            WHERE ulp = c.ulp AND idpel = c.idpel AND valid_to IS NULL AND active
            ORDER BY line LIMIT 1) p ON true
        LEFT JOIN LATERAL (
            SELECT o.after FROM proposal o JOIN approval v USING (ulp, proposal_id)
            WHERE o.ulp = c.ulp AND o.idpel = c.idpel AND o.field = 'status'
              AND o.state = 'approved' AND v.decision = 'approved'
            ORDER BY v.approval_id DESC LIMIT 1) s ON true
        LEFT JOIN LATERAL (
            SELECT m.rbm FROM rbm_member m WHERE m.ulp = c.ulp AND m.idpel = c.idpel
              AND m.version_id = (SELECT version_id FROM rbm_version v WHERE v.ulp = c.ulp
                                  ORDER BY version_id DESC LIMIT 1)) m ON true
        LEFT JOIN LATERAL (
            SELECT rbm FROM rbm_list WHERE ulp = c.ulp AND idpel = c.idpel
            ORDER BY blth DESC, line LIMIT 1) l ON true
        WHERE c.ulp = :ulp AND c.idpel = ANY(:ids) ORDER BY c.idpel
        """,
        ulp=ulp,
        ids=idpels,
    )
    return frame.set_index("idpel")


def move_to_pole(
    session: Session, *, ulp: str, idpel: str, tiang: str, on: date, proposal_id: int
) -> date:
    """Close the PDPJ record in force and open one on another pole; return its first day.

    The gardu, its line and feeder stay; which series of drops the house hangs in is not known.
    """
    first = move_to_gardu(session, ulp=ulp, idpel=idpel, gardu=None, on=on, proposal_id=proposal_id)
    session.execute(
        text(
            """
            INSERT INTO pdpj (ulp, idpel, line, valid_from, gardu, raw_gardu, penyulang, jurusan,
                              tiang, source, conflict, active, proposal_id)
            SELECT ulp, idpel, line, :first, gardu, raw_gardu, penyulang, jurusan, :tiang,
                   'survey', conflict, active, :proposal
            FROM pdpj WHERE ulp = :ulp AND idpel = :idpel AND valid_to = :first AND active
            ORDER BY conflict, line LIMIT 1
            """
        ),
        {"ulp": ulp, "idpel": idpel, "first": first, "tiang": tiang, "proposal": proposal_id},
    )
    return first


def move_to_gardu(
    session: Session, *, ulp: str, idpel: str, gardu: str | None, on: date, proposal_id: int
) -> date:
    """Close the PDPJ record in force and open one with another gardu; return its first day.

    A record that began today or later is followed the day after it began, so that no day
    has two records and none is rewritten. ``gardu`` None closes without a successor.
    """
    row = session.execute(
        text(
            """
            SELECT line, tiang, deret FROM pdpj
            WHERE ulp = :ulp AND idpel = :idpel AND valid_to IS NULL AND active
            ORDER BY conflict, line LIMIT 1 FOR UPDATE
            """
        ),
        {"ulp": ulp, "idpel": idpel},
    ).one_or_none()
    first = session.scalar(
        text(
            """
            SELECT GREATEST(CAST(:on AS date), max(COALESCE(valid_to, valid_from + 1))) FROM pdpj
            WHERE ulp = :ulp AND idpel = :idpel AND (valid_to IS NULL OR valid_to > :on)
            """
        ),
        {"on": on, "ulp": ulp, "idpel": idpel},
    )
    assert isinstance(first, date)
    session.execute(
        text(
            "UPDATE pdpj SET valid_to = CAST(:first AS date) "
            "WHERE ulp = :ulp AND idpel = :idpel AND valid_to IS NULL AND active"
        ),
        {"first": first, "ulp": ulp, "idpel": idpel},
    )
    if gardu is not None:
        session.execute(
            text(
                """
                INSERT INTO pdpj (ulp, idpel, line, valid_from, gardu, raw_gardu, tiang, deret,
                                  source, conflict, active, proposal_id)
                VALUES (:ulp, :idpel, :line, :first, :gardu, :gardu, :tiang, :deret,
                        'survey', false, true, :proposal)
                """
            ),
            {
                "ulp": ulp,
                "idpel": idpel,
                "line": row.line if row else "",
                "first": first,
                "gardu": gardu,
                # The pole of the house stays; line and feeder follow the gardu, not the house.
                "tiang": row.tiang if row else None,
                "deret": row.deret if row else None,
                "proposal": proposal_id,
            },
        )
    return first


def undo_move(session: Session, *, ulp: str, idpel: str, on: date, proposal_id: int) -> date | None:
    """Close the record that a proposal made and open again those that it closed.

    History is kept: nothing is deleted, the old records get successors. Returns the first
    day of the restored state, None where the record was changed again since.
    """
    made = session.scalar(
        text(
            "SELECT valid_from FROM pdpj WHERE ulp = :ulp AND idpel = :idpel "
            "AND proposal_id = :p AND valid_to IS NULL FOR UPDATE"
        ),
        {"ulp": ulp, "idpel": idpel, "p": proposal_id},
    )
    if made is None:
        return None
    values = {"ulp": ulp, "idpel": idpel, "p": proposal_id, "was": made}
    first = session.scalar(
        text("SELECT GREATEST(CAST(:on AS date), CAST(:was AS date) + 1)"), {"on": on, "was": made}
    )
    assert isinstance(first, date)
    session.execute(
        text(
            "UPDATE pdpj SET valid_to = :first WHERE ulp = :ulp AND idpel = :idpel "
            "AND proposal_id = :p AND valid_to IS NULL"
        ),
        {**values, "first": first},
    )
    session.execute(
        text(
            """
            INSERT INTO pdpj (ulp, idpel, line, valid_from, gardu, raw_gardu, penyulang, jurusan,
                              tiang, deret, source, conflict, active, proposal_id)
            SELECT ulp, idpel, line, :first, gardu, raw_gardu, penyulang, jurusan, tiang, deret,
                   'undo', conflict, active, :p
            FROM pdpj WHERE ulp = :ulp AND idpel = :idpel AND valid_to = :was AND active
            """
        ),
        {**values, "first": first},
    )
    return first


def set_customer(session: Session, *, ulp: str, idpel: str, **values: Any) -> None:
    """Change state, service, meter or the pole of its own list of one customer."""
    allowed = {"active", "jenis_layanan", "dibaca_oleh", "meter_number", "tiang"}
    if not set(values) <= allowed:
        raise ValueError(f"{sorted(set(values) - allowed)} of a customer are not changed here")
    sets = ", ".join(f"{name} = :{name}" for name in values)
    session.execute(
        text(f"UPDATE customer SET {sets} WHERE ulp = :ulp AND idpel = :idpel"),
        {"ulp": ulp, "idpel": idpel, **values},
    )
