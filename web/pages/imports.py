"""Impor: upload files, see what each became, and mend what was refused."""

import secrets
from pathlib import Path

from flask import Blueprint, Response, g, render_template, request
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.models import ImportBatch
from rbmgeo.db.queries import imports, pages
from rbmgeo.errors import NotThere, UsageError
from rbmgeo.terms import FileKind, Role
from web.access import allow
from web.database import database, settings
from web.language import lang
from web.pages.download import csv_file
from web.pages.jobs import ask

bp = Blueprint("imports", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/impor")


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the upload and every file taken in before."""
    with database().reading() as session:
        rows = imports.batches(session, ulp=g.ulp)
        session.expunge_all()
    return render_template("imports.html", rows=rows, kinds=list(FileKind))


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
    folder = settings().home.resolve() / "uploads" / secrets.token_hex(8)
    folder.mkdir(parents=True, mode=0o700)
    for number, file in enumerate(files):
        # The name is kept for the list of files, made safe; equal names do not collide.
        name = secure_filename(Path(file.filename or "").name) or f"berkas-{number}"
        place = folder / name if not (folder / name).exists() else folder / f"{number}-{name}"
        file.save(place)
    return ask(
        "import", folder=str(folder), kind=kind, accept_good=request.form.get("cara") == "baik"
    )


@bp.get("/<int:batch_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def one(batch_id: int) -> str:
    """Show one file: its sums, and what was refused grouped by rule."""
    with database().reading() as session:
        batch = session.get(ImportBatch, (g.ulp, batch_id))
        if batch is None:
            raise NotThere(f"import {batch_id} is not there", f"impor {batch_id} tidak ada")
        problems = pages.rejects_by_rule(session, ulp=g.ulp, batch_id=batch_id)
        session.expunge_all()
    return render_template("import.html", batch=batch, problems=problems)


@bp.get("/<int:batch_id>/ditolak.csv")
@allow(Role.PERENCANA)
def rejects(batch_id: int) -> Response:
    """Give the refused rows with their cells, the rule and the remedy."""
    with database().reading() as session:
        frame = imports.rejects(session, ulp=g.ulp, batch_id=batch_id)
    cells = frame.pop("cells").apply(lambda c: c if isinstance(c, dict) else {})
    shown = frame.drop(columns="message_en" if lang() == "id" else "message_id")
    names = list(dict.fromkeys(name for row in cells for name in row))
    for name in names:
        shown[f"sel {name}"] = [row.get(name) for row in cells]
    return csv_file(shown, f"ditolak-{g.ulp}-{batch_id}.csv")
