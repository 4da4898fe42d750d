"""Laporan uji coba: three pages for a manager, to be read here and taken away as PDF."""

from typing import Any

from flask import Blueprint, Response, g, render_template

from rbmgeo.db.queries import units
from rbmgeo.errors import NothingToDo
from rbmgeo.reports.trial import trial_parts
from rbmgeo.terms import Role
from rbmgeo.workflows.trial_report import trial_figures, trial_pdf
from web.access import allow
from web.database import database
from web.kept import Kept
from web.language import lang
from web.pages.download import file
from web.pages.schedule import today

bp = Blueprint("trial_report", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/laporan-uji-coba")

_FIGURES: Kept[dict[str, Any]] = Kept(4)


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the three parts with their tables."""
    try:
        figures = _figures()
    except NothingToDo:
        return render_template("trial_report.html", parts=None)
    return render_template("trial_report.html", parts=trial_parts(figures, lang()))


@bp.get("/laporan.pdf")
@allow(Role.PERENCANA, Role.PENGAWAS)
def paper() -> Response:
    """Give the report as three A4 pages."""
    figures = _figures()
    with database().reading() as session:
        content = trial_pdf(session, g.ulp, figures)
    return file(content, f"laporan-uji-coba-{g.ulp}-{g.blth}.pdf", "application/pdf")


def _figures() -> dict[str, Any]:
    on = today()
    with database().reading() as session:
        moment = units.moment(session)
    return _FIGURES.get(lambda s: trial_figures(s, g.ulp, g.blth, on=on), g.blth, moment, on.isoformat())  # fmt: skip
