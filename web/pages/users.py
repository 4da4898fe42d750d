"""Users and their roles, and further units: for the administrator of the product."""

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from rbmgeo.db.queries import login_limits, login_sessions, people, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.db.queries.people import EVERY_UNIT
from rbmgeo.errors import NotThere, UsageError
from rbmgeo.keys.passwords import FIRST_LASTS, SHORTEST, first_password
from rbmgeo.terms import Role
from web.access import allow, no_page
from web.database import database
from web.language import lang, tr
from web.pages.forms import checked_code

bp = Blueprint("users", __name__)


@bp.get("/pengguna")
@allow(Role.ADMIN, everywhere=True)
def page() -> str:
    """Show everybody with the roles held."""
    return _render()


@bp.post("/pengguna")
@allow(Role.ADMIN, everywhere=True)
def add() -> Response | tuple[str, int]:
    """Add a person with one role; the password goes to that person and is changed there."""
    login, ulp, role = (request.form.get(n, "").strip() for n in ("nama", "ulp", "peran"))
    try:
        with database().writing() as session:
            ulp = _unit(session, ulp, role)
            made = people.add_user(
                session,
                login=login,
                password=request.form.get("sandi", ""),
                display_name=request.form.get("tampil", ""),
                grants=[(ulp, role)],
                first=True,
            )
            _log(session, "user add", made.user_id, ulp, role)
    except UsageError as error:
        return _render(fault=error.in_language(lang()), login=login), 422
    flash(tr("{login} ditambahkan.", "{login} is added.", login=login.lower()), "ok")
    return redirect(url_for(".page"))


@bp.post("/pengguna/<int:user_id>/peran")
@allow(Role.ADMIN, everywhere=True)
def roles(user_id: int) -> Response:
    """Give or take one role of one person."""
    ulp, role = request.form.get("ulp", ""), request.form.get("peran", "")
    with database().writing() as session:
        ulp = _unit(session, ulp, role)
        act = people.revoke if request.form.get("cabut") else people.grant
        before = _held(session, user_id)
        act(session, user_id=user_id, ulp=ulp, role=role)
        log_command(
            session, who=current_user.login, ulp=None if ulp == EVERY_UNIT else ulp,
            command=f"user {act.__name__}", before={"user": user_id, "roles": before},
            after={"user": user_id, "roles": _held(session, user_id)},
        )  # fmt: skip
    return redirect(url_for(".page"))


@bp.post("/pengguna/<int:user_id>/aktif")
@allow(Role.ADMIN, everywhere=True)
def active(user_id: int) -> Response:
    """Let a person in or keep him out; nobody shuts himself out."""
    if user_id == current_user.user_id:
        raise UsageError("you cannot shut yourself out", "Anda tidak bisa menutup akun sendiri")
    let_in = request.form.get("aktif") == "1"
    with database().writing() as session:
        people.set_active(session, user_id=user_id, active=let_in)
        _log(session, "user on" if let_in else "user off", user_id, None, "")
    return redirect(url_for(".page"))


@bp.post("/pengguna/<int:user_id>/sandi")
@allow(Role.ADMIN, everywhere=True)
def new_password(user_id: int) -> str:
    """Draw a first password for a person and show it once; every session of the person ends."""
    with database().writing() as session:
        login = _login_of(session, user_id)
        drawn = first_password()
        people.set_password(session, login=login, password=drawn, first=True, why="new password")
        login_limits.forget(session, login=login)
        _log(session, "user password", user_id, None, "")
    return _render(drawn={"login": login, "password": drawn, "days": FIRST_LASTS.days})


@bp.post("/pengguna/<int:user_id>/keluarkan")
@allow(Role.ADMIN, everywhere=True)
def end_sessions(user_id: int) -> Response:
    """End every session of a person (ASVS 5.0 7.4.5)."""
    with database().writing() as session:
        ended = login_sessions.end_all(session, user_id=user_id, why="ended by administrator")
        log_command(
            session, who=current_user.login, ulp=None, command="end sessions",
            after={"user": user_id, "sessions": ended},
        )  # fmt: skip
    flash(tr("{n} sesi diakhiri.", "{n} sessions ended.", n=ended), "ok")
    return redirect(url_for(".page"))


