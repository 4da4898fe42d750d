"""What a job needs to know of the orders and photos behind its visits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from rbmgeo.db.queries.lists import read_exact


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


def tell_photos(session: Session, *, ulp: str, rows: list[dict[str, str]]) -> None:
    """Say of whole pictures whose they are: ``idpel``, ``blth``, ``sha256``; known ones stay."""
    if rows:
        session.execute(
            text(
                "INSERT INTO photo (ulp, idpel, blth, sha256, suffix, size_bytes) "
                "SELECT :u, w.idpel, w.blth, p.sha256, p.suffix, p.size_bytes "
                "FROM unnest(CAST(:i AS text[]), CAST(:b AS text[]), CAST(:s AS text[])) "
                "AS w(idpel, blth, sha256) "
                "JOIN visit_photo p ON p.ulp = :u AND p.sha256 = w.sha256 ON CONFLICT DO NOTHING"
            ),
            {"u": ulp, "i": [r["idpel"] for r in rows], "b": [r["blth"] for r in rows],
             "s": [r["sha256"] for r in rows]},
        )  # fmt: skip


def ordered_visits(session: Session, *, ulp: str, job: str, list_id: str | None = None) -> pd.DataFrame:  # fmt: skip
    """Return every order of a job with its list and its customer, newest list first.

    Columns ``order_id``, ``list_id``, ``title``, ``blth``, ``planned_on``, ``list_officer``,
    ``shared`` and ``content`` (what list and order say), ``idpel``, ``public_id``, ``name``,
    ``address``, ``stop``, ``due_on``, ``cancelled``, ``cancel_reason``.
    """
    return read_exact(
        session,
        f"""
        SELECT o.order_id::text AS order_id, o.list_id::text AS list_id, l.title, l.blth,
               l.planned_on, l.officer AS list_officer, l.content AS shared, o.content, o.idpel,
               c.public_id::text AS public_id, c.name, c.address, o.stop, o.due_on,
               o.cancelled_at IS NOT NULL AS cancelled, o.cancel_reason
        FROM visit_order o JOIN visit_list l USING (ulp, list_id)
        LEFT JOIN customer c ON c.ulp = o.ulp AND c.idpel = o.idpel
        WHERE o.ulp = :ulp AND o.job = :job
          {"AND o.list_id = CAST(:list AS uuid)" if list_id is not None else ""}
        ORDER BY l.made_at DESC, o.list_id, o.stop
        """,
        ulp=ulp, job=job, **({} if list_id is None else {"list": list_id}),
    )  # fmt: skip


def said_by(session: Session, *, ulp: str, visits: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """Return some records in full: index (``client_id``, ``sha256``).

    Columns ``outcome``, ``given``, ``photos`` (each with ``public_id`` where it came whole),
    ``device_at``, ``officer``, ``lon``, ``lat``, ``accuracy_m``, ``state``, ``refusals``.
    """
    frame = read_exact(
        session,
        """
        SELECT v.client_id::text AS client_id, v.sha256, v.outcome, v.given, v.device_at, v.officer,
               v.lon, v.lat, v.accuracy_m, e.state, COALESCE(e.refusals, '[]') AS refusals,
               v.photos
        FROM unnest(CAST(:c AS uuid[]), CAST(:s AS text[])) AS w(client_id, sha256)
        JOIN field_visit v ON v.ulp = :ulp AND v.client_id = w.client_id AND v.sha256 = w.sha256
        LEFT JOIN visit_effect e ON e.ulp = v.ulp AND e.client_id = v.client_id AND e.sha256 = v.sha256
        """,
        ulp=ulp, c=[v[0] for v in visits], s=[v[1] for v in visits],
    )  # fmt: skip
    return frame.set_index(["client_id", "sha256"])
