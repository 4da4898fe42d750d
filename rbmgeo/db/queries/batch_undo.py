"""What leans on a file taken in, and taking it back; none of these commits."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.models import ImportBatch
from rbmgeo.db.queries.batches import TABLES
from rbmgeo.labels.batches import hold_words

#: Tables of mere codes, and where a code of theirs may stand.
CODES = {
    "officer": (("rbm_list", "officer"), ("reader_log", "officer"), ("reading", "officer")),
    "penyulang": (("gardu", "penyulang"),),
}


#: Tables whose rows name a customer, and those that name a gardu.
_OF_CUSTOMERS = (
    "rbm_list", "reading", "pdpj", "customer_point", "customer_service", "reader_log",
    "receivable", "prepaid_order", "photo",
)  # fmt: skip


_OF_GARDU = ("pdpj", "gardu_meter")


@dataclass(frozen=True)
class Hold:
    """Why a batch cannot be taken back: what leans on its rows, how many, and which.

    ``what`` is overwritten, customers, gardu, same (each with the later ``batch``), answers,
    proposals or versions (each with ``which``).
    """

    what: str
    count: int
    batch: int | None = None
    which: tuple[str, ...] = ()

    def words(self, lang: str) -> str:
        """Say it in ``id`` or ``en``, with the next step."""
        return hold_words(self.what, lang, count=self.count, batch=self.batch, which=self.which)


def holds(session: Session, *, ulp: str, of: ImportBatch) -> list[Hold]:
    """Return everything newer that leans on the rows of a batch; nothing if it may go."""
    key = {"u": ulp, "b": of.batch_id, "at": of.imported_at}
    session.execute(text(_WROTE), key)
    session.execute(text("ANALYZE undo_people"))
    try:
        return [*_later_batches(session, ulp, of.batch_id), *_decisions(session, key)]
    finally:
        session.execute(text("DROP TABLE undo_people"))


# Customers whose list, gardu or place the batch wrote; ``made`` are known through it alone.
_WROTE = """
CREATE TEMP TABLE undo_people ON COMMIT DROP AS
SELECT idpel, bool_or(made) AS made FROM (
    SELECT c.idpel, NOT EXISTS (
        SELECT FROM import_before i WHERE i.ulp = :u AND i.batch_id = :b
          AND i.relation = 'customer' AND i.was ->> 'idpel' = c.idpel) AS made
    FROM customer c WHERE c.ulp = :u AND c.batch_id = :b
    UNION ALL SELECT idpel, false FROM rbm_list WHERE ulp = :u AND batch_id = :b
    UNION ALL SELECT idpel, false FROM pdpj WHERE ulp = :u AND batch_id = :b
    UNION ALL SELECT idpel, false FROM customer_point WHERE ulp = :u AND batch_id = :b
    UNION ALL SELECT was ->> 'idpel', false FROM import_before
      WHERE ulp = :u AND batch_id = :b AND relation IN ('customer', 'rbm_list', 'pdpj')
) w GROUP BY idpel
"""


def _later_batches(session: Session, ulp: str, batch_id: int) -> list[Hold]:
    key = {"u": ulp, "b": batch_id}
    found: list[Hold] = []
    counts: dict[tuple[str, int], int] = {}

    def count(what: str, query: str) -> None:
        for later, n in session.execute(text(query), key):
            counts[what, int(later)] = counts.get((what, int(later)), 0) + int(n)

    count("overwritten", _OVERWRITTEN)
    for table in _OF_CUSTOMERS:
        count(
            "customers",
            f"SELECT t.batch_id, count(DISTINCT t.idpel) FROM {table} t JOIN undo_people p "
            "ON p.idpel = t.idpel AND p.made WHERE t.ulp = :u AND t.batch_id > :b GROUP BY 1",
        )
    for table in _OF_GARDU:
        count(
            "gardu",
            f"SELECT t.batch_id, count(DISTINCT t.gardu) FROM {table} t JOIN gardu g "
            "ON g.ulp = t.ulp AND g.gardu = t.gardu AND g.batch_id = :b AND NOT EXISTS ("
            "SELECT FROM import_before i WHERE i.ulp = :u AND i.batch_id = :b "
            "AND i.relation = 'gardu' AND i.was ->> 'gardu' = g.gardu) "
            "WHERE t.ulp = :u AND t.batch_id > :b GROUP BY 1",
        )
    found += [Hold(what, n, later) for (what, later), n in counts.items()]
    told = {h.batch for h in found}
    for later, same in session.execute(text(_SAME_LATER), key):
        # What a later list said as well left no trace of its own.
        n = sum(
            int(c) for t, c in same.items() if t in TABLES and _wrote(session, ulp, batch_id, t)
        )
        if n and later not in told:
            found.append(Hold("same", n, int(later)))
    return sorted(found, key=lambda h: (h.batch or 0, h.what))


_OVERWRITTEN = """
SELECT batch_id, count(*) FROM (
    SELECT batch_id, before_id FROM import_before
    WHERE ulp = :u AND batch_id > :b AND NOT made AND (was ->> 'batch_id')::bigint = :b
    UNION SELECT l.batch_id, l.before_id FROM import_before l JOIN import_before i
      ON i.was ->> 'idpel' = l.was ->> 'idpel' AND i.was ->> 'line' = l.was ->> 'line'
      AND i.was ->> 'valid_from' = l.was ->> 'valid_from'
    WHERE l.ulp = :u AND l.batch_id > :b AND l.relation = 'pdpj'
      AND i.ulp = :u AND i.batch_id = :b AND i.relation = 'pdpj'
) newer GROUP BY 1
"""


_SAME_LATER = """
SELECT batch_id, same FROM import_batch
WHERE ulp = :u AND batch_id > :b AND undone_at IS NULL AND same <> '{}'::jsonb
"""


def _wrote(session: Session, ulp: str, batch_id: int, table: str) -> bool:
    return bool(
        session.scalar(
            text(f"SELECT EXISTS (SELECT FROM {table} WHERE ulp = :u AND batch_id = :b)"),
            {"u": ulp, "b": batch_id},
        )
    )


def _decisions(session: Session, key: dict[str, Any]) -> list[Hold]:
    found = []
    for what, query in _DECIDED.items():
        row = session.execute(text(query), key).one()
        if row[0]:
            found.append(Hold(what, int(row[0]), which=tuple(str(w) for w in (row[1] or ())[:10])))
    return found


_DECIDED = {
    "answers": """
        SELECT count(*), array_agg(DISTINCT a.received_at::date ORDER BY a.received_at::date)
        FROM survey_answer a JOIN undo_people p ON p.idpel = a.idpel
        WHERE a.ulp = :u AND a.received_at > :at
    """,
    "own_readings": """
        SELECT count(*), array_agg(DISTINCT o.received_at::date ORDER BY o.received_at::date)
        FROM own_reading o JOIN undo_people p ON p.idpel = o.idpel
        WHERE o.ulp = :u AND o.received_at > :at
    """,
    "proposals": """
        SELECT count(DISTINCT q.proposal_id), array_agg(DISTINCT q.proposal_id ORDER BY q.proposal_id)
        FROM proposal q JOIN undo_people p ON p.idpel = q.idpel
        LEFT JOIN approval v ON v.ulp = q.ulp AND v.proposal_id = q.proposal_id
          AND v.decision = 'approved'
        WHERE q.ulp = :u AND (v.decided_at > :at
          OR (q.state IN ('open', 'conflict') AND q.proposed_at > :at))
    """,
    "versions": """
        SELECT count(*), array_agg(v.version_id ORDER BY v.version_id) FROM rbm_version v
        WHERE v.ulp = :u AND v.published_at > :at AND EXISTS (
            SELECT FROM rbm_member m JOIN undo_people p ON p.idpel = m.idpel
            WHERE m.ulp = v.ulp AND m.version_id = v.version_id)
    """,
}


def restore(session: Session, *, ulp: str, batch_id: int) -> dict[str, int]:
    """Put every table back as it was before a batch; return the rows taken out and put back.

    Positions in use are not part of it: they follow from the points that are left, see
    `forget_places`.
    """
    key = {"u": ulp, "b": batch_id}
    relations = set(
        session.scalars(
            text("SELECT DISTINCT relation FROM import_before WHERE ulp = :u AND batch_id = :b"),
            key,
        )
    )
    done = {"removed": 0, "restored": 0}
    _forget_places(session, key)
    for table in TABLES:
        removed, restored = _restore_table(session, table, key, kept=table in relations)
        done["removed"] += removed
        done["restored"] += restored
    for table, users in CODES.items():
        if table in relations:
            _drop_codes(session, table, users, key)
    if "ulp" in relations:
        session.execute(text("UPDATE ulp SET utm_srid = NULL WHERE ulp = :u"), key)
    for table in ("import_reject", "import_before", "import_list"):
        session.execute(text(f"DELETE FROM {table} WHERE ulp = :u AND batch_id = :b"), key)
    return done


def _restore_table(
    session: Session, table: str, key: dict[str, Any], *, kept: bool
) -> tuple[int, int]:
    removed = session.execute(
        text(f"DELETE FROM {table} WHERE ulp = :u AND batch_id = :b"), key
    ).rowcount  # type: ignore[attr-defined]
    if not kept:
        return int(removed), 0
    primary, stored = _columns(session, table)
    keyed = ", ".join(f"was ->> '{k}'" for k in primary)
    listed = ", ".join(f'"{c}"' for c in stored)
    same = " AND ".join(f't."{k}" = b."{k}"' for k in primary)
    session.execute(
        text(
            f"CREATE TEMP TABLE undo_rows ON COMMIT DROP AS SELECT r.* FROM ("
            f"SELECT DISTINCT ON ({keyed}) was FROM import_before "
            "WHERE ulp = :u AND batch_id = :b AND relation = :t "
            f"ORDER BY {keyed}, before_id) i, jsonb_populate_record(NULL::{table}, i.was) r"
        ),
        {**key, "t": table},
    )
    session.execute(text("ANALYZE undo_rows"))
    session.execute(
        text(f"DELETE FROM {table} t USING undo_rows b WHERE t.ulp = :u AND {same}"), key
    )
    restored = session.execute(
        text(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM undo_rows")
    ).rowcount  # type: ignore[attr-defined]
    session.execute(text("DROP TABLE undo_rows"))
    return int(removed), int(restored)


def _columns(session: Session, table: str) -> tuple[list[str], list[str]]:
    """Return the primary key of a table and its columns but those that it computes."""
    primary = session.scalars(
        text(
            "SELECT attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid "
            "AND a.attnum = ANY(i.indkey) WHERE i.indrelid = CAST(:t AS regclass) AND i.indisprimary "
            "ORDER BY array_position(i.indkey::int2[], a.attnum)"
        ),
        {"t": table},
    ).all()
    stored = session.scalars(
        text(
            "SELECT attname FROM pg_attribute WHERE attrelid = CAST(:t AS regclass) "
            "AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"
        ),
        {"t": table},
    ).all()
    return list(primary), list(stored)


def _forget_places(session: Session, key: dict[str, Any]) -> None:
    """Leave without a position the customers of whom only this batch told one."""
    session.execute(
        text(
            """
            UPDATE customer c SET geom = NULL, point_source = NULL, spread_m = NULL,
                coordinate_quality = 'tanpa_koordinat'
            WHERE c.ulp = :u AND EXISTS (
                SELECT FROM customer_point p
                WHERE p.ulp = :u AND p.batch_id = :b AND p.idpel = c.idpel)
              AND NOT EXISTS (
                SELECT FROM customer_point p
                WHERE p.ulp = :u AND p.batch_id IS DISTINCT FROM :b AND p.idpel = c.idpel)
            """
        ),
        key,
    )


def _drop_codes(
    session: Session, table: str, users: tuple[tuple[str, str], ...], key: dict[str, Any]
) -> None:
    """Take out codes that the batch added and that nobody names now."""
    unused = " AND ".join(
        f"NOT EXISTS (SELECT FROM {t} u WHERE u.ulp = :u AND u.{c} = t.{table})" for t, c in users
    )
    session.execute(
        text(
            f"DELETE FROM {table} t USING import_before i WHERE t.ulp = :u AND i.ulp = :u "
            f"AND i.batch_id = :b AND i.relation = :t AND i.made AND t.{table} = i.was ->> '{table}' "
            f"AND {unused}"
        ),
        {**key, "t": table},
    )


def drop_empty_parts(session: Session, *, ulp: str, months: list[str]) -> None:
    """Drop parts of tables that hold nothing any more: a first load then makes them anew."""
    names = [(t, f"part_{t}_{ulp}") for t in ("customer", "customer_point")]
    for blth in sorted(months):
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtext('reading:' || :b))"), {"b": blth}
        )
        names.append(("reading", f"reading_{int(blth):06d}"))
    for table, name in names:
        session.execute(text("SELECT drop_empty_part(:t, :p)"), {"t": table, "p": name})


def months_of(session: Session, *, ulp: str, batch_id: int) -> list[str]:
    """Return the months in which a batch wrote readings."""
    return list(
        session.scalars(
            text("SELECT DISTINCT blth FROM reading WHERE ulp = :u AND batch_id = :b ORDER BY 1"),
            {"u": ulp, "b": batch_id},
        )
    )
