"""SOP I: letters of assignment (Surat Tugas), issued once and printed as often as wanted."""

from datetime import date

from babel.dates import format_date
from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from rbmgeo.db.queries import schedule as kept
from rbmgeo.terms import Role
from rbmgeo.workflows.letter_book import print_letter
from rbmgeo.workflows.letters import Issued, letter_from_list, letter_from_schedule
from web.access import allow
from web.database import database
from web.language import tr
from web.pages.download import file
from web.pages.forms import checked_day
from web.pages.schedule import today

bp = Blueprint("letters", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/surat-tugas")


@bp.get("")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page() -> str:
    """List the letters issued, newest first."""
    with database().reading() as session:
        rows = kept.letters(session, ulp=g.ulp)
        session.expunge_all()
    return render_template("letters.html", rows=rows)


@bp.get("/<int:year>/<int:number>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def one(year: int, number: int) -> str:
    """Show one letter as it prints; always in Indonesian, always the same."""
    with database().reading() as session:
        it = kept.letter(session, ulp=g.ulp, year=year, number=number)
        session.expunge_all()
    return render_template("letter.html", it=it, dated=_dated)


@bp.get("/<int:year>/<int:number>.pdf")
@allow(Role.PERENCANA, Role.PENGAWAS)
def paper(year: int, number: int) -> Response:
    """Give one letter as PDF, with its QR code."""
    with database().reading() as session:
        content = print_letter(session, g.ulp, year, number, blth=g.blth, address=request.url_root)
    return file(content, f"surat-tugas-{g.ulp}-{year}-{number}.pdf", "application/pdf")


@bp.post("")
@allow(Role.PERENCANA)
def from_schedule() -> AnyResponse:
    """Issue the letter of an officer for scheduled days."""
    form = request.form
    begins = checked_day(form.get("dari")) or today()
    with database().writing() as session:
        done = letter_from_schedule(
            session, g.ulp, officer=form.get("petugas", "").strip(), first_on=begins,
            last_on=checked_day(form.get("sampai")) or begins, on=today(), who=current_user.login,
        )  # fmt: skip
    return _to(done)


@bp.post("/daftar/<int:run_id>/<int:surveyor>/<int:day>")
@allow(Role.PERENCANA)
def from_list(run_id: int, surveyor: int, day: int) -> AnyResponse:
    """Issue the letter of whoever walks one survey list."""
    form = request.form
    with database().writing() as session:
        done = letter_from_list(
            session, g.ulp, run_id=run_id, surveyor=surveyor, day=day,
            officer=form.get("petugas", "").strip()[:40],
            visit_on=checked_day(form.get("tanggal")) or today(), on=today(),
            who=current_user.login,
        )  # fmt: skip
    return _to(done)


def _to(done: Issued) -> AnyResponse:
    flash(tr("Surat tugas {n} terbit.", "Letter {n} issued.", n=done.full_number), "ok")
    return redirect(url_for(".one", year=done.year, number=done.number))


def _dated(value: date | str) -> str:
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return str(format_date(day, "d MMMM y", locale="id"))
