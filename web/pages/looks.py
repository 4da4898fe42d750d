"""SOP IV.4: answers that contradict, looked at again and decided; people who are on no list."""

import uuid

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import looks as looked
from rbmgeo.db.queries import observations
from rbmgeo.db.queries.house import house
from rbmgeo.errors import UsageError
from rbmgeo.survey.outcomes import SETTLING
from rbmgeo.terms import Role
from rbmgeo.workflows.looks import ask_again, believe, contradicting, undo
from web.access import allow
from web.database import database
from web.language import tr
from web.pages.forms import checked_number, rows_a_page

bp = Blueprint("looks", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/survei/bertentangan")
#: Houses that a page shows; the others follow once these are decided.
SHOWN = 50


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the houses whose answers contradict, side by side, and what was decided."""
    with database().reading() as session:
        houses = contradicting(session, g.ulp)
        decided = looked.decided(session, ulp=g.ulp)
        strangers = observations.strangers(session, ulp=g.ulp)
    return render_template(
        "looks.html", houses=houses[:SHOWN], count=len(houses), decided=decided,
        strangers=strangers.head(rows_a_page(SHOWN)), settling=SETTLING, me=current_user.login.casefold(),
    )  # fmt: skip


@bp.post("/minta/<uuid:public_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def ask(public_id: uuid.UUID) -> Response:
    """Ask for a second look at one house."""
    with database().writing() as session:
        there = house(session, ulp=g.ulp, public_id=str(public_id))
        ask_again(session, g.ulp, there["idpel"], who=current_user.login)
    flash(
        tr("Lihat ulang diminta; jawabannya perlu foto saluran.",
           "A second look is asked for; its answer needs a photo of the line."), "ok",
    )  # fmt: skip
    return redirect(url_for(".page"))


@bp.post("/putuskan/<int:look_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def decide(look_id: int) -> Response:
    """Believe one answer; its proposals go on, those against it are refused."""
    client_id, _, number = request.form.get("jawaban", "").partition("/")
    with database().writing() as session:
        believe(
            session, g.ulp, look_id, (_uuid(client_id), checked_number(number, 0, 0, 10_000)),
            who=current_user.login, reason=request.form.get("alasan", "").strip()[:500],
        )  # fmt: skip
    flash(
        tr("Diputuskan. Usulannya menunggu di Verifikasi.",
           "Decided. Its proposals wait under Verification."), "ok",
    )  # fmt: skip
    return redirect(url_for(".page"))


@bp.post("/urungkan/<int:look_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def take_back(look_id: int) -> Response:
    """Take a decision back; the answers contradict again."""
    with database().writing() as session:
        undo(session, g.ulp, look_id, who=current_user.login)
    flash(tr("Putusan diurungkan.", "The decision is undone."), "ok")
    return redirect(url_for(".page"))


@bp.post("/tidak-di-daftar")
@allow(Role.PERENCANA)
def settle() -> Response:
    """Say what became of somebody on no list, or open the note again."""
    client_id, _, number = request.form.get("catatan", "").partition("/")
    again = request.form.get("lagi") == "1"
    said = request.form.get("hasil", "").strip()[:500]
    if not said and not again:
        raise UsageError("say what became of it", "tulis apa hasilnya")
    with database().writing() as session:
        observations.settle_stranger(
            session, ulp=g.ulp, client_id=_uuid(client_id),
            conflict_no=checked_number(number, 0, 0, 10_000),
            who=None if again else current_user.login, said="" if again else said,
        )  # fmt: skip
    flash(tr("Dicatat.", "Kept."), "ok")
    return redirect(url_for(".page") + "#tidak-di-daftar")


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise UsageError("no answer was chosen", "belum ada jawaban yang dipilih") from None
