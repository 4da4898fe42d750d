"""SOP IV.7: the deeds of hand-over (berita acara): issue, take away, close by the signed scan."""

import io
import zipfile
from datetime import UTC, datetime

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries import deeds as kept
from rbmgeo.db.queries import jobs, versions
from rbmgeo.errors import NothingToDo, NotThere, UsageError
from rbmgeo.privacy import seen
from rbmgeo.terms import Role, VersionState
from rbmgeo.workflows.deed_book import book_files
from rbmgeo.workflows.deeds import sign_deed, signed_scan
from web.access import allow
from web.database import database, settings
from web.language import tr
from web.pages.download import XLSX
from web.pages.download import file as taken
from web.pages.forms import checked_day
from web.pages.jobs import ask
from web.pages.schedule import today

bp = Blueprint("deeds", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/berita-acara")

PDF = "application/pdf"
#: Photos or scans of one signed deed.
MOST_FILES = 30


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """List the deeds, and offer those of a published version."""
    with database().reading() as session:
        rows = kept.summaries(session, ulp=g.ulp)
        known = [
            v for v in versions.versions(session, ulp=g.ulp) if v.state == VersionState.PUBLISHED
        ]
        session.expunge_all()
    return render_template(
        "deeds.html", rows=rows, versions=known, today=today(),
        of=sorted({d["version_id"] for d in rows}, reverse=True),
    )  # fmt: skip


@bp.post("")
@allow(Role.PERENCANA)
def issue() -> AnyResponse:
    """Ask for the deeds of a published version; RBM that have one keep it."""
    version_id = request.form.get("versi", type=int)
    if version_id is None:
        raise UsageError("choose a published version", "pilih versi yang sudah terbit")
    on = checked_day(request.form.get("tanggal")) or today()
    return ask(
        "deeds", blth=g.blth, version_id=version_id, on=on.isoformat(), address=request.url_root
    )


@bp.get("/versi-<int:version_id>.zip")
@allow(Role.PERENCANA, Role.PENGAWAS)
def all_files(version_id: int) -> Response:
    """Give every deed of a version with its workbook, as they were issued."""
    with database().reading() as session:
        files = kept.files_of(session, ulp=g.ulp, version_id=version_id)
    if not files:
        raise NothingToDo(
            f"version {version_id} has no deeds yet; issue them first",
            f"versi {version_id} belum punya berita acara; terbitkan dulu",
        )
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for number, rbm, pdf, xlsx in files:
            stem = _safe(f"{rbm}-{number}")
            for suffix, content in (("pdf", pdf), ("xlsx", xlsx)):
                archive.writestr(
                    zipfile.ZipInfo(f"{stem}.{suffix}", (1980, 1, 1, 0, 0, 0)), content
                )
    return taken(held.getvalue(), f"berita-acara-{g.ulp}-versi-{version_id}.zip", "application/zip")


@bp.post("/versi-<int:version_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def bind(version_id: int) -> AnyResponse:
    """Ask for every deed of a version as one PDF with bookmarks."""
    return ask("deed_book", version_id=version_id, home=str(settings().home.absolute()))


@bp.get("/berkas-<int:job_id>.pdf")
@allow(Role.PERENCANA, Role.PENGAWAS)
def bound(job_id: int) -> Response:
    """Give the file that such a job bound."""
    with database().reading() as session:
        job = jobs.job(session, ulp=g.ulp, job_id=job_id)
        there = job.task == "deed_book" and job.state == jobs.DONE
        result = dict(job.result or {}) if there else {}
    if not result:
        raise NotThere(
            f"job {job_id} bound no deeds; see the list of jobs",
            f"pekerjaan {job_id} tidak menjilid berita acara; lihat daftar pekerjaan",
        )
    content = book_files(settings().home, g.ulp).read(str(result["file"]))
    return taken(content, str(result["file_name"]), PDF)


@bp.get("/<int:year>/<int:number>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def one(year: int, number: int) -> str:
    """Show one deed: its numbers, its files, and whether it is signed."""
    with database().reading() as session:
        it = kept.deed(session, ulp=g.ulp, year=year, number=number)
        session.expunge_all()
    return render_template("deed.html", it=it, said=it.content)


@bp.get("/<int:year>/<int:number>.pdf")
@allow(Role.PERENCANA, Role.PENGAWAS)
def paper(year: int, number: int) -> Response:
    """Give a deed as it was issued."""
    return _file(year, number, "pdf", PDF)


@bp.get("/<int:year>/<int:number>.xlsx")
@allow(Role.PERENCANA, Role.PENGAWAS)
def book(year: int, number: int) -> Response:
    """Give the workbook of a deed as it was issued."""
    return _file(year, number, "xlsx", XLSX)


@bp.post("/<int:year>/<int:number>/tanda-tangan")
@allow(Role.PERENCANA, Role.PENGAWAS)
def sign(year: int, number: int) -> AnyResponse:
    """Close a deed with the scan or photos of its signed paper."""
    sent = [f for f in request.files.getlist("pindaian") if f.filename][: MOST_FILES + 1]
    if not sent or len(sent) > MOST_FILES:
        raise UsageError(
            f"choose the scan of the signed deed: 1 to {MOST_FILES} files",
            f"pilih pindaian berita acara yang ditandatangani: 1 sampai {MOST_FILES} berkas",
        )
    with database().writing() as session:
        sign_deed(
            session, settings().home, g.ulp, year, number, [f.read() for f in sent],
            who=current_user.login, at=datetime.now(UTC),
        )  # fmt: skip
    flash(tr("Berita acara ditutup dengan pindaian bertanda tangan.", "The deed is closed with its signed scan."), "ok")  # fmt: skip
    return redirect(url_for(".one", year=year, number=number))


@bp.get("/<int:year>/<int:number>/tanda-tangan.pdf")
@allow(Role.PERENCANA, Role.PENGAWAS)
def scan(year: int, number: int) -> Response:
    """Give the signed scan."""
    with database().reading() as session:
        it = kept.deed(session, ulp=g.ulp, year=year, number=number, files=True)
        seen.note(seen.numbers_in_parcel(bytes(it.xlsx)))
        content = signed_scan(settings().home, it)
        return taken(content, f"{_safe(it.full_number)}-ttd.pdf", PDF)


def _file(year: int, number: int, kind: str, mimetype: str) -> Response:
    with database().reading() as session:
        it = kept.deed(session, ulp=g.ulp, year=year, number=number, files=True)
        # Its pages were drawn long ago; the workbook beside them names the same customers.
        seen.note(seen.numbers_in_parcel(bytes(it.xlsx)))
        return taken(bytes(getattr(it, kind)), f"{_safe(it.full_number)}.{kind}", mimetype)


def _safe(text: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in text)
