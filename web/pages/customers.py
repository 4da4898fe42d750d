"""One customer: what the lists say, the evidence, the history; by public id only."""

import uuid
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import own_readings, pages, survey
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotThere
from rbmgeo.intake.photo_store import PhotoStore
from rbmgeo.matching.findings import GENERAL_REASONS
from rbmgeo.privacy import seen
from rbmgeo.terms import Role
from rbmgeo.workflows.surroundings import around_customer
from web.access import allow
from web.database import database, settings
from web.language import month, question, tr
from web.pages.findings import certainty, reason
from web.picture import picture

bp = Blueprint("customers", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/pelanggan")


@bp.get("/<uuid:public_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page(public_id: uuid.UUID) -> str:
    """Show one customer."""
    with database().reading() as session:
        who = pages.customer(session, ulp=g.ulp, public_id=str(public_id))
        history = survey.history(session, ulp=g.ulp, idpel=who["idpel"])
        readings = pages.customer_readings(session, ulp=g.ulp, idpel=who["idpel"])
        mine = own_readings.of_customer(session, ulp=g.ulp, idpel=who["idpel"])
        photos = pages.customer_photos(session, ulp=g.ulp, idpel=who["idpel"])
        planned = pages.in_latest_plan(session, ulp=g.ulp, idpel=who["idpel"])
        that = _proposed(who)
        around = around_customer(
            session, g.ulp, who["idpel"], proposed=that, title=_map_title(who["gardu"], that)
        )
    doubted = who["p"] is not None and who["kind"] != "ok"
    return render_template(
        "customer.html", who=who, history=history, readings=readings, planned=planned, photos=photos,
        mine=mine,
        doubted=doubted, sure=certainty(who["p"]) if doubted else "",
        reasons=[reason(r) for r in who["reasons"] or [] if r["key"] not in GENERAL_REASONS],
        parts=[(reason(r), r["points"]) for r in who["reasons"] or [] if "points" in r],
        question=question(who["question"]) if who["question"] else "",
        around=around, that=that,
        months_d=", ".join(month(b, short=True) for b in around.known["code_d"]),
    )  # fmt: skip


def _proposed(who: dict[str, Any]) -> str | None:
    """Return the gardu that a doubt proposes instead of the recorded one."""
    other = who["proposed_gardu"] if who["kind"] != "ok" else None
    return str(other) if other and other != who["gardu"] else None


def _map_title(recorded: str | None, that: str | None) -> str:
    """Say what the small map shows; it names gardu and no customer."""
    if that:
        return str(tr("Peta kecil: rumah ini di tengah, tetangga menurut gardu {a} dan {b}",
                      "Small map: this house in the middle, neighbours by gardu {a} and {b}",
                      a=recorded or "-", b=that))  # fmt: skip
    return str(tr("Peta kecil: rumah ini di tengah, tetangga menurut gardu {a}",
                  "Small map: this house in the middle, neighbours by gardu {a}",
                  a=recorded or "-"))  # fmt: skip


@bp.get("/foto/<uuid:public_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def photo(public_id: uuid.UUID) -> Response:
    """Give one photo; its address says nothing of whose it is (R-CH-06)."""
    with database().reading() as session:
        sha256, suffix = pages.photo(session, ulp=g.ulp, public_id=str(public_id))
        seen.note(pages.photo_of(session, ulp=g.ulp, sha256=sha256))
    place = PhotoStore.of(settings().home.resolve(), g.ulp).path(sha256, suffix)
    if not place.is_file():
        raise NotThere(
            "the photo's file is missing from the folder photos of RBMGEO_HOME; import its zip again",
            "berkas foto tidak ada di folder photos RBMGEO_HOME; impor lagi zip-nya",
        )
    return picture(place)


@bp.post("/<uuid:public_id>/survei")
@allow(Role.PERENCANA)
def to_survey(public_id: uuid.UUID) -> Response:
    """Put this customer at the end of the newest survey plan."""
    with database().writing() as session:
        who = pages.customer(session, ulp=g.ulp, public_id=str(public_id))
        added = pages.add_visit(session, ulp=g.ulp, idpel=who["idpel"])
        log_command(
            session, who=current_user.login, ulp=g.ulp, command="survey add",
            after={"customer": str(public_id), "run": added},
        )  # fmt: skip
    flash(tr("Dimasukkan ke survei terakhir.", "Added to the newest survey."), "ok")
    return redirect(url_for(".page", public_id=public_id))
