"""Users and their roles, and further units: for the administrator of the product."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from rbmgeo.db.queries import people, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.db.queries.people import EVERY_UNIT
from rbmgeo.errors import UsageError
from rbmgeo.terms import Role
from web.access import allow
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


def _render(fault: str = "", login: str = "") -> str:
    with database().reading() as session:
        everybody = people.users(session)
        held = people.all_roles(session)
        known = units.units(session)
        session.expunge_all()
    return render_template(
        "users.html", people=everybody, held=held, known=known, roles=list(Role), fault=fault,
        login=login, every=EVERY_UNIT,
    )  # fmt: skip
