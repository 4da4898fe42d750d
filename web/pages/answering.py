"""SOP IV.4 at the door: the answer of one house, filled in on a phone."""

import uuid
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries.house import house, nearest_gardu
from rbmgeo.errors import NotAllowed, UsageError
from rbmgeo.intake.answer_row import EXTRA, BadAnswer, checked_answer
from rbmgeo.intake.photo_store import PhotoStore
from rbmgeo.intake.pictures import drawn_anew
from rbmgeo.intake.readers.photos import suffix_of
from rbmgeo.terms import Role, SurveyOutcome
from rbmgeo.workflows.answers import record_answers
from rbmgeo.workflows.looks import add_photo
from web.access import allow
from web.database import database, settings
from web.language import lang, tr

bp = Blueprint("answering", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/survei/jawab")
#: What a person may choose beside "right" and "another gardu", in the order of the form.
OTHERS = (
    SurveyOutcome.TIANG_BERSAMA, SurveyOutcome.TIDAK_TERLACAK, SurveyOutcome.TIDAK_DITEMUKAN,
    SurveyOutcome.DIBONGKAR, SurveyOutcome.PRA_BAYAR,
)  # fmt: skip
PHOTO_MOST = 20 * 1024 * 1024


@bp.get("/<uuid:public_id>")
@allow(Role.PERENCANA, Role.SURVEYOR)
def page(public_id: uuid.UUID) -> str:
    """Show the form of one house, the pole first."""
    with database().reading() as session:
        return _form(session, _house(session, public_id))


@bp.post("/<uuid:public_id>")
@allow(Role.PERENCANA, Role.SURVEYOR)
def keep(public_id: uuid.UUID) -> AnyResponse | tuple[str, int]:
    """Keep the answer of one house; the same form twice counts once (R-CH-03)."""
    sent = {k: v.strip() for k, v in request.form.items()}
    with database().reading() as session:
        there = _house(session, public_id)
        good = checked_answer(1, _row(sent, there), g.unit.time_zone)
        fault = good if isinstance(good, BadAnswer) else None
        photo = _photo() if fault is None else None
        if there["look_id"] is not None and fault is None and photo is None:
            fault = BadAnswer(1, "foto", "", "lihat ulang perlu foto saluran dari tiang ke rumah",
                              "a second look needs a photo of the line from pole to house",
                              "R-SB-02")  # fmt: skip
        if fault is not None:
            return _form(session, there, fault), 422
    _take(good, there, photo)
    flash(tr("Jawaban disimpan.", "The answer is kept."), "ok")
    return redirect(_back(sent))


@bp.get("/baru")
@allow(Role.PERENCANA, Role.SURVEYOR)
def stranger() -> str:
    """Show the form for somebody who is on no list of the unit."""
    return _form(None, None)


@bp.post("/baru")
@allow(Role.PERENCANA, Role.SURVEYOR)
def keep_stranger() -> AnyResponse | tuple[str, int]:
    """Keep a note about somebody who is on no list; never lost, nothing invented."""
    sent = {k: v.strip() for k, v in request.form.items()}
    row = {**_row(sent, None), "idpel": sent.get("idpel", ""),
           "outcome": SurveyOutcome.TIDAK_DI_DAFTAR.value}  # fmt: skip
    good = checked_answer(1, row, g.unit.time_zone)
    if isinstance(good, BadAnswer):
        return _form(None, None, good), 422
    _take(good, None, None)
    flash(tr("Catatan disimpan untuk kantor.", "The note is kept for the office."), "ok")
    return redirect(_back(sent))


def _house(session: Session, public_id: uuid.UUID) -> dict[str, Any]:
    """Return the house; a surveyor sees those that a plan or a second look names (R-CH-06)."""
    there = house(session, ulp=g.ulp, public_id=str(public_id))
    office = current_user.roles_in(g.ulp) & {Role.PERENCANA, Role.ADMIN}
    if not there["asked"] and not office:
        raise NotAllowed(
            "this house is on no survey list; ask the planner to add it",
            "rumah ini tidak ada di daftar survei; minta perencana memasukkannya",
        )
    return there


def _form(
    session: Session | None, there: dict[str, Any] | None, fault: BadAnswer | None = None
) -> str:
    near = []
    if session is not None and there is not None:
        near = nearest_gardu(session, ulp=g.ulp, idpel=there["idpel"], count=6)
        near = [(code, away) for code, away in near if code != there["gardu"]][:5]
    known = dict(request.form) if request.method == "POST" else {}
    now = datetime.now(UTC).astimezone(ZoneInfo(g.unit.time_zone))
    first = {"client_id": str(uuid.uuid4()), "at": now.isoformat(timespec="seconds"),
             "dari": request.args.get("dari", "")}  # fmt: skip
    return render_template(
        "answer_one.html", there=there, near=near, others=OTHERS, fault=fault, sent=first | known,
        words="" if fault is None else fault.indonesian if lang() == "id" else fault.english,
    )  # fmt: skip


def _row(sent: dict[str, str], there: dict[str, Any] | None) -> dict[str, str]:
    """Return the form as a row of a file of answers; "gardu_lain:PD2" names both at once."""
    outcome, _, code = sent.get("pilih", "").partition(":")
    row = {name: sent.get(name, "") for name in ("tiang", "at", "client_id", *EXTRA)}
    row |= {
        "outcome": outcome,
        "officer": current_user.login,
        "gardu": code or sent.get("gardu", ""),
    }
    if there is not None:
        row |= {"idpel": there["idpel"], "control": "1" if there["control"] else "0"}
        # A pole that was left empty was not looked at; the recorded one is no observation.
        if outcome == SurveyOutcome.COCOK:
            row["gardu"] = there["gardu"] or ""
    return row


def _photo() -> dict[str, Any] | None:
    """Return content and kind of the photo that was sent, None where there is none."""
    sent = request.files.get("foto")
    content = sent.read(PHOTO_MOST + 1) if sent is not None and sent.filename else b""
    if not content:
        return None
    suffix = suffix_of(content[:12])
    if not suffix or len(content) > PHOTO_MOST:
        raise UsageError(
            "the file is no JPEG, PNG or WebP photo of 20 MB at most; take the photo again",
            "berkas bukan foto JPEG, PNG atau WebP sampai 20 MB; ambil lagi fotonya",
        )
    content, suffix = drawn_anew(content)
    return {"content": content, "suffix": suffix}


def _take(
    good: "dict[str, Any] | BadAnswer", there: dict[str, Any] | None, photo: dict[str, Any] | None
) -> None:
    assert not isinstance(good, BadAnswer)
    kept = None
    if photo is not None:
        store = PhotoStore.of(settings().home.resolve(), g.ulp)
        sha256, beside = store.write(photo["content"], photo["suffix"])
        store.name([beside] if beside is not None else [])
        kept = {"sha256": sha256, "suffix": photo["suffix"], "size_bytes": len(photo["content"]),
                "blth": g.blth}  # fmt: skip
    with database().writing() as session:
        record_answers(session, g.ulp, pd.DataFrame([good]), who=current_user.login)
        if kept is not None and there is not None:
            add_photo(
                session, g.ulp, good["client_id"], idpel=there["idpel"], photo=kept,
                who=current_user.login,
            )  # fmt: skip


def _back(sent: dict[str, str]) -> str:
    """Return the list that the form was opened from, else the field page."""
    parts = sent.get("dari", "").split("-")
    if len(parts) == 3 and all(p.isascii() and p.isdigit() and len(p) < 10 for p in parts):
        run_id, surveyor, day = map(int, parts)
        return url_for("survey.visits", run_id=run_id, surveyor=surveyor, day=day)
    if sent.get("dari") == "bertentangan" and not _surveyor_only():
        return url_for("looks.page")
    return url_for("field.page")


def _surveyor_only() -> bool:
    return not current_user.roles_in(g.ulp) & {Role.PERENCANA, Role.PENGAWAS, Role.ADMIN}
