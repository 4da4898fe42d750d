"""SOP IV.4 and IV.6: plan visits, print the list, take answers in, decide proposals."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries import event_effects, events, observations, pages, survey, verification, work
from rbmgeo.errors import NotThere, RbmgeoError, UsageError
from rbmgeo.faults import fault_point
from rbmgeo.intake.answers import BadAnswer, read_answers
from rbmgeo.reports.gpx import MIMETYPE, gpx_bytes
from rbmgeo.reports.survey_list import list_rows, waypoints
from rbmgeo.terms import ProposalState, Role
from rbmgeo.workflows.answers import AnswerSummary, record_answers
from rbmgeo.workflows.decisions import decide
from rbmgeo.workflows.looks import contradicting
from web.access import allow
from web.database import database
from web.language import lang, num, question, tr
from web.pages.download import csv_file, xlsx_file
from web.pages.download import file as given
from web.pages.forms import checked_number
from web.pages.jobs import ask

#: Rows at fault that a page names; the others it counts.
FAULTS_SHOWN = 20
bp = Blueprint("survey", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/survei")


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """Show the plan form, the lists of the newest plan, and the upload of answers."""
    return _page()


def _page(faults: Sequence[BadAnswer] = (), file: str = "", sentence: str = "") -> str:
    """Show the page; ``faults`` of the file of answers that was just sent, if any."""
    template = "survey.html" if _decides() else "field.html"
    with database().reading() as session:
        runs = pages.survey_runs(session, ulp=g.ulp)
        run = work.latest_run(session, ulp=g.ulp, step="survey")
        said = dict(run.summary) if run is not None else {}
        own = event_effects.own_lists(session, ulp=g.ulp)
        drawn = verification.own_lists(session, ulp=g.ulp)
        happened = events.count(session, ulp=g.ulp)
        clashing = len(contradicting(session, g.ulp)) if _decides() else 0
        strangers = observations.open_strangers(session, ulp=g.ulp)
    newest = int(runs["run_id"].max()) if len(runs) else None
    told = said if said.get("run_id") == newest else {}
    parts = runs[runs["run_id"] == newest] if newest is not None else runs
    return render_template(
        template, parts=parts, run_id=newest, told=told, worth=_worth(told), faults=faults[:FAULTS_SHOWN], fault_file=file,
        fault_count=len(faults), fault_sentence=sentence, own_lists=own, check_lists=drawn, happened=happened,
        clashing=clashing, strangers=strangers,
    )  # fmt: skip


@bp.post("/rencana")
@allow(Role.PERENCANA)
def plan() -> AnyResponse:
    """Ask for a plan of so many visits."""
    return ask(
        "survey",
        visits=checked_number(request.form.get("kunjungan"), 140, 1, 100_000),
        surveyors=checked_number(request.form.get("surveyor"), 2, 1, 200),
        days=checked_number(request.form.get("hari"), 1, 1, 60),
        seed=checked_number(request.form.get("benih"), 1, 0, 2_000_000_000),
        walk_km=checked_number(request.form.get("km"), 0, 0, 200),
        minutes=checked_number(request.form.get("menit"), 0, 0, 1440),
    )


@bp.get("/<int:run_id>/<int:surveyor>/<int:day>")
@allow(Role.PERENCANA, Role.PENGAWAS, Role.SURVEYOR)
def visits(run_id: int, surveyor: int, day: int) -> str:
    """Show one surveyor's list of one day in walking order; it prints as it stands."""
    rows = _visits(run_id, surveyor, day)
    # By number: the name of a patch tells which gardu is expected, and the answer must not lean.
    groups = {p: n for n, p in enumerate(rows["patch"].dropna().unique(), start=1)}
    questions = {q: question(q) for q in rows["question"].dropna().unique()}
    return render_template(
        "visits.html",
        rows=rows,
        run_id=run_id,
        surveyor=surveyor,
        day_no=day,
        questions=questions,
        groups=groups,
    )


