"""The lists of a phone: which there are and how large, and one of them whole."""

import gzip
import uuid

from flask import Blueprint, g, jsonify, request
from flask import session as kept
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.errors import RbmgeoError, UsageError
from rbmgeo.privacy import seen
from rbmgeo.terms import Role
from rbmgeo.workflows.phone_bundle import admit, bundle, open_lists
from web.access import allow, beyond_field, no_page
from web.database import database
from web.errors import status_of

bp = Blueprint("phone_lists", __name__, url_prefix="/<ulp:ulp>/hp/daftar")
WALKS = (Role.SURVEYOR, Role.PERENCANA)


@bp.get("")
@allow(*WALKS)
@beyond_field  # an order says what was used before, to be held against a stand (docs/phone.md)
@no_page
def page() -> Response:
    """Tell the open lists of who asks, with the size of each bundle."""
    # A phone stays logged in as long as a list may lie on it: it is killed and started all day.
    kept.permanent = True
    with database().reading() as session:
        admit(session, g.ulp, _device())
        return jsonify(lists=open_lists(session, g.ulp, current_user.login))


@bp.get("/<uuid:list_id>")
@allow(*WALKS)
@beyond_field  # an order says what was used before, to be held against a stand (docs/phone.md)
@no_page
def one(list_id: uuid.UUID) -> Response:
    """Give one list whole; ``ETag`` is its version."""
    with database().reading() as session:
        admit(session, g.ulp, _device())
        made = bundle(session, g.ulp, str(list_id), current_user.login)
    seen.note(made.customers)
    answer = Response(gzip.compress(made.body, 6, mtime=0), mimetype="application/json")
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers["X-Bytes"] = str(len(made.body))
    answer.headers["X-Version"] = made.version
    return answer


def _device() -> str:
    """Return the phone that asks (``perangkat``): the office strikes off phones, not people."""
    try:
        return str(uuid.UUID(request.args.get("perangkat", "")))
    except ValueError as fault:
        raise UsageError(
            "the phone did not say which it is; open the app again",
            "HP tidak menyebut dirinya; buka ulang aplikasinya",
        ) from fault


@bp.errorhandler(RbmgeoError)
def refused(error: RbmgeoError) -> tuple[Response, int]:
    """Say in both languages what is wrong: the phone speaks either."""
    return jsonify(id=error.in_language("id"), en=error.in_language("en")), status_of(error)
