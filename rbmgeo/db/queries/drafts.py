"""Drafts on the workbench: their base, their log, and the rows that a command changes."""

import json
import zlib
from typing import Any

import pandas as pd
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import copy_rows
from rbmgeo.db.models import RbmDraft, RbmDraftCommand, RbmOrderProposal
from rbmgeo.db.queries import versions
from rbmgeo.db.queries.lists import read
from rbmgeo.errors import NotThere
from rbmgeo.routes.draft import Draft, Effect, Row


def locked(session: Session, *, ulp: str, version_id: int) -> RbmDraft | None:
    """Return a draft on the workbench and keep others from it until the transaction ends."""
    return session.scalars(
        select(RbmDraft)
        .where(RbmDraft.ulp == ulp, RbmDraft.version_id == version_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def found(session: Session, *, ulp: str, version_id: int) -> RbmDraft | None:
    """Return a draft on the workbench, None where nobody opened it."""
    return session.get(RbmDraft, (ulp, version_id))


def begin(session: Session, *, ulp: str, version_id: int, who: str) -> None:
    """Put a draft on the workbench as it stands; two at once are one.

    Who was pinned in the draft before stays pinned where he stands on the same RBM still.
    """
    state = whole(session, ulp=ulp, version_id=version_id)
    pinned = _still_pinned(session, ulp, version_id)
    kept = {"rows": {i: list(r) for i, r in state.rows.items()}, "rbms": sorted(state.rbms),
            "pinned": pinned}  # fmt: skip
    session.execute(
        text(
            "INSERT INTO rbm_draft (ulp, version_id, base, pinned, opened_by) "
            "VALUES (:u, :v, :b, CAST(:p AS jsonb), :w) ON CONFLICT DO NOTHING"
        ),
        {"u": ulp, "v": version_id, "b": zlib.compress(json.dumps(kept).encode(), 1),
         "p": json.dumps(pinned), "w": who},
    )  # fmt: skip


def _still_pinned(session: Session, ulp: str, version_id: int) -> list[str]:
    rows = session.scalars(
        text(
            """
            WITH before AS (
                SELECT version_id, pinned FROM rbm_draft
                WHERE ulp = :u AND version_id <> :v ORDER BY version_id DESC LIMIT 1)
            SELECT m.idpel FROM before b
            CROSS JOIN LATERAL jsonb_array_elements_text(b.pinned) p(idpel)
            JOIN rbm_member m ON m.ulp = :u AND m.version_id = :v AND m.idpel = p.idpel
            JOIN rbm_member o ON o.ulp = :u AND o.version_id = b.version_id
                AND o.idpel = p.idpel AND o.rbm = m.rbm
            ORDER BY m.idpel
            """
        ),
        {"u": ulp, "v": version_id},
    )
    return [str(i) for i in rows]


def pinned_of(session: Session, *, ulp: str) -> list[str]:
    """Return the customers pinned in the newest draft that was on the workbench."""
    rows = session.scalars(
        text(
            "SELECT jsonb_array_elements_text(pinned) AS i FROM (SELECT pinned FROM rbm_draft "
            "WHERE ulp = :u ORDER BY version_id DESC LIMIT 1) d ORDER BY i"
        ),
        {"u": ulp},
    )
    return [str(i) for i in rows]


def base_of(draft: RbmDraft) -> Draft:
    """Return what a draft began with."""
    kept = json.loads(zlib.decompress(draft.base))
    rows: dict[str, Row] = {i: (r[0], r[1], r[2]) for i, r in kept["rows"].items()}
    return Draft(rows, set(kept["rbms"]), pinned=set(kept.get("pinned", [])))


def whole(session: Session, *, ulp: str, version_id: int) -> Draft:
    """Return all members and RBM of a version as they stand now."""
    members = versions.members(session, ulp=ulp, version_id=version_id)
    return Draft(_rows(members), _rbms(session, ulp, version_id))


def part(
    session: Session, *, ulp: str, version_id: int, rbms: list[str], idpels: list[str],
    locks: set[str], pins: "set[str] | None" = None,
) -> Draft:  # fmt: skip
    """Return the members of some RBM and those of the RBM that some customers stand on."""
    members = read(
        session,
        """
        SELECT idpel, rbm, urut, sisipan FROM rbm_member
        WHERE ulp = :u AND version_id = :v AND rbm IN (
            SELECT rbm FROM rbm_member WHERE ulp = :u AND version_id = :v AND idpel = ANY(:i)
            UNION SELECT unnest(CAST(:r AS text[])))
        ORDER BY rbm, urut, sisipan, idpel
        """,
        u=ulp, v=version_id, r=rbms, i=idpels,
    )  # fmt: skip
    rows = _rows(members.set_index("idpel"))
    return Draft(rows, _rbms(session, ulp, version_id), set(locks), set(pins or ()))


def log(session: Session, *, ulp: str, version_id: int, after: int = 0) -> list[RbmDraftCommand]:
    """Return the commands of a draft behind a number, in order."""
    return list(
        session.scalars(
            select(RbmDraftCommand)
            .where(
                RbmDraftCommand.ulp == ulp, RbmDraftCommand.version_id == version_id,
                RbmDraftCommand.no > after,
            )
            .order_by(RbmDraftCommand.no)
        )
    )  # fmt: skip


def kinds(session: Session, *, ulp: str, version_id: int) -> list[tuple[int, str, str]]:
    """Return number, kind and author of every command."""
    rows = session.execute(
        text("SELECT no, kind, who FROM rbm_draft_command WHERE ulp = :u AND version_id = :v ORDER BY no"),
        {"u": ulp, "v": version_id},
    )  # fmt: skip
    return [(int(n), str(k), str(w)) for n, k, w in rows]


def makers(session: Session, *, ulp: str, version_id: int) -> set[str]:
    """Return who began a version, had it ordered, or accepted mutations into it."""
    rows = session.scalars(
        text(
            """
            SELECT created_by FROM rbm_version WHERE ulp = :u AND version_id = :v
            UNION SELECT run_by FROM run WHERE ulp = :u AND step = 'order'
                AND params ->> 'version_id' = CAST(:v AS text)
            UNION SELECT decided_by FROM mutation_decision
                WHERE ulp = :u AND version_id = :v AND decision = 'accepted'
            """
        ),
        {"u": ulp, "v": version_id},
    )
    return {str(who) for who in rows if who}


def command(session: Session, *, ulp: str, version_id: int, no: int) -> RbmDraftCommand:
    """Return one command; raises `NotThere`."""
    it = session.get(RbmDraftCommand, (ulp, version_id, no))
    if it is None:
        raise NotThere(f"draft {version_id} has no command {no}", f"draf {version_id} tidak punya perubahan {no}")  # fmt: skip
    return it


def keep(
    session: Session, draft: RbmDraft, *, kind: str, args: dict[str, Any], effect: Effect, who: str
) -> int:
    """Append a command to the log and return the new revision."""
    draft.revision += 1
    session.add(
        RbmDraftCommand(ulp=draft.ulp, version_id=draft.version_id, no=draft.revision, kind=kind,
                        args=args, effect=effect.as_json(), who=who)
    )  # fmt: skip
    gone = {r for r, (_, now) in effect.locks.items() if not now}
    added = {r for r, (_, now) in effect.locks.items() if now}
    draft.locked = sorted((set(draft.locked) - gone) | added)
    if effect.pins:
        loose = {i for i, (_, now) in effect.pins.items() if not now}
        held = {i for i, (_, now) in effect.pins.items() if now}
        draft.pinned = sorted((set(draft.pinned) - loose) | held)
    session.flush()
    settled(session, draft)
    return draft.revision


def settled(session: Session, draft: RbmDraft) -> None:
    """Say that members and log agree; our own writing raised the sign as any other's does."""
    # In SQL: the object in memory does not know that the database raised it.
    session.execute(
        text("UPDATE rbm_draft SET outside = false WHERE ulp = :u AND version_id = :v"),
        {"u": draft.ulp, "v": draft.version_id},
    )
    session.expire(draft, ["outside"])


def schedule_of(session: Session, *, ulp: str, version_id: int, rbm: str) -> dict[str, Any]:
    """Return ``hari_baca`` and ``officer`` of one RBM."""
    row = session.execute(
        text("SELECT hari_baca, officer FROM rbm WHERE ulp = :u AND version_id = :v AND rbm = :r"),
        {"u": ulp, "v": version_id, "r": rbm},
    ).mappings()
    return dict(row.one())


def write(
    session: Session, *, ulp: str, version_id: int, effect: Effect,
    schedule: "dict[str, Any] | None" = None,
) -> None:  # fmt: skip
    """Write what a command changes; no other row is touched.

    ``schedule``: ``hari_baca`` and ``officer`` of an RBM that comes back.
    """
    key = {"u": ulp, "v": version_id}
    born = [r for r, (_, now) in effect.rbms.items() if now]
    gone = [r for r, (_, now) in effect.rbms.items() if not now]
    if born:
        # A renamed RBM keeps its day and officer.
        like = gone[0] if len(gone) == len(born) == 1 else None
        session.execute(
            text(
                "INSERT INTO rbm (ulp, version_id, rbm, hari_baca, officer, customers, length_m, "
                "length_before_m, length_estimated, minutes) "
                "SELECT :u, :v, n, o.hari_baca, o.officer, COALESCE(o.customers, 0), o.length_m, "
                "o.length_before_m, COALESCE(o.length_estimated, true), o.minutes "
                "FROM unnest(CAST(:n AS text[])) n "
                "LEFT JOIN rbm o ON o.ulp = :u AND o.version_id = :v AND o.rbm = :like "
                "ON CONFLICT DO NOTHING"
            ),
            {**key, "n": born, "like": like},
        )
    if born and schedule:
        session.execute(
            text("UPDATE rbm SET hari_baca = :hari_baca, officer = :officer "
                 "WHERE ulp = :u AND version_id = :v AND rbm = ANY(:n)"),
            {**key, "n": born, **schedule},
        )  # fmt: skip
    moved = {i: now for i, (_, now) in effect.rows.items() if now is not None}
    if effect.rows:
        session.execute(
            text("DELETE FROM rbm_member WHERE ulp = :u AND version_id = :v AND idpel = ANY(:i)"),
            {**key, "i": list(effect.rows)},
        )
    if moved:
        frame = pd.DataFrame.from_dict(moved, orient="index", columns=["rbm", "urut", "sisipan"])
        copy_rows(
            session, "rbm_member",
            frame.rename_axis("idpel").reset_index().assign(ulp=ulp, version_id=version_id),
        )  # fmt: skip
    if gone:
        session.execute(
            text("DELETE FROM rbm WHERE ulp = :u AND version_id = :v AND rbm = ANY(:g)"),
            {**key, "g": gone},
        )


def set_measures(
    session: Session, *, ulp: str, version_id: int, measures: list[dict[str, Any]]
) -> None:
    """Write customers, metres and minutes of RBM (keys ``rbm``, ``customers``, ...)."""
    if measures:
        session.execute(
            text(
                "UPDATE rbm SET customers = :customers, length_m = :length_m, minutes = :minutes, "
                "length_estimated = :estimated WHERE ulp = :u AND version_id = :v AND rbm = :rbm"
            ),
            [{**m, "u": ulp, "v": version_id} for m in measures],
        )


def idpels_of(session: Session, *, ulp: str, public_ids: list[str]) -> dict[str, str]:
    """Return the idpel of each public id that the unit has."""
    rows = session.execute(
        text("SELECT public_id::text, idpel FROM customer WHERE ulp = :u AND public_id = ANY(CAST(:p AS uuid[]))"),
        {"u": ulp, "p": public_ids},
    )  # fmt: skip
    return {str(p): str(i) for p, i in rows}


def public_ids_of(session: Session, *, ulp: str, idpels: list[str]) -> dict[str, str]:
    """Return the public id of each idpel that the unit has."""
    rows = session.execute(
        text("SELECT idpel, public_id::text FROM customer WHERE ulp = :u AND idpel = ANY(:i)"),
        {"u": ulp, "i": idpels},
    )
    return {str(i): str(p) for i, p in rows}


def stand_of(session: Session, *, ulp: str, version_id: int, idpels: list[str]) -> pd.DataFrame:
    """Return public id and RBM (missing: on none) of the customers that the unit knows."""
    return read(
        session,
        """
        SELECT c.idpel, c.public_id::text AS public_id, m.rbm, m.urut, m.sisipan
        FROM customer c LEFT JOIN rbm_member m
          ON m.ulp = c.ulp AND m.idpel = c.idpel AND m.version_id = :v
        WHERE c.ulp = :u AND c.idpel = ANY(:i)
        """,
        u=ulp, v=version_id, i=idpels,
    ).set_index("idpel")  # fmt: skip


def stops(session: Session, *, ulp: str, version_id: int, rbms: list[str]) -> pd.DataFrame:
    """Return the customers of some RBM in walking order, with position and gardu."""
    return read(
        session,
        """
        SELECT m.idpel, m.rbm, m.urut, m.sisipan, c.public_id::text AS public_id, c.tarif,
               ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, p.gardu, p.tiang
        FROM rbm_member m
        LEFT JOIN customer c ON c.ulp = m.ulp AND c.idpel = m.idpel
        LEFT JOIN LATERAL (SELECT gardu, tiang FROM pdpj WHERE ulp = m.ulp AND idpel = m.idpel
            AND valid_to IS NULL AND active ORDER BY line LIMIT 1) p ON true
        WHERE m.ulp = :u AND m.version_id = :v AND m.rbm = ANY(:r)
        ORDER BY m.rbm, m.urut, m.sisipan, m.idpel
        """,
        u=ulp, v=version_id, r=rbms,
    )  # fmt: skip


def listed_stops(session: Session, *, ulp: str, blth: str | None, rbms: list[str]) -> pd.DataFrame:
    """Return the same of the list of a month (None: the newest), one row a customer."""
    return read(
        session,
        """
        SELECT * FROM (
            SELECT DISTINCT ON (l.idpel) l.idpel, l.rbm, l.urut, l.sisipan,
                   c.public_id::text AS public_id, c.tarif, ST_X(c.geom) AS lon,
                   ST_Y(c.geom) AS lat, l.gardu, NULL AS tiang
            FROM rbm_list l LEFT JOIN customer c ON c.ulp = l.ulp AND c.idpel = l.idpel
            WHERE l.ulp = :u AND l.rbm = ANY(:r) AND l.blth = COALESCE(
                :b, (SELECT max(blth) FROM rbm_list WHERE ulp = :u))
            ORDER BY l.idpel, l.line) each
        ORDER BY rbm, urut NULLS LAST, sisipan NULLS LAST, idpel
        """,
        u=ulp, b=blth, r=rbms,
    )  # fmt: skip


def listed_stand(session: Session, *, ulp: str, blth: str, idpels: list[str]) -> pd.DataFrame:
    """Return ``rbm``, ``urut``, ``sisipan`` that a month's list gives customers, index idpel."""
    return read(
        session,
        """
        SELECT DISTINCT ON (idpel) idpel, rbm, urut, sisipan FROM rbm_list
        WHERE ulp = :u AND blth = :b AND idpel = ANY(:i) ORDER BY idpel, line
        """,
        u=ulp, b=blth, i=idpels,
    ).set_index("idpel")  # fmt: skip


def listed_months(session: Session, *, ulp: str) -> list[str]:
    """Return the months that have an RBM list, newest first."""
    rows = session.scalars(
        text("SELECT DISTINCT blth FROM rbm_list WHERE ulp = :u AND rbm IS NOT NULL ORDER BY blth DESC"),
        {"u": ulp},
    )  # fmt: skip
    return [str(b) for b in rows]


def spots(session: Session, *, ulp: str, idpels: list[str]) -> pd.DataFrame:
    """Return ``lon`` and ``lat`` of customers (EPSG:4326, missing without a point), index idpel."""
    return read(
        session,
        "SELECT idpel, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM customer "
        "WHERE ulp = :u AND idpel = ANY(:i)",
        u=ulp, i=idpels,
    ).set_index("idpel")  # fmt: skip


def places(session: Session, *, ulp: str, srid: int, idpels: list[str]) -> pd.DataFrame:
    """Return ``x`` and ``y`` in metres (missing without a point), index idpel."""
    return read(
        session,
        """
        SELECT c.idpel, ST_X(t.g) AS x, ST_Y(t.g) AS y FROM customer c
        LEFT JOIN LATERAL (SELECT ST_Transform(c.geom, CAST(:s AS integer)) AS g) t ON true
        WHERE c.ulp = :u AND c.idpel = ANY(:i)
        """,
        u=ulp, s=srid, i=idpels,
    ).set_index("idpel")  # fmt: skip


def nowhere(session: Session, *, ulp: str, version_id: int) -> list[str]:
    """Return the active vendor-read customers that a version has on no RBM at all."""
    rows = session.scalars(
        text(
            "SELECT c.idpel FROM customer c WHERE c.ulp = :u AND c.active AND c.dibaca_oleh = 'vendor' "
            "AND NOT EXISTS (SELECT FROM rbm_member m WHERE m.ulp = c.ulp AND m.version_id = :v "
            "AND m.idpel = c.idpel) ORDER BY c.idpel"
        ),
        {"u": ulp, "v": version_id},
    )
    return [str(i) for i in rows]


def cut_gardu(session: Session, *, ulp: str, version_id: int, idpels: list[str]) -> int:
    """Count, over the gardu of some customers, how many RBM beyond one each lies on."""
    done = session.scalar(
        text(
            """
            SELECT COALESCE(sum(n - 1), 0) FROM (
                SELECT p.gardu, count(DISTINCT m.rbm) AS n FROM pdpj p
                JOIN rbm_member m ON m.ulp = p.ulp AND m.idpel = p.idpel AND m.version_id = :v
                WHERE p.ulp = :u AND p.valid_to IS NULL AND p.active AND p.gardu IN (
                    SELECT gardu FROM pdpj WHERE ulp = :u AND idpel = ANY(:i)
                    AND valid_to IS NULL AND active)
                GROUP BY p.gardu) each
            """
        ),
        {"u": ulp, "v": version_id, "i": idpels},
    )
    return int(done or 0)


def network_mark(session: Session, *, ulp: str) -> str:
    """Return a text that changes when the unit's streets or spans do."""
    return str(
        session.execute(
            text(
                "SELECT (SELECT count(*) FROM street WHERE ulp = :u), "
                "(SELECT count(*) FROM jtr_span WHERE ulp = :u), max(batch_id) "
                "FROM import_batch WHERE ulp = :u AND kind IN ('streets', 'jtr')"
            ),
            {"u": ulp},
        ).one()
    )


def add_proposals(session: Session, *, ulp: str, version_id: int, rows: list[dict[str, Any]], who: str) -> None:  # fmt: skip
    """Keep orders that a job found; an older one of the same RBM that waits is out of date."""
    session.execute(
        text(
            "UPDATE rbm_order_proposal SET state = 'stale', decided_at = now() "
            "WHERE ulp = :u AND version_id = :v AND rbm = ANY(:r) AND state = 'open'"
        ),
        {"u": ulp, "v": version_id, "r": [row["rbm"] for row in rows]},
    )
    for row in rows:
        session.add(RbmOrderProposal(ulp=ulp, version_id=version_id, made_by=who, **row))
    session.flush()


def proposals(session: Session, *, ulp: str, version_id: int) -> list[RbmOrderProposal]:
    """Return the orders that wait for a decision, by RBM."""
    return list(
        session.scalars(
            select(RbmOrderProposal)
            .where(
                RbmOrderProposal.ulp == ulp, RbmOrderProposal.version_id == version_id,
                RbmOrderProposal.state == "open",
            )
            .order_by(RbmOrderProposal.rbm)
        )
    )  # fmt: skip


def _rows(members: pd.DataFrame) -> dict[str, Row]:
    return {
        str(i): (str(r), int(u), int(s))
        for i, r, u, s in members[["rbm", "urut", "sisipan"]].itertuples(name=None)
    }


def _rbms(session: Session, ulp: str, version_id: int) -> set[str]:
    return set(
        session.scalars(
            text("SELECT rbm FROM rbm WHERE ulp = :u AND version_id = :v"),
            {"u": ulp, "v": version_id},
        )
    )
