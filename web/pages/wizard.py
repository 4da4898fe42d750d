"""Kiriman: files are dropped, seen, mapped, checked, loaded; every stop can be gone back to."""

import io
import secrets
import zipfile
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.utils import secure_filename
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.models import Job
from rbmgeo.db.queries import jobs, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NotThere, UsageError
from rbmgeo.faults import fault_point
from rbmgeo.intake.guess import columns_of
from rbmgeo.intake.look import Look
from rbmgeo.terms import FileKind, Role
from rbmgeo.workflows import intake
from rbmgeo.workflows.intake import Consignment
from web.access import allow, database_of
from web.database import database, over_units, settings
from web.pages.download import file as a_file
from web.pages.forms import checked_code
from web.pages.imports import may_load_into
from web.pages.jobs import said, why

bp = Blueprint("wizard", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/kiriman")

#: The stops, in their order, and the job that leads to each.
STOPS = ("unggah", "petakan", "periksa", "muat")
_TASK = {"petakan": "look", "periksa": "check", "muat": "load"}


@bp.post("")
@allow(Role.PERENCANA)
def upload() -> AnyResponse:
    """Keep the files as they came, then ask for a look at them."""
    files = [f for f in request.files.getlist("berkas") if f.filename]
    if not files:
        raise UsageError("no file was chosen", "belum ada berkas yang dipilih")
    with database().reading() as session:
        needed = jobs.uploads(session)
    intake.sweep(_home(), needed=needed)
    kept = Consignment(_home() / "uploads" / secrets.token_hex(8))
    kept.files.mkdir(parents=True, mode=0o700)
    for number, file in enumerate(files):
        # The name is kept for the list of files, made safe; equal names do not collide.
        name = secure_filename(Path(file.filename or "").name) or f"berkas-{number}"
        place = (
            kept.files / name
            if not (kept.files / name).exists()
            else kept.files / f"{number}-{name}"
        )
        file.save(place)
    fault_point("after_upload")
    return _ask(kept, "petakan")


@bp.get("/<token>")
@allow(Role.PERENCANA)
def page(token: str) -> str:
    """Show where a consignment stands: a job under way, or the stop that waits for a person."""
    kept = _kept(token)
    stop = kept.state["stop"]
    job = _job(kept)
    # Back to a stop that was passed, without undoing anything; never while a job works.
    asked = request.args.get("tahap", "")
    if job.state not in jobs.OPEN and asked in STOPS[1 : STOPS.index(stop)]:
        stop = asked
    look = Look.of_dict(seen) if (seen := kept.noted("dilihat")) else None
    return render_template(
        "wizard.html", kept=kept, stop=stop, job=job, said=said, why=why, look=look, stops=STOPS,
        checked=kept.noted("diperiksa"), loaded=kept.noted("dimuat"), kinds=list(FileKind),
        works=job.state in jobs.OPEN, known=_units(), reached=STOPS.index(kept.state["stop"]),
    )  # fmt: skip


@bp.get("/<token>/keadaan")
@allow(Role.PERENCANA)
def state(token: str) -> Response:
    """Return how far the job is, for the page that watches it."""
    job = _job(_kept(token))
    return jsonify(state=job.state, step=said(job.step), done=job.done, total=job.total)


@bp.get("/<token>/petakan/<key>")
@allow(Role.PERENCANA)
def mapping(token: str, key: str) -> str:
    """Show where each column of one group comes from, with values of its own first file."""
    kept = _kept(token)
    look = kept.look()
    group = _group(look, key)
    kind = _kind(request.args.get("jenis") or group.kind or FileKind.CUSTOMERS)
    return render_template(
        "wizard_mapping.html", kept=kept, look=look, group=group, kind=kind, kinds=list(FileKind),
        offers=intake.offers(look, key, kind), fault="", values={},
    )  # fmt: skip


@bp.post("/<token>/petakan/<key>")
@allow(Role.PERENCANA)
def remap(token: str, key: str) -> AnyResponse | tuple[str, int]:
    """Take a person's mapping of one group."""
    kept = _kept(token)
    look = kept.look()
    group = _group(look, key)
    kind = _kind(request.form.get("jenis", ""))
    answers = {o: request.form.get(f"kolom-{o}", "") for o in columns_of(kind)}
    for ours in columns_of(kind):
        typed = request.form.get(f"tetap-{ours}", "").strip()
        if typed and not answers[ours]:
            answers[ours] = f"tetap:{typed}"
    try:
        intake.remap(look, key, kind, answers)
    except UsageError as error:
        shown = render_template(
            "wizard_mapping.html", kept=kept, look=look, group=group, kind=kind,
            kinds=list(FileKind), offers=intake.offers(look, key, kind), fault=error, values=answers,
        )  # fmt: skip
        return shown, 400
    kept.note("dilihat", look.as_dict())
    _back_to(kept, "petakan")
    return redirect(url_for(".page", token=token))


@bp.post("/<token>/periksa")
@allow(Role.PERENCANA)
def check(token: str) -> AnyResponse:
    """Take the answers and ask for the check; who answered "no" maps the columns first."""
    kept = _kept(token)
    look = kept.look()
    first_to_map = ""
    for group in look.groups:
        answer = request.form.get(f"jawab-{group.key}", "")
        if answer == "ya" and group.needs_answer:
            intake.confirm(look, group.key)
        elif answer == "lewati":
            intake.leave_out(look, group.key)
        elif answer == "muat":
            group.load = True
        elif answer == "atur":
            first_to_map = first_to_map or group.key
    kept.note("dilihat", look.as_dict())
    if first_to_map:
        return redirect(url_for(".mapping", token=token, key=first_to_map))
    return _ask(kept, "periksa")


@bp.post("/<token>/muat")
@allow(Role.PERENCANA)
def load(token: str) -> AnyResponse:
    """Ask for the load: the good rows, or only tables without a bad one."""
    kept = _kept(token)
    if kept.noted("diperiksa") is None:
        raise UsageError("check the rows first", "periksa barisnya dulu")
    return _ask(kept, "muat", accept_good=request.form.get("cara") == "baik")


@bp.get("/<token>/ditolak")
@allow(Role.PERENCANA)
def rejects(token: str) -> Response:
    """Give the refused rows with their cells, rule and remedy: one CSV a table, to be fed again."""
    folder = _kept(token).folder / "ditolak"
    files = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    if not files:
        raise NotThere("no row was refused", "tidak ada baris yang ditolak")
    if len(files) == 1:
        return a_file(files[0].read_bytes(), f"ditolak-{g.ulp}.csv", "text/csv; charset=utf-8")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, path.name)
    return a_file(packed.getvalue(), f"ditolak-{g.ulp}.zip", "application/zip")


