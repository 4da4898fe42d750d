"""Pictures of the field: whose they are, and which visits wait for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.visit_lists import WORD
from rbmgeo.errors import NotThere


@dataclass(frozen=True)
class Waiting:
    """A record that waits: its content as it was kept, and whom it is about (idpel)."""

    content: str
    idpel: str | None


def of_customers(
    session: Session, *, ulp: str, client_ids: Sequence[str] = (), sha256: str = "",
    not_kinds: Sequence[str] = (),
) -> int:  # fmt: skip
    """Keep that the whole pictures that visits name are their customers'; return how many are new.

    Of the visits named, or of those that name a picture. ``not_kinds``: kinds that are none of
    the house (signatures). The month is that of the order's list; without one, of the phone's
    day where the unit lies.
    """
    which = (
        "v.photos @> jsonb_build_array(jsonb_build_object('sha256', CAST(:h AS text)))"
        if sha256 else "v.client_id = ANY(CAST(:c AS uuid[]))"
    )  # fmt: skip
    done = session.execute(
        text(
            f"""
            INSERT INTO photo (ulp, idpel, blth, sha256, suffix, size_bytes)
            SELECT DISTINCT v.ulp, COALESCE(r.idpel, v.idpel),
                   COALESCE(l.blth, to_char(v.device_at AT TIME ZONE u.time_zone, 'YYYYMM')),
                   p.sha256, p.suffix, p.size_bytes
            FROM field_visit v {WORD}
            JOIN ulp u ON u.ulp = v.ulp
            CROSS JOIN LATERAL jsonb_array_elements(v.photos) AS named
            JOIN visit_photo p ON p.ulp = v.ulp AND p.sha256 = named->>'sha256'
            LEFT JOIN visit_order o ON o.ulp = v.ulp AND o.order_id = COALESCE(r.order_id, v.order_id)
            LEFT JOIN visit_list l ON l.ulp = o.ulp AND l.list_id = o.list_id
            WHERE v.ulp = :u AND {which} AND COALESCE(r.idpel, v.idpel) IS NOT NULL
              AND NOT named->>'kind' = ANY(CAST(:kinds AS text[]))
            ON CONFLICT DO NOTHING
            """
        ),
        {"u": ulp, "c": list(client_ids), "h": sha256, "kinds": list(not_kinds)},
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def waiting_for(session: Session, *, ulp: str, sha256: str) -> list[Waiting]:
    """Return the records that name a picture, wait, and lack no picture any more.

    What a person rejected, or settled for another content, waits for nothing.
    """
    rows = session.execute(
        text(
            f"""
            SELECT v.content, COALESCE(r.idpel, v.idpel) AS idpel
            FROM field_visit v JOIN visit_effect e USING (ulp, client_id, sha256) {WORD}
            WHERE v.ulp = :u AND e.state = 'menunggu'
              AND v.photos @> jsonb_build_array(jsonb_build_object('sha256', CAST(:h AS text)))
              AND NOT EXISTS (
                  SELECT FROM jsonb_array_elements(v.photos) AS named WHERE NOT EXISTS (
                      SELECT FROM visit_photo p
                      WHERE p.ulp = v.ulp AND p.sha256 = named->>'sha256'))
              AND r.chosen IS NOT FALSE
            ORDER BY v.visit_no
            """
        ),
        {"u": ulp, "h": sha256},
    )
    return [Waiting(r.content, r.idpel) for r in rows]


def picture(session: Session, *, ulp: str, public_id: str) -> tuple[str, str]:
    """Return hash and suffix of a picture; raises `NotThere`."""
    row = session.execute(
        text("SELECT sha256, suffix FROM visit_photo WHERE ulp = :u AND public_id = CAST(:p AS uuid)"),
        {"u": ulp, "p": public_id},
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotThere("there is no such photo", "foto ini tidak ada")
    return row.sha256, row.suffix


def picture_of(session: Session, *, ulp: str, sha256: str) -> list[str]:
    """Return whom a picture shows the house of: by its record, and by what a person said of it."""
    return list(
        session.scalars(
            text(
                f"""
                SELECT DISTINCT told.idpel FROM field_visit v {WORD},
                    unnest(ARRAY[v.idpel, r.idpel]) AS told (idpel)
                WHERE v.ulp = :u AND told.idpel IS NOT NULL
                  AND v.photos @> jsonb_build_array(jsonb_build_object('sha256', CAST(:h AS text)))
                ORDER BY 1
                """
            ),
            {"u": ulp, "h": sha256},
        )
    )
