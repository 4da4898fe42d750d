"""What came of the orders of a job: its lists, each house, and lists that the job makes itself."""

import uuid
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from rbmgeo.db.queries import arrears as kept
from rbmgeo.db.queries import forms, visit_jobs
from rbmgeo.errors import NotThere
from rbmgeo.terms import FieldJob, FormKind, Role
from rbmgeo.workflows.job_done import filled_fields, form_of, job_done, list_done
from rbmgeo.workflows.job_lists import draw_prepaid, list_information, list_prepaid_orders
from web.access import allow
from web.database import database
from web.language import num, tr
from web.pages.arrears import officer_of, plain
from web.pages.forms import checked_day, checked_number, page_number, rows_a_page
from web.pages.schedule import today

bp = Blueprint("job_done", __name__, url_prefix="/<ulp:ulp>/<blth:blth>/hasil-lapangan")
SHOWN = 100
LISTS = 60


@bp.get("/<job>")
@allow(Role.PERENCANA, Role.PENGAWAS)
def page(job: str) -> str:
    """Show the lists of a job, and what came of each house of one of them."""
    asked = _list_id(request.args.get("daftar"))
    form = form_of(job)
    with database().reading() as session:
        done = job_done(session, g.ulp, job)
        rows = list_done(session, g.ulp, job, asked).reset_index() if asked else None
        made = kept.lists_of_prints(session, ulp=g.ulp)
        prints = [p for p in forms.prints(session, ulp=g.ulp, limit=200) if p.kind == FormKind.INFORMASI and p.print_id not in made]  # fmt: skip
        orders = len(visit_jobs.waiting_prepaid_orders(session, ulp=g.ulp, blth=g.blth)) if job == FieldJob.PRA else 0  # fmt: skip
        logins = visit_jobs.field_logins(session, ulp=g.ulp)
        session.expunge_all()
    size = rows_a_page(SHOWN)
    count = 0 if rows is None else len(rows)
    number, pages = page_number(request.args.get("hal"), count, size)
    shown = [] if rows is None else plain(rows.iloc[(number - 1) * size : number * size])
    lists = plain(done.lists.reset_index().head(rows_a_page(LISTS)))
    return render_template(
        "job_done.html", job=job, fields=() if rows is None else filled_fields(form, rows), done=done, lists=lists, rows=shown, asked=asked,
        chosen=next((x for x in lists if x["list_id"] == asked), None), page=number, pages=pages,
        prints=prints, orders=orders, logins=logins, today=today(), jobs=list(map(str, FieldJob)),
    )  # fmt: skip


@bp.post("/informasi/daftar")
@allow(Role.PERENCANA)
def information() -> Response:
    """Make lists of a print of information sheets."""
    with database().writing() as session:
        count = list_information(
            session, g.ulp, checked_number(request.form.get("cetakan"), 0, 1, 10**9), **_who_when()
        )
    return _said(count, "informasi")


@bp.post("/pra/order")
@allow(Role.PERENCANA)
def prepaid_orders() -> Response:
    """Make lists of PLN's orders."""
    with database().writing() as session:
        count = list_prepaid_orders(session, g.ulp, g.blth, **_who_when())
    return _said(count, "pra")


@bp.post("/pra/sampel")
@allow(Role.PERENCANA)
def prepaid_sample() -> Response:
    """Draw a sample of prepaid customers and make lists of it."""
    size = checked_number(request.form.get("banyak"), 50, 1, 20_000)
    with database().writing() as session:
        count = draw_prepaid(
            session, g.ulp, g.blth, size=size, seed=request.form.get("benih", ""), **_who_when()
        )
    return _said(count, "pra")


def _who_when() -> dict[str, Any]:
    return {
        "officer": officer_of(request.form.get("petugas")),
        "planned_on": checked_day(request.form.get("tanggal")) or today(),
        "who": current_user.login,
    }


def _said(count: int, job: str) -> Response:
    flash(tr("{n} kunjungan diperintahkan.", "{n} visits ordered.", n=num(count)), "ok")
    return redirect(url_for(".page", job=job))


def _list_id(told: str | None) -> str | None:
    if not told:
        return None
    try:
        return str(uuid.UUID(told))
    except ValueError:
        raise NotThere("this list is not there", "daftar ini tidak ada") from None
