"""Lapisan peta: a unit's layers as files, and the address where a map program reads them."""

from flask import Blueprint, g, render_template, request, url_for
from werkzeug.wrappers import Response

from rbmgeo.db.queries import layers
from rbmgeo.db.queries.layers import BY_NAME, LAYERS
from rbmgeo.errors import NotThere
from rbmgeo.labels.layers import LAYER_WORDS
from rbmgeo.reports.gpx import MIMETYPE
from rbmgeo.reports.layer_files import FORMATS
from rbmgeo.terms import Role
from rbmgeo.workflows.layers import layer_file, rbm_gpx
from web.access import allow
from web.database import database
from web.language import lang
from web.pages.download import file

bp = Blueprint("layers", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/peta/lapisan")


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """List the layers with what each holds, as files and for map programs."""
    with database().reading() as session:
        counted = layers.counts(session, ulp=g.ulp)
    rows = [
        {"name": one.name, "words": LAYER_WORDS[one.name][0 if lang() == "id" else 1],
         "n": counted[one.name], "columns": ("id", *one.columns)}
        for one in LAYERS
    ]  # fmt: skip
    address = url_for("ogc.landing", _external=True)
    return render_template("layers.html", rows=rows, kinds=tuple(FORMATS), address=address)


@bp.get("/<name>.<kind>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def one(name: str, kind: str) -> Response:
    """Give one layer, or all of them in a GeoPackage, as a file."""
    every = name == "semua" and kind == "gpkg"
    if kind not in FORMATS or not (every or name in BY_NAME):
        raise NotThere(
            f"there is no file {name}.{kind}; choose one on the page Map layers",
            f"tidak ada berkas {name}.{kind}; pilih di halaman Lapisan peta",
        )
    with database().reading() as session:
        content = layer_file(session, g.ulp, kind, None if every else BY_NAME[name])
    return file(content, f"{name}-{g.ulp}.{kind}", FORMATS[kind][1])


@bp.get("/rbm/<path:code>.gpx")
@allow(Role.PERENCANA, Role.PENGAWAS)
def gpx(code: str) -> Response:
    """Give the walk of one RBM for a phone: waypoints and a route."""
    with database().reading() as session:
        content = rbm_gpx(session, g.ulp, code, version_id=request.args.get("versi", type=int))
    safe = "".join(c if c.isascii() and c.isalnum() else "-" for c in code)
    return file(content, f"rbm-{safe}-{g.ulp}.gpx", MIMETYPE)
