"""RBM versions: drafts are written, published ones are closed by the database itself."""

from typing import Any

import pandas as pd
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import copied, copy_rows
from rbmgeo.db.models import RbmVersion
from rbmgeo.db.queries.lists import read
from rbmgeo.errors import NotAllowed, NothingToDo
from rbmgeo.routes.design import UNPLACED

_CHANGED_GARDU = """
WITH this AS (
    SELECT version_id, effective_blth FROM rbm_version
    WHERE ulp = :ulp AND version_id = :v AND state = 'published'
), last AS (
    SELECT max(o.version_id) AS id FROM rbm_version o, this
    WHERE o.ulp = :ulp AND o.state = 'published' AND o.version_id <> this.version_id
      AND o.published_at = (
        SELECT max(published_at) FROM rbm_version
        WHERE ulp = :ulp AND state = 'published' AND version_id <> this.version_id)
), was AS (
    SELECT m.idpel, m.rbm FROM rbm_member m, last WHERE m.ulp = :ulp AND m.version_id = last.id
    UNION ALL
    SELECT * FROM (
        SELECT DISTINCT ON (l.idpel) l.idpel, l.rbm FROM rbm_list l, last, this
        WHERE last.id IS NULL AND l.ulp = :ulp AND l.rbm IS NOT NULL AND l.blth = (
            SELECT max(blth) FROM rbm_list WHERE ulp = :ulp AND blth <= this.effective_blth)
        ORDER BY l.idpel, l.line) listed
), now AS (
    SELECT m.idpel, m.rbm FROM rbm_member m, this
    WHERE m.ulp = :ulp AND m.version_id = this.version_id
), moved AS (
    SELECT idpel FROM was FULL JOIN now USING (idpel) WHERE was.rbm IS DISTINCT FROM now.rbm
), hangs AS (
    SELECT DISTINCT ON (p.idpel) p.idpel, p.gardu FROM pdpj p JOIN moved USING (idpel)
    WHERE p.ulp = :ulp AND p.valid_to IS NULL AND p.active AND NOT p.conflict
    ORDER BY p.idpel, p.line
)
INSERT INTO version_gardu (ulp, version_id, gardu, customers)
SELECT :ulp, this.version_id, gardu, count(*) FROM hangs, this
WHERE gardu IS NOT NULL GROUP BY 1, 2, 3
ON CONFLICT DO NOTHING
"""


def versions(session: Session, *, ulp: str) -> list[RbmVersion]:
    """Return every version of a unit, newest first."""
    return (
        session.query(RbmVersion)
        .filter(RbmVersion.ulp == ulp)
        .order_by(RbmVersion.version_id.desc())
        .all()
    )


def version(session: Session, *, ulp: str, version_id: int | None = None) -> RbmVersion:
    """Return one version, the newest draft where none is named; raises `NothingToDo`."""
    query = session.query(RbmVersion).filter(RbmVersion.ulp == ulp)
    query = (
        query.filter(RbmVersion.version_id == version_id)
        if version_id is not None
        else query.filter(RbmVersion.state == "draft")
    )
    found = query.order_by(RbmVersion.version_id.desc()).first()
    if found is None:
        named = f"version {version_id}" if version_id is not None else "no draft"
        raise NothingToDo(
            f"unit {ulp}: {named} is there; run `rbmgeo design --ulp {ulp}` first",
            f"unit {ulp}: "
            + (f"versi {version_id} tidak ada" if version_id is not None else "belum ada draf")
            + f"; jalankan `rbmgeo design --ulp {ulp}` lebih dulu",
        )
    return found


def add_draft(session: Session, *, ulp: str, note: str, who: str) -> int:
    """Begin a draft and return its id."""
    done = session.execute(
        insert(RbmVersion)
        .values(ulp=ulp, note=note, created_by=who)
        .returning(RbmVersion.version_id)
    )
    return int(done.scalar_one())


def replace_routes(
    session: Session, *, ulp: str, version_id: int, routes: pd.DataFrame, members: pd.DataFrame
) -> None:
    """Write the routes (index ``rbm``) and members (index ``idpel``) of a draft anew."""
    found = version(session, ulp=ulp, version_id=version_id)
    if found.state != "draft":
        raise NotAllowed(
            f"version {version_id} is published and closed; make a new draft with "
            f"`rbmgeo design --ulp {ulp}`",
            f"versi {version_id} sudah terbit dan tertutup; buat draf baru dengan "
            f"`rbmgeo design --ulp {ulp}`",
        )
    key = {"ulp": ulp, "v": version_id}
    session.execute(text("DELETE FROM rbm_member WHERE ulp = :ulp AND version_id = :v"), key)
    session.execute(text("DELETE FROM rbm WHERE ulp = :ulp AND version_id = :v"), key)
    copy_rows(session, "rbm", routes.reset_index().assign(ulp=ulp, version_id=version_id))
    copy_rows(session, "rbm_member", members.reset_index().assign(ulp=ulp, version_id=version_id))


