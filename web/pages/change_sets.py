"""SOP IV.5, IV.7: a draft goes to review, is approved by another person, published, compared."""

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries import drafts, versions
from rbmgeo.errors import UsageError
from rbmgeo.routes.draft import Effect
from rbmgeo.terms import Role
from rbmgeo.workflows import bench_views, change_sets
from web.access import allow
from web.database import database
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
def differ() -> str:
    """Show two versions side by side: RBM by RBM, customer by customer."""
    before, after = _two()
    with database().reading() as session:
        known = versions.versions(session, ulp=g.ulp)
        if before is None or after is None:
            after = after or (known[0].version_id if known else None)
            before = before or (known[1].version_id if len(known) > 1 else after)
        found = change_sets.compared(session, g.ulp, before, after) if before and after else None
        session.expunge_all()
    return render_template("change_diff.html", known=known, before=before, after=after, found=found, most=ROWS, edit=None)  # fmt: skip


@bp.get("/beda.xlsx")
@allow(Role.PERENCANA, Role.PENGAWAS)
def differ_file() -> Response:
    """Give the same as a workbook."""
    before, after = _two()
    if before is None or after is None:
        raise UsageError("name two versions", "sebutkan dua versi")
    with database().reading() as session:
        found = change_sets.compared(session, g.ulp, before, after)
    changed = found.per_rbm[found.per_rbm["changed"]].drop(columns="changed")
    return xlsx_file(
        {"RBM": changed, "Pelanggan": found.rows}, f"beda-{g.ulp}-{before}-{after}.xlsx", title=""
    )


@bp.get("/beda/gambar")
@allow(Role.PERENCANA, Role.PENGAWAS)
def picture() -> Response:
    """Give one picture of an RBM in two versions."""
    before, after = _two()
    if before is None or after is None:
        raise UsageError("name two versions", "sebutkan dua versi")
    with database().reading() as session:
        png = bench_views.picture(session, g.ulp, after, request.args.get("rbm", ""), lang=lang(), number=num,
                                  sample=bool(g.unit.sample), before_id=before)  # fmt: skip
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


def _two() -> tuple[int | None, int | None]:
    return request.args.get("dari", type=int), request.args.get("ke", type=int)


def _revision() -> int:
    told = request.form.get("revisi", "")
    if not told.isascii() or not told.isdigit():
        raise UsageError("load the page again", "muat ulang halaman")
    return int(told)
