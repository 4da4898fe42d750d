"""Peta: choose a RBM or a gardu; each drawn with its table."""

import uuid

from flask import Blueprint, g, render_template, request
from werkzeug.wrappers import Response

from rbmgeo.db.queries import pages, versions
from rbmgeo.errors import NotThere
from rbmgeo.terms import Role
from rbmgeo.workflows.maps import gardu_map, rbm_map
from rbmgeo.workflows.verification import standing
from web.access import allow
from web.database import database
from web.language import lang
from web.pages.drawing import drawn_page

bp = Blueprint("maps", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/peta")

#: Stands where the map puts the public id of the customer that was clicked.
NOBODY = uuid.UUID(int=0)


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Offer every RBM and gardu."""
    with database().reading() as session:
        codes = pages.rbm_counts(session, ulp=g.ulp)
        gardu = pages.gardu_counts(session, ulp=g.ulp)
    return render_template("maps.html", rbms=codes, gardu=gardu)


@bp.get("/rbm/<path:code>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def rbm(code: str) -> Response:
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
        drawn = rbm_map(session, g.ulp, code, version_id=version_id, lang=lang())
        draft = pages.newest_version(session, ulp=g.ulp, rbm=code)
    return drawn_page(
        "map_rbm.html", drawn, code=code, rows=rows, version_id=version_id, draft=draft,
        NOBODY=NOBODY,
    )  # fmt: skip


@bp.get("/gardu/<path:code>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def gardu(code: str) -> Response:
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
        drawn = gardu_map(session, g.ulp, code, lang=lang())
        check = standing(session, g.ulp, [code]).get(code)
    return drawn_page(
        "map_gardu.html", drawn, code=code, rows=rows, gardu=found[0] if found else {},
        NOBODY=NOBODY, check=check,
    )  # fmt: skip
