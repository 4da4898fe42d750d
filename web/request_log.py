"""The number of a request, and one line of the log for each."""

import logging
import re
import secrets
import time
from typing import Any

from flask import Flask, g, has_request_context, request
from werkzeug.wrappers import Response

_LOG = logging.getLogger(__name__)
#: A number that a server before ours gave: a UUID, with or without its strokes. All else may
#: hold what somebody wrote, and is replaced.
_GIVEN = re.compile(r"[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}", re.I)


def number(given: str | None) -> str:
    """Return the number that a request came with, or a new one where it has none of ours to take."""
    return given.lower() if given and _GIVEN.fullmatch(given) else secrets.token_hex(4)


def of_now() -> str | None:
    """Return the number of the request that is answered now."""
    return g.get("request_id") if has_request_context() else None


def register(app: Flask) -> None:
    """Give every request its number before all else, and tell of it after all else."""

    @app.url_value_preprocessor
    def begin(endpoint: str | None, values: dict[str, Any] | None) -> None:
        # Here and not before the request: whoever is turned away is told the number too.
        g.request_id = number(request.headers.get("X-Request-ID"))
        g.began = time.monotonic()

    @app.after_request
    def tell(response: Response) -> Response:
        if request.endpoint != "static":
            _LOG.info("request", extra={"told": _told(response)})
        return response


def _told(response: Response) -> dict[str, Any]:
    """Return what a line says: the rule of the address, never the address or who asked."""
    rule = request.url_rule.rule if request.url_rule else "-"
    took = time.monotonic() - g.get("began", time.monotonic())
    return {
        "method": request.method if request.method in _METHODS else "-", "route": rule,
        "ulp": g.get("ulp"), "status": response.status_code, "ms": round(1000 * took),
    }  # fmt: skip


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
