"""Writing what the importer checked; each function keeps one kind of row, none commits."""

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import copied, copy_rows
from rbmgeo.db.models import ImportBatch
from rbmgeo.geo import utm_srid


def lock_unit(session: Session, *, ulp: str) -> None:
    """Let imports into one unit wait for each other until their transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('import:' || :u))"), {"u": ulp})


def known_batch(session: Session, *, ulp: str, sha256: str, kind: str) -> ImportBatch | None:
    """Return the batch that already took in this very file, if there is one."""
    return (
        session.query(ImportBatch)
        .filter(ImportBatch.ulp == ulp, ImportBatch.sha256 == sha256, ImportBatch.kind == kind)
        .one_or_none()
    )


def add_batch(session: Session, **values: Any) -> int:
    """Write the batch row and return its number."""
    done = session.execute(insert(ImportBatch).values(**values).returning(ImportBatch.batch_id))
    return int(done.scalar_one())


def close_batch(
    session: Session,
    *,
    ulp: str,
    batch_id: int,
    warnings: dict[str, int],
    **values: Any,
) -> None:
    """Note what a batch came to: blth, read, good, rejected, skipped, kwh_good, kwh_rejected."""
    session.execute(
        update(ImportBatch)
        .where(ImportBatch.ulp == ulp, ImportBatch.batch_id == batch_id)
        .values(warnings=warnings, **values)
    )


def batch_kwh(session: Session, *, ulp: str, batch_id: int, months: list[str]) -> Decimal | None:
    """Sum the kWh of the readings that a batch wrote into some months."""
    if not months:
        return None
    value = session.scalar(
        text(
            "SELECT sum(kwh) FROM reading WHERE ulp = :u AND batch_id = :b AND blth = ANY(:months)"
        ),
        {"u": ulp, "b": batch_id, "months": months},
    )
    return value if value is None else Decimal(value)


def batches(session: Session, *, ulp: str) -> list[ImportBatch]:
    """Return every batch of a unit, newest first."""
    return (
        session.query(ImportBatch)
        .filter(ImportBatch.ulp == ulp)
        .order_by(ImportBatch.batch_id.desc())
        .all()
    )


def rejects(session: Session, *, ulp: str, batch_id: int) -> pd.DataFrame:
    """Return the refused rows of a batch, by row."""
    return pd.read_sql(
        text(
            'SELECT row_no, sheet, "column", value, rule, message_id, message_en, cells '
            "FROM import_reject WHERE ulp = :u AND batch_id = :b ORDER BY row_no"
        ),
        session.connection(),
        params={"u": ulp, "b": batch_id},
    )


def add_streets(session: Session, *, ulp: str, rows: pd.DataFrame, batch_id: int) -> None:
    """Keep streets; the very same line from an earlier file is there once."""
    copy_rows(session, "street", rows)
    session.execute(
        text(
            """
            DELETE FROM street old USING street new
            WHERE old.ulp = :ulp AND new.ulp = :ulp AND new.batch_id = :batch
              AND old.batch_id IS DISTINCT FROM :batch AND old.geom ~= new.geom
              AND old.osm_id IS NOT DISTINCT FROM new.osm_id
              AND ST_AsBinary(old.geom) = ST_AsBinary(new.geom)
            """
        ),
        {"ulp": ulp, "batch": batch_id},
    )


def ensure_gardu(session: Session, *, ulp: str, codes: pd.DataFrame, batch_id: int) -> int:
    """Make gardu that only a customer list names, marked "tanpa data induk".

    ``codes`` has columns ``gardu``, ``raw_gardu`` and perhaps ``penyulang``.
    """
    rows = codes.dropna(subset=["gardu"]).sort_values(["gardu", "raw_gardu"])
    rows = rows.drop_duplicates("gardu").rename(columns={"raw_gardu": "raw_code"})
    wanted = rows.reindex(columns=["gardu", "raw_code", "penyulang"])
    wanted = wanted.assign(ulp=ulp, batch_id=batch_id, without_master=True)
    known = session.execute(text("SELECT gardu FROM gardu WHERE ulp = :u"), {"u": ulp})
    new = wanted[~wanted["gardu"].isin([r[0] for r in known])]
    return copy_rows(session, "gardu", new)


def merge_pdpj(session: Session, *, ulp: str, rows: pd.DataFrame, today: str) -> dict[str, int]:
    """Bring dated PDPJ records up to a newer list; old records are closed, never deleted.

    ``rows``: idpel, line, valid_from (text or missing), gardu, raw_gardu, jurusan, tiang,
    deret, penyulang, source, conflict, active, batch_id. A survey's record outranks the list
    (R-MA-10). Returns counts ``new``, ``moved``, ``kept_survey``.
    """
    if rows.empty:
        return {"new": 0, "moved": 0, "kept_survey": 0}
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
    keys = {"ulp": ulp, "today": today}
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
    session.execute(
        text(
            """
            UPDATE pdpj p SET jurusan = COALESCE(i.jurusan, p.jurusan),
                tiang = COALESCE(i.tiang, p.tiang), deret = COALESCE(i.deret, p.deret),
                penyulang = COALESCE(i.penyulang, p.penyulang), raw_gardu = i.raw_gardu,
                conflict = i.conflict
            FROM incoming_pdpj i
            WHERE p.ulp = :ulp AND p.idpel = i.idpel AND p.line = i.line AND p.valid_to IS NULL
              AND p.gardu IS NOT DISTINCT FROM i.gardu
            """
        ),
        keys,
    )
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
    # A list that names a later day than the record's own moved the customer then; otherwise
    # the change is known since today, at the earliest the day after the record began.
    session.execute(
        text(
            """
            UPDATE incoming_pdpj i SET valid_from = CASE
                WHEN i.valid_from > p.valid_from THEN i.valid_from
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
    new = session.execute(
        text(
            """
            INSERT INTO pdpj (ulp, idpel, line, valid_from, gardu, raw_gardu, jurusan, tiang,
                              deret, penyulang, source, conflict, active, batch_id)
            SELECT :ulp, idpel, line, COALESCE(valid_from, DATE '1900-01-01'), gardu, raw_gardu,
                   jurusan, tiang, deret, penyulang, source, conflict, active, batch_id
            FROM incoming_pdpj
            """
        ),
        keys,
    ).rowcount  # type: ignore[attr-defined]
    session.execute(text("DROP TABLE incoming_pdpj"))
    return {"new": int(new) - int(moved), "moved": int(moved), "kept_survey": int(kept)}


