"""Lists of the field as the office sees them: how far, whose, moved or taken back."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.bulk import copied
from rbmgeo.db.queries.lists import read_exact
from rbmgeo.errors import NotThere

#: What a person last said of record v: ``chosen``, and the order that he said it answers.
WORD = """
    LEFT JOIN LATERAL (
        SELECT CASE WHEN w.verdict = 'dibuka' THEN NULL
                    WHEN w.sha256 = v.sha256 THEN w.verdict = 'berlaku' ELSE false END AS chosen,
               CASE WHEN w.sha256 = v.sha256 AND w.verdict = 'berlaku' THEN w.order_id END AS order_id,
               CASE WHEN w.sha256 = v.sha256 AND w.verdict = 'berlaku' THEN w.idpel END AS idpel,
               w.verdict
        FROM visit_review w WHERE w.ulp = v.ulp AND w.client_id = v.client_id
          AND (w.sha256 = v.sha256 OR w.verdict IN ('berlaku', 'dibuka'))
        ORDER BY w.review_id DESC LIMIT 1) r ON true
"""
#: What stands at the house of customer c.
RECORDED = """
    LEFT JOIN LATERAL (
        SELECT gardu, tiang FROM pdpj
        WHERE ulp = c.ulp AND idpel = c.idpel AND valid_to IS NULL AND active
        ORDER BY line LIMIT 1) p ON true
"""


def officers(session: Session, *, ulp: str) -> list[dict[str, str]]:
    """Return who can be given a list: people with the role surveyor in the unit, by name."""
    rows = session.execute(
        text("SELECT u.login, u.display_name AS name FROM app_user u JOIN user_role r USING (user_id) "
             "WHERE r.ulp = :u AND r.role = 'surveyor' AND u.active ORDER BY u.display_name, u.login"),
        {"u": ulp},
    ).mappings()  # fmt: skip
    return [dict(r) for r in rows]


def lists(session: Session, *, ulp: str, blth: str | None = None) -> pd.DataFrame:
    """Return lists, those to be walked first first: the open ones, or those made for a month.

    Index ``list_id`` (text); ``job``, ``title``, ``officer``, ``planned_on``, ``blth``,
    ``made_by``, ``made_at``, ``closed_at``, ``moved`` (orders that went to other lists).
    """
    which = "l.closed_at IS NULL" if blth is None else "l.blth = :blth"
    frame = read_exact(
        session,
        f"""
        SELECT l.list_id::text AS list_id, l.job, l.title, l.officer, l.planned_on, l.blth,
               l.made_by, l.made_at, l.closed_at,
               (SELECT count(*) FROM visit_move m WHERE m.ulp = l.ulp AND m.from_list = l.list_id)
                   AS moved
        FROM visit_list l WHERE l.ulp = :ulp AND {which}
        ORDER BY l.planned_on NULLS LAST, l.job, l.title, l.list_id
        """,
        ulp=ulp, **({} if blth is None else {"blth": blth}),
    )  # fmt: skip
    return frame.set_index("list_id")


def one_list(session: Session, *, ulp: str, list_id: str) -> dict[str, Any]:
    """Return one list; raises `NotThere`."""
    row = (
        session.execute(
            text("SELECT list_id::text AS list_id, job, title, officer, planned_on, blth, content, made_by, "
                 "made_at, closed_at, source FROM visit_list WHERE ulp = :u AND list_id = CAST(:l AS uuid)"),
            {"u": ulp, "l": list_id},
        )
        .mappings()
        .one_or_none()
    )  # fmt: skip
    if row is None:
        raise NotThere(
            "this list is not in the unit; choose one on the page of lists",
            "daftar ini tidak ada di unit ini; pilih di halaman daftar",
        )
    return dict(row)


def issued(session: Session, *, ulp: str, sources: Sequence[str]) -> set[str]:
    """Return from which of some sources a list was made already."""
    found = session.scalars(
        text("SELECT source FROM visit_list WHERE ulp = :u AND source = ANY(:s)"),
        {"u": ulp, "s": list(sources)},
    )
    return set(found)


def name_source(session: Session, *, ulp: str, list_id: uuid.UUID, source: str) -> None:
    """Say what a list was made from; nothing else is made from it again."""
    session.execute(
        text("UPDATE visit_list SET source = :s WHERE ulp = :u AND list_id = :l"),
        {"u": ulp, "l": list_id, "s": source},
    )


#: Orders about which more than one record, or a person's word, says something.
_SPOKEN_OF = """
    SELECT order_id FROM field_visit WHERE ulp = %(u)s AND order_id IS NOT NULL
    GROUP BY order_id HAVING count(*) > 1
    UNION SELECT v.order_id FROM visit_review w JOIN field_visit v USING (ulp, client_id)
    WHERE w.ulp = %(u)s AND v.order_id IS NOT NULL
    UNION SELECT order_id FROM visit_review WHERE ulp = %(u)s AND order_id IS NOT NULL
