"""Pengguna per wilayah: where units belong, and one role in all units of a UP3 or UID at once."""

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import people, units
from rbmgeo.errors import UsageError
from rbmgeo.terms import Role
from rbmgeo.workflows.region_rights import grant_region, place_unit
from web.access import allow, no_page
from web.database import database
from web.language import num, tr
from web.pages.forms import checked_number, page_number, rows_a_page

bp = Blueprint("region_rights", __name__)
SHOWN = 50


@bp.get("/pengguna/wilayah")
@allow(Role.ADMIN, everywhere=True)
def page() -> str:
    """Show which unit belongs where, and the form for roles in a whole region."""
    with database().reading() as session:
        known, everybody = units.units(session), people.users(session)
        session.expunge_all()
    size = rows_a_page(SHOWN)
    at, pages = page_number(request.args.get("hal"), len(known), size)
    regions = sorted(
        {(by, code) for u in known for by in ("uid", "up3") if (code := getattr(u, by))}
    )
    return render_template(
        "region_rights.html", known=known[(at - 1) * size : at * size], count=len(known), page=at, pages=pages,
        people=everybody, regions=regions, roles=list(Role),
    )  # fmt: skip


@bp.post("/pengguna/wilayah")
@allow(Role.ADMIN, everywhere=True)
def grant() -> Response:
    """Give or take one role of one person in all units of a UP3 or UID."""
    by, _, code = request.form.get("wilayah", "").partition(":")
    user_id = checked_number(request.form.get("orang"), 0, 1, 10**12)
    if not user_id or not code:
        raise UsageError("choose a person and a region", "pilih orang dan wilayahnya")
    take = bool(request.form.get("cabut"))
    with database().writing() as session:
        changed = grant_region(
            session, user_id, role=request.form.get("peran", ""), by=by, code=code, take=take,
            who=current_user.login,
        )  # fmt: skip
    done = tr("dicabut", "taken") if take else tr("diberikan", "given")
    flash(tr("Peran {d} di {n} unit.", "The role is {d} in {n} units.", d=done, n=num(len(changed))), "ok")  # fmt: skip
    return redirect(url_for(".page"))


@bp.post("/unit/<ulp:ulp>/wilayah")
@no_page
@allow(Role.ADMIN, everywhere=True)
def place() -> Response:
    """Say to which UP3 and UID a unit belongs."""
    with database().writing() as session:
        place_unit(
            session, g.ulp, up3=request.form.get("up3", ""), uid=request.form.get("uid", ""),
            who=current_user.login,
        )  # fmt: skip
    flash(tr("{u} tersimpan.", "{u} is kept.", u=g.ulp), "ok")
    return redirect(url_for(".page"))
