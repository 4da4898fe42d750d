"""Peta unit: every customer, gardu, street and line of a ULP on one map, drawn from tiles."""

import re
import secrets
from collections import Counter
from typing import Any

from flask import (
    Blueprint,
    current_app,
    g,
    jsonify,
    make_response,
    render_template,
    request,
    url_for,
)
from markupsafe import Markup
from werkzeug.wrappers import Response

from rbmgeo.db.queries import tiles, units
from rbmgeo.errors import BadQuery, NotThere
from rbmgeo.maps import canvas
from rbmgeo.maps.layers import STATE_NAMES, state_of_match
from rbmgeo.terms import Role
from rbmgeo.workflows.tiles import tile, unit_map
from web import access_log
from web.access import allow, no_page
from web.base_map import GOOGLE, ground
from web.database import database, settings
from web.headers import with_script
from web.language import NONE, grouped, label, num, tr
from web.tile_cache import TileCache

bp = Blueprint("unit_map", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/peta/unit")

#: How near a map goes.
DEEPEST = 22
_KEY = "rbmgeo_tiles"
#: An idpel as it is written for the eye.
GROUPED = re.compile(r"\b[0-9]{4}[ \t][0-9]{4}[ \t][0-9]{4}\b")
PLAIN = re.compile(r"(?<![0-9A-Z])[0-9]{12}(?![0-9A-Z])")
#: Letters of a pasted text that are looked through.
MOST_TEXT = 200_000
#: What the browser's modules import by name, and where it lies.
MODULES = {
    "@mapbox/vector-tile": "vendor/vector-tile/vector-tile.js",
    "@mapbox/point-geometry": "vendor/vector-tile/point-geometry.js",
    "pbf": "vendor/vector-tile/pbf.js",
}
#: What the drawing says, by the key of its label.
SAID = ("zoom_in", "zoom_out", "whole", "close", "open", "elsewhere", "nothing_found",
        "unknown", "more_found", "unplaced_hit", "broken", "customers", "gardu")  # fmt: skip


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> Response:
    """Show the map of the whole unit beside its counts."""
    found = unit_map(database(), g.ulp)
    counts = [
        {"key": name, "words": label(f"map.{name}"), "n": n}
        for name, n in zip(STATE_NAMES, found.counts, strict=True)
    ]
    without = found.customers - found.placed
    access_log.whole_unit(found.customers)
    nonce = secrets.token_urlsafe(18)
    shell = data = imports = None
    below = ground()
    if found.bounds is not None and canvas.ready():
        shell = Markup(canvas.script(found.bounds))
        data = Markup(canvas.inside_script(
            {**_drawing(counts), **below.as_data(), "bounds": found.bounds}))  # fmt: skip
        imports = Markup(canvas.inside_script({"imports": {
            name: url_for("static", filename=path) for name, path in MODULES.items()}}))  # fmt: skip
    answer = make_response(render_template(
        "map_unit.html", shell=shell, map_data=data, imports=imports, nonce=nonce, counts=counts,
        without=without, all=found.customers, layers=found.layers, base=below.base, library=canvas.ready(),
    ))  # fmt: skip
    if shell is not None:
        answer.headers["Content-Security-Policy"] = with_script(nonce, pictures=below.origin)
    return answer


def _drawing(counts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the drawing needs: addresses with places to fill in, words, states."""
    tiles_at = url_for(".one_tile", z=0, x=0, y=0, _external=False)
    return {
        "tiles": tiles_at.replace("/0/0/0.mvt", "/{z}/{x}/{y}.mvt"),
        "card": url_for(".card", tile_id=0)[:-1],
        "search": url_for(".search"),
        # Nothing of it is on the page where the unit wants no way out.
        **(
            {"outside": GOOGLE, "outside_words": label("map.route")}
            if g.unit_settings.google_maps
            else {}
        ),
        "states": [one["key"] for one in counts],
        "words": {
            **{name: label(f"map.{name}") for name in SAID},
            **{f"point-{one['key']}": one["words"] for one in counts},
        },
    }


@bp.get("/tiles/<int:z>/<int:x>/<int:y>.mvt")
@no_page
@allow(Role.PERENCANA, Role.PENGAWAS)
def one_tile(z: int, x: int, y: int) -> Response:
    """Give one vector tile; a browser that has it asks only whether it still holds."""
    if z > DEEPEST or x >= 2**z or y >= 2**z:
        raise NotThere(f"there is no tile {z}/{x}/{y}", f"tidak ada ubin {z}/{x}/{y}")
    layers = tuple(dict.fromkeys(request.args.get("lapisan", ",".join(tiles.LAYERS)).split(",")))
    if not set(layers) <= set(tiles.LAYERS):
        raise BadQuery(
            f"layers are {', '.join(tiles.LAYERS)}", f"lapisan: {', '.join(tiles.LAYERS)}"
        )
    cache: TileCache = current_app.extensions.setdefault(
        _KEY, TileCache(settings().tile_cache_bytes)
    )
    key = (g.ulp, z, x, y, layers)
    kept = cache.held(key)
    asked = list(request.if_none_match.as_set(include_weak=True))[:8]
    if kept and cache.lately(g.ulp) == kept[0]:
        version, made = kept[0], None
    else:
        held = [*asked, kept[0]] if kept else asked
        version, made = tile(database(), g.ulp, z, x, y, layers=layers, held=held)
        cache.told(g.ulp, version)
    answer = Response(mimetype="application/vnd.mapbox-vector-tile")
    answer.set_etag(version)
    # Kept by the browser alone, and never used unasked.
    answer.headers["Cache-Control"] = "private, no-cache"
    if version in asked:
        answer.status_code = 304
        return answer
    if made is not None:
        cache.keep(key, version, made)
    answer.set_data(made if made is not None else kept[1] if kept else b"")
    return answer


@bp.get("/kartu/<int:tile_id>")
@no_page
@allow(Role.PERENCANA, Role.PENGAWAS)
def card(tile_id: int) -> Response:
    """Tell of the customer that was clicked, line by line, as text."""
    if tile_id >= 2**52:
        raise NotThere("there is no such customer", "tidak ada pelanggan itu")
    with database().reading() as session:
        limit = units.unit_settings(session, ulp=g.ulp).finding_limit
        found = tiles.cards(session, ulp=g.ulp, tile_id=tile_id)
    if not found:
        raise NotThere(
            "this customer is no longer on the map; load the page again",
            "pelanggan ini tidak ada lagi di peta; muat ulang halaman",
        )
    return jsonify([_card(who, limit) for who in found])


def _card(who: dict[str, Any], limit: float) -> dict[str, Any]:
    state = state_of_match(who["match"], who["kind"], who["p"], limit)
    lines = [
        ("IDPEL", grouped(who["idpel"])),
        (tr("Nama", "Name"), who["name"]),
        (tr("Alamat", "Address"), who["address"]),
        (tr("Meter", "Meter"), who["meter_number"]),
        (tr("Tarif / daya", "Tariff / VA"), f"{who['tarif'] or NONE} / {num(who['daya_va'])}"),
        ("RBM", who["rbm"]),
        ("Gardu", who["gardu"]),
    ]
    if state == "doubt" and who["proposed_gardu"] and who["proposed_gardu"] != who["gardu"]:
        lines.append((tr("Mungkin di gardu", "Perhaps at gardu"), who["proposed_gardu"]))
    return {
        "state": state,
        "lines": [[str(name), str(value or NONE)] for name, value in lines],
        "page": url_for("customers.page", public_id=who["public_id"]),
        "lon": who["lon"],
        "lat": who["lat"],
    }


@bp.post("/cari")
@no_page
@allow(Role.PERENCANA, Role.PENGAWAS)
def search() -> Response:
    """Find places by idpel, meter number, gardu, RBM, officer, or by any text that holds them."""
    told = request.form.get("kata", "")[:MOST_TEXT].upper()
    with database().reading() as session:
        found = tiles.places(session, ulp=g.ulp, words=words_of(told)[: tiles.MOST_WORDS])
    known = {hit["shown"] for hit in found if hit["kind"] == "customer"}
    for hit in found:
        if hit["kind"] == "customer":
            hit["shown"] = grouped(hit["shown"])
            hit["page"] = url_for("customers.page", public_id=hit["key"])
        elif hit["kind"] in ("gardu", "rbm"):
            hit["page"] = url_for(f"maps.{hit['kind']}", code=hit["key"])
        del hit["key"]
    most = max(Counter(hit["kind"] for hit in found).values(), default=0)
    return jsonify(
        found=found, unknown=len(idpels_in(told) - known), more=most >= tiles.MOST_PLACES
    )


def words_of(told: str) -> list[str]:
    """Return what a text may name, in capitals: its words, its lines and cells, IDPEL in groups.

    A name of an officer or a code may hold spaces: a whole line or cell is looked for too.
    """
    cells = [" ".join(cell.split()) for cell in re.split(r"[\n\r\t;,|]+", told)]
    whole = [*cells, *("".join(cell.split()) for cell in cells), "".join(told.split())]
    words = [word.strip(".,;:()[]\"'") for word in told.split()]
    grouped_ids = [re.sub(r"\s", "", one) for one in GROUPED.findall(told)]
    return [word for word in dict.fromkeys([*grouped_ids, *whole, *words]) if 0 < len(word) <= 60]


def idpels_in(told: str) -> set[str]:
    """Return what reads as an IDPEL in a text: twelve figures, in groups or not."""
    return {re.sub(r"\s", "", one) for one in [*GROUPED.findall(told), *PLAIN.findall(told)]}
