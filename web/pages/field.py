"""Lapangan: the visits of the newest plan on a phone, by surveyor and day."""

from flask import Blueprint, g, render_template
from flask_login import current_user

from rbmgeo.db.queries import event_effects, pages, verification, visit_lists
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
        drawn = verification.own_lists(session, ulp=g.ulp)
        lists = visit_lists.lists(session, ulp=g.ulp)
    newest = int(runs["run_id"].max()) if len(runs) else None
    parts = runs[runs["run_id"] == newest] if newest is not None else runs
    mine = lists[lists["officer"].eq(current_user.login)]
    return render_template(
        "field.html", parts=parts, run_id=newest, own_lists=own, check_lists=drawn, lists=len(lists),
        mine=mine.reset_index().to_dict("records"),
    )  # fmt: skip
