"""What a month's mutations are found and placed by: lists, master, meters, neighbours."""

from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read
from rbmgeo.frames import MONTH_FACTS


def list_months(session: Session, *, ulp: str) -> list[str]:
    """Return the months that have an RBM list, oldest first."""
    rows = session.execute(
        text("SELECT DISTINCT blth FROM rbm_list WHERE ulp = :u ORDER BY 1"), {"u": ulp}
    )
    return [row[0] for row in rows]


def month_facts(session: Session, *, ulp: str, blth: str) -> pd.DataFrame:
    """Return `MONTH_FACTS` of one month's lists: of several lines of an idpel the first."""
    frame = read(
        session,
        """
        SELECT DISTINCT ON (l.idpel) l.idpel, l.rbm, l.urut, l.sisipan, l.kddk, l.gardu,
               r.tarif, r.daya_va::float8 AS daya_va,
               r.removed_stand_kwh::float8 AS removed_stand_kwh,
               r.installed_stand_kwh::float8 AS installed_stand_kwh
        FROM rbm_list l
        LEFT JOIN reading r ON r.ulp = l.ulp AND r.blth = l.blth AND r.idpel = l.idpel
            AND r.source <> 'token'
        WHERE l.ulp = :u AND l.blth = :b
        ORDER BY l.idpel, l.line, (r.line = l.line) DESC NULLS LAST, r.source
        """,
        u=ulp,
        b=blth,
    )
    return frame.set_index("idpel") if len(frame) else MONTH_FACTS.empty()


def master(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return state and service of every customer, by idpel."""
    frame = read(
        session,
        "SELECT idpel, active, jenis_layanan, dibaca_oleh FROM customer "
        "WHERE ulp = :u ORDER BY idpel",
        u=ulp,
    )
    return frame.set_index("idpel").astype({"active": bool})


def earlier_months(session: Session, *, ulp: str, idpels: list[str], before: str) -> dict[str, str]:
    """Return the newest month before one in which each customer was on a list."""
    rows = session.execute(
        text(
            "SELECT idpel, max(blth) FROM rbm_list WHERE ulp = :u AND blth < :b "
            "AND idpel = ANY(:i) GROUP BY idpel"
        ),
        {"u": ulp, "b": before, "i": idpels},
    )
    return {row[0]: row[1] for row in rows}


def token_buyers(session: Session, *, ulp: str, blth: str) -> frozenset[str]:
    """Return who bought a token in a month."""
    rows = session.scalars(
        text(
            "SELECT idpel FROM reading WHERE ulp = :u AND blth = :b AND source = 'token' "
            "AND kwh IS NOT NULL"
        ),
        {"u": ulp, "b": blth},
    )
    return frozenset(rows)


def elsewhere(session: Session, *, ulp: str, idpels: list[str]) -> pd.DataFrame:
    """Return what other units know of some customers (columns of `mutations.detect.Months`)."""
    return read(
        session,
        """
        SELECT c.idpel, c.ulp, c.active, there.first_blth, there.last_blth,
               (SELECT min(blth) FROM rbm_list h WHERE h.ulp = :u AND h.idpel = c.idpel)
                   AS here_first
        FROM ulp o
        JOIN customer c ON c.ulp = o.ulp AND c.idpel = ANY(:i)
        LEFT JOIN LATERAL (
            SELECT min(blth) AS first_blth, max(blth) AS last_blth FROM rbm_list l
            WHERE l.ulp = c.ulp AND l.idpel = c.idpel) there ON true
        WHERE o.ulp <> :u
        ORDER BY c.idpel, there.last_blth DESC NULLS LAST, c.ulp
        """,
        u=ulp,
        i=idpels,
    )


def claims(session: Session, *, ulp: str, blth: str) -> list[str]:
    """Return the customers of whom another unit says this month that they came from here."""
    rows = session.scalars(
        text(
            "SELECT idpel FROM mutation WHERE other_ulp = :u AND blth = :b AND ulp <> :u "
            "AND kind = 'dari_unit' AND state <> 'past' ORDER BY 1"
        ),
        {"u": ulp, "b": blth},
    )
    return list(rows)


def meter_changes(session: Session, *, ulp: str, blth: str) -> pd.DataFrame:
    """Return the meter numbers that files of a month replaced: index idpel; before, after.

    Several files of a month may disagree back and forth: the first value and the last count.
    """
    frame = read(
        session,
        """
        SELECT c.idpel, (array_agg(c.before ORDER BY c.change_id))[1] AS before,
               (array_agg(c.after ORDER BY c.change_id DESC))[1] AS after
        FROM customer_change c
        LEFT JOIN import_batch b ON b.ulp = c.ulp AND b.batch_id = c.batch_id
        WHERE c.ulp = :u AND c.field = 'meter_number' AND (
            b.blth = :b OR (b.blth IS NULL AND c.batch_id >= (
                SELECT min(l.batch_id) FROM rbm_list l WHERE l.ulp = :u AND l.blth = :b)))
        GROUP BY c.idpel ORDER BY c.idpel
        """,
        u=ulp,
        b=blth,
    )
    return frame.set_index("idpel")


def lines_to_gardu(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return gardu, pole and deret in force of each customer: index idpel.

    Records that contradict each other assign nothing (R-IM-04); the pole of the customer's
    own list stands in for that of the record.
    """
    frame = read(
        session,
        """
        SELECT DISTINCT ON (c.idpel) c.idpel, p.gardu,
               COALESCE(p.gardu || ' ' || p.tiang, c.tiang) AS tiang,
               p.gardu || ' ' || p.deret AS deret
        FROM customer c
        LEFT JOIN pdpj p ON p.ulp = c.ulp AND p.idpel = c.idpel AND p.valid_to IS NULL
            AND p.active AND NOT p.conflict
        WHERE c.ulp = :u ORDER BY c.idpel, p.line
        """,
        u=ulp,
    )
    return frame.set_index("idpel")


def service_of(session: Session, *, ulp: str, idpels: list[str]) -> dict[str, dict[str, Any]]:
    """Return ``active``, ``jenis_layanan``, ``dibaca_oleh`` of some customers."""
    rows = session.execute(
        text(
            "SELECT idpel, active, jenis_layanan, dibaca_oleh FROM customer "
            "WHERE ulp = :u AND idpel = ANY(:i)"
        ),
        {"u": ulp, "i": idpels},
    ).mappings()
    return {row["idpel"]: {k: v for k, v in row.items() if k != "idpel"} for row in rows}


def recorded_gardu(session: Session, *, ulp: str, idpels: list[str]) -> dict[str, str]:
    """Return the gardu in force of some customers."""
    rows = session.execute(
        text(
            "SELECT idpel, min(gardu) FROM pdpj WHERE ulp = :u AND idpel = ANY(:i) "
            "AND valid_to IS NULL AND active AND gardu IS NOT NULL GROUP BY idpel"
        ),
        {"u": ulp, "i": idpels},
    )
    return {row[0]: row[1] for row in rows}


def members_near(
    session: Session, *, ulp: str, version_id: int, rbms: list[str], idpels: list[str]
) -> pd.DataFrame:
    """Return `RBM_MEMBERS` of some RBM of a version and of some customers, in walking order."""
    frame = read(
        session,
        """
        SELECT idpel, rbm, urut, sisipan FROM rbm_member
        WHERE ulp = :u AND version_id = :v AND (rbm = ANY(:r) OR idpel = ANY(:i))
        ORDER BY rbm, urut, sisipan, idpel
        """,
        u=ulp,
        v=version_id,
        r=rbms,
        i=idpels,
    )
    return frame.set_index("idpel")
