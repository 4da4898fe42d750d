"""How a phone is told that something went wrong: one sentence in both languages, never a page."""

import re

from flask import jsonify, request
from werkzeug.wrappers import Response

from rbmgeo.errors import RbmgeoError

_WIRE = re.compile(r"/[^/]+/hp/(?:sapa|perangkat|daftar|kunjungan|foto)(?:/|$)")


class StaleToken(RbmgeoError):
    """The token of the phone's session is another one now."""


def asked() -> bool:
    """Say whether a phone's program asks, not a person."""
    return _WIRE.match(request.path) is not None


def stale_token() -> StaleToken:
    """Return what is said to a request without the right token; the phone greets again (`sapa`)."""
    return StaleToken(
        "the session's token is missing or old; greet the server again and repeat",
        "token sesi tidak ada atau sudah lama; sapa server lagi lalu ulangi",
    )


def answer(status: int, remedy: tuple[str, str], error: RbmgeoError | None) -> Response:
    """Return a status as JSON: ``id``, ``en``, and ``code`` where the phone acts on it."""
    indonesian, english = (error.in_language("id"), str(error)) if error else remedy
    told = {"id": indonesian, "en": english}
    if isinstance(error, StaleToken):
        told["code"] = "csrf"
    return jsonify(told)
