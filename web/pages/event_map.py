"""The map of a gardu event: its data, who lies in what was drawn, and its shell in the page."""

import secrets
from typing import Any

from flask import Blueprint, g, jsonify, make_response, render_template, request
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from rbmgeo.errors import UsageError
from rbmgeo.maps import canvas
from rbmgeo.maps.canvas import Bounds
from rbmgeo.terms import Role
from rbmgeo.workflows.event_choice import (
    Choice,
    choose_by_border,
    choose_by_circle,
    choose_by_line,
    choose_by_numbers,
)
from rbmgeo.workflows.event_map import Counted, count_choice, draw_event
from web.access import allow
from web.database import database
from web.headers import with_script
from web.language import lang, num, tr
from web.pages.forms import checked_decimal

bp = Blueprint("event_map", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/peristiwa")


@bp.get("/<int:event_id>/peta.json")
@allow(Role.PERENCANA, Role.PENGAWAS)
def data(event_id: int) -> Response:
    """Give what the map draws; customers by public id."""
    with database().reading() as session:
        drawn = draw_event(session, g.ulp, event_id, lang=lang())
    return jsonify(drawn.data)


@bp.post("/<int:event_id>/hitung")
@allow(Role.PERENCANA)
def count(event_id: int) -> Response | tuple[Response, int]:
    """Count who lies within what was drawn; nothing is kept."""
    try:
        with database().reading() as session:
            choice = choice_sent(session, event_id, request.form.get("cara", ""))
            found = count_choice(session, g.ulp, event_id, choice)
    except UsageError as error:
        said = error.in_language(lang())
        return jsonify(error=said[:1].upper() + said[1:]), 422
    return jsonify(count=found.count, words=_words(found), ids=found.public_ids)


def choice_sent(session: Session, event_id: int, way: str) -> Choice:
    """Return whom a form chooses: along the line, by numbers, a border or a circle."""
    sent = request.form
    if way == "jalur":
        return choose_by_line(session, g.ulp, event_id, tiang=sent.getlist("tiang"), spans=[])
    if way == "nomor":
        return choose_by_numbers(session, g.ulp, event_id, sent.get("nomor", ""))
    if way == "batas":
        return choose_by_border(session, g.ulp, event_id, sent.get("batas", ""))
    if way == "lingkaran":
        lat = checked_decimal(sent.get("lintang"), -90, 90)
        lon = checked_decimal(sent.get("bujur"), -180, 180)
        radius = checked_decimal(sent.get("jarak"), 0, 100_000)
        centre = None if lat is None or lon is None else (lon, lat)
        return choose_by_circle(session, g.ulp, event_id, radius_m=radius or 0, centre=centre)
    raise UsageError(f"{way[:40]!r} is no way to choose", f"{way[:40]!r} bukan cara memilih")


def with_map(template: str, bounds: Bounds | None, **values: Any) -> Response:
    """Answer with a page whose map fetches its own data; without a place it has no map."""
    nonce = secrets.token_urlsafe(18)
    shell = None
    if bounds is not None and canvas.ready():
        shell = Markup(canvas.script(bounds))  # numbers of our own only
    response = make_response(render_template(template, shell=shell, nonce=nonce, **values))
    if shell is not None:
        response.headers["Content-Security-Policy"] = with_script(nonce)
    return response


def _words(found: Counted) -> str:
    parts = [
        tr("{n} tercatat di gardu lama", "{n} recorded on the old gardu", n=num(found.on_old)),
        tr("{n} sudah di gardu baru", "{n} on the new one already", n=num(found.on_new)),
        tr("{n} di gardu lain atau tanpa catatan", "{n} on others or on none", n=num(found.elsewhere)),
    ]  # fmt: skip
    shown = [str(p) for p, n in zip(parts, (found.on_old, found.on_new, found.elsewhere), strict=True) if n]  # fmt: skip
    said = tr("{n} pelanggan di dalam", "{n} customers inside", n=num(found.count))
    return f"{said}: {', '.join(shown)}" if shown else str(said)
