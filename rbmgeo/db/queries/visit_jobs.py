"""What a job needs to know of the orders and photos behind its visits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read, read_exact


@dataclass(frozen=True)
class OrderFacts:
    """What an order says: its own content, that of its list, the list's month."""

    blth: str
    content: dict[str, Any] = field(default_factory=dict)
    shared: dict[str, Any] = field(default_factory=dict)


def order_facts(session: Session, *, ulp: str, order_ids: Sequence[str]) -> dict[str, OrderFacts]:
    """Return what some orders say, by their id; taken back or not, what was ordered was ordered."""
    rows = session.execute(
        text(
            "SELECT o.order_id::text AS id, l.blth, o.content, l.content AS shared FROM visit_order o "
            "JOIN visit_list l USING (ulp, list_id) "
            "WHERE o.ulp = :u AND o.order_id = ANY(CAST(:o AS uuid[]))"
        ),
        {"u": ulp, "o": list(order_ids)},
    )
    return {r.id: OrderFacts(r.blth, r.content, r.shared) for r in rows}


def lists_of_job(session: Session, *, ulp: str, job: str) -> pd.DataFrame:
    """Return the lists of a job, newest first.

    Index ``list_id``; ``title``, ``blth``, ``planned_on``, ``officer``, ``content``, ``made_at``.
    """
    frame = read_exact(
        session,
        """
        SELECT list_id::text AS list_id, title, blth, planned_on, officer, content, made_at
        FROM visit_list WHERE ulp = :ulp AND job = :job ORDER BY made_at DESC, list_id
        """,
        ulp=ulp, job=job,
    )  # fmt: skip
    return frame.set_index("list_id")


def orders_of_job(session: Session, *, ulp: str, job: str) -> pd.DataFrame:
    """Return every order of a job: index ``order_id``; ``list_id``, ``cancelled``."""
    frame = read(
        session,
        """
        SELECT order_id::text AS order_id, list_id::text AS list_id,
               cancelled_at IS NOT NULL AS cancelled
        FROM visit_order WHERE ulp = :ulp AND job = :job ORDER BY list_id, stop
        """,
        ulp=ulp, job=job,
    )  # fmt: skip
    return frame.set_index("order_id")


def orders_of_list(session: Session, *, ulp: str, list_id: str) -> pd.DataFrame:
    """Return the orders of one list with their customers, by stop.

    Index ``order_id``; ``idpel``, ``public_id``, ``name``, ``address``, ``stop``, ``due_on``,
    ``content``, ``cancelled``, ``cancel_reason``.
    """
    frame = read_exact(
        session,
        """
        SELECT o.order_id::text AS order_id, o.idpel, c.public_id::text AS public_id, c.name,
               c.address, o.stop, o.due_on, o.content, o.cancelled_at IS NOT NULL AS cancelled,
               o.cancel_reason
        FROM visit_order o LEFT JOIN customer c ON c.ulp = o.ulp AND c.idpel = o.idpel
        WHERE o.ulp = :ulp AND o.list_id = CAST(:list AS uuid) ORDER BY o.stop
        """,
        ulp=ulp, list=list_id,
    )  # fmt: skip
    return frame.set_index("order_id")


def reading_marks(session: Session, *, ulp: str, client_ids: list[str]) -> dict[str, list[str]]:
    """Return what was odd about the readings that some visits became."""
    rows = session.execute(
        text("SELECT client_id::text, marks FROM own_reading "
             "WHERE ulp = :u AND client_id = ANY(CAST(:c AS uuid[])) ORDER BY conflict_no"),
        {"u": ulp, "c": client_ids},
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}


def waiting_prepaid_orders(session: Session, *, ulp: str, blth: str) -> pd.DataFrame:
    """Return PLN's orders to look at prepaid meters that are on no list yet.

    Columns ``order_no``, ``idpel``; those of the month or without one, whose customer is known.
    """
    return read_exact(
        session,
        """
        SELECT DISTINCT ON (o.idpel) o.order_no, o.idpel FROM prepaid_order o
        JOIN customer c ON c.ulp = o.ulp AND c.idpel = o.idpel
        WHERE o.ulp = :ulp AND COALESCE(o.blth, :blth) = :blth AND NOT EXISTS (
            SELECT FROM visit_order v WHERE v.ulp = o.ulp AND v.idpel = o.idpel AND v.job = 'pra'
              AND v.content ->> 'order_no' = o.order_no AND v.cancelled_at IS NULL)
        ORDER BY o.idpel, o.order_no
        """,
        ulp=ulp, blth=blth,
    )  # fmt: skip


def prepaid_customers(session: Session, *, ulp: str) -> list[str]:
    """Return the prepaid customers in service, by idpel: the lot that a sample is drawn from."""
    return list(
        session.scalars(
            text("SELECT idpel FROM customer WHERE ulp = :u AND active AND jenis_layanan = 'pra' "
                 "ORDER BY idpel"),
            {"u": ulp},
        )
    )  # fmt: skip


def drawn_before(session: Session, *, ulp: str, blth: str, seed: str) -> bool:
    """Say whether a sample of this month was drawn with this seed."""
    return bool(
        session.scalar(
            text("SELECT EXISTS (SELECT FROM visit_list WHERE ulp = :u AND job = 'pra' "
                 "AND blth = :b AND content ->> 'seed' = :s)"),
            {"u": ulp, "b": blth, "s": seed},
        )
    )  # fmt: skip


def points(session: Session, *, ulp: str, idpels: list[str]) -> pd.DataFrame:
    """Return where some customers are: index idpel, ``lon``, ``lat`` (missing without a point)."""
    frame = read(
        session,
        "SELECT idpel, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM customer "
        "WHERE ulp = :ulp AND idpel = ANY(:ids) ORDER BY idpel",
        ulp=ulp, ids=idpels,
    )  # fmt: skip
    return frame.set_index("idpel")


def said_by(session: Session, *, ulp: str, visits: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Return some records in full: index (``client_id``, ``sha256``).

    Columns ``visit_no``, ``outcome``, ``given``, ``photos`` (each with ``public_id`` where it came whole),
    ``device_at``, ``officer``, ``lon``, ``lat``, ``accuracy_m``, ``state``, ``refusals``.
    """
    frame = read_exact(
        session,
        """
        SELECT v.client_id::text AS client_id, v.sha256, v.visit_no, v.outcome, v.given, v.device_at,
               v.officer, v.lon, v.lat, v.accuracy_m, e.state, COALESCE(e.refusals, '[]') AS refusals,
               v.photos
        FROM unnest(CAST(:c AS uuid[]), CAST(:s AS text[])) AS w(client_id, sha256)
        JOIN field_visit v ON v.ulp = :ulp AND v.client_id = w.client_id AND v.sha256 = w.sha256
        LEFT JOIN visit_effect e ON e.ulp = v.ulp AND e.client_id = v.client_id AND e.sha256 = v.sha256
        """,
        ulp=ulp, c=[v[0] for v in visits], s=[v[1] for v in visits],
    )  # fmt: skip
    return frame.set_index(["client_id", "sha256"])


def field_logins(session: Session, *, ulp: str) -> list[tuple[str, str]]:
    """Return who may be sent out in a unit: log-in and name of its surveyors, by name."""
    rows = session.execute(
        text(
            "SELECT DISTINCT u.login, u.display_name FROM app_user u JOIN user_role r USING (user_id) "
            "WHERE r.ulp IN (:u, '*') AND r.role = 'surveyor' AND u.active ORDER BY 2, 1"
        ),
        {"u": ulp},
    )
    return [(row[0], row[1] or row[0]) for row in rows]
