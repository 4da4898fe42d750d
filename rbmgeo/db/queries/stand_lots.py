"""What samples of stands are drawn from: readings of a month by officer and RBM, prepaid customers."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read, read_exact
from rbmgeo.db.queries.photo_test import NOBODY
from rbmgeo.months import month_before

NO_RBM = "tanpa RBM"
#: One row a postpaid customer that was read in the month, whoever tells it first.
_READ = f"""
    SELECT DISTINCT ON (r.idpel) r.idpel, COALESCE(r.officer, '{NOBODY}') AS officer,
           r.stand_kwh IS NOT NULL AS stand, r.read_on IS NOT NULL AS dated
    FROM reading r
    WHERE r.ulp = :ulp AND r.blth = :blth AND r.source <> 'token' AND r.line = ''
    ORDER BY r.idpel, r.stand_kwh IS NULL, r.source
"""
_RBM = """
    SELECT DISTINCT ON (idpel) idpel, rbm FROM rbm_list
    WHERE ulp = :ulp AND rbm IS NOT NULL AND blth = (
        SELECT max(blth) FROM rbm_list WHERE ulp = :ulp AND blth <= :blth)
    ORDER BY idpel, line
"""
_LOT = f"""
    SELECT r.idpel, r.officer, COALESCE(l.rbm, '{NO_RBM}') AS rbm, r.stand,
           r.stand AND r.dated AS dated, r.stand AND p.idpel IS NOT NULL AS photo
    FROM ({_READ}) r
    LEFT JOIN ({_RBM}) l ON l.idpel = r.idpel
    LEFT JOIN (SELECT DISTINCT idpel FROM photo WHERE ulp = :ulp AND blth = :blth) p
           ON p.idpel = r.idpel
