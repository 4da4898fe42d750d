"""SOP VI: bills, cuts and reconnections, payment checks, open orders, reports."""

import json
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import insert, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from rbmgeo.db.models import ArrearsReport, PaymentCheck
from rbmgeo.db.queries.forms import newest_list
from rbmgeo.db.queries.lists import read, read_exact


def lock(session: Session, *, ulp: str) -> None:
    """Let those who order, take back and reconnect wait for each other: nobody is ordered twice."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('tunggakan:' || :u))"), {"u": ulp})


def any_work(session: Session, *, ulp: str) -> bool:
    """Say whether anybody was ever ordered to be cut or reconnected, was, or is to be removed."""
    return bool(
        session.scalar(
            text(
                "SELECT EXISTS (SELECT FROM visit_list WHERE ulp = :u AND job IN ('putus', 'sambung')) "
                "OR EXISTS (SELECT FROM field_visit WHERE ulp = :u AND job IN ('putus', 'sambung'))"
            ),
            {"u": ulp},
        )
    )


def bills(session: Session, *, ulp: str, zone: str, more: list[str]) -> pd.DataFrame:
    """Return all lines of bills of whoever has an unpaid one, and of some others besides.

    Columns as `rbmgeo.arrears.sheets.BILL_COLUMNS`.
    """
    return read_exact(
        session,
        """
        SELECT r.idpel, r.blth, r.paid_on, r.status_code, r.unpaid_bills AS told,
               (b.imported_at AT TIME ZONE :zone)::date AS known_on
        FROM (SELECT idpel FROM receivable WHERE ulp = :ulp AND paid_on IS NULL
              UNION SELECT unnest(CAST(:more AS text[]))) w
        JOIN receivable r ON r.ulp = :ulp AND r.idpel = w.idpel
        LEFT JOIN import_batch b ON b.ulp = r.ulp AND b.batch_id = r.batch_id
        """,
        ulp=ulp, zone=zone, more=more,
    )  # fmt: skip


def events(
    session: Session, *, ulp: str, zone: str, lit: list[str], idpels: list[str] | None = None
) -> pd.DataFrame:
    """Return every cut and reconnection that was sent, one a visit (`rbmgeo.arrears.ledger`).

    ``lit``: outcomes that give a house its power back. Further columns ``sha256``,
    ``order_id``, ``officer``, ``outcome``, ``given`` (values of the form), ``photos``,
    ``refusals`` (why it waits). Of two contents under one id the chosen one counts, else the
    first by its hash; what a person turned down is left out.
    """
    return read_exact(
        session,
        f"""
        SELECT DISTINCT ON (v.client_id) v.client_id::text AS client_id, v.sha256, v.idpel,
               v.job AS kind, v.device_at AS at, (v.device_at AT TIME ZONE :zone)::date AS on,
               COALESCE(e.state = 'masuk', false) AS valid, v.order_id::text AS order_id,
               v.officer, v.outcome, v.given, v.photos, COALESCE(e.refusals, '[]') AS refusals
        FROM field_visit v
        LEFT JOIN visit_effect e USING (ulp, client_id, sha256)
        LEFT JOIN LATERAL (
            SELECT CASE WHEN w.sha256 = v.sha256 THEN w.verdict = 'berlaku'
                        WHEN w.verdict = 'berlaku' THEN false END AS chosen
            FROM visit_review w WHERE w.ulp = v.ulp AND w.client_id = v.client_id
              AND (w.sha256 = v.sha256 OR w.verdict = 'berlaku')
            ORDER BY w.review_id DESC LIMIT 1) r ON true
        WHERE v.ulp = :ulp AND v.job IN ('putus', 'sambung') AND v.idpel IS NOT NULL
          AND (v.job = 'putus' AND v.outcome = 'diputus' OR v.job = 'sambung' AND v.outcome = ANY(:lit))
          AND r.chosen IS DISTINCT FROM false
          {"AND v.idpel = ANY(:idpels)" if idpels is not None else ""}
        ORDER BY v.client_id, r.chosen DESC NULLS LAST, v.sha256
        """,
        ulp=ulp, zone=zone, lit=lit, **({} if idpels is None else {"idpels": idpels}),
    )  # fmt: skip


def newest_checks(session: Session, *, ulp: str, zone: str) -> pd.DataFrame:
    """Return the newest payment check of each customer: index idpel, ``on``, ``paid``."""
    frame = read_exact(
        session,
        """
        SELECT DISTINCT ON (idpel) idpel, (checked_at AT TIME ZONE :zone)::date AS on, paid
        FROM payment_check WHERE ulp = :ulp ORDER BY idpel, checked_at DESC, check_id DESC
        """,
        ulp=ulp, zone=zone,
    )  # fmt: skip
    return frame.set_index("idpel")


def checks_of(session: Session, *, ulp: str, idpels: list[str]) -> pd.DataFrame:
    """Return the payment checks of some customers, oldest first."""
    return read_exact(
        session,
        """
        SELECT idpel, checked_at, paid, source, told, client_id::text AS client_id FROM payment_check
        WHERE ulp = :ulp AND idpel = ANY(:ids) ORDER BY idpel, checked_at, check_id
        """,
        ulp=ulp, ids=idpels,
    )  # fmt: skip


def add_checks(session: Session, *, ulp: str, rows: list[dict[str, Any]]) -> int:
    """Append payment checks; what a visit said already is said once. Returns how many are new."""
    if not rows:
        return 0
    made = session.execute(
        upsert(PaymentCheck)
        .values([{"ulp": ulp, **row} for row in rows])
        .on_conflict_do_nothing(
            index_elements=["ulp", "client_id", "sha256"],
            index_where=text("client_id IS NOT NULL"),
        )
        .returning(PaymentCheck.check_id)
    )
    return len(made.all())


def last_checks(session: Session, *, ulp: str, limit: int) -> list[dict[str, Any]]:
    """Return the newest payment checks with their customers' ``public_id`` and ``name``."""
    rows = session.execute(
        text(
            """
            SELECT k.idpel, c.public_id::text AS public_id, c.name, k.checked_at, k.paid, k.source,
                   k.told, k.checked_by
            FROM payment_check k LEFT JOIN customer c ON c.ulp = k.ulp AND c.idpel = k.idpel
            WHERE k.ulp = :u ORDER BY k.checked_at DESC, k.check_id DESC LIMIT :n
            """
        ),
        {"u": ulp, "n": limit},
    ).mappings()
    return [dict(r) for r in rows]


