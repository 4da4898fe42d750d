"""Log in and out."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import people, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.db.queries.people import DEMO_PASSWORD
from rbmgeo.errors import TooManyTries
from web.access import over_units, public, signed_in
from web.database import database
from web.language import lang
from web.login import Person

bp = Blueprint("signin", __name__)


@bp.get("/masuk")
@public
@over_units
def form() -> Response | str:
    """Show the log-in, or the first-run page where nobody is there yet."""
    if current_user.is_authenticated:
        return redirect(url_for("front.home"))
    with database().reading() as db:
        if not people.anybody(db):
            return redirect(url_for("start.form"))
    return _page()


@bp.post("/masuk")
@public
@over_units
def enter() -> Response | tuple[str, int]:
    """Check login and password; open a fresh session."""
    login = request.form.get("nama", "")
    try:
        return _entered(login, request.form.get("sandi", ""))
    except TooManyTries as error:
        return _page(fault=error.in_language(lang()), login=login), 429


def _entered(login: str, password: str) -> Response | tuple[str, int]:
    with database().writing() as db:
        found = people.log_in(db, login=login, password=password)
        if found is not None:
            grants = people.roles(db, user_id=found.user_id)
            log_command(db, who=found.login, ulp=None, command="log in")
            person = Person(found, grants)
    if found is None:
        return _page(wrong=True, login=login), 422
    kept = {name: session[name] for name in ("lang", "theme") if name in session}
    session.clear()
    session.update(kept)
    login_user(person)
    return redirect(_inside(request.form.get("next", "")))


@bp.post("/keluar")
@signed_in
def out() -> Response:
    """Log out."""
    logout_user()
    return redirect(url_for(".form"))


def _inside(address: str) -> str:
    # Only back to a page of ours: an address of another host would be a trap. Browsers
    # drop signs that do not print, so that what follows them would come first.
    plain = address.startswith("/") and address.isprintable()
    if not plain or address.startswith(("//", "/\\")):
        return url_for("front.home")
    return address


def _page(*, wrong: bool = False, login: str = "", fault: str = "") -> str:
    with database().reading() as db:
        known = units.units(db)
        demo = bool(known) and all(u.sample for u in known)
    return render_template(
        "signin.html",
        wrong=wrong,
        fault=fault[:1].upper() + fault[1:],
        login=login,
        next=request.values.get("next", ""),
        demo=DEMO_PASSWORD if demo else "",
    )
