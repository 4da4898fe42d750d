"""Pictures of the field: taken in piece by piece, and shown to the office."""

import uuid
from datetime import UTC, datetime

from flask import Blueprint, g, jsonify, request
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import units, visit_photos, visits
from rbmgeo.errors import NotThere
from rbmgeo.faults import fault_point
from rbmgeo.intake.arriving_photos import MOST_CHUNK, Arrived, ArrivingPhotos, NoPicture
from rbmgeo.intake.photo_store import PhotoStore
from rbmgeo.privacy import seen
from rbmgeo.terms import Role
from rbmgeo.workflows.visit_photos import picture_came
from web.access import allow, beyond_field, no_page
from web.database import database, settings
from web.phone.sent import body
from web.picture import picture

bp = Blueprint("pictures", __name__, url_prefix="/<ulp:ulp>")


@bp.get("/hp/foto/<sha256>")
@allow(Role.SURVEYOR, Role.PERENCANA)
@beyond_field  # with its last picture a visit is worked on
@no_page
def there(sha256: str) -> Response:
    """Say how much of a picture came."""
    return _told(sha256, _arriving().there(sha256))


@bp.put("/hp/foto/<sha256>")
@allow(Role.SURVEYOR, Role.PERENCANA)
@beyond_field  # with its last picture a visit is worked on
@no_page
def take(sha256: str) -> Response:
    """Append a piece (``mulai``: where it begins, ``seluruhnya``: bytes of the whole picture)."""
    start, total = _number("mulai"), _number("seluruhnya")
    with database().reading() as session:
        units.unit(session, ulp=g.ulp)
    return _told(sha256, _arriving().take(sha256, start, total, body(MOST_CHUNK)))


@bp.get("/lapangan/foto/<uuid:public_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def show(public_id: uuid.UUID) -> Response:
    """Give one picture; its address says nothing of whose it is (R-CH-06)."""
    with database().reading() as session:
        sha256, suffix = visit_photos.picture(session, ulp=g.ulp, public_id=str(public_id))
        seen.note(visit_photos.picture_of(session, ulp=g.ulp, sha256=sha256))
    place = _store().path(sha256, suffix)
    if not place.is_file():
        raise NotThere(
            "the picture's file is missing from the folder photos of RBMGEO_HOME; bring it back from a backup",
            "berkas foto tidak ada di folder photos RBMGEO_HOME; kembalikan dari cadangan",
        )
    return picture(place)


def _told(sha256: str, found: Arrived) -> Response:
    """Answer how much is there; a whole picture is noted first, also where a server died before it."""
    fault_point("photo_piece")
    if found.whole:
        with database().reading() as session:
            noted = visits.photos_there(session, ulp=g.ulp, hashes=[sha256])
        if not noted:
            with database().writing() as session:
                units.unit(session, ulp=g.ulp)
                picture_came(
                    session, g.ulp, sha256, suffix=found.suffix, size=found.have,
                    who=current_user.login, now=datetime.now(UTC),
                )  # fmt: skip
    fault_point("photo_kept")
    return jsonify(have=found.have, whole=found.whole)


def _number(name: str) -> int:
    value = request.args.get(name, "")
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise NoPicture(
            f"{name} is no number of bytes; load the app again",
            f"{name} bukan jumlah bita; muat ulang aplikasi",
        )
    return int(value)


def _store() -> PhotoStore:
    return PhotoStore.of(settings().home.resolve(), g.ulp)


def _arriving() -> ArrivingPhotos:
    return ArrivingPhotos(_store())
