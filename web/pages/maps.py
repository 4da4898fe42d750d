"""Peta: choose a RBM, a gardu, or the energy of all gardu."""

from flask import Blueprint, g, render_template, request

from rbmgeo.db.queries import pages, versions
from rbmgeo.errors import NotThere
from rbmgeo.terms import Role
from web.access import allow
from web.database import database

bp = Blueprint("maps", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/peta")


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Offer every RBM and gardu."""
    with database().reading() as session:
        codes = pages.rbm_codes(session, ulp=g.ulp)
        gardu = pages.gardu_counts(session, ulp=g.ulp)
    return render_template("maps.html", rbms=codes, gardu=gardu)


@bp.get("/rbm/<code>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def rbm(code: str) -> str:
    """Show one RBM: of a version if one is named, else as the newest list has it."""
    version_id = request.args.get("versi", type=int)
    with database().reading() as session:
        if version_id is not None:
            versions.version(session, ulp=g.ulp, version_id=version_id)
            rows = pages.route_members(session, ulp=g.ulp, version_id=version_id, rbm=code)
        else:
            rows = pages.listed_members(session, ulp=g.ulp, rbm=code)
    if not rows:
        raise NotThere(
            f"RBM {code} is not in unit {g.ulp}; choose one on the page Map",
            f"RBM {code} tidak ada di unit {g.ulp}; pilih di halaman Peta",
        )
    return render_template("map_rbm.html", code=code, rows=rows, version_id=version_id)


@bp.get("/gardu/<code>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def gardu(code: str) -> str:
    """Show one gardu with its customers in force."""
    with database().reading() as session:
        every = pages.gardu_counts(session, ulp=g.ulp)
        rows = pages.gardu_members(session, ulp=g.ulp, gardu=code)
    found = every[every["gardu"] == code].to_dict("records")
    if not found and not rows:
        raise NotThere(
            f"gardu {code} is not in unit {g.ulp}; choose one on the page Map",
            f"gardu {code} tidak ada di unit {g.ulp}; pilih di halaman Peta",
        )
    return render_template("map_gardu.html", code=code, rows=rows, gardu=found[0] if found else {})
