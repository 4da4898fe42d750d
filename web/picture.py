"""A picture as an answer: drawn anew each time, whatever bytes lie in the store."""

from pathlib import Path

from flask import request
from werkzeug.wrappers import Response

from rbmgeo.intake.photo_store import MIMETYPES
from rbmgeo.intake.pictures import drawn_anew

#: Seconds that a browser may keep one: its address never shows another.
KEPT_S = 3600


def picture(place: Path) -> Response:
    """Answer with the picture that lies there; raises `BrokenPicture` where it cannot be seen.

    Phones and zips hash what they send, so the store keeps their bytes; what a browser is given
    is only what can be seen in them.
    """
    told = Response()
    told.set_etag(place.stem)
    told.cache_control.private = True
    told.cache_control.max_age = KEPT_S
    if request.if_none_match.contains(place.stem):
        told.status_code = 304
        return told
    content, suffix = drawn_anew(place.read_bytes())
    told.data = content
    told.content_type = MIMETYPES[suffix]
    # Opened by itself it may do nothing at all.
    told.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    told.headers["Content-Disposition"] = f'inline; filename="foto{suffix}"'
    return told