"""


def plain_counts(session: Session, *, ulp: str, list_ids: Sequence[str]) -> pd.DataFrame:
    """Count the orders of some lists of which at most one record and no word of a person speaks.

    Columns ``list_id``, ``due_on``, ``cancelled``, ``came`` (``job/outcome`` of the record,
    missing without one), ``orders``. The others are `spoken_of`; together they are all.
    """
    return copied(
        session,
        f"""
        SELECT o.list_id, o.due_on, o.cancelled_at IS NOT NULL AS cancelled,
               v.job || '/' || v.outcome AS came, count(*) AS orders
        FROM visit_order o LEFT JOIN field_visit v ON v.ulp = o.ulp AND v.order_id = o.order_id
        WHERE o.ulp = %(u)s AND o.list_id = ANY(CAST(%(l)s AS uuid[]))
          AND o.order_id NOT IN ({_SPOKEN_OF})
        GROUP BY 1, 2, 3, 4
        """,
        {"u": ulp, "l": list(list_ids)}, whole=("orders",), flags=("cancelled",),
    )  # fmt: skip


def spoken_of(session: Session, *, ulp: str, list_ids: Sequence[str]) -> list[str]:
    """Return the orders of some lists of which several records, or a person, say something."""
    frame = copied(
        session,
        f"SELECT order_id FROM visit_order WHERE ulp = %(u)s "
        f"AND list_id = ANY(CAST(%(l)s AS uuid[])) AND order_id IN ({_SPOKEN_OF})",
        {"u": ulp, "l": list(list_ids)},
    )
    return list(frame["order_id"])


def plain_late(
    session: Session, *, ulp: str, list_ids: Sequence[str], on: date, closing: Sequence[str]
) -> pd.DataFrame:
    """Return the orders of some lists that were due before a day and that their one record did not close.

    Columns ``order_id``, ``list_id``, ``due_on``; those `spoken_of` are left out. ``closing``:
    ``job/outcome`` of what closes an order.
    """
    return copied(
        session,
        f"""
        SELECT o.order_id, o.list_id, o.due_on
        FROM visit_order o LEFT JOIN field_visit v ON v.ulp = o.ulp AND v.order_id = o.order_id
        WHERE o.ulp = %(u)s AND o.list_id = ANY(CAST(%(l)s AS uuid[])) AND o.due_on < %(d)s
          AND o.order_id NOT IN ({_SPOKEN_OF})
          AND CASE WHEN v.client_id IS NULL THEN o.cancelled_at IS NULL
                   ELSE v.job || '/' || v.outcome <> ALL(%(c)s) AND o.cancelled_at IS NULL END
        """,
        {"u": ulp, "l": list(list_ids), "d": on, "c": list(closing)},
    )  # fmt: skip


def orders(
    session: Session, *, ulp: str, list_ids: Sequence[str] | None = None,
    order_ids: Sequence[str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return orders of lists, or some orders: index ``order_id``; ``list_id``, ``due_on``, ``cancelled``."""
    which, named = _mine(list_ids, order_ids)
    frame = copied(
        session,
        "SELECT order_id, list_id, due_on, cancelled_at IS NOT NULL AS cancelled FROM visit_order "
        f"WHERE ulp = %(u)s AND {which}",
        {"u": ulp, "m": named}, flags=("cancelled",),
    )  # fmt: skip
    return frame.set_index("order_id")


