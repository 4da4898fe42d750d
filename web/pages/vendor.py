"""RBM saya: what a vendor's coordinator sees; and which RBM the office assigned to whom."""

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import pages, vendor
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotThere
from rbmgeo.terms import Role
from rbmgeo.workflows.maps import Drawn, rbm_map
from rbmgeo.workflows.sheets import print_sheet
from web.access import allow
from web.database import database
from web.language import lang, tr
from web.pages.download import file as taken
from web.pages.drawing import drawn_page

bp = Blueprint("vendor", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/rbm-saya")
office = Blueprint("vendor_office", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/vendor")


@bp.get("")
@allow(Role.VENDOR, admin=False)
def page() -> str:
    """Show the RBM assigned to who asks, and how far each is read this month."""
    with database().reading() as session:
        rows = vendor.progress(session, ulp=g.ulp, blth=g.blth)
    known = rows.dropna(subset=["customers"])
    return render_template(
        "vendor.html", rows=rows.astype(object).where(rows.notna(), None).to_dict("records"),
        customers=int(known["customers"].sum()), read=int(known["read"].sum()), known=len(known),
    )  # fmt: skip


@bp.get("/peta/<path:code>")
@allow(Role.VENDOR, admin=False)
def one(code: str) -> Response:
    """Show one of them as a map, with its customers in reading order."""
    with database().reading() as session:
        rows = vendor.members(session, ulp=g.ulp, rbm=code)
        if not rows:
            raise _not_his(code)
        drawn = _plain(rbm_map(session, g.ulp, code, lang=lang()))
    return drawn_page("vendor_rbm.html", drawn, code=code, rows=rows)


@bp.get("/lembar/<path:code>.pdf")
@allow(Role.VENDOR, admin=False)
def sheet(code: str) -> Response:
    """Give its printed sheet."""
    with database().reading() as session:
        if not vendor.members(session, ulp=g.ulp, rbm=code):
            raise _not_his(code)
        done = print_sheet(session, g.ulp, "rbm", code, blth=g.blth, at=datetime.now(UTC))
    safe = "".join(c if c.isascii() and c.isalnum() else "-" for c in code)
    return taken(done.content, f"peta-rbm-{safe}.pdf", "application/pdf")


@office.get("")
@allow(Role.PERENCANA)
def assigned() -> str:
    """Show which RBM is assigned to which coordinator, now and before."""
    with database().reading() as session:
        rows = vendor.assignments(session, ulp=g.ulp)
        people = vendor.coordinators(session, ulp=g.ulp)
        codes = [str(c) for c in pages.rbm_counts(session, ulp=g.ulp)["rbm"]]
    return render_template("vendor_office.html", rows=rows, people=people, codes=codes)


@office.post("")
@allow(Role.PERENCANA)
def assign() -> Response:
    """Assign RBM to a coordinator."""
    codes = [c.strip() for c in request.form.getlist("rbm") if c.strip()]
    user_id = request.form.get("orang", 0, type=int)
    with database().writing() as session:
        done = vendor.assign(
            session, ulp=g.ulp, user_id=user_id, rbms=codes, who=current_user.login
        )
        log_command(
            session, who=current_user.login, ulp=g.ulp, command="vendor assign",
            after={"user": user_id, "rbm": done},
        )  # fmt: skip
    flash(tr("{n} RBM ditugaskan.", "{n} RBM assigned.", n=len(done)), "ok")
    return redirect(url_for(".assigned"))


@office.post("/<int:assigned_id>/cabut")
@allow(Role.PERENCANA)
def take_back(assigned_id: int) -> Response:
    """End an assignment; it stays in the list, and can be given again."""
    with database().writing() as session:
        rbm = vendor.take_back(session, ulp=g.ulp, assigned_id=assigned_id, who=current_user.login)
        log_command(
            session, who=current_user.login, ulp=g.ulp, command="vendor take back",
            before={"assigned": assigned_id, "rbm": rbm},
        )  # fmt: skip
    flash(tr("Penugasan {r} dicabut.", "{r} is taken back.", r=rbm), "ok")
    return redirect(url_for(".assigned"))


def _plain(drawn: Drawn) -> Drawn:
    """Call a house a house: what the office found out about it is not shown, so nothing is said of it."""
    told = drawn.data["words"]
    for key in [k for k in told if k.startswith("point-")]:
        told[key] = str(tr("rumah", "house"))
    for line in drawn.data["legend"]:
        if str(line["k"]).startswith("point-"):
            line["words"] = str(tr("rumah", "house"))
    return drawn


def _not_his(code: str) -> NotThere:
    return NotThere(
        f"RBM {code} is not assigned to you; see My RBM",
        f"RBM {code} tidak ditugaskan kepada Anda; lihat RBM saya",
    )
