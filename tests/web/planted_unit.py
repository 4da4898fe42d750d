"""The walked unit once more, every text that a file or a person fills made hostile.

The columns come from the models, so that a new one is hostile by itself; what is left as it is
has its reason here. A walk over every address then meets an attack wherever one can stand.
"""

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

from any_row import add_rows
from attacks import ATTACKS, CODE
from sqlalchemy import Column, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from rbmgeo.db.models import Base

#: All attacks in one text: what holds it holds each of them.
WHOLE = " ¦ ".join(ATTACKS)
#: Codes of the walked unit, hostile everywhere at once, so that what belongs together stays so.
CODES = {"PD001": CODE, "51354BKA": f"A{CODE}", "P-01": f"P{CODE}"}

#: Columns that stay as they are: by name, or as table.column, under their reason.
LEFT: dict[str, set[str]] = {
    "figures, checked where they come in: twelve digits, a month, a unit": {
        "idpel", "after_idpel", "blth", "effective_blth", "source_blth", "ulp", "other_ulp",
        "customer_change.before", "customer_change.after",
    },
    "a hash, a token, a number of the program's own": {
        "sha256", "photo_sha256", "scan_sha256", "signed_sha256", "list_hash", "login_hash", "mark",
        "full_number", "app_secret.value", "password_hash", "suffix", "visit_list.source",
    },
    "a word of the program's own list (rbmgeo.terms and others)": {
        "kind", "state", "tier", "question", "step", "task", "command", "verdict", "outcome", "act",
        "ask", "word", "way", "severity", "decision", "source", "quality", "position", "part",
        "point_source", "coordinate_quality", "layout", "shape", "field", "rule", "profile", "lot_by",
        "stratum", "job", "next_step", "change", "settled_as", "why", "relation", "anomaly",
        "jenis_layanan", "dibaca_oleh", "service", "match_row.match", "match_row.reason",
        "visit_order.reason", "survey_observation.subject", "photo_sample.scope",
        "import_reject.column", "gardu_event_member.reason",
        "finding.question", "survey_task.question", "proposal.subject", "highway", "oneway",
        "survey_observation.value",
    },
    "a setting with a list of its own": {"time_zone", "hari_baca"},
    "a key of rows, or a code that other rows name: hostile through CODES": {
        "gardu", "new_gardu", "old_gardu", "before_gardu", "recorded_gardu", "proposed_gardu", "rbm",
        "penyulang", "lot_of", "line", "tiang", "tiang_1", "tiang_2", "patch",
        "node", "node_1", "node_2", "lv_node", "osm_id", "order_no",
        "proposal.before", "proposal.after", "mutation.before", "mutation.after",
        "survey_schedule.officer", "rbm.officer", "reading_plan.officer",
        "rbm_list.officer", "reading.officer", "assignment_letter.officer",
    },
    "a session, a run, a log of the program's own": {
        "app_session.how", "app_session.ended_why", "access_log.route", "access_log.request_id",
        "access_log.kind", "job.worker", "unit_run.engine", "unit_run.asked", "unit_run.mark", "unit_run.snapshot_sha256",
        "unit_run.result_sha256", "photo_gone.why", "unit_figures.mark", "other_gardu",
        "app_user.oidc_subject",
    },
    "who logs in: chosen by an administrator, asked for again at the next request": {
        "login", "visit_list.officer",
    },
    "the visit as it was sent: its text is read again, and its hash is its name": {"field_visit.content"},
}  # fmt: skip
#: Texts inside of JSON that a file or a person fills: table.column -> names of leaves (None: all).
INSIDE: dict[str, set[str] | None] = {
    "import_reject.cells": None,
    "import_before.was": {"name", "address", "meter_number", "tarif"},
    "field_visit.given": {"note"},
    "visit_effect.refusals": {"indonesian", "english"},
    "handover_deed.content": {
        "matter", "opening", "closing", "place", "name", "position", "called", "unit", "kwh_words",
        "after_words", "before_words", "number", "before", "after", "annexes", "facts", "per_gardu",
    },
    "printed_form.content": {"name", "address", "meter_number", "tarif", "tiang"},
    "form_print.content": {"unit", "place", "tools", "words", "signer", "subject", "position"},
    "month_signed.content": {"name", "position", "place", "unit", "id", "en"},
    "assignment_letter.content": {"unit"},
    "visit_list.content": {"choice"},
    "visit_order.content": {"tiang", "meter_number"},
    "job.result": {"value", "column", "sheet", "id", "en"},
    "command_log.after": {"seed", "reason", "note"},
}  # fmt: skip
#: Columns that no row of the planted unit fills, beside `any_row.NONE_MADE_UP`: filled in, they would
#: say that what the row tells was taken back or is over.
TAKEN_BACK = {
    "desk_decision.undone_by",
    "account_sheet.file",
    "account_sheet.made_by",
    "field_device.struck_off_by",
    "import_batch.undone_by",
    "login_try.address",
    "reading_plan.shift_approved_by",
    "second_look.undone_by",
    "spelling_decision.undone_by",
    "survey_schedule.changed_by",
    "survey_stranger.settled_by",
    "user_rbm.ended_by",
    "visit_order.cancel_reason",
    "visit_order.cancelled_by",
}
#: Texts that nobody need fill in, filled in here wherever there is a row.
OPEN = {
    "customer.service_point", "customer.meter_number", "customer.tarif", "gardu.name", "gardu.raw_code",
    "officer.name", "pdpj.jurusan", "pdpj.deret", "pdpj.raw_gardu", "rbm_list.kddk", "reading.tarif",
    "reading.lbkb_code", "reading.dlpd_code", "rbm_version.note", "own_reading.note", "job.error",
    "visit_review.note", "verification_step.reason", "gardu_event.note", "gardu_event.jurusan",
    "reading_plan.note", "ulp.up3", "survey_stranger.note", "stand_check.note", "import_file.sheet",
    "street.name", "jtr_span.jurusan", "service_drop.service_point", "receivable.status_code",
}  # fmt: skip