def orders(session: Session, *, ulp: str, job: str) -> pd.DataFrame:
    """Return the orders of a job that were not taken back.

    Columns ``order_id``, ``idpel``, ``due_on``, ``content``, ``list_id``, ``officer``,
    ``cancelled`` (False), by idpel and order.
    """
    return read_exact(
        session,
        """
        SELECT o.order_id::text AS order_id, o.idpel, o.due_on, o.content,
               l.list_id::text AS list_id, l.officer, false AS cancelled
        FROM visit_order o JOIN visit_list l USING (ulp, list_id)
        WHERE o.ulp = :ulp AND o.job = :job AND o.cancelled_at IS NULL
        ORDER BY o.idpel, o.due_on, o.order_id
        """,
        ulp=ulp, job=job,
    )  # fmt: skip


def take_back(
    session: Session, *, ulp: str, order_ids: list[str], reason: str, who: str, now: datetime
) -> None:
    """Take orders back; they stay, with who and why."""
    session.execute(
        text(
            "UPDATE visit_order SET cancelled_at = :now, cancelled_by = :who, cancel_reason = :why "
            "WHERE ulp = :u AND order_id = ANY(CAST(:o AS uuid[])) AND cancelled_at IS NULL"
        ),
        {"u": ulp, "o": order_ids, "now": now, "who": who, "why": reason},
    )


def officers_of_orders(session: Session, *, ulp: str, order_ids: list[str]) -> dict[str, str]:
    """Return the officer's log-in of each of some orders that have one."""
    rows = session.execute(
        text(
            "SELECT o.order_id::text, l.officer FROM visit_order o JOIN visit_list l USING (ulp, list_id) "
            "WHERE o.ulp = :u AND o.order_id = ANY(CAST(:o AS uuid[])) AND l.officer IS NOT NULL"
        ),
        {"u": ulp, "o": order_ids},
    )
    return {row[0]: row[1] for row in rows}


def gone(session: Session, *, ulp: str, idpels: list[str]) -> set[str]:
    """Return which of some customers have no service any more."""
    rows = session.scalars(
        text("SELECT idpel FROM customer WHERE ulp = :u AND NOT active AND idpel = ANY(:i)"),
        {"u": ulp, "i": idpels},
    )
    return set(rows)


