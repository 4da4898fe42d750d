"""Long work: what runs, how far, cancel, and what came of it."""

from typing import Any

from flask import Blueprint, g, jsonify, redirect, render_template, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from rbmgeo.db.models import Job
from rbmgeo.db.queries import jobs, units
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import UsageError
from rbmgeo.faults import fault_point
from rbmgeo.terms import Role
from web.access import allow, may
from web.database import database
from web.language import label, lang
from web.pages.forms import rows_a_page
from web.words import WORDS

bp = Blueprint("jobs", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/pekerjaan")

#: Where the result of a task is looked at.
PAGES = {
    "import": "batches.page",
    "look": "imports.page",
    "check": "imports.page",
    "load": "first.page",
    "evaluate": "evaluation.page",
    "match": "findings.page",
    "rehearse": "findings.sure",
    "survey": "survey.page",
    "plans": "plans.page",
    "choose": "routes.page",
    "design": "routes.page",
    "order": "routes.page",
    "reorder": "workbench.newest",
    "report": "energy.page",
    "kwh": "energy.page",
    "mutations": "mutations.page",
    "handoff": "routes.handover",
    "sheets": "sheets.page",
    "deeds": "deeds.page",
    "deed_book": "deeds.bound",
    "table": "tables.made",
    "draft_book": "tables.made",
    "forms": "papers.made",
    "form_book": "papers.made",
    "letters": "papers.made",
}
#: Tasks whose result is a file of their own, not a page.
FILES = frozenset({"table", "draft_book", "deed_book", "forms", "form_book", "letters"})
#: Tasks that only make a file: asked for again, they change nothing but make it anew.
AGAIN = frozenset({"sheets", "table", "draft_book", "deed_book", "form_book"})
#: Tasks that number what they make: asked for again only where they kept nothing.
AGAIN_UNDONE = frozenset({"forms", "letters"})


def ask(task: str, **args: Any) -> Response:
    """Put a task of this unit into the queue, on behalf of who asks, and show it."""
    with database().writing() as session:
        job_id = jobs.ask(session, ulp=g.ulp, task=task, args=args, who=current_user.login)
        log_command(
            session, who=current_user.login, ulp=g.ulp, command=f"ask {task}", after={"job": job_id}
        )
        fault_point("ask_before_commit")
    fault_point("ask_kept")
    return redirect(url_for("jobs.one", job_id=job_id))


def said(step: str | None) -> str:
    """Return a step's words in the reader's language; workflows write both, `id / en`."""
    parts = (step or "").split(" / ")
    return label(f"task.{step}") if f"task.{step}" in WORDS else parts[0 if lang() == "id" else -1]


def facts_of(result: dict[str, Any] | None) -> list[tuple[str, Any]]:
    """Return the facts of a result that have words, with those of its inner summary."""
    found = {**(result or {}), **((result or {}).get("summary") or {})}
    return [
        (label(f"fact.{name}"), value)
        for name, value in found.items()
        if f"fact.{name}" in WORDS and isinstance(value, str | int | float)
    ]


def why(job: Job) -> str:
    """Return in words why a job did not end well, "" where nothing is known."""
    found = job.error or ""
    if f"job_error.{found}" in WORDS:
        return label(f"job_error.{found}")
    return found.split("\n")[0 if lang() == "id" else -1]


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """List the newest jobs."""
    with database().reading() as session:
        rows = jobs.jobs(session, ulp=g.ulp, limit=rows_a_page(50))
        aside = jobs.aside(session, ulp=g.ulp)
        session.expunge_all()
    return render_template("jobs.html", rows=rows, aside=aside, why=why)


@bp.get("/<int:job_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def one(job_id: int) -> str:
    """Show one job, its progress or its result."""
    with database().reading() as session:
        job = jobs.job(session, ulp=g.ulp, job_id=job_id)
        known = {u.ulp for u in units.units(session)}
        session.expunge(job)
    return render_template(
        "job.html",
        job=job,
        known=known,
        result_page=PAGES.get(job.task, "board.page"),
        result_span=_span_of(job),
        is_file=job.task in FILES,
        again=_may_repeat(job.task, job.state),
        said=said,
        why=why,
        facts=facts_of(job.result),
    )


def _may_repeat(task: str, state: str) -> bool:
    if task in AGAIN_UNDONE:
        return state in (jobs.FAILED, jobs.CANCELLED, jobs.DROPPED)
    return task in AGAIN and state not in jobs.OPEN


def _span_of(job: Job) -> dict[str, Any]:
    """Return what the address of a result needs: months of a span, the job whose file it is."""
    if job.task == "kwh":
        return {"dari": job.args["blth_from"], "sampai": job.args["blth_to"]}
    return {"job_id": job.job_id} if job.task in FILES else {}


@bp.get("/<int:job_id>/keadaan")
@allow(Role.PERENCANA, Role.PENGAWAS)
def state(job_id: int) -> Response:
    """Return the state of one job for the page that watches it."""
    with database().reading() as session:
        job = jobs.job(session, ulp=g.ulp, job_id=job_id)
        return jsonify(state=job.state, step=said(job.step), done=job.done, total=job.total)


@bp.post("/<int:job_id>/ulang")
@allow(Role.PERENCANA, Role.PENGAWAS)
def again(job_id: int) -> Response:
    """Ask once more for a file that a job makes, as it was asked for."""
    with database().reading() as session:
        job = jobs.job(session, ulp=g.ulp, job_id=job_id)
        task, args, state = job.task, dict(job.args), job.state
    if not _may_repeat(task, state) or not (task not in AGAIN_UNDONE or may("papers.number")):
        raise UsageError(
            f"job {job_id} is not one that can be asked for again; go to its page",
            f"pekerjaan {job_id} tidak bisa diulang dari sini; buka halamannya",
        )
    return ask(task, **args)


@bp.post("/<int:job_id>/batal")
@allow(Role.PERENCANA)
def cancel(job_id: int) -> Response:
    """Ask a job to stop; what it has not committed is undone."""
    with database().writing() as session:
        jobs.cancel(session, ulp=g.ulp, job_id=job_id)
        log_command(
            session, who=current_user.login, ulp=g.ulp, command="job cancel", after={"job": job_id}
        )
    return redirect(url_for(".one", job_id=job_id))


@bp.post("/<int:job_id>/coba-lagi")
@allow(Role.PERENCANA)
def retry(job_id: int) -> Response:
    """Let a job that was set aside be tried again."""
    with database().writing() as session:
        jobs.retry(session, ulp=g.ulp, job_id=job_id)
        _decided(session, "job retry", job_id)
    return redirect(url_for(".one", job_id=job_id))


@bp.post("/<int:job_id>/buang")
@allow(Role.PERENCANA)
def drop(job_id: int) -> Response:
    """Be done with a job that was set aside; it stays in the list with its error."""
    with database().writing() as session:
        jobs.drop(session, ulp=g.ulp, job_id=job_id)
        _decided(session, "job drop", job_id)
    return redirect(url_for(".page"))


def _decided(session: Session, command: str, job_id: int) -> None:
    log_command(session, who=current_user.login, ulp=g.ulp, command=command, after={"job": job_id})