def all_points(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return every position told of the unit's customers, by idpel, source and id."""
    return copied(
        session,
        """
        SELECT p.point_id, p.idpel, p.source, p.quality, p.position,
               to_char(p.observed_at, 'YYYYMM') AS month,
               ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat
        FROM customer_point p
        WHERE p.ulp = %s AND EXISTS (
            SELECT FROM customer c WHERE c.ulp = p.ulp AND c.idpel = p.idpel)
        """,
        (ulp,),
        numbers=("point_id", "lon", "lat"),
    ).sort_values(["idpel", "source", "point_id"], ignore_index=True)


def set_places(session: Session, *, ulp: str, places: pd.DataFrame) -> None:
    """Write the position in use of every customer (index idpel; lon, lat may be missing)."""
    session.execute(
        text(
            "CREATE TEMP TABLE places (idpel text, lon float8, lat float8, point_source text, "
            "coordinate_quality text, spread_m float8) ON COMMIT DROP"
        )
    )
    copy_rows(session, "places", places.reset_index())
    session.execute(text("ANALYZE places"))
    session.execute(
        text(
            """
            UPDATE customer c SET
                geom = CASE WHEN p.lon IS NULL THEN NULL
                            ELSE ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326) END,
                point_source = p.point_source, coordinate_quality = p.coordinate_quality,
                spread_m = p.spread_m
            FROM places p
            WHERE c.ulp = :u AND c.idpel = p.idpel AND (
                ST_X(c.geom) IS DISTINCT FROM p.lon OR ST_Y(c.geom) IS DISTINCT FROM p.lat
                OR c.point_source IS DISTINCT FROM p.point_source
                OR c.coordinate_quality IS DISTINCT FROM p.coordinate_quality)
            """
        ),
        {"u": ulp},
    )
    session.execute(text("DROP TABLE places"))


def analyze(session: Session, tables: Iterable[str]) -> None:
    """Refresh the planner's figures after a large import.

    A tenth of the usual sample tells it what is large and what is not; the server's own
    autovacuum looks more closely later.
    """
    session.execute(text("SET LOCAL default_statistics_target = 10"))
    for table in tables:
        session.execute(text(f"ANALYZE {table}"))


def add_rejects(session: Session, *, ulp: str, batch_id: int, rejects: pd.DataFrame) -> None:
    """Keep refused rows with their cells, rule and message."""
    months: list[Any] = [
        json.dumps(m) if isinstance(m, dict) else None for m in rejects["kwh_months"]
    ]
    rows = rejects.assign(
        ulp=ulp,
        batch_id=batch_id,
        cells=[json.dumps(c, ensure_ascii=False) for c in rejects["cells"]],
        kwh_months=months,
    )
    copy_rows(session, "import_reject", rows)


def gardu_places(session: Session, *, ulp: str) -> pd.DataFrame:
    """Return where a unit's gardu are known to be: index gardu, columns lon and lat."""
    rows = session.execute(
        text(
            "SELECT gardu, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM gardu "
            "WHERE ulp = :ulp AND geom IS NOT NULL"
        ),
        {"ulp": ulp},
    ).all()
    return pd.DataFrame(rows, columns=["gardu", "lon", "lat"]).set_index("gardu")


def extent_of_unit(session: Session, *, ulp: str) -> tuple[float, float, float, float] | None:
    """Return west, south, east, north, in degrees, of all positions in use of a unit; None if none.

    Customers and gardu; what lies far from the unit is no position in use (R-IM-08).
    """
    row = session.execute(
        text(
            "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Extent(geom) AS e "
            "FROM (SELECT geom FROM customer WHERE ulp = :ulp UNION ALL "
            "SELECT geom FROM gardu WHERE ulp = :ulp) AS places) AS extent WHERE e IS NOT NULL"
        ),
        {"ulp": ulp},
    ).one_or_none()
    return None if row is None else (float(row[0]), float(row[1]), float(row[2]), float(row[3]))


def zone_of_network(session: Session, *, ulp: str) -> int | None:
    """Return the UTM zone (EPSG) of the middle of a unit's gardu and streets, None without any."""
    row = session.execute(
        text(
            """
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ST_X(p)) AS lon,
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY ST_Y(p)) AS lat
            FROM (SELECT geom AS p FROM gardu WHERE ulp = :u AND geom IS NOT NULL
                  UNION ALL
                  SELECT ST_StartPoint(geom) FROM street WHERE ulp = :u) AS places
            """
        ),
        {"u": ulp},
    ).one()
    return None if row.lon is None else utm_srid(row.lon, row.lat)
