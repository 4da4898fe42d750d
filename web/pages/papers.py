"""Formulir: cards, notices and lists in batch, each with its number, as one PDF made by a job."""

import uuid
from typing import Any

from flask import Blueprint, Response, g, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries import forms as kept
from rbmgeo.db.queries import jobs, map_data, pages
from rbmgeo.errors import NotThere, UsageError
from rbmgeo.intake.pasted import read_pasted
from rbmgeo.labels.forms import FORMS
from rbmgeo.sheets.form_parts import UNKNOWN
from rbmgeo.terms import FormKind, Role
from rbmgeo.workflows.forms import WAYS, form_files
from web.access import allow
from web.database import database, settings
from web.pages.download import file as taken
from web.pages.forms import checked_day, checked_number, rows_a_page
from web.pages.jobs import ask
from web.pages.schedule import today

bp = Blueprint("papers", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/formulir")

PDF = "application/pdf"
CARDS = (FormKind.KML, FormKind.TUL_II_04, FormKind.TUL_VI_01, FormKind.INFORMASI)


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Offer the forms, and list what was printed."""
    with database().reading() as session:
        rows = kept.prints(session, ulp=g.ulp, limit=rows_a_page(30))
        made = _made(jobs.jobs(session, ulp=g.ulp, limit=rows_a_page(200)))
        numbers = kept.last_numbers(session, ulp=g.ulp, year=today().year)
        rbms = pages.rbm_codes(session, ulp=g.ulp)
        gardu = map_data.gardu_places(session, ulp=g.ulp)["gardu"].tolist()
        counts = pages.finding_counts(session, ulp=g.ulp, limit=g.unit_settings.finding_limit)
        runs = pages.survey_runs(session, ulp=g.ulp)
        session.expunge_all()
    files = form_files(settings().home, g.ulp)
    shown = [(r, made.get(r.print_id) if files.has(made.get(r.print_id, ("", 0))[0]) else None) for r in rows]  # fmt: skip
    return render_template(
        "papers.html", rows=shown, numbers=numbers, rbms=rbms, gardu=gardu, counts=counts,
        runs=sorted({int(n) for n in runs["run_id"]}, reverse=True)[:10], kinds=CARDS, forms=FORMS,
        unknown=UNKNOWN, today=today(), classes=pages.LIST_CLASSES,
    )  # fmt: skip


@bp.post("")
@allow(Role.PERENCANA)
def number() -> AnyResponse:
    """Ask for forms of a kind, for whoever was chosen."""
    form = request.form
    kind, by = form.get("jenis", ""), form.get("untuk", "")
    if kind not in FORMS or by not in WAYS:
        raise UsageError(f"{kind!r} for {by!r} is no form", f"{kind!r} untuk {by!r} bukan formulir")
    on = checked_day(form.get("tanggal")) or today()
    return ask(
        "forms", kind=kind, by=by, codes=_codes(by, form), on=on.isoformat(), blth=g.blth,
        subject=form.get("informasi", "").strip()[:200], address=request.url_root,
        home=str(settings().home.absolute()),
    )  # fmt: skip


@bp.post("/surat-tugas")
@allow(Role.PERENCANA)
def letters() -> AnyResponse:
    """Ask for the letters of everybody who is scheduled in some days."""
    first = checked_day(request.form.get("dari")) or today()
    last = checked_day(request.form.get("sampai")) or first
    if last < first:
        raise UsageError("the last day lies before the first", "hari akhir sebelum hari pertama")
    return ask(
        "letters", blth=g.blth, first_on=first.isoformat(), last_on=last.isoformat(),
        on=today().isoformat(), address=request.url_root, home=str(settings().home.absolute()),
    )  # fmt: skip


@bp.post("/<int:print_id>/cetak")
@allow(Role.PERENCANA, Role.PENGAWAS)
def again(print_id: int) -> AnyResponse:
    """Ask for a print once more, with its own numbers."""
    with database().reading() as session:
        kept.one_print(session, ulp=g.ulp, print_id=print_id)
    return ask("form_book", print_id=print_id, home=str(settings().home.absolute()))


@bp.get("/berkas-<int:job_id>.pdf")
@allow(Role.PERENCANA, Role.PENGAWAS)
def made(job_id: int) -> Response:
    """Give the file that a job made."""
    with database().reading() as session:
        job = jobs.job(session, ulp=g.ulp, job_id=job_id)
        there = job.task in ("forms", "form_book", "letters") and job.state == jobs.DONE
        result = dict(job.result or {}) if there else {}
    if not result:
        raise NotThere(
            f"job {job_id} made no forms; see the list of jobs",
            f"pekerjaan {job_id} tidak membuat formulir; lihat daftar pekerjaan",
        )
    content = form_files(settings().home, g.ulp).read(str(result["file"]))
    return taken(content, str(result["file_name"]), PDF)


@bp.get("/<uuid:public_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def one(public_id: uuid.UUID) -> str:
    """Show the form that a QR code leads to: its number, and whose it is."""
    with database().reading() as session:
        it, whose = kept.form(session, ulp=g.ulp, public_id=public_id)
        print_ = kept.one_print(session, ulp=g.ulp, print_id=it.print_id)
        session.expunge_all()
    return render_template("paper.html", it=it, whose=whose, print=print_, title=FORMS[it.kind][1])


def _codes(by: str, form: Any) -> list[str]:
    """Return what a way of choosing needs; raises `UsageError` where it is missing."""
    if by == "idpel":
        pasted = read_pasted(form.get("idpel", ""))
        if pasted.faults:
            first = pasted.faults[0]
            raise UsageError(
                f"line {first.line}: {first.value!r} is {first.english}",
                f"baris {first.line}: {first.value!r} {first.indonesian}",
            )
        codes = list(pasted.idpels)
    elif by == "tunggakan":
        codes = [str(checked_number(form.get("lembar"), 1, 1, 60))]
    elif by in ("rbm", "gardu", "kelas", "rencana"):
        codes = [c.strip() for c in form.getlist(by) if c.strip()]
        codes = [c for one in codes for c in (one.split() if by == "gardu" else [one])]
    else:
        return []
    if not codes:
        raise UsageError("choose for whom the forms are", "pilih untuk siapa formulir dicetak")
    return codes


def _made(found: list[Any]) -> dict[int, tuple[str, int]]:
    """Return print -> the newest file of it and the job that made it."""
    out: dict[int, tuple[str, int]] = {}
    for job in found:
        if job.task in ("forms", "form_book") and job.state == jobs.DONE and job.result:
            out.setdefault(int(job.result["print_id"]), (str(job.result["file"]), job.job_id))
    return out
