"""Visits of the field: their orders, what came in, what a person said of it, the phones."""

import json
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from rbmgeo.db import bulk
from rbmgeo.db.models import (
    FieldDevice,
    FieldVisit,
    VisitList,
    VisitPhoto,
    VisitReview,
)
from rbmgeo.db.queries.lists import read_exact
from rbmgeo.db.queries.visit_lists import WORD
from rbmgeo.fieldwork.receive import Ordered
from rbmgeo.fieldwork.visit import Visit


def lock(session: Session, *, ulp: str) -> None:
    """Let those who bring visits in wait for each other: what they become is told in one order."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('visit:' || :u))"), {"u": ulp})


def add_list(
    session: Session, *, ulp: str, job: str, blth: str, title: str, officer: str | None,
    planned_on: date | None, content: dict[str, Any], orders: pd.DataFrame, who: str,
) -> uuid.UUID:  # fmt: skip
    """Keep a list and its orders; return its id.

    ``orders``: one row an order in walking order, columns ``idpel``, ``reason``, and where they
    are told ``due_on``, ``content`` (a dict); their stops are 1, 2, ...
    """
    list_id = uuid.uuid4()
    session.execute(
        insert(VisitList).values(
            ulp=ulp, list_id=list_id, job=job, blth=blth, title=title, officer=officer,
            planned_on=planned_on, content=content, made_by=who,
        )
    )  # fmt: skip
    told: Any = orders["content"] if "content" in orders else [{}] * len(orders)
    rows = pd.DataFrame({
        "ulp": ulp, "order_id": [str(uuid.uuid4()) for _ in range(len(orders))],
        "list_id": str(list_id), "job": job, "idpel": orders["idpel"].to_numpy(),
        "stop": range(1, len(orders) + 1),
        "due_on": orders["due_on"].to_numpy() if "due_on" in orders else None,
        "reason": orders["reason"].to_numpy(), "content": [json.dumps(one) for one in told],
    })  # fmt: skip
    bulk.copy_rows(session, "visit_order", rows)
    return list_id


def known_customers(session: Session, *, ulp: str, public_ids: Sequence[str]) -> dict[str, str]:
    """Return idpel by public id, of those that the unit has."""
    rows = session.execute(
        text("SELECT public_id::text, idpel FROM customer WHERE ulp = :u AND public_id = ANY(CAST(:p AS uuid[]))"),
        {"u": ulp, "p": list(public_ids)},
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}


def ordered(
    session: Session, *, ulp: str, order_ids: Sequence[str]
) -> dict[str, tuple[Ordered, str]]:
    """Return what the office knows of some orders, and whom each is about, by its id."""
    rows = session.execute(
        text(
            "SELECT o.order_id::text AS id, o.idpel, l.officer, o.cancelled_at IS NOT NULL AS off "
            "FROM visit_order o JOIN visit_list l USING (ulp, list_id) "
            "WHERE o.ulp = :u AND o.order_id = ANY(CAST(:o AS uuid[]))"
        ),
        {"u": ulp, "o": list(order_ids)},
    )
    return {r.id: (Ordered(r.officer, r.off), r.idpel) for r in rows}


def kept(session: Session, *, ulp: str, client_ids: Sequence[str]) -> dict[str, set[str]]:
    """Return the contents' hashes that are kept under some ids."""
    out: dict[str, set[str]] = {}
    rows = session.execute(
        text("SELECT client_id::text, sha256 FROM field_visit WHERE ulp = :u AND client_id = ANY(CAST(:c AS uuid[]))"),
        {"u": ulp, "c": list(client_ids)},
    )  # fmt: skip
    for client_id, sha256 in rows:
        out.setdefault(client_id, set()).add(sha256)
    return out


def add(
    session: Session, *, ulp: str, visits: Sequence[tuple[Visit, str | None]], who: str,
    now: datetime,
) -> None:  # fmt: skip
    """Append records, each with whom it is about (idpel, None: nobody of the unit)."""
    rows = [
        {
            "ulp": ulp, "client_id": it.client_id, "sha256": it.sha256, "order_id": it.order_id,
            "idpel": idpel, "job": str(it.job), "outcome": it.outcome, "values": dict(it.values),
            "photos": [{"sha256": p.sha256, "kind": p.kind, "bytes": p.size} for p in it.photos],
            "lon": it.place and it.place.lon, "lat": it.place and it.place.lat,
            "accuracy_m": it.place and it.place.accuracy_m, "fixes": it.place and it.place.fixes,
            "device_at": it.device_at, "device_id": it.device_id, "officer": it.officer,
            "content": it.content, "received_at": now, "received_by": who,
        }
        for it, idpel in visits
    ]  # fmt: skip
    if rows:
        session.execute(insert(FieldVisit), rows)


