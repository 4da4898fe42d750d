"""The protocol of the phones: greet, tell of the phone, send visits. Pictures: `web.phone.pictures`."""

import uuid
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, g, jsonify
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from rbmgeo.db.queries import field_devices, units, visits
from rbmgeo.errors import TooManyTries, UsageError
from rbmgeo.faults import fault_point
from rbmgeo.fieldwork.visit import NoVisit, Visit, visit_of
from rbmgeo.keys.rescue import plain_bytes
from rbmgeo.keys.unit_key import BITS, UnitKey
from rbmgeo.terms import Role
from rbmgeo.workflows.receive_visits import Receipt, receive_visits
from web.access import allow, beyond_field, no_page
from web.database import database, settings
from web.language import lang
from web.phone.sent import json_body

bp = Blueprint("wire", __name__, url_prefix="/<ulp:ulp>/hp")

#: Visits of one request, its bytes, and letters that a phone says of itself.
MOST_VISITS, MOST_BYTES, MOST_TOLD = 50, 4_000_000, 200


@bp.get("/sapa")
@allow(Role.SURVEYOR, Role.PERENCANA)
@no_page
def greet() -> Response:
    """Tell who is logged in, the server's clock, a token for what is sent, the unit's public key."""
    with database().reading() as session:
        unit = units.unit(session, ulp=g.ulp).name
    key = UnitKey.of(settings().home.resolve(), g.ulp)
    return jsonify(
        csrf=generate_csrf(), login=current_user.login, name=current_user.display_name,
        now=datetime.now(UTC).isoformat(), ulp=g.ulp, unit=unit, lang=lang(),
        key={"id": key.key_id, "jwk": key.jwk},
    )  # fmt: skip


@bp.post("/perangkat")
@allow(Role.SURVEYOR, Role.PERENCANA)
@no_page
def device() -> Response:
    """Note a phone and the locked key of its queue; say whether it was struck off."""
    told = json_body(16_000)
    device_id = device_of(told)
    words = told.get("told")
    if not isinstance(words, str) or len(words) > MOST_TOLD or "\0" in words:
        raise UsageError(
            f"told is no text of at most {MOST_TOLD} letters",
            f"told bukan teks paling banyak {MOST_TOLD} huruf",
        )
    key = told.get("wrapped_key")
    wrapped = None if key is None else plain_bytes(key)
    if key is not None and (wrapped is None or len(wrapped) != BITS // 8):
        raise UsageError(
            "wrapped_key is not the queue's key locked with the unit's key; greet again",
            "wrapped_key bukan kunci antrean yang dikunci dengan kunci unit; sapa server lagi",
        )
    with database().writing() as session:
        units.unit(session, ulp=g.ulp)
        mine = field_devices.count_of(session, ulp=g.ulp, login=current_user.login, but=device_id)
        if mine >= field_devices.MOST_OF_ONE:
            raise TooManyTries(
                f"this log-in told of {mine} phones already; ask the office",
                f"nama masuk ini sudah memakai {mine} HP; tanya kantor",
            )
        visits.seen_device(
            session, ulp=g.ulp, device_id=device_id, login=current_user.login,
            told=words.encode("utf-8", "replace").decode(), wrapped_key=wrapped,
        )  # fmt: skip
        allowed = field_devices.may_hold_lists(session, ulp=g.ulp, device_id=device_id)
    return jsonify(ok=True, struck_off=not allowed)


@bp.post("/kunjungan")
@allow(Role.SURVEYOR, Role.PERENCANA)
@no_page
@beyond_field
def receive() -> Response:
    """Take visits in, and answer with a receipt of each once they are committed.

    A phone that was struck off is heard all the same: what it holds is work that was done.
    """
    told = json_body(MOST_BYTES)
    device_id = device_of(told)
    sent = told.get("visits")
    if not isinstance(sent, list) or len(sent) > MOST_VISITS:
        raise UsageError(
            f"visits is no list of at most {MOST_VISITS}; send them in smaller parts",
            f"visits bukan daftar paling banyak {MOST_VISITS}; kirim sedikit demi sedikit",
        )
    good, refused = _read(sent)
    with database().writing() as session:
        receipts = _keep(session, good, device_id)
        fault_point("visit_before_commit")
    fault_point("visit_kept")
    # Committed: only now may a phone delete what is named here.
    return jsonify(receipts=[_told(r) for r in receipts], refused=refused)


def device_of(told: dict[str, Any]) -> str:
    """Return the phone that a request comes from; raises `UsageError`."""
    try:
        return str(uuid.UUID(told.get("device_id")))
    except (ValueError, TypeError, AttributeError) as fault:
        raise UsageError(
            "device_id is no UUID; load the app again", "device_id bukan UUID; muat ulang aplikasi"
        ) from fault


def _read(sent: list[Any]) -> tuple[list[Visit], list[dict[str, Any]]]:
    """Return the visits, and what is none: by its id, or its place in the list, with the reason."""
    good, refused = [], []
    for place, one in enumerate(sent):
        try:
            good.append(visit_of(one))
        except NoVisit as fault:
            name = one.get("client_id") if isinstance(one, dict) else None
            known = name if isinstance(name, str) and len(name) <= 64 else None
            refused.append({"client_id": known, "at": place, "id": fault.in_language("id"), "en": str(fault)})  # fmt: skip
    return good, refused


def _keep(session: Session, good: list[Visit], device_id: str) -> list[Receipt]:
    units.unit(session, ulp=g.ulp)
    field_devices.was_there(session, ulp=g.ulp, device_id=device_id)
    return receive_visits(session, g.ulp, good, who=current_user.login, now=datetime.now(UTC))


def _told(receipt: Receipt) -> dict[str, Any]:
    return {
        "client_id": receipt.client_id, "sha256": receipt.sha256, "came": str(receipt.came),
        "missing": list(receipt.missing),
    }  # fmt: skip
