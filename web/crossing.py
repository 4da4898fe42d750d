"""Requests that another site's page makes are refused before anything is done (ASVS 5.0 3.5.1).

The second wall beside the token of each form: what the browser itself says of where a request
comes from. Every unsafe method needs both; no view is excepted, the phones' protocol neither.
"""

from urllib.parse import urlsplit

from flask import Flask, Request, abort, request

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: Of Sec-Fetch-Site: a page of ours, or a person who typed the address.
_OURS = frozenset({"same-origin", "none"})


def is_foreign(asked: Request) -> bool:
    """Say whether a browser tells that another site's page asks (also one beside ours)."""
    site = asked.headers.get("Sec-Fetch-Site")
    if site is not None and site not in _OURS:
        return True
    origin = asked.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc.lower() != asked.host.lower()


def register(app: Flask) -> None:
    """Look at every request that may change something, before its form is read."""

    @app.before_request
    def ours_only() -> None:
        if request.method not in SAFE and is_foreign(request):
            abort(403)
