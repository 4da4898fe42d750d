"""The first address: to the unit and month that a person works on."""

from flask import Blueprint, current_app, g, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import people
from rbmgeo.terms import Role
from web.access import allow, may, over_units, public, signed_in
from web.database import database

bp = Blueprint("front", __name__)


@bp.get("/")
@signed_in
@over_units
def home() -> Response | str:
    """Go to the only unit, or offer the choice."""
    with database().reading() as session:
        found = people.units_of(session, user_id=current_user.user_id)
        session.expunge_all()
    if len(found) == 1:
        return redirect(url_for(".unit", ulp=found[0].ulp))
    return render_template("units.html", units=found)


@bp.get("/favicon.ico")
@public
def sign() -> Response:
    """Give the product's sign to a browser that shows a file and not a page of ours."""
    return current_app.send_static_file("img/favicon.svg")


@bp.get("/<ulp:ulp>")
@allow(Role.PERENCANA, Role.PENGAWAS, Role.SURVEYOR, Role.VENDOR)
def unit() -> Response:
    """Go to the newest month of a unit; a surveyor goes to the visits, a vendor to his RBM."""
    page = next(p for p in ("board.page", "field.page", "vendor.page") if may(p))
    return redirect(url_for(page, ulp=g.ulp, blth=g.blth))
