"""Lapangan: the visits of the newest plan on a phone, by surveyor and day."""

from flask import Blueprint, g, render_template

from rbmgeo.db.queries import event_effects, pages
from rbmgeo.terms import Role
from web.access import allow
from web.database import database

bp = Blueprint("field", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/lapangan")


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS, Role.SURVEYOR)
def page() -> str:
    """Show the days of each surveyor, and take answers in."""
    with database().reading() as session:
        runs = pages.survey_runs(session, ulp=g.ulp)
        own = event_effects.own_lists(session, ulp=g.ulp)
    newest = int(runs["run_id"].max()) if len(runs) else None
    parts = runs[runs["run_id"] == newest] if newest is not None else runs
    return render_template("field.html", parts=parts, run_id=newest, own_lists=own)
