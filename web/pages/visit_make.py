"""Buat daftar kerja: from the newest survey plan, from second looks, from customers of a choice."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import looks, map_data, pages
from rbmgeo.db.queries import visit_lists as kept
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.fieldwork.jobs import FORMS
from rbmgeo.intake.pasted import read_pasted
from rbmgeo.terms import Role
from rbmgeo.workflows.forms import WAYS, Choice
from rbmgeo.workflows.visit_lists import (
    A_LIST,
    DUE_DAYS,
    MOST,
    OWN_RULES,
    Issued,
    issue_choice,
    issue_looks,
    issue_plan,
)
from web.access import allow
from web.database import database
from web.language import num, tr
from web.pages.forms import checked_day, checked_number
from web.pages.schedule import today

#: A file of customer numbers, read as text that was pasted.
FILE_MOST = 400_000
bp = Blueprint("visit_make", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/lapangan/daftar/baru")


@bp.get("")
@allow(Role.PERENCANA)
def page() -> str:
    """Offer the ways of making lists."""
    with database().reading() as session:
        runs = pages.survey_runs(session, ulp=g.ulp)
        run_id = int(runs["run_id"].max()) if len(runs) else None
        parts = runs[runs["run_id"] == run_id].to_dict("records") if run_id is not None else []
        there = kept.issued(session, ulp=g.ulp, sources=[_source(run_id, p) for p in parts])
        people = kept.officers(session, ulp=g.ulp)
        asked = len(looks.not_looked_at(session, ulp=g.ulp))
        rbms = pages.rbm_codes(session, ulp=g.ulp)
        gardu = map_data.gardu_places(session, ulp=g.ulp)["gardu"].tolist()
    return render_template(
        "visit_make.html", run_id=run_id, parts=parts,
        made={(p["surveyor"], p["day"]) for p in parts if _source(run_id, p) in there},
        surveyors=sorted({int(p["surveyor"]) for p in parts}), people=people, asked=asked, rbms=rbms,
        gardu=gardu, jobs=[j for j in FORMS if j not in OWN_RULES], on=today(),
        due=today() + timedelta(days=DUE_DAYS), due_days=DUE_DAYS, a_list=A_LIST, most=MOST,
    )  # fmt: skip


def _source(run_id: int | None, part: dict[Any, Any]) -> str:
    return f"rencana/{run_id}/{part['surveyor']}/{part['day']}"


@bp.post("/rencana")
@allow(Role.PERENCANA)
def plan() -> Response:
    """Make the days of the newest survey plan lists; those made before stay as they are."""
    with database().writing() as session:
        runs = pages.survey_runs(session, ulp=g.ulp)
        if runs.empty:
            raise NothingToDo(
                "there is no survey plan yet; plan the survey first (SOP IV.4)",
                "belum ada rencana survei; buat rencananya dulu (SOP IV.4)",
            )
        run_id = int(runs["run_id"].max())
        numbers = {int(n) for n in runs.loc[runs["run_id"] == run_id, "surveyor"]}
        chosen = {n: request.form.get(f"surveyor-{n}", "") for n in numbers}
        done = issue_plan(
            session, g.ulp, run_id=run_id, officers={n: w for n, w in chosen.items() if w},
            first_on=checked_day(request.form.get("mulai")) or today(), blth=g.blth,
            due_days=checked_number(request.form.get("batas"), DUE_DAYS, 0, 120),
            who=current_user.login,
        )  # fmt: skip
    return _said(done)


@bp.post("/ulang")
@allow(Role.PERENCANA)
def again() -> Response:
    """Make a list of the houses that were asked to be looked at again."""
    with database().writing() as session:
        done = issue_looks(
            session, g.ulp, officer=request.form.get("petugas") or None, blth=g.blth,
            on=checked_day(request.form.get("mulai")) or today(), who=current_user.login,
        )  # fmt: skip
    return _said(done)


@bp.post("/pilihan")
@allow(Role.PERENCANA)
def choice() -> Response:
    """Make lists of a job for the customers of a choice."""
    form = request.form
    by = form.get("untuk", "")
    chosen = Choice(by if by in WAYS else "", tuple(_codes(by)))
    with database().writing() as session:
        done = issue_choice(
            session, g.ulp, job=form.get("pekerjaan", ""), choice=chosen, blth=g.blth,
            officers=[o for o in form.getlist("petugas") if o],
            on=checked_day(form.get("mulai")) or today(), due_on=checked_day(form.get("batas")),
            a_list=checked_number(form.get("per_daftar"), A_LIST, 1, MOST),
            title=form.get("judul", ""), who=current_user.login,
        )  # fmt: skip
    return _said(done)


def _codes(by: str) -> list[str]:
    """Return what a way of choosing needs; numbers are pasted or come as a file."""
    form = request.form
    if by == "idpel":
        sent = request.files.get("berkas")
        content = sent.read(FILE_MOST + 1) if sent is not None and sent.filename else b""
        pasted = read_pasted(form.get("idpel", "") + "\n" + _first_column(content))
        if pasted.faults:
            first = pasted.faults[0]
            raise UsageError(
                f"line {first.line}: {first.value!r} is {first.english}",
                f"baris {first.line}: {first.value!r} {first.indonesian}",
            )
        codes = list(pasted.idpels)
    elif by in ("rbm", "gardu"):
        codes = [c.strip() for c in form.getlist(by) if c.strip()]
        codes = [c for one in codes for c in (one.split() if by == "gardu" else [one])]
    elif by in ("temuan", "rumah_tutup"):
        return []
    else:
        raise UsageError(f"{by[:20]!r} is no way to choose", f"{by[:20]!r} bukan cara memilih")
    if not codes:
        raise UsageError("choose for whom the list is", "pilih untuk siapa daftarnya")
    return codes


def _first_column(content: bytes) -> str:
    """Return the column IDPEL of a CSV (else its first), without its heading, as pasted text."""
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UsageError(
            "the file is no text; save it as CSV UTF-8", "berkas bukan teks; simpan sebagai CSV UTF-8"
        ) from None  # fmt: skip
    sign = max(";,\t", key=lines[0].count) if lines else ";"
    cells = [[c.strip().strip("\"'") for c in line.split(sign)] for line in lines if line.strip()]
    at, begin = 0, 0
    if cells and not cells[0][0].replace(" ", "").isdigit():
        heads = [c.casefold() for c in cells[0]]
        at, begin = (heads.index("idpel") if "idpel" in heads else 0), 1
    return "\n".join(row[at] for row in cells[begin:] if len(row) > at)


def _said(done: Issued) -> Response:
    if done.lists:
        flash(tr("{n} daftar dibuat, {k} perintah.", "{n} lists made, {k} orders.",
                 n=num(len(done.lists)), k=num(done.orders)), "ok")  # fmt: skip
    if done.known:
        flash(tr("{n} sudah ada sebelumnya dan tidak dibuat lagi.",
                 "{n} were there before and not made again.", n=num(done.known)), "info")  # fmt: skip
    if done.unknown:
        flash(tr("{n} nomor bukan pelanggan unit ini: {w}", "{n} numbers are no customers of this unit: {w}",
                 n=num(len(done.unknown)), w=", ".join(done.unknown[:5])), "warn")  # fmt: skip
    if len(done.lists) == 1:
        return redirect(url_for("visit_lists.one", list_id=done.lists[0]))
    return redirect(url_for("visit_lists.page"))
