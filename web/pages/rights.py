"""Hak pelanggan: all data about a customer as a file, and being forgotten by two persons' hands."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import erasures
from rbmgeo.errors import RbmgeoError
from rbmgeo.privacy import seen
from rbmgeo.terms import Role
from rbmgeo.workflows import retention, subject_rights
from web import access_log
from web.access import allow
from web.database import database, settings
from web.errors import status_of
from web.language import lang, tr
from web.pages.download import file

bp = Blueprint("rights", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/hak-pelanggan")


@bp.get("")
@allow(Role.ADMIN)
def page() -> str:
    """Offer the two rights, and list the wishes to be forgotten."""
    return _render()


@bp.post("/lihat")
@allow(Role.ADMIN)
def preview() -> str | tuple[str, int]:
    """Show what is kept about a customer, and what an erasure would empty."""
    with database().reading() as session:
        try:
            idpel = subject_rights.checked_idpel(session, g.ulp, request.form.get("idpel", ""))
        except RbmgeoError as fault:
            return _render(fault=fault.in_language(lang())), status_of(fault)
        lines = subject_rights.preview(session, g.ulp, idpel)
    return _render(lines=lines, idpel=idpel)


@bp.post("/berkas")
@allow(Role.ADMIN)
def export() -> Response:
    """Give everything about a customer as one file."""
    with database().writing() as session:
        idpel = subject_rights.checked_idpel(session, g.ulp, request.form.get("idpel", ""))
        made = subject_rights.export(session, settings().home, g.ulp, idpel, who=current_user.login)
    seen.note([idpel])
    # The name of the file says nothing of whose it is (R-CH-06).
    return file(made, f"data-pelanggan-{g.ulp}.zip", "application/zip")


@bp.post("/minta")
@allow(Role.ADMIN)
def ask() -> Response:
    """Keep that a customer asked to be forgotten."""
    with database().writing() as session:
        subject_rights.ask_erasure(
            session, g.ulp, request.form.get("idpel", ""), note=request.form.get("catatan", ""),
            who=current_user.login,
        )  # fmt: skip
    flash(tr("Permintaan dicatat. Orang lain yang memutuskan.", "The wish is kept. Another person decides it."), "ok")  # fmt: skip
    return redirect(url_for(".page"))


@bp.post("/<int:erasure_id>/putuskan")
@allow(Role.ADMIN)
def decide(erasure_id: int) -> Response:
    """Refuse a wish, or erase at once."""
    approve = request.form.get("putusan") == "hapus"
    with database().writing() as session:
        subject_rights.decide_erasure(
            session, g.ulp, erasure_id, approve=approve, who=current_user.login
        )
    if approve:
        retention.finish(database(), settings().home, g.ulp)
        flash(tr("Nama, alamat, letak dan foto pelanggan itu dihapus.", "That customer's name, address, place and photos are erased."), "ok")  # fmt: skip
    return redirect(url_for(".page"))


@bp.post("/<int:erasure_id>/jawab")
@allow(Role.ADMIN)
def answer(erasure_id: int) -> Response:
    """Answer what an import brought back."""
    with database().writing() as session:
        subject_rights.answer_return(
            session, g.ulp, erasure_id, returned=request.form.get("jawab") == "kembali",
            who=current_user.login,
        )  # fmt: skip
    return redirect(url_for(".page"))


def _render(fault: str = "", **told: Any) -> str:
    access_log.always()
    with database().reading() as session:
        wishes = erasures.all_of(session, ulp=g.ulp)
        session.expunge_all()
    return render_template("rights.html", wishes=wishes, fault=fault, **told)
