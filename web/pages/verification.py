"""SOP IV.6: gardu that were changed, drawn for a look at the place, and what people made of them."""

from typing import Any

import pandas as pd
from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries import units, visit_lists
from rbmgeo.db.queries import verification as kept
from rbmgeo.errors import UsageError
from rbmgeo.terms import Role
from rbmgeo.verification.loop import STEPS
from rbmgeo.workflows.verification import care, one, overview
from rbmgeo.workflows.verification_draw import draw_gardu
from rbmgeo.workflows.verification_loop import loop
from rbmgeo.workflows.verification_settings import set_verification
from rbmgeo.workflows.verification_sheet import sheet_pdf
from rbmgeo.workflows.verification_steps import act as done_with
from rbmgeo.workflows.visit_lists import issue_plan
from web.access import allow
from web.database import database
from web.language import num, tr
from web.pages.download import file as taken
from web.pages.forms import checked_day, checked_decimal, page_number, rows_a_page
from web.pages.schedule import today

bp = Blueprint("verification", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/verifikasi-gardu")

_ROWS = 60
PDF = "application/pdf"
#: Name in the form of the settings -> setting; typed in per cent.
SHARES = {"salah": "verify_share", "risiko": "verify_risk", "kedua": "verify_doubles"}


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """List the gardu to verify, those under way, and what was decided."""
    with database().reading() as session:
        found = overview(session, g.ulp)
    size = rows_a_page(_ROWS)
    at, pages = page_number(request.args.get("hal"), len(found.changed), size)
    part = found.changed.iloc[(at - 1) * size : at * size].reset_index()
    return render_template(
        "verification.html", found=found, rows=_plain(part),
        page=at, pages=pages, seed=f"{g.ulp}-{today():%Y%m%d}",
        closed=found.closed[: rows_a_page(_ROWS)],
    )  # fmt: skip


@bp.post("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def draw() -> AnyResponse:
    """Draw the houses of a gardu from a seed."""
    with database().writing() as session:
        made = draw_gardu(
            session, g.ulp, request.form.get("gardu", ""), seed=request.form.get("benih", ""),
            who=current_user.login,
        )  # fmt: skip
    return redirect(url_for(".show", verification_id=made))


@bp.get("/<int:verification_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def show(verification_id: int) -> str:
    """Show one verification: what it says, every house, what comes next."""
    with database().reading() as session:
        it = one(session, g.ulp, verification_id)
        steps = kept.steps(session, ulp=g.ulp, root_id=it.root_id)
        people = visit_lists.officers(session, ulp=g.ulp)
        session.expunge_all()
    answered = {str(w).strip().casefold() for n in ("who", "given_by") for w in it.answers[n].dropna()}  # fmt: skip
    return render_template(
        "verification_one.html", it=it, told=it.told, rows=_plain(it.items), steps=steps, people=people,
        today=today(), mine=current_user.login.casefold() in answered,
        seed=f"{it.draws[0]['seed']}-2",
    )  # fmt: skip


@bp.post("/<int:verification_id>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def act(verification_id: int) -> AnyResponse:
    """Do what comes next, or take the last word back."""
    with database().writing() as session:
        count = done_with(
            session, g.ulp, verification_id, request.form.get("langkah", ""),
            who=current_user.login, seed=request.form.get("benih", ""),
            reason=request.form.get("alasan", ""),
        )  # fmt: skip
    flash(tr("Tercatat ({n} rumah).", "Kept ({n} houses).", n=num(count)), "ok")
    return redirect(url_for(".show", verification_id=verification_id))


@bp.post("/<int:verification_id>/daftar")
@allow(Role.PERENCANA)
def lists(verification_id: int) -> AnyResponse:
    """Make the survey lists of a verification work lists for phones."""
    officers = {n: w for n in (1, 2) if (w := request.form.get(f"petugas-{n}", ""))}
    if len(set(officers.values())) < len(officers):
        raise UsageError(
            "the second visits are another person's", "kunjungan kedua untuk orang lain"
        )
    with database().writing() as session:
        made = 0
        for it in one(session, g.ulp, verification_id).draws:
            made += issue_plan(
                session, g.ulp, run_id=it["run_id"], officers=officers, blth=g.blth,
                first_on=checked_day(request.form.get("mulai")) or today(), who=current_user.login,
            ).orders  # fmt: skip
    flash(tr("{n} kunjungan masuk daftar kerja.", "{n} visits are on work lists.", n=num(made)), "ok")  # fmt: skip
    return redirect(url_for(".show", verification_id=verification_id))


@bp.get("/<int:verification_id>.pdf")
@allow(Role.PERENCANA, Role.PENGAWAS)
def paper(verification_id: int) -> Response:
    """Give the sheet to fill in, with its seed, its list and its reserve."""
    with database().reading() as session:
        content = sheet_pdf(session, g.ulp, verification_id)
    return taken(content, f"verifikasi-{g.ulp}-{verification_id}.pdf", PDF)


@bp.get("/alur")
@allow(Role.PERENCANA, Role.PENGAWAS)
def steps() -> str:
    """Show how far the answers of each gardu or RBM have come."""
    by = "rbm" if request.args.get("lihat") == "rbm" else "gardu"
    with database().reading() as session:
        found = loop(session, g.ulp, g.blth)
    table = found.by(by)
    size = rows_a_page(_ROWS)
    at, pages = page_number(request.args.get("hal"), len(table), size)
    return render_template(
        "verification_loop.html", found=found, by=by, steps=STEPS, sums=table.sum(), page=at,
        pages=pages, rows=table.iloc[(at - 1) * size : at * size],
    )  # fmt: skip


@bp.get("/alur/rumah")
@allow(Role.PERENCANA, Role.PENGAWAS)
def houses() -> str:
    """Show the houses behind a number of the loop."""
    step, code = request.args.get("langkah", ""), request.args.get("kode", "")
    by = "rbm" if request.args.get("lihat") == "rbm" else "gardu"
    step = step if step in STEPS else STEPS[0]
    with database().reading() as session:
        found = loop(session, g.ulp, g.blth).houses
    rows = found[found[step].notna()]
    if code:
        rows = rows[rows[by].fillna("–").eq(code)]
    size = rows_a_page(_ROWS)
    at, pages = page_number(request.args.get("hal"), len(rows), size)
    part = rows.iloc[(at - 1) * size : at * size].reset_index()
    return render_template(
        "verification_houses.html", rows=_plain(part), step=step, code=code, by=by, count=len(rows),
        page=at, pages=pages,
    )  # fmt: skip


@bp.get("/setelan")
@allow(Role.PERENCANA, Role.PENGAWAS)
def settings() -> str:
    """Show the settings, and how careful the checks are."""
    with database().reading() as session:
        found = units.unit_settings(session, ulp=g.ulp)
        told = care(session, g.ulp)
    return render_template("verification_settings.html", s=found, care=told)


@bp.post("/setelan")
@allow(Role.PERENCANA)
def keep() -> AnyResponse:
    """Keep the settings; they hold for what is drawn next."""
    values = {}
    for name, setting in SHARES.items():
        found = checked_decimal(request.form.get(name), 0, 100)
        if found is None:
            raise UsageError("fill in every figure", "isi semua angka")
        values[setting] = found / 100
    with database().writing() as session:
        set_verification(session, g.ulp, values, who=current_user.login)
    flash(tr("Tersimpan. Berlaku untuk undian berikutnya.", "Kept. It holds for what is drawn next."), "ok")  # fmt: skip
    return redirect(url_for(".settings"))


def _plain(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    return frame.astype(object).where(frame.notna(), None).to_dict("records")
