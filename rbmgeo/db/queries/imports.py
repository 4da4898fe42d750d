"""Writing what the importer checked; each function keeps one kind of row, none commits."""

import json
import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from shapely import box
from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import copied, copy_rows
from rbmgeo.db.models import ImportBatch, ImportFile
from rbmgeo.geo import utm_srid


def lock_unit(session: Session, *, ulp: str) -> None:
    """Let imports into one unit wait for each other until their transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('import:' || :u))"), {"u": ulp})


class KnownFile(NamedTuple):
    """The batch that took a table in, and the rows that it had."""

    batch_id: int
    read: int


def known_files(session: Session, *, ulp: str) -> dict[tuple[str, str], KnownFile]:
    """Return every table that the unit took in, by content hash and kind."""
    rows = session.execute(
        text(
            "SELECT f.sha256, f.kind, f.batch_id, f.read FROM import_file f "
            "JOIN import_batch b USING (ulp, batch_id) WHERE f.ulp = :u AND b.undone_at IS NULL"
        ),
        {"u": ulp},
    )
    return {(str(r.sha256), str(r.kind)): KnownFile(r.batch_id, r.read) for r in rows}


def newest_month(session: Session, *, ulp: str, kind: str) -> str:
    """Return the newest month of the lists of a kind that the unit took in, "" without any."""
    found = session.scalar(
        text(
            "SELECT max(blth) FROM import_batch WHERE ulp = :u AND undone_at IS NULL "
            "AND split_part(kind, ':', 1) = :kind"
        ),
        {"u": ulp, "kind": kind},
    )
    return str(found or "")


def add_file(session: Session, **values: Any) -> None:
    """Note one table that a batch took in."""
    session.execute(insert(ImportFile).values(**values))


def files(session: Session, *, ulp: str, batch_id: int) -> list[ImportFile]:
    """Return the tables that a batch took in, in their order."""
    return (
        session.query(ImportFile)
        .filter(ImportFile.ulp == ulp, ImportFile.batch_id == batch_id)
        .order_by(ImportFile.file_no)
        .all()
    )


def add_batch(session: Session, **values: Any) -> int:
    """Write the batch row and return its number."""
    done = session.execute(insert(ImportBatch).values(**values).returning(ImportBatch.batch_id))
    return int(done.scalar_one())


def keep_before(session: Session, *, ulp: str, batch_id: int) -> None:
    """From now on keep what this transaction overwrites, so that the batch can be undone."""
    session.execute(
        text("SELECT set_config('rbmgeo.batch', CAST(:b AS text), true)"), {"b": batch_id}
    )
    # The zone is the one thing that an import may settle for the unit itself.
    session.execute(
        text(
            "INSERT INTO import_before (ulp, batch_id, relation, made, was) "
            "SELECT ulp, :b, 'ulp', false, jsonb_build_object('utm_srid', NULL) "
            "FROM ulp WHERE ulp = :u AND utm_srid IS NULL"
        ),
        {"u": ulp, "b": batch_id},
    )


def keep_no_more(session: Session) -> None:
    """Stop keeping: what this transaction overwrites from now on can be computed again."""
    session.execute(text("SELECT set_config('rbmgeo.batch', '', true)"))


def close_batch(
    session: Session,
    *,
    ulp: str,
    batch_id: int,
    warnings: dict[str, Any],
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
    """Return the refused rows of a batch, by file and row."""
    return pd.read_sql(
        text(
            "SELECT COALESCE(f.file_name, b.file_name) AS file, f.sheet, r.row_no, "
            'r."column", r.value, r.rule, r.message_id, r.message_en, r.cells '
            "FROM import_reject r JOIN import_batch b USING (ulp, batch_id) "
            "LEFT JOIN import_file f USING (ulp, batch_id, file_no) "
            "WHERE r.ulp = :u AND r.batch_id = :b ORDER BY r.file_no, r.row_no"
        ),
        session.connection(),
        params={"u": ulp, "b": batch_id},
    )


def add_streets(session: Session, *, ulp: str, rows: pd.DataFrame, batch_id: int) -> int:
    """Keep streets; the very same line from an earlier file is there once.

    A line that says nothing new leaves the old one; returns how many did.
    """
    copy_rows(session, "street", rows)
    key = {"ulp": ulp, "batch": batch_id}
    told = ("highway", "name", "oneway", "layer", "bridge", "tunnel")
    same = " AND ".join(f"old.{n} IS NOT DISTINCT FROM new.{n}" for n in told)
    gone = session.execute(
        text(f"DELETE FROM street new USING street old WHERE {_ONE_LINE} AND {same}"), key
    )
    session.execute(text(f"DELETE FROM street old USING street new WHERE {_ONE_LINE}"), key)
    return int(gone.rowcount)  # type: ignore[attr-defined]


_ONE_LINE = """
    old.ulp = :ulp AND new.ulp = :ulp AND new.batch_id = :batch
    AND old.batch_id IS DISTINCT FROM :batch AND old.geom ~= new.geom
    AND old.osm_id IS NOT DISTINCT FROM new.osm_id
    AND ST_AsBinary(old.geom) = ST_AsBinary(new.geom)