def removals(session: Session, *, ulp: str, state: str) -> pd.DataFrame:
    """Return the removals that were proposed from arrears, in one state, newest first.

    Columns ``proposal_id``, ``idpel``, ``public_id``, ``name``, ``before``, ``proposed_by``,
    ``proposed_at``, ``decided_by``, ``decided_at``, ``reason``, ``detail``.
    """
    return read_exact(
        session,
        """
        SELECT p.proposal_id, p.idpel, c.public_id::text AS public_id, c.name, p.before,
               p.proposed_by, p.proposed_at, p.detail, v.decided_by, v.decided_at, v.reason
        FROM proposal p LEFT JOIN customer c ON c.ulp = p.ulp AND c.idpel = p.idpel
        LEFT JOIN LATERAL (SELECT decided_by, decided_at, reason FROM approval a
            WHERE a.ulp = p.ulp AND a.proposal_id = p.proposal_id
            ORDER BY approval_id DESC LIMIT 1) v ON true
        WHERE p.ulp = :ulp AND p.state = :state AND p.field = 'status' AND p.after = 'bongkar'
          AND p.detail ->> 'rule' = 'R-AR-07'
        ORDER BY p.proposal_id DESC
        """,
        ulp=ulp, state=state,
    )  # fmt: skip


def customers(session: Session, *, ulp: str, blth: str, idpels: list[str]) -> pd.DataFrame:
    """Return what a list shows of some customers, by RBM in walking order.

    Columns ``idpel``, ``public_id``, ``name``, ``address``, ``meter_number``, ``rbm``, ``urut``.
    """
    return read_exact(
        session,
        """
        SELECT w.idpel, c.public_id::text AS public_id, c.name, c.address, c.meter_number,
               l.rbm, l.urut
        FROM unnest(CAST(:ids AS text[])) w(idpel)
        LEFT JOIN customer c ON c.ulp = :ulp AND c.idpel = w.idpel
        LEFT JOIN LATERAL (SELECT rbm, urut, sisipan FROM rbm_list WHERE ulp = :ulp
            AND blth = :list AND idpel = w.idpel AND rbm IS NOT NULL ORDER BY line LIMIT 1) l ON true
        ORDER BY l.rbm NULLS LAST, l.urut NULLS LAST, l.sisipan, w.idpel
        """,
        ulp=ulp, ids=idpels, list=newest_list(session, ulp=ulp, blth=blth),
    )  # fmt: skip


def lists_of_prints(session: Session, *, ulp: str) -> dict[int, str]:
    """Return print -> a list of visits that was made of it."""
    rows = session.execute(
        text(
            "SELECT (content ->> 'print_id')::bigint, min(list_id::text) FROM visit_list "
            "WHERE ulp = :u AND content ? 'print_id' GROUP BY 1"
        ),
        {"u": ulp},
    )
    return {int(row[0]): str(row[1]) for row in rows}


def receivable_batches(session: Session, *, ulp: str, limit: int = 20) -> pd.DataFrame:
    """Return the files of bills and payments that were taken in, newest first."""
    return read(
        session,
        """
        SELECT batch_id, file_name, blth, imported_at, imported_by, good FROM import_batch
        WHERE ulp = :ulp AND split_part(kind, ':', 1) = 'receivables' AND undone_at IS NULL
        ORDER BY batch_id DESC LIMIT :n
        """,
        ulp=ulp, n=limit,
    )  # fmt: skip


def add_report(session: Session, *, ulp: str, work_on: date, acts: list[str], who: str) -> None:
    """Append a report of a day's work."""
    session.execute(
        insert(ArrearsReport).values(ulp=ulp, work_on=work_on, acts=acts, reported_by=who)
    )


def reported(session: Session, *, ulp: str, zone: str) -> dict[str, date]:
    """Return the day on which each act (``client_id``) was first reported."""
    rows = session.execute(
        text(
            "SELECT a.id, min((r.reported_at AT TIME ZONE :z)::date) FROM arrears_report r, "
            "jsonb_array_elements_text(r.acts) AS a(id) WHERE r.ulp = :u GROUP BY a.id"
        ),
        {"u": ulp, "z": zone},
    )
    return {row[0]: row[1] for row in rows}


def reports(session: Session, *, ulp: str) -> dict[date, list[dict[str, Any]]]:
    """Return the reports by day of work, oldest first: ``reported_by``, ``reported_at``, ``acts``."""
    out: dict[date, list[dict[str, Any]]] = {}
    rows = session.execute(
        text("SELECT work_on, reported_by, reported_at, jsonb_array_length(acts) AS acts "
             "FROM arrears_report WHERE ulp = :u ORDER BY report_id"),
        {"u": ulp},
    ).mappings()  # fmt: skip
    for row in rows:
        out.setdefault(row["work_on"], []).append(dict(row))
    return out


def order_content(told: object) -> dict[str, Any]:
    """Return what an order holds, however the driver gave it."""
    return told if isinstance(told, dict) else json.loads(str(told or "{}"))
