"""Rows behind the first sheet that no other page has."""

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read


def gardu_spellings(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return every spelling of every gardu: ``gardu``, ``raw_gardu``, ``customers``, ``known``.

    A gardu that no customer names now has one row with 0 customers; ``known`` says that a list
    of gardu holds it.
    """
    frame = read(
        session,
        """
        WITH told AS (
            SELECT gardu, raw_gardu, count(*) AS customers FROM pdpj
            WHERE ulp = :ulp AND valid_to IS NULL AND active AND gardu IS NOT NULL
            GROUP BY gardu, raw_gardu
        )
        SELECT COALESCE(t.gardu, g.gardu) AS gardu, t.raw_gardu,
               COALESCE(t.customers, 0)::int AS customers,
               COALESCE(NOT g.without_master, false) AS known
        FROM told t FULL JOIN (SELECT gardu, without_master FROM gardu WHERE ulp = :ulp) g
             USING (gardu)
        ORDER BY 1, 2
        """,
        ulp=ulp,
    )
    return frame.astype({"customers": int, "known": bool})


def loaded_kinds(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return per kind of file how many were taken in and the newest month: what is there."""
    return read(
        session,
        """
        SELECT split_part(kind, ':', 1) AS kind, count(*)::int AS files, max(blth) AS blth
        FROM import_batch WHERE ulp = :ulp GROUP BY 1 ORDER BY 1
        """,
        ulp=ulp,
    )
