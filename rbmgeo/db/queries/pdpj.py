"""PDPJ records are dated: a newer list closes the older record, nothing is deleted (R-MA-10)."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import copy_rows

#: The first day of a record whose list names none.
FIRST_DAY = "1900-01-01"


@dataclass(frozen=True)
class Merged:
    """What a PDPJ list came to: counts, and ``written``, the idpel and line of what it changed."""

    new: int
    moved: int
    kept_survey: int
    written: pd.DataFrame


def merge(session: Session, *, ulp: str, rows: pd.DataFrame, today: str, month: str = "") -> Merged:
    """Bring dated PDPJ records up to a newer list; old records are closed, never deleted.

    ``rows``: idpel, line, valid_from (text or missing), gardu, raw_gardu, jurusan, tiang,
    deret, penyulang, source, conflict, active, batch_id. A survey's record outranks the list
    (R-MA-10). A record that says nothing new is left as it is. ``month`` (YYYYMM): that of the
    list, where it is of one.
    """
    if rows.empty:
        return Merged(0, 0, 0, pd.DataFrame(columns=["idpel", "line"], dtype="str"))
    session.execute(
        text(
            """
            CREATE TEMP TABLE incoming_pdpj (
                idpel text, line text, valid_from date, gardu text, raw_gardu text, jurusan text,
                tiang text, deret text, penyulang text, source text, conflict boolean,
                active boolean, batch_id bigint
            ) ON COMMIT DROP
            """
        )
    )
    copy_rows(session, "incoming_pdpj", rows)
    session.execute(text("ANALYZE incoming_pdpj"))
    first = f"{month[:4]}-{month[4:]}-01" if month else None
    keys = {"ulp": ulp, "today": today, "first": first}
    kept = session.execute(
        text(
            """
            DELETE FROM incoming_pdpj i USING pdpj p
            WHERE p.ulp = :ulp AND p.idpel = i.idpel AND p.line = i.line AND p.valid_to IS NULL
              AND p.source = 'survey' AND p.gardu IS DISTINCT FROM i.gardu
            """
        ),
        keys,
    ).rowcount  # type: ignore[attr-defined]
    written = session.execute(
        text(
            """
            UPDATE pdpj p SET jurusan = COALESCE(i.jurusan, p.jurusan),
                tiang = COALESCE(i.tiang, p.tiang), deret = COALESCE(i.deret, p.deret),
                penyulang = COALESCE(i.penyulang, p.penyulang), raw_gardu = i.raw_gardu,
                conflict = i.conflict
            FROM incoming_pdpj i
            WHERE p.ulp = :ulp AND p.idpel = i.idpel AND p.line = i.line AND p.valid_to IS NULL
              AND p.gardu IS NOT DISTINCT FROM i.gardu
              AND (COALESCE(i.jurusan, p.jurusan) IS DISTINCT FROM p.jurusan
                OR COALESCE(i.tiang, p.tiang) IS DISTINCT FROM p.tiang
                OR COALESCE(i.deret, p.deret) IS DISTINCT FROM p.deret
                OR COALESCE(i.penyulang, p.penyulang) IS DISTINCT FROM p.penyulang
                OR i.raw_gardu IS DISTINCT FROM p.raw_gardu
                OR i.conflict IS DISTINCT FROM p.conflict)
            RETURNING p.idpel, p.line
            """
        ),
        keys,
    ).all()
    session.execute(
        text(
            """
            DELETE FROM incoming_pdpj i USING pdpj p
            WHERE p.ulp = :ulp AND p.idpel = i.idpel AND p.line = i.line AND p.valid_to IS NULL
              AND p.gardu IS NOT DISTINCT FROM i.gardu
            """
        ),
        keys,
    )
    # A list that names a later day than the record's own moved the customer then, else the first
    # day of a later month that the list is of; otherwise the change is known since today, at the
    # earliest the day after the record began.
    session.execute(
        text(
            """
            UPDATE incoming_pdpj i SET valid_from = CASE
                WHEN i.valid_from > p.valid_from THEN i.valid_from
                WHEN CAST(:first AS date) > p.valid_from THEN CAST(:first AS date)
                ELSE GREATEST(CAST(:today AS date), p.valid_from + 1) END
            FROM pdpj p
            WHERE p.ulp = :ulp AND p.idpel = i.idpel AND p.line = i.line AND p.valid_to IS NULL
            """
        ),
        keys,
    )
    moved = session.execute(
        text(
            """
            UPDATE pdpj p SET valid_to = i.valid_from FROM incoming_pdpj i
            WHERE p.ulp = :ulp AND p.idpel = i.idpel AND p.line = i.line AND p.valid_to IS NULL
            """
        ),
        keys,
    ).rowcount  # type: ignore[attr-defined]
    added = session.execute(
        text(
            """
            INSERT INTO pdpj (ulp, idpel, line, valid_from, gardu, raw_gardu, jurusan, tiang,
                              deret, penyulang, source, conflict, active, batch_id)
            SELECT :ulp, idpel, line, COALESCE(valid_from, DATE '1900-01-01'), gardu, raw_gardu,
                   jurusan, tiang, deret, penyulang, source, conflict, active, batch_id
            FROM incoming_pdpj
            RETURNING idpel, line
            """
        ),
        keys,
    ).all()
    session.execute(text("DROP TABLE incoming_pdpj"))
    keys_written = pd.DataFrame(
        [tuple(row) for row in (*written, *added)], columns=["idpel", "line"], dtype="str"
    )
    return Merged(len(added) - int(moved), int(moved), int(kept), keys_written)
