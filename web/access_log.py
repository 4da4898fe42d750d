"""Whose data an answer holds is written down before it leaves; an answer that cannot be is not sent.

Hard to forget: the door is behind every page, file and API there is. What is text, or a parcel of
texts (Excel, zip), is looked through for customers' numbers here. What is no text notes them while
it is made: a drawn PDF by itself (`rbmgeo.sheets.pdf`), a photo, a map or a bundle by `note`.
"""

import gzip
import logging
import re
from datetime import UTC, datetime

from flask import Flask, g, make_response, request
from flask_login import current_user
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from werkzeug.wrappers import Response

from rbmgeo.db.queries import access
from rbmgeo.privacy import seen
from web import errors
from web.database import database, over_units
from web.headers import UNAVAILABLE
from web.language import lang

_LOG = logging.getLogger(__name__)
PARCELS = ("application/zip", "application/vnd.openxmlformats", "application/vnd.google-earth.kmz")
#: Kinds of access, by what is asked; the first that holds decides.
KINDS = ("photo", "phone", "api", "search", "map", "sheet", "export", "page")
_PUBLIC_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_SENTENCE = (
    "Catatan akses tidak bisa ditulis, jadi data pelanggan tidak dikirim.",
    "The access record could not be written, so no customer's data were sent.",
)
#: Beginnings of routes whose answers are drawings or data of maps.
_MAPS = ("maps.", "unit_map.", "layers.", "event_map.", "energy_map.")


def whole_unit(customers: int) -> None:
    """Note that an answer opens the map of all customers of the unit, without number or name."""
    g.whole_unit = customers


def always() -> None:
    """Write an answer down though it holds no customer: a look into the record itself."""
    g.written_down = True


def of_units(numbers: dict[str, set[int]]) -> None:
    """Note which unit each customer of an answer is of, where the answer is of several units."""
    g.units_seen = numbers


def register(app: Flask) -> None:
    """Gather from the beginning of every request; write behind it, before it leaves."""

    @app.before_request
    def begin() -> None:
        g.gathering = seen.gathering()
        g.seen = g.gathering.__enter__()

    @app.teardown_request
    def forget(error: BaseException | None) -> None:
        if g.get("gathering") is not None:
            g.pop("gathering").__exit__(None, None, None)

    @app.after_request
    def write(response: Response) -> Response:
        # Nobody is looked up here: whom no rule asked for got nothing of anybody.
        asker = g.get("_login_user")
        if request.endpoint in (None, "static") or asker is None or not asker.is_authenticated:
            return response
        customers = g.get("whole_unit", 0)
        try:
            numbers = g.get("seen", set()) | _held(response) | _pointed_at(response)
            if not numbers and not customers and not g.get("written_down"):
                return response
            # Whatever stands between us and the asker keeps none of it.
            response.headers["Cache-Control"] = "private, no-store"
            for ulp, mine in g.get("units_seen", {}).items():
                _write(mine, 0, _kind(response), ulp)
                numbers = numbers - mine
            if numbers or customers or not g.get("units_seen"):
                _write(numbers, customers, _kind(response), g.get("ulp"))
        except SQLAlchemyError as fault:
            _LOG.error("request %s: access not written (%s)", g.get("request_id"), type(fault).__name__)  # fmt: skip
            response.close()
            sentence = _SENTENCE[0 if lang() == "id" else 1]
            return make_response(*errors.answer(UNAVAILABLE, sentence))
        return response


def _held(response: Response) -> set[int]:
    """Return the customers whose numbers a body holds."""
    if response.direct_passthrough or response.is_streamed:
        return set()
    kind = response.mimetype or ""
    if kind.startswith(PARCELS):
        return seen.numbers_in_parcel(response.get_data())
    text = kind.startswith("text/") or kind.endswith(("json", "xml", "javascript"))
    if not text:
        return set()
    body = response.get_data()
    if response.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    return seen.numbers_in(body)


def _pointed_at(response: Response) -> set[int]:
    """Return the customers whom data for a map names by public id: a place is whose it is."""
    if response.mimetype != "application/json" or not g.get("ulp") or response.is_streamed:
        return set()
    if response.headers.get("Content-Encoding"):
        return set()
    ids = sorted(set(_PUBLIC_ID.findall(response.get_data(as_text=True))))
    if not ids:
        return set()
    with database().reading() as session:
        return access.numbers_of(session, ulp=g.ulp, public_ids=ids)


def _write(numbers: set[int], customers: int, kind: str, ulp: str | None) -> None:
    row = {
        "user_id": current_user.user_id, "login": current_user.login, "ulp": ulp,
        "route": str(request.endpoint), "request_id": str(g.get("request_id", "-")), "kind": kind,
        "numbers": numbers, "whole_unit": bool(customers), "customers": customers,
    }  # fmt: skip
    with over_units().asking(writes=True) as connection:
        try:
            access.add(connection, **row)
        except IntegrityError:
            # The month has no part yet: nobody looked after the database for two years.
            access.begin_month(connection, at=datetime.now(UTC))
            access.add(connection, **row)


def _kind(response: Response) -> str:
    endpoint, mimetype = str(request.endpoint), response.mimetype or ""
    if mimetype.startswith("image/") and endpoint in ("customers.photo", "pictures.show"):
        return "photo"
    if endpoint.startswith(("phone_lists.", "wire.", "pictures.")):
        return "phone"
    if request.path.startswith("/api/"):
        return "api"
    if endpoint in ("search.find", "unit_map.search", "region.find"):
        return "search"
    if endpoint.startswith(_MAPS):
        return "map"
    if mimetype == "application/pdf":
        return "sheet"
    return "export" if "attachment" in response.headers.get("Content-Disposition", "") else "page"
