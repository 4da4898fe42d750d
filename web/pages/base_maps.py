"""Setelan peta: the ground below the maps of a unit, whose pictures it may load, Google Maps."""

import math
from typing import get_args

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import tiles, units
from rbmgeo.errors import NotThere, RbmgeoError, UsageError
from rbmgeo.maps import mbtiles
from rbmgeo.maps.base_map import BaseMap
from rbmgeo.settings import UnitSettings
from rbmgeo.terms import Role
from rbmgeo.workflows.base_maps import base_map_file, set_base_map
from web.access import allow, no_page
from web.base_map import ground
from web.database import database, settings
from web.headers import with_pictures
from web.language import lang, tr
from web.pages.forms import checked_number

bp = Blueprint("base_maps", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/peta/dasar")

KINDS = get_args(UnitSettings.model_fields["base_map"].annotation)
#: Where no pixel is, nothing hides what lies below it.
NOTHING = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364600000000600023081d02f0000000049454e44ae426082"
)
#: Middle of Java, for a unit without a place.
SOMEWHERE = (110.0, -7.3)


@bp.get("")
@allow(Role.ADMIN)
def page() -> Response:
    """Show what is set, and try it: the picture of the unit's middle, loaded by this browser."""
    with database().reading() as session:
        now = units.unit_settings(session, ulp=g.ulp)
    return _shown(now)


@bp.post("")
@allow(Role.ADMIN)
def keep() -> Response:
    """Keep what maps lie on; what cannot be used is said and not kept."""
    form = request.form
    told = {
        "base_map": form.get("dasar", "none"),
        "base_map_url": form.get("alamat", "").strip(),
        "base_map_attribution": " ".join(form.get("sumber", "").split())[:200],
        "google_maps": bool(form.get("google")),
    }
    try:
        if told["base_map"] not in KINDS:
            raise UsageError("choose what maps lie on", "pilih dasar peta")
        told["base_map_max_zoom"] = checked_number(form.get("zoom"), 19, 1, 22)
        with database().writing() as session:
            set_base_map(session, g.ulp, told, settings(), who=current_user.login)
    except RbmgeoError as why:
        answer = _shown(g.unit_settings.model_copy(update=told), fault=why.in_language(lang()))
        answer.status_code = 422
        return answer
    flash(tr("Tersimpan. Di bawah ini hasil ujinya.", "Kept. Below is how the test went."), "ok")
    return redirect(url_for(".page") + "#uji")


@bp.get("/<int:z>/<int:x>/<int:y>")
@no_page
@allow(Role.PERENCANA, Role.PENGAWAS, Role.VENDOR)
def tile(z: int, x: int, y: int) -> Response:
    """Give one picture of the file of tiles; where it has none, one without a pixel."""
    if z > mbtiles.DEEPEST or x >= 2**z or y >= 2**z:
        raise NotThere(f"there is no tile {z}/{x}/{y}", f"tidak ada ubin {z}/{x}/{y}")
    path = base_map_file(settings())
    mark = mbtiles.sheet(path).mark
    answer = Response()
    answer.set_etag(mark)
    # The address carries the file's mark: another file has another address.
    answer.headers["Cache-Control"] = "private, max-age=86400"
    if mark in request.if_none_match:
        answer.status_code = 304
        return answer
    data, kind = mbtiles.tile(path, z, x, y) or (NOTHING, "image/png")
    answer.set_data(data)
    answer.mimetype = kind
    return answer


def _shown(now: UnitSettings, fault: str = "") -> Response:
    # What is tried is what is kept: no page loads from a host that the unit did not set.
    kept = ground()
    file = why = None
    try:
        file = mbtiles.sheet(base_map_file(settings()))
    except RbmgeoError as missing:
        why = missing.in_language(lang())
    with database().reading() as session:
        state = tiles.map_counts(session, ulp=g.ulp)
    bounds = state.bounds if state else None
    answer = make_response(render_template(
        "base_maps.html", s=now, fault=fault, kept=kept, file=file, file_fault=why,
        place=base_map_file(settings()).name, sample=_sample(kept.base, bounds),
        apart=bool(file and file.bounds and bounds and _apart(file.bounds, bounds)),
    ))  # fmt: skip
    answer.headers["Content-Security-Policy"] = with_pictures(kept.origin)
    return answer


def _sample(base: BaseMap | None, bounds: tuple[float, float, float, float] | None) -> str:
    """Return the address of the tile in which the unit's middle lies; empty without a ground."""
    if base is None:
        return ""
    lon, lat = (
        SOMEWHERE if bounds is None else ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    )
    z = min(max(14, base.min_zoom), base.max_zoom)
    x = int((lon + 180) / 360 * 2**z)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z)
    address = base.tiles
    for name, value in {"{z}": z, "{x}": x, "{y}": y, "{-y}": 2**z - 1 - y}.items():
        address = address.replace(name, str(value))
    return address


def _apart(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    return one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
