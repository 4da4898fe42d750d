"""SOP IV.5, IV.7: a draft goes to review, is approved by another person, published, compared."""

import secrets

import pandas as pd
from flask import (
    Blueprint,
    Response,
    flash,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries import drafts, map_data
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.maps import canvas
from rbmgeo.maps.layers import box_of
from rbmgeo.routes.draft import Effect
from rbmgeo.terms import Role
from rbmgeo.workflows import bench_views, change_sets, two_versions
from web.access import allow
from web.database import database
from web.headers import with_script
from web.language import lang, month, num, tr
from web.pages.download import file, plain_name, xlsx_file
from web.pages.forms import checked_month
from web.shell import stepped

bp = Blueprint("change_sets", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/meja")
#: Rows that a page shows of a difference; the workbook has all.
ROWS = 500


@bp.post("/<int:version_id>/ajukan")
@allow(Role.PERENCANA)
def submit(version_id: int) -> AnyResponse:
    """Send a draft to review."""
    with database().writing() as session:
        change_sets.submit(session, g.ulp, version_id, revision=_revision(), who=current_user.login)
    flash(
        tr("Draf diajukan. Orang lain meninjaunya.", "Submitted. Another person reviews it."), "ok"
    )
    return redirect(url_for("workbench.page", version_id=version_id))


@bp.post("/<int:version_id>/tinjau")
@allow(Role.PERENCANA, Role.PENGAWAS)
def review(version_id: int) -> AnyResponse:
    """Approve a draft of other people, or send it back with a reason."""
    with database().writing() as session:
        if request.form.get("putusan") == "setuju":
            change_sets.approve(
                session, g.ulp, version_id, revision=_revision(), who=current_user.login
            )
            said = tr("Draf disetujui, siap terbit.", "Approved, ready to publish.")
        else:
            change_sets.send_back(session, g.ulp, version_id, revision=_revision(), who=current_user.login,
                                  reason=request.form.get("alasan", ""))  # fmt: skip
            said = tr("Draf dikembalikan.", "Sent back.")
    flash(said, "ok")
    return redirect(url_for("workbench.page", version_id=version_id))


@bp.post("/<int:version_id>/terbit")
@allow(Role.PERENCANA)
def publish(version_id: int) -> AnyResponse:
    """Publish an approved draft from a month on."""
    begins = checked_month(request.form.get("mulai"), stepped(g.blth, 1))
    with database().writing() as session:
        change_sets.publish_change_set(session, g.ulp, version_id, effective_blth=begins,
                                       revision=_revision(), who=current_user.login)  # fmt: skip
    flash(
        tr(
            "Versi {v} berlaku mulai {m}.",
            "Version {v} holds from {m}.",
            v=version_id,
            m=month(begins),
        ),
        "ok",
    )
    return redirect(url_for("routes.one", version_id=version_id))


@bp.post("/<int:version_id>/pakai-lagi")
@allow(Role.PERENCANA)
def return_to(version_id: int) -> AnyResponse:
    """Make a draft that holds an earlier version again, submitted for review."""
    with database().writing() as session:
        made = change_sets.return_to(
            session, g.ulp, version_id, effective_blth=g.blth, who=current_user.login
        )
    return redirect(url_for("workbench.page", version_id=made))


@bp.get("/beda")
@allow(Role.PERENCANA, Role.PENGAWAS)
def differ() -> AnyResponse:
    """Show two states side by side: on one map, RBM by RBM, customer by customer."""
    with database().reading() as session:
        known = two_versions.choices(session, g.ulp)
        before, after = _sides() or two_versions.default_sides(session, g.ulp) or ("", "")
        found = two_versions.compared(session, g.ulp, before, after) if before else None
        dots = two_versions.changed_dots(session, g.ulp, found) if found is not None else None
        box = (
            box_of(pd.DataFrame(dots["dots"], columns=["lon", "lat", "change", "a", "b"]))
            if dots and dots["dots"] else box_of(map_data.gardu_places(session, ulp=g.ulp))
        )  # fmt: skip
        session.expunge_all()
    shell = (
        Markup(canvas.script(box))
        if box is not None and canvas.ready() and found is not None
        else None
    )
    nonce = secrets.token_urlsafe(18)
    made = make_response(
        render_template(
            "change_diff.html", known=known, before=before, after=after, found=found, most=ROWS,
            shell=shell, nonce=nonce, dots=Markup(canvas.inside_script(dots or {})), left=dots or {},
            counts=found.rows["change"].value_counts().to_dict() if found is not None else {},
            pictures=any(k.version is not None and k.key == after for k in known),
        )
    )  # fmt: skip
    if shell is not None:
        made.headers["Content-Security-Policy"] = with_script(nonce)
    return made


@bp.get("/bulan")
@allow(Role.PERENCANA, Role.PENGAWAS)
def of_month() -> AnyResponse:
    """Draw the routes that hold in the month of the address: its version, else its list."""
    with database().reading() as session:
        key = two_versions.in_force(session, g.ulp, g.blth)
    if key is None:
        raise NothingToDo(
            f"no version and no RBM list says how {g.blth} was read",
            f"belum ada versi atau daftar RBM untuk {month(g.blth)}; pilih bulan lain",
        )
    return redirect(url_for(".differ", dari=key, ke=key))


@bp.get("/beda/isi")
@allow(Role.PERENCANA, Role.PENGAWAS)
def differ_walks() -> Response:
    """Return the walks of some RBM on both sides as JSON."""
    before, after = _named_sides()
    with database().reading() as session:
        return jsonify(two_versions.walks(session, g.ulp, before, after, request.args.getlist("rbm")))  # fmt: skip


@bp.get("/beda.xlsx")
@allow(Role.PERENCANA, Role.PENGAWAS)
def differ_file() -> Response:
    """Give the same as a workbook."""
    before, after = _named_sides()
    with database().reading() as session:
        found = two_versions.compared(session, g.ulp, before, after)
    changed = found.per_rbm[found.per_rbm["changed"]].drop(columns="changed")
    return xlsx_file(
        {"RBM": changed, "Pelanggan": found.rows}, f"beda-{g.ulp}-{before}-{after}.xlsx", title=""
    )


@bp.get("/beda/gambar")
@allow(Role.PERENCANA, Role.PENGAWAS)
def picture() -> Response:
    """Give one picture of an RBM in two states."""
    before, after = _named_sides()
    with database().reading() as session:
        png = bench_views.picture(session, g.ulp, after, request.args.get("rbm", ""), lang=lang(), number=num,
                                  sample=bool(g.unit.sample), before=before)  # fmt: skip
    name = f"perubahan-{before}-{after}-{plain_name(request.args.get('rbm', ''))}.png"
    return file(png, name, "image/png")


@bp.get("/<int:version_id>/perubahan/<int:no>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def one_edit(version_id: int, no: int) -> str:
    """Show what one edit changed, customer by customer."""
    with database().reading() as session:
        edit = drafts.command(session, ulp=g.ulp, version_id=version_id, no=no)
        session.expunge(edit)
    rows = sorted(Effect.of_json(edit.effect).rows.items())
    return render_template(
        "change_edit.html", edit=edit, rows=rows, version_id=version_id, most=ROWS
    )


def _sides() -> tuple[str, str] | None:
    before, after = request.args.get("dari", ""), request.args.get("ke", "")
    return (before, after) if before and after else None


def _named_sides() -> tuple[str, str]:
    found = _sides()
    if found is None:
        raise UsageError("name two versions", "sebutkan dua versi")
    return found


def _revision() -> int:
    told = request.form.get("revisi", "")
    if not told.isascii() or not told.isdigit():
        raise UsageError("load the page again", "muat ulang halaman")
    return int(told)