def records(
    session: Session, *, ulp: str, list_ids: Sequence[str] | None = None,
    order_ids: Sequence[str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the records about orders of lists, or some orders, as `receive.states` takes them.

    ``device_at`` in seconds since 1970; ``closes`` is left to the forms of the jobs.
    """
    which, named = _mine(list_ids, order_ids)
    frame = copied(
        session,
        f"""
        WITH mine AS MATERIALIZED (SELECT order_id FROM visit_order WHERE ulp = %(u)s AND {which}),
        v AS (
            SELECT v.ulp, v.client_id, v.sha256, v.order_id, v.job, v.outcome, v.device_at
            FROM mine JOIN field_visit v ON v.ulp = %(u)s AND v.order_id = mine.order_id
            UNION ALL
            SELECT v.ulp, v.client_id, v.sha256, v.order_id, v.job, v.outcome, v.device_at
            FROM visit_review w JOIN field_visit v USING (ulp, client_id, sha256)
            WHERE w.ulp = %(u)s AND w.order_id IN (SELECT order_id FROM mine)
              AND v.order_id IS DISTINCT FROM w.order_id)
        SELECT COALESCE(r.order_id, v.order_id) AS order_id, v.client_id, v.sha256, v.job,
               v.outcome, extract(epoch FROM v.device_at)::float8 AS device_at,
               r.chosen::int::float8 AS chosen
        FROM v {WORD}
        """,
        {"u": ulp, "m": named}, numbers=("device_at", "chosen"),
    )  # fmt: skip
    said = frame["chosen"].eq(1).astype("boolean").mask(frame["chosen"].isna())
    return frame.assign(chosen=said)


def _mine(list_ids: Sequence[str] | None, order_ids: Sequence[str] | None) -> tuple[str, list[str]]:
    column = "order_id" if order_ids is not None else "list_id"
    return f"{column} = ANY(CAST(%(m)s AS uuid[]))", list(order_ids if order_ids is not None else list_ids or ())  # fmt: skip


def rows(session: Session, *, ulp: str, list_id: str | None = None,
         order_ids: Sequence[str] | None = None) -> pd.DataFrame:  # fmt: skip
    """Return the orders of a list, or some orders, in walking order, with what stands at each house.

    Index ``order_id``; ``list_id``, ``job``, ``stop``, ``idpel``, ``public_id``, ``address``,
    ``meter_number``, ``gardu``, ``tiang``, ``lon``, ``lat``, ``due_on``, ``reason``,
    ``content``, ``cancelled``, ``cancelled_by``, ``cancel_reason``, ``officer``, ``title``.
    """
    which = "o.list_id = CAST(:l AS uuid)" if list_id is not None else "o.order_id = ANY(CAST(:o AS uuid[]))"  # fmt: skip
    frame = read_exact(
        session,
        f"""
        SELECT o.order_id::text AS order_id, o.list_id::text AS list_id, o.job, o.stop, o.idpel,
               c.public_id::text AS public_id, c.address, c.meter_number, p.gardu,
               COALESCE(p.tiang, c.tiang) AS tiang, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat,
               o.due_on, o.reason, o.content, o.cancelled_at IS NOT NULL AS cancelled,
               o.cancelled_by, o.cancel_reason, l.officer, l.title
        FROM visit_order o
        JOIN visit_list l USING (ulp, list_id)
        LEFT JOIN customer c ON c.ulp = o.ulp AND c.idpel = o.idpel {RECORDED}
        WHERE o.ulp = :u AND {which}
        ORDER BY l.planned_on NULLS LAST, l.title, o.list_id, o.stop, o.order_id
        """,
        u=ulp, **({"l": list_id} if list_id is not None else {"o": list(order_ids or ())}),
    )  # fmt: skip
    return frame.set_index("order_id")


def points(session: Session, *, ulp: str, list_ids: Sequence[str]) -> pd.DataFrame:
    """Return where the houses of some lists stand: index ``order_id``; ``idpel``, ``public_id``, ``stop``, ``lon``, ``lat``."""
    frame = copied(
        session,
        "SELECT o.order_id, o.idpel, o.stop, c.public_id, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat "
        "FROM visit_order o JOIN customer c ON c.ulp = o.ulp AND c.idpel = o.idpel "
        "WHERE o.ulp = %s AND o.list_id = ANY(CAST(%s AS uuid[])) ORDER BY o.list_id, o.stop",
        (ulp, list(list_ids)), numbers=("lon", "lat"), whole=("stop",),
    )  # fmt: skip
    return frame.set_index("order_id")


def visit_counts(session: Session, *, ulp: str, list_id: str) -> dict[str, int]:
    """Return how many visits are known of each order of a list that has any."""
    found = session.execute(
        text("SELECT o.order_id::text, count(DISTINCT v.client_id) FROM visit_order o "
             "JOIN field_visit v ON v.ulp = o.ulp AND v.order_id = o.order_id "
             "WHERE o.ulp = :u AND o.list_id = CAST(:l AS uuid) GROUP BY 1"),
        {"u": ulp, "l": list_id},
    )  # fmt: skip
    return {row[0]: int(row[1]) for row in found}


def speaking(session: Session, *, ulp: str, client_ids: Sequence[str]) -> pd.DataFrame:
    """Return the records under some ids: ``client_id``, ``sha256``, ``visit_no``, ``outcome``, ``device_at``, ``officer``."""
    return read_exact(
        session,
        "SELECT client_id::text AS client_id, sha256, visit_no, outcome, device_at, officer "
        "FROM field_visit WHERE ulp = :u AND client_id = ANY(CAST(:c AS uuid[]))",
        u=ulp, c=list(client_ids),
    )  # fmt: skip


def known_orders(session: Session, *, ulp: str, order_ids: Sequence[str]) -> dict[str, str]:
    """Return whom each of some orders is about (idpel), of those that the unit has."""
    found = session.execute(
        text("SELECT order_id::text, idpel FROM visit_order WHERE ulp = :u AND order_id = ANY(CAST(:o AS uuid[]))"),
        {"u": ulp, "o": list(order_ids)},
    )  # fmt: skip
    return {row[0]: row[1] for row in found}


def open_orders(session: Session, *, ulp: str, idpels: Sequence[str], job: str) -> set[str]:
    """Return which of some customers an open list has an order of a job for, that no visit closed.

    It does not ask what a visit came to: an order without any visit is what is looked for.
    """
    found = session.scalars(
        text("SELECT o.idpel FROM visit_order o JOIN visit_list l USING (ulp, list_id) "
             "WHERE o.ulp = :u AND o.job = :j AND o.idpel = ANY(:i) AND o.cancelled_at IS NULL "
             "AND l.closed_at IS NULL AND NOT EXISTS (SELECT FROM field_visit v "
             "WHERE v.ulp = o.ulp AND v.order_id = o.order_id)"),
        {"u": ulp, "j": job, "i": list(idpels)},
    )  # fmt: skip
    return set(found)


def move(session: Session, *, ulp: str, order_ids: Sequence[str], to_list: uuid.UUID,
         reason: str | None, who: str) -> None:  # fmt: skip
    """Give orders to another list, in the order in which they stood; where they were is kept."""
    told = {"u": ulp, "o": list(order_ids), "t": to_list, "r": reason, "w": who}
    session.execute(
        text("INSERT INTO visit_move (ulp, order_id, from_list, to_list, reason, moved_by) "
             "SELECT ulp, order_id, list_id, :t, :r, :w FROM visit_order "
             "WHERE ulp = :u AND order_id = ANY(CAST(:o AS uuid[]))"),
        told,
    )  # fmt: skip
    session.execute(
        text("UPDATE visit_order o SET list_id = :t, stop = n.stop FROM ("
             "SELECT order_id, row_number() OVER (ORDER BY list_id, stop, order_id) + COALESCE("
             "(SELECT max(stop) FROM visit_order WHERE ulp = :u AND list_id = :t), 0) AS stop "
             "FROM visit_order WHERE ulp = :u AND order_id = ANY(CAST(:o AS uuid[]))) n "
             "WHERE o.ulp = :u AND o.order_id = n.order_id"),
        told,
    )  # fmt: skip


def cancel(session: Session, *, ulp: str, order_ids: Sequence[str], reason: str, who: str) -> int:
    """Take orders back that still stand; return how many."""
    done = session.execute(
        text("UPDATE visit_order SET cancelled_at = now(), cancelled_by = :w, cancel_reason = :r "
             "WHERE ulp = :u AND order_id = ANY(CAST(:o AS uuid[])) AND cancelled_at IS NULL"),
        {"u": ulp, "o": list(order_ids), "r": reason, "w": who},
    )  # fmt: skip
    return int(done.rowcount)  # type: ignore[attr-defined]


def restore(session: Session, *, ulp: str, order_ids: Sequence[str]) -> int:
    """Let orders that were taken back stand again; return how many."""
    done = session.execute(
        text("UPDATE visit_order SET cancelled_at = NULL, cancelled_by = NULL, cancel_reason = NULL "
             "WHERE ulp = :u AND order_id = ANY(CAST(:o AS uuid[])) AND cancelled_at IS NOT NULL"),
        {"u": ulp, "o": list(order_ids)},
    )  # fmt: skip
    return int(done.rowcount)  # type: ignore[attr-defined]


def set_list(session: Session, *, ulp: str, list_id: str, officer: str | None,
             planned_on: date | None) -> None:  # fmt: skip
    """Give a list that nobody has to an officer, or to another day."""
    session.execute(
        text("UPDATE visit_list SET officer = :o, planned_on = :d "
             "WHERE ulp = :u AND list_id = CAST(:l AS uuid)"),
        {"u": ulp, "l": list_id, "o": officer, "d": planned_on},
    )  # fmt: skip


def close_list(session: Session, *, ulp: str, list_id: str, closed: bool) -> None:
    """Close a list, so that no phone gets it any more, or open it again."""
    session.execute(
        text("UPDATE visit_list SET closed_at = CASE WHEN :c THEN now() END "
             "WHERE ulp = :u AND list_id = CAST(:l AS uuid)"),
        {"u": ulp, "l": list_id, "c": closed},
    )  # fmt: skip


def moves_of(session: Session, *, ulp: str, list_id: str) -> list[dict[str, Any]]:
    """Return what went from a list and came to it, counted by act: newest first."""
    found = session.execute(
        text("""
        SELECT m.moved_at, m.moved_by, m.reason, count(*) AS orders,
               m.from_list = CAST(:l AS uuid) AS away,
               o.list_id::text AS other, o.officer AS other_officer, o.title AS other_title
        FROM visit_move m JOIN visit_list o ON o.ulp = m.ulp AND o.list_id =
            CASE WHEN m.from_list = CAST(:l AS uuid) THEN m.to_list ELSE m.from_list END
        WHERE m.ulp = :u AND (m.from_list = CAST(:l AS uuid) OR m.to_list = CAST(:l AS uuid))
        GROUP BY m.moved_at, m.moved_by, m.reason, m.from_list, o.list_id, o.officer, o.title
        ORDER BY m.moved_at DESC LIMIT 50
        """),
        {"u": ulp, "l": list_id},
    ).mappings()
    return [dict(r) for r in found]
