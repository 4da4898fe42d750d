"""Photos to be tested: who can be, samples drawn, what was read off them."""

import uuid
from typing import Any

import pandas as pd
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from rbmgeo.db import bulk
from rbmgeo.db.models import PhotoCheck, PhotoSample
from rbmgeo.db.queries.lists import read_exact
from rbmgeo.errors import NotThere

NOBODY = "tanpa petugas"
_READ = """
    FROM reading r
    WHERE r.ulp = :ulp AND r.blth = :blth AND r.source <> 'token' AND r.line = ''
      AND r.stand_kwh IS NOT NULL
"""


def lot(session: Session, *, ulp: str, blth: str) -> pd.DataFrame:
    """Return the readings of a month with a stand: ``idpel``, ``officer``, ``rbm``, ``photo``.

    ``photo``: whether there is one of the customer in that month; only those can be tested.
    """
    return read_exact(
        session,
        f"""
        SELECT DISTINCT ON (r.idpel) r.idpel, COALESCE(r.officer, '{NOBODY}') AS officer,
               COALESCE(l.rbm, 'tanpa RBM') AS rbm, p.idpel IS NOT NULL AS photo
        FROM (SELECT idpel, officer, source {_READ}) r
        LEFT JOIN (SELECT DISTINCT ON (idpel) idpel, rbm FROM rbm_list
                   WHERE ulp = :ulp AND blth = (SELECT max(blth) FROM rbm_list
                       WHERE ulp = :ulp AND blth <= :blth) AND rbm IS NOT NULL
                   ORDER BY idpel, line) l ON l.idpel = r.idpel
        LEFT JOIN (SELECT DISTINCT idpel FROM photo WHERE ulp = :ulp AND blth = :blth) p
               ON p.idpel = r.idpel
        ORDER BY r.idpel, r.source
        """,
        ulp=ulp, blth=blth,
    )  # fmt: skip


def add_sample(session: Session, *, ulp: str, items: pd.DataFrame, **values: Any) -> uuid.UUID:
    """Keep a sample and its photos (``place``, ``idpel``, ``stratum``, ``reserve``); return its id."""
    sample_id = uuid.uuid4()
    session.execute(insert(PhotoSample).values(ulp=ulp, sample_id=sample_id, **values))
    bulk.copy_rows(session, "photo_sample_item", items.assign(ulp=ulp, sample_id=str(sample_id)))
    return sample_id


def lock(session: Session, *, ulp: str, sample_id: str) -> None:
    """Let those who read the photos of one sample wait for each other: each is looked at once."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('foto:' || :u || :s))"),
        {"u": ulp, "s": sample_id},
    )


def samples(session: Session, *, ulp: str, blth: str) -> list[PhotoSample]:
    """Return the samples of a month, newest first."""
    asked = select(PhotoSample).where(PhotoSample.ulp == ulp, PhotoSample.blth == blth)
    return list(session.scalars(asked.order_by(PhotoSample.drawn_at.desc(), PhotoSample.sample_id)))


def sample(session: Session, *, ulp: str, sample_id: str) -> PhotoSample:
    """Return one sample; raises `NotThere`."""
    found = session.get(PhotoSample, (ulp, uuid.UUID(sample_id)))
    if found is None:
        raise NotThere("this sample is not of the unit", "sampel ini bukan milik unit")
    return found


def items(session: Session, *, ulp: str, sample_id: str) -> pd.DataFrame:
    """Return the photos of a sample in the order drawn, with what was read of them.

    ``place``, ``idpel``, ``public_id`` (of the customer), ``stratum``, ``reserve``, ``seen``,
    ``recorded``, ``verdict``, ``checked_by``, ``checked_at`` (missing: not looked at).
    """
    return read_exact(
        session,
        """
        SELECT i.place, i.idpel, c.public_id::text AS public_id, i.stratum, i.reserve, k.seen,
               k.recorded, k.verdict, k.checked_by, k.checked_at
        FROM photo_sample_item i
        LEFT JOIN customer c ON c.ulp = i.ulp AND c.idpel = i.idpel
        LEFT JOIN photo_check k ON k.ulp = i.ulp AND k.sample_id = i.sample_id AND k.place = i.place
        WHERE i.ulp = :ulp AND i.sample_id = CAST(:sample AS uuid) ORDER BY i.place
        """,
        ulp=ulp, sample=sample_id,
    )  # fmt: skip


def photo_of(session: Session, *, ulp: str, sample_id: str, place: int) -> str | None:
    """Return the public id of the photo at a place, None where it is not there (any more)."""
    found = session.scalar(
        text(
            """
            SELECT p.public_id::text FROM photo_sample_item i
            JOIN photo_sample s USING (ulp, sample_id)
            JOIN photo p ON p.ulp = i.ulp AND p.idpel = i.idpel AND p.blth = s.blth
            WHERE i.ulp = :u AND i.sample_id = CAST(:s AS uuid) AND i.place = :p
            ORDER BY p.sha256 LIMIT 1
            """
        ),
        {"u": ulp, "s": sample_id, "p": place},
    )
    return None if found is None else str(found)


def recorded(session: Session, *, ulp: str, sample_id: str, place: int) -> str | None:
    """Return the stand that is recorded for the photo at a place, without zeros behind the comma."""
    found = session.scalar(
        text(
            f"""
            SELECT trim_scale(r.stand_kwh)::text FROM photo_sample_item i
            JOIN photo_sample s USING (ulp, sample_id)
            JOIN LATERAL (SELECT r.stand_kwh {_READ.replace(":blth", "s.blth")} AND r.idpel = i.idpel
                          ORDER BY r.source LIMIT 1) r ON true
            WHERE i.ulp = :ulp AND i.sample_id = CAST(:s AS uuid) AND i.place = :p
            """
        ),
        {"ulp": ulp, "s": sample_id, "p": place},
    )
    return None if found is None else str(found)


def add_check(session: Session, *, ulp: str, **values: Any) -> None:
    """Keep what was read off a photo."""
    session.execute(insert(PhotoCheck).values(ulp=ulp, **values))
