"""Language and light or dark, kept in the session."""

from flask import Blueprint, redirect, request, session, url_for
from werkzeug.wrappers import Response

from rbmgeo.labels import LANGUAGES
from web.access import public

bp = Blueprint("choices", __name__)


@bp.post("/bahasa")
@public
def language() -> Response:
    """Keep the language."""
    chosen = request.form.get("lang", "")
    if chosen in LANGUAGES:
        session["lang"] = chosen
    return _back()


@bp.post("/tema")
@public
def theme() -> Response:
    """Keep light or dark."""
    chosen = request.form.get("tema", "")
    if chosen in ("terang", "gelap"):
        session["theme"] = chosen
    return _back()


def _back() -> Response:
    came_from = request.referrer or ""
    inside = came_from.startswith(request.host_url)
    return redirect(came_from if inside else url_for("front.home"))