@bp.post("/pengguna/kunci")
@allow(Role.ADMIN, everywhere=True)
def unlock() -> Response:
    """Let a login or a machine that has to wait try again at once."""
    number, address = request.form.get("orang", ""), request.form.get("alamat", "")
    with database().writing() as session:
        if number.isdigit():
            wrong = login_limits.forget(session, login=_login_of(session, int(number)))
            after = {"user": int(number), "wrong": wrong}
        else:
            after = {"wrong": login_limits.forget_address(session, address=address)}
        log_command(
            session, who=current_user.login, ulp=None, command="lock-out lifted", after=after
        )
    flash(tr("Boleh mencoba lagi.", "It may try again."), "ok")
    return redirect(url_for(".page"))


@bp.post("/unit")
@allow(Role.ADMIN, everywhere=True)
def unit() -> Response | tuple[str, int]:
    """Add a unit."""
    try:
        code = checked_code(request.form.get("kode", ""))
    except UsageError as error:
        return _render(fault=error.in_language(lang())), 422
    with database().writing() as session:
        units.ensure_unit(session, ulp=code, name=request.form.get("unit", "").strip() or code)
        log_command(session, who=current_user.login, ulp=code, command="unit add")
    return redirect(url_for("front.unit", ulp=code))


@bp.post("/unit/<ulp:ulp>/nama")
@no_page
@allow(Role.ADMIN, everywhere=True)
def unit_name() -> Response:
    """Give a unit another name."""
    name = request.form.get("unit", "").strip()
    if not name:
        raise UsageError("the name is empty; type one", "nama kosong; isi dulu")
    with database().writing() as session:
        before = units.unit(session, ulp=g.ulp).name
        units.set_unit(session, ulp=g.ulp, name=name)
        log_command(
            session, who=current_user.login, ulp=g.ulp, command="unit name",
            before={"name": before}, after={"name": name},
        )  # fmt: skip
    flash(tr("{u} bernama {n}.", "{u} is called {n}.", u=g.ulp, n=name), "ok")
    return redirect(url_for(".page"))


def _unit(session: Session, ulp: str, role: str) -> str:
    if role not in set(Role):
        raise UsageError(f"{role!r} is not a role", f"{role!r} bukan peran")
    return ulp if ulp == EVERY_UNIT else str(units.unit(session, ulp=ulp).ulp)


def _held(session: Session, user_id: int) -> list[str]:
    held = people.roles(session, user_id=user_id)
    return sorted(f"{role}@{ulp}" for ulp, roles in held.items() for role in roles)


def _log(session: Session, command: str, user_id: int, ulp: str | None, role: str) -> None:
    log_command(
        session, who=current_user.login, ulp=None if ulp == EVERY_UNIT else ulp, command=command,
        after={"user": user_id, "role": role},
    )  # fmt: skip


def _login_of(session: Session, user_id: int) -> str:
    found = next((p.login for p in people.users(session) if p.user_id == user_id), None)
    if found is None:
        raise NotThere("there is no such person", "orang itu tidak ada")
    return found


def _render(fault: str = "", login: str = "", drawn: dict[str, Any] | None = None) -> str:
    with database().reading() as session:
        logins = login_limits.locked_logins(session)
        addresses = login_limits.locked_addresses(session)
        everybody = people.users(session)
        held = people.all_roles(session)
        known = units.units(session)
        session.expunge_all()
    return render_template(
        "users.html", people=everybody, held=held, known=known, roles=list(Role), fault=fault,
        login=login, every=EVERY_UNIT, locked=logins, machines=addresses, drawn=drawn,
        least=SHORTEST,
    )  # fmt: skip
