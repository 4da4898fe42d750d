"""What came in and what each file changed; none of these commits."""

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from rbmgeo.db.models import ImportBatch, ImportList
from rbmgeo.errors import NotThere

People = npt.NDArray[np.int64]

#: Tables whose rows name the batch that wrote them last.
TABLES = (
    "customer", "customer_service", "customer_point", "gardu", "gardu_meter", "tiang",
    "jtr_span", "service_drop", "street", "rbm_list", "pdpj", "calendar", "reading",
    "reader_log", "receivable", "prepaid_order", "photo",
)  # fmt: skip
#: What is compared and shown where a customer changed.
SHOWN = (
    "name", "address", "tarif", "daya_va", "meter_number", "jenis_layanan", "dibaca_oleh",
    "active", "tiang",
)  # fmt: skip


def batch(session: Session, *, ulp: str, batch_id: int) -> ImportBatch:
    """Return one file taken in; raises `NotThere`."""
    found = session.get(ImportBatch, (ulp, batch_id))
    if found is None:
        raise NotThere(
            f"import {batch_id} is not in unit {ulp}; see `rbmgeo batches`",
            f"impor {batch_id} tidak ada di unit {ulp}; lihat `rbmgeo batches`",
        )
    return found


def keep_list(session: Session, *, ulp: str, batch_id: int, people: Sequence[People]) -> None:
    """Keep the customers that a batch named, so that the next list can be held against it."""
    ids = np.sort(np.concatenate(people))  # ten times faster than `unique`
    ids = ids[np.append(True, ids[1:] != ids[:-1])]
    session.execute(
        insert(ImportList).values(ulp=ulp, batch_id=batch_id, people=len(ids), idpels=packed(ids))
    )


def packed(ids: People) -> bytes:
    """Pack sorted ids: the steps between them, compressed; a million take 1 to 3 MB."""
    return zlib.compress(np.diff(ids, prepend=np.int64(0)).astype("<i8").tobytes(), 1)


def people(session: Session, *, ulp: str, batch_id: int) -> People | None:
    """Return the customers that a batch named, sorted; None where it named none."""
    kept = session.get(ImportList, (ulp, batch_id))
    if kept is None:
        return None
    steps = np.frombuffer(zlib.decompress(kept.idpels), dtype="<i8")
    return np.cumsum(steps, dtype=np.int64)


def as_people(idpels: pd.Series) -> People:
    """Return customers as the numbers that their idpel are."""
    done = pc.cast(pa.array(idpels.array, type=pa.string()), pa.int64())
    return np.asarray(done.to_numpy(zero_copy_only=False), dtype=np.int64)


def last_of_kind(session: Session, *, ulp: str, of: ImportBatch) -> ImportBatch | None:
    """Return the list before this one: same kind, the newest month not after its own."""
    found = session.scalar(
        text(
            """
            SELECT b.batch_id FROM import_batch b JOIN import_list l USING (ulp, batch_id)
            WHERE b.ulp = :u AND split_part(b.kind, ':', 1) = :kind AND b.undone_at IS NULL
              AND (COALESCE(b.blth, ''), b.batch_id) < (COALESCE(:blth, ''), :b)
            ORDER BY COALESCE(b.blth, '') DESC, b.batch_id DESC LIMIT 1
            """
        ),
        {"u": ulp, "kind": of.kind.split(":")[0], "blth": of.blth, "b": of.batch_id},
    )
    return None if found is None else session.get(ImportBatch, (ulp, found))


def written(session: Session, *, ulp: str, batch_id: int) -> dict[str, tuple[int, int]]:
    """Count, by table, the rows that a batch added and those that it changed or replaced."""
    out = {}
    counts = session.execute(
        text(
            "SELECT relation, count(*) FROM import_before WHERE ulp = :u AND batch_id = :b "
            "AND NOT made AND relation <> 'ulp' GROUP BY 1"
        ),
        {"u": ulp, "b": batch_id},
    )
    kept = {str(relation): int(n) for relation, n in counts}
    for table in TABLES:
        rows = session.scalar(
            text(f"SELECT count(*) FROM {table} WHERE ulp = :u AND batch_id = :b"),
            {"u": ulp, "b": batch_id},
        )
        changed = kept.get(table, 0)
        # A closed PDPJ record is another row than its successor; elsewhere it is the same one.
        added = int(rows or 0) - (changed if table not in ("pdpj", "street") else 0)
        if rows or changed:
            out[table] = (max(added, 0), changed)
    return out


