"""Log in and out."""

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import login_sessions, people, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.db.queries.people import DEMO_PASSWORD
from rbmgeo.errors import RbmgeoError
from rbmgeo.workflows.signing_in import sign_in
from web.access import over_units, public, signed_in
from web.database import database, settings
from web.errors import status_of
from web.language import lang
from web.login import begin, forget, one_of_few
from web.login import enter as open_session

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
    except RbmgeoError as error:
        return _page(fault=error.in_language(lang()), login=login), status_of(error)


def _entered(login: str, password: str) -> Response | tuple[str, int]:
    with one_of_few(), database().writing() as db:
        found = sign_in(
            db, login=login, password=password, now=datetime.now(UTC),
            address=request.remote_addr or "", local=settings().local_login,
        )  # fmt: skip
        if found is not None:
            log_command(db, who=found.login, ulp=None, command="log in")
            token = begin(db, found.user_id)
    if found is None:
        return _page(wrong=True, login=login), 422
    open_session(token)
    return redirect(inside(request.form.get("next", "")))


@bp.post("/keluar")
@signed_in
@over_units
def out() -> Response:
    """Log out: the session ends here too, so that a copy of the cookie opens nothing."""
    with database().writing() as db:
        login_sessions.end(db, token=current_user.token, why="log out")
    forget()
    return redirect(url_for(".form"))


def inside(address: str) -> str:
    """Return an address of ours that a log-in may lead to; the front page for any other."""
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
        oidc=bool(settings().oidc_issuer),
        oidc_name=settings().oidc_name,
        local=settings().local_login,
    )
