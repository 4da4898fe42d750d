"""Photos that are kept long enough: which may go, which stay as evidence, and the marks of those gone."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

#: A photo content goes when all its rows are old and none of its customers has a reason to keep it.
_OLD = """
    SELECT p.sha256, min(p.suffix) AS suffix, max(p.blth) AS blth, sum(p.size_bytes) AS bytes,
           array_agg(DISTINCT p.idpel) AS idpels
    FROM photo p WHERE p.ulp = :u GROUP BY p.sha256 HAVING max(p.blth) <= :last
"""
_REASONS = {
    # An open question about the house.
    "open_question": """
        EXISTS (SELECT FROM proposal q WHERE q.ulp = :u AND q.idpel = ANY(o.idpels)
                AND q.state IN ('open', 'conflict'))
        OR EXISTS (SELECT FROM second_look l WHERE l.ulp = :u AND l.idpel = ANY(o.idpels) AND l.decided_at IS NULL)
        OR EXISTS (SELECT FROM field_visit v JOIN visit_effect e USING (ulp, client_id, sha256)
                   WHERE v.ulp = :u AND v.idpel = ANY(o.idpels) AND e.state = 'menunggu')""",
    # Drawn for a check of a month whose summary was signed.
    "signed_month": """
        EXISTS (SELECT FROM photo_sample_item i JOIN photo_sample s USING (ulp, sample_id)
                JOIN month_signed m USING (ulp, blth)
                WHERE i.ulp = :u AND i.idpel = ANY(o.idpels) AND s.blth = o.blth)""",
    # Behind an approved change of a customer who stands in a signed berita acara.
    "signed_deed": """
        EXISTS (SELECT FROM proposal q JOIN rbm_member r USING (ulp, idpel)
                JOIN handover_deed d ON d.ulp = r.ulp AND d.version_id = r.version_id AND d.rbm = r.rbm
                WHERE q.ulp = :u AND q.idpel = ANY(o.idpels) AND q.state = 'approved'
                  AND d.signed_at IS NOT NULL)""",
}  # fmt: skip


def due(session: Session, *, ulp: str, last: str) -> list[dict[str, Any]]:
    """Return every photo of months up to ``last``: hash, suffix, month, bytes, why it ``stays`` (or None)."""
    case = " ".join(f"WHEN {sql} THEN '{name}'" for name, sql in _REASONS.items())
    rows = session.execute(
        text(
            f"WITH o AS ({_OLD}) SELECT o.*, CASE {case} END AS stays FROM o ORDER BY blth, sha256"
        ),
        {"u": ulp, "last": last},
    )
    return [dict(row) for row in rows.mappings()]


def of_customer(session: Session, *, ulp: str, idpel: str) -> list[dict[str, Any]]:
    """Return the photos of a customer that are nobody else's: hash and suffix."""
    rows = session.execute(
        text(
            """
            SELECT sha256, min(suffix) AS suffix FROM (
                SELECT p.sha256, p.suffix FROM photo p WHERE p.ulp = :u AND p.idpel = :i
                UNION ALL
                SELECT p.sha256, p.suffix FROM field_visit v
                CROSS JOIN LATERAL jsonb_array_elements(v.photos) named
                JOIN visit_photo p ON p.ulp = v.ulp AND p.sha256 = named->>'sha256'
                WHERE v.ulp = :u AND v.idpel = :i) mine
            WHERE NOT EXISTS (SELECT FROM photo o WHERE o.ulp = :u AND o.sha256 = mine.sha256 AND o.idpel <> :i)
              AND NOT EXISTS (SELECT FROM field_visit v WHERE v.ulp = :u AND v.idpel <> :i AND v.photos
                  @> jsonb_build_array(jsonb_build_object('sha256', mine.sha256)))
            GROUP BY sha256 ORDER BY sha256
            """
        ),
        {"u": ulp, "i": idpel},
    )
    return [dict(row) for row in rows.mappings()]


def mark(
    session: Session, *, ulp: str, photos: Sequence[dict[str, Any]], why: str, who: str
) -> None:
    """Mark photos that have to go; one that is marked already is not marked again."""
    for one in photos:
        session.execute(
            text(
                "INSERT INTO photo_gone (ulp, sha256, suffix, why, marked_by) "
                "SELECT :u, :h, :s, :why, :who WHERE NOT EXISTS (SELECT FROM photo_gone g "
                "WHERE g.ulp = :u AND g.sha256 = :h AND g.done_at IS NULL)"
            ),
            {"u": ulp, "h": one["sha256"], "s": one["suffix"], "why": why, "who": who},
        )


def marked(session: Session, *, ulp: str) -> list[dict[str, Any]]:
    """Return the photos that are marked and not gone yet, oldest mark first."""
    rows = session.execute(
        text(
            "SELECT gone_id, sha256, suffix FROM photo_gone WHERE ulp = :u AND done_at IS NULL "
            "ORDER BY gone_id"
        ),
        {"u": ulp},
    )
    return [dict(row) for row in rows.mappings()]


def forget(session: Session, *, ulp: str, gone_id: int, sha256: str) -> int:
    """Delete the rows of a photo whose file is gone, close its mark; return the rows."""
    told = {"u": ulp, "h": sha256, "g": gone_id}
    rows = 0
    for table in ("photo", "visit_photo"):
        done = session.execute(text(f"DELETE FROM {table} WHERE ulp = :u AND sha256 = :h"), told)
        rows += int(done.rowcount)  # type: ignore[attr-defined]
    session.execute(
        text("UPDATE photo_gone SET done_at = now() WHERE ulp = :u AND gone_id = :g"), told
    )
    return rows


def old_logins(session: Session, *, days: int, delete: bool) -> int:
    """Count, or delete, the wrong passwords older than so many days."""
    where = "at < now() - make_interval(days => :d)"
    if not delete:
        return int(session.scalar(text(f"SELECT count(*) FROM login_try WHERE {where}"), {"d": days}) or 0)  # fmt: skip
    done = session.execute(text(f"DELETE FROM login_try WHERE {where}"), {"d": days})
    return int(done.rowcount)  # type: ignore[attr-defined]