def changed_people(session: Session, *, ulp: str, of: ImportBatch, before: ImportBatch | None) -> pd.DataFrame:  # fmt: skip
    """Return what a batch changed of customers: idpel, field, before, after, public_id.

    Fields of the customer itself and its gardu against what was known, its RBM against the
    list before (two months are two lists, both are kept).
    """
    key = {"u": ulp, "b": of.batch_id, "shown": list(SHOWN)}
    parts = [
        session.execute(text(query), key | more).all()
        for query, more in (
            (_CUSTOMERS_CHANGED, {}),
            (_GARDU_CHANGED, {}),
            (_RBM_CHANGED, {}),
            (_RBM_MONTHS, {"blth": of.blth, "was": before.blth if before else None}),
        )
    ]
    rows = [tuple(row) for part in parts for row in part]
    frame = pd.DataFrame(rows, columns=["idpel", "field", "before", "after"], dtype="str")
    return frame.sort_values(["idpel", "field"], ignore_index=True)


# What a row became: as the next batch found it, or as it stands now.
_CUSTOMERS_CHANGED = f"""
WITH was AS MATERIALIZED (
    SELECT was ->> 'idpel' AS idpel, was FROM import_before
    WHERE ulp = :u AND batch_id = :b AND relation = 'customer'
), next AS MATERIALIZED (
    SELECT DISTINCT ON (was ->> 'idpel') was ->> 'idpel' AS idpel, was FROM import_before
    WHERE ulp = :u AND batch_id > :b AND relation = 'customer'
    ORDER BY was ->> 'idpel', batch_id, before_id
), both_sides AS MATERIALIZED (
    SELECT w.idpel, w.was, COALESCE(n.was, jsonb_build_object(
        {", ".join(f"'{name}', c.{name}" for name in SHOWN)})) AS became
    FROM was w LEFT JOIN next n USING (idpel)
    LEFT JOIN customer c ON c.ulp = :u AND c.idpel = w.idpel
)
SELECT idpel, f.name, was ->> f.name, became ->> f.name
FROM both_sides CROSS JOIN unnest(CAST(:shown AS text[])) f(name)
WHERE was ->> f.name IS DISTINCT FROM became ->> f.name
"""
_GARDU_CHANGED = """
SELECT i.was ->> 'idpel', 'gardu', i.was ->> 'gardu', p.gardu
FROM import_before i JOIN pdpj p ON p.ulp = :u AND p.idpel = i.was ->> 'idpel'
  AND p.line = i.was ->> 'line' AND p.batch_id = :b
WHERE i.ulp = :u AND i.batch_id = :b AND i.relation = 'pdpj'
  AND i.was ->> 'gardu' IS DISTINCT FROM p.gardu
"""
_RBM_CHANGED = """
SELECT i.was ->> 'idpel', 'rbm', i.was ->> 'rbm', l.rbm
FROM import_before i JOIN rbm_list l ON l.ulp = :u AND l.blth = i.was ->> 'blth'
  AND l.idpel = i.was ->> 'idpel' AND l.line = i.was ->> 'line' AND l.batch_id = :b
WHERE i.ulp = :u AND i.batch_id = :b AND i.relation = 'rbm_list'
  AND i.was ->> 'rbm' IS DISTINCT FROM l.rbm
"""
_RBM_MONTHS = """
SELECT new.idpel, 'rbm', old.rbm, new.rbm
FROM rbm_list new JOIN rbm_list old
  ON old.ulp = new.ulp AND old.idpel = new.idpel AND old.line = new.line AND old.blth = :was
WHERE new.ulp = :u AND new.blth = :blth AND :was < :blth AND new.batch_id = :b
  AND new.rbm IS DISTINCT FROM old.rbm
"""


def public_ids(session: Session, *, ulp: str, idpels: list[str]) -> dict[str, str]:
    """Return the public id of each customer that is there."""
    rows = session.execute(
        text("SELECT idpel, public_id::text FROM customer WHERE ulp = :u AND idpel = ANY(:all)"),
        {"u": ulp, "all": idpels},
    )
    return {str(r[0]): str(r[1]) for r in rows}
