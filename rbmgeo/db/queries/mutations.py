"""Mutasi bulan ini: what was found and proposed, what was decided, and what that changes."""

import json
from typing import Any

import pandas as pd
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import copy_rows
from rbmgeo.db.models import MutationDecision, MutationRow
from rbmgeo.db.queries.lists import read
from rbmgeo.errors import NotThere
from rbmgeo.terms import Mutation


def lock_mutations(session: Session, *, ulp: str) -> None:
    """Let two people who accept in one unit wait for each other until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('mutasi:' || :u))"), {"u": ulp})


def keep_found(session: Session, *, ulp: str, blth: str, rows: pd.DataFrame) -> None:
    """Bring the open mutations of a month up to what was found now.

    What was accepted stays as it was; what was decided upon once and is found no more is
    marked past, since its history is kept.
    """
    key = {"u": ulp, "b": blth}
    session.execute(
        text("CREATE TEMP TABLE found (LIKE mutation INCLUDING DEFAULTS) ON COMMIT DROP")
    )
    session.execute(text("ALTER TABLE found ALTER mutation_id DROP NOT NULL"))
    columns = ["idpel", "kind", "act", "before", "after", "other_ulp", "rbm", "urut", "sisipan",
               "after_idpel", "gardu", "evidence", "next_step"]  # fmt: skip
    sent = rows[columns].assign(
        ulp=ulp, blth=blth,
        evidence=[json.dumps(e, ensure_ascii=False) for e in rows["evidence"]],
        urut=rows["urut"].astype("Int64"), sisipan=rows["sisipan"].astype("Int64"),
    )  # fmt: skip
    copy_rows(session, "found", sent)
    session.execute(
        text(
            """
            DELETE FROM mutation m WHERE m.ulp = :u AND m.blth = :b AND m.state NOT IN ('accepted', 'dismissed')
              AND NOT EXISTS (SELECT FROM found f WHERE f.idpel = m.idpel AND f.kind = m.kind)
              AND NOT EXISTS (SELECT FROM mutation_decision d
                              WHERE d.ulp = m.ulp AND d.mutation_id = m.mutation_id)
            """
        ),
        key,
    )
    session.execute(
        text(
            """
            UPDATE mutation m SET state = 'past' WHERE m.ulp = :u AND m.blth = :b
              AND m.state IN ('open', 'dismissed')
              AND NOT EXISTS (SELECT FROM found f WHERE f.idpel = m.idpel AND f.kind = m.kind)
            """
        ),
        key,
    )
    listed = ", ".join(["ulp", "blth", *columns])
    sets = ", ".join(f"{c} = EXCLUDED.{c}" for c in columns if c not in ("idpel", "kind"))
    session.execute(
        text(
            f"INSERT INTO mutation AS m ({listed}) SELECT {listed} FROM found "
            f"ON CONFLICT (ulp, blth, idpel, kind) DO UPDATE SET {sets}, "
            # What was dismissed stays so while the lists say the same of it.
            "state = CASE WHEN m.state = 'dismissed' AND (m.act, m.before, m.after, m.other_ulp) "
            "IS NOT DISTINCT FROM (EXCLUDED.act, EXCLUDED.before, EXCLUDED.after, "
            "EXCLUDED.other_ulp) THEN 'dismissed' ELSE 'open' END, "
            "found_at = now() WHERE m.state <> 'accepted'"
        )
    )
    session.execute(text("DROP TABLE found"))


def show_to_other_unit(session: Session, *, ulp: str, blth: str) -> int:
    """Put what concerns another unit before its people as well; return how many rows.

    Who came from unit A is shown in A as leaving, who went to B in B as coming (without a
    place, which B's own look at its lists proposes). Nothing is applied in either.
    """
    done = session.execute(
        text(
            """
            INSERT INTO mutation (ulp, blth, idpel, kind, act, before, after, other_ulp,
                                  evidence, next_step)
            SELECT m.other_ulp, m.blth, m.idpel,
                   CASE m.kind WHEN 'dari_unit' THEN 'pindah_unit' ELSE 'dari_unit' END,
                   CASE m.kind WHEN 'dari_unit' THEN 'remove' ELSE 'place' END,
                   CASE m.kind WHEN 'dari_unit' THEN NULL ELSE m.ulp END,
                   CASE m.kind WHEN 'dari_unit' THEN m.ulp END, m.ulp,
                   jsonb_build_array(jsonb_build_object(
                       'key', 'mutation.told_by_unit', 'ulp', m.ulp, 'blth', m.blth)),
                   CASE m.kind WHEN 'dari_unit' THEN NULL ELSE 'mutation.help_count' END
            FROM mutation m
            WHERE m.ulp = :u AND m.blth = :b AND m.other_ulp IS NOT NULL AND m.state <> 'past'
            ON CONFLICT (ulp, blth, idpel, kind) DO NOTHING
            """
        ),
        {"u": ulp, "b": blth},
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def mutations(
    session: Session, *, ulp: str, blth: str, kind: str = "", state: str = "",
    first: int = 0, size: int | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return mutations of a month, those to decide first, by kind, RBM and place.

    Beside its columns: ``public_id``, who decided (``decided_by``, ``decided_at``), and what
    the other unit decided of its side (``other_state``).
    """
    return read(
        session,
        """
        SELECT m.mutation_id, m.idpel, c.public_id::text AS public_id, m.kind, m.act, m.before,
               m.after, m.other_ulp, m.rbm, m.urut, m.sisipan, m.gardu, m.evidence, m.next_step,
               m.state, m.found_at, d.decided_by, d.decided_at, d.reason, d.version_id,
               o.state AS other_state, c.geom IS NOT NULL AS has_point
        FROM mutation m
        LEFT JOIN customer c ON c.ulp = m.ulp AND c.idpel = m.idpel
        LEFT JOIN LATERAL (
            SELECT decided_by, decided_at, version_id, reason FROM mutation_decision d
            WHERE d.ulp = m.ulp AND d.mutation_id = m.mutation_id
            ORDER BY decision_id DESC LIMIT 1) d ON m.state IN ('accepted', 'dismissed')
        LEFT JOIN mutation o ON o.ulp = m.other_ulp AND o.blth = m.blth AND o.idpel = m.idpel
            AND o.other_ulp = m.ulp
        WHERE m.ulp = :u AND m.blth = :b AND m.state <> 'past'
          AND (:kind = '' OR m.kind = :kind) AND (:state = '' OR m.state = :state)
        ORDER BY m.state = 'open' DESC, m.state DESC, array_position(CAST(:order AS text[]), m.kind),
                 m.rbm NULLS LAST, m.urut, m.sisipan, m.idpel
        LIMIT :size OFFSET :first
        """,
        u=ulp,
        b=blth,
        kind=kind,
        state=state,
        order=[k.value for k in Mutation],
        size=size,
        first=first,
    )


def mutation_counts(session: Session, *, ulp: str, blth: str) -> pd.DataFrame:
    """Count the mutations of a month: kind, open, ready (can be accepted now), accepted, dismissed."""
    frame = read(
        session,
        f"""
        SELECT kind, count(*) FILTER (WHERE state = 'open') AS open,
               count(*) FILTER (WHERE state = 'open' AND {_READY}) AS ready,
               count(*) FILTER (WHERE state = 'accepted') AS accepted,
               count(*) FILTER (WHERE state = 'dismissed') AS dismissed
        FROM mutation WHERE ulp = :u AND blth = :b AND state <> 'past' GROUP BY kind
        """,
        u=ulp,
        b=blth,
    )
    return frame.set_index("kind").reindex([k.value for k in Mutation]).dropna().astype(int)


def ready(session: Session, *, ulp: str, blth: str, kind: str) -> list[int]:
    """Return the open mutations of a kind that can be accepted as they stand, in order."""
    rows = session.scalars(
        text(
            f"SELECT mutation_id FROM mutation WHERE ulp = :u AND blth = :b AND kind = :k "
            f"AND state = 'open' AND {_READY} ORDER BY rbm, urut, sisipan, idpel"
        ),
        {"u": ulp, "b": blth, "k": kind},
    )
    return list(rows)


def locked(session: Session, *, ulp: str, mutation_ids: list[int]) -> list[MutationRow]:
    """Return mutations for a decision, locked, in the order of their places; raises `NotThere`."""
    rows = session.scalars(
        select(MutationRow)
        .where(MutationRow.ulp == ulp, MutationRow.mutation_id.in_(mutation_ids))
        .order_by(MutationRow.rbm, MutationRow.urut, MutationRow.sisipan, MutationRow.idpel)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    absent = sorted(set(mutation_ids) - {row.mutation_id for row in rows})
    if absent:
        raise NotThere(
            f"mutation {absent[0]} is not in unit {ulp} any more; look at the list again",
            f"mutasi {absent[0]} sudah tidak ada di unit {ulp}; lihat lagi daftarnya",
        )
    return list(rows)


def last_acceptance(session: Session, *, ulp: str, mutation_id: int) -> MutationDecision | None:
    """Return the acceptance that stands now."""
    return session.scalar(
        select(MutationDecision)
        .where(
            MutationDecision.ulp == ulp,
            MutationDecision.mutation_id == mutation_id,
            MutationDecision.decision == "accepted",
        )
        .order_by(MutationDecision.decision_id.desc())
        .limit(1)
    )


def add_decisions(session: Session, *, ulp: str, rows: list[dict[str, Any]]) -> None:
    """Append decisions."""
    if rows:
        session.execute(insert(MutationDecision), [{"ulp": ulp, **row} for row in rows])


def decisions(session: Session, *, ulp: str, blth: str) -> pd.DataFrame:
    """Return every decision of a month's mutations, oldest first."""
    return read(
        session,
        """
        SELECT d.decision_id, d.mutation_id, m.idpel, m.kind, d.decision, d.reason, d.version_id, d.before,
               d.after, d.proposal_id, d.decided_by, d.decided_at
        FROM mutation_decision d JOIN mutation m USING (ulp, mutation_id)
        WHERE d.ulp = :u AND m.blth = :b ORDER BY d.decision_id
        """,
        u=ulp,
        b=blth,
    )


def copy_version(session: Session, *, ulp: str, from_id: int, to_id: int) -> None:
    """Begin a draft as another version stands, place by place."""
    key = {"u": ulp, "f": from_id, "t": to_id}
    session.execute(
        text(
            """
            INSERT INTO rbm (ulp, version_id, rbm, hari_baca, officer, customers, length_m,
                             length_before_m, length_estimated, minutes, reordered)
            SELECT ulp, :t, rbm, hari_baca, officer, customers, length_m, length_m,
                   length_estimated, minutes, false
            FROM rbm WHERE ulp = :u AND version_id = :f
            """
        ),
        key,
    )
    session.execute(
        text(
            "INSERT INTO rbm_member (ulp, version_id, idpel, rbm, urut, sisipan) "
            "SELECT ulp, :t, idpel, rbm, urut, sisipan FROM rbm_member "
            "WHERE ulp = :u AND version_id = :f"
        ),
        key,
    )


def change_members(
    session: Session, *, ulp: str, version_id: int, removed: list[str], placed: pd.DataFrame
) -> None:
    """Take customers off a draft and give others a place; no other row is touched.

    ``placed`` has index idpel; ``rbm``, ``urut``, ``sisipan``. An RBM that the draft did not
    have is added, the customers of those touched are counted again.
    """
    key = {"u": ulp, "v": version_id}
    touched = set(placed["rbm"])
    if removed:
        rows = session.scalars(
            text(
                "DELETE FROM rbm_member WHERE ulp = :u AND version_id = :v AND idpel = ANY(:i) "
                "RETURNING rbm"
            ),
            {**key, "i": removed},
        )
        touched |= set(rows)
    copy_rows(
        session, "rbm_member",
        placed[["rbm", "urut", "sisipan"]].reset_index().assign(ulp=ulp, version_id=version_id),
    )  # fmt: skip
    session.execute(
        text(
            "INSERT INTO rbm (ulp, version_id, rbm) SELECT :u, :v, unnest(CAST(:r AS text[])) "
            "ON CONFLICT DO NOTHING"
        ),
        {**key, "r": sorted(touched)},
    )
    # What a walk costs was measured before: it stands as an estimate until `rbmgeo order`.
    session.execute(
        text(
            """
            UPDATE rbm r SET length_estimated = true,
                customers = (SELECT count(*) FROM rbm_member m WHERE m.ulp = r.ulp
                             AND m.version_id = r.version_id AND m.rbm = r.rbm)
            WHERE r.ulp = :u AND r.version_id = :v AND r.rbm = ANY(:r)
            """
        ),
        {**key, "r": sorted(touched)},
    )


def set_service(session: Session, *, ulp: str, rows: dict[str, dict[str, Any]]) -> None:
    """Write ``active``, ``jenis_layanan`` and ``dibaca_oleh`` of some customers."""
    for idpel, values in rows.items():
        session.execute(
            text(
                "UPDATE customer SET active = :active, jenis_layanan = :jenis_layanan, "
                "dibaca_oleh = :dibaca_oleh WHERE ulp = :u AND idpel = :i"
            ),
            {**values, "u": ulp, "i": idpel},
        )


#: A place is proposed, or none is needed.
_READY = "(act <> 'place' OR urut IS NOT NULL)"


def last_look(session: Session, *, ulp: str, blth: str) -> dict[str, Any] | None:
    """Return when a month's lists were last compared (``finished_at``), and its summary."""
    row = session.execute(
        text(
            "SELECT finished_at, summary, params ->> 'blth_before' AS blth_before FROM run "
            "WHERE ulp = :u AND step = 'mutations' AND params ->> 'blth' = :b "
            "ORDER BY run_id DESC LIMIT 1"
        ),
        {"u": ulp, "b": blth},
    ).mappings()
    found = row.one_or_none()
    return None if found is None else dict(found)
