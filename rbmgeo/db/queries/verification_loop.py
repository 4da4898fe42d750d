"""The closed loop of SOP IV.4 to IV.7, house by house: how far each answer or proposal has come."""

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read


def houses(session: Session, *, ulp: str, version_id: int | None) -> pd.DataFrame:
    """Return every house with an answer or a proposal on its gardu, and when each step was.

    Index idpel; ``public_id``, ``gardu`` recorded now, ``rbm`` in the version named, and the
    moments ``jawaban`` (newest answer), ``usulan`` (newest one that waits), ``disetujui``,
    ``versi`` (the version was published after the approval), ``berita_acara``,
    ``serah_terima``; missing where it has not come so far. ``deed``: (full) number of the deed.
    """
    frame = read(
        session,
        """
        WITH touched AS (
            SELECT idpel FROM survey_answer WHERE ulp = :ulp
            UNION SELECT idpel FROM proposal
            WHERE ulp = :ulp AND field = 'gardu' AND spelling_id IS NULL
        ), told AS (
            SELECT idpel, max(COALESCE(answered_at, received_at)) AS at
            FROM survey_answer WHERE ulp = :ulp GROUP BY idpel
        ), decided AS (
            SELECT proposal_id, max(decided_at) AS at FROM approval
            WHERE ulp = :ulp AND decision = 'approved' GROUP BY proposal_id
        ), hangs AS (
            SELECT DISTINCT ON (p.idpel) p.idpel, p.gardu FROM pdpj p JOIN touched USING (idpel)
            WHERE p.ulp = :ulp AND p.valid_to IS NULL AND p.active ORDER BY p.idpel, p.line
        ), papers AS (
            SELECT DISTINCT ON (rbm) rbm, made_at, full_number FROM handover_deed
            WHERE ulp = :ulp AND version_id = CAST(:v AS bigint)
            ORDER BY rbm, year DESC, number DESC
        ), asked AS (
            SELECT o.idpel,
                   max(o.proposed_at) FILTER (WHERE o.state IN ('open', 'conflict')) AS usulan,
                   max(COALESCE(v.at, o.proposed_at)) FILTER (WHERE o.state = 'approved') AS disetujui
            FROM proposal o
            LEFT JOIN decided v USING (proposal_id)
            WHERE o.ulp = :ulp AND o.field = 'gardu' AND o.spelling_id IS NULL GROUP BY o.idpel
        ), force AS (
            SELECT version_id, published_at,
                   (SELECT min(handed_at) FROM handoff
                    WHERE ulp = :ulp AND version_id = CAST(:v AS bigint)) AS handed_at
            FROM rbm_version WHERE ulp = :ulp AND version_id = CAST(:v AS bigint)
        )
        SELECT t.idpel, c.public_id::text AS public_id, p.gardu, m.rbm, told.at AS jawaban,
               asked.usulan, asked.disetujui, ok.at AS versi,
               CASE WHEN ok.at IS NOT NULL THEN d.made_at END AS berita_acara,
               CASE WHEN ok.at IS NOT NULL THEN d.full_number END AS deed,
               CASE WHEN ok.at IS NOT NULL THEN force.handed_at END AS serah_terima
        FROM touched t
        JOIN customer c ON c.ulp = :ulp AND c.idpel = t.idpel
        LEFT JOIN told ON told.idpel = t.idpel
        LEFT JOIN asked ON asked.idpel = t.idpel
        LEFT JOIN force ON true
        LEFT JOIN rbm_member m
            ON m.ulp = :ulp AND m.version_id = force.version_id AND m.idpel = t.idpel
        LEFT JOIN hangs p ON p.idpel = t.idpel
        LEFT JOIN LATERAL (
            SELECT force.published_at AS at
            WHERE m.idpel IS NOT NULL AND asked.disetujui <= force.published_at) ok ON true
        LEFT JOIN papers d ON d.rbm = m.rbm
        ORDER BY t.idpel
        """,
        ulp=ulp, v=version_id,
    )  # fmt: skip
    return frame.set_index("idpel")
