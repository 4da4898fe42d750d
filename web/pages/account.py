"""A person's own password, and the browsers in which the person is logged in."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import login_sessions
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import RbmgeoError, UsageError
from rbmgeo.keys.passwords import LONGEST, shortest
from rbmgeo.workflows.signing_in import change_password
from web import login
from web.access import over_units, signed_in
from web.database import database
from web.errors import status_of
from web.language import lang, tr

bp = Blueprint("account", __name__)


@bp.get("/kata-sandi")
@signed_in
def form() -> str:
    """Ask for the old and the new password."""
    return _form()


@bp.post("/kata-sandi")
@signed_in
@over_units
def change() -> Response | tuple[str, int]:
    """Change it; every session of this person ends, and this browser gets a new one."""
    old, new = request.form.get("lama", ""), request.form.get("sandi", "")
    try:
        with login.one_of_few(), database().writing() as session:
            fault = change_password(
                session, login=current_user.login, old=old, new=new,
                address=request.remote_addr or "",
            )  # fmt: skip
            if fault is None:
                log_command(session, who=current_user.login, ulp=None, command="change password")
                token = login.begin(session, current_user.user_id)
        if fault is not None:
            raise UsageError("the old password is not right", "kata sandi lama tidak cocok")
    except RbmgeoError as error:
        return _form(error.in_language(lang())), status_of(error)
    login.enter(token)
    flash(tr("Kata sandi diganti.", "The password is changed."), "ok")
    return redirect(url_for("front.home"))


@bp.get("/sesi")
@signed_in
@over_units
def sessions() -> str:
    """Show in which browsers this person is logged in."""
    with database().reading() as session:
        rows = login_sessions.of_person(session, user_id=current_user.user_id)
        session.expunge_all()
    return render_template("sessions.html", rows=rows, this=current_user.session_id)


@bp.post("/sesi")
@signed_in
@over_units
def end() -> Response:
    """End one session, or all: here and everywhere (ASVS 5.0 7.5.2)."""
    number = request.form.get("sesi", "")
    with database().writing() as session:
        if number.isdigit():
            login_sessions.end_one(
                session, user_id=current_user.user_id, session_id=int(number), why="ended by owner"
            )
        else:
            login_sessions.end_all(session, user_id=current_user.user_id, why="all ended by owner")
        log_command(session, who=current_user.login, ulp=None, command="end sessions")
    if not number.isdigit() or int(number) == current_user.session_id:
        login.forget()
        return redirect(url_for("signin.form"))
    flash(tr("Sesi itu diakhiri.", "That session is ended."), "ok")
    return redirect(url_for(".sessions"))


def _form(fault: str = "") -> str:
    return render_template(
        "account.html", fault=fault[:1].upper() + fault[1:], least=shortest(admin=current_user.is_admin), most=LONGEST,
        must=current_user.must_change,
    )  # fmt: skip
