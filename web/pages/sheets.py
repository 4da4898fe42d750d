"""Lembar cetak: Peta RBM and Peta Gardu as PDF, one at once or all of a unit as a job."""

from datetime import UTC, datetime

from flask import Blueprint, Response, g, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries import jobs, versions
from rbmgeo.errors import NotThere, UsageError
from rbmgeo.terms import Role
from rbmgeo.workflows.sheet_files import SheetFiles
from rbmgeo.workflows.sheets import KINDS, print_sheet
from web.access import allow
from web.database import database, settings
from web.pages.download import file as taken
from web.pages.forms import rows_a_page
from web.pages.jobs import ask

bp = Blueprint("sheets", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/lembar")

PDF = "application/pdf"


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Offer all sheets of the unit as one file, and the files made before."""
    with database().reading() as session:
        known = versions.versions(session, ulp=g.ulp)
        made = [
            j for j in jobs.jobs(session, ulp=g.ulp, limit=rows_a_page(200)) if j.task == "sheets"
        ]
        session.expunge_all()
    files = SheetFiles.of(settings().home, g.ulp)
    rows = [(j, j.state == jobs.DONE and files.has((j.result or {}).get("file", ""))) for j in made]
    return render_template("sheets.html", versions=known, rows=rows[: rows_a_page(20)], kinds=KINDS)


@bp.post("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def all_of_unit() -> AnyResponse:
    """Ask for the sheets of every RBM or gardu."""
    kind = request.form.get("jenis", "")
    if kind not in KINDS:
        raise UsageError(f"{kind!r} is none of {KINDS}", f"{kind!r} bukan {KINDS}")
    return ask(
        "sheets", kind=kind, blth=g.blth, version_id=request.form.get("versi", type=int),
        home=str(settings().home.absolute()), address=request.url_root,
    )  # fmt: skip


@bp.get("/<int:job_id>.pdf")
@allow(Role.PERENCANA, Role.PENGAWAS)
def made(job_id: int) -> Response:
    """Give the file that a job made."""
    with database().reading() as session:
        job = jobs.job(session, ulp=g.ulp, job_id=job_id)
        result = dict(job.result or {}) if job.task == "sheets" and job.state == jobs.DONE else {}
    if not result:
        raise NotThere(
            f"job {job_id} made no sheets; see the list of jobs",
            f"pekerjaan {job_id} tidak membuat lembar; lihat daftar pekerjaan",
        )
    content = SheetFiles.of(settings().home, g.ulp).read(str(result["file"]))
    return taken(content, str(result["file_name"]), PDF)


@bp.get("/<any(rbm, gardu):subject>/<path:code>.pdf")
@allow(Role.PERENCANA, Role.PENGAWAS)
def one(subject: str, code: str) -> Response:
    """Give the sheet of one RBM or gardu."""
    with database().reading() as session:
        done = print_sheet(
            session, g.ulp, subject, code, blth=g.blth, at=datetime.now(UTC),
            version_id=request.args.get("versi", type=int), address=request.url_root,
        )  # fmt: skip
    safe = "".join(c if c.isascii() and c.isalnum() else "-" for c in code)
    return taken(done.content, f"peta-{subject}-{safe}.pdf", PDF)
