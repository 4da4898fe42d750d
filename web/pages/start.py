"""First run: an administrator, a unit, and then the first files."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from rbmgeo.db.queries import people, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import UsageError
from web import login
from web.access import over_units, public
from web.database import database
from web.language import lang
from web.pages.forms import checked_code
from web.shell import this_month

bp = Blueprint("start", __name__)


@bp.get("/mulai")
@public
@over_units
def form() -> Response | str:
    """Ask for the administrator and the unit; closed as soon as anybody is there."""
    with database().reading() as session:
        if people.anybody(session):
            return redirect(url_for("signin.form"))
    return render_template("start.html", values={}, fault="")


@bp.post("/mulai")
@public
@over_units
def begin() -> Response | tuple[str, int]:
    """Make both, log the administrator in, lead to the first files."""
    values = {name: request.form.get(name, "").strip() for name in ("nama", "kode", "unit")}
    password = request.form.get("sandi", "")
    try:
        code = checked_code(values["kode"])
        if password != request.form.get("ulang", ""):
            raise UsageError(
                "the two passwords differ; type them again",
                "kedua kata sandi berbeda; ketik ulang",
            )
        with database().writing() as session:
            made = people.add_first_administrator(session, login=values["nama"], password=password)
            units.ensure_unit(session, ulp=code, name=values["unit"] or code)
            log_command(session, who=made.login, ulp=code, command="first run")
            token, zone = (
                login.begin(session, made.user_id),
                units.unit(session, ulp=code).time_zone,
            )
    except UsageError as error:
        fault = error.in_language(lang())
        return render_template("start.html", values=values, fault=fault), 422
    login.enter(token)
    return redirect(url_for("imports.page", ulp=code, blth=this_month(zone)))