@bp.get("/<int:run_id>/<int:surveyor>/<int:day>.<kind>")
@allow(Role.PERENCANA, Role.PENGAWAS, Role.SURVEYOR)
def file(run_id: int, surveyor: int, day: int, kind: str) -> Response:
    """Give the same list as CSV, as Excel, or as waypoints for a phone."""
    rows = list_rows(_visits(run_id, surveyor, day), ulp=g.ulp, lang=lang())
    name = f"survei-{g.ulp}-{run_id}-{surveyor}-{day}"
    if kind == "csv":
        return csv_file(rows, f"{name}.csv")
    if kind == "gpx":
        return given(gpx_bytes(waypoints(rows)), f"{name}.gpx", MIMETYPE)
    if kind == "xlsx":
        title = str(tr("Daftar survei {u}", "Survey list {u}", u=g.ulp))
        return xlsx_file({"survei": rows}, f"{name}.xlsx", title=title)
    raise UsageError(f"{kind!r} is none of csv, xlsx, gpx", f"{kind!r} bukan csv, xlsx, atau gpx")


@bp.post("/jawaban")
@allow(Role.PERENCANA, Role.SURVEYOR)
def answers() -> AnyResponse | tuple[str, int]:
    """Take a CSV of answers in: facts at once, changes as proposals."""
    sent = request.files.get("berkas")
    if sent is None or not sent.filename:
        return _page(sentence=str(tr("Belum ada berkas yang dipilih", "No file was chosen"))), 422
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "jawaban.csv"
        sent.save(path)
        try:
            good, bad = read_answers(path, time_zone=g.unit.time_zone)
        except RbmgeoError as error:
            said = error.in_language(lang()).replace(path.name, sent.filename)
            return _page(file=sent.filename, sentence=said), 422
    if bad:
        return _page(bad, sent.filename), 422
    with database().writing() as session:
        done = record_answers(session, g.ulp, good, who=current_user.login)
    _say(done)
    return redirect(url_for(".proposals" if _decides() else "field.page"))


@bp.get("/usulan")
@allow(Role.PERENCANA, Role.PENGAWAS)
def proposals() -> str:
    """List proposals of one state; those who made one cannot decide it."""
    states = ["open", "conflict", *[s for s in ProposalState if s != ProposalState.OPEN]]
    state = request.args.get("keadaan", "open")
    state = state if state in states else "open"
    with database().reading() as session:
        rows = pages.proposal_rows(session, ulp=g.ulp, state=state)
        clashing = len(contradicting(session, g.ulp))
    return render_template(
        "proposals.html", rows=rows, state=state, states=states, clashing=clashing
    )


@bp.post("/usulan/<int:proposal_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def decision(proposal_id: int) -> AnyResponse:
    """Approve, reject or undo one proposal; approver and proposer are two people."""
    said = request.form.get("putusan", "")
    if said not in ("approved", "rejected", "undone"):
        raise UsageError(f"{said!r} is no decision", f"{said!r} bukan putusan")
    with database().writing() as session:
        decide(
            session, g.ulp, proposal_id, said, who=current_user.login,
            reason=request.form.get("alasan", "").strip()[:500],
        )  # fmt: skip
        fault_point("decision_before_commit")
    fault_point("decision_kept")
    flash(tr("Keputusan dicatat.", "The decision is kept."), "ok")
    return redirect(url_for(".proposals", keadaan=request.form.get("dari", "open")))


def _say(done: AnswerSummary) -> None:
    flash(
        tr(
            "{n} jawaban dimuat, {p} usulan; {k} sudah pernah dimuat.",
            "{n} answers taken in, {p} proposals; {k} were known before.",
            n=num(done.good), p=num(done.proposals), k=num(done.skipped),
        ),
        "ok",
    )  # fmt: skip
    if done.strangers:
        flash(
            tr(
                "{n} jawaban tentang pelanggan yang tidak ada di unit ini; disimpan terpisah.",
                "{n} answers about customers that this unit does not have; kept apart.",
                n=num(done.strangers),
            ),
            "warn",
        )


def _worth(told: dict[str, Any]) -> dict[tuple[int, int], dict[str, Any]]:
    """Return what each list promised when it was made, by surveyor and day."""
    return {(p["surveyor"], p["day"]): p for p in told.get("parts", [])}


def _decides() -> bool:
    return bool(current_user.roles_in(g.ulp) & {Role.PERENCANA, Role.PENGAWAS, Role.ADMIN})


def _visits(run_id: int, surveyor: int, day: int) -> pd.DataFrame:
    with database().reading() as session:
        rows = survey.tasks(session, ulp=g.ulp, run_id=run_id)
    mine = rows[(rows["surveyor"] == surveyor) & (rows["day"] == day)]
    if mine.empty:
        raise NotThere(
            "this list is not there; choose one of the newest plan",
            "daftar ini tidak ada; pilih dari rencana terbaru",
        )
    return mine