"""


def not_there_yet(
    session: Session, table: str, rows: pd.DataFrame, *, ulp: str, key: tuple[str, ...]
) -> pd.DataFrame:
    """Return the rows that the unit does not have in exactly these words already.

    ``key`` names columns that are never missing; a place is compared as a place, not as the
    text that told it.
    """
    placed = "geom" in rows
    others = [n for n in rows.columns if n not in (*key, "geom", "lon_raw", "lat_raw")]
    same = [f't."{k}" = b."{k}"' for k in key]
    same += [f't."{n}" IS NOT DISTINCT FROM b."{n}"' for n in others]
    if placed:
        raw = " AND ".join(
            f't."{n}" IS NOT DISTINCT FROM b."{n}"' for n in ("lon_raw", "lat_raw") if n in rows
        )
        same.append(
            "(ST_AsBinary(t.geom) = ST_AsBinary(b.geom) OR "
            f"(t.geom IS NULL AND b.geom IS NULL AND {raw or 'true'}))"
        )
    beside = f"told_{uuid.uuid4().hex[:12]}"
    listed = ", ".join(f'"{n}"' for n in rows.columns)
    session.execute(
        text(
            f"CREATE TEMP TABLE {beside} ON COMMIT DROP AS "
            f"SELECT {listed}, 0::bigint AS place_no FROM {table} LIMIT 0"
        )
    )
    copy_rows(session, beside, rows.assign(place_no=range(len(rows))))
    session.execute(text(f"ANALYZE {beside} ({', '.join(key)})"))
    found = session.scalars(
        text(
            f"SELECT b.place_no FROM {beside} b WHERE EXISTS "
            f"(SELECT FROM {table} t WHERE t.ulp = :ulp AND {' AND '.join(same)})"
        ),
        {"ulp": ulp},
    )
    known = np.fromiter(found, dtype=np.int64)
    session.execute(text(f"DROP TABLE {beside}"))
    return rows.drop(index=rows.index[known])


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


def around_customers(session: Session, *, ulp: str) -> Any:
    """Return the box in degrees that holds 98 of 100 of a unit's positions in use, None if it has none."""
    row = session.execute(
        text(
            """
            SELECT percentile_cont(ARRAY[0.01, 0.99]) WITHIN GROUP (ORDER BY ST_X(geom)),
                   percentile_cont(ARRAY[0.01, 0.99]) WITHIN GROUP (ORDER BY ST_Y(geom))
            FROM customer WHERE ulp = :u AND geom IS NOT NULL
            """
        ),
        {"u": ulp},
    ).one()
    return None if row[0] is None else box(row[0][0], row[1][0], row[0][1], row[1][1])


def told_points(session: Session, *, ulp: str, idpel: str | None = None) -> pd.DataFrame:
    """Return every position told of the unit's customers, and beside it the one in use now.

    ``idpel`` asks for those of one customer only.

    Columns ``idpel``, ``source``, ``quality``, ``position``, ``month``, ``lon``, ``lat``, and
    ``now_source``, ``now_quality``, ``now_lon``, ``now_lat``. In no order.
    """
    return copied(
        session,
        """
        SELECT p.idpel, p.source, p.quality, p.position,
               to_char(p.observed_at, 'YYYYMM') AS month,
               ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat,
               c.point_source AS now_source, c.coordinate_quality AS now_quality,
               ST_X(c.geom) AS now_lon, ST_Y(c.geom) AS now_lat
        FROM customer_point p JOIN customer c ON c.ulp = p.ulp AND c.idpel = p.idpel
        WHERE p.ulp = %s AND c.ulp = %s
        """
        + (" AND p.idpel = %s AND c.idpel = %s" if idpel else ""),
        (ulp, ulp, idpel, idpel) if idpel else (ulp, ulp),
        numbers=("lon", "lat", "now_lon", "now_lat"),
    )


def set_places(session: Session, *, ulp: str, places: pd.DataFrame) -> None:
    """Write the position in use of some customers (index idpel; lon, lat may be missing)."""
    if places.empty:
        return
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
            WHERE c.ulp = :u AND c.idpel = p.idpel
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
