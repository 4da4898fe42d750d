"""Muat formulir: filled-in forms of work lists come back, all of a file or nothing, once."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, g, render_template, request
from flask_login import current_user

from rbmgeo.errors import RbmgeoError
from rbmgeo.fieldwork.jobs import FORMS
from rbmgeo.intake.visit_form import read_filled_form
from rbmgeo.terms import Role
from rbmgeo.workflows.visit_returns import Returned, take_form
from web.access import allow, beyond_field
from web.database import database
from web.language import lang
from web.pages.download import plain_name

#: Rows at fault that the page names; the others it counts.
FAULTS_SHOWN = 50
ENDINGS = (".xlsx", ".xls", ".xlsb", ".ods", ".csv", ".gpkg", ".zip")
bp = Blueprint("visit_returns", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/lapangan/formulir")


@bp.get("")
@allow(Role.PERENCANA, Role.SURVEYOR)
def page() -> str:
    """Offer to take forms in."""
    return _page([], [])


@bp.post("")
@allow(Role.PERENCANA, Role.SURVEYOR)
@beyond_field
def take() -> str | tuple[str, int]:
    """Take filled-in forms in; each file stands for itself, all of it or nothing."""
    done: list[Returned] = []
    sentences: list[str] = []
    for sent in request.files.getlist("berkas"):
        if not sent.filename:
            continue
        ending = next((e for e in ENDINGS if sent.filename.lower().endswith(e)), ".csv")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{plain_name(Path(sent.filename).stem)}{ending}"
            sent.save(path)
            try:
                filled = read_filled_form(
                    path, FORMS, time_zone=g.unit.time_zone, name=sent.filename
                )
                with database().writing() as session:
                    done.append(take_form(session, g.ulp, filled, who=current_user.login,
                                          now=datetime.now(UTC)))  # fmt: skip
            except RbmgeoError as error:
                sentences.append(error.in_language(lang()).replace(path.name, sent.filename))
    wrong = bool(sentences) or any(d.faults for d in done) or not done
    return (_page(done, sentences), 422) if wrong else _page(done, sentences)


def _page(done: list[Returned], sentences: list[str]) -> str:
    nothing = request.method == "POST" and not done and not sentences
    return render_template(
        "visit_returns.html", done=done, sentences=sentences, nothing=nothing, shown=FAULTS_SHOWN
    )
