"""Search by POST: no number of a customer gets into an address or a log."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from rbmgeo.db.queries import board
from rbmgeo.terms import Role
from web.access import allow
from web.database import database

bp = Blueprint("search", __name__, url_prefix="/<ulp:ulp>/<blth:blth>")

PAGES = {
    "customer": ("customers.page", "public_id"),
    "gardu": ("maps.gardu", "code"),
    "rbm": ("maps.rbm", "code"),
}


@bp.post("/cari")
@allow(Role.PERENCANA, Role.PENGAWAS)
def find() -> Response | str:
    """Find customers, gardu and RBM; a single hit is opened at once."""
    words = request.form.get("kata", "").strip()[:60]
    with database().reading() as session:
        hits = board.searched(session, ulp=g.ulp, words=words)
    for hit in hits:
        endpoint, name = PAGES[hit["kind"]]
        hit["address"] = url_for(endpoint, **{name: hit["key"]})
    if len(hits) == 1:
        return redirect(hits[0]["address"])
    return render_template("search.html", hits=hits, words=words)
