"""Impor: upload files; what each became is on the page of files taken in."""

import secrets
from pathlib import Path

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries import jobs, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.db.queries.people import EVERY_UNIT
from rbmgeo.errors import NotAllowed, NotThere, UsageError
from rbmgeo.terms import FileKind, Role
from rbmgeo.workflows.intake import sweep, waiting
from web.access import allow, database_of
from web.database import database, over_units, settings
from web.pages.forms import checked_code
from web.pages.jobs import ask

bp = Blueprint("imports", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/impor")


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the upload, and consignments that wait for an answer."""
    waits = waiting(settings().home.resolve(), g.ulp)
    return render_template("imports.html", kinds=list(FileKind), waits=waits)


@bp.post("")
@allow(Role.PERENCANA)
def load() -> AnyResponse:
    """Keep the files aside and ask for their import."""
    files = [f for f in request.files.getlist("berkas") if f.filename]
    kind = request.form.get("jenis", "")
    if not files:
        raise UsageError("no file was chosen", "belum ada berkas yang dipilih")
    if kind and kind not in set(FileKind):
        raise UsageError(f"{kind!r} is no kind of file", f"{kind!r} bukan jenis berkas")
    with database().reading() as session:
        needed = jobs.uploads(session)
    sweep(settings().home.resolve(), needed=needed)
    folder = _new_folder()
    for number, file in enumerate(files):
        # The name is kept for the list of files, made safe; equal names do not collide.
        name = secure_filename(Path(file.filename or "").name) or f"berkas-{number}"
        place = folder / name if not (folder / name).exists() else folder / f"{number}-{name}"
        file.save(place)
    return ask(
        "import", folder=str(folder), kind=kind, accept_good=request.form.get("cara") == "baik"
    )


@bp.post("/unit-lain/<int:job_id>")
@allow(Role.PERENCANA)
def other_unit(job_id: int) -> AnyResponse:
    """Load what an import found to be of another unit into that unit; make it if need be."""
    code = checked_code(request.form.get("unit", ""))
    with database().writing() as session:
        job = jobs.job(session, ulp=g.ulp, job_id=job_id)
        named = [o["file"] for o in (job.result or {}).get("other_unit", []) if o["unit"] == code]
        kept = Path(job.args.get("folder", ""))
        there = [
            kept / Path(n).name for n in dict.fromkeys(named) if (kept / Path(n).name).is_file()
        ]
        if not there:
            raise NotThere(
                "these files are not kept any more; upload them again",
                "berkas ini tidak tersimpan lagi; unggah ulang",
            )
        args = dict(job.args)
    with over_units().writing() as session:
        may_load_into(session, code)
        units.ensure_unit(session, ulp=code)
    with database_of(code).writing() as session:
        folder = _new_folder()
        for file in there:
            file.replace(folder / file.name)
        args["folder"] = str(folder)
        asked = jobs.ask(session, ulp=code, task="import", args=args, who=current_user.login)
        log_command(
            session, who=current_user.login, ulp=code, command="ask import", after={"job": asked}
        )
    return redirect(url_for("jobs.one", ulp=code, blth=g.blth, job_id=asked))


def may_load_into(session: Session, code: str) -> None:
    """Raise `NotAllowed` unless who asks may load into a unit, a new one included."""
    known = {u.ulp for u in units.units(session)}
    held = current_user.roles_in(code)
    if code in known and held & {Role.PERENCANA, Role.ADMIN}:
        return
    if code not in known and Role.ADMIN in current_user.grants.get(EVERY_UNIT, set()):
        return
    raise NotAllowed(
        f"you may not load into unit {code}; ask the administrator to add the unit or your role",
        f"Anda tidak bisa memuat ke unit {code}; minta administrator menambah unit atau peran Anda",
    )


def _new_folder() -> Path:
    folder = settings().home.resolve() / "uploads" / secrets.token_hex(8)
    folder.mkdir(parents=True, mode=0o700)
    return folder
