"""Moving many customers to a gardu at once, and back: as `records.move_to_gardu` does with one."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.proposals import add_approvals


def move_many(
    session: Session, *, ulp: str, gardu: str, on: date, proposals: dict[str, int]
) -> dict[str, date]:
    """Close the records in force of some customers and open one each; return their first days.

    ``proposals``: idpel to the proposal that the new record names. Each moves as
    `records.move_to_gardu` moves it: a record that began on ``on`` or later is followed the day
    after it began, the pole of the house stays, and no day has two records.
    """
    if not proposals:
        return {}
    key = {"ulp": ulp, "on": on, "gardu": gardu, "ids": sorted(proposals)}
    _lock(session, ulp, key["ids"])  # type: ignore[arg-type]
    rows = session.execute(text(_GROUND), key).all()
    key |= {
        "ids": [r.idpel for r in rows], "firsts": [r.first for r in rows],
        "lines": [r.line for r in rows], "tiang": [r.tiang for r in rows],
        "deret": [r.deret for r in rows], "numbers": [proposals[r.idpel] for r in rows],
    }  # fmt: skip
    session.execute(text(_CLOSE), key)
    session.execute(text(_OPEN), key)
    return {r.idpel: r.first for r in rows}


def undo_many(
    session: Session, *, ulp: str, on: date, proposals: dict[str, int]
) -> dict[str, date]:
    """Close the records that some proposals made and open again those that they closed.

    History is kept, as in `records.undo_move`. Returns the first day of the restored state of
    each; who is left out was changed again since.
    """
    if not proposals:
        return {}
    ids = sorted(proposals)
    _lock(session, ulp, ids)
    key = {"ulp": ulp, "on": on, "ids": ids, "numbers": [proposals[i] for i in ids]}
    made = session.execute(text(_MADE), key).all()
    key |= {
        "ids": [r.idpel for r in made], "numbers": [proposals[r.idpel] for r in made],
        "firsts": [r.first for r in made], "was": [r.was for r in made],
    }  # fmt: skip
    session.execute(text(_CLOSE_MADE), key)
    session.execute(text(_RESTORE), key)
    return {r.idpel: r.first for r in made}


def decide_many(
    session: Session, *, ulp: str, firsts: dict[int, date | None], decision: str, who: str,
    reason: str,
) -> None:  # fmt: skip
    """Write one decision on many proposals, each with its first day where it has one."""
    session.execute(
        text(
            """
            UPDATE proposal p SET state = :d, effective_on = COALESCE(n.first, p.effective_on)
            FROM unnest(CAST(:ids AS bigint[]), CAST(:firsts AS date[])) AS n(id, first)
            WHERE p.ulp = :ulp AND p.proposal_id = n.id
            """
        ),
        {"ulp": ulp, "d": decision, "ids": list(firsts), "firsts": list(firsts.values())},
    )
    add_approvals(
        session, ulp=ulp, proposals=list(firsts), decision=decision, who=who, reason=reason
    )


def _lock(session: Session, ulp: str, ids: list[str]) -> None:
    # In one order, so that two decisions wait for each other and neither for ever.
    session.execute(
        text(
            "SELECT FROM pdpj WHERE ulp = :ulp AND idpel = ANY(:ids) AND valid_to IS NULL "
            "ORDER BY idpel, line FOR UPDATE"
        ),
        {"ulp": ulp, "ids": ids},
    )


_GROUND = """
SELECT i.idpel, COALESCE(r.line, '') AS line, r.tiang, r.deret,
       GREATEST(CAST(:on AS date), l.last) AS first
FROM unnest(CAST(:ids AS text[])) AS i(idpel)
LEFT JOIN LATERAL (
    SELECT line, tiang, deret FROM pdpj
    WHERE ulp = :ulp AND idpel = i.idpel AND valid_to IS NULL AND active
    ORDER BY conflict, line LIMIT 1) r ON true
LEFT JOIN LATERAL (
    SELECT max(COALESCE(valid_to, valid_from + 1)) AS last FROM pdpj
    WHERE ulp = :ulp AND idpel = i.idpel AND (valid_to IS NULL OR valid_to > :on)) l ON true
ORDER BY i.idpel
"""
_CLOSE = """
UPDATE pdpj p SET valid_to = n.first
FROM unnest(CAST(:ids AS text[]), CAST(:firsts AS date[])) AS n(idpel, first)
WHERE p.ulp = :ulp AND p.idpel = n.idpel AND p.valid_to IS NULL AND p.active
"""
_OPEN = """
INSERT INTO pdpj (ulp, idpel, line, valid_from, gardu, raw_gardu, tiang, deret, source, conflict,
                  active, proposal_id)
SELECT :ulp, n.idpel, n.line, n.first, :gardu, :gardu, n.tiang, n.deret, 'survey', false, true,
       n.number
FROM unnest(CAST(:ids AS text[]), CAST(:lines AS text[]), CAST(:firsts AS date[]),
            CAST(:tiang AS text[]), CAST(:deret AS text[]), CAST(:numbers AS bigint[]))
     AS n(idpel, line, first, tiang, deret, number)
"""
_MADE = """
SELECT p.idpel, p.valid_from AS was, GREATEST(CAST(:on AS date), p.valid_from + 1) AS first
FROM unnest(CAST(:ids AS text[]), CAST(:numbers AS bigint[])) AS n(idpel, number)
JOIN pdpj p ON p.ulp = :ulp AND p.idpel = n.idpel AND p.proposal_id = n.number
  AND p.valid_to IS NULL
ORDER BY p.idpel
"""
_CLOSE_MADE = """
UPDATE pdpj p SET valid_to = n.first
FROM unnest(CAST(:ids AS text[]), CAST(:numbers AS bigint[]), CAST(:firsts AS date[]))
     AS n(idpel, number, first)
WHERE p.ulp = :ulp AND p.idpel = n.idpel AND p.proposal_id = n.number AND p.valid_to IS NULL
"""
_RESTORE = """
INSERT INTO pdpj (ulp, idpel, line, valid_from, gardu, raw_gardu, penyulang, jurusan, tiang, deret,
                  source, conflict, active, proposal_id)
SELECT p.ulp, p.idpel, p.line, n.first, p.gardu, p.raw_gardu, p.penyulang, p.jurusan, p.tiang,
       p.deret, 'undo', p.conflict, p.active, n.number
FROM unnest(CAST(:ids AS text[]), CAST(:numbers AS bigint[]), CAST(:firsts AS date[]),
            CAST(:was AS date[])) AS n(idpel, number, first, was)
JOIN pdpj p ON p.ulp = :ulp AND p.idpel = n.idpel AND p.valid_to = n.was AND p.active
"""
