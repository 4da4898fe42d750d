"""A person's own password."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import people
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import UsageError
from web.access import over_units, signed_in
from web.database import database
from web.language import lang, tr
from web.login import load

bp = Blueprint("account", __name__)


@bp.get("/kata-sandi")
@signed_in
def form() -> str:
    """Ask for the old and the new password."""
    return render_template("account.html", fault="")


@bp.post("/kata-sandi")
@signed_in
@over_units
def change() -> Response | tuple[str, int]:
    """Change it; every other session of this person ends."""
    try:
        with database().writing() as session:
            old = request.form.get("lama", "")
            if people.check_password(session, login=current_user.login, password=old) is None:
                raise UsageError("the old password is not right", "kata sandi lama tidak cocok")
            people.set_password(
                session, login=current_user.login, password=request.form.get("sandi", "")
            )
            log_command(session, who=current_user.login, ulp=None, command="change password")
    except UsageError as error:
        return render_template("account.html", fault=error.in_language(lang())), 422
    login_user(load(current_user.user_id))
    flash(tr("Kata sandi diganti.", "The password is changed."), "ok")
    return redirect(url_for("front.home"))