@bp.post("/<token>/unit")
@allow(Role.PERENCANA)
def other_unit(token: str) -> AnyResponse:
    """Take the consignment to the unit that its files name; make it if need be."""
    kept = _kept(token)
    code = checked_code(request.form.get("unit", ""))
    named = {o["unit"] for o in (kept.noted("diperiksa") or {}).get("other_unit", [])}
    if code not in named:
        raise UsageError(
            f"no file names unit {code}", f"tidak ada berkas yang menyebut unit {code}"
        )
    with over_units().writing() as session:
        may_load_into(session, code)
        units.ensure_unit(session, ulp=code)
    g.ulp, g.scope = code, database_of(code).scope
    return _ask(kept, "periksa")


@bp.post("/<token>/batal")
@allow(Role.PERENCANA)
def drop(token: str) -> AnyResponse:
    """Throw the files away; what was loaded stays."""
    kept = _kept(token)
    if _job(kept).state in jobs.OPEN:
        with database().writing() as session:
            jobs.cancel(session, ulp=g.ulp, job_id=kept.state["job"])
        return redirect(url_for(".page", token=token))
    kept.drop()
    return redirect(url_for("imports.page"))


def _home() -> Path:
    return settings().home.resolve()


def _kept(token: str) -> Consignment:
    kept = Consignment.of(_home(), token)
    if kept.state.get("ulp") != g.ulp:
        raise NotThere(
            "these files are not kept any more; upload them again",
            "berkas ini tidak tersimpan lagi; unggah ulang",
        )
    return kept


def _job(kept: Consignment) -> Job:
    with database().reading() as session:
        job = jobs.job(session, ulp=g.ulp, job_id=kept.state["job"])
        session.expunge(job)
    return job


def _ask(kept: Consignment, stop: str, **args: Any) -> AnyResponse:
    """Ask for the job that leads to a stop, unless one works already; show where it stands."""
    if kept.state and kept.state["ulp"] == g.ulp and _job(kept).state in jobs.OPEN:
        return redirect(url_for(".page", token=kept.token))
    given = {"home": str(_home()), "token": kept.token, **args}
    task = _TASK[stop]
    if stop == "periksa":
        kept.forget("diperiksa", "dimuat")
    with database().writing() as session:
        made = jobs.ask(session, ulp=g.ulp, task=task, args=given, who=current_user.login)
        log_command(
            session, who=current_user.login, ulp=g.ulp, command=f"ask {task}", after={"job": made}
        )
        # Before the commit: a worker must not meet a consignment that knows no job.
        kept.note("kiriman", {"ulp": g.ulp, "stop": stop, "job": made})
    return redirect(url_for(".page", token=kept.token))


def _back_to(kept: Consignment, stop: str) -> None:
    kept.note("kiriman", {**kept.state, "stop": stop})
    kept.forget("diperiksa", "dimuat")


def _group(look: Look, key: str) -> Any:
    try:
        return look.group(key)
    except KeyError:
        raise NotThere("this table is not there any more", "tabel ini tidak ada lagi") from None


def _kind(text: str) -> FileKind:
    if text not in set(FileKind):
        raise UsageError(f"{text!r} is no kind of file", f"{text!r} bukan jenis berkas")
    return FileKind(text)


def _units() -> set[str]:
    with database().reading() as session:
        return {u.ulp for u in units.units(session)}