def routes(session: Session, *, ulp: str, version_id: int) -> pd.DataFrame:
    """Return the routes of a version, by rbm."""
    frame = read(
        session,
        """
        SELECT rbm, hari_baca, officer, customers, length_m, length_before_m, length_estimated,
               minutes, reordered
        FROM rbm WHERE ulp = :ulp AND version_id = :v ORDER BY rbm
        """,
        ulp=ulp,
        v=version_id,
    )
    return frame.set_index("rbm")


def members(session: Session, *, ulp: str, version_id: int) -> pd.DataFrame:
    """Return `RBM_MEMBERS` of a version, in walking order."""
    frame = copied(
        session,
        """
        SELECT idpel, rbm, urut, sisipan FROM rbm_member
        WHERE ulp = %s AND version_id = %s
        ORDER BY rbm, urut, sisipan, idpel
        """,
        (ulp, version_id),
        whole=("urut", "sisipan"),
    )
    return frame.set_index("idpel")


def published_routes(session: Session, *, ulp: str) -> set[str]:
    """Return the codes of every RBM that was ever published."""
    return set(
        session.scalars(
            text(
                "SELECT DISTINCT r.rbm FROM rbm r JOIN rbm_version v USING (ulp, version_id) "
                "WHERE r.ulp = :ulp AND v.state = 'published'"
            ),
            {"ulp": ulp},
        )
    )


def has_rbm(session: Session, *, ulp: str, version_id: int, rbm: str) -> bool:
    """Say whether a version has an RBM."""
    found = session.scalar(
        text("SELECT true FROM rbm WHERE ulp = :ulp AND version_id = :v AND rbm = :rbm"),
        {"ulp": ulp, "v": version_id, "rbm": rbm},
    )
    return found is True


def in_force(session: Session, *, ulp: str, blth: str) -> int | None:
    """Return the published version in force in a month, the newest that began by then."""
    done = session.execute(
        text(
            "SELECT version_id FROM rbm_version WHERE ulp = :ulp AND state = 'published' "
            "AND effective_blth <= :blth ORDER BY effective_blth DESC, version_id DESC LIMIT 1"
        ),
        {"ulp": ulp, "blth": blth},
    )
    return done.scalar()


def unplaced(session: Session, *, ulp: str, version_id: int) -> int:
    """Count the active vendor-read customers that a version puts on no RBM (must be 0)."""
    done = session.execute(
        text(
            """
            SELECT count(*) FROM customer c
            WHERE c.ulp = :ulp AND c.active AND c.dibaca_oleh = 'vendor'
              AND NOT EXISTS (
                SELECT FROM rbm_member m
                WHERE m.ulp = c.ulp AND m.version_id = :v AND m.idpel = c.idpel
                  AND m.rbm <> :unplaced)
            """
        ),
        {"ulp": ulp, "v": version_id, "unplaced": UNPLACED},
    )
    return int(done.scalar_one())


def publish(session: Session, *, ulp: str, version_id: int, effective_blth: str, who: str) -> None:
    """Close a draft for good; the only way to ``published``. Keeps which gardu it changed."""
    session.execute(
        text(
            """
            UPDATE rbm_version
            SET state = 'published', effective_blth = :blth, published_by = :who,
                published_at = now()
            WHERE ulp = :ulp AND version_id = :v AND state = 'draft'
            """
        ),
        {"ulp": ulp, "v": version_id, "blth": effective_blth, "who": who},
    )
    keep_changed_gardu(session, ulp=ulp, version_id=version_id)


def keep_changed_gardu(session: Session, *, ulp: str, version_id: int) -> None:
    """Keep how many customers of each gardu a published version put on another RBM (SOP IV.6).

    Held against the version published before it, else against the source's list of its month;
    a new place on the same RBM changes nobody's gardu nor RBM. Who has no gardu is left out.
    """
    session.execute(text(_CHANGED_GARDU), {"ulp": ulp, "v": version_id})


def summary(session: Session, *, ulp: str, version_id: int) -> dict[str, Any]:
    """Return how many routes and customers a version has."""
    row = session.execute(
        text(
            "SELECT count(DISTINCT rbm), count(*) FROM rbm_member "
            "WHERE ulp = :ulp AND version_id = :v"
        ),
        {"ulp": ulp, "v": version_id},
    ).one()
    return {"rbm": int(row[0]), "customers": int(row[1])}
