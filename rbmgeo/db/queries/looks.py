"""Second looks: houses whose answers contradict, what was asked, what was decided (R-SB-02)."""

import json
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.models import SecondLook
from rbmgeo.db.queries.lists import read
from rbmgeo.errors import NotThere


def told_twice(session: Session, *, ulp: str) -> list[str]:
    """Return the houses of which more than one answer came, or whose proposals are in conflict."""
    rows = session.scalars(
        text(
            """
            SELECT idpel FROM survey_answer WHERE ulp = :u GROUP BY idpel HAVING count(*) > 1
            UNION SELECT idpel FROM proposal WHERE ulp = :u AND state = 'conflict'
            ORDER BY 1
            """
        ),
        {"u": ulp},
    )
    return list(rows)


def in_conflict(session: Session, *, ulp: str) -> set[tuple[str, str]]:
    """Return (idpel, field) of the proposals that wait as conflicts."""
    rows = session.execute(
        text("SELECT DISTINCT idpel, field FROM proposal WHERE ulp = :u AND state = 'conflict'"),
        {"u": ulp},
    )
    return {(row[0], row[1]) for row in rows}


def houses(session: Session, *, ulp: str, idpels: list[str]) -> pd.DataFrame:
    """Return what a second look needs of some houses: index idpel; public_id, address, places."""
    frame = read(
        session,
        """
        SELECT c.idpel, c.public_id::text AS public_id, c.address, c.meter_number,
               COALESCE(p.tiang, c.tiang) AS tiang, p.gardu,
               l.look_id, l.asked_by, l.asked_at
        FROM customer c
        LEFT JOIN LATERAL (
            SELECT gardu, tiang FROM pdpj
            WHERE ulp = c.ulp AND idpel = c.idpel AND valid_to IS NULL AND active
            ORDER BY line LIMIT 1) p ON true
        LEFT JOIN second_look l ON l.ulp = c.ulp AND l.idpel = c.idpel AND l.state = 'asked'
        WHERE c.ulp = :u AND c.idpel = ANY(:ids) ORDER BY c.idpel
        """,
        u=ulp,
        ids=idpels,
    )
    return frame.set_index("idpel")


def asked(session: Session, *, ulp: str) -> dict[str, int]:
    """Return the houses that wait for a second look: its number by idpel, the oldest first."""
    rows = session.execute(
        text(
            "SELECT idpel, look_id FROM second_look WHERE ulp = :u AND state = 'asked' "
            "ORDER BY look_id"
        ),
        {"u": ulp},
    )
    return {row[0]: int(row[1]) for row in rows}


def not_looked_at(session: Session, *, ulp: str) -> list[str]:
    """Return the houses whose second look nobody took with a photo yet, the oldest demand first."""
    rows = session.scalars(
        text(
            """
            SELECT l.idpel FROM second_look l WHERE l.ulp = :u AND l.state = 'asked'
              AND NOT EXISTS (
                SELECT FROM survey_answer a JOIN survey_observation o
                  USING (ulp, client_id, conflict_no)
                WHERE a.ulp = l.ulp AND a.idpel = l.idpel AND a.look_id = l.look_id
                  AND o.field = 'photo')
            ORDER BY l.look_id
            """
        ),
        {"u": ulp},
    )
    return list(rows)


def ask(session: Session, *, ulp: str, idpel: str, who: str) -> int | None:
    """Ask for a second look; return its number, None where one is asked for already."""
    found = session.scalar(
        text(
            "INSERT INTO second_look (ulp, idpel, asked_by) VALUES (:u, :i, :w) "
            "ON CONFLICT DO NOTHING RETURNING look_id"
        ),
        {"u": ulp, "i": idpel, "w": who},
    )
    return None if found is None else int(found)


def look(session: Session, *, ulp: str, look_id: int) -> SecondLook:
    """Return one second look, locked for a decision; raises `NotThere`."""
    found = session.get(SecondLook, (ulp, look_id), with_for_update=True, populate_existing=True)
    if found is None:
        raise NotThere(
            f"second look {look_id} is not in unit {ulp}; look at the list again",
            f"lihat ulang {look_id} tidak ada di unit {ulp}; lihat lagi daftarnya",
        )
    return found


def decided(session: Session, *, ulp: str, size: int = 50) -> list[dict[str, Any]]:
    """Return the newest decisions, undone ones too, with their customer's public id."""
    rows = session.execute(
        text(
            """
            SELECT l.look_id, l.idpel, c.public_id::text AS public_id, l.state, l.asked_by,
                   l.decided_by, l.decided_at, l.reason, l.undone_by, a.outcome, a.gardu,
                   a.officer
            FROM second_look l
            LEFT JOIN customer c ON c.ulp = l.ulp AND c.idpel = l.idpel
            LEFT JOIN survey_answer a ON a.ulp = l.ulp AND a.client_id = l.client_id
              AND a.conflict_no = l.conflict_no
            WHERE l.ulp = :u AND l.state <> 'asked'
            ORDER BY l.decided_at DESC NULLS LAST, l.look_id DESC LIMIT :n
            """
        ),
        {"u": ulp, "n": size},
    ).mappings()
    return [dict(r) for r in rows]


def add_photo(session: Session, *, ulp: str, row: dict[str, Any]) -> None:
    """Keep the record of a photo whose file lies in the home; the same one counts once."""
    session.execute(
        text(
            """
            INSERT INTO photo (ulp, idpel, blth, sha256, suffix, size_bytes)
            VALUES (:ulp, :idpel, :blth, :sha256, :suffix, :size_bytes) ON CONFLICT DO NOTHING
            """
        ),
        {"ulp": ulp, **row},
    )


def photo_ids(session: Session, *, ulp: str, idpels: list[str]) -> dict[tuple[str, str], str]:
    """Return the public id of each photo of some houses, by (idpel, sha256)."""
    rows = session.execute(
        text(
            "SELECT idpel, sha256, public_id::text FROM photo "
            "WHERE ulp = :u AND idpel = ANY(:ids) ORDER BY blth"
        ),
        {"u": ulp, "ids": idpels},
    )
    return {(row[0], row[1]): row[2] for row in rows}


def set_states(session: Session, *, ulp: str, numbers: list[int], state: str) -> None:
    """Write the state of some proposals."""
    session.execute(
        text("UPDATE proposal SET state = :s WHERE ulp = :u AND proposal_id = ANY(:n)"),
        {"u": ulp, "n": numbers, "s": state},
    )


def keys(values: "list[tuple[str, int]]") -> str:
    """Write answers as the column ``overruled`` holds them."""
    return json.dumps([f"{client_id}/{number}" for client_id, number in values])
