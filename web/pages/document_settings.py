"""Setelan dokumen: numbers, signatories and paragraphs of a unit's deeds and forms."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import units
from rbmgeo.errors import UsageError
from rbmgeo.labels.forms import FORMS as KINDS
from rbmgeo.labels.forms import WORDS
from rbmgeo.labels.spelled import ROMAN
from rbmgeo.settings import UnitSettings
from rbmgeo.terms import Role
from rbmgeo.workflows.document_settings import DEEDS, FORMS, set_documents
from web.access import allow
from web.database import database
from web.language import lang, tr

bp = Blueprint("document_settings", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/setelan/dokumen")


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show what the papers of the unit are written with, and how a number looks."""
    with database().reading() as session:
        now = units.unit_settings(session, ulp=g.ulp)
    return _shown(now)


@bp.post("/<any(berita, formulir):part>")
@allow(Role.PERENCANA)
def keep(part: str) -> Response | tuple[str, int]:
    """Keep the settings of deeds, or of forms; what cannot be used is said and not kept."""
    form = request.form
    names = DEEDS if part == "berita" else FORMS
    told: dict[str, Any] = {name: form.get(name, "") for name in names if name != "form_words"}
    if part == "formulir":
        told["form_words"] = {kind: form.get(f"words:{kind}", "") for kind in KINDS}
    try:
        with database().writing() as session:
            set_documents(session, g.ulp, told, who=current_user.login)
    except UsageError as why:
        shown = g.unit_settings.model_copy(update=told)
        return _shown(shown, fault=why.in_language(lang())), 422
    flash(tr("Tersimpan. Berlaku untuk dokumen berikutnya.", "Kept. It holds for papers issued next."), "ok")  # fmt: skip
    return redirect(url_for(".page"))


def _shown(now: UnitSettings, fault: str = "") -> str:
    return render_template(
        "document_settings.html", s=now, fault=fault, kinds=KINDS, words=WORDS,
        deed_example=_number(now.deed_number), form_example=_number(now.form_number, "TUL-VI-01"),
    )  # fmt: skip


def _number(pattern: str, kind: str = "") -> str:
    today = date.today()  # noqa: DTZ011 - an example of a number, no record
    told = {"number": 7, "ulp": g.ulp, "month": ROMAN[today.month - 1], "year": today.year}
    try:
        return pattern.format(**told, kind=kind)
    except (KeyError, IndexError, ValueError):
        return ""