"""


def sizes(session: Session, *, ulp: str, blth: str) -> pd.DataFrame:
    """Return how much there is to check of a month, by officer and RBM.

    Columns ``officer``, ``rbm``, ``readings`` (customers with a reading), ``stands`` (with a
    stand), ``dated`` (with a stand and its day: a check at the house can be judged), ``photos``.
    """
    return read(
        session,
        f"""
        SELECT officer, rbm, count(*) AS readings, count(*) FILTER (WHERE stand) AS stands,
               count(*) FILTER (WHERE dated) AS dated, count(*) FILTER (WHERE photo) AS photos
        FROM ({_LOT}) x GROUP BY officer, rbm ORDER BY officer, rbm
        """,
        ulp=ulp, blth=blth,
    )  # fmt: skip


def lot(
    session: Session, *, ulp: str, blth: str, officer: str | None = None, rbm: str | None = None
) -> pd.DataFrame:
    """Return one lot: ``idpel``, ``officer``, ``rbm``, ``stand``, ``dated``, ``photo``, by idpel."""
    return read_exact(
        session,
        f"""
        SELECT * FROM ({_LOT}) x
        WHERE (CAST(:officer AS text) IS NULL OR officer = :officer)
          AND (CAST(:rbm AS text) IS NULL OR rbm = :rbm)
        ORDER BY idpel
        """,
        ulp=ulp, blth=blth, officer=officer, rbm=rbm,
    )  # fmt: skip


def prepaid(
    session: Session, *, ulp: str, blth: str, rbm: str | None = None, gardu: str | None = None
) -> pd.DataFrame:
    """Return prepaid customers in service: ``idpel``, ``rbm`` (`NO_RBM` if on none), by idpel."""
    return read_exact(
        session,
        f"""
        SELECT c.idpel, COALESCE(l.rbm, '{NO_RBM}') AS rbm FROM customer c
        LEFT JOIN ({_RBM}) l ON l.idpel = c.idpel
        WHERE c.ulp = :ulp AND c.active AND c.jenis_layanan = 'pra'
          AND (CAST(:rbm AS text) IS NULL OR l.rbm = :rbm)
          AND (CAST(:gardu AS text) IS NULL OR EXISTS (
              SELECT FROM pdpj d WHERE d.ulp = c.ulp AND d.idpel = c.idpel
                AND d.gardu = :gardu AND d.valid_to IS NULL AND d.active))
        ORDER BY c.idpel
        """,
        ulp=ulp, blth=blth, rbm=rbm, gardu=gardu,
    )  # fmt: skip


def prepaid_count(session: Session, *, ulp: str) -> int:
    """Count the prepaid customers in service."""
    return int(
        session.scalar(
            text("SELECT count(*) FROM customer WHERE ulp = :u AND active AND jenis_layanan = 'pra'"),
            {"u": ulp},
        )
        or 0
    )  # fmt: skip


def seen(session: Session, *, ulp: str, blth: str) -> pd.DataFrame:
    """Return how many readings were checked: ``rbm``, ``blth``, ``checks``, up to a month.

    By photo or at the house; what could not be read and closed houses do not count.
    """
    return read(
        session,
        """
        SELECT rbm, blth, count(DISTINCT idpel) AS checks FROM (
            SELECT i.stratum AS rbm, s.blth, i.idpel FROM photo_check k
            JOIN photo_sample_item i USING (ulp, sample_id, place)
            JOIN photo_sample s USING (ulp, sample_id)
            WHERE k.ulp = :ulp AND s.blth <= :blth AND k.verdict <> 'tak_terbaca'
            UNION ALL
            SELECT i.stratum, s.blth, i.idpel FROM (
                SELECT DISTINCT ON (sample_id, place) ulp, sample_id, place, verdict
                FROM stand_check WHERE ulp = :ulp ORDER BY sample_id, place, check_id DESC) k
            JOIN stand_sample_item i USING (ulp, sample_id, place)
            JOIN stand_sample s USING (ulp, sample_id)
            WHERE s.blth <= :blth AND s.way = 'lapangan'
              AND k.verdict IN ('benar', 'salah', 'perlu_dilihat')) x
        GROUP BY rbm, blth ORDER BY rbm, blth
        """,
        ulp=ulp, blth=blth,
    )  # fmt: skip


@dataclass(frozen=True)
class Recorded:
    """The recorded stand of a month and what a check of it is held against.

    ``read_at``: the moment of the reader's log, None without one; ``changed``: the reading itself
    tells of a meter taken off or put on. ``before_kwh``: of the three months before.
    """

    stand_kwh: Decimal
    read_on: date | None
    read_at: datetime | None
    daya_va: int
    multiplier: Decimal
    changed: bool
    before_kwh: tuple[Decimal | None, ...]


def recorded(session: Session, *, ulp: str, blth: str, idpel: str) -> Recorded | None:
    """Return the recorded stand of a customer and month, None where it is not there (any more).

    ``changed`` looks at the month after as well: there a change of meter since then is told.
    """
    row = session.execute(
        text(
            """
            SELECT r.stand_kwh, r.read_on, COALESCE(r.daya_va, c.daya_va, 0) AS daya_va,
                   COALESCE(NULLIF(r.multiplier, 0), 1) AS multiplier,
                   (SELECT max(read_at) FROM reader_log g WHERE g.ulp = r.ulp AND g.idpel = r.idpel
                    AND g.blth = r.blth) AS read_at,
                   EXISTS (SELECT FROM reading n WHERE n.ulp = r.ulp AND n.idpel = r.idpel
                           AND n.blth = :after AND n.source <> 'token'
                           AND (n.removed_stand_kwh <> 0 OR n.installed_stand_kwh <> 0)) AS changed,
                   ARRAY(SELECT (SELECT sum(kwh) FROM reading b
                                 WHERE b.ulp = r.ulp AND b.idpel = r.idpel AND b.blth = m.blth
                                   AND b.source <> 'token')
                         FROM unnest(CAST(:months AS text[])) WITH ORDINALITY AS m(blth, n)
                         ORDER BY n) AS before_kwh
            FROM reading r LEFT JOIN customer c ON c.ulp = r.ulp AND c.idpel = r.idpel
            WHERE r.ulp = :u AND r.blth = :b AND r.idpel = :i AND r.source <> 'token'
              AND r.line = '' AND r.stand_kwh IS NOT NULL ORDER BY r.source LIMIT 1
            """
        ),
        {"u": ulp, "b": blth, "i": idpel, "after": month_before(blth, -1),
         "months": [month_before(blth, n) for n in (1, 2, 3)]},
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    return Recorded(
        row.stand_kwh, row.read_on, row.read_at, int(row.daya_va), row.multiplier,
        bool(row.changed), tuple(row.before_kwh),
    )  # fmt: skip
