"""What every answer says to the browser: nothing from another host, nothing framed, no guess."""

from flask import Flask, g, request
from werkzeug.wrappers import Response

#: Pages run no inline script and no inline style; Leaflet sets styles through the DOM only.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)

#: What a page may ask of the browser: the place, for whoever stands at a house; nothing else.
PERMISSIONS = ", ".join(
    ["geolocation=(self)", *(f"{one}=()" for one in ("camera", "microphone", "display-capture", "payment", "usb"))]
)  # fmt: skip
DAY_S = 86_400

UNAVAILABLE = 503
#: Seconds after which whoever was told so may ask again.
RETRY_S = 5


def with_script(nonce: str, *, pictures: str = "") -> str:
    """Return the policy of a page whose one inline script, the map's shell, carries a nonce.

    ``pictures``: see `with_pictures`.
    """
    return with_pictures(pictures).replace(
        "script-src 'self'", f"script-src 'self' 'nonce-{nonce}'"
    )


def with_pictures(origin: str) -> str:
    """Return the policy of a page whose base map comes from one other host, if the unit set so.

    ``origin``: scheme, host and port as `rbmgeo.maps.base_map.checked_address` gives them; empty
    for none.
    """
    return POLICY.replace("img-src 'self'", f"img-src 'self' {origin}".rstrip())


def register(app: Flask, *, hsts_days: int = 0) -> None:
    """Set the headers after every request.

    ``hsts_days``: so long a browser that once came by HTTPS comes by nothing else; 0 says nothing
    of it (the office's own certificate may be gone before its phones are).
    """

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = PERMISSIONS
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["X-Permitted-Cross-Domain-Policies"] = "none"
        if request.is_secure:  # elsewhere a browser complains of it and does nothing
            response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if hsts_days and request.is_secure:
            response.headers["Strict-Transport-Security"] = f"max-age={hsts_days * DAY_S}"
        response.headers["X-Request-ID"] = g.get("request_id", "-")
        if response.status_code == UNAVAILABLE:
            response.headers.setdefault("Retry-After", str(RETRY_S))
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response
