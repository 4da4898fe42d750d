"""A page with a map: the shell's script under a nonce, what it draws as JSON beside it."""

import secrets
from typing import Any

from flask import make_response, render_template
from markupsafe import Markup
from werkzeug.wrappers import Response

from rbmgeo.maps import canvas
from rbmgeo.workflows.maps import Drawn
from web.base_map import ground
from web.headers import with_script


def drawn_page(template: str, drawn: Drawn, **values: Any) -> Response:
    """Answer with a page that shows ``drawn``; without a place or library its table stands alone."""
    shell = data = None
    below = ground()
    if drawn.bounds is not None and canvas.ready():
        # Both are safe: numbers of our own, and JSON that cannot end its element.
        shell = Markup(canvas.script(drawn.bounds))
        data = Markup(canvas.inside_script({**drawn.data, **below.as_data()}))
    nonce = secrets.token_urlsafe(18)
    page = render_template(
        template, shell=shell, map_data=data, nonce=nonce, drawn=drawn, library=canvas.ready(),
        **values,
    )  # fmt: skip
    response = make_response(page)
    if shell is not None:
        response.headers["Content-Security-Policy"] = with_script(nonce, pictures=below.origin)
    return response