def address(plain: str) -> str:
    """Return an address of the walked unit with its codes as they are now."""
    for was, now in CODES.items():
        plain = re.sub(rf"(?<![\w-]){was}(?!\w)", lambda _, now=now: quote(now, safe=""), plain)
    return plain


def columns() -> Iterator[tuple[str, Column]]:
    """Yield every text column of the models with its name ``table.column``, keys left out."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, String) and not column.primary_key:
                yield f"{table.name}.{column.name}", column


def hostile() -> list[str]:
    """Return the columns that are made hostile."""
    left = set().union(*LEFT.values())
    return [n for n, c in columns() if n not in left and c.name not in left]


def plant(session: Session, *, turn: int | None = None) -> set[str]:
    """Make the unit hostile and return the columns that hold an attack now.

    ``turn``: every row of a column gets the attack of its place, ``turn`` further on; None: each
    gets all of them at once.
    """
    # The tests' own server lets its owner write past triggers and references: so does nobody else.
    session.execute(text("SET LOCAL session_replication_role = replica"))
    without = add_rows(session)
    assert without == [], without
    told = [WHOLE] if turn is None else ATTACKS
    held = set()
    for place, name in enumerate(hostile()):
        table, _, column = name.partition(".")
        done = session.execute(
            text(
                f'UPDATE "{table}" SET "{column}" = (CAST(:told AS text[]))[1 + mod('
                f"abs(hashtext(ctid::text)::bigint) + :turn, :n)] "
                + ("" if name in OPEN else f'WHERE "{column}" IS NOT NULL')
            ),
            {"told": told, "turn": (turn or 0) + place, "n": len(told)},
        )
        if done.rowcount:
            held.add(name)
    # On every page: one attack, so that a page tells of its own what it holds.
    session.execute(text("UPDATE app_user SET display_name = :a"), {"a": ATTACKS[1]})
    session.execute(text("UPDATE ulp SET name = :a"), {"a": ATTACKS[0]})
    _codes(session)
    _inside(session, told)
    return held


def _codes(session: Session) -> None:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            for was, now in CODES.items():
                at = {"was": was, "now": now}
                if isinstance(column.type, JSONB):
                    at = {"was": json.dumps(was), "now": json.dumps(now)}
                    session.execute(
                        text(
                            f'UPDATE "{table.name}" SET "{column.name}" = replace("{column.name}"::text, '
                            f':was, :now)::jsonb WHERE strpos("{column.name}"::text, :was) > 0'
                        ), at,
                    )  # fmt: skip
                elif isinstance(column.type, String) and column.type.length is None:
                    session.execute(
                        text(f'UPDATE "{table.name}" SET "{column.name}" = :now WHERE "{column.name}" = :was'), at,
                    )  # fmt: skip


def _inside(session: Session, told: list[str]) -> None:
    """Make texts inside of JSON hostile, each the next attack."""
    at = 0
    for name, leaves in INSIDE.items():
        table, _, column = name.partition(".")
        rows = session.execute(text(f'SELECT ctid::text, "{column}" FROM "{table}"')).all()
        for row, value in rows:
            at += 1
            made = _leaves(value, leaves, told[at % len(told)], every=leaves is None)
            if made != value:
                session.execute(
                    text(f'UPDATE "{table}" SET "{column}" = CAST(:v AS jsonb) WHERE ctid = CAST(:r AS tid)'),
                    {"v": json.dumps(made), "r": row},
                )  # fmt: skip


def _leaves(value: object, names: set[str] | None, attack: str, *, every: bool) -> object:
    if isinstance(value, dict):
        return {k: _leaves(v, names, attack, every=names is None or k in names) for k, v in value.items()}  # fmt: skip
    if isinstance(value, list):
        return [_leaves(v, names, attack, every=every) for v in value]
    return attack if every and isinstance(value, str) else value