def add_effects(
    session: Session, *, ulp: str, told: Sequence[tuple[Visit, str, list[dict[str, str]]]]
) -> None:
    """Say what records became in their job: each with its state and why it waits.

    A later word stands for an earlier one; a record stands once in ``told``.
    """
    if not told:
        return
    session.execute(
        text(
            """
            INSERT INTO visit_effect (ulp, client_id, sha256, state, refusals)
            SELECT :u, c, h, s, r FROM unnest(CAST(:c AS uuid[]), CAST(:h AS text[]),
                CAST(:s AS text[]), CAST(:r AS jsonb[])) AS t(c, h, s, r)
            ON CONFLICT (ulp, client_id, sha256)
            DO UPDATE SET state = EXCLUDED.state, refusals = EXCLUDED.refusals, at = now()
            """
        ),
        {
            "u": ulp, "c": [it.client_id for it, _, _ in told], "h": [it.sha256 for it, _, _ in told],
            "s": [state for _, state, _ in told], "r": [json.dumps(said) for _, _, said in told],
        },
    )  # fmt: skip


#: By index first: what a record or a person says it is about.
_ABOUT = """
    AND v.client_id IN (
        SELECT client_id FROM field_visit
        WHERE ulp = :ulp AND order_id = ANY(CAST(:orders AS uuid[]))
        UNION SELECT client_id FROM visit_review
        WHERE ulp = :ulp AND order_id = ANY(CAST(:orders AS uuid[])))
    AND COALESCE(r.order_id, v.order_id) = ANY(CAST(:orders AS uuid[]))
"""


def records(session: Session, *, ulp: str, order_ids: Sequence[str] | None = None) -> pd.DataFrame:
    """Return records as `rbmgeo.fieldwork.receive.states` takes them, but for ``closes``.

    Columns ``order_id`` (the one that a person named for it before its own), ``client_id``,
    ``sha256``, ``job``, ``outcome``, ``device_at``, ``chosen``; ``order_ids``: of these alone.
    """
    return read_exact(
        session,
        f"""
        SELECT COALESCE(r.order_id, v.order_id)::text AS order_id, v.client_id::text AS client_id,
               v.sha256, v.job, v.outcome, v.device_at, r.chosen
        FROM field_visit v {WORD}
        WHERE v.ulp = :ulp {_ABOUT if order_ids is not None else ""}
        ORDER BY v.client_id, v.sha256
        """,
        ulp=ulp, **({} if order_ids is None else {"orders": list(order_ids)}),
    )  # fmt: skip


def review(
    session: Session, *, ulp: str, client_id: str, sha256: str, verdict: str, note: str | None,
    who: str, idpel: str | None = None, order_id: str | None = None,
) -> None:  # fmt: skip
    """Keep a person's word on a record; ``idpel`` and ``order_id``: whose it is."""
    session.execute(
        insert(VisitReview).values(
            ulp=ulp, client_id=client_id, sha256=sha256, verdict=verdict, note=note,
            reviewed_by=who, idpel=idpel, order_id=order_id,
        )
    )  # fmt: skip


def photos_there(session: Session, *, ulp: str, hashes: Sequence[str]) -> set[str]:
    """Return which of some pictures came whole."""
    rows = session.execute(
        text("SELECT sha256 FROM visit_photo WHERE ulp = :u AND sha256 = ANY(:h)"),
        {"u": ulp, "h": list(hashes)},
    )
    return {row[0] for row in rows}


def add_photo(session: Session, *, ulp: str, sha256: str, suffix: str, size: int, who: str) -> None:
    """Note a picture that came whole; one that is there already stays as it is."""
    row = upsert(VisitPhoto).values(
        ulp=ulp, sha256=sha256, suffix=suffix, size_bytes=size, received_by=who
    )
    session.execute(row.on_conflict_do_nothing(index_elements=["ulp", "sha256"]))


def seen_device(
    session: Session, *, ulp: str, device_id: str, login: str, told: str, wrapped_key: bytes | None
) -> None:
    """Note that a phone was there; a key once told stays until another is told."""
    row = upsert(FieldDevice).values(
        ulp=ulp, device_id=device_id, login=login, told=told, wrapped_key=wrapped_key
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=["ulp", "device_id"],
            set_={
                "login": login, "told": told, "last_seen_at": text("now()"),
                **({} if wrapped_key is None else {"wrapped_key": wrapped_key}),
            },
        )
    )  # fmt: skip
